from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from tests.installation import DATABASES, Installation, database, installation

from stellwerk.settings import Settings
from stellwerk.store.db import Database, init_db


@contextmanager
def connected(folder: Path, kind: str) -> Iterator[Database]:
    with database(kind) as url:
        made = init_db(Flask("test"), Settings(data=folder, database_url=url))
        yield made
        made.dispose()


@pytest.fixture(params=DATABASES)
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without our tables, at least on SQLite; on PostgreSQL they may be there and are empty."""
    with connected(tmp_path, request.param) as made:
        yield made


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    with connected(tmp_path, "sqlite") as made:
        yield made


@pytest.fixture
def postgresql(tmp_path: Path) -> Iterator[Database]:
    with connected(tmp_path, "postgresql") as made:
        yield made


@pytest.fixture(params=DATABASES)
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    """An empty installation on each database."""
    with database(request.param) as url, installation(tmp_path, url) as made:
        yield made
