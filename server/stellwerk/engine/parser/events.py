"""Events: none, one or several definitions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from stellwerk.engine import event_definitions as definitions
from stellwerk.engine.diagram import XML, label
from stellwerk.engine.diagram.inout import read_parameters
from stellwerk.engine.diagram.normalise import local_name
from stellwerk.engine.elements.base import Node
from stellwerk.engine.elements.boundary import BoundaryEvent
from stellwerk.engine.elements.throwing import ThrowEvent
from stellwerk.engine.parser.data import DataReader
from stellwerk.engine.parser.nodes import NodeParser
from stellwerk.engine.times import timers


class EventParser(NodeParser):
    """Events with none, one or several definitions."""

    def create_task(self) -> Node:
        extra: dict[str, Any] = {}
        if self.spec_class is BoundaryEvent:
            extra["host"] = self.reader.text(self.node, "attachedToRef")
            extra["interrupting"] = self.reader.flag(self.node, "cancelActivity")
        task: Node = self.spec_class(
            self.spec, self.bpmn_id, event_definition=self.definition(), **extra, **self.bpmn_attributes
        )
        task.io = DataReader(self.reader).of(self.node)
        if isinstance(task, ThrowEvent):
            task.inputs = read_parameters(self.reader, self.node, "inputParameter")
        return task

    def definition(self) -> definitions.EventDefinition:
        return self.defined(self.node)

    def defined(self, holder: Iterable[XML]) -> definitions.EventDefinition:
        """What these elements define together."""
        found = [(self._READ[local_name(child)], child) for child in holder if local_name(child) in self._READ]
        parts = tuple(read(self, child) for read, child in found)
        if len(parts) < 2:
            return parts[0] if parts else definitions.NoneEventDefinition()
        catches = local_name(self.node) in ("startEvent", "intermediateCatchEvent", "boundaryEvent")
        return definitions.MultipleDefinition(parts, catches and self.reader.flag(self.node, "parallelMultiple"))

    def parse_message_event(self, message_event: XML) -> definitions.MessageEventDefinition:
        name = self.process_parser.parser.messages[self.reader.text(message_event, "messageRef")]
        return definitions.MessageEventDefinition(name, [])

    def _signal(self, signal: XML) -> definitions.SignalEventDefinition:
        return definitions.SignalEventDefinition(
            self.process_parser.parser.signals[self.reader.text(signal, "signalRef")]
        )

    def _compensation(self, compensation: XML) -> definitions.CompensationDefinition:
        activity = self.reader.text(compensation, "activityRef") or None
        return definitions.CompensationDefinition(activity, self.reader.flag(compensation, "waitForCompletion"))

    def _timer(self, timer: XML) -> definitions.TimerDefinition:
        kinds: tuple[timers.TimerKind, ...] = ("timeDate", "timeDuration", "timeCycle")
        kind = next(kind for kind in kinds if self.reader.text(timer, kind))
        expression = self.reader.parse(timer, kind, self.reader.text(timer, kind), timers.parse_timer)
        if expression is not None:
            try:
                timers.check(kind, expression)
            except timers.TimerInvalid as error:
                self.reader.problem(timer, "timer-format", f"The time of '{label(self.node)}' cannot be used: {error}")
        return definitions.TimerDefinition(label(self.node), kind, expression)  # type: ignore[arg-type]

    def _error(self, error: XML) -> definitions.ErrorDefinition:
        ref = self.reader.text(error, "errorRef")
        declared = self.process_parser.parser.errors[ref] if ref else {}
        return definitions.ErrorDefinition(
            declared.get("name"),
            (declared.get("error_code") or ref) if ref else None,
            self.reader.text(error, "camunda:errorCodeVariable") or None,
            self.reader.text(error, "camunda:errorMessageVariable") or None,
        )

    def _escalation(self, escalation: XML) -> definitions.EscalationDefinition:
        ref = self.reader.text(escalation, "escalationRef")
        declared = self.process_parser.parser.escalations[ref] if ref else {}
        return definitions.EscalationDefinition(
            declared.get("name"),
            (declared.get("escalation_code") or ref) if ref else None,
            self.reader.text(escalation, "camunda:escalationCodeVariable") or None,
        )

    def _link(self, link: XML) -> definitions.LinkDefinition:
        return definitions.LinkDefinition(self.reader.text(link, "name"))

    def _condition(self, conditional: XML) -> definitions.ConditionDefinition:
        return definitions.ConditionDefinition(self.reader.expression(conditional, "condition"), name=label(self.node))

    def _terminate(self, terminate: XML) -> definitions.TerminateEventDefinition:
        return definitions.TerminateEventDefinition()

    def _cancel(self, cancel: XML) -> definitions.CancelEventDefinition:
        return definitions.CancelEventDefinition()

    _READ: ClassVar[dict[str, Callable[[Any, XML], definitions.EventDefinition]]] = {
        "messageEventDefinition": parse_message_event,
        "signalEventDefinition": _signal,
        "timerEventDefinition": _timer,
        "errorEventDefinition": _error,
        "escalationEventDefinition": _escalation,
        "linkEventDefinition": _link,
        "conditionalEventDefinition": _condition,
        "compensateEventDefinition": _compensation,
        "cancelEventDefinition": _cancel,
        "terminateEventDefinition": _terminate,
    }
