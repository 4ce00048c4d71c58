"""SQLAlchemy's dialect for SQLite, with transactions that begin as each engine says.

The driver begins none by itself (`isolation_level` None). A listener to SQLAlchemy's event could do it, but an engine
with a single listener prepares all events of every statement, which costs as much again as running it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import URL
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

DRIVER = "sqlite+stellwerk"


class Dialect(SQLiteDialect_pysqlite):
    """`begin`, an option of the engine: the statement that begins a transaction."""

    supports_statement_cache = True

    def __init__(self, begin: str = "begin", **options: Any) -> None:
        super().__init__(**options)
        self._begin = begin

    def do_begin(self, dbapi_connection: Any) -> None:
        dbapi_connection.execute(self._begin)


registry.register(DRIVER.replace("+", "."), __name__, "Dialect")


def url_of(url: URL, folder: Path) -> URL:
    """The address with this dialect. A relative path is one in `folder`, which is made."""
    path = Path(url.database or "")
    if not path.is_absolute() and "uri" not in url.query:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / path
    return url.set(drivername=DRIVER, database=str(path))
