"""All instances of a version are suspended or resumed: what that means, then page by page, with a report."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from stellwerk.engine.commands import ResumeInstance, SuspendInstance
from stellwerk.errors import FieldError, InvalidInput, NotFound
from stellwerk.store.records import DefinitionRecord, Page
from stellwerk.usecases.access import require
from stellwerk.usecases.operate import Done
from stellwerk.web.pages.frame import port, who
from stellwerk.web.pages.port import InstanceFilter

pages = Blueprint("many", __name__, url_prefix="/processes/<key>/instances")


@pages.get("/")
def ask(key: str) -> Response:
    require(who(), "definition.operate")
    return _page(_version(key))


@pages.post("/")
def run(key: str) -> Response:
    """One page of instances; the next one is a button of the report."""
    require(who(), "definition.operate")
    version, reason = _version(key), request.form.get("reason", "").strip()
    command = ResumeInstance(reason) if _resumes() else SuspendInstance(reason)
    try:
        report = port().operate_all(who(), version.id, command, request.form.get("cursor") or None)
    except InvalidInput as error:
        return _page(version, errors=error.errors)
    return _page(version, report=report)


def _resumes() -> bool:
    return request.values.get("do") == "resume"


def _version(key: str) -> DefinitionRecord:
    number = request.values.get("version", type=int)
    versions = port().versions(who(), key)
    found = next((v for v in versions if number in (None, v.version)), None)
    if found is None:
        raise NotFound("process", key if number is None else f"{key}, version {number}")
    return found


def _page(
    version: DefinitionRecord, *, report: Page[Done] | None = None, errors: tuple[FieldError, ...] = ()
) -> Response:
    state = "suspended" if _resumes() else "active"
    found = (
        port().instances(who(), InstanceFilter(state=state, definition=version.id), None) if report is None else None
    )
    html = render_template(
        "processes/many.html",
        version=version,
        resumes=_resumes(),
        report=report,
        number=len([one for one in found.items if one.parent_id is None]) if found else 0,
        more=found is not None and found.next_cursor is not None,
        errors=errors,
        reason=request.form.get("reason", ""),
    )
    return make_response(html, 422 if errors else 200)
