"""Data stores of diagrams: one value for each name, shared by all instances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import Executable, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from stellwerk.engine import Stored, values
from stellwerk.errors import NotFound
from stellwerk.store.db import Tx
from stellwerk.store.paging import AnyRow, Order, PageRequest, paged
from stellwerk.store.projection import cut
from stellwerk.store.records import DataStoreRecord, Page
from stellwerk.store.sql import update_where, where, written
from stellwerk.store.tables import DataStoreRow

_D = DataStoreRow
_RECORD = select(_D.name, _D.value, _D.version, _D.changed_at, _D.changed_by)
_EMPTY = Stored(None, 0)


@dataclass(frozen=True)
class Written:
    """The last value that a command wrote, and the version that it had read before; None: it did not look."""

    value: Any
    version: int | None


def read(tx: Tx, name: str) -> Stored:
    row = tx.execute(
        select(DataStoreRow.value, DataStoreRow.version).where(DataStoreRow.name == cut(name))
    ).one_or_none()
    return _EMPTY if row is None else Stored(values.decode(row.value), row.version)


_ORDER = Order({"name": _D.name}, "name", _D.name)


def list_stores(tx: Tx, request: PageRequest) -> Page[DataStoreRecord]:
    """By name."""
    return paged(tx, _RECORD, request, _ORDER, lambda rows: [_record(row) for row in rows])


def get_store(tx: Tx, name: str) -> DataStoreRecord:
    """Raises NotFound for one that nobody has written yet."""
    row = tx.execute(_RECORD.where(_D.name == cut(name))).first()
    if row is None:
        raise NotFound("data store", name[:80])
    return _record(row)


def _record(row: AnyRow) -> DataStoreRecord:
    return DataStoreRecord(row.name, values.decode(row.value), row.version, row.changed_at, row.changed_by)


def write(tx: Tx, changed: Mapping[str, Written], now: datetime, by: str) -> bool:
    """In the order of names, so that two commits never wait in a circle. False: somebody has written meanwhile."""
    return all(_write(tx, name, changed[name], now, by) for name in sorted(changed))


def _write(tx: Tx, name: str, one: Written, now: datetime, by: str) -> bool:
    row = {"name": cut(name), "value": values.encode(one.value), "version": 1, "changed_at": now, "changed_by": cut(by)}
    if one.version:
        new = row | {"version": one.version + 1}
        del new["name"]
        which = where(name=row["name"], version=one.version) | written(new)
        return tx.execute(update_where(DataStoreRow, tuple(new), ("name", "version")), which).rowcount == 1
    return tx.execute(_insert(tx.dialect.name, guarded=one.version == 0), row).first() is not None


@cache
def _insert(dialect: str, *, guarded: bool) -> Executable:
    """A first value; where there is one already it stays (guarded) or is replaced. Gives a row if it has written."""
    table = cast(Table, DataStoreRow.__table__)
    statement = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table)
    if guarded:
        return statement.on_conflict_do_nothing(index_elements=["name"]).returning(table.c.name)
    new: dict[str, Any] = {name: statement.excluded[name] for name in ("value", "changed_at", "changed_by")}
    new["version"] = table.c.version + 1
    return statement.on_conflict_do_update(index_elements=["name"], set_=new).returning(table.c.name)
