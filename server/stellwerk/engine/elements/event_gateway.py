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

    The waiting events are children of the gateway's token. One that starts the process (13.2) is passed at once towards
    the event that has happened; a parallel one towards all events, so that the others must happen as well.
    """

    parallel = False

    def _run_hook(self, task: Token) -> bool | None:
        if self.parallel or self._happened(task):
            return True
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
        return None

    def take(self, task: Token) -> Sequence[Flow]:
        """None where an event has taken the token."""
        return self.flows if self.parallel else self._happened(task)

    def _happened(self, task: Token) -> list[Flow]:
        """The flow to the event that has started the process."""
        if not self.instantiate:
            return []
        started = task.workflow.top_workflow.starting
        return [flow for flow in self.flows if started in self._triggers(task, flow.target)]

    def _triggers(self, task: Token, target: str) -> list[str]:
        spec = task.workflow.spec.task_specs[target]
        return [spec.bpmn_id, *getattr(spec, "parts", ())]
