from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.installation import DATABASES, Installation, database, installation
from tests.usecases.meddling import MeddlingEngine


@pytest.fixture(params=DATABASES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder and an empty database of each kind."""
    with database(request.param) as url:
        yield tmp_path, url


@pytest.fixture
def home(place: tuple[Path, str]) -> Iterator[Installation]:
    """An empty installation on each database."""
    with installation(*place) as made:
        yield made


@pytest.fixture
def meddler() -> MeddlingEngine:
    return MeddlingEngine()
