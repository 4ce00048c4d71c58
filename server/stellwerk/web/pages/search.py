"""Search over everything that somebody may see: tasks, processes, decisions, instances."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from stellwerk.errors import NotFound
from stellwerk.usecases.access import Principal
from stellwerk.web.pages.frame import port, who
from stellwerk.web.pages.port import InstanceFilter, TaskFilter

pages = Blueprint("search", __name__)
FEW = 10


@pages.get("/search")
def show() -> str | Response:
    person = who()
    text = request.args.get("q", "").strip()
    if not text:
        return render_template("search.html", text="", tasks=(), processes=(), decisions=(), instances=())
    target = _by_id(person, text)
    if target:
        return redirect(target)
    scope = "all" if person.is_administrator else "mine"
    return render_template(
        "search.html",
        text=text,
        tasks=port().tasks(person, TaskFilter(show=scope, text=text), None).items[:FEW],
        processes=port().processes(person, text, None).items[:FEW],
        decisions=port().decision_versions(person, text, None).items[:FEW],
        instances=port().instances(person, InstanceFilter(text=text), None).items[:FEW],
    )


def _by_id(person: Principal, text: str) -> str | None:
    """The page of what the text is the whole id of."""
    try:
        id = UUID(text)
    except ValueError:
        return None
    try:
        port().instance(person, id)
        return url_for("pages.instances.show", id=id)
    except NotFound:
        pass
    try:
        port().task(person, id)
        return url_for("pages.tasks.show", id=id)
    except NotFound:
        return None
