"""Answers to requests with an Idempotency-Key, kept for a day, each key for one principal.

A key is taken in a transaction of its own before the work, marked done *inside* the transaction of the work, and
given its answer after it. So the work and the mark are one: a process killed in between leaves either a key that may
be used again when its lease ends, or one that says "done, but the answer was lost".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from stellwerk.errors import Conflict
from stellwerk.store.db import Tx
from stellwerk.store.tables import IdempotencyRow

KEPT = timedelta(days=1)
LEASE = timedelta(seconds=120)
"""Longer than any request may take; then a key whose work never committed may be used again."""
DONE = 0
"""Status of a key whose work is committed and whose answer is not there (yet)."""


@dataclass(frozen=True)
class Kept:
    """What is known about a key. `status`: None at work, DONE committed without an answer, else the answer's.

    `recent`: whoever took the key may still be at work, so that a missing answer may still come.
    """

    body_hash: str
    recent: bool
    status: int | None
    content_type: str | None
    headers: Mapping[str, str]
    answer: bytes


@dataclass(frozen=True)
class Claim:
    """The right to do the work for a key. `at` tells two claims of the same key apart."""

    principal: str
    key: str
    at: datetime


_current: ContextVar[Claim | None] = ContextVar("idempotency_claim", default=None)


def take(tx: Tx, principal: str, key: str, body_hash: str, now: datetime) -> Claim | Kept:
    """Claim the key, or say what is known about it. Keys that are over are removed on this occasion."""
    tx.execute(delete(IdempotencyRow).where(IdempotencyRow.expires_at <= now))
    values = {"principal": principal, "key": key, "body_hash": body_hash, "headers": {}, "created_at": now}
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    put = dialect.insert(IdempotencyRow).values({**values, "expires_at": now + LEASE}).on_conflict_do_nothing()
    if tx.execute(put.returning(IdempotencyRow.key)).first() is not None:  # psycopg does not count such rows
        return Claim(principal, key, now)
    table = IdempotencyRow.__table__
    row = tx.execute(select(table).where(table.c.principal == principal, table.c.key == key)).one()
    recent = now < row.created_at + LEASE
    return Kept(row.body_hash, recent, row.status, row.content_type, row.headers, row.answer or b"")


def keep(
    tx: Tx, claim: Claim, status: int, content_type: str | None, headers: Mapping[str, str], answer: bytes
) -> None:
    """Store the answer."""
    values: dict[str, Any] = {"status": status, "content_type": content_type, "headers": dict(headers)}
    values |= {"answer": answer, "expires_at": claim.at + KEPT}
    tx.execute(update(IdempotencyRow).where(*_is(claim)).values(values))


def release(tx: Tx, claim: Claim) -> None:
    """Forget a key whose work changed nothing."""
    tx.execute(delete(IdempotencyRow).where(*_is(claim), IdempotencyRow.status.is_(None)))


def working(claim: Claim) -> Callable[[], None]:
    """From now on the first commit of this thread marks the claim as done; call the result to stop that."""
    token = _current.set(claim)
    return lambda: _current.reset(token)


def mark(tx: Tx) -> None:
    """What is to be called before each commit: marks the claim that this thread works for."""
    claim = _current.get()
    if claim is None:
        return
    marked = tx.execute(update(IdempotencyRow).where(*_is(claim)).values(status=DONE, expires_at=claim.at + KEPT))
    if marked.rowcount != 1:  # the lease ended and somebody else repeats the request: theirs counts
        raise Conflict("The request took too long and was repeated meanwhile. Nothing was changed by this one.")
    _current.set(None)


def _is(claim: Claim) -> tuple[Any, ...]:
    mine = (IdempotencyRow.principal == claim.principal, IdempotencyRow.key == claim.key)
    return (*mine, IdempotencyRow.created_at == claim.at)
