"""Work on user tasks: claim, fill in, complete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from stellwerk import forms
from stellwerk.engine import Catchable, values
from stellwerk.engine.commands import Command, CompleteTask, ThrowError, ThrowEscalation
from stellwerk.errors import (
    Conflict,
    FieldError,
    InstanceSuspended,
    InvalidInput,
    TaskNotOpen,
    TokenNotWaiting,
    WrongState,
)
from stellwerk.store import definitions
from stellwerk.store import tasks as store
from stellwerk.store.db import Tx
from stellwerk.store.outcome import Saved
from stellwerk.store.records import TaskRecord
from stellwerk.usecases import step
from stellwerk.usecases.access import Principal, require
from stellwerk.usecases.forms import TaskForm, find_schema, local_now
from stellwerk.usecases.library import Library
from stellwerk.usecases.runtime import Runtime

Action = Literal["task.read", "task.claim", "task.unclaim", "task.complete"]


@dataclass(frozen=True)
class Thrown:
    """How a task ends otherwise than completed."""

    kind: Literal["error", "escalation"]
    code: str
    message: str = ""
    variables: Mapping[str, Any] = field(default_factory=dict)


def get(rt: Runtime, who: Principal, id: UUID) -> TaskRecord:
    with rt.database.reading() as tx:
        return _permitted(tx, who, "task.read", id)


def claim(rt: Runtime, who: Principal, id: UUID) -> None:
    """Take a task that nobody holds; taking one's own again changes nothing. Raises Conflict when another has it."""
    with rt.database.transaction() as tx:
        task = _open(_permitted(tx, who, "task.claim", id))
        if task.assignee == who.name:
            return
        if task.assignee is not None or not store.set_assignee(tx, id, assignee=who.name, before=None):
            raise Conflict(f"'{task.name}' is held by {task.assignee or 'somebody else'}. Ask them to give it back.")
    rt.notify(task.instance_id)


def unclaim(rt: Runtime, who: Principal, id: UUID) -> None:
    """Give a task back, so that others can take it."""
    with rt.database.transaction() as tx:
        task = _open(_permitted(tx, who, "task.unclaim", id))
        if task.assignee is None:
            return
        if not store.set_assignee(tx, id, assignee=None, before=task.assignee):
            raise Conflict(f"'{task.name}' was given to somebody else meanwhile. Nothing was changed.")
    rt.notify(task.instance_id)


def form(rt: Runtime, who: Principal, id: UUID) -> TaskForm:
    """The task's form with what its token sees; of a closed task without values."""
    with rt.database.reading() as tx:
        task = _permitted(tx, who, "task.read", id)
        schema = _schema(rt, tx, task)
    return TaskForm(schema, _seen(rt, task) if task.state == "open" else {})


def complete(rt: Runtime, who: Principal, id: UUID, variables: Mapping[str, Any]) -> TaskRecord:
    """Finish the task with these variables. One that nobody holds is claimed with it. Return it as it is now.

    Raises TaskNotOpen (with the reason that withdrew it), NotPermitted, InvalidInput (a form's rule), Conflict.
    """
    with rt.database.reading() as tx:
        task = _open(_permitted(tx, who, "task.complete", id))
        schema = _schema(rt, tx, task)
        now = local_now(rt, tx) if schema is not None else None
    given = values.check(variables)
    if schema is not None and now is not None:
        given = forms.check(schema, given, _seen(rt, task), now=now)
    saved = _run(rt, who, task, CompleteTask(task.token, given))
    holder = task.assignee or who.name
    return replace(task, state="completed", assignee=holder, closed_at=saved.at, closed_by=who.name)


def catchable(rt: Runtime, who: Principal, id: UUID) -> tuple[Catchable, ...]:
    """The errors and escalations with which the task can end; of a closed one none."""
    with rt.database.reading() as tx:
        task = _permitted(tx, who, "task.read", id)
    if task.state != "open":
        return ()
    _, definition, snapshot = step.snapshot_of(rt, task.instance_id)
    try:
        return rt.engine.read_catchable(definition, snapshot, Library(rt), task.token)
    except TokenNotWaiting:  # closed between the two reads
        return ()


def throw(rt: Runtime, who: Principal, id: UUID, thrown: Thrown) -> None:
    """End the task with a BPMN error, or escalate at it: then it stays open where nothing interrupts it.

    Something around it must catch the code. Raises what `complete` raises.
    """
    with rt.database.reading() as tx:
        task = _open(_permitted(tx, who, "task.complete", id))
    given = values.check(thrown.variables)
    if thrown.kind == "error":
        known = {one.code for one in catchable(rt, who, id) if one.kind == "error"}
        if not known & {None, thrown.code}:
            raise InvalidInput([FieldError("code", "caught", _not_caught(task, thrown.code, known))])
        command: Command = ThrowError(task.token, thrown.code, thrown.message, given)
    else:
        command = ThrowEscalation(task.token, thrown.code, given)
    _run(rt, who, task, command)


def _not_caught(task: TaskRecord, code: str, known: set[str | None]) -> str:
    can = f"It can end with: {', '.join(sorted(map(str, known)))}." if known else "Nothing around it catches an error."
    return f"The error '{code}' is not caught around '{task.name}'. {can} Nothing was changed."


def _run(rt: Runtime, who: Principal, task: TaskRecord, command: Command) -> Saved:
    def hold(tx: Tx, now: datetime) -> None:
        """The task is closed by the same commit; here it is made sure that it still was theirs."""
        if not store.confirm_assignee(tx, task.id, before=task.assignee, closed_by=who.name):
            raise Conflict(f"'{task.name}' was claimed or given back meanwhile. Nothing was changed; look again.")

    try:
        return step.run(rt, task.instance_id, step.Move(command, who.name, also=hold))
    except InstanceSuspended:
        raise
    except (TokenNotWaiting, WrongState) as error:
        with rt.database.reading() as tx:
            _open(store.get_task(tx, task.id))
        raise Conflict(f"'{task.name}' cannot be completed now: {error.message} Nothing was changed.") from error


def _seen(rt: Runtime, task: TaskRecord) -> dict[str, Any]:
    _, definition, snapshot = step.snapshot_of(rt, task.instance_id)
    try:
        return rt.engine.read_variables(definition, snapshot, Library(rt), task.token)
    except TokenNotWaiting:  # closed between the two reads
        return {}


def _schema(rt: Runtime, tx: Tx, task: TaskRecord) -> Mapping[str, Any] | None:
    if not task.form_key:
        return None
    return find_schema(rt, tx, definitions.get_definition(tx, task.definition_id), task.form_key)


def _permitted(tx: Tx, who: Principal, action: Action, id: UUID) -> TaskRecord:
    task = store.get_task(tx, id)
    require(who, action, task)
    return task


def _open(task: TaskRecord) -> TaskRecord:
    if task.state == "open":
        return task
    at = task.closed_at.isoformat(timespec="seconds") if task.closed_at else "some time"
    if task.state == "completed":
        message = f"'{task.name}' was completed by {task.closed_by or 'somebody'} at {at}. Nothing was changed."
    else:
        message = f"'{task.name}' was withdrawn at {at} by {task.reason or 'the process'}. Nothing was changed."
    raise TaskNotOpen(message, state=task.state, reason=task.reason)
