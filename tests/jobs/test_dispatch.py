"""The threads of one process: woken by commits, limited, replaced, stopped gracefully."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.installation import DATABASES, Installation, Policy, bpmn, database, flow, installation

from stellwerk.jobs import Executor
from stellwerk.jobs.owner import Owner
from stellwerk.store.records import JobRecord
from stellwerk.usecases import jobs

PATIENCE_S = 60
CHARGE = bpmn(
    "charge",
    """<bpmn:startEvent id="start"/><bpmn:serviceTask id="pay" camunda:type="external" camunda:topic="pay"/>
    <bpmn:serviceTask id="book" camunda:type="external" camunda:topic="book"/><bpmn:endEvent id="end"/>"""
    + flow("start", "pay", "book", "end"),
)


@pytest.fixture(params=DATABASES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, str]]:
    with database(request.param) as url:
        yield tmp_path, url


@pytest.fixture
def home(place: tuple[Path, str]) -> Iterator[Installation]:
    with installation(*place, poll=0.05, workers=2) as made:
        made.handlers.functions |= {"pay": done, "book": done}
        made.deploy(CHARGE)
        yield made


def done(job: JobRecord, values: Mapping[str, Any]) -> None:
    """A handler with nothing to do."""


class Ended:
    """Wakes the test when instances have ended."""

    def __init__(self, home: Installation) -> None:
        self._home, self._changed = home, threading.Event()
        home.rt.committed.append(lambda id: self._changed.set())

    def wait(self, ids: list[UUID], state: str = "completed") -> None:
        self.until(lambda: all(self._home.read(id).state == state for id in ids))

    def until(self, is_so: Callable[[], bool]) -> None:
        for _ in range(PATIENCE_S * 10):
            self._changed.clear()
            if is_so():
                return
            self._changed.wait(0.1)
        raise AssertionError("it did not happen")


def test_threads_run_jobs_as_soon_as_they_are_committed(home: Installation) -> None:
    ended = Ended(home)
    executor = Executor(home.rt)
    executor.start()
    try:
        ids = [home.start("charge") for _ in range(10)]
        ended.wait(ids)
    finally:
        executor.stop()
    assert len(home.handlers.calls) == 20
    assert all(job.attempt == 1 for _, job in home.handlers.calls)


def test_stopping_gives_back_what_has_not_begun_and_lets_running_handlers_finish(home: Installation) -> None:
    home.rt.settings = replace(home.rt.settings, workers=1)
    begun, go = threading.Event(), threading.Event()

    def slow(job: JobRecord, values: Mapping[str, Any]) -> None:
        begun.set()
        go.wait(PATIENCE_S)

    home.handlers.functions["pay"] = slow
    ids = [home.start("charge") for _ in range(3)]
    executor = Executor(home.rt)
    executor.start()
    assert begun.wait(PATIENCE_S)
    stopping = threading.Thread(target=executor.stop)
    stopping.start()
    go.set()
    stopping.join(PATIENCE_S)
    waiting = [job for id in ids for job in home.jobs(id)]
    assert all(job.owner is None and job.next_at <= home.clock.now for job in waiting)
    home.handlers.functions["pay"] = done
    home.run_due()
    assert [home.read(id).state for id in ids] == ["completed"] * 3


def test_a_handler_that_does_not_end_in_time_gives_its_job_back_at_the_stop(home: Installation) -> None:
    begun, go = threading.Event(), threading.Event()

    def stuck(job: JobRecord, values: Mapping[str, Any]) -> None:
        begun.set()
        go.wait(PATIENCE_S)

    home.handlers.functions["pay"] = stuck
    id = home.start("charge")
    executor = Executor(home.rt, grace_s=0.05)
    executor.start()
    assert begun.wait(PATIENCE_S)
    executor.stop()
    assert [job.owner for job in home.jobs(id)] == [None]
    go.set()
    home.handlers.functions["pay"] = done
    home.run_due()
    assert home.read(id).state == "completed"


def test_a_handler_that_hangs_loses_its_slot_and_others_go_on(home: Installation) -> None:
    """One thread, one handler that never returns: a second thread takes its place, the try counts as failed."""
    home.rt.settings = replace(home.rt.settings, workers=1, lease=1.0)
    go = threading.Event()

    def hang(job: JobRecord, values: Mapping[str, Any]) -> dict[str, Any]:
        go.wait(PATIENCE_S)
        return {"late": True}

    home.handlers.functions["pay"] = hang
    home.handlers.policies["pay"] = Policy(tries=1, max_seconds=0.1)
    ended = Ended(home)
    executor = Executor(home.rt)
    executor.start()
    try:
        stuck = home.start("charge")
        ended.until(lambda: home.read(stuck).incident_count == 1)
        assert "longer than 0.1 s" in home.incidents()[0].message
        home.handlers.functions["pay"] = done
        other = home.start("charge")
        ended.wait([other])
        go.set()
        ended.until(lambda: ("late", 1) in home.attempts(stuck))
    finally:
        go.set()
        executor.stop()
    assert home.read(stuck).state == "active"
    assert home.variables(stuck) == {}


def test_two_processes_on_one_database_share_the_work_and_do_nothing_twice(place: tuple[Path, str]) -> None:
    folder, url = place
    with (
        installation(folder, url, poll=0.02, workers=2) as one,
        installation(folder, url, poll=0.02, workers=2) as other,
    ):
        effects: list[str] = []
        for node in (one, other):
            for topic in ("pay", "book"):
                node.handlers.functions[topic] = lambda job, values: effects.append(f"{job.instance_id}:{job.token}")
        one.deploy(CHARGE)
        ended = Ended(one)
        executors = [Executor(one.rt), Executor(other.rt)]
        for executor in executors:
            executor.start()
        try:
            ids = [node.start("charge") for _ in range(15) for node in (one, other)]
            ended.wait(ids)
        finally:
            for executor in executors:
                executor.stop()
        assert len(effects) == len(set(effects)) == 60


def test_a_job_of_a_topic_that_only_another_process_knows_is_left_to_it(place: tuple[Path, str]) -> None:
    folder, url = place
    with installation(folder, url) as one, installation(folder, url) as other:
        one.handlers.functions["pay"] = done
        other.handlers.functions["book"] = done
        one.deploy(CHARGE)
        id = one.start("charge")
        assert other.run_due() == 0
        assert one.run_due() == 1
        assert one.run_due() == 0
        assert other.run_due() == 1
        assert one.read(id).state == "completed"


def test_a_restarted_process_frees_at_once_what_its_dead_predecessor_held(home: Installation) -> None:
    id = home.start("charge")
    owner = Owner(home.rt.settings.data)
    from stellwerk.store.jobs import Lease

    assert len(jobs.claim(home.rt, Lease(owner.name, 3600, frozenset({"topic:pay"})), 5)) == 1
    owner.release()  # the system does that when a process dies
    ended = Ended(home)
    executor = Executor(home.rt)
    executor.start()
    try:
        ended.wait([id])
    finally:
        executor.stop()


# -- who a process is
def test_living_processes_on_one_folder_have_different_names_and_successors_the_same(tmp_path: Path) -> None:
    first, second = Owner(tmp_path), Owner(tmp_path)
    assert first.name != second.name
    assert list(first.dead()) == [first.name]
    name = second.name
    second.release()
    assert list(first.dead()) == [first.name, name]
    third = Owner(tmp_path)
    assert third.name == name
    assert list(first.dead()) == [first.name]
    first.release()
    third.release()
