"""Diagrams and forms that somebody draws and has not deployed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from stellwerk.errors import NotFound
from stellwerk.store.db import Tx
from stellwerk.store.paging import AnyRow, AnySelect, Order, PageRequest, contains, paged
from stellwerk.store.records import DraftRecord, Page
from stellwerk.store.tables import DraftRow


@dataclass(frozen=True)
class DraftFilter:
    kind: str | None = None
    definition_key: str | None = None
    text: str | None = None


_R = DraftRow
_RECORD: AnySelect = select(*_R.__table__.c)
_ORDER = Order({"updatedAt": _R.updated_at, "name": _R.name}, "-updatedAt", _R.id)


def get_draft(tx: Tx, id: UUID) -> DraftRecord:
    row = tx.execute(_RECORD.where(_R.id == id)).first()
    if row is None:
        raise NotFound("draft", str(id))
    return _records([row])[0]


def list_drafts(tx: Tx, filter: DraftFilter, request: PageRequest) -> Page[DraftRecord]:
    """Last changed first by default."""
    statement = _RECORD
    if filter.kind is not None:
        statement = statement.where(_R.kind == filter.kind)
    if filter.definition_key is not None:
        statement = statement.where(_R.definition_key == filter.definition_key)
    if filter.text:
        statement = statement.where(contains(_R.name, filter.text))
    return paged(tx, statement, request, _ORDER, _records)


def insert_draft(tx: Tx, draft: DraftRecord) -> None:
    tx.execute(insert(_R).values({column.name: getattr(draft, column.name) for column in _R.__table__.c}))


def save_draft(
    tx: Tx, id: UUID, *, name: str, content: str, version: int, at: datetime, by: str, definition_key: str | None
) -> bool:
    """Write the next version of a draft that is at `version`; False when somebody else was first, or it is gone."""
    values = {"name": name, "content": content, "updated_at": at, "updated_by": by, "definition_key": definition_key}
    statement = update(_R).where(_R.id == id, _R.version == version).values(version=version + 1, **values)
    return tx.execute(statement).rowcount == 1


def delete_draft(tx: Tx, id: UUID) -> bool:
    return tx.execute(delete(_R).where(_R.id == id)).rowcount == 1


def _records(rows: list[AnyRow]) -> list[DraftRecord]:
    names = [column.name for column in _R.__table__.c]
    return [DraftRecord(**{name: row._mapping[name] for name in names}) for row in rows]
