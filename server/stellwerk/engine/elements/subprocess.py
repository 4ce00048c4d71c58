"""Embedded subprocesses."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask

from stellwerk.engine.elements.activity import Activity
from stellwerk.engine.elements.base import Node
from stellwerk.engine.token import STARTED, Token


class SubProcess(SubWorkflowTask, Activity):
    """BPMN 13.3.4: when it is active a token begins at its start event; it completes when no token is left inside."""

    spec: str  # the id of its scope

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, subworkflow_spec=bpmn_id, **kwargs)

    def _update(self, task: Token) -> None:
        Node._update(self, task)

    def perform(self, task: Token) -> None:
        inner = task.workflow.top_workflow.open_subprocess(task, self.spec)
        task._set_state(STARTED)
        inner.plant()
        inner.begin()

    def leave(self, task: Token, flows: Any) -> None:
        task.workflow.top_workflow.close_subprocess(task)
        super().leave(task, flows)

    def _on_cancel(self, task: Token) -> None:
        """Withdrawing looks after what is inside."""
