"""Incidents: what the model or a handler did wrong, and who resolved it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from stellwerk.errors import NotFound
from stellwerk.store.db import Tx
from stellwerk.store.paging import AnyRow, AnySelect, Order, PageRequest, paged
from stellwerk.store.records import IncidentRecord, Page
from stellwerk.store.tables import IncidentRow


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
