"""What most tests need: settings on an empty folder, a clock that stands still, an application, an administrator.

Imports are in the fixtures: tests of pure parts load nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from tests.installation import Clock

    from stellwerk.settings import Settings
    from stellwerk.usecases.access import Principal
    from stellwerk.usecases.runtime import Runtime


# Random tests are the same in every run, and measure no time. The profile of mutants, loaded before, stays.
if hypothesis.settings.get_current_profile_name() != "mutants":
    hypothesis.settings.register_profile("steady", deadline=None, derandomize=True)
    hypothesis.settings.load_profile("steady")


@pytest.hookimpl(trylast=True)  # after the markers were added
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests with a browser come last: Playwright keeps an event loop in its thread, in which asyncio.run fails."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The developer's own settings change no test."""
    for name in [name for name in os.environ if name.startswith("STELLWERK_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    from stellwerk.settings import Settings

    return Settings(data=tmp_path / "data")


@pytest.fixture
def clock() -> Clock:
    from tests.installation import Clock

    return Clock()


@pytest.fixture
def app(settings: Settings, clock: Clock) -> Iterator[Flask]:
    """The whole application on SQLite; its jobs run when a test calls `run_due`."""
    from stellwerk.app import create_app, runtime_of

    made = create_app(settings, clock=clock)
    yield made
    runtime_of(made).close()


@pytest.fixture
def runtime(app: Flask) -> Runtime:
    from stellwerk.app import runtime_of

    return runtime_of(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def as_admin() -> Principal:
    from stellwerk.usecases.access import Principal

    return Principal("admin", frozenset({"administrator", "user"}))
