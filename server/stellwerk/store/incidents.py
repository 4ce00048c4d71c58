"""Incidents: what the model or a handler did wrong, and who resolved it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, insert, select, update

from stellwerk.errors import NotFound
from stellwerk.store.db import Tx
from stellwerk.store.ids import new_id
from stellwerk.store.instances import Head
from stellwerk.store.paging import AnyRow, AnySelect, Order, PageRequest, paged
from stellwerk.store.projection import cut
from stellwerk.store.records import IncidentRecord, InstanceRecord, Page
from stellwerk.store.tables import ActivityRow, IncidentRow, InstanceRow


@dataclass(frozen=True)
class IncidentFilter:
    """All that are given must hold. `root_id`: those of the whole tree."""

    instance_id: UUID | None = None
    root_id: UUID | None = None
    definition_id: UUID | None = None
    definition_key: str | None = None
    state: str | None = None  # open, resolved
    kind: str | None = None
    element_id: str | None = None


_N = IncidentRow
_RECORD: AnySelect = select(*_N.__table__.c)
_ORDER = Order({"createdAt": _N.created_at}, "-createdAt", _N.id)


def get_incident(tx: Tx, id: UUID) -> IncidentRecord:
    row = tx.execute(_RECORD.where(_N.id == id)).first()
    if row is None:
        raise NotFound("incident", str(id))
    return _records([row])[0]


def list_incidents(tx: Tx, filter: IncidentFilter, request: PageRequest) -> Page[IncidentRecord]:
    """Newest first by default."""
    return paged(tx, _RECORD.where(*_conditions(filter)), request, _ORDER, _records)


def list_below(tx: Tx, record: InstanceRecord, most: int) -> list[tuple[int, IncidentRecord]]:
    """Open incidents in what the instance called, at any depth, newest first; with the call in the instance itself."""
    i = InstanceRow
    troubled = select(i.id).where(i.root_id == record.root_id, i.call > record.call, i.incident_count > 0)
    stuck = _RECORD.where(_N.instance_id.in_(troubled), _N.state == "open").order_by(_N.created_at.desc(), _N.id.desc())
    found = _records(list(tx.execute(stuck.limit(most))))
    calls = _calls_above(tx, record.id, {incident.instance_id for incident in found})
    return [(calls[one.instance_id], one) for one in found if one.instance_id in calls]


def _calls_above(tx: Tx, id: UUID, ids: Collection[UUID]) -> dict[UUID, int]:
    """Of each of these instances that is below `id`: the call in `id` that leads to it."""
    if not ids:
        return {}
    i = InstanceRow
    way = select(i.id, i.parent_id, i.call, i.id.label("start")).where(i.id.in_(ids)).cte(recursive=True)
    above = select(i.id, i.parent_id, i.call, way.c.start).join(way, i.id == way.c.parent_id)
    way = way.union(above)
    return dict(tx.execute(select(way.c.start, way.c.call).where(way.c.parent_id == id)).all())


def count_open(tx: Tx, most: int = 1_000) -> int:
    found = select(_N.id).where(_N.state == "open").limit(most).subquery()
    return tx.execute(select(func.count()).select_from(found)).scalar_one()


# -- faults: mistakes of ours, recorded beside the instance without moving it
FAULT = "engine"


def record_fault(tx: Tx, head: Head, token: int, message: str, detail: str, now: datetime) -> UUID:
    """Add an incident of kind `engine`, unless one is open at this token already; return whose incident it is.

    `head` is the root's; the incident belongs to the instance of the tree in which the token is.
    """
    a, i = ActivityRow, InstanceRow
    there = select(i.id, i.definition_id, i.definition_key, a.element_id, a.element_name).join(a, a.instance_id == i.id)
    at = tx.execute(there.where(i.root_id == head.id, a.token == token)).first()
    id = at.id if at else head.id
    same = select(_N.id).where(_N.instance_id == id, _N.token == token, _N.kind == FAULT, _N.state == "open")
    if tx.execute(same.limit(1)).first() is not None:
        return id
    row = {
        "id": new_id(),
        "instance_id": id,
        "definition_id": at.definition_id if at else head.definition_id,
        "definition_key": at.definition_key if at else head.definition_key,
        "token": token,
        "element_id": at.element_id if at else "",
        "element_name": at.element_name if at else "",
        "kind": FAULT,
        "message": cut(message, 4000),
        "detail": cut(detail, 20_000),
        "state": "open",
        "created_at": now,
        "resolved_at": None,
        "resolved_by": "",
    }
    tx.execute(insert(_N).values(row))
    _count(tx, id, 1)
    return id


def resolve_fault(tx: Tx, incident: IncidentRecord, now: datetime, by: str) -> bool:
    """Close an incident of kind `engine`; False when somebody else was first."""
    solved = {"state": "resolved", "resolved_at": now, "resolved_by": cut(by)}
    if tx.execute(update(_N).where(_N.id == incident.id, _N.state == "open").values(**solved)).rowcount != 1:
        return False
    _count(tx, incident.instance_id, -1)
    return True


def _count(tx: Tx, id: UUID, change: int) -> None:
    """On the instance itself and on its root."""
    i = InstanceRow
    root = select(i.root_id).where(i.id == id).scalar_subquery()
    tx.execute(update(i).where(i.id.in_((id, root))).values(incident_count=i.incident_count + change))


def _conditions(filter: IncidentFilter) -> list[ColumnElement[bool]]:
    equal: tuple[tuple[Any, Any], ...] = (
        (_N.instance_id, filter.instance_id),
        (_N.definition_id, filter.definition_id),
        (_N.definition_key, filter.definition_key),
        (_N.state, filter.state),
        (_N.kind, filter.kind),
        (_N.element_id, filter.element_id),
    )
    found = [column == value for column, value in equal if value is not None]
    if filter.root_id is not None:
        found.append(_N.instance_id.in_(select(InstanceRow.id).where(InstanceRow.root_id == filter.root_id)))
    return found


def _records(rows: list[AnyRow]) -> list[IncidentRecord]:
    names = [column.name for column in _N.__table__.c]
    return [IncidentRecord(**{name: row._mapping[name] for name in names}) for row in rows]
