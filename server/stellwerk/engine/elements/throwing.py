"""Nodes that throw: intermediate throw events and end events."""

from __future__ import annotations

from typing import Any

from stellwerk.engine import mappings
from stellwerk.engine.elements.base import Node
from stellwerk.engine.elements.compensation import compensate, scope_to_compensate
from stellwerk.engine.elements.transaction import cancel_transaction
from stellwerk.engine.event_definitions import (
    CancelEventDefinition,
    CompensationDefinition,
    ErrorEventDefinition,
    EscalationEventDefinition,
    EventDefinition,
    MessageEventDefinition,
    SignalEventDefinition,
    TerminateEventDefinition,
    kind_of,
    parts_of,
)
from stellwerk.engine.events import MessageThrown, SignalThrown
from stellwerk.engine.thrown import is_caught, leave_processes, throw_error, throw_escalation
from stellwerk.engine.token import CANCELLED, OVER, Token

_LEAVING = ("error", "cancel", "terminate")
_CARRYING = ("message", "signal", "error", "escalation")


def throw_message(task: Token, name: str, payload: dict[str, Any]) -> None:
    """A message goes to the catcher of this instance that has waited longest and agrees with its keys;

    else it leaves the instance.
    """
    conversations = task.workflow.top_workflow.conversations
    properties = conversations.send(task, name, payload)
    catcher = conversations.catcher(name, properties, payload)
    if catcher is not None:
        conversations.receive(catcher, name, payload, properties)
        catcher.task_spec.fire(catcher, payload)
    else:
        task.workflow.record(MessageThrown(task.id, task.task_spec.bpmn_id, name, payload, properties))


def throw_signal(task: Token, name: str, payload: dict[str, Any]) -> None:
    """BPMN 10.5.1: everybody who waits for the signal gets it, in this instance and outside of it."""
    instance = task.workflow.top_workflow
    task.workflow.record(SignalThrown(task.id, task.task_spec.bpmn_id, name, payload))
    instance.event_manager.broadcast(instance.event_manager.waiting_for("signal", name), payload)


def throw_plain(task: Token, definition: EventDefinition, payload: dict[str, Any]) -> None:
    """A message, signal or escalation."""
    if isinstance(definition, MessageEventDefinition):
        throw_message(task, definition.name, payload)
    elif isinstance(definition, SignalEventDefinition):
        throw_signal(task, definition.name, payload)
    elif isinstance(definition, EscalationEventDefinition):
        throw_escalation(task, definition.code, payload)


class ThrowEvent(Node):
    """BPMN 10.5.4, 13.5.1: when the token arrives the event is thrown, and the token leaves at once.

    What a message or signal carries are the input parameters of the event; without any it is empty.
    """

    inputs: mappings.Parameters = {}

    def __init__(self, wf_spec: Any, bpmn_id: str, *, event_definition: EventDefinition, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.event_definition = event_definition

    @property
    def definitions(self) -> tuple[EventDefinition, ...]:
        """What it throws, in the order of the file; what ends its own token comes last."""
        return tuple(sorted(parts_of(self.event_definition), key=lambda d: kind_of(d) in _LEAVING))

    def _run_hook(self, task: Token) -> bool | None:
        """A compensation waits until all is undone; then the next event is thrown. None: the token does not leave."""
        first = task.internal_data.get("thrown", 0)
        for number, definition in enumerate(self.definitions[first:], first + 1):
            task.internal_data["throwing"] = True
            stays = not self.throw(task, definition)
            del task.internal_data["throwing"]
            if stays:
                if not task.has_state(OVER):
                    task.remember(thrown=number)
                return None
        return True

    def throw(self, task: Token, definition: EventDefinition) -> bool:
        """False: the token stays, or is gone."""
        if isinstance(definition, CompensationDefinition):
            return not self._compensate(task, definition)
        throw_plain(task, definition, self.payload(task, definition))
        return True

    def payload(self, task: Token, definition: EventDefinition) -> dict[str, Any]:
        """BPMN 10.4.2: the input parameters, and the data input of this event definition."""
        kind = kind_of(definition)
        carried = mappings.compute(task, self.inputs) if kind in ("message", "signal") else {}
        if self.io is not None and kind in _CARRYING:
            parts = parts_of(self.event_definition)
            if len(parts) != len(self.io.inputs):
                parts = tuple(part for part in parts if kind_of(part) in _CARRYING)
            carried |= self.io.thrown(task, parts.index(definition))
        return carried

    def _compensate(self, task: Token, definition: CompensationDefinition) -> bool:
        """Whether the token waits."""
        scope = scope_to_compensate(task, definition.activity)
        began = compensate(scope, definition.activity, task if definition.waits else None)
        return began and definition.waits

    def withdrawn(self, task: Token, reason: str) -> None:
        undoing = task.workflow.top_workflow.find(task.internal_data.get("undoing", 0))
        if undoing is not None:
            undoing.cancel(reason)
        super().withdrawn(task, reason)


class EndEvent(ThrowEvent):
    """BPMN 13.5.6: consumes the token. Error: the scope around is left at once, towards whatever catches the error;

    the instance fails if nothing does. Terminate: everything else in the same process or subprocess is withdrawn.
    Cancel: the transaction around is taken back.
    """

    def withdrawn(self, task: Token, reason: str) -> None:
        if "throwing" in task.internal_data:  # by what it has just thrown: it has reached its end
            task.ended("completed")
        else:
            super().withdrawn(task, reason)

    def throw(self, task: Token, definition: EventDefinition) -> bool:
        if isinstance(definition, ErrorEventDefinition):
            self._throw_error(task, definition)
            return False
        if isinstance(definition, CancelEventDefinition):
            cancel_transaction(task)
            return False
        if isinstance(definition, TerminateEventDefinition):
            task.workflow.clear(f"terminate '{self.label}'", keep=task)
        return super().throw(task, definition)

    def _throw_error(self, task: Token, definition: ErrorEventDefinition) -> None:
        code: str = definition.code
        caught, payload = is_caught(task, code), self.payload(task, definition)
        task.ended("completed")  # the token has reached its end before the scope around it is withdrawn
        task._set_state(CANCELLED)
        task.workflow.discard(task)
        if caught:
            throw_error(task, code, definition.name or "", payload)
        else:
            instance = task.workflow.top_workflow
            leave_processes(task, instance, code)
            instance.finish("failed", code)
