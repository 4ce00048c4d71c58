"""The decision editor: an empty page of full height; the island in static/decisions does the rest."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from stellwerk.usecases.access import require
from stellwerk.web.headers import editor_styles
from stellwerk.web.pages.frame import who
from stellwerk.web.pages.modeler import id_in_query

pages = Blueprint("decision_editor", __name__)


@pages.get("/decisions/editor")
@editor_styles  # the cells are CodeMirror's, which inserts style elements
def show() -> str:
    """`?draft=<id>` goes on with a draft, `?key=<id>&version=<n>` begins from what is deployed under this key, or makes
    it with `name`; neither: a new decision. `process=<draft>&element=<id>`: the task of a diagram from which one came.
    """
    require(who(), "draft.write")
    config: dict[str, Any] = {name: request.args[name] for name in ("key", "version", "name") if request.args.get(name)}
    if draft := id_in_query("draft"):
        config["draftId"] = draft
    if process := id_in_query("process"):
        config["process"] = {"draftId": process, "elementId": request.args.get("element", "")}
    return render_template("decision_editor.html", config=config)
