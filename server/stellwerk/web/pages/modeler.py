"""The modeler: an empty page of full height; the island in static/modeler does the rest."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request

from stellwerk.usecases.access import require
from stellwerk.web.pages.frame import who

pages = Blueprint("modeler", __name__)


@pages.get("/modeler")
def show() -> str:
    """`?draft=<id>` goes on with a draft, `?definition=<id>` begins from a deployed version, neither: a new diagram.

    `element=<id>&decision=<key>`: somebody comes back from the decision of this task.
    """
    require(who(), "draft.write")
    config: dict[str, Any] = {"draftId": id_in_query("draft"), "definitionId": id_in_query("definition")}
    if "element" in request.args:
        config["decided"] = {"elementId": request.args["element"], "key": request.args.get("decision", "")}
    return render_template("modeler.html", config={name: value for name, value in config.items() if value})


def id_in_query(name: str) -> str | None:
    """The id in a query parameter; None where it is none."""
    try:
        return str(UUID(request.args[name])) if name in request.args else None
    except ValueError:
        return None
