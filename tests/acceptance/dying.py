"""A worker process that dies at a chosen point, as by `kill -9`: no farewell, no clean-up."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.installation import ADMIN, Policy, Scripts, bpmn, flow

from stellwerk.app import create_runtime
from stellwerk.jobs import run_due
from stellwerk.jobs.owner import Owner
from stellwerk.settings import Settings
from stellwerk.store.db import Database, Tx
from stellwerk.store.instances import InstanceFilter, count_instances
from stellwerk.store.records import JobRecord
from stellwerk.usecases import definitions, instances, jobs
from stellwerk.usecases.instances import StartRequest
from stellwerk.usecases.runtime import Runtime

PATIENCE_S = 60.0


@dataclass(frozen=True)
class Point:
    """The `number`th time that the process comes to `place`."""

    place: str
    number: int


PLACES = ("transaction", "before commit", "after commit", "before effect", "after effect")


class Fate:
    """Counts how often a place was passed, and ends the process when its point is reached."""

    def __init__(self, point: Point | None) -> None:
        self._point = point
        self.passed = dict.fromkeys(PLACES, 0)

    def pass_by(self, place: str) -> None:
        self.passed[place] += 1
        if self._point == Point(place, self.passed[place]):
            os.kill(os.getpid(), signal.SIGKILL)
            signal.pause()


class DyingDatabase(Database):
    """The database as this process sees it until its end."""

    def __init__(self, real: Database, fate: Fate) -> None:
        super().__init__(real.writer, real.reader)
        self._fate = fate

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        with super().transaction() as tx:
            self._fate.pass_by("transaction")
            yield tx
            self._fate.pass_by("before commit")
        self._fate.pass_by("after commit")


class Ledger:
    """The world outside: effects that handlers had, in a file that no transaction of ours can undo."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, key: str) -> None:
        with self._path.open("a") as file:
            file.write(key + "\n")

    def read(self) -> list[str]:
        return self._path.read_text().split() if self._path.exists() else []


class Effects:
    """Handlers for every topic of the scenario: each writes its idempotency key into the ledger."""

    def __init__(self, ledger: Ledger, fate: Fate) -> None:
        self._ledger, self._fate = ledger, fate

    def topics(self) -> frozenset[str]:
        return frozenset("abcd")

    def policy(self, topic: str) -> Policy | None:
        return Policy()

    def run(self, topic: str, job: JobRecord, values: Mapping[str, Any]) -> Any:
        self._fate.pass_by("before effect")
        self._ledger.write(f"{topic}:{job.instance_id}:{job.token}")
        self._fate.pass_by("after effect")
        return {f"done_{topic}": values.get(f"done_{topic}", 0) + 1}


def service(topic: str) -> str:
    return f'<bpmn:serviceTask id="{topic}" camunda:type="external" camunda:topic="{topic}"/>'


MESSAGES = '<bpmn:message id="q" name="question"/><bpmn:message id="r" name="reply"/>'
ASK = bpmn(
    "ask",
    f"""<bpmn:startEvent id="start"/>{service("a")}<bpmn:parallelGateway id="split"/>{service("b")}
    <bpmn:intermediateCatchEvent id="nap"><bpmn:timerEventDefinition><bpmn:timeDuration
      xsi:type="bpmn:tFormalExpression">PT0.05S</bpmn:timeDuration></bpmn:timerEventDefinition>
    </bpmn:intermediateCatchEvent><bpmn:parallelGateway id="join"/>
    <bpmn:callActivity id="call" calledElement="inner"><bpmn:extensionElements>
      <camunda:in businessKey="${{execution.processBusinessKey}}"/><camunda:out source="done_d" target="done_d"/>
    </bpmn:extensionElements></bpmn:callActivity><bpmn:sendTask id="send" messageRef="q"/>
    <bpmn:receiveTask id="wait" messageRef="r"/><bpmn:endEvent id="end"/>"""
    + flow("start", "a", "split", "b", "join", "call", "send", "wait", "end")
    + flow("split", "nap", "join"),
    extra=MESSAGES,
)
INNER = bpmn(
    "inner",
    f'<bpmn:startEvent id="called"/>{service("d")}<bpmn:endEvent id="back"/>' + flow("called", "d", "back"),
)
ANSWER = bpmn(
    "answer",
    f"""<bpmn:startEvent id="asked"><bpmn:messageEventDefinition messageRef="q"/></bpmn:startEvent>{service("c")}
    <bpmn:endEvent id="answered"><bpmn:messageEventDefinition messageRef="r"/></bpmn:endEvent>"""
    + flow("asked", "c", "answered"),
    extra=MESSAGES,
)


def open_runtime(folder: Path, url: str, fate: Fate) -> Runtime:
    settings = Settings(data=folder, database_url=url, lease=0.3)
    rt = create_runtime(settings, sandbox=Scripts(), handlers=Effects(Ledger(folder / "ledger"), fate))
    rt.database = DyingDatabase(rt.database, fate)
    return rt


def prepare(folder: Path, url: str) -> None:
    """Deploy the scenario."""
    rt = open_runtime(folder, url, Fate(None))
    models = {"ask.bpmn": ASK, "answer.bpmn": ANSWER, "inner.bpmn": INNER}
    definitions.deploy(rt, ADMIN, [(name, xml.encode()) for name, xml in models.items()])
    rt.close()


def live(folder: Path, url: str, case: str, fate: Fate) -> None:
    """Start the case unless it is there, and work until both of its roots have ended."""
    rt = open_runtime(folder, url, fate)
    owner = Owner(folder)
    for dead in owner.dead():
        jobs.give_back_all(rt, dead)
    if _count(rt, InstanceFilter(definition_key="ask", business_key=case)) == 0:
        instances.start(rt, ADMIN, StartRequest("ask", business_key=case))
    until = time.monotonic() + PATIENCE_S
    while _count(rt, InstanceFilter(state="completed", business_key=case)) < 2 and time.monotonic() < until:
        if run_due(rt, owner.name) == 0:
            time.sleep(0.06)
    owner.release()
    rt.close()


def _count(rt: Runtime, wanted: InstanceFilter) -> int:
    with rt.database.reading() as tx:
        return count_instances(tx, wanted)


def in_child(work: Callable[[], None]) -> int:
    """Run in a process of its own; return how it ended: 0, or minus the signal that killed it."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def points(passed: Mapping[str, int]) -> list[Point]:
    """Every point that an undisturbed life passed."""
    return [Point(place, number) for place in PLACES for number in range(1, passed[place] + 1)]
