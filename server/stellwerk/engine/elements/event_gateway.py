"""Event-based gateways."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from stellwerk.engine.elements.base import Flow, Node
from stellwerk.engine.faults import Fault
from stellwerk.engine.token import FUTURE, STARTED, Token

if TYPE_CHECKING:
    from stellwerk.engine.elements.catching import Catching


class EventBasedGateway(Node):
    """BPMN 13.4.4: waits for all the events behind it; the first one that happens takes the token, the others end.

    The waiting events are children of the gateway's token.
    """

    def _run_hook(self, task: Token) -> None:
        task._set_state(STARTED)
        try:
            for flow in self.flows:
                target: Catching = task.workflow.spec.task_specs[flow.target]
                child = task._add_child(target, FUTURE)
                child.internal_data["flow"] = flow.id
                target.wait(child)
        except Fault:
            task.workflow.top_workflow.withdraw(task.children, "")
            raise

    def take(self, task: Token) -> Sequence[Flow]:
        return ()  # the event has taken the token
