"""The product as a machine: its use cases on SQLite, a virtual clock, jobs run one after another in due order.

Before each command the live instances are forgotten, so that every step begins with the snapshot from the database.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select

from stellwerk.app import create_runtime
from stellwerk.engine.commands import DeliverMessage
from stellwerk.errors import ErrorThrown, InvalidDefinition, Problem, ProcessError, TooLarge
from stellwerk.jobs.worker import Worker
from stellwerk.sandbox import Sandbox
from stellwerk.settings import Settings
from stellwerk.store import history, incidents
from stellwerk.store import instances as instance_store
from stellwerk.store import jobs as job_store
from stellwerk.store import tasks as task_store
from stellwerk.store.db import Tx
from stellwerk.store.ids import tree_of
from stellwerk.store.jobs import Claimed, Lease
from stellwerk.store.paging import MAX_LIMIT, PageRequest
from stellwerk.store.records import InstanceRecord, JobRecord, Page
from stellwerk.store.tables import SubscriptionRow
from stellwerk.usecases import definitions, instances, jobs, messages, signals, step, tasks
from stellwerk.usecases.access import SYSTEM
from stellwerk.usecases.runtime import Policed, Runtime

from .adapt import topics
from .machine import Files, Refused, Run, State, StepFailed, Trace, Visit
from .scripts import FUNCTIONS, HostFunctions

T = TypeVar("T")
BEGIN = datetime(2030, 1, 1, tzinfo=UTC)
MOST_JOBS = 5_000
LEASE_S = 86_400.0
SCRIPT_S = 2.0  # the machine may be busy with other cases
THROWS = "throw_error:"


class Clock:
    def __init__(self) -> None:
        self.now = BEGIN

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Handlers:
    """The handlers of the adapted files by topic: `throw_error:CODE` throws, every other topic does nothing."""

    tries = waits = max_seconds = None  # of every policy: what the settings say

    def __init__(self) -> None:
        self.known: set[str] = set()

    def topics(self) -> frozenset[str]:
        return frozenset(self.known)

    def policy(self, topic: str) -> Policed | None:
        return self if topic in self.known else None

    def run(self, topic: str, job: JobRecord, values: Mapping[str, Any]) -> None:
        if topic.startswith(THROWS):
            raise ErrorThrown(topic.removeprefix(THROWS))


class Products:
    """Makes installations: copies of one empty database, each in a folder that goes with it."""

    def __init__(self, step_budget: int = 10_000) -> None:
        self.step_budget = step_budget
        self.folder = Path(tempfile.mkdtemp(prefix="stellwerk-conformance-"))

    def __enter__(self) -> Products:
        create_runtime(Settings(data=self.folder / "empty"), sandbox=Sandbox(), handlers=Handlers()).close()
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.folder)

    @contextmanager
    def __call__(self) -> Iterator[Product]:
        data = Path(tempfile.mkdtemp(dir=self.folder))
        shutil.copytree(self.folder / "empty", data, dirs_exist_ok=True)
        clock, trace, handlers = Clock(), Trace(), Handlers()
        settings = Settings(data=data, step_budget=self.step_budget, upload_limit=50)
        scripts = Sandbox(workers=1, seconds=SCRIPT_S, prelude_extra=FUNCTIONS)
        sandbox = HostFunctions(scripts, trace, clock, clock.sleep)
        runtime = create_runtime(settings, clock=clock, sandbox=sandbox, handlers=handlers, upgrade=False)
        try:
            yield Product(runtime, handlers, clock, trace)
        finally:
            runtime.close()
            shutil.rmtree(data)


class Product:
    def __init__(self, runtime: Runtime, handlers: Handlers, clock: Clock, trace: Trace) -> None:
        self.runtime, self.clock, self.trace = runtime, clock, trace
        self.handlers = handlers
        self.worker = Worker(runtime)

    # -- diagrams
    def check(self, files: Files) -> tuple[Sequence[str], Sequence[Problem]]:
        try:
            report = definitions.check(self.runtime, SYSTEM, files)
        except TooLarge as error:
            return (), [Problem(files[0][0], None, None, None, error.code, error.message)]
        return report.keys, report.problems

    def deploy(self, files: Files) -> None:
        try:
            definitions.deploy(self.runtime, SYSTEM, files)
        except InvalidDefinition as error:
            raise Refused(error.problems) from error
        self.handlers.known.update(*(topics(xml) for _, xml in files))

    # -- steps
    def start(self, process: str, variables: Mapping[str, Any]) -> None:
        request = instances.StartRequest(definition_key=process, variables=variables)
        self._step(lambda: instances.start(self.runtime, SYSTEM, request))

    def cancel_failed(self) -> None:
        for record in self._roots():
            if record.incident_count and record.state == "active":
                with suppress(ProcessError):  # the state shows that it is still there
                    instances.cancel(self.runtime, SYSTEM, record.id, "the start failed")

    def complete(self, task: str, variables: Mapping[str, Any]) -> None:
        wanted = task_store.TaskFilter(element_id=task, state="open")
        with self.runtime.database.reading() as tx:
            found = task_store.list_tasks(tx, wanted, PageRequest(limit=1, sort="createdAt")).items
        if not found:
            raise StepFailed(f"no task {task} is open")
        self._step(lambda: tasks.complete(self.runtime, SYSTEM, found[0].id, variables))

    def message(self, name: str, variables: Mapping[str, Any], activity: str | None, index: int) -> None:
        if activity is not None:
            self._deliver(activity, index, variables, name)
            return
        request = messages.MessageRequest(name, variables=variables, ttl_seconds=0)
        self._step(lambda: self._publish(request))

    def _publish(self, request: messages.MessageRequest) -> None:
        record = messages.publish(self.runtime, SYSTEM, request)
        if record.state in ("waiting", "expired"):
            raise StepFailed(record.reason)

    def trigger(self, activity: str) -> None:
        """To a receive task, whether it names a message or not."""
        found = [v for v in self.state().visits if (v.element_id, v.state) == (activity, "active")]
        receiving = [v for v in found if v.element_type == "receiveTask"]
        if not receiving:
            raise StepFailed(f"{activity} does not wait")
        instance_id, token = UUID(receiving[0].instance), receiving[0].token
        s = SubscriptionRow
        with self.runtime.database.reading() as tx:
            name = tx.execute(select(s.name).where(s.instance_id == instance_id, s.token == token)).scalar() or ""
        move = step.Move(DeliverMessage(token, name), SYSTEM.name)
        self._step(lambda: step.run(self.runtime, instance_id, move))

    def _deliver(self, activity: str, index: int, variables: Mapping[str, Any], name: str | None = None) -> None:
        """To the one subscription that is meant, past correlation, as an operator may."""
        s = SubscriptionRow
        wanted = select(s.instance_id, s.token, s.name).where(s.element_id == activity, s.kind == "message")
        if name is not None:
            wanted = wanted.where(s.name == name)
        with self.runtime.database.reading() as tx:
            found = sorted(tx.execute(wanted), key=lambda row: (tree_of(row.instance_id), row.token))
        if index >= len(found):
            raise StepFailed(f"{activity} does not wait for a message")
        instance_id, token, its_name = found[index]
        move = step.Move(DeliverMessage(token, its_name, variables), SYSTEM.name)
        self._step(lambda: step.run(self.runtime, instance_id, move))

    def signal(self, name: str) -> None:
        request = signals.SignalRequest(name)
        self._step(lambda: signals.broadcast(self.runtime, SYSTEM, request))

    def set_variables(self, variables: Mapping[str, Any]) -> None:
        for record in self._roots():
            if record.state == "active":
                self._step(partial(instances.change_variables, self.runtime, SYSTEM, record.id, variables))

    # -- time
    def fire_timer(self, activity: str) -> None:
        """The clock goes to where this timer is due. Others that are due by then stay until `advance`."""
        with self.runtime.database.reading() as tx:
            timers = _all(tx, job_store.list_jobs, job_store.JobFilter(queue=job_store.TIMER))
        due = [job.due_at for job in timers if job.element_id == activity]
        if not due:
            raise StepFailed(f"no timer {activity} is set")
        self.clock.now = max(self.clock.now, due[0])
        claimed = self._claim({job_store.TIMER}, MAX_LIMIT)
        chosen = next(job for job in claimed if job.job.element_id == activity)
        jobs.give_back(self.runtime, [job for job in claimed if job is not chosen])
        self._step(partial(self.worker.run, chosen))

    def advance(self, seconds: float) -> None:
        end = self.clock.now + timedelta(seconds=seconds)
        for _ in range(MOST_JOBS):
            with self.runtime.database.reading() as tx:
                due = job_store.next_due(tx)
            if due is None or due > end:
                break
            self.clock.now = max(self.clock.now, due)
            (timer,) = self._claim({job_store.TIMER}, 1)
            self._step(partial(self.worker.run, timer))
        else:
            raise StepFailed(f"more than {MOST_JOBS} timers within {seconds} s")
        self.clock.now = max(self.clock.now, end)

    # -- running to rest
    def _step(self, work: Callable[[], object]) -> None:
        """Do something, then every job that needs neither person nor time. Raises StepFailed, also for incidents."""
        before = {incident["id"] for incident in self._incidents()}
        self.runtime.live.clear()
        try:
            work()
            self._run_jobs()
        except ProcessError as error:
            raise StepFailed(error.message) from error
        new = [incident for incident in self._incidents() if incident["id"] not in before]
        if new:
            raise StepFailed(f"incident at {new[0]['elementId']}: {new[0]['message']}")

    def _run_jobs(self) -> None:
        for _ in range(MOST_JOBS):
            queues = {job_store.ENGINE, *map(job_store.topic_queue, self.handlers.known)}
            claimed = self._claim(queues, 1)
            if not claimed:
                return
            self.runtime.live.clear()
            self.worker.run(claimed[0])
        raise StepFailed(f"not at rest after {MOST_JOBS} jobs")

    def _claim(self, queues: set[str], limit: int) -> list[Claimed]:
        lease = Lease("conformance", LEASE_S, frozenset(queues))
        return jobs.claim(self.runtime, lease, limit)

    # -- what is recorded
    def state(self) -> State:
        records = self._instances()
        return State(
            self.clock.now,
            tuple(
                Run(str(r.id), r.key, r.state, r.end_reason, variables, called=r.parent_id is not None)
                for r in records
                for variables in [instances.variables(self.runtime, SYSTEM, r.id)]
            ),
            tuple(visit for record in records for visit in self._visits(record)),
            tuple(self._incidents()),
        )

    def _instances(self) -> list[InstanceRecord]:
        """Also the called ones, in the order in which they began."""
        with self.runtime.database.reading() as tx:
            found = _all(tx, instance_store.list_instances, instance_store.InstanceFilter(called=None))
        return sorted(found, key=lambda record: (record.started_at, record.root_id, record.call))

    def _roots(self) -> list[InstanceRecord]:
        return [record for record in self._instances() if record.parent_id is None]

    def _visits(self, record: InstanceRecord) -> list[Visit]:
        with self.runtime.database.reading() as tx:
            found = _all(tx, history.list_activities, record.id)
        return [
            Visit(
                str(record.id),
                a.token,
                a.parent,
                a.element_id,
                a.element_type,
                a.state,
                a.waiting_for,
                a.started_at,
                a.ended_at,
                a.reason,
            )
            for a in found
        ]

    def _incidents(self) -> list[dict[str, str]]:
        with self.runtime.database.reading() as tx:
            found = _all(tx, incidents.list_incidents, incidents.IncidentFilter(state="open"))
        return [{"id": str(i.id), "elementId": i.element_id, "kind": i.kind, "message": i.message} for i in found]


def _all(tx: Tx, read: Callable[[Tx, Any, PageRequest], Page[T]], wanted: Any) -> list[T]:
    """Every page of a list."""
    found: list[T] = []
    cursor = None
    while True:
        page = read(tx, wanted, PageRequest(limit=MAX_LIMIT, cursor=cursor))
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found
