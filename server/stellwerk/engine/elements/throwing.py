"""Nodes that throw: intermediate throw events and end events."""

from __future__ import annotations

from typing import Any

from stellwerk.engine import mappings
from stellwerk.engine.elements.base import Node
from stellwerk.engine.event_definitions import (
    ErrorEventDefinition,
    EscalationEventDefinition,
    EventDefinition,
    MessageEventDefinition,
    SignalEventDefinition,
    TerminateEventDefinition,
)
from stellwerk.engine.events import MessageThrown, SignalThrown
from stellwerk.engine.thrown import is_caught, throw_error, throw_escalation
from stellwerk.engine.token import CANCELLED, Token


def throw_message(task: Token, name: str, payload: dict[str, Any]) -> None:
    """A message goes to the catcher of this instance that has waited longest; else it leaves the instance."""
    instance = task.workflow.top_workflow
    catcher = instance.event_manager.first_for("message", name)
    if catcher is not None:
        catcher.task_spec.fire(catcher, payload)
    else:
        instance.record(MessageThrown(task.id, task.task_spec.bpmn_id, name, payload))


def throw_signal(task: Token, name: str, payload: dict[str, Any]) -> None:
    """BPMN 10.5.1: everybody who waits for the signal gets it, in this instance and outside of it."""
    instance = task.workflow.top_workflow
    instance.record(SignalThrown(task.id, task.task_spec.bpmn_id, name, payload))
    instance.event_manager.broadcast(instance.event_manager.waiting_for("signal", name), payload)


class ThrowEvent(Node):
    """BPMN 10.5.4, 13.5.1: when the token arrives the event is thrown, and the token leaves at once.

    What a message or signal carries are the input parameters of the event; without any it is empty.
    """

    inputs: mappings.Parameters = {}

    def __init__(self, wf_spec: Any, bpmn_id: str, *, event_definition: EventDefinition, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.event_definition = event_definition

    def _run_hook(self, task: Token) -> bool | None:
        definition = self.event_definition
        if isinstance(definition, MessageEventDefinition):
            throw_message(task, definition.name, mappings.compute(task, self.inputs))
        elif isinstance(definition, SignalEventDefinition):
            throw_signal(task, definition.name, mappings.compute(task, self.inputs))
        elif isinstance(definition, EscalationEventDefinition):
            throw_escalation(task, definition.code)
        return True


class EndEvent(ThrowEvent):
    """BPMN 13.5.6: consumes the token. Error: the scope around is left at once, towards whatever catches the error;

    the instance fails if nothing does. Terminate: everything else in the same process or subprocess is withdrawn.
    """

    def _run_hook(self, task: Token) -> bool | None:
        definition = self.event_definition
        if isinstance(definition, ErrorEventDefinition):
            self._throw_error(task, definition)
            return None
        if isinstance(definition, TerminateEventDefinition):
            task.workflow.clear(f"terminate '{self.label}'", keep=task)
        return super()._run_hook(task)

    def _throw_error(self, task: Token, definition: ErrorEventDefinition) -> None:
        code: str = definition.code
        caught = is_caught(task, code)
        task.ended("completed")  # the token has reached its end before the scope around it is withdrawn
        task._set_state(CANCELLED)
        task.workflow.discard(task)
        if caught:
            throw_error(task, code, definition.name or "", {})
        else:
            task.workflow.top_workflow.finish("failed", code)
