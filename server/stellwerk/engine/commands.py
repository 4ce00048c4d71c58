"""What can be asked of an instance: frozen, imperative. Everything that changes an instance is one of these.

`token` is the engine's number of a waiting token inside one instance; it is unique there and never reused.
A command that names a token which no longer waits raises `TokenNotWaiting` and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stellwerk.engine.definition import Definition

Values = Mapping[str, Any]


@dataclass(frozen=True)
class StartInstance:
    """Begin at the none start event, or by `start_event` when a message, timer or signal starts the process.

    `start_event` is the trigger of one of the definition's starts.
    """

    variables: Values = field(default_factory=dict)
    start_event: str | None = None
    business_key: str | None = None
    correlation_keys: Values = field(default_factory=dict)  # of the message that starts it: property -> value


@dataclass(frozen=True)
class CompleteTask:
    """A person finished the user task at `token`; `variables` are written before the token leaves."""

    token: int
    variables: Values = field(default_factory=dict)


@dataclass(frozen=True)
class DeliverMessage:
    """Message `name` for the one catcher at `token`."""

    token: int
    name: str
    variables: Values = field(default_factory=dict)
    correlation_keys: Values = field(default_factory=dict)  # that came with it: property -> value


@dataclass(frozen=True)
class BroadcastSignal:
    """Signal `name` from outside for all of `tokens` that still wait for it; at least one must."""

    name: str
    tokens: tuple[int, ...]
    variables: Values = field(default_factory=dict)


@dataclass(frozen=True)
class FireTimer:
    """The timer at `token` that was due at `due`. A timer that was re-armed meanwhile has another `due`."""

    token: int
    due: datetime


@dataclass(frozen=True)
class FinishJob:
    """The service task at `token` is done; `result` is what its handler returned, as a variable value.

    With a result variable it is written there; without one a mapping is written name by name, None writes
    nothing, and anything else is an incident that asks for a result variable.
    """

    token: int
    result: Any = None


@dataclass(frozen=True)
class FailJob:
    """The service task at `token` has failed for good (out of tries, or permanent): an incident on that token."""

    token: int
    message: str
    detail: str = ""


@dataclass(frozen=True)
class ThrowError:
    """The activity at `token` (job or user task) ends with BPMN error `error_code`."""

    token: int
    error_code: str
    message: str = ""
    variables: Values = field(default_factory=dict)


@dataclass(frozen=True)
class RetryIncident:
    """Try again what failed at `token`; `variables`, if any, are written first."""

    token: int
    variables: Values = field(default_factory=dict)


@dataclass(frozen=True)
class Continue:
    """Go on with an instance that stopped because its budget was spent. `completed` as ContinueRequested said."""

    completed: int = 0


@dataclass(frozen=True)
class ChangeVariables:
    """Write variables from outside into the scope of `scope` (0: the process itself; the number of a call: the process

    that it has called)."""

    variables: Values
    scope: int = 0


@dataclass(frozen=True)
class MigrateInstance:
    """Go on under `definition`, another version. `reference` is what the store calls it, `before` the one until now.

    `mapping`: element of the version until now -> element of the new one, or None for no counterpart; what it leaves
    out is mapped by id, or by kind and name. Timers keep their time unless `update_timers`. `call`: the number of the
    called process that is meant; 0 the instance itself. Raises MigrationRefused.
    """

    definition: Definition
    reference: str = ""
    before: str = ""
    mapping: Mapping[str, str | None] = field(default_factory=dict)
    update_timers: bool = False
    call: int = 0


@dataclass(frozen=True)
class CancelInstance:
    """Stop everything; the instance ends in state `cancelled`."""

    reason: str = ""


Command = (
    StartInstance
    | CompleteTask
    | DeliverMessage
    | BroadcastSignal
    | FireTimer
    | FinishJob
    | FailJob
    | ThrowError
    | RetryIncident
    | Continue
    | ChangeVariables
    | MigrateInstance
    | CancelInstance
)
