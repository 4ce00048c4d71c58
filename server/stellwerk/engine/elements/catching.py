"""Nodes that wait for an event: start events, intermediate catch events; base of receive tasks and boundary events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stellwerk.engine.elements.base import Node
from stellwerk.engine.event_definitions import EventDefinition, kind_of
from stellwerk.engine.events import FlowTaken
from stellwerk.engine.faults import Fault
from stellwerk.engine.token import WAITING, Token


class Catching(Node):
    """BPMN 13.5.2: a catching event waits from the moment when the token arrives until what it waits for happens."""

    def __init__(self, wf_spec: Any, bpmn_id: str, *, event_definition: EventDefinition, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.event_definition = event_definition

    @property
    def kind(self) -> str:
        return kind_of(self.event_definition)

    def definition_of(self, kind: str, code: str | None = None) -> EventDefinition | None:
        """Its definition that catches an error, escalation or cancellation; one with this code before one for all."""
        fitting = [d for d in self.definitions if kind_of(d) == kind and getattr(d, "code", None) in (None, code)]
        return min(fitting, key=lambda d: getattr(d, "code", None) is None, default=None)

    @property
    def definitions(self) -> tuple[EventDefinition, ...]:
        """What it waits for."""
        return (self.event_definition,)

    @property
    def event_id(self) -> str:
        """The event of the diagram that is waited for."""
        return self.bpmn_id

    def catch_thrown(self, place: Any, payload: Mapping[str, Any]) -> None:
        """An error or escalation from inside of the activity or scope `place`."""
        raise NotImplementedError

    def wait(self, task: Token) -> None:
        """Raises Fault for a timer without a time; the token then waits for nothing."""
        task.workflow.top_workflow.event_manager.open(task)
        task._set_state(WAITING)
        if self.kind == "conditional":
            task.workflow.top_workflow.dirty = True

    def check_condition(self, task: Token) -> None:
        """BPMN 10.5.5, conditional: the event happens when its condition becomes true, also if it is so at first.

        A condition that cannot be evaluated, since a variable is not there yet, is not true.
        """
        try:
            now = self.holds(task, self.event_definition.expression)
        except Fault:
            now = False
        before = task.internal_data.get("true", False)
        if now != before:
            task.remember(true=now)
        if now and not before:
            self.fire(task, {})

    def rejoin(self, task: Token) -> None:
        task.workflow.top_workflow.event_manager.add_task(task)

    def fire(self, task: Token, payload: Mapping[str, Any]) -> None:
        """What the token waited for has happened."""
        task.workflow.top_workflow.event_manager.close(task)
        if "flow" in task.internal_data:
            self._win(task)
        if payload:
            task.data.assign(payload)
        task._ready()

    def _win(self, task: Token) -> None:
        """It stood behind an event-based gateway: the token moves here, the other events are withdrawn."""
        gateway: Token = task.parent
        flow = task.internal_data.pop("flow")
        task.adopt()
        gateway.complete()
        task.workflow.top_workflow.record(FlowTaken(flow, gateway.task_spec.bpmn_id, self.bpmn_id))
        task.started()

    def withdrawn(self, task: Token, reason: str) -> None:
        task.workflow.top_workflow.event_manager.close(task)
        if not self.only_listens(task):
            super().withdrawn(task, reason)

    def only_listens(self, task: Token) -> bool:
        """The token itself is elsewhere: at an event-based gateway, or at the activity of a boundary event."""
        return "flow" in task.internal_data


class CatchEvent(Catching):
    """BPMN 10.5.4: an intermediate event in the flow. The target of a link does not wait."""

    def enter(self, task: Token) -> None:
        if self.kind == "link":
            task._ready()
        else:
            self.wait(task)


class StartEvent(Catching):
    """BPMN 10.5.2: the scope exists because the event has happened, so its token leaves at once."""

    def enter(self, task: Token) -> None:
        task._ready()
