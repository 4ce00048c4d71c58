"""The schema: migrations and tables say the same, and what is newer is refused."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from stellwerk.errors import WrongState
from stellwerk.store import migrations
from stellwerk.store.db import Database
from stellwerk.store.tables import metadata


def test_the_migrations_make_exactly_the_tables_of_the_code(bare: Database) -> None:
    migrations.upgrade(bare)
    with bare.transaction() as tx:
        context = MigrationContext.configure(tx, opts={"compare_type": True, "target_metadata": metadata})
        assert compare_metadata(context, metadata) == []


def test_upgrading_twice_changes_nothing_and_tells_the_version_before(bare: Database) -> None:
    migrations.upgrade(bare)
    assert migrations.upgrade(bare) == migrations.head()
    migrations.check(bare)


def test_a_database_that_is_newer_is_refused_and_left_alone(bare: Database) -> None:
    migrations.upgrade(bare)
    with bare.transaction() as tx:
        tx.execute(text("update alembic_version set version_num = '9999'"))
    try:
        for act in (migrations.upgrade, migrations.check):
            with pytest.raises(WrongState, match="newer"):
                act(bare)
        with bare.reading() as tx:
            assert tx.execute(text("select version_num from alembic_version")).scalar_one() == "9999"
    finally:
        with bare.transaction() as tx:
            tx.execute(text("update alembic_version set version_num = :head"), {"head": migrations.head()})


def test_a_database_without_tables_does_not_pass_the_check(sqlite: Database) -> None:
    with pytest.raises(WrongState, match="stellwerk db upgrade"):
        migrations.check(sqlite)


def test_tables_can_be_taken_away_again(sqlite: Database) -> None:
    migrations.upgrade(sqlite)
    with sqlite.transaction() as tx:
        migrations.downgrade(tx, "base")
    with sqlite.reading() as tx:
        left = tx.execute(text("select name from sqlite_master where type = 'table'")).scalars().all()
    assert left == ["alembic_version"]
