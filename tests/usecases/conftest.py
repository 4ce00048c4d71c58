from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.installation import DATABASES, Installation, database, installation


@pytest.fixture(params=DATABASES)
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    """An empty installation on each database."""
    with database(request.param) as url, installation(tmp_path, url) as made:
        yield made
