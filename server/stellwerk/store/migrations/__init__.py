"""The schema's versions. `upgrade` brings a database to this version; `check` refuses one that is not there.

A new version: change `store/tables.py`, add a module in `versions/` whose revision is the next number, and write both
directions of the change by hand in it. A test holds tables and migrations equal on both databases.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from stellwerk.errors import StorageUnavailable, WrongState
from stellwerk.store.db import Database

_LOCK = 0x57E11  # key of the advisory lock that lets one node at a time upgrade


def upgrade(database: Database) -> str | None:
    """Bring the schema to this version in one transaction; return the version that was there, None for a new one.

    Raises WrongState when the database was made by a newer Stellwerk, StorageUnavailable when it cannot be reached.
    """
    with database.transaction() as tx:
        if not database.is_sqlite:
            tx.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        before = _current(tx)
        if before != head():
            _refuse_newer(before)
            command.upgrade(_config(tx), "head")
    return before


def downgrade(tx: Connection, revision: str) -> None:
    """Take changes of the schema back, with what the tables hold. For tests and by hand, never by itself."""
    command.downgrade(_config(tx), revision)


def check(database: Database) -> None:
    """Raise WrongState unless the schema is exactly at this version."""
    with database.reading() as tx:
        current = _current(tx)
    _refuse_newer(current)
    if current != head():
        raise WrongState(
            f"The database is at version {current or 'none'}, but {head()} is needed. Run `stellwerk db upgrade`."
        )


def head() -> str:
    revision = _scripts().get_current_head()
    if revision is None:
        raise StorageUnavailable("This installation has no migrations: it is not complete. Install Stellwerk again.")
    return revision


def _refuse_newer(current: str | None) -> None:
    known = {script.revision for script in _scripts().walk_revisions()}
    if current is not None and current not in known:
        raise WrongState(
            f"The database is at version {current}, which is newer than this Stellwerk knows ({head()}). "
            "Install the newer Stellwerk again, or restore a backup. Nothing was changed."
        )


def _current(tx: Connection) -> str | None:
    return MigrationContext.configure(tx).get_current_revision()


def _config(tx: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = tx
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())
