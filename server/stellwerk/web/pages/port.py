"""What the pages read and do. `live.py` answers from the store and the use cases; tests answer from memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from stellwerk.engine import Catchable, Element, MigrationPlan, Preview, ScopeVariables, UndoStep, Way
from stellwerk.errors import Problem
from stellwerk.store.records import (
    ActivityRecord,
    DecisionRecord,
    DefinitionRecord,
    DraftRecord,
    HistoryRecord,
    IncidentRecord,
    InstanceRecord,
    JobRecord,
    MessageRecord,
    Page,
    SubscriptionRecord,
    TaskRecord,
    TokenRecord,
    UserRecord,
)
from stellwerk.usecases.access import Principal
from stellwerk.usecases.migrations import Forecast, Migrated, MigrationRequest
from stellwerk.usecases.operate import Operation, RestartRequest
from stellwerk.usecases.tasks import Thrown


@dataclass(frozen=True)
class Counts:
    """The figures of the start page and the rail; what somebody may not see is 0."""

    processes: int = 0
    my_tasks: int = 0
    late_tasks: int = 0
    free_tasks: int = 0  # can be claimed
    active_instances: int = 0
    open_incidents: int = 0
    waiting_messages: int = 0


@dataclass(frozen=True)
class TaskFilter:
    show: str = "mine"  # mine, free, all
    text: str = ""
    process: str = ""
    instance: UUID | None = None
    late: bool = False


@dataclass(frozen=True)
class InstanceFilter:
    state: str = ""  # of InstanceRecord, or "incident"
    process: str = ""
    definition: UUID | None = None
    text: str = ""  # business key
    called: bool = False  # by call activities, instead of those that were started


@dataclass(frozen=True)
class FormView:
    """A form to fill in. Without a schema the page offers the typed variable editor with `data`."""

    schema: Mapping[str, Any] | None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class DeploymentView:
    definitions: tuple[DefinitionRecord, ...]
    report: tuple[Problem, ...]


@dataclass(frozen=True)
class TopicView:
    """A topic of service tasks: who runs it, and how many jobs wait for it."""

    name: str
    handler: str  # module and function; empty when nothing is registered
    description: str
    waiting: int


@dataclass(frozen=True)
class Fact:
    """A line of the settings and health pages. `state`: good, warn, bad or empty."""

    name: str
    value: str
    meaning: str = ""
    state: str = ""


@dataclass(frozen=True)
class DiagramState:
    """Where an instance is, for the viewer island."""

    tokens: tuple[tuple[str, int, str], ...]  # element id, count, what it waits for
    done: tuple[str, ...]
    flows: tuple[str, ...]
    incidents: tuple[tuple[str, int, str], ...]  # element id, count, first message


@dataclass(frozen=True)
class IncidentBelow:
    """An open incident in an instance that `call` (the token of a call activity) called, at any depth below it."""

    call: int
    incident: IncidentRecord


class TaskPort(Protocol):
    def tasks(self, who: Principal, wanted: TaskFilter, cursor: str | None) -> Page[TaskRecord]: ...
    def task(self, who: Principal, id: UUID) -> TaskRecord: ...
    def next_task(self, who: Principal) -> TaskRecord | None: ...
    def task_form(self, who: Principal, id: UUID) -> FormView: ...
    def claim(self, who: Principal, id: UUID) -> None: ...
    def unclaim(self, who: Principal, id: UUID) -> None: ...
    def complete(self, who: Principal, id: UUID, variables: Mapping[str, Any]) -> None: ...
    def task_ends(self, who: Principal, id: UUID) -> tuple[Catchable, ...]: ...
    def throw(self, who: Principal, id: UUID, thrown: Thrown) -> None: ...


class ProcessPort(Protocol):
    def processes(self, who: Principal, text: str, cursor: str | None) -> Page[DefinitionRecord]: ...
    def versions(self, who: Principal, key: str) -> tuple[DefinitionRecord, ...]: ...
    def drafts(self, who: Principal, text: str) -> tuple[DraftRecord, ...]: ...
    def deploy(self, who: Principal, files: Sequence[tuple[str, bytes]]) -> DeploymentView: ...
    def load_samples(self, who: Principal) -> DeploymentView: ...
    def activate(self, who: Principal, id: UUID) -> None: ...
    def deactivate(self, who: Principal, id: UUID) -> None: ...
    def start_form(self, who: Principal, id: UUID) -> FormView: ...
    def start(
        self, who: Principal, id: UUID, business_key: str | None, variables: Mapping[str, Any]
    ) -> InstanceRecord: ...


class MigrationPort(Protocol):
    def migration_plan(self, who: Principal, wanted: MigrationRequest) -> MigrationPlan: ...
    def forecast(self, who: Principal, wanted: MigrationRequest) -> Page[Forecast]: ...
    def migrate(self, who: Principal, wanted: MigrationRequest, cursor: str | None) -> Page[Migrated]: ...


class InstancePort(Protocol):
    def instances(self, who: Principal, wanted: InstanceFilter, cursor: str | None) -> Page[InstanceRecord]: ...
    def instance(self, who: Principal, id: UUID) -> InstanceRecord: ...
    def variables(self, who: Principal, id: UUID) -> Mapping[str, Any]: ...
    def scopes(self, who: Principal, id: UUID) -> tuple[ScopeVariables, ...]: ...
    def activities(self, who: Principal, id: UUID) -> tuple[ActivityRecord, ...]: ...
    def history(self, who: Principal, id: UUID, cursor: str | None) -> Page[HistoryRecord]: ...
    def jobs(self, who: Principal, id: UUID) -> tuple[JobRecord, ...]: ...
    def subscriptions(self, who: Principal, id: UUID) -> tuple[SubscriptionRecord, ...]: ...
    def instance_incidents(self, who: Principal, id: UUID) -> tuple[IncidentRecord, ...]: ...
    def callers(self, who: Principal, id: UUID) -> tuple[InstanceRecord, ...]: ...
    def called(self, who: Principal, id: UUID) -> tuple[InstanceRecord, ...]: ...
    def troubled_calls(self, who: Principal, id: UUID) -> tuple[IncidentBelow, ...]: ...
    def decisions(self, who: Principal, id: UUID) -> tuple[DecisionRecord, ...]: ...
    def diagram(self, who: Principal, id: UUID) -> DiagramState: ...
    def cancel(self, who: Principal, id: UUID, reason: str) -> None: ...
    def delete(self, who: Principal, id: UUID) -> None: ...


class RepairPort(Protocol):
    def elements(self, who: Principal, id: UUID) -> tuple[Element, ...]: ...
    def ways(self, who: Principal, id: UUID) -> tuple[Way, ...]: ...
    def catchable(self, who: Principal, id: UUID, token: int) -> tuple[Catchable, ...]: ...
    def undo_plan(self, who: Principal, id: UUID, scope: int = 0) -> tuple[UndoStep, ...]: ...
    def foresee(self, who: Principal, id: UUID, command: Operation | RestartRequest) -> Preview: ...
    def operate(self, who: Principal, id: UUID, command: Operation | RestartRequest) -> InstanceRecord: ...


class OperatePort(Protocol):
    def incidents(self, who: Principal, cursor: str | None) -> Page[IncidentRecord]: ...
    def retry(self, who: Principal, id: UUID) -> None: ...
    def messages(self, who: Principal, cursor: str | None) -> Page[MessageRecord]: ...


class AccountPort(Protocol):
    def has_password(self, who: Principal) -> bool: ...
    def set_password(self, who: Principal, name: str, new: str, current: str | None) -> None: ...
    def users(self, who: Principal) -> tuple[UserRecord, ...]: ...
    def user(self, who: Principal, name: str) -> UserRecord: ...
    def create_user(self, who: Principal, values: Mapping[str, Any]) -> UserRecord: ...
    def change_user(self, who: Principal, name: str, values: Mapping[str, Any]) -> UserRecord: ...
    def tokens(self, who: Principal) -> tuple[TokenRecord, ...]: ...
    def create_token(self, who: Principal, name: str, role: str) -> str: ...
    def revoke_token(self, who: Principal, id: UUID) -> None: ...
    def topics(self, who: Principal) -> tuple[TopicView, ...]: ...
    def settings(self, who: Principal) -> tuple[Fact, ...]: ...
    def health(self, who: Principal) -> tuple[Fact, ...]: ...


class Port(TaskPort, ProcessPort, MigrationPort, InstancePort, RepairPort, OperatePort, AccountPort, Protocol):
    def now(self) -> datetime: ...
    def counts(self, who: Principal) -> Counts: ...
