from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .world import Person, World, make_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = make_world(tmp_path)
    yield made
    made.runtime.close()


@pytest.fixture
def admin(world: World) -> Person:
    return world.administrator()
