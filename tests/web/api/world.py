"""An application without pages, workers or sandbox, and people who talk to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

import stellwerk.engine
from stellwerk.engine import ScriptResult
from stellwerk.errors import ScriptFailed
from stellwerk.settings import Settings
from stellwerk.store import migrations
from stellwerk.store.db import init_db
from stellwerk.store.tables import metadata
from stellwerk.usecases import accounts
from stellwerk.usecases.access import SYSTEM
from stellwerk.usecases.accounts import NewUser
from stellwerk.usecases.runtime import Runtime
from stellwerk.web import auth, wiring

NOBODYS_ID = "01990000-0000-7000-8000-000000000000"
BOUNDARY = "----between-the-files"
PASSWORD = "three blue signals"
BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"

# Rows that change because somebody looks: not because something was done.
ACCESS_TABLES = {"session", "api_token", "user_account", "sign_in_link", "idempotency"}


class NoSandbox:
    def run_script(self, source: str, variables: Mapping[str, Any]) -> ScriptResult:
        raise ScriptFailed("there is no sandbox in this test")

    def evaluate(self, source: str, variables: Mapping[str, Any]) -> Any:
        raise ScriptFailed("there is no sandbox in this test")

    def close(self) -> None:
        pass


class OneTopic:
    def topics(self) -> frozenset[str]:
        return frozenset({"charge-card"})

    def describe(self) -> list[dict[str, Any]]:
        return [{"topic": "charge-card", "description": "Charges a card."}]


def process(key: str, *elements: str) -> bytes:
    """A file with one executable process. Elements are joined as they are."""
    body = "".join(elements)
    return (
        f'<definitions xmlns="{BPMN}" xmlns:camunda="{CAMUNDA}" targetNamespace="t" id="defs">'
        f'<process id="{key}" name="{key.title()}" isExecutable="true">{body}</process></definitions>'
    ).encode()


def multipart(part: str, *files: tuple[str, bytes]) -> bytes:
    """A body by hand: werkzeug's own leaves its temporary file open."""
    body = b""
    for name, content in files:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{part}"; filename="{name}"\r\n\r\n'
        body += head.encode() + content + b"\r\n"
    return body + f"--{BOUNDARY}--\r\n".encode()


def flow(*ids: str) -> str:
    """Sequence flows from each element to the next."""
    pairs = pairwise(ids)
    return "".join(f'<sequenceFlow id="{a}-{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in pairs)


ORDER = process(
    "order",
    '<startEvent id="start"/><userTask id="pack" name="Pack"/><endEvent id="end"/>',
    flow("start", "pack", "end"),
)
STRAIGHT = process("straight", '<startEvent id="start"/><endEvent id="end"/>', flow("start", "end"))
FOR_WAREHOUSE = process(
    "store",
    '<startEvent id="start"/><userTask id="pack" name="Pack" camunda:candidateGroups="warehouse"/><endEvent id="end"/>',
    flow("start", "pack", "end"),
)
CHARGE = process(
    "charge",
    '<startEvent id="start"/><serviceTask id="pay" name="Pay" camunda:topic="charge-card" camunda:type="external"/>'
    '<endEvent id="end"/>',
    flow("start", "pay", "end"),
)
BROKEN = process("broken", '<startEvent id="start"/><sequenceFlow id="f" sourceRef="start" targetRef="nowhere"/>')


@dataclass
class Person:
    """A client that signs its requests. `path` is below /api/v1."""

    client: FlaskClient
    headers: dict[str, str] = field(default_factory=dict)

    def _ask(self, method: str, path: str, headers: Mapping[str, str], **parts: Any) -> TestResponse:
        address = path if path.startswith("//") else f"/api/v1{path}"
        sent = {**self.headers, **headers}
        return self.client.open(address.replace("//", "/", 1), method=method, headers=sent, **parts)

    def get(self, path: str, **headers: str) -> TestResponse:
        return self._ask("GET", path, headers)

    def post(self, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> TestResponse:
        return self._ask("POST", path, headers or {}, json={} if body is None else body)

    def put(self, path: str, body: Any, **headers: str) -> TestResponse:
        return self._ask("PUT", path, {name.replace("_", "-"): value for name, value in headers.items()}, json=body)

    def delete(self, path: str) -> TestResponse:
        return self._ask("DELETE", path, {})

    def send(self, method: str, path: str, data: bytes, content_type: str | None, **headers: str) -> TestResponse:
        return self._ask(method, path, headers, data=data, content_type=content_type)

    def upload(
        self, *files: tuple[str, bytes], path: str = "/deployments", headers: Mapping[str, str] | None = None
    ) -> TestResponse:
        return self.send(
            "POST", path, multipart("files", *files), f"multipart/form-data; boundary={BOUNDARY}", **(headers or {})
        )

    def deploy(self, content: bytes) -> dict[str, Any]:
        """Deploy one process; its definition."""
        answer = self.upload(("a.bpmn", content))
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json["definitions"][0]
        return found

    def start(self, key: str, **parts: Any) -> dict[str, Any]:
        answer = self.post("/instances", {"definitionKey": key, **parts})
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json
        return found

    def task_of(self, instance: Mapping[str, Any]) -> dict[str, Any]:
        """The first open task of an instance."""
        found = self.post("/tasks/search", {"filter": {"instanceId": instance["id"], "state": "open"}})
        task: dict[str, Any] = found.json["items"][0]
        return task


@dataclass
class World:
    app: Flask
    runtime: Runtime

    def administrator(self) -> Person:
        return self.program("robot", "administrator")

    def program(self, name: str, role: str, *groups: str) -> Person:
        """Somebody with a fresh API token."""
        secret = accounts.create_token(self.runtime, SYSTEM, name, role, groups=groups)
        return Person(self.app.test_client(), {"Authorization": f"Bearer {secret}"})

    def stranger(self) -> Person:
        return Person(self.app.test_client())

    def person(self, name: str, *groups: str, role: str = "user") -> Person:
        """Somebody in a browser: a session cookie and its CSRF token."""
        new = NewUser(name, roles=frozenset({role}), groups=frozenset(groups))
        accounts.create_user(self.runtime, SYSTEM, new)
        accounts.set_password(self.runtime, SYSTEM, name, PASSWORD)
        issued = accounts.sign_in(self.runtime, name, PASSWORD)
        session = accounts.principal_of_session(self.runtime, issued.token)
        assert session is not None
        client = self.app.test_client()
        client.set_cookie(auth.COOKIE, issued.token)
        return Person(client, {"X-CSRF-Token": session.csrf_token})

    def rows(self) -> dict[str, int]:
        """How many rows each table has, except those that say who was here."""
        with self.runtime.database.reading() as tx:
            return {
                name: tx.execute(select(func.count()).select_from(table)).scalar_one()
                for name, table in metadata.tables.items()
                if name not in ACCESS_TABLES
            }

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """What happens in the block must not add or remove a row."""
        before = self.rows()
        yield
        assert self.rows() == before


def make_world(folder: Path, **settings: Any) -> World:
    """An application of its own on the database in `folder`, or that of `database_url`."""
    app = Flask("stellwerk.web")
    chosen = Settings(data=folder, **settings)
    database = init_db(app, chosen)
    migrations.upgrade(database)
    runtime = Runtime(chosen, database, stellwerk.engine, NoSandbox(), OneTopic())
    wiring.register_api(app, runtime)
    return World(app, runtime)
