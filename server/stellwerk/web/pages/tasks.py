"""Tasks: the list of what to do, and one task with its form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from stellwerk.engine import Catchable
from stellwerk.errors import Conflict, FieldError, InstanceSuspended, InvalidInput, NotFound, ProcessError, TaskNotOpen
from stellwerk.store.records import TaskRecord
from stellwerk.usecases.access import may
from stellwerk.usecases.tasks import Thrown
from stellwerk.web.pages import filling
from stellwerk.web.pages.frame import counts, port, who
from stellwerk.web.pages.port import FormView, TaskFilter
from stellwerk.web.pages.words import _

pages = Blueprint("tasks", __name__, url_prefix="/tasks")


@pages.get("/")
def index() -> str:
    person = who()
    offered = ("mine", "free", "all") if person.is_administrator else ("mine", "free")
    show = request.args.get("show", "mine")
    wanted = TaskFilter(
        show=show if show in offered else "mine",
        text=request.args.get("q", "").strip(),
        process=request.args.get("process", ""),
        late=request.args.get("late") == "yes",
    )
    found = port().tasks(person, wanted, request.args.get("cursor"))
    return render_template("tasks/index.html", page=found, wanted=wanted, offered=offered, counts=counts())


@pages.get("/<uuid:id>")
def show(id: UUID) -> str:
    task = port().task(who(), id)
    if task.state != "open":
        return render_template("tasks/closed.html", task=task)
    return _page(task, port().task_form(who(), id))


@pages.post("/<uuid:id>/claim")
def claim(id: UUID) -> Response:
    port().claim(who(), id)
    if request.form.get("stay"):
        flash(_("You have taken the task."), "good")
        return redirect(request.form.get("back") or url_for(".index"))
    return redirect(url_for(".show", id=id))


@pages.post("/<uuid:id>/unclaim")
def unclaim(id: UUID) -> Response:
    port().unclaim(who(), id)
    flash(_("You have given the task back. Others can take it now."), "good")
    return redirect(url_for(".show", id=id))


@pages.post("/<uuid:id>/complete")
def complete(id: UUID) -> Response:
    """Complete the task, then the next one. Whatever is in the way, what was typed stays on the page."""
    filled = filling.read()
    try:
        return _complete(id, filled)
    except NotFound:  # so it is for a candidate as soon as somebody else has the task
        return make_response(render_template("tasks/gone.html", typed=filled), 404)


@pages.post("/<uuid:id>/throw")
def throw(id: UUID) -> Response:
    """End the task with an error that the diagram catches, or escalate at it; what was filled in goes with it."""
    person = who()
    task = port().task(person, id)
    filled = filling.read()
    if filled.wrong:
        return _again(task, filled, 422, errors=filled.errors)
    sort, _colon, code = request.form.get("end", "").partition(":")
    kind: Any = "escalation" if sort == "escalation" else "error"
    try:
        port().throw(person, id, Thrown(kind, code, variables=filled.values))
    except (TaskNotOpen, Conflict, InvalidInput, InstanceSuspended) as error:
        after = port().task(person, id)
        return _again(after, filled, 409, refusal=error)
    flash(_("“%(name)s” is told to the process.", name=code), "good")
    after = port().task(person, id)
    return redirect(url_for(".show", id=id) if after.state == "open" else url_for(".index"))


def _complete(id: UUID, filled: filling.Filled) -> Response:
    person = who()
    task = port().task(person, id)
    if filled.wrong:
        return _again(task, filled, 422, errors=filled.errors)
    try:
        port().complete(person, id, filled.values)
    except InvalidInput as error:
        return _again(task, filled, 422, errors=error.errors)
    except (TaskNotOpen, Conflict, InstanceSuspended) as error:
        return _again(port().task(person, id), filled, 409, refusal=error)
    flash(_("“%(name)s” is done.", name=task.name), "good")
    following = port().next_task(person)
    return redirect(url_for(".show", id=following.id) if following else url_for(".index"))


def _page(task: TaskRecord, form: FormView, **more: Any) -> str:
    values: Mapping[str, Any] = {"filled": filling.of(form), "errors": (), "refusal": None, **more}
    return render_template("tasks/show.html", task=task, form=form, ends=_ends(task), **values)


def _ends(task: TaskRecord) -> tuple[Catchable, ...]:
    """How else the task can end, for who may complete it."""
    return port().task_ends(who(), task.id) if may(who(), "task.complete", task) else ()


def _again(
    task: TaskRecord,
    filled: filling.Filled,
    status: int,
    *,
    errors: tuple[FieldError, ...] = (),
    refusal: ProcessError | None = None,
) -> Response:
    """The page once more with what was typed. A task that is closed has no form any more: its values are listed."""
    if task.state != "open":
        return make_response(render_template("tasks/closed.html", task=task, typed=filled, refusal=refusal), status)
    form = port().task_form(who(), task.id)
    return make_response(_page(task, form, filled=filled, errors=errors, refusal=refusal), status)
