"""What reads return: frozen values, free of the database session. Times are aware UTC; ids are UUIDs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

T = TypeVar("T")


MOVING = ("active", "suspended")  # states of instances that have not ended


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list; `next_cursor` is opaque and None on the last page."""

    items: tuple[T, ...]
    next_cursor: str | None = None


@dataclass(frozen=True)
class Scope:
    """Whose instances and tasks a list shows: started by them, assigned to them, or theirs to claim. None: all."""

    name: str
    groups: frozenset[str]


@dataclass(frozen=True)
class DefinitionRecord:
    id: UUID
    key: str
    name: str
    version: int
    version_tag: str | None
    state: str  # active, inactive
    takes_starts: bool  # new starts by key take this version
    deployment_id: UUID
    deployed_at: datetime
    deployed_by: str
    filename: str
    source_hash: str
    documentation: str = ""
    start_form_key: str | None = None
    instances_active: int = 0  # only in lists
    instances_with_incidents: int = 0  # only in lists


@dataclass(frozen=True)
class ModelRecord:
    """A deployed DMN file. `imports`: name and hash of each file that it needs, as they were at its deployment."""

    id: UUID
    namespace: str
    name: str
    filename: str
    deployment_id: UUID
    deployed_at: datetime
    source_hash: str
    imports: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class DecisionVersionRecord:
    """One version of a decision, with the file in which it is."""

    id: UUID
    key: str
    name: str
    version: int
    version_tag: str | None
    kind: str  # decision, service
    deployment_id: UUID
    deployed_at: datetime
    deployed_by: str
    model: ModelRecord


@dataclass(frozen=True)
class EvaluationRecord:
    """What a decision gave, as the history keeps it. Without an instance somebody asked for it, and no process.

    `variable` is the one that took the result, known while it is written only.
    """

    id: UUID
    at: datetime
    by: str
    decision_id: UUID
    key: str
    version: int
    instance_id: UUID | None
    root_id: UUID | None
    element_id: str | None
    inputs: Mapping[str, Any]
    result: Any
    matched: tuple[Mapping[str, Any], ...]  # as `engine.decision_told` tells it
    warnings: tuple[str, ...]
    variable: str | None = None


@dataclass(frozen=True)
class InstanceRecord:
    id: UUID
    definition_id: UUID
    key: str
    definition_name: str
    version: int
    state: str  # active, suspended, completed, cancelled, failed
    business_key: str | None
    started_at: datetime
    started_by: str
    ended_at: datetime | None
    end_reason: str
    incident_count: int
    lock_version: int
    settled: bool  # nothing runs by itself any more: it has ended, or waits for people, messages, timers or an operator
    root_id: UUID  # its own id, unless a call activity called it
    parent_id: UUID | None = None  # whose call activity called it
    parent_element_id: str | None = None  # that call activity
    call: int = 0  # the token of that call activity: by this number the engine knows what it called


@dataclass(frozen=True)
class ActivityRecord:
    """One token at one flow node: the live picture and the history are the same rows."""

    token: int
    element_id: str
    element_name: str
    element_type: str
    state: str  # active, completed, cancelled
    started_at: datetime
    ended_at: datetime | None
    reason: str = ""
    waiting_for: str = ""  # person, job, timer, message, signal, call, incident; empty when not active
    parent: int = 0  # token of the enclosing scope or loop, 0 at the top


@dataclass(frozen=True)
class SubscriptionRecord:
    """A token that waits for a message or signal. `correlation_keys`: key -> property -> value as text, or None."""

    token: int
    element_id: str
    kind: str  # message, signal
    name: str
    opened_at: datetime
    correlation_keys: Mapping[str, Mapping[str, str | None]]


@dataclass(frozen=True)
class HistoryRecord:
    """One event, in order of `number` inside the instance."""

    number: int
    at: datetime
    kind: str  # the event's class name
    element_id: str | None
    data: Mapping[str, Any]
    by: str = ""


@dataclass(frozen=True)
class DecisionRecord:
    """What was evaluated at an element, the values that were read, and where tokens went because of it."""

    element_id: str
    expression: str  # empty: a default flow, since no condition was true
    values: Mapping[str, Any]
    result: Any
    targets: tuple[str, ...] = ()


@dataclass(frozen=True)
class TaskRecord:
    id: UUID
    instance_id: UUID
    definition_id: UUID
    definition_key: str
    definition_name: str
    business_key: str | None
    token: int
    element_id: str
    name: str
    state: str  # open, completed, withdrawn
    assignee: str | None
    candidate_users: tuple[str, ...]
    candidate_groups: tuple[str, ...]
    lane: str | None
    form_key: str | None
    priority: int
    created_at: datetime
    due_at: datetime | None
    follow_up_at: datetime | None
    closed_at: datetime | None
    closed_by: str
    reason: str  # why it was withdrawn
    documentation: str = ""


@dataclass(frozen=True)
class JobRecord:
    id: UUID
    kind: str  # service, timer, timer-start, message, signal, continue
    instance_id: UUID | None
    definition_id: UUID | None
    token: int | None
    element_id: str | None
    topic: str | None
    priority: int
    due_at: datetime
    attempt: int  # how many tries have begun
    failures: int  # how many of them the handler failed
    tries: int | None  # from the diagram; None: the handler or the settings decide
    last_error: str
    next_at: datetime  # when it may be claimed: due, next try, or the end of the lease
    owner: str | None  # the worker that has it
    payload: Mapping[str, Any] = field(default_factory=dict)
    business_key: str | None = None  # of the instance; only service jobs carry it


@dataclass(frozen=True)
class IncidentRecord:
    id: UUID
    instance_id: UUID
    definition_id: UUID
    definition_key: str
    token: int
    element_id: str
    element_name: str
    kind: str
    message: str
    detail: str
    state: str  # open, resolved
    created_at: datetime
    resolved_at: datetime | None
    resolved_by: str = ""


@dataclass(frozen=True)
class MessageRecord:
    id: UUID
    message_id: str | None
    name: str
    business_key: str | None
    correlation_keys: Mapping[str, Any]
    state: str  # waiting, delivering, delivered, expired
    reason: str  # why nobody took it yet
    created_at: datetime
    expires_at: datetime | None
    instance_id: UUID | None  # who took it


@dataclass(frozen=True)
class DataStoreRecord:
    """What instances share under a name of their diagrams. `version` counts its writes."""

    name: str
    value: Any
    version: int
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True)
class UserRecord:
    id: UUID
    name: str
    display_name: str
    email: str
    roles: frozenset[str]  # administrator, user
    groups: frozenset[str]
    active: bool
    has_password: bool


@dataclass(frozen=True)
class DraftRecord:
    """A diagram or form that somebody draws and has not deployed, or drew on from a deployed one."""

    id: UUID
    kind: str  # bpmn, form
    name: str
    content: str
    version: int  # for If-Match
    updated_at: datetime
    updated_by: str
    definition_key: str | None


@dataclass(frozen=True)
class SessionRecord:
    """A browser that is signed in, and who sits before it."""

    user: UserRecord
    csrf_token: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime


@dataclass(frozen=True)
class TokenRecord:
    """An API token; its secret is known to nobody but its holder."""

    id: UUID
    name: str
    roles: frozenset[str]
    groups: frozenset[str]
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    last_used_at: datetime | None
