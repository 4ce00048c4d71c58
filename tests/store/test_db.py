"""Transactions: they commit whole or not at all, readers do not wait, and trouble has a name."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import insert, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import StatementError

from stellwerk.errors import SettingInvalid, StorageUnavailable
from stellwerk.settings import Settings
from stellwerk.store import migrations
from stellwerk.store.db import Database, Tx, init_db
from stellwerk.store.ids import new_id
from stellwerk.store.sqlite import url_of
from stellwerk.store.tables import DraftRow, ServerSettingRow

NOW = datetime(2026, 5, 4, 9, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def db(bare: Database) -> Database:
    migrations.upgrade(bare)
    return bare


def names(db: Database) -> list[str]:
    with db.reading() as tx:
        return list(tx.execute(select(ServerSettingRow.name).order_by(ServerSettingRow.name)).scalars())


def remember(tx: Tx, name: str, value: str = "") -> None:
    tx.execute(insert(ServerSettingRow).values(name=name, value=value))


def test_leaving_the_block_commits_and_an_exception_takes_everything_back(db: Database) -> None:
    with db.transaction() as tx:
        remember(tx, "a")

    def change_your_mind() -> None:
        with db.transaction() as tx:
            remember(tx, "b")
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        change_your_mind()
    assert names(db) == ["a"]


def test_readers_see_the_last_commit_and_do_not_wait_for_a_writer(db: Database) -> None:
    with db.transaction() as tx:
        remember(tx, "a")
        assert names(db) == []
    assert names(db) == ["a"]


def test_on_sqlite_a_reader_cannot_write(sqlite: Database) -> None:
    migrations.upgrade(sqlite)
    with pytest.raises(StorageUnavailable), sqlite.reading() as tx:
        remember(tx, "a")


def test_threads_that_read_and_then_write_lose_no_update(db: Database) -> None:
    with db.transaction() as tx:
        remember(tx, "counter", "0")

    def count() -> None:
        for _ in range(20):
            with db.transaction() as tx:
                lock = "" if db.is_sqlite else " for update"
                value = int(tx.execute(text(f"select value from server_setting{lock}")).scalar_one())
                tx.execute(text("update server_setting set value = :value"), {"value": str(value + 1)})

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with db.reading() as tx:
        assert tx.execute(select(ServerSettingRow.value)).scalar_one() == "80"


def test_sqlite_is_set_up_as_decided(sqlite: Database) -> None:
    with sqlite.transaction() as tx:
        found = {name: tx.exec_driver_sql(f"pragma {name}").scalar_one() for name in ("journal_mode", "synchronous")}
        assert found == {"journal_mode": "wal", "synchronous": 2}
        assert tx.exec_driver_sql("pragma foreign_keys").scalar_one() == 1


def test_a_relative_sqlite_file_lies_in_the_folder_of_the_application(tmp_path: Path) -> None:
    found = url_of(make_url("sqlite:///some/file.db"), tmp_path / "instance")
    assert found.database == str(tmp_path / "instance" / "some" / "file.db")
    assert (tmp_path / "instance").is_dir()
    assert url_of(make_url("sqlite:////some/file.db"), tmp_path / "other").database == "/some/file.db"
    assert not (tmp_path / "other").exists()


def test_what_is_called_before_a_commit_is_part_of_it_and_can_refuse(db: Database) -> None:
    def refuse(tx: Tx) -> None:
        remember(tx, "last")
        raise ValueError("no")

    db.before_commit.append(lambda tx: remember(tx, "also"))
    with db.transaction() as tx:
        remember(tx, "a")
    db.before_commit[:] = [refuse]
    with pytest.raises(ValueError, match="no"), db.transaction() as tx:
        remember(tx, "b")
    assert names(db) == ["a", "also"]


def test_nobody_listens_to_statements_which_would_double_their_price(db: Database) -> None:
    assert not db.writer._has_events
    assert not db.reader._has_events


def test_times_keep_their_moment_and_come_back_in_utc(db: Database) -> None:
    cet = timezone(timedelta(hours=1))
    row = {"kind": "bpmn", "name": "x", "content": "", "version": 1, "updated_by": "a", "definition_key": None}
    with db.transaction() as tx:
        tx.execute(insert(DraftRow).values(id=new_id(), updated_at=NOW.astimezone(cet), **row))
    with db.reading() as tx:
        found = tx.execute(select(DraftRow.updated_at)).scalar_one()
    assert found == NOW
    assert found.utcoffset() == timedelta(0)


def test_a_time_without_an_offset_is_a_mistake_of_ours(db: Database) -> None:
    with pytest.raises(StatementError, match="without an offset"), db.transaction() as tx:
        tx.execute(select(DraftRow.id).where(DraftRow.updated_at == NOW.replace(tzinfo=None)))


def test_the_clock_of_the_database_is_aware_and_can_be_replaced(db: Database) -> None:
    with db.reading() as tx:
        assert db.now(tx).utcoffset() == timedelta(0)
        assert Database(db.writer, db.reader, lambda: NOW).now(tx) == NOW


def test_a_server_that_drops_the_connection_is_told_as_unavailable_and_comes_back(postgresql: Database) -> None:
    db = postgresql
    migrations.upgrade(db)

    def lose_the_connection() -> None:
        with db.transaction() as tx:
            remember(tx, "a")
            pid = tx.execute(text("select pg_backend_pid()")).scalar_one()
            with db.reading() as other:
                other.execute(text("select pg_terminate_backend(:pid)"), {"pid": pid})
            remember(tx, "b")

    with pytest.raises(StorageUnavailable):
        lose_the_connection()
    assert names(db) == []
    with db.transaction() as tx:
        remember(tx, "c")
    assert names(db) == ["c"]


def test_a_database_that_is_away_is_told_in_one_line(tmp_path: Path) -> None:
    url = "postgresql://nobody@127.0.0.1:1/none"
    away = init_db(Flask("test"), Settings(data=tmp_path, database_url=url))
    with pytest.raises(StorageUnavailable, match="cannot be reached") as error, away.reading():
        pass
    assert "\n" not in error.value.message


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "nonsense"])
def test_addresses_that_cannot_be_used_are_refused_by_name(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingInvalid, match="STELLWERK_DATABASE_URL"):
        init_db(Flask("test"), Settings(data=tmp_path, database_url=url))
