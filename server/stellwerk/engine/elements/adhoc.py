"""Ad-hoc subprocesses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stellwerk.engine.elements.activity import Activity
from stellwerk.engine.elements.compensation import Undoing
from stellwerk.engine.elements.subprocess import SubProcess
from stellwerk.engine.expressions import Expression
from stellwerk.engine.faults import Fault
from stellwerk.engine.token import ERROR, Token

if TYPE_CHECKING:
    from stellwerk.engine.scope import Scope, SubInstance


class AdHocSubProcess(SubProcess):
    """BPMN 10.3.5, 13.3.5: what no flow leads to begins at once, or (sequential) one after the other.

    After each activity inside the completion condition is tried. When it is true nothing further begins, also not along
    flows; what is active is withdrawn, or (`cancel_remaining` false) activities still complete. It also ends when
    everything inside is done.
    """

    sequential = False
    cancel_remaining = True
    condition: Expression | None = None

    def begin_inside(self, inner: SubInstance) -> None:
        todo = list(inner.spec.entries)
        if self.sequential:
            inner.parent_task.remember(todo=todo[1:])
            todo = todo[:1]
        inner.begin(*todo)

    def inner_goes_on(self, host: Token, token: Token) -> bool:
        """The condition is tried before anything follows the activity."""
        if isinstance(token.task_spec, Activity) and not host.has_state(ERROR):
            try:
                self._try_condition(host)
            except Fault as fault:
                host.workflow.top_workflow.incident(host, fault, "proceed")
        return "over" not in host.internal_data

    def inner_finished(self, host: Token, scope: Scope, token: Token) -> None:
        if not host.has_state(ERROR):
            self._proceed(host, scope)

    def again(self, task: Token, stage: str) -> None:
        if stage == "proceed":
            scope = task.workflow.top_workflow.subprocesses[task.id]
            self._try_condition(task)
            self._proceed(task, scope)
            scope.check_complete()
        else:
            super().again(task, stage)

    def bereft(self, task: Token) -> bool:
        """Sequential: the next one begins."""
        before = task.internal_data.get("todo")
        self._begin_next(task, task.workflow.top_workflow.subprocesses[task.id])
        return bool(before)

    def _try_condition(self, host: Token) -> None:
        """After an activity. Raises Fault; it can be repeated."""
        if "over" not in host.internal_data and self.condition is not None and self.decide(host, self.condition):
            host.remember(over=True, todo=[])

    def _proceed(self, host: Token, scope: Scope) -> None:
        """What is left when it is over is what still completes: the activities, and compensations."""
        if "over" not in host.internal_data:
            self._begin_next(host, scope)
        elif "closed" not in host.internal_data:
            host.remember(closed=True)
            rest = [t for t in scope.task_tree.children if self.cancel_remaining or not _completes(t)]
            scope.top_workflow.withdraw(rest, f"'{self.label}' is complete")

    def _begin_next(self, host: Token, scope: Scope) -> None:
        """An event subprocess that interrupts is the last thing that happens."""
        todo = host.internal_data.get("todo")
        if todo and not scope.interrupted and len(scope.task_tree._children) == len(scope.listening):
            host.remember(todo=todo[1:])
            scope.emit(todo[0])


def _completes(token: Token) -> bool:
    """Not what listens, waits for an event or for other tokens at a gateway."""
    listens = token.id in token.workflow.listening
    return not listens and isinstance(token.task_spec, Activity | Undoing)
