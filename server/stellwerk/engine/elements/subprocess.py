"""Embedded subprocesses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask

from stellwerk.engine.elements.activity import Activity
from stellwerk.engine.elements.base import Node
from stellwerk.engine.elements.compensation import compensate, is_reopened
from stellwerk.engine.token import STARTED, Token

if TYPE_CHECKING:
    from stellwerk.engine.scope import SubInstance


class SubProcess(SubWorkflowTask, Activity):
    """BPMN 13.3.4: when it is active a token begins at its start event; it completes when no token is left inside."""

    spec: str  # the id of its scope

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, subworkflow_spec=bpmn_id, **kwargs)

    def _update(self, task: Token) -> None:
        Node._update(self, task)

    def perform(self, task: Token) -> None:
        inner = self.open_inside(task)
        if is_reopened(task):
            self.undo_inside(inner)
        else:
            self.begin_inside(inner)

    def open_inside(self, task: Token) -> SubInstance:
        """Its scope is there with what is declared in it; nothing has begun."""
        inner = task.workflow.top_workflow.open_subprocess(task, self.spec)
        task._set_state(STARTED)
        inner.plant()
        if not is_reopened(task):
            self.declare(task)
        return inner

    def declare(self, task: Token) -> None:
        """Its data objects and properties are there from the beginning, null until they are written."""
        declared = task.workflow.top_workflow.subprocesses[task.id].spec.declared
        own = {name: None for name in declared if name not in (task.locals or {})}
        if own:
            task.set_locals(own)

    def begin_inside(self, inner: SubInstance) -> None:
        inner.begin()

    def undo_inside(self, inner: SubInstance) -> None:
        """BPMN 10.7.1: the event subprocess for it compensates the whole, else everything inside is compensated."""
        if inner.spec.undo_subprocess is not None:
            inner.emit(inner.spec.undo_subprocess)
        else:
            compensate(inner, None)
        inner.check_complete()

    @property
    def reopened(self) -> str:
        return self.name

    def leave(self, task: Token, flows: Any) -> None:
        super().leave(task, flows)
        if is_reopened(task):
            task.workflow.top_workflow.records.drop(task.internal_data["undoes"])
        task.workflow.top_workflow.close_subprocess(task)

    def _on_cancel(self, task: Token) -> None:
        """Withdrawing looks after what is inside."""
