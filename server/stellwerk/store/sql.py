"""The few statements in which SQLite and PostgreSQL differ."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase

from stellwerk.store.db import Tx


def upsert(tx: Tx, table: type[DeclarativeBase], key: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; where one with the same key is there, write its other columns."""
    if not rows:
        return
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    statement = insert(table)
    written = {name: statement.excluded[name] for name in rows[0] if name not in key}
    tx.execute(statement.on_conflict_do_update(index_elements=list(key), set_=written), list(rows))


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
