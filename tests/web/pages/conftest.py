from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from stellwerk.usecases.access import Principal

from .application import application, unbuilt
from .fakes import ADMIN, FakePort


@pytest.fixture
def port() -> FakePort:
    return FakePort()


@pytest.fixture
def client_of(port: FakePort, tmp_path: Path) -> Callable[[Principal | None], FlaskClient]:
    """A browser without JavaScript, signed in as somebody."""
    return lambda who: application(port, who, unbuilt(tmp_path)).test_client()


@pytest.fixture
def client(client_of: Callable[[Principal | None], FlaskClient]) -> FlaskClient:
    return client_of(ADMIN)
