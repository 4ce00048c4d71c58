"""A whole Stellwerk without pages for tests: on SQLite and PostgreSQL, with a clock that the test moves."""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import select

from stellwerk import engine
from stellwerk.app import create_runtime
from stellwerk.engine import ScriptResult
from stellwerk.errors import ScriptFailed
from stellwerk.jobs import run_due
from stellwerk.settings import Settings
from stellwerk.store import history, incidents, messages, tasks
from stellwerk.store.incidents import IncidentFilter
from stellwerk.store.instances import InstanceFilter, count_instances, list_instances
from stellwerk.store.messages import MessageFilter
from stellwerk.store.paging import PageRequest
from stellwerk.store.records import IncidentRecord, InstanceRecord, JobRecord, MessageRecord, TaskRecord
from stellwerk.store.tables import JobAttemptRow
from stellwerk.store.tasks import TaskFilter
from stellwerk.usecases import definitions, instances, jobs
from stellwerk.usecases.access import Principal
from stellwerk.usecases.instances import StartRequest
from stellwerk.usecases.runtime import Engine, Runtime

SERVER = os.environ.get("STELLWERK_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")
ADMIN = Principal("admin", frozenset({"administrator"}))
ALL = PageRequest(limit=500)
DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
"""For `@pytest.fixture(params=DATABASES)`."""


@dataclass
class Clock:
    """Stands still until the test moves it."""

    now: datetime = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


class Scripts:
    """Instead of the sandbox: scripts by their text, written in the test."""

    def __init__(self) -> None:
        self.known: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {}

    def run_script(self, source: str, variables: Mapping[str, Any]) -> ScriptResult:
        if source.strip() not in self.known:
            raise ScriptFailed(f"The test knows no script '{source}'.")
        return ScriptResult(self.known[source.strip()](variables))

    def evaluate(self, source: str, variables: Mapping[str, Any]) -> Any:
        raise ScriptFailed(f"The test evaluates nothing outside the subset: '{source}'.")

    def close(self) -> None:
        """Nothing runs."""


@dataclass(frozen=True)
class Policy:
    tries: int | None = None
    waits: tuple[float, ...] | None = None
    max_seconds: float | None = None


@dataclass
class Handlers:
    """Handlers as plain functions of (job, values)."""

    functions: dict[str, Callable[[JobRecord, Mapping[str, Any]], Any]] = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=dict)
    calls: list[tuple[str, JobRecord]] = field(default_factory=list)

    def topics(self) -> frozenset[str]:
        return frozenset(self.functions)

    def policy(self, topic: str) -> Policy | None:
        return self.policies.get(topic, Policy()) if topic in self.functions else None

    def run(self, topic: str, job: JobRecord, values: Mapping[str, Any]) -> Any:
        self.calls.append((topic, job))
        return self.functions[topic](job, values)


@dataclass
class Installation:
    """One process's runtime, and short words for what tests do with it."""

    rt: Runtime
    clock: Clock
    scripts: Scripts
    handlers: Handlers

    def deploy(self, *xml: str, forms: Mapping[str, str] | None = None) -> definitions.Deployment:
        files = [(f"process-{n}.bpmn", text.encode()) for n, text in enumerate(xml)]
        files += [(name, text.encode()) for name, text in (forms or {}).items()]
        return definitions.deploy(self.rt, ADMIN, files)

    def start(self, key: str, business_key: str | None = None, /, **variables: Any) -> UUID:
        request = StartRequest(definition_key=key, business_key=business_key, variables=variables)
        return instances.start(self.rt, ADMIN, request).id

    def run_due(self) -> int:
        return run_due(self.rt)

    def read(self, id: UUID) -> InstanceRecord:
        return instances.read(self.rt, id)

    def instances(self, **wanted: Any) -> list[InstanceRecord]:
        with self.rt.database.reading() as tx:
            return list(list_instances(tx, InstanceFilter(**wanted), ALL).items)

    def history_numbers(self, id: UUID) -> list[int]:
        with self.rt.database.reading() as tx:
            return [h.number for h in history.list_history(tx, id, ALL).items]

    def variables(self, id: UUID) -> dict[str, Any]:
        return instances.variables(self.rt, ADMIN, id)

    def tasks(self, **wanted: Any) -> list[TaskRecord]:
        with self.rt.database.reading() as tx:
            return list(tasks.list_tasks(tx, TaskFilter(**({"state": "open"} | wanted)), ALL).items)

    def incidents(self, **wanted: Any) -> list[IncidentRecord]:
        with self.rt.database.reading() as tx:
            return list(incidents.list_incidents(tx, IncidentFilter(**({"state": "open"} | wanted)), ALL).items)

    def messages(self, **wanted: Any) -> list[MessageRecord]:
        with self.rt.database.reading() as tx:
            return list(messages.list_messages(tx, MessageFilter(**wanted), ALL).items)

    def jobs(self, id: UUID) -> tuple[JobRecord, ...]:
        return jobs.list_of_instance(self.rt, id)

    def trace(self, id: UUID) -> list[tuple[str, str]]:
        """Element and state of each activity, in the order of their tokens."""
        with self.rt.database.reading() as tx:
            return [(a.element_id, a.state) for a in history.list_activities(tx, id, ALL).items]

    def attempts(self, id: UUID) -> list[tuple[str, int]]:
        """Outcome and number of each try of a job that did not simply succeed."""
        with self.rt.database.reading() as tx:
            found = select(JobAttemptRow.outcome, JobAttemptRow.attempt).where(JobAttemptRow.instance_id == id)
            return [(outcome, attempt) for outcome, attempt in tx.execute(found.order_by(JobAttemptRow.id))]

    def count(self, key: str) -> int:
        with self.rt.database.reading() as tx:
            return count_instances(tx, InstanceFilter(definition_key=key))

    def happened(self, id: UUID) -> list[str]:
        with self.rt.database.reading() as tx:
            return [h.kind for h in history.list_history(tx, id, ALL).items]


@contextmanager
def database(kind: str) -> Iterator[str]:
    """The address of an empty database; for SQLite empty text: it is made in the data folder.

    On PostgreSQL one database of this test run is emptied again and again, since making one takes a second.
    """
    if kind == "sqlite":
        yield ""
        return
    url = _postgresql()
    with psycopg.connect(url, autocommit=True) as connection:
        names = [name for (name,) in connection.execute("select tablename from pg_tables where schemaname = 'public'")]
        # Deleting a few rows is much faster than truncating the files of all tables; without foreign keys in any order.
        wipe = [f'delete from "{name}"' for name in names if name != "alembic_version"]
        connection.execute("; ".join(["set session_replication_role = replica", *wipe]))
    yield url


@cache
def _postgresql() -> str:
    name = f"stellwerk_test_{uuid4().hex[:12]}"
    try:
        server = psycopg.connect(SERVER, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no PostgreSQL at {SERVER}: {str(error).strip().splitlines()[0]}")
    with server:
        server.execute(f"create database {name}")
    atexit.register(_drop, name)
    return SERVER.rsplit("/", 1)[0] + "/" + name


def _drop(name: str) -> None:
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f"drop database if exists {name} with (force)")


@contextmanager
def installation(
    folder: Path, url: str = "", *, clock: Clock | None = None, bpmn: Engine = engine, **settings: Any
) -> Iterator[Installation]:
    """A runtime on this database; several may share one, as several processes do."""
    made = replace(Settings(data=folder, database_url=url, lease=30.0), **settings)
    clock, scripts, handlers = clock or Clock(), Scripts(), Handlers()
    rt = create_runtime(made, clock=clock, sandbox=scripts, handlers=handlers, bpmn=bpmn)
    try:
        yield Installation(rt, clock, scripts, handlers)
    finally:
        rt.close()


def bpmn(key: str, body: str, *, extra: str = "") -> str:
    """A diagram with one executable process. `extra`: messages, errors beside it."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  targetNamespace="http://stellwerk.example/test">
{extra}
<bpmn:process id="{key}" name="{key.title()}" isExecutable="true">
{body}
</bpmn:process>
</bpmn:definitions>"""


def flow(*ids: str) -> str:
    """Sequence flows from each id to the next."""
    return "\n".join(f'<bpmn:sequenceFlow id="{a}-{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in pairwise(ids))
