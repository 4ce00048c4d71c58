"""Lists in pages: sorted by one column and the id, continued behind the last row that was seen."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Row, Select, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from stellwerk.errors import FieldError, InvalidInput
from stellwerk.store.db import Tx
from stellwerk.store.records import Page

T = TypeVar("T")
MAX_LIMIT = 500
Column = InstrumentedAttribute[Any]
AnySelect: TypeAlias = Select[*tuple[Any, ...]]
AnyRow: TypeAlias = Row[*tuple[Any, ...]]


@dataclass(frozen=True)
class PageRequest:
    """`sort` is a field of the list, with a minus sign in front for descending; empty: the list's default."""

    limit: int = 50
    cursor: str | None = None
    sort: str = ""


@dataclass(frozen=True)
class Order:
    """How a list can be sorted: field -> column, the default, and the column that makes each row distinct."""

    columns: Mapping[str, Column]
    default: str
    tie: Column


def paged(
    tx: Tx,
    statement: AnySelect,
    request: PageRequest,
    order: Order,
    make: Callable[[list[AnyRow]], Iterable[T]],
) -> Page[T]:
    """Run `statement` for one page; `make` turns its rows into records. Raises InvalidInput for what cannot be."""
    field, column, descending = _sort(request, order)
    limit = _limit(request.limit)
    if request.cursor:
        statement = statement.where(_behind(request.cursor, field, column, order.tie, descending))
    keys = [column.desc(), order.tie.desc()] if descending else [column.asc(), order.tie.asc()]
    statement = statement.add_columns(column.label("_sort"), order.tie.label("_tie"))
    rows: list[AnyRow] = list(tx.execute(statement.order_by(*keys).limit(limit + 1)))
    more = len(rows) > limit
    rows = rows[:limit]
    cursor = _encode(field, rows[-1]._mapping["_sort"], rows[-1]._mapping["_tie"]) if more else None
    return Page(tuple(make(rows)), cursor)


def _sort(request: PageRequest, order: Order) -> tuple[str, Column, bool]:
    field = request.sort or order.default
    column = order.columns.get(field.removeprefix("-"))
    if column is None:
        known = ", ".join(order.columns)
        raise InvalidInput(
            [FieldError("sort", "sort", f"This list cannot be sorted by '{field}'. Use one of: {known}.")]
        )
    return field, column, field.startswith("-")


def _limit(limit: int) -> int:
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidInput([FieldError("page.limit", "range", f"page.limit must be from 1 to {MAX_LIMIT}.")])
    return limit


def _behind(cursor: str, field: str, column: Column, tie: Column, descending: bool) -> ColumnElement[bool]:
    value, tie_value = _decode(cursor, field, column, tie)
    place = tuple_(literal(value, column.type), literal(tie_value, tie.type))
    row = tuple_(column, tie)
    return row < place if descending else row > place


def _encode(field: str, value: Any, tie: Any) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([field, value, tie])).rstrip(b"=").decode()


def _decode(cursor: str, field: str, column: Column, tie: Column) -> tuple[Any, Any]:
    try:
        data = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        for_field, value, tie_value = data
        if for_field == field:
            return _typed(value, column), _typed(tie_value, tie)
    except (binascii.Error, ValueError, TypeError, OverflowError):
        pass
    message = "page.cursor does not belong to this list. Send the nextCursor of the page before, with the same sort."
    raise InvalidInput([FieldError("page.cursor", "cursor", message)])


def _typed(value: Any, column: Column) -> Any:
    kind = column.type.python_type
    if kind is datetime and isinstance(value, str):
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(value)
        return moment.astimezone(UTC)
    if kind is UUID and isinstance(value, str):
        return UUID(value)
    if type(value) is not kind or (kind is int and not -(1 << 62) < value < 1 << 62) or "\0" in str(value):
        raise TypeError(value)
    return value


def contains(column: ColumnElement[str] | Column, text: str) -> ColumnElement[bool]:
    """`text` somewhere in the column, whatever the case."""
    return column.icontains(text, autoescape=True)
