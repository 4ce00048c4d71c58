"""The database of one application: engines, transactions, clock. The only module below web that knows Flask.

Writers and readers have engines of their own. On SQLite there is one writing connection, handed from thread to
thread in order, which begins with BEGIN IMMEDIATE; readers see the last commit and cannot write (`query_only`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, event, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase

from stellwerk.errors import FieldError, InvalidInput, SettingInvalid, StorageUnavailable
from stellwerk.settings import Settings
from stellwerk.store import sqlite

Clock = Callable[[], datetime]
Tx = Connection
"""One open transaction (or one read). Use cases pass it on and never look into it."""


class Base(DeclarativeBase):
    """Flask-SQLAlchemy derives its model class from this one."""


db = SQLAlchemy(model_class=Base)


class Database:
    """Engines of one application. Made by `init_db`; usable in every thread, without an application context.

    `before_commit`: called at the end of each transaction that is about to be committed.
    """

    def __init__(self, writer: Engine, reader: Engine, clock: Clock | None = None) -> None:
        self.writer, self.reader = writer, reader
        self.is_sqlite = writer.dialect.name == "sqlite"
        self.before_commit: list[Callable[[Tx], None]] = []
        self._clock = clock

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """The one place that commits. Leaving the block normally commits, an exception rolls back.

        Raises StorageUnavailable when the database cannot store: then nothing was changed. Never nest it.
        """
        with _translated(), self.writer.begin() as tx:
            yield tx
            for call in self.before_commit:
                call(tx)

    @contextmanager
    def reading(self) -> Iterator[Tx]:
        """A connection for reads: no lock, no wait for writers; it cannot write on SQLite.

        Raises InvalidInput when a value to look for is none that a column could hold (NUL, a huge number).
        """
        with _translated(), self.reader.begin() as tx:
            try:
                yield tx
            except (DataError, UnicodeEncodeError, OverflowError) as error:
                message = "A value to look for cannot be in the database: it holds characters or a size that none has."
                raise InvalidInput([FieldError("filter", "value", message)]) from error

    def now_here(self) -> datetime | None:
        """What `now` says, where it need not ask the database. SQLite lives in this process, so it has our clock."""
        if self._clock is not None:
            return self._clock()
        return datetime.now(UTC) if self.is_sqlite else None

    def now(self, tx: Tx) -> datetime:
        """The database's clock in UTC: one clock for all nodes."""
        here = self.now_here()
        if here is not None:
            return here
        now: datetime = tx.execute(select(func.clock_timestamp())).scalar_one()
        return now.astimezone(UTC)

    def dispose(self) -> None:
        """Close all connections: at the end, and in a child after a fork."""
        self.reader.dispose()
        self.writer.dispose()


def init_db(app: Flask, settings: Settings, clock: Clock | None = None) -> Database:
    """Connect `app` with the database that `settings` name. Opens no connection yet."""
    try:
        url = make_url(settings.sqlalchemy_url)
    except ArgumentError as error:
        raise SettingInvalid(f"STELLWERK_DATABASE_URL cannot be read: {error}") from error
    kind = url.get_backend_name()
    if kind not in ("sqlite", "postgresql"):
        raise SettingInvalid(f"STELLWERK_DATABASE_URL names '{kind}'. Only sqlite and postgresql are supported.")
    if kind == "sqlite" and not url.database:
        raise SettingInvalid("STELLWERK_DATABASE_URL names a database in memory. Name a file: sqlite:////path/file.")
    if kind == "sqlite":
        url = sqlite.url_of(url, Path(app.instance_path))
    options = _sqlite_options if kind == "sqlite" else _postgresql_options
    writer, reader = options(settings)
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = writer
    app.config["SQLALCHEMY_BINDS"] = {"reading": {"url": url, **reader}}
    db.init_app(app)
    with app.app_context():
        engines = db.engines
    if kind == "sqlite":
        _prepare_sqlite(engines[None], query_only=False)
        _prepare_sqlite(engines["reading"], query_only=True)
    return Database(engines[None], engines["reading"], clock)


def _sqlite_options(settings: Settings) -> tuple[dict[str, Any], dict[str, Any]]:
    # One writing connection: threads queue for it in order instead of sleeping on SQLite's busy handler.
    # isolation_level None: the driver begins nothing by itself; our dialect does.
    connect = {"timeout": 30, "check_same_thread": False, "isolation_level": None}
    common = {"connect_args": connect, "pool_timeout": 60}
    readers = settings.web_threads + settings.workers + 5
    writer = {**common, "begin": "begin immediate", "pool_size": 1, "max_overflow": 0}
    return writer, {**common, "begin": "begin", "pool_size": 5, "max_overflow": readers}


def _postgresql_options(settings: Settings) -> tuple[dict[str, Any], dict[str, Any]]:
    size = settings.web_threads + settings.workers + 5
    pool = {"pool_size": 5, "max_overflow": size, "pool_timeout": 30, "pool_pre_ping": True}
    connect = {"connect_timeout": 10, "application_name": "stellwerk"}
    # Reads are single statements: autocommit spares BEGIN and ROLLBACK on the way to the server and back.
    return {**pool, "connect_args": connect}, {**pool, "connect_args": connect, "isolation_level": "AUTOCOMMIT"}


def _prepare_sqlite(engine: Engine, *, query_only: bool) -> None:
    pragmas = ["busy_timeout=30000", "foreign_keys=on", "synchronous=full", "temp_store=memory"]
    pragmas.append("query_only=on" if query_only else "journal_mode=wal")

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        for pragma in pragmas:
            connection.execute(f"pragma {pragma}")


@contextmanager
def _translated() -> Iterator[None]:
    """Driver errors that mean "the database cannot do it now" become StorageUnavailable; others are bugs."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise StorageUnavailable(_unavailable(error)) from error
    except PoolTimeout as error:
        raise StorageUnavailable(
            "The database is busy: no connection became free in time. Nothing was changed. Repeat a little later."
        ) from error


def _unavailable(error: DBAPIError) -> str:
    text = str(error.orig).strip().splitlines()[0] if error.orig is not None else str(error)
    if "disk is full" in text or "No space left" in text:
        return f"The database cannot store the change: its disk is full ({text}). Nothing was changed. Free some space."
    return f"The database cannot be reached or cannot write: {text}. Nothing was changed. Repeat when it is back."
