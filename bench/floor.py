"""The floor: what one instance wrote, recorded once, written again under fresh ids, and nothing else done.

The statements that change rows are replayed as they were, transaction by transaction, on the same engine; rows of
one table that one transaction inserts go in one statement. A claim of a job names its row here, since there is
nothing to look for, and the queue gets another name, so that no worker takes the rows.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, event

Parameters = Any  # what the driver takes: a tuple or a dictionary
WRITES = ("INSERT", "UPDATE", "DELETE", "WITH")
QUEUES = {"engine": "floors", "timer": "floor"}
TIME = re.compile(r"\d{4}-\d\d-\d\d ")
CLAIM = "UPDATE job SET owner = {}, claim = {}, next_at = {}, attempt = attempt + 1 WHERE id = {}"


@dataclass
class Statement:
    text: str
    rows: list[Parameters]


@dataclass
class Recording:
    """What happened since it began: statements of all kinds, and the transactions that wrote, in order of commit."""

    statements: int = 0
    transactions: list[list[Statement]] = field(default_factory=list)


class Recorder:
    """Listens to both engines of an application while it is on. Off, it costs nothing."""

    def __init__(self, writer: Engine, reader: Engine) -> None:
        self.engines = {writer, reader}
        self.recording = Recording()
        self.open: dict[int, list[Statement]] = {}
        self.lock = threading.Lock()

    def start(self) -> None:
        self.recording, self.open = Recording(), {}
        for engine in self.engines:
            event.listen(engine, "before_cursor_execute", self._executed)
            event.listen(engine, "commit", self._committed)
            event.listen(engine, "rollback", self._rolled_back)

    def stop(self) -> Recording:
        for engine in self.engines:
            event.remove(engine, "before_cursor_execute", self._executed)
            event.remove(engine, "commit", self._committed)
            event.remove(engine, "rollback", self._rolled_back)
            engine._has_events = False  # else SQLAlchemy prepares events of every statement for nobody, ever after
        return self.recording

    def _executed(self, connection: Connection, _: Any, text: str, parameters: Any, __: Any, many: bool) -> None:
        if text.upper().startswith("BEGIN"):
            return  # SQLite's: part of the transaction, no statement of the product
        with self.lock:
            self.recording.statements += 1
            if text.upper().startswith(WRITES):
                rows = list(parameters) if many else [parameters]
                self.open.setdefault(id(connection), []).append(Statement(text, rows))

    def _committed(self, connection: Connection) -> None:
        with self.lock:
            if written := self.open.pop(id(connection), None):
                self.recording.transactions.append(written)

    def _rolled_back(self, connection: Connection) -> None:
        with self.lock:
            self.open.pop(id(connection), None)


@dataclass(frozen=True)
class _Place:
    """Where a row holds an id that is fresh in each replay: its key in the row, and which id, in which form."""

    key: Any
    id: str
    form: Callable[[UUID], Any]


class Replay:
    """The transactions of one instance, ready to be written again and again. `kept` are ids of rows that stay."""

    def __init__(self, recorded: list[list[Statement]], kept: frozenset[str], fresh: Callable[[], UUID]) -> None:
        self.fresh = fresh
        finished = dict(_finished(statement) for t in recorded for statement in t if _is_finish(statement))
        plain = [[p for s in transaction if (p := _plain(s, finished))] for transaction in recorded]
        self.transactions = [
            [(s.text, s.rows, [_places(row, kept) for row in s.rows]) for s in _merged(transaction)]
            for transaction in plain
            if transaction
        ]

    @property
    def rows(self) -> int:
        return sum(len(rows) for transaction in self.transactions for _, rows, _ in transaction)

    def run(self, transaction: Callable[[], Any]) -> None:
        """`transaction()` is a context manager that gives a connection and commits."""
        ids: dict[str, UUID] = {}
        for statements in self.transactions:
            with transaction() as connection:
                for text, rows, places in statements:
                    filled = [self._fill(row, where, ids) for row, where in zip(rows, places, strict=True)]
                    connection.exec_driver_sql(text, filled if len(filled) > 1 else filled[0])

    def _fill(self, row: Parameters, places: list[_Place], ids: dict[str, UUID]) -> Parameters:
        filled = dict(row) if isinstance(row, dict) else list(row)
        for place in places:
            if place.id not in ids:
                ids[place.id] = self.fresh()
            filled[place.key] = place.form(ids[place.id])
        return filled if isinstance(filled, dict) else tuple(filled)


# -- jobs: claims without looking for anything, in a queue that nobody reads
def _is_finish(statement: Statement) -> bool:
    return statement.text.startswith("DELETE FROM job ") and "claim" in statement.text


def _finished(statement: Statement) -> tuple[str, Any]:
    """The claim under which a job was finished, and the id of the job."""
    job, claim = _values(statement.rows[0])[:2]
    return str(claim), job


def _plain(statement: Statement, finished: dict[str, Any]) -> Statement | None:
    """The statement as the floor does it; None for a claim that found nothing."""
    if statement.text.startswith("INSERT INTO job "):
        return Statement(statement.text, [_renamed(row) for row in statement.rows])
    if not statement.text.startswith("WITH"):
        return statement
    row = statement.rows[0]
    held = [value for value in _values(row) if str(value) in finished]
    if not held:
        return None
    times = [value for value in _values(row) if isinstance(value, datetime) or TIME.match(str(value))]
    values = ("worker", held[0], times[0], finished[str(held[0])])
    if isinstance(row, dict):
        return Statement(CLAIM.format(*(f"%({name})s" for name in "abcd")), [dict(zip("abcd", values, strict=True))])
    return Statement(CLAIM.format(*"????"), [values])


def _renamed(row: Parameters) -> Parameters:
    def name(value: Any) -> Any:
        if isinstance(value, str) and value.startswith("topic:"):
            return "floor:" + value.removeprefix("topic:")
        return QUEUES.get(value, value) if isinstance(value, str) else value

    return {key: name(value) for key, value in row.items()} if isinstance(row, dict) else tuple(map(name, row))


def _values(row: Parameters) -> list[Any]:
    return list(row.values() if isinstance(row, dict) else row)


# -- rows
def _merged(transaction: list[Statement]) -> list[Statement]:
    """Inserts into one table as one statement."""
    merged: dict[str, Statement] = {}
    statements = []
    for statement in transaction:
        known = merged.get(statement.text)
        if known is not None:
            known.rows.extend(statement.rows)
            continue
        copy = Statement(statement.text, list(statement.rows))
        statements.append(copy)
        if statement.text.upper().startswith("INSERT") and "RETURNING" not in statement.text:
            merged[statement.text] = copy
    return statements


def _places(row: Parameters, kept: frozenset[str]) -> list[_Place]:
    items = row.items() if isinstance(row, dict) else enumerate(row)
    found = ((key, _as_id(value)) for key, value in items)
    return [_Place(key, id[0], id[1]) for key, id in found if id is not None and id[0] not in kept]


def _as_id(value: Any) -> tuple[str, Callable[[UUID], Any]] | None:
    """The id as hexadecimal digits, and how the driver wants to have it."""
    if isinstance(value, UUID):
        return value.hex, lambda id: id
    if isinstance(value, str) and re.fullmatch(r"[0-9a-f]{32}", value):
        return value, lambda id: id.hex
    if isinstance(value, str) and re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value):
        return value.replace("-", ""), str
    return None
