"""Instances: heads, parts of their snapshots, search, deletion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, delete, exists, func, select
from sqlalchemy.orm import aliased

from stellwerk.engine.canonical import canonical
from stellwerk.errors import NotFound
from stellwerk.store.db import Tx
from stellwerk.store.paging import AnyRow, AnySelect, Order, PageRequest, contains, paged
from stellwerk.store.records import InstanceRecord, Page, Scope
from stellwerk.store.tables import (
    DefinitionRow,
    InstanceRow,
    JobRow,
    MessageRow,
    PartRow,
    TaskRow,
    VariableRow,
)
from stellwerk.store.tasks import concerns


@dataclass(frozen=True)
class InstanceFilter:
    """All that are given must hold. `variables`: names and scalar values that the instance must have."""

    state: str | None = None
    definition_key: str | None = None
    definition_id: UUID | None = None
    business_key: str | None = None
    text: str | None = None  # somewhere in the business key
    started_by: str | None = None
    has_incidents: bool | None = None
    started_from: datetime | None = None  # inclusive
    started_to: datetime | None = None  # exclusive
    variables: Mapping[str, Any] = field(default_factory=dict)
    scope: Scope | None = None


@dataclass(frozen=True)
class Head:
    """What a step needs of an instance besides its parts."""

    id: UUID
    definition_id: UUID
    definition_key: str
    source_hash: str
    state: str
    business_key: str | None
    lock_version: int
    history_count: int
    incident_count: int
    started_by: str


_I, _D = InstanceRow, DefinitionRow
SELF_MOVING = ("service", "message", "signal", "continue")  # jobs that go on without a person, a message or time
_UNSETTLED = exists().where(JobRow.instance_id == _I.id, JobRow.kind.in_(SELF_MOVING))
_AT = _I.id == bindparam("at_id", type_=_I.id.type)
_RECORD: AnySelect = select(
    _I.id,
    _I.definition_id,
    _I.definition_key.label("key"),
    _D.name.label("definition_name"),
    _D.version,
    _I.state,
    _I.business_key,
    _I.started_at,
    _I.started_by,
    _I.ended_at,
    _I.end_reason,
    _I.incident_count,
    _I.lock_version,
    (~_UNSETTLED).label("settled"),
).join(_D, _D.id == _I.definition_id)
_HEAD: AnySelect = select(
    _I.id,
    _I.definition_id,
    _I.definition_key,
    _D.source_hash,
    _I.state,
    _I.business_key,
    _I.lock_version,
    _I.history_count,
    _I.incident_count,
    _I.started_by,
).join(_D, _D.id == _I.definition_id)
_BEFORE_STEP = _HEAD.where(_AT)
_ONE = _RECORD.where(_AT)
_PARTS = select(PartRow.name, PartRow.data).where(PartRow.instance_id == bindparam("at_id", type_=_I.id.type))
_ORDER = Order({"startedAt": _I.started_at, "definitionKey": _I.definition_key, "state": _I.state}, "-startedAt", _I.id)


def get_instance(tx: Tx, id: UUID) -> InstanceRecord:
    row = tx.execute(_ONE, {"at_id": id}).first()
    if row is None:
        raise NotFound("instance", str(id))
    return InstanceRecord(*row)


def list_instances(tx: Tx, filter: InstanceFilter, request: PageRequest) -> Page[InstanceRecord]:
    """Newest first by default."""
    return paged(tx, _RECORD.where(*_conditions(filter)), request, _ORDER, _records)


def count_instances(tx: Tx, filter: InstanceFilter, most: int = 10_000) -> int:
    """How many there are, counted up to `most`: a number for a page, not a reason to read the whole table."""
    found = select(_I.id).where(*_conditions(filter)).limit(most).subquery()
    return tx.execute(select(func.count()).select_from(found)).scalar_one()


def takes_part(tx: Tx, id: UUID, scope: Scope) -> bool:
    """Whether they have, had or can claim a task in the instance."""
    return bool(tx.execute(select(exists().where(TaskRow.instance_id == id, concerns(scope)))).scalar_one())


def settled(tx: Tx, ids: list[UUID]) -> set[UUID]:
    """Which of these instances do not go on by themselves: ended, deleted, or waiting for the outside."""
    waiting = select(JobRow.instance_id).where(JobRow.instance_id.in_(ids), JobRow.kind.in_(SELF_MOVING))
    return set(ids) - {id for id in tx.execute(waiting).scalars() if id is not None}


def _records(rows: list[AnyRow]) -> list[InstanceRecord]:
    return [InstanceRecord(*row[:-2]) for row in rows]


def _conditions(filter: InstanceFilter) -> list[ColumnElement[bool]]:
    equal = (
        (_I.state, filter.state),
        (_I.definition_key, filter.definition_key),
        (_I.definition_id, filter.definition_id),
        (_I.business_key, filter.business_key),
        (_I.started_by, filter.started_by),
    )
    found: list[ColumnElement[bool]] = [column == value for column, value in equal if value is not None]
    if filter.text:
        found.append(contains(_I.business_key, filter.text))
    if filter.has_incidents is not None:
        found.append(_I.incident_count > 0 if filter.has_incidents else _I.incident_count == 0)
    if filter.started_from is not None:
        found.append(_I.started_at >= filter.started_from)
    if filter.started_to is not None:
        found.append(_I.started_at < filter.started_to)
    found += [_has_variable(name, value) for name, value in filter.variables.items()]
    if filter.scope is not None:
        task = exists().where(TaskRow.instance_id == _I.id, concerns(filter.scope))
        found.append((_I.started_by == filter.scope.name) | task)
    return found


def _has_variable(name: str, value: Any) -> ColumnElement[bool]:
    v = aliased(VariableRow)
    return exists().where(v.instance_id == _I.id, v.name == name, v.value == (canonical(value) or "-"))


# -- steps
def get_head(tx: Tx, id: UUID) -> Head:
    row = tx.execute(_BEFORE_STEP, {"at_id": id}).first()
    if row is None:
        raise NotFound("instance", str(id))
    return Head(*row)


def read_parts(tx: Tx, id: UUID) -> dict[str, bytes]:
    return dict(tx.execute(_PARTS, {"at_id": id}).all())


def delete_instance(tx: Tx, id: UUID) -> None:
    """Remove the instance with everything that is known about it. Raises NotFound."""
    tx.execute(delete(MessageRow).where(MessageRow.instance_id == id))
    if tx.execute(delete(_I).where(_I.id == id)).rowcount != 1:
        raise NotFound("instance", str(id))
