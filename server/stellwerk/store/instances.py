"""Instances: heads, parts of their snapshots, search, deletion."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, bindparam, delete, exists, func, or_, select, type_coerce, update
from sqlalchemy.orm import aliased

from stellwerk.engine import values
from stellwerk.engine.canonical import canonical
from stellwerk.errors import NotFound
from stellwerk.store.db import Tx
from stellwerk.store.jobs import HELD, SELF_MOVING
from stellwerk.store.paging import AnyRow, AnySelect, Order, PageRequest, contains, paged
from stellwerk.store.records import MOVING, DefinitionRecord, InstanceRecord, Page, Scope
from stellwerk.store.tables import (
    ActivityRow,
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
    moving: bool = False  # only those that have not ended
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
    called: bool | None = False  # by a call activity; None: those and the ones that somebody started
    parent_id: UUID | None = None  # whose call activities called it; then `called` does not count
    root_id: UUID | None = None  # the tree: the root and all that was called in it; then `called` does not count


@dataclass(frozen=True)
class Head:
    """What a step needs of the root of a tree besides its parts.

    `call` and `asked_definition_id` are those of the instance that was asked for.
    """

    id: UUID
    definition_id: UUID
    definition_key: str
    source_hash: str
    state: str
    business_key: str | None
    lock_version: int
    history_count: int
    started_by: str
    call: int = 0
    asked_definition_id: UUID | None = None


_I, _D = InstanceRow, DefinitionRow
_C = aliased(InstanceRow)
_GOES_ON = JobRow.kind.in_(SELF_MOVING), JobRow.next_at < HELD
_UNSETTLED = or_(
    exists().where(JobRow.instance_id == _I.id, *_GOES_ON),
    exists().where(_C.root_id == _I.id, _C.call > 0, JobRow.instance_id == _C.id, *_GOES_ON),
)
_CALLED_BY = select(ActivityRow.element_id).where(ActivityRow.instance_id == _I.parent_id, ActivityRow.token == _I.call)
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
    type_coerce(~_UNSETTLED, Boolean).label("settled"),
    _I.root_id,
    _I.parent_id,
    _CALLED_BY.scalar_subquery().label("parent_element_id"),
    _I.call,
).join(_D, _D.id == _I.definition_id)
_HEAD: AnySelect = (
    select(
        _I.id,
        _I.definition_id,
        _I.definition_key,
        _D.source_hash,
        _I.state,
        _I.business_key,
        _I.lock_version,
        _I.history_count,
        _I.started_by,
        _C.call,
        _C.definition_id.label("asked_definition_id"),
    )
    .join(_D, _D.id == _I.definition_id)
    .join(_C, _C.root_id == _I.id)
)
_BEFORE_STEP = _HEAD.where(_C.id == bindparam("at_id", type_=_I.id.type))
_ONE = _RECORD.where(_AT)
_PARTS = select(PartRow.name, PartRow.data).where(PartRow.instance_id == bindparam("at_id", type_=_I.id.type))
_ORDER = Order({"startedAt": _I.started_at, "definitionKey": _I.definition_key, "state": _I.state}, "-startedAt", _I.id)
_WRITTEN = [f.name for f in fields(InstanceRecord) if f.name in InstanceRow.__table__.c]


def get_instance(tx: Tx, id: UUID) -> InstanceRecord:
    row = tx.execute(_ONE, {"at_id": id}).first()
    if row is None:
        raise NotFound("instance", str(id))
    return InstanceRecord(*row)


def as_begun(row: Mapping[str, Any], definition: DefinitionRecord, *, settled: bool) -> InstanceRecord:
    """What `get_instance` would read of a root whose row was written a moment ago."""
    same = {name: row[name] for name in _WRITTEN}
    same |= {"key": definition.key, "definition_name": definition.name, "version": definition.version}
    return InstanceRecord(**same, settled=settled)


def list_instances(tx: Tx, filter: InstanceFilter, request: PageRequest) -> Page[InstanceRecord]:
    """Newest first by default."""
    return paged(tx, _RECORD.where(*_conditions(filter)), request, _ORDER, _records)


def count_instances(tx: Tx, filter: InstanceFilter, most: int = 10_000) -> int:
    """How many there are, counted up to `most`: a number for a page, not a reason to read the whole table."""
    found = select(_I.id).where(*_conditions(filter)).limit(most).subquery()
    return tx.execute(select(func.count()).select_from(found)).scalar_one()


def takes_part(tx: Tx, id: UUID, scope: Scope) -> bool:
    """Whether they have, had or can claim a task in the tree of the instance."""
    root = select(_I.root_id).where(_I.id == id).scalar_subquery()
    return bool(tx.execute(select(_has_task(root, scope))).scalar_one())


def _has_task(root: Any, scope: Scope) -> ColumnElement[bool]:
    return exists().where(_C.root_id == root, TaskRow.instance_id == _C.id, concerns(scope))


def settled(tx: Tx, ids: list[UUID]) -> set[UUID]:
    """Which of these roots do not go on by themselves: ended, deleted, or waiting for the outside."""
    waiting = select(_I.root_id).join(JobRow, JobRow.instance_id == _I.id)
    waiting = waiting.where(_I.root_id.in_(ids), *_GOES_ON)
    return set(ids) - set(tx.execute(waiting).scalars())


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
    if filter.moving:
        found.append(_I.state.in_(MOVING))
    if filter.text:
        found.append(contains(_I.business_key, filter.text))
    if filter.has_incidents is not None:
        found.append(_I.incident_count > 0 if filter.has_incidents else _I.incident_count == 0)
    if filter.started_from is not None:
        found.append(_I.started_at >= filter.started_from)
    if filter.started_to is not None:
        found.append(_I.started_at < filter.started_to)
    found += _in_tree(filter)
    found += [_has_variable(name, value) for name, value in filter.variables.items()]
    if filter.scope is not None:
        found.append(visible_to(filter.scope))
    return found


def visible_to(scope: Scope) -> ColumnElement[bool]:
    """Instances that they started, or in whose tree they have, had or can claim a task."""
    return (_I.started_by == scope.name) | _has_task(_I.root_id, scope)


def _in_tree(filter: InstanceFilter) -> Iterator[ColumnElement[bool]]:
    if filter.parent_id is not None:
        yield _I.parent_id == filter.parent_id
    if filter.root_id is not None:
        yield _I.root_id == filter.root_id
    if filter.called is not None and filter.parent_id is None and filter.root_id is None:
        yield _I.parent_id.is_not(None) if filter.called else _I.parent_id.is_(None)


def _has_variable(name: str, value: Any) -> ColumnElement[bool]:
    v = aliased(VariableRow)
    return exists().where(v.instance_id == _I.id, v.name == name, v.value == (canonical(value) or "-"))


# -- steps
def rest(tx: Tx, root_id: UUID, *, suspended: bool) -> None:
    """What an instance has called is suspended and resumed with it."""
    before, after = ("active", "suspended") if suspended else ("suspended", "active")
    called = update(_I).where(_I.root_id == root_id, _I.call > 0, _I.state == before)
    tx.execute(called.values(state=after))


def get_head(tx: Tx, id: UUID) -> Head:
    row = tx.execute(_BEFORE_STEP, {"at_id": id}).first()
    if row is None:
        raise NotFound("instance", str(id))
    return Head(*row)


def read_parts(tx: Tx, id: UUID) -> dict[str, bytes]:
    return dict(tx.execute(_PARTS, {"at_id": id}).all())


def delete_instance(tx: Tx, id: UUID) -> None:
    """Remove a root with all that was called in its tree, and everything that is known about them. Raises NotFound."""
    tree = select(_I.id).where(_I.root_id == id)
    tx.execute(delete(MessageRow).where(MessageRow.instance_id.in_(tree)))
    if not tx.execute(delete(_I).where(_I.root_id == id)).rowcount:
        raise NotFound("instance", str(id))


# -- called instances
END = "end"  # the part of a called instance that holds its variables as they were when it ended
BATCH = 500


def read_called(tx: Tx, ids: Collection[UUID]) -> list[AnyRow]:
    """Call number, definition and business key of these called instances."""
    wanted = sorted(ids)
    columns: AnySelect = select(_I.call, _I.definition_id, _I.business_key)
    found: list[AnyRow] = []
    for start in range(0, len(wanted), BATCH):
        found += tx.execute(columns.where(_I.id.in_(wanted[start : start + BATCH])))
    return found


def read_end(tx: Tx, id: UUID) -> dict[str, Any]:
    """The variables of a called instance as they were when it ended."""
    data = tx.execute(_PARTS, {"at_id": id}).all()
    return values.decode(dict(data)[END]) if data else {}


def callers(tx: Tx, record: InstanceRecord) -> list[InstanceRecord]:
    """Who called the instance: the root first, the one whose call activity it was last."""
    if record.parent_id is None:
        return []
    above = select(_I.id, _I.parent_id).where(_I.id == record.parent_id).cte(recursive=True)
    above = above.union(select(_I.id, _I.parent_id).where(_I.id == above.c.parent_id))
    rows = tx.execute(_RECORD.where(_I.id.in_(select(above.c.id))).order_by(_I.call))
    return [InstanceRecord(*row) for row in rows]
