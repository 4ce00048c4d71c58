"""Incidents: what the model or a handler did wrong, and who resolved it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, insert, select, update

from stellwerk.errors import NotFound
from stellwerk.store.db import Tx
from stellwerk.store.ids import new_id
from stellwerk.store.instances import Head
from stellwerk.store.paging import AnyRow, AnySelect, Order, PageRequest, paged
from stellwerk.store.projection import cut
from stellwerk.store.records import IncidentRecord, Page
from stellwerk.store.tables import ActivityRow, IncidentRow, InstanceRow


@dataclass(frozen=True)
class IncidentFilter:
    instance_id: UUID | None = None
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


def count_open(tx: Tx, most: int = 1_000) -> int:
    found = select(_N.id).where(_N.state == "open").limit(most).subquery()
    return tx.execute(select(func.count()).select_from(found)).scalar_one()


# -- faults: mistakes of ours, recorded beside the instance without moving it
FAULT = "engine"


def record_fault(tx: Tx, head: Head, token: int, message: str, detail: str, now: datetime) -> None:
    """Add an incident of kind `engine`, unless one is open at this token already."""
    same = select(_N.id).where(_N.instance_id == head.id, _N.token == token, _N.kind == FAULT, _N.state == "open")
    if tx.execute(same.limit(1)).first() is not None:
        return
    a, i = ActivityRow, InstanceRow
    at = tx.execute(select(a.element_id, a.element_name).where(a.instance_id == head.id, a.token == token)).first()
    row = {
        "id": new_id(),
        "instance_id": head.id,
        "definition_id": head.definition_id,
        "definition_key": head.definition_key,
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
    tx.execute(update(i).where(i.id == head.id).values(incident_count=i.incident_count + 1))


def resolve_fault(tx: Tx, incident: IncidentRecord, now: datetime, by: str) -> bool:
    """Close an incident of kind `engine`; False when somebody else was first."""
    solved = {"state": "resolved", "resolved_at": now, "resolved_by": cut(by)}
    if tx.execute(update(_N).where(_N.id == incident.id, _N.state == "open").values(**solved)).rowcount != 1:
        return False
    i = InstanceRow
    tx.execute(update(i).where(i.id == incident.instance_id).values(incident_count=i.incident_count - 1))
    return True


def _conditions(filter: IncidentFilter) -> list[ColumnElement[bool]]:
    equal = (
        (_N.instance_id, filter.instance_id),
        (_N.definition_id, filter.definition_id),
        (_N.definition_key, filter.definition_key),
        (_N.state, filter.state),
        (_N.kind, filter.kind),
        (_N.element_id, filter.element_id),
    )
    return [column == value for column, value in equal if value is not None]


def _records(rows: list[AnyRow]) -> list[IncidentRecord]:
    names = [column.name for column in _N.__table__.c]
    return [IncidentRecord(**{name: row._mapping[name] for name in names}) for row in rows]
