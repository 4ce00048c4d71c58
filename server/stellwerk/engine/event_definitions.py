"""What events are about, on SpiffWorkflow's event definitions. Times are reckoned from the command's clock."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions import (
    ConditionalEventDefinition,
    ErrorEventDefinition,
    EscalationEventDefinition,
    MessageEventDefinition,
    SignalEventDefinition,
)
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import (
    CancelEventDefinition,
    NoneEventDefinition,
    TerminateEventDefinition,
)
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition

from stellwerk.engine.expressions import Expression
from stellwerk.engine.times.timers import TimerKind

__all__ = [
    "CancelEventDefinition",
    "CompensationDefinition",
    "ConditionDefinition",
    "ErrorDefinition",
    "ErrorEventDefinition",
    "EscalationDefinition",
    "EscalationEventDefinition",
    "EventDefinition",
    "LinkDefinition",
    "MessageEventDefinition",
    "MultipleDefinition",
    "NoneEventDefinition",
    "SignalEventDefinition",
    "TerminateEventDefinition",
    "TimerDefinition",
    "kind_of",
    "parts_of",
]


class TimerDefinition(TimerEventDefinition):
    """A timer; unlike the library's it never reads a clock."""

    def __init__(self, name: str, kind: TimerKind, expression: Expression) -> None:
        super().__init__(name, expression)
        self.kind: TimerKind = kind


class ErrorDefinition(ErrorEventDefinition):
    """An error by its code (None: every error), and the variables that take code and message when it is caught."""

    def __init__(
        self, name: str | None, code: str | None, code_variable: str | None = None, message_variable: str | None = None
    ) -> None:
        super().__init__(name, code)
        self.code_variable, self.message_variable = code_variable, message_variable

    def values(self, code: str, message: str) -> dict[str, Any]:
        """The variables to write when this definition has caught an error."""
        pairs = ((self.code_variable, code), (self.message_variable, message))
        return {name: value for name, value in pairs if name}


class EscalationDefinition(EscalationEventDefinition):
    """An escalation by its code (None: every one), and the variable that takes the code when it is caught."""

    def __init__(self, name: str | None, code: str | None, code_variable: str | None = None) -> None:
        super().__init__(name, code)
        self.code_variable = code_variable

    def values(self, code: str, message: str) -> dict[str, Any]:
        return {self.code_variable: code} if self.code_variable else {}


class LinkDefinition(EventDefinition):
    """One half of a link; halves with the same name belong together."""


class CompensationDefinition(EventDefinition):
    """A compensation: of one activity, or (None) of everything in the scope. `waits`: the thrower, for its end."""

    def __init__(self, activity: str | None, waits: bool = True) -> None:
        super().__init__("compensate")
        self.activity, self.waits = activity, waits


class MultipleDefinition(EventDefinition):
    """Several events in one: any of them, or (`parallel`) all of them."""

    def __init__(self, parts: tuple[EventDefinition, ...], parallel: bool = False) -> None:
        super().__init__("multiple")
        self.parts, self.parallel = parts, parallel


class ConditionDefinition(ConditionalEventDefinition):
    """A condition on variables."""

    expression: Expression


_KINDS: tuple[tuple[type[EventDefinition], str], ...] = (
    (NoneEventDefinition, "none"),
    (MessageEventDefinition, "message"),
    (SignalEventDefinition, "signal"),
    (TimerDefinition, "timer"),
    (ErrorEventDefinition, "error"),
    (EscalationEventDefinition, "escalation"),
    (ConditionalEventDefinition, "conditional"),
    (LinkDefinition, "link"),
    (TerminateEventDefinition, "terminate"),
    (MultipleDefinition, "multiple"),
    (CompensationDefinition, "compensate"),
    (CancelEventDefinition, "cancel"),
)


SUBSCRIBING = ("message", "signal", "timer", "conditional")  # events that are waited for
STARTING = ("message", "signal", "timer")  # events that can start a process
THROWN = ("error", "escalation", "cancel")  # events that reach their catcher from inside, without a subscription


def parts_of(definition: EventDefinition) -> tuple[EventDefinition, ...]:
    """The single events of which it consists."""
    return definition.parts if isinstance(definition, MultipleDefinition) else (definition,)


def kind_of(definition: EventDefinition) -> str:
    """`message`, `timer`, ...: the word before EventDefinition in the file."""
    return next(kind for cls, kind in _KINDS if isinstance(definition, cls))
