from __future__ import annotations

import logging

import pytest
from tests.jobs.handler_support import INSTANCE, record

from stellwerk.jobs.connectors import builtin
from stellwerk.jobs.handlers import Registry
from stellwerk.settings import Settings
from stellwerk.usecases.runtime import Permanent


def test_a_line_is_written_at_its_level(caplog: pytest.LogCaptureFixture) -> None:
    registry = Registry(own=builtin(Settings()))
    with caplog.at_level("DEBUG", "stellwerk.handlers"):
        registry.run("log", record("log"), {"message": "packed"})
        registry.run("log", record("log"), {"message": "lost", "level": "error"})
    assert [(r.levelno, r.getMessage()) for r in caplog.records] == [
        (logging.INFO, f"log [Task_1 of {INSTANCE}]: packed"),
        (logging.ERROR, f"log [Task_1 of {INSTANCE}]: lost"),
    ]


def test_an_unknown_level_is_a_permanent_error() -> None:
    with pytest.raises(Permanent, match="'level' is 'loud': Input should be 'debug', 'info'"):
        Registry(own=builtin(Settings())).run("log", record("log"), {"message": "x", "level": "loud"})
