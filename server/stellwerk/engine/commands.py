"""What can be asked of an instance: frozen, imperative. Everything that changes an instance is one of these.

`token` is the engine's number of a waiting token inside one instance; it is unique there and never reused.
A command that names a token which no longer waits raises `TokenNotWaiting` and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from stellwerk.engine.definition import Definition

Values = Mapping[str, Any]


@dataclass(frozen=True)
class CancelToken:
    """Take this token away with all that is inside of it."""

    token: int


@dataclass(frozen=True)
class CancelAt:
    """Take away every token that is at this element; at least one must be there.

    `call`: of the process that was called by this call only.
    """

    element_id: str
    call: int = 0


@dataclass(frozen=True)
class PutToken:
    """A new token `before` or `after` the flow node `id`, or on the sequence `flow` with this id.

    `variables` are written around it as any others, `local_variables` (only `before`) belong to the token alone.
    Subprocesses around the place are used when they run, else begun. `around`: the token of the running subprocess in
    which to put it, where several run; subprocesses between that one and the place are begun anew.
    """

    place: Literal["before", "after", "flow"]
    id: str
    variables: Values = field(default_factory=dict)
    local_variables: Values = field(default_factory=dict)
    around: int = 0


Instruction = CancelToken | CancelAt | PutToken


@dataclass(frozen=True)
class StartInstance:
    """Begin at the none start event, or by `start_event` when a message, timer or signal starts the process.

    `start_event` is the trigger of one of the definition's starts.

    With `instructions` it begins where they say, and nowhere else; `reason` says why.
    """

    variables: Values = field(default_factory=dict)
    start_event: str | None = None
    business_key: str | None = None
    correlation_keys: Values = field(default_factory=dict)  # of the message that starts it: property -> value
    instructions: tuple[PutToken, ...] = ()
    reason: str = ""


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
    business_key: str | None = None  # that came with it


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
    """Write and remove variables from outside in the scope of `scope`.

    0 is the process itself, the number of a call the process that it has called.
    """

    variables: Values = field(default_factory=dict)
    scope: int = 0
    removed: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class ThrowEscalation:
    """A person or an operator escalates at the active activity at `token`. Something around it must catch that."""

    token: int
    escalation_code: str
    variables: Values = field(default_factory=dict)
    reason: str = ""


# -- an operator's; `reason` is what the operator says about why
@dataclass(frozen=True)
class SuspendInstance:
    """From now on no token moves, until it is resumed. See `Instance.suspended` for what arrives meanwhile."""

    reason: str = ""


@dataclass(frozen=True)
class ResumeInstance:
    """Go on after a suspension."""

    reason: str = ""


@dataclass(frozen=True)
class ModifyInstance:
    """Take tokens away and put others, in this order and all or nothing: moving is one of each.

    What has nothing left inside in the end is taken away too; an instance without tokens is then cancelled.
    """

    instructions: tuple[Instruction, ...]
    reason: str = ""


@dataclass(frozen=True)
class SkipStep:
    """The activity or event at `token` counts as done, with `variables` as its results."""

    token: int
    variables: Values = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True)
class ThrowErrorAt:
    """A BPMN error at the active activity at `token`, whatever it waits for. Something around it must catch the error.

    A handler or person who ends their own work with an error is `ThrowError`.
    """

    token: int
    error_code: str
    message: str = ""
    variables: Values = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True)
class CompensateNow:
    """Undo what has completed in the process (`scope` 0) or running subprocess, or of one `activity` in it only."""

    scope: int = 0
    activity: str | None = None
    reason: str = ""


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
    | ThrowEscalation
    | SuspendInstance
    | ResumeInstance
    | ModifyInstance
    | SkipStep
    | ThrowErrorAt
    | CompensateNow
)
