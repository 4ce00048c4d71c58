"""Short words for tests of handlers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from stellwerk.handlers import MARK, Declaration, service
from stellwerk.jobs.handlers import Registry
from stellwerk.store.records import JobRecord

INSTANCE = UUID("01920000-0000-7000-8000-000000000001")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def record(topic: str = "work", attempt: int = 1, **values: Any) -> JobRecord:
    """A claimed job of token 7."""
    return JobRecord(
        id=UUID("01920000-0000-7000-8000-000000000002"),
        kind="service",
        instance_id=INSTANCE,
        definition_id=None,
        token=7,
        element_id="Task_1",
        topic=topic,
        priority=50,
        due_at=NOW,
        attempt=attempt,
        failures=attempt - 1,
        tries=None,
        last_error="",
        next_at=NOW,
        owner="test",
        payload=values,
        business_key="B-1",
    )


def declared(function: Callable[..., Any], topic: str = "work", **policy: Any) -> Declaration:
    """The declaration of a function as the decorator makes it."""
    made: Declaration = getattr(service(topic, **policy)(function), MARK)[-1]
    return made


def call(function: Callable[..., Any], /, **values: Any) -> Any:
    """What the job of a topic gives when this function is its handler."""
    return Registry(own=[declared(function)]).run("work", record(**values), values)
