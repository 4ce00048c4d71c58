"""Compensation: completed activities are undone, the one that completed last first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stellwerk.engine.elements.base import Node
from stellwerk.engine.token import FUTURE, READY, STARTED, Token
from stellwerk.engine.undo import Record
from stellwerk.engine.variables import Layer

if TYPE_CHECKING:
    from stellwerk.engine.scope import Scope

UNDO = "$undo"  # no BPMN id can be this


def is_undoing(task: Token) -> bool:
    """Whether the token is there to undo something: it follows no flows and leaves no record."""
    return isinstance(task.parent.task_spec, Undoing)


def is_reopened(task: Token) -> bool:
    """A subprocess that had completed, opened again to undo what happened inside of it."""
    return "undoes" in task.internal_data


def owner_of(scope: Scope) -> int:
    """Who owns the records of this scope."""
    host = scope.parent_task
    return 0 if host is None else host.internal_data.get("undoes", host.id)


def remember(task: Token, handler: str | None, reopened: str | None) -> None:
    """BPMN 10.7.1: the activity at the token completes; keep what undoes it, with its own variables of this moment.

    `reopened` is the node of a subprocess, "" for a loop, None for other activities: they need a handler.
    """
    scope, records = task.workflow, task.workflow.top_workflow.records
    inner = reopened is not None and (records.has(task.id) or bool(reopened and scope.undo_subprocess_of(task)))
    if is_undoing(task) or not (handler or inner):
        records.drop(task.id)
        return
    looped = task.parent is not scope.task_tree
    record = Record(
        id=scope.top_workflow.new_id(),
        owner=task.parent.id if looped else owner_of(scope),
        activity=task.task_spec.bpmn_id,
        node=handler or reopened or "",
        began=task.id,
        inner=0 if handler else task.id,
        variables=Layer(task.locals or {}) if reopened != "" else Layer(),
    )
    if record.inner and "called" in task.internal_data:
        record.called = task.internal_data["called"]
        record.process = scope.top_workflow.calls[task.id].variables
    if handler:
        records.drop(task.id)  # the handler undoes the whole
    records.add(record)


def compensate(scope: Scope, activity: str | None, thrower: Token | None = None, **state: Any) -> bool:
    """Undo what was recorded in the scope, or of one activity only. False: there is nothing to undo.

    `thrower` waits until all is done.
    """
    records = scope.top_workflow.records
    wanted = [r for r in records.of(owner_of(scope)) if activity in (None, r.activity)]
    if not wanted:
        return False
    token = Token(scope, scope.spec.task_specs[UNDO], scope.task_tree, FUTURE)
    for record in wanted:
        records.move(record, token.id)
    token.internal_data.update(of=token.id, **state)
    if thrower is not None:
        token.internal_data["thrower"] = thrower.id
        thrower.remember(undoing=token.id)
    token._ready()
    return True


def scope_to_compensate(task: Token, activity: str | None) -> Scope:
    """BPMN 10.7.2: the scope of the thrower; an event subprocess throws for the scope around it.

    With an activity the innermost scope outwards that has it.
    """
    scope: Scope = task.workflow
    while activity is not None and activity not in scope.spec.task_specs and scope is not scope.process:
        scope = scope.parent_task.workflow  # type: ignore[union-attr]
    while activity is None and scope.parent_task is not None and scope.parent_task.task_spec.is_event_subprocess:
        scope = scope.parent_task.workflow
    return scope


class Undoing(Node):
    """BPMN 13.5.5: undoes what one owner has recorded. What began after another had completed is undone before it;

    what has no such order, such as the instances of a parallel multi-instance, at once. A handler that only waits, for
    a person or an event, lets the next one begin. Its token is none of the diagram's: history and picture show the
    handlers alone.
    """

    silent = True
    waiting_state = STARTED

    def _run_hook(self, task: Token) -> None:
        task._set_state(STARTED)
        self.rejoin(task)
        self.proceed(task)

    def rejoin(self, task: Token) -> None:
        task.workflow.top_workflow.undoings[task.id] = task

    def proceed(self, task: Token) -> None:
        instance = task.workflow.top_workflow
        began = max((c.internal_data["began"] for c in task.children if "rests" not in c.internal_data), default=0)
        for record in instance.records.next(task.internal_data["of"], began):
            instance.records.remove(record)
            self._undo(task, record)
        if not task._children:
            instance.undoings.pop(task.id, None)
            instance.agenda.append(task)

    def reconsider(self, task: Token) -> bool:
        """Nothing can move: whether more can be undone, since what is being undone only waits."""
        records = task.workflow.top_workflow.records
        if not records.has(task.internal_data["of"]):
            return False
        resting = [c for c in task.children if "rests" not in c.internal_data and not is_at_work(c)]
        for child in resting:
            child.remember(rests=True)
        if resting:
            self.proceed(task)
        return bool(resting)

    def _undo(self, task: Token, record: Record) -> None:
        spec: Node = task.workflow.spec.task_specs[record.node or UNDO]
        child = task._add_child(spec, FUTURE)
        child.internal_data["began"] = record.began
        if not record.node:
            child.internal_data["of"] = record.inner
            child._ready()
            return
        if record.inner:
            child.internal_data["undoes"] = record.inner
            if record.called:
                child.internal_data["called"] = record.called
                child.hidden = record.process
        if record.variables:
            child.set_locals(record.variables)
        task.workflow.admit(child)

    def child_finished(self, task: Token, child: Token) -> None:
        self.proceed(task)

    def bereft(self, task: Token) -> bool:
        """A handler that is taken away counts as done."""
        self.proceed(task)
        return True

    def _on_complete_hook(self, task: Token) -> None:
        instance = task.workflow.top_workflow
        thrower = instance.find(task.internal_data.get("thrower", 0))
        if thrower is not None:
            thrower.forget("undoing")
            thrower._set_state(READY)
            instance.agenda.append(thrower)
        elif "cancels" in task.internal_data:
            host: Token = task.workflow.parent_task  # type: ignore[assignment]
            host.task_spec.cancelled(host)

    def withdrawn(self, task: Token, reason: str) -> None:
        task.workflow.top_workflow.undoings.pop(task.id, None)
        task.workflow.top_workflow.records.drop(task.internal_data["of"])


def is_at_work(task: Token) -> bool:
    """Whether a program works at the token or at one inside of it, or has failed there; no recursion."""
    todo, subprocesses = [task], task.workflow.top_workflow.subprocesses
    while todo:
        token = todo.pop()
        if token.task_spec.is_at_work(token):
            return True
        todo.extend(token.children)
        if token.id in subprocesses:
            todo.extend(subprocesses[token.id].task_tree.children)
    return False
