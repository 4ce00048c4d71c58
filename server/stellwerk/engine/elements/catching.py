"""Nodes that wait for an event: start events, intermediate catch events; base of receive tasks and boundary events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stellwerk.engine.elements.base import Node
from stellwerk.engine.event_definitions import (
    STARTING,
    SUBSCRIBING,
    EventDefinition,
    MultipleDefinition,
    kind_of,
    parts_of,
)
from stellwerk.engine.events import DecisionMade, FlowTaken
from stellwerk.engine.expressions.reads import shown
from stellwerk.engine.faults import Fault
from stellwerk.engine.token import FUTURE, WAITING, Token

if TYPE_CHECKING:
    from stellwerk.engine.data import NodeData


class Catching(Node):
    """BPMN 13.5.2: a catching event waits from the moment when the token arrives until what it waits for happens."""

    def __init__(self, wf_spec: Any, bpmn_id: str, *, event_definition: EventDefinition, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.event_definition = event_definition
        self.parts: list[str] = []  # nodes that wait for one event each, where it waits for several
        if isinstance(event_definition, MultipleDefinition):
            for number, part in enumerate(event_definition.parts, 1):
                if kind_of(part) in SUBSCRIBING:
                    name = self._part_name(number)
                    EventPart(wf_spec, name, owner=self, number=number - 1, event_definition=part)
                    self.parts.append(name)

    @property
    def stays(self) -> bool:
        """Whether it goes on to listen when its event has happened."""
        return not getattr(self, "interrupting", True)

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
        return parts_of(self.event_definition)

    def _part_name(self, number: int) -> str:
        return f"{self.bpmn_id} [{number}]"  # no BPMN id can be this

    @property
    def triggers(self) -> list[tuple[str, EventDefinition]]:
        """By what it can start a process: the name of each event that it waits for, and the event."""
        several = isinstance(self.event_definition, MultipleDefinition)
        return [
            (self._part_name(number) if several else self.bpmn_id, definition)
            for number, definition in enumerate(self.definitions, 1)
            if kind_of(definition) in self.starts_by
        ]

    starts_by: tuple[str, ...] = STARTING

    @property
    def event_id(self) -> str:
        """The event of the diagram that is waited for."""
        return self.bpmn_id

    def catch_thrown(self, place: Any, payload: Mapping[str, Any]) -> None:
        """An error or escalation from inside of the activity or scope `place`."""
        raise NotImplementedError

    def wait(self, task: Token) -> None:
        """Raises Fault for a timer without a time; the token then waits for nothing."""
        if self._has_happened(task):
            self.fire(task, {})
            return
        if self.parts:
            self._wait_for_parts(task)
            return
        task.workflow.top_workflow.event_manager.open(task)
        task._set_state(WAITING)
        if self.kind == "conditional":
            task.workflow.top_workflow.dirty = True

    def _has_happened(self, task: Token) -> bool:
        """BPMN 13.2: the event that has started the process is not waited for again; of several it may be enough."""
        if not self.starts(task) or (len(self.parts) > 1 and self.event_definition.parallel):
            return False
        task.workflow.top_workflow.has_started()
        return True

    def starts(self, task: Token) -> bool:
        """Whether the process has just been started by this event, or by one of its events."""
        return task.workflow.top_workflow.starting in (self.bpmn_id, *self.parts)

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
            condition = self.event_definition.expression
            self._decided(task, condition.text, self._read(task, condition), True, ())
            self.fire(task, {})

    def correlated(self, task: Token, message: str, compared: Mapping[str, Any]) -> None:
        """Tell the history by which keys the message came to this token."""
        if compared:
            read = {name: shown(value) for name, value in compared.items()}
            told = DecisionMade(task.id, self.event_id, f"message '{message}'", read, True)
            task.workflow.record(told)

    def rejoin(self, task: Token) -> None:
        if not self.parts:
            task.workflow.top_workflow.event_manager.add_task(task)

    # -- several events in one
    def _wait_for_parts(self, task: Token) -> None:
        """A token for each of them, inside of this one. Raises Fault; then nothing waits."""
        instance = task.workflow.top_workflow
        try:
            for name in self.parts:
                if name == instance.starting:
                    continue
                part: EventPart = task.workflow.spec.task_specs[name]
                part.wait(task._add_child(part, FUTURE))
        except Fault:
            self._close_parts(task)
            raise
        if instance.starting in self.parts:
            instance.has_started()
        task._set_state(WAITING)

    @property
    def brings(self) -> NodeData | None:
        """The data outputs of the event, if an association reads them."""
        return self.io if self.io is not None and self.io.outputs else None

    def take_in(self, task: Token, payload: Mapping[str, Any]) -> None:
        """What the event brings goes to its data outputs, else it is variables like any others."""
        if self.brings is not None:
            task.set_locals({**self.brings.caught(payload), **_with_value(task.locals or {})})
        elif payload:
            task.data.assign(payload)

    def _close_parts(self, task: Token) -> None:
        waiting = [child for child in task.children if isinstance(child.task_spec, EventPart)]
        task.workflow.top_workflow.withdraw(waiting, "")

    def part_happened(self, task: Token, part: Token, payload: Mapping[str, Any]) -> None:
        """BPMN 10.5.6: one of several events is enough; of a parallel multiple event each must happen once."""
        if self.brings is not None:
            payload = _with_value(self.brings.caught(payload, part.task_spec.number))
        if not self.event_definition.parallel:
            if self.stays and part.task_spec.kind == "timer":
                part.task_spec.tick(part)
            self.fire(task, payload)
            return
        self.take_in(task, payload)
        part.cancel()
        if task._children:
            return
        self.fire(task, {})
        if self.stays:
            self._wait_anew(task)

    def _wait_anew(self, task: Token) -> None:
        try:
            self._wait_for_parts(task)
        except Fault as fault:
            task.workflow.top_workflow.incident(task, fault, "enter")

    def again(self, task: Token, stage: str) -> None:
        if self.only_listens(task):
            self.wait(task)
        else:
            super().again(task, stage)

    def tick(self, task: Token) -> None:
        """A timer has fired beside what goes on: set it for its next time, or listen no longer."""
        subscriptions = task.workflow.top_workflow.event_manager
        if not subscriptions.rearm(task):
            subscriptions.close(task)
            task.workflow.discard(task)

    def fire(self, task: Token, payload: Mapping[str, Any]) -> None:
        """What the token waited for has happened."""
        task.workflow.top_workflow.event_manager.close(task)
        if self.parts:
            self._close_parts(task)
        if "flow" in task.internal_data:
            self._win(task)
        self.take_in(task, payload)
        task._ready()

    def _win(self, task: Token) -> None:
        """It stood behind an event-based gateway: the token moves here, the other events are withdrawn."""
        gateway: Token = task.parent
        flow = task.internal_data.pop("flow")
        task.adopt()
        gateway.complete()
        gateway.task_spec._decided(gateway, f"{self.kind} '{self.label}'", {}, True, (flow,))
        task.workflow.record(FlowTaken(flow, gateway.task_spec.bpmn_id, self.bpmn_id))
        task.started()

    def withdrawn(self, task: Token, reason: str) -> None:
        task.workflow.top_workflow.event_manager.close(task)
        if not self.only_listens(task):
            super().withdrawn(task, reason)

    def only_listens(self, task: Token) -> bool:
        """The token itself is elsewhere: at an event-based gateway, or at the activity of a boundary event."""
        return "flow" in task.internal_data


class EventPart(Catching):
    """One event of a multiple event. Its token is a child of the event's token and is none of the diagram's."""

    silent = True

    def __init__(
        self, wf_spec: Any, name: str, *, owner: Catching, number: int, event_definition: EventDefinition
    ) -> None:
        super().__init__(wf_spec, name, event_definition=event_definition)
        self.bpmn_id, self.owner, self.number = owner.bpmn_id, owner, number

    @property
    def event_id(self) -> str:
        return self.owner.event_id

    def fire(self, task: Token, payload: Mapping[str, Any]) -> None:
        self.owner.part_happened(task.parent, task, payload)


class CatchEvent(Catching):
    """BPMN 10.5.4: an intermediate event in the flow. The target of a link does not wait."""

    def enter(self, task: Token) -> None:
        if self.kind == "link":
            task._ready()
        else:
            self.wait(task)


class StartEvent(Catching):
    """BPMN 10.5.2: the scope exists because the event has happened, so its token leaves at once.

    Parallel multiple: the first of its events creates the process, and the token waits here for the others.
    """

    starts_by = ("none", *STARTING)

    def enter(self, task: Token) -> None:
        if self.starts(task):
            self.wait(task)
        else:
            task._ready()


def _with_value(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
