"""Data stores: what instances share, on each database."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from threading import Thread, current_thread, main_thread

from tests.installation import Installation, installation

from stellwerk import engine
from stellwerk.engine import Budget, Definition, Host, Outcome, Snapshot, Stored
from stellwerk.engine.commands import Command
from stellwerk.store import stores
from stellwerk.store.stores import Written

COUNT = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
<process id="count" isExecutable="true"><dataStoreReference id="store" name="Orders"/>
<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="t"/><task id="t"><dataOutputAssociation id="do">
<sourceRef>store</sourceRef><targetRef>store</targetRef><transformation>(Orders or 0) + 1</transformation>
</dataOutputAssociation></task>
<endEvent id="e"/><sequenceFlow id="g" sourceRef="t" targetRef="e"/></process></definitions>"""


class Interrupted:
    """The engine, and somebody who comes between a step and its commit, once."""

    compile_bpmn = staticmethod(engine.compile_bpmn)
    read_variables = staticmethod(engine.read_variables)
    read_scopes = staticmethod(engine.read_scopes)
    other: Installation | None = None

    def execute(
        self, definition: Definition, snapshot: Snapshot, command: Command, now: datetime, host: Host, budget: Budget
    ) -> Outcome:
        outcome = engine.execute(definition, snapshot, command, now, host, budget)
        other, self.other = self.other, None
        if other is not None:
            other.start("count")
        return outcome


class Pushed(Interrupted):
    """The engine, and somebody in the same process who tries to come between, each time; he may have to wait."""

    home: Installation | None = None
    tries = 0

    def __init__(self) -> None:
        self.threads: list[Thread] = []

    def execute(
        self, definition: Definition, snapshot: Snapshot, command: Command, now: datetime, host: Host, budget: Budget
    ) -> Outcome:
        outcome = engine.execute(definition, snapshot, command, now, host, budget)
        if self.home is not None and current_thread() is main_thread():
            self.tries += 1
            self.threads.append(Thread(target=self.home.start, args=("count",)))
            self.threads[-1].start()
            self.threads[-1].join(0.5 if self.tries > 1 else 30)
        return outcome


def stored(home: Installation, name: str = "Orders") -> Stored:
    with home.rt.database.reading() as tx:
        return stores.read(tx, name)


def test_a_counter_in_a_store_loses_nothing_when_two_instances_count_at_once(place: tuple[Path, str]) -> None:
    meddler = Interrupted()
    with installation(*place, bpmn=meddler) as home, installation(*place) as other:
        home.deploy(COUNT)
        home.start("count")
        assert stored(home) == Stored(1, 1)
        meddler.other = other
        home.start("count")
        assert stored(home) == Stored(3, 3)


def test_who_has_lost_a_store_is_next(place: tuple[Path, str]) -> None:
    meddler = Pushed()
    with installation(*place, bpmn=meddler) as home:
        home.deploy(COUNT)
        meddler.home = home
        home.start("count")
        for thread in meddler.threads:
            thread.join()
        assert meddler.tries == 2
        assert stored(home).value == 3


def test_a_first_value_is_written_once(place: tuple[Path, str]) -> None:
    meddler = Interrupted()
    with installation(*place, bpmn=meddler) as home, installation(*place) as other:
        home.deploy(COUNT)
        meddler.other = other
        home.start("count")
        assert stored(home) == Stored(2, 2)


def test_who_has_not_looked_writes_last(place: tuple[Path, str]) -> None:
    with installation(*place) as home:
        assert stored(home, "x") == Stored(None, 0)
        for value in ({"a": [1, None]}, "later"):
            with home.rt.database.transaction() as tx:
                assert stores.write(tx, {"x": Written(value, None)}, home.rt.database.now(tx), "me")
        assert stored(home, "x") == Stored("later", 2)
        with home.rt.database.transaction() as tx:
            assert not stores.write(tx, {"x": Written("old", 1)}, home.rt.database.now(tx), "me")
            assert not stores.write(tx, {"x": Written("first", 0)}, home.rt.database.now(tx), "me")
        assert stored(home, "x") == Stored("later", 2)
