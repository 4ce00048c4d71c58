"""The few statements in which SQLite and PostgreSQL differ."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, cast

import sqlalchemy
from sqlalchemy import ColumnElement, Dialect, Executable, FromClause, Table, Update, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase

from stellwerk.store.db import Tx


def upsert(tx: Tx, table: type[DeclarativeBase], key: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; where one with the same key is there, write its other columns."""
    if rows:
        tx.execute(_upsert(tx.dialect.name, table, tuple(key), tuple(rows[0])), list(rows))


# Making a statement costs more than running it, so those of every step are made once.
@cache
def _upsert(dialect: str, table: type[DeclarativeBase], key: tuple[str, ...], columns: tuple[str, ...]) -> Executable:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = insert(table)
    new = {name: statement.excluded[name] for name in columns if name not in key}
    return statement.on_conflict_do_update(index_elements=list(key), set_=new)


@cache
def update_where(table: type[DeclarativeBase], columns: tuple[str, ...], keys: tuple[str, ...]) -> Update:
    """Write `columns` of the rows with these keys; `written` and `where` make the parameters."""
    t = table.__table__
    values = {name: bindparam("to_" + name, type_=t.c[name].type) for name in columns}
    return sqlalchemy.update(cast(Table, t)).where(*_equal(t, keys)).values(values)


@cache
def delete_where(table: type[DeclarativeBase], keys: tuple[str, ...]) -> Executable:
    """Delete the rows with these keys; `where` makes parameters.

    Give `execute` a list of them instead of a list for IN: that text would be made anew for each, and has a limit.
    """
    t = table.__table__
    return sqlalchemy.delete(cast(Table, t)).where(*_equal(t, keys))


def _equal(table: FromClause, columns: tuple[str, ...]) -> list[ColumnElement[bool]]:
    return [table.c[name] == bindparam("at_" + name, type_=table.c[name].type) for name in columns]


def where(**values: Any) -> dict[str, Any]:
    return {"at_" + name: value for name, value in values.items()}


def written(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"to_" + name: value for name, value in values.items()}


@cache
def insert_into(table: type[DeclarativeBase]) -> Executable:
    """`insert(table)`; give the rows to `execute` beside it, not to `values`."""
    return sqlalchemy.insert(table)


FEW = {"sqlite": 3, "postgresql": 30}  # rows up to which the plain statement costs less than the bulk way


def insert_rows(tx: Tx, table: type[DeclarativeBase], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that have the same columns. Many of them go past SQLAlchemy's work on each single parameter.

    A step that loops brings thirty thousand rows, and nobody else can write to SQLite while they are written.
    """
    if not rows:
        return
    if len(rows) <= FEW[tx.dialect.name]:
        tx.execute(insert_into(table), list(rows))
        return
    bulk = _bulk(tx.dialect, table, tuple(rows[0]))
    values = zip(*(_bound(name, process, rows) for name, process in bulk.columns), strict=True)
    if tx.dialect.name == "sqlite":
        tx.exec_driver_sql(bulk.insert, list(values))
        return
    cursor = tx.connection.cursor()
    with cursor.copy(bulk.copy) as copy:
        for row in values:
            copy.write_row(row)


@dataclass(frozen=True)
class _Bulk:
    """`columns`: names, and what makes of a value what the driver takes."""

    columns: tuple[tuple[str, Callable[[Any], Any] | None], ...]
    insert: str
    copy: str


@lru_cache(maxsize=100)  # an application has one dialect for each of its engines, tests have many
def _bulk(dialect: Dialect, table: type[DeclarativeBase], names: tuple[str, ...]) -> _Bulk:
    types = (table.__table__.c[name].type for name in names)
    processes = (type.dialect_impl(dialect).bind_processor(dialect) for type in types)
    quoted = ", ".join(f'"{name}"' for name in names)
    target = f'"{table.__tablename__}" ({quoted})'
    insert = f"insert into {target} values ({', '.join('?' * len(names))})"
    return _Bulk(tuple(zip(names, processes, strict=True)), insert, f"copy {target} from stdin")


def _bound(name: str, process: Callable[[Any], Any] | None, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    """The column's values as the driver takes them; a value that repeats from row to row is converted once."""
    given = [row[name] for row in rows]
    if process is None:
        return given
    before, converted, bound = object(), None, []
    for value in given:
        if value is not before:
            before, converted = value, None if value is None else process(value)
        bound.append(converted)
    return bound


def lock_names(tx: Tx, kind: str, names: Iterable[str]) -> None:
    """Wait until no other transaction holds one of these names; hold them until the end of this one.

    They are taken in one order everywhere, so that nobody waits in a circle. A writer on SQLite is alone anyway.
    """
    if tx.dialect.name == "sqlite":
        return
    for key in sorted({_number(f"{kind} {name}") for name in names}):
        tx.execute(select(func.pg_advisory_xact_lock(key)))


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big", signed=True)
