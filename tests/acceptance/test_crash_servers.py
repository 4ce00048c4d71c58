"""Real `stellwerk serve` processes: one is killed in the middle of a handler, and the work goes on."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.installation import database
from tests.servers import Server, environment, serving

PATIENCE_S = 60.0
HANDLERS = '''
import time
from pathlib import Path
import stellwerk

HERE = Path(__file__).parent


@stellwerk.service("slow")
def slow(job: stellwerk.Job) -> dict:
    """Writes down each call; the first one of each key never ends, until its process is killed."""
    with (HERE / "ledger").open("a") as ledger:
        ledger.write(job.idempotency_key + chr(10))
    first = HERE / ("first-" + job.idempotency_key.replace(":", "-"))
    if (HERE / "hang").exists() and not first.exists():
        first.touch()
        time.sleep(3600)
    return {"done": True}
'''
PROCESS = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="http://stellwerk.example/test">
<bpmn:process id="slow" isExecutable="true">
<bpmn:startEvent id="start"/><bpmn:serviceTask id="work" camunda:type="external" camunda:topic="slow"/>
<bpmn:endEvent id="end"/>
<bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="work"/>
<bpmn:sequenceFlow id="f2" sourceRef="work" targetRef="end"/>
</bpmn:process></bpmn:definitions>"""


class Client:
    """What a program does with one server."""

    def __init__(self, server: Server, token: str) -> None:
        self._url = f"{server.url}/api/v1"
        self._headers = {"Authorization": f"Bearer {token}"}

    def deploy(self) -> None:
        files = [("files", ("slow.bpmn", PROCESS.encode(), "application/xml"))]
        answer = httpx.post(f"{self._url}/deployments", files=files, headers=self._headers, timeout=30)
        assert answer.status_code == 201, answer.text

    def start(self, **more: Any) -> dict[str, Any]:
        wanted = {"definitionKey": "slow", **more}
        answer = httpx.post(f"{self._url}/instances", json=wanted, headers=self._headers, timeout=30)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def instance(self, id: str) -> dict[str, Any]:
        return dict(httpx.get(f"{self._url}/instances/{id}", headers=self._headers, timeout=30).json())

    def until_ended(self, ids: list[str]) -> None:
        until(lambda: all(self.instance(id)["state"] == "completed" for id in ids))


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def token(folder: Path, **settings: str) -> str:
    command = [sys.executable, "-m", "stellwerk", "token", "create", "--name", "test", "--role", "administrator"]
    env = environment(folder, 1, **settings)
    return subprocess.run(command, env=env, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def handlers(tmp_path: Path) -> Path:
    path = tmp_path / "handlers" / "handlers.py"
    path.parent.mkdir()
    path.write_text(HANDLERS)
    return path


def ledger(handlers: Path) -> Counter[str]:
    path = handlers.parent / "ledger"
    return Counter(path.read_text().split()) if path.exists() else Counter()


def test_a_server_that_is_killed_in_a_handler_goes_on_after_its_restart(tmp_path: Path, handlers: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    settings = {"STELLWERK_HANDLERS": str(handlers), "STELLWERK_LEASE": "3600"}
    secret = token(folder, **settings)
    hang = handlers.parent / "hang"
    hang.touch()
    with serving(folder, settings=settings) as server:
        client = Client(server, secret)
        client.deploy()
        ids = [client.start()["id"] for _ in range(3)]
        until(lambda: len(ledger(handlers)) == 3)
        assert not client.instance(ids[0])["settled"]
        server.kill()
    with serving(folder, settings=settings) as server:
        # Its leases would last for an hour; it knows that they were its own.
        Client(server, secret).until_ended(ids)
    assert sorted(ledger(handlers).values()) == [2, 2, 2]


@pytest.fixture
def shared() -> Iterator[str]:
    with database("postgresql") as url:
        yield url


@pytest.mark.postgresql
def test_two_servers_on_one_database_and_one_of_them_dies(tmp_path: Path, handlers: Path, shared: str) -> None:
    settings = {"STELLWERK_HANDLERS": str(handlers), "STELLWERK_DATABASE_URL": shared, "STELLWERK_LEASE": "2"}
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    secret = token(first, **settings)
    hang = handlers.parent / "hang"
    with serving(first, settings=settings) as one, serving(second, settings=settings) as other:
        here, there = Client(one, secret), Client(other, secret)
        here.deploy()
        ids = [client.start()["id"] for _ in range(10) for client in (here, there)]
        there.until_ended(ids)
        here.until_ended(ids)
        assert set(ledger(handlers).values()) == {1}
        # What one server's worker moves, a client that waits at the other one learns.
        assert here.start(awaitSeconds=20)["state"] == "completed"
        hang.touch()
        stuck = [here.start()["id"] for _ in range(2)]
        until(lambda: len(ledger(handlers)) == 23)
        one.kill()
        hang.unlink()
        there.until_ended(stuck)
    assert os.path.exists(second / "server.log")
