"""Ad-hoc subprocesses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stellwerk.engine.elements.activity import Activity
from stellwerk.engine.elements.subprocess import SubProcess
from stellwerk.engine.expressions import Expression
from stellwerk.engine.token import ERROR, Token

if TYPE_CHECKING:
    from stellwerk.engine.scope import Scope, SubInstance


class AdHocSubProcess(SubProcess):
    """BPMN 10.3.5, 13.3.5: what no flow leads to begins at once, or (sequential) one after the other.

    After each activity inside the completion condition is tried. When it is true nothing further begins; what is active
    is withdrawn, or (`cancel_remaining` false) still completes. It also ends when everything inside is done.
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

    def inner_finished(self, host: Token, scope: Scope, token: Token) -> None:
        if host.has_state(ERROR):
            return
        if isinstance(token.task_spec, Activity):
            self._try_condition(host, scope)
        self._begin_next(host, scope)

    def again(self, task: Token, stage: str) -> None:
        if stage == "proceed":
            scope = task.workflow.top_workflow.subprocesses[task.id]
            self._try_condition(task, scope)
            self._begin_next(task, scope)
            scope.check_complete()
        else:
            super().again(task, stage)

    def bereft(self, task: Token) -> bool:
        """Sequential: the next one begins."""
        before = task.internal_data.get("todo")
        self._begin_next(task, task.workflow.top_workflow.subprocesses[task.id])
        return bool(before)

    def _try_condition(self, host: Token, scope: Scope) -> None:
        """After an activity. Raises Fault; it can be repeated."""
        if "over" in host.internal_data or self.condition is None or not self.decide(host, self.condition):
            return
        host.remember(over=True, todo=[])
        if self.cancel_remaining:
            scope.clear(f"'{self.label}' is complete")

    def _begin_next(self, host: Token, scope: Scope) -> None:
        todo = host.internal_data.get("todo")
        if todo and len(scope.task_tree._children) == len(scope.listening):
            host.remember(todo=todo[1:])
            scope.emit(todo[0])
