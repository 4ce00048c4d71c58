"""What happened in an instance during one command: frozen, past tense, in order.

These are the only source of the rows that the store writes. All of them happened at the command's `now`.
`token` is the token's number inside the instance; `element_id` is the BPMN id in the diagram.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from stellwerk.engine.correlation import Expected

EndState = Literal["completed", "cancelled", "failed"]


# -- tokens on the diagram: history and the live picture
@dataclass(frozen=True)
class ActivityStarted:
    """A token has arrived at a flow node. `parent` is the token of the enclosing scope or loop, 0 at the top.

    `element_type` is the BPMN tag; a multi-instance activity has one token of the type `multiInstance` around
    those of its instances, all with the same `element_id`.
    """

    token: int
    element_id: str
    element_type: str
    parent: int = 0


@dataclass(frozen=True)
class ActivityEnded:
    """The token has left the node (`completed`), was taken away (`cancelled`), or was consumed by a join that another

    token passes (`merged`: the join itself is counted once, by that other token). `reason` says by what.
    """

    token: int
    element_id: str
    state: Literal["completed", "cancelled", "merged"]
    reason: str = ""


@dataclass(frozen=True)
class FlowTaken:
    """A token went along a sequence flow."""

    flow_id: str
    source_id: str
    target_id: str


# -- waiting for people
@dataclass(frozen=True)
class TaskOpened:
    """A user task waits for a person. Texts are evaluated already; absent ones are None or empty."""

    token: int
    element_id: str
    name: str
    assignee: str | None = None
    candidate_users: tuple[str, ...] = ()
    candidate_groups: tuple[str, ...] = ()  # includes the lane's name
    lane: str | None = None
    form_key: str | None = None
    due_at: datetime | None = None
    follow_up_at: datetime | None = None
    priority: int = 50
    documentation: str = ""


@dataclass(frozen=True)
class TaskClosed:
    """The user task no longer waits; `reason` names what withdrew it ("timer 'Reminder'")."""

    token: int
    state: Literal["completed", "withdrawn"]
    reason: str = ""


# -- waiting for programs
@dataclass(frozen=True)
class JobRequested:
    """A handler must run for the service (or send) task at `token`.

    `variables` are its inputs: the mapped inputs if the element has input parameters, else all that it sees.
    `tries` and `retry_wait_s` override the handler's policy when the diagram says so.
    """

    token: int
    element_id: str
    topic: str
    variables: Mapping[str, Any]
    tries: int | None = None
    retry_wait_s: tuple[float, ...] = ()
    priority: int = 50


@dataclass(frozen=True)
class JobWithdrawn:
    """The job at `token` is not wanted any more (interrupted or cancelled)."""

    token: int
    reason: str = ""


@dataclass(frozen=True)
class ContinueRequested:
    """The budget of the command was spent; a `Continue` must follow.

    `completed`: elements since the instance was last moved from outside.
    """

    completed: int = 0


# -- waiting for time and messages
@dataclass(frozen=True)
class TimerSet:
    """The timer of `element_id` at `token` is due at `due` (aware UTC). A second TimerSet replaces the first."""

    token: int
    element_id: str
    due: datetime


@dataclass(frozen=True)
class TimerCleared:
    """The timer at `token` is not wanted any more, or was spent."""

    token: int


@dataclass(frozen=True)
class SubscriptionOpened:
    """The token waits for message or signal `name`."""

    token: int
    element_id: str
    kind: Literal["message", "signal"]
    name: str
    correlation_keys: Expected = field(default_factory=dict)


@dataclass(frozen=True)
class SubscriptionChanged:
    """The token, which waits for message `name`, expects other correlation keys now."""

    token: int
    kind: Literal["message", "signal"]
    name: str
    correlation_keys: Expected = field(default_factory=dict)


@dataclass(frozen=True)
class SubscriptionClosed:
    """The token does not wait for this any more."""

    token: int
    kind: Literal["message", "signal"]
    name: str


@dataclass(frozen=True)
class MessageThrown:
    """A message leaves the instance. Nobody inside it waited for the message.

    `correlation_keys` are the correlation properties that it carries, by their names.
    """

    token: int
    element_id: str
    name: str
    variables: Mapping[str, Any]
    correlation_keys: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SignalThrown:
    """A signal was thrown. Who waited for it in this instance has got it; everybody else must."""

    token: int
    element_id: str
    name: str
    variables: Mapping[str, Any]


# -- data
@dataclass(frozen=True)
class VariablesChanged:
    """Variables of one scope were written or removed. `scope` is the scope's token, 0 for the process."""

    scope: int
    values: Mapping[str, Any]
    removed: tuple[str, ...] = ()


@dataclass(frozen=True)
class DataStoreWritten:
    """The element wrote a data store, which all instances share. `version`: what the command read there before.

    The commit must be repeated from the start if the store has another version now; None: it was not read.
    """

    token: int
    element_id: str
    store: str
    value: Any
    version: int | None


@dataclass(frozen=True)
class DecisionMade:
    """A gateway or condition decided: what was evaluated, on which values, which flows were taken."""

    token: int
    element_id: str
    expression: str
    values: Mapping[str, Any]
    result: Any
    flows: tuple[str, ...] = ()


@dataclass(frozen=True)
class DecisionEvaluated:
    """A business rule task has evaluated a decision, the one that Host.resolve_decision gave as `reference`.

    `inputs` are the variables that the decision has read, `result` is its value before the task has mapped it; values
    as in variables, within bounds. `matched` has one object for each evaluation of a decision table: `tableId`,
    `decisionId`, `decisionName`, `inputs` by column, `rules` from 1, `ruleIds`, `outputs` by rule and column,
    and `matches`, how many rules matched. `variable` is the one that takes the result, if the task names it.
    """

    token: int
    element_id: str
    reference: str
    key: str
    version: int
    inputs: Mapping[str, Any]
    result: Any
    matched: tuple[Mapping[str, Any], ...] = ()
    warnings: tuple[str, ...] = ()
    variable: str | None = None


# -- trouble
@dataclass(frozen=True)
class IncidentRaised:
    """The model did something wrong at this token; it stays there until somebody retries or cancels."""

    token: int
    element_id: str
    kind: str  # script, job, no-flow, expression, timer, unhandled-error, correlation, runaway, call, decision, engine
    message: str
    detail: str = ""


@dataclass(frozen=True)
class IncidentResolved:
    """The incident at this token is gone: retried, skipped, or the token was cancelled."""

    token: int
    reason: Literal["retried", "cancelled", "skipped"]


# -- another version
@dataclass(frozen=True)
class InstanceMigrated:
    """The instance goes on under the definition `definition_id`; until now it was `before`. Both are the store's."""

    definition_id: str
    before: str


@dataclass(frozen=True)
class TokenMoved:
    """The token that was at `before` is at `element_id` now, with all that waits there; it has not left.

    `element_type`, `name` and `parent` are what the new version says, as in ActivityStarted.
    """

    token: int
    element_id: str
    before: str
    element_type: str
    name: str
    parent: int = 0


@dataclass(frozen=True)
class TaskChanged:
    """The new version names the open task otherwise, or gives it another form. Whose it is stays."""

    token: int
    name: str
    form_key: str | None
    lane: str | None
    documentation: str


# -- the instance itself
@dataclass(frozen=True)
class InstanceStarted:
    """The instance began at `start_event` (None: the process has none)."""

    start_event: str | None


@dataclass(frozen=True)
class InstanceEnded:
    """The instance is over. `reason` is the error code of an uncaught error end, or what the operator gave.

    A called process that an error leaves has `failed` with its code, also if the caller catches it. `variables` are
    those of a called process at its end: the snapshot does not keep them. They are empty for the root.
    """

    state: EndState
    reason: str = ""
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class InstanceCalled:
    """A call activity calls a process; recorded in the calling one, before anything of the called one.

    `call` is the number of the call: the token of the call activity. `definition_id` is what Host.resolve gave.
    """

    token: int
    element_id: str
    call: int
    definition_id: str
    business_key: str | None = None


@dataclass(frozen=True)
class InstanceReopened:
    """A called process that had completed is opened again, since something in it is undone. It ends once more."""


@dataclass(frozen=True)
class InstanceSuspended:
    """No token moves until it is resumed."""

    reason: str = ""


@dataclass(frozen=True)
class InstanceResumed:
    """Tokens move again."""

    reason: str = ""


@dataclass(frozen=True)
class OperatorActed:
    """An operator's command and why it was given; what it did follows. `token` 0: the process."""

    action: Literal["modify", "skip", "error", "escalation", "compensate", "variables", "restart"]
    token: int = 0
    element_id: str | None = None
    reason: str = ""


Event = (
    ActivityStarted
    | ActivityEnded
    | FlowTaken
    | TaskOpened
    | TaskClosed
    | JobRequested
    | JobWithdrawn
    | ContinueRequested
    | TimerSet
    | TimerCleared
    | SubscriptionOpened
    | SubscriptionChanged
    | SubscriptionClosed
    | MessageThrown
    | SignalThrown
    | VariablesChanged
    | DataStoreWritten
    | DecisionMade
    | DecisionEvaluated
    | IncidentRaised
    | IncidentResolved
    | InstanceMigrated
    | TokenMoved
    | TaskChanged
    | InstanceStarted
    | InstanceEnded
    | InstanceCalled
    | InstanceReopened
    | InstanceSuspended
    | InstanceResumed
    | OperatorActed
)
