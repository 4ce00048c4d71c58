"""Every table, without behaviour. Names of rows end in Row, so that they are never taken for the records.

Indexes are named after the list or claim that they serve. Long opaque values are text or bytes, never jsonb.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, MetaData, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from stellwerk.store.db import Base, db
from stellwerk.store.types import Json, UtcTime

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model

Id = Annotated[UUID, mapped_column(primary_key=True)]
Time = Annotated[datetime, mapped_column(UtcTime)]
MaybeTime = Annotated[datetime | None, mapped_column(UtcTime, nullable=True)]
Name = Annotated[str, mapped_column(String(255))]
MaybeName = Annotated[str | None, mapped_column(String(255), nullable=True)]
Short = Annotated[str, mapped_column(String(40))]
LongText = Annotated[str, mapped_column(Text)]
JsonText = Annotated[Any, mapped_column(Json)]
Bytes = Annotated[bytes, mapped_column(LargeBinary)]
Count = Annotated[int, mapped_column(BigInteger)]  # tokens and events: an endless loop makes many
MaybeCount = Annotated[int | None, mapped_column(BigInteger, nullable=True)]
Hash = Annotated[str, mapped_column(String(64))]
InstanceId = Annotated[UUID, mapped_column(ForeignKey("instance.id", ondelete="CASCADE"))]
InstanceKey = Annotated[UUID, mapped_column(ForeignKey("instance.id", ondelete="CASCADE"), primary_key=True)]

CLUSTERED = {"sqlite_with_rowid": False}  # rows lie in the order of the primary key, not twice


class Row(Model):
    __abstract__ = True


def _of_roots(name: str, *columns: str) -> Index:
    """An index of the instances that nobody called: the list that people see is served from it."""
    only = text("parent_id IS NULL")
    return Index(name, *columns, postgresql_where=only, sqlite_where=only)


def _of_called(name: str, *columns: str) -> Index:
    only = text("parent_id IS NOT NULL")
    return Index(name, *columns, postgresql_where=only, sqlite_where=only)


# -- what is deployed
class ResourceRow(Row):
    """A deployed file, once for each content."""

    __tablename__ = "resource"
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)  # sha256, hex
    data: Mapped[Bytes]


class DeploymentRow(Row):
    __tablename__ = "deployment"
    id: Mapped[Id]
    at: Mapped[Time]
    by: Mapped[Name]
    report: Mapped[JsonText]  # problems without errors: warnings and infos


class DefinitionRow(Row):
    """One version of a process. `activation` counts: the active version with the highest one takes new starts."""

    __tablename__ = "definition"
    __table_args__ = (
        Index("ix_definition_key_version", "key", "version", unique=True),
        Index("ix_definition_deployed", "deployed_at", "id"),
        Index("ix_definition_name", "name", "id"),
    )
    id: Mapped[Id]
    key: Mapped[Name]
    name: Mapped[Name]
    version: Mapped[int]
    version_tag: Mapped[MaybeName]
    state: Mapped[Short]  # active, inactive
    takes_starts: Mapped[bool]
    activation: Mapped[int]
    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployment.id"))
    deployed_at: Mapped[Time]
    deployed_by: Mapped[Name]
    filename: Mapped[Name]
    source_hash: Mapped[str] = mapped_column(String(64), ForeignKey("resource.hash"))
    documentation: Mapped[LongText]
    start_form_key: Mapped[MaybeName]


class StartSubscriptionRow(Row):
    """A start event that waits for a message or signal. Timer starts are jobs of kind timer-start."""

    __tablename__ = "start_subscription"
    __table_args__ = (Index("ix_start_subscription_name", "kind", "name"),)
    definition_id: Mapped[UUID] = mapped_column(ForeignKey("definition.id", ondelete="CASCADE"), primary_key=True)
    element_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    kind: Mapped[Short]
    name: Mapped[Name]


class FormRow(Row):
    """A deployed form-js schema; a later one with the same key replaces it for definitions of other deployments."""

    __tablename__ = "form"
    __table_args__ = (Index("ix_form_key", "key", "deployed_at"),)
    id: Mapped[Id]
    key: Mapped[Name]
    filename: Mapped[Name]
    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployment.id"))
    deployed_at: Mapped[Time]
    source_hash: Mapped[str] = mapped_column(String(64), ForeignKey("resource.hash"))


class DecisionModelRow(Row):
    """A DMN file as it was deployed, with the files that it imports as they were then: name and hash of each."""

    __tablename__ = "decision_model"
    __table_args__ = (Index("ix_decision_model_namespace", "namespace", "deployed_at"),)
    id: Mapped[Id]
    namespace: Mapped[Name]
    name: Mapped[Name]
    filename: Mapped[Name]
    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployment.id"))
    deployed_at: Mapped[Time]
    source_hash: Mapped[str] = mapped_column(String(64), ForeignKey("resource.hash"))
    imports: Mapped[JsonText]


class DecisionRow(Row):
    """One version of a decision or decision service of a DMN file."""

    __tablename__ = "decision"
    __table_args__ = (
        Index("ix_decision_key_version", "key", "version", unique=True),
        Index("ix_decision_deployed", "deployed_at", "id"),
        Index("ix_decision_name", "name", "id"),
    )
    id: Mapped[Id]
    key: Mapped[Name]
    name: Mapped[Name]
    version: Mapped[int]
    version_tag: Mapped[MaybeName]
    kind: Mapped[Short]  # decision, service
    model_id: Mapped[UUID] = mapped_column(ForeignKey("decision_model.id"))
    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployment.id"))
    deployed_at: Mapped[Time]
    deployed_by: Mapped[Name]


# -- what runs
class InstanceRow(Row):
    """An instance that somebody started (the root of a tree), or one that a call activity called.

    `call` is the number of the call in its tree, 0 for the root. The root's row carries the version of the whole tree
    and the last number of its history; its incidents are those of the tree. The version of a called one stands still.
    Nothing refers to `root_id` and `parent_id` as foreign keys: a tree is deleted as a whole, whatever its depth.
    """

    __tablename__ = "instance"
    __table_args__ = (
        Index("ix_instance_tree", "root_id", "call"),
        _of_roots("ix_instance_started", "started_at", "id"),
        _of_roots("ix_instance_state_started", "state", "started_at", "id"),
        _of_called("ix_instance_called", "started_at", "id"),
        _of_called("ix_instance_parent", "parent_id", "started_at", "id"),
        Index("ix_instance_definition_started", "definition_id", "started_at", "id"),
        Index("ix_instance_key_started", "definition_key", "started_at", "id"),
        Index("ix_instance_business_key", "business_key", "started_at"),
        Index("ix_instance_started_by", "started_by", "started_at", "id"),
        Index("ix_instance_definition_state", "definition_id", "state"),
        Index(
            "ix_instance_incidents",
            "definition_id",
            "started_at",
            "id",
            postgresql_where=text("incident_count > 0"),
            sqlite_where=text("incident_count > 0"),
        ),
    )
    id: Mapped[Id]
    definition_id: Mapped[UUID] = mapped_column(ForeignKey("definition.id"))
    definition_key: Mapped[Name]
    root_id: Mapped[UUID]
    parent_id: Mapped[UUID | None]  # whose call activity called it
    call: Mapped[Count]
    state: Mapped[Short]
    business_key: Mapped[MaybeName]
    started_at: Mapped[Time]
    started_by: Mapped[Name]
    ended_at: Mapped[MaybeTime]
    end_reason: Mapped[LongText]
    incident_count: Mapped[int]
    lock_version: Mapped[Count]
    history_count: Mapped[Count]


class PartRow(Row):
    """A part of the snapshot: bytes that the engine has compressed."""

    __tablename__ = "part"
    instance_id: Mapped[InstanceKey]
    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    data: Mapped[Bytes]


class DataStoreRow(Row):
    """A data store of diagrams: what all instances share under its name; `version` counts its writes."""

    __tablename__ = "data_store"
    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    value: Mapped[Bytes]
    version: Mapped[Count]
    changed_at: Mapped[Time]
    changed_by: Mapped[Name]


class VariableRow(Row):
    """Projection for search: scalar variables as canonical text (`store/projection.py`); the snapshot is the truth."""

    __tablename__ = "variable"
    __table_args__ = (Index("ix_variable_name_value", "name", "value"), CLUSTERED)
    instance_id: Mapped[InstanceKey]
    scope: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    value: Mapped[str] = mapped_column(String(260))


class ActivityRow(Row):
    __tablename__ = "activity"
    __table_args__ = (CLUSTERED,)
    instance_id: Mapped[InstanceKey]
    token: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    parent: Mapped[Count]
    element_id: Mapped[Name]
    element_name: Mapped[LongText]
    element_type: Mapped[Short]
    state: Mapped[Short]  # active, completed, cancelled
    started_at: Mapped[Time]
    ended_at: Mapped[MaybeTime]
    reason: Mapped[LongText]
    waiting_for: Mapped[Short]


class HistoryRow(Row):
    __tablename__ = "history"
    __table_args__ = (CLUSTERED,)
    instance_id: Mapped[InstanceKey]
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[Time]
    kind: Mapped[Short]
    element_id: Mapped[MaybeName]
    data: Mapped[JsonText]
    by: Mapped[Name]


class DecisionEvaluationRow(Row):
    """What a decision gave, and why. Those that nobody's process asked for have no instance.

    Nothing refers to `root_id` as a foreign key: a tree is deleted as a whole.
    """

    __tablename__ = "decision_evaluation"
    __table_args__ = (
        Index("ix_decision_evaluation_at", "at", "id"),
        Index("ix_decision_evaluation_key", "key", "at", "id"),
        Index("ix_decision_evaluation_instance", "instance_id", "at", "id"),
        Index("ix_decision_evaluation_root", "root_id", "at", "id"),
    )
    id: Mapped[Id]
    at: Mapped[Time]
    by: Mapped[Name]
    decision_id: Mapped[UUID] = mapped_column(ForeignKey("decision.id"))
    key: Mapped[Name]
    version: Mapped[int]
    instance_id: Mapped[UUID | None] = mapped_column(ForeignKey("instance.id", ondelete="CASCADE"))
    root_id: Mapped[UUID | None]
    element_id: Mapped[MaybeName]
    inputs: Mapped[JsonText]
    result: Mapped[Any] = mapped_column(Json, nullable=True)
    matched: Mapped[JsonText]
    warnings: Mapped[JsonText]


# -- what waits
class TaskRow(Row):
    """`restricted`: it has candidates; without them every user may claim it."""

    __tablename__ = "task"
    __table_args__ = (
        Index("ix_task_instance", "instance_id", "token"),
        Index("ix_task_created", "created_at", "id"),
        Index("ix_task_state_created", "state", "created_at", "id"),
        Index("ix_task_assignee_created", "assignee", "state", "created_at", "id"),
        Index("ix_task_definition_created", "definition_key", "state", "created_at", "id"),
        Index("ix_task_name", "name", "state", "created_at"),
        Index("ix_task_due", "state", "due_order", "id"),
        Index("ix_task_priority", "state", "priority", "id"),
    )
    id: Mapped[Id]
    instance_id: Mapped[InstanceId]
    definition_id: Mapped[UUID] = mapped_column(ForeignKey("definition.id"))
    definition_key: Mapped[Name]
    token: Mapped[Count]
    element_id: Mapped[Name]
    name: Mapped[Name]
    state: Mapped[Short]  # open, completed, withdrawn
    assignee: Mapped[MaybeName]
    restricted: Mapped[bool]
    lane: Mapped[MaybeName]
    form_key: Mapped[MaybeName]
    priority: Mapped[int]
    created_at: Mapped[Time]
    due_at: Mapped[MaybeTime]
    due_order: Mapped[Time]  # due_at, or the end of time: a list by due date is served from the index
    follow_up_at: Mapped[MaybeTime]
    closed_at: Mapped[MaybeTime]
    closed_by: Mapped[Name]
    reason: Mapped[LongText]
    documentation: Mapped[LongText]


class TaskCandidateRow(Row):
    __tablename__ = "task_candidate"
    __table_args__ = (Index("ix_task_candidate_name", "kind", "name", "task_id"), CLUSTERED)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)  # user, group
    name: Mapped[str] = mapped_column(String(255), primary_key=True)


class JobRow(Row):
    """The outbox and the truth of what is to be run.

    `next_at` says when the row may be claimed: its due time, or the end of the lease while a worker has it. `queue` is
    `topic:<name>` for service jobs, `timer` for timers and timer starts, `engine` for the rest, so that a claim finds
    what this worker can run through the index. `claim` is fresh with each claim; who finishes must still hold it.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_claim", "queue", "rank", "next_at"),
        Index("ix_job_instance", "instance_id", "token"),
        Index("ix_job_owner", "owner"),
        Index("ix_job_definition", "definition_id"),
        Index("ix_job_message", "message_id"),
    )
    id: Mapped[Id]
    kind: Mapped[Short]  # service, timer, timer-start, message, signal, continue
    queue: Mapped[Name]
    instance_id: Mapped[UUID | None] = mapped_column(ForeignKey("instance.id", ondelete="CASCADE"))
    definition_id: Mapped[UUID | None] = mapped_column(ForeignKey("definition.id", ondelete="CASCADE"))
    business_key: Mapped[MaybeName]  # of the instance, for the handler
    message_id: Mapped[UUID | None]
    token: Mapped[MaybeCount]
    element_id: Mapped[MaybeName]
    topic: Mapped[MaybeName]
    rank: Mapped[int]  # the priority, negated: the smallest first
    due_at: Mapped[Time]
    next_at: Mapped[Time]
    attempt: Mapped[int]  # how many tries have begun, also those whose worker died
    failures: Mapped[int]  # how many tries the handler failed
    tries: Mapped[int | None]  # from the diagram; None: the handler or the settings decide
    retry_waits: Mapped[JsonText]  # seconds, from the diagram; empty: the handler or the settings decide
    owner: Mapped[MaybeName]
    claim: Mapped[UUID | None]
    last_error: Mapped[LongText]
    payload: Mapped[bytes | None] = mapped_column(LargeBinary)  # engine.values.encode of the inputs


class JobAttemptRow(Row):
    """A try that did not simply succeed: failed, threw a BPMN error, or came too late."""

    __tablename__ = "job_attempt"
    __table_args__ = (Index("ix_job_attempt_instance", "instance_id", "token"), Index("ix_job_attempt_job", "job_id"))
    id: Mapped[Id]
    job_id: Mapped[UUID]
    instance_id: Mapped[UUID | None] = mapped_column(ForeignKey("instance.id", ondelete="CASCADE"))
    token: Mapped[MaybeCount]
    topic: Mapped[MaybeName]
    attempt: Mapped[int]
    at: Mapped[Time]
    outcome: Mapped[Short]  # failed, error, late
    message: Mapped[LongText]
    detail: Mapped[LongText]
    worker: Mapped[Name]


class SubscriptionRow(Row):
    __tablename__ = "subscription"
    __table_args__ = (Index("ix_subscription_name", "kind", "name", "key_shape", "key_value"), CLUSTERED)
    instance_id: Mapped[InstanceKey]
    token: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)  # message, signal
    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    element_id: Mapped[Name]
    keys: Mapped[JsonText]  # of the conversation: key -> property -> [canonical text or null, how it is read]
    key_shape: Mapped[Name]  # of the only key, if it has a value; see store/keys.py
    key_value: Mapped[Hash]
    opened_at: Mapped[Time]


class MessageRow(Row):
    """The inbox. `answer` is what the first publisher was told, for repeats with the same message id."""

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_message_id", "message_id", unique=True),
        Index("ix_message_name", "state", "name", "created_at", "id"),
        Index("ix_message_created", "created_at", "id"),
        Index("ix_message_expires", "state", "expires_at"),
        Index("ix_message_instance", "instance_id"),
        Index("ix_message_source", "source_instance_id"),
    )
    id: Mapped[Id]
    message_id: Mapped[MaybeName]
    body_hash: Mapped[Hash]
    name: Mapped[Name]
    business_key: Mapped[MaybeName]
    correlation_keys: Mapped[Bytes]  # engine.values.encode
    variables: Mapped[Bytes]  # engine.values.encode
    state: Mapped[Short]  # waiting, delivering, delivered, expired
    reason: Mapped[LongText]
    answer: Mapped[JsonText]
    created_at: Mapped[Time]
    created_by: Mapped[Name]
    source_instance_id: Mapped[UUID | None]
    expires_at: Mapped[MaybeTime]
    instance_id: Mapped[UUID | None]  # who took it, or is about to
    token: Mapped[MaybeCount]  # the waiting token that is about to: it is no receiver for others meanwhile


class IncidentRow(Row):
    __tablename__ = "incident"
    __table_args__ = (
        Index("ix_incident_created", "created_at", "id"),
        Index("ix_incident_state_created", "state", "created_at", "id"),
        Index("ix_incident_instance", "instance_id", "state", "token"),
        Index("ix_incident_definition", "definition_key", "state", "created_at", "id"),
    )
    id: Mapped[Id]
    instance_id: Mapped[InstanceId]
    definition_id: Mapped[UUID] = mapped_column(ForeignKey("definition.id"))
    definition_key: Mapped[Name]
    token: Mapped[Count]
    element_id: Mapped[Name]
    element_name: Mapped[LongText]
    kind: Mapped[Short]
    message: Mapped[LongText]
    detail: Mapped[LongText]
    state: Mapped[Short]  # open, resolved
    created_at: Mapped[Time]
    resolved_at: Mapped[MaybeTime]
    resolved_by: Mapped[Name]


# -- who
class UserRow(Row):
    __tablename__ = "user_account"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(255), unique=True)
    display_name: Mapped[Name]
    email: Mapped[Name]
    password_hash: Mapped[str | None] = mapped_column(Text)
    roles: Mapped[JsonText]  # list of texts
    active: Mapped[bool]
    created_at: Mapped[Time]
    last_sign_in_at: Mapped[MaybeTime]
    failed_sign_ins: Mapped[int]  # since the last success
    locked_until: Mapped[MaybeTime]


class UserGroupRow(Row):
    __tablename__ = "user_group"
    __table_args__ = (Index("ix_user_group_name", "name"),)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(255), primary_key=True)


class SessionRow(Row):
    """A browser that is signed in. Only the hash of the cookie's token is stored."""

    __tablename__ = "session"
    __table_args__ = (Index("ix_session_user", "user_id"), Index("ix_session_expires", "expires_at"))
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    csrf_token: Mapped[Name]
    created_at: Mapped[Time]
    expires_at: Mapped[Time]
    last_used_at: Mapped[Time]


class SignInLinkRow(Row):
    """A link that signs somebody in once."""

    __tablename__ = "sign_in_link"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    created_at: Mapped[Time]
    expires_at: Mapped[Time]
    used_at: Mapped[MaybeTime]


class ApiTokenRow(Row):
    __tablename__ = "api_token"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(255), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    roles: Mapped[JsonText]
    groups: Mapped[JsonText]
    created_at: Mapped[Time]
    created_by: Mapped[Name]
    expires_at: Mapped[MaybeTime]
    last_used_at: Mapped[MaybeTime]
    revoked_at: Mapped[MaybeTime]


class IdempotencyRow(Row):
    """What a POST with an Idempotency-Key was answered; `status` is None while the first one is still at work."""

    __tablename__ = "idempotency"
    __table_args__ = (Index("ix_idempotency_expires", "expires_at"),)
    principal: Mapped[str] = mapped_column(String(255), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    body_hash: Mapped[Hash]
    status: Mapped[int | None]
    content_type: Mapped[MaybeName]
    headers: Mapped[JsonText]
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[Time]
    expires_at: Mapped[Time]


# -- drafts and the server
class DraftRow(Row):
    __tablename__ = "draft"
    __table_args__ = (Index("ix_draft_updated", "updated_at", "id"),)
    id: Mapped[Id]
    kind: Mapped[Short]  # bpmn, dmn, form
    name: Mapped[Name]
    content: Mapped[LongText]
    version: Mapped[int]
    updated_at: Mapped[Time]
    updated_by: Mapped[Name]
    definition_key: Mapped[MaybeName]


class ServerSettingRow(Row):
    """What the server remembers about itself."""

    __tablename__ = "server_setting"
    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    value: Mapped[LongText]


metadata: MetaData = Row.metadata
