"""One key, one effect, one answer: repeated, at once, after an error, and after a crash."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from tests.installation import DATABASES, database

from stellwerk.store import idempotency as store
from stellwerk.store.idempotency import Claim, Kept

from .world import ORDER, STRAIGHT, Person, World, make_world

KEY = {"Idempotency-Key": "k-1"}
START = {"definitionKey": "order", "variables": {"n": 1}}


@pytest.fixture(params=DATABASES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with database(request.param) as url:
        made = make_world(tmp_path, database_url=url)
        yield made
        made.runtime.close()


def instances_of(person: Person) -> int:
    return len(person.post("/instances/search").json["items"])


def test_the_same_request_again_has_one_effect_and_the_same_answer(admin: Person) -> None:
    admin.deploy(ORDER)
    first = admin.post("/instances", START, KEY)
    second = admin.post("/instances", START, KEY)
    assert (second.status_code, second.data) == (201, first.data)
    assert second.headers["Location"] == first.headers["Location"]
    assert second.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert instances_of(admin) == 1


def test_an_awaited_start_is_replayed_with_its_wait(admin: Person) -> None:
    admin.deploy(STRAIGHT)
    body = {"definitionKey": "straight", "awaitSeconds": 5, "variables": {"n": 1}}
    first, second = (admin.post("/instances", body, KEY) for _ in range(2))
    assert first.json == second.json
    assert (second.json["settled"], second.json["variables"]) == (True, {"n": 1})
    assert instances_of(admin) == 1


@pytest.mark.parametrize("body", [{"definitionKey": "order"}, {**START, "variables": {"n": 2}}])
def test_another_request_with_the_same_key_is_a_conflict(admin: Person, body: Any) -> None:
    admin.deploy(ORDER)
    admin.post("/instances", START, KEY)
    other = admin.post("/instances", body, KEY)
    assert (other.status_code, other.json["code"]) == (409, "idempotency-conflict")
    elsewhere = admin.post("/messages", START, KEY)
    assert elsewhere.status_code in (409, 422)
    assert instances_of(admin) == 1


def test_a_key_belongs_to_one_principal(world: World, admin: Person) -> None:
    admin.deploy(ORDER)
    anna = world.person("anna")
    assert admin.post("/instances", START, KEY).json["id"] != anna.post("/instances", START, KEY).json["id"]


def test_after_an_error_the_key_may_be_used_again(admin: Person) -> None:
    assert admin.post("/instances", START, KEY).status_code == 404
    admin.deploy(ORDER)
    assert admin.post("/instances", START, KEY).status_code == 201


def test_files_with_another_boundary_are_the_same_request(admin: Person) -> None:
    first = admin.upload(("a.bpmn", ORDER), headers=KEY)
    body = b'--other\r\nContent-Disposition: form-data; name="files"; filename="a.bpmn"\r\n\r\n' + ORDER
    kind = "multipart/form-data; boundary=other"
    second = admin.send("POST", "/deployments", body + b"\r\n--other--\r\n", kind, **KEY)
    assert second.json == first.json
    assert second.headers["Idempotency-Replayed"] == "true"
    changed = admin.upload(("b.bpmn", ORDER), headers=KEY)
    assert changed.status_code == 409


@pytest.mark.parametrize("key", ["", "x" * 256, "é", "a\tb"])
def test_a_key_that_is_none_is_refused(world: World, admin: Person, key: str) -> None:
    admin.deploy(ORDER)
    with world.unchanged():
        answer = admin.post("/instances", START, {"Idempotency-Key": key})
    assert (answer.status_code, answer.json["code"]) == (400, "bad-request")


def test_many_at_once_have_one_effect(world: World, admin: Person) -> None:
    admin.deploy(ORDER)
    people = [Person(world.app.test_client(), admin.headers) for _ in range(8)]
    together = threading.Barrier(len(people))

    def start(person: Person) -> tuple[int, str]:
        together.wait()
        answer = person.post("/instances", START, KEY)
        return answer.status_code, answer.json.get("code", "")

    with ThreadPoolExecutor(len(people)) as pool:
        answers = set(pool.map(start, people))
    assert answers <= {(201, ""), (409, "idempotency-running")}
    assert (201, "") in answers
    assert instances_of(admin) == 1


def test_a_second_request_while_the_first_runs_is_told_to_wait(world: World, admin: Person) -> None:
    admin.deploy(ORDER)
    during: list[Any] = []

    def ask_again(_id: Any) -> None:
        if not during:
            during.append(None)
            with world.runtime.database.transaction() as tx:  # as if the first had not committed yet
                tx.execute(text("update idempotency set status = null"))
            during[0] = Person(world.app.test_client(), admin.headers).post("/instances", START, KEY)

    world.runtime.committed.append(ask_again)
    assert admin.post("/instances", START, KEY).status_code == 201
    assert (during[0].status_code, during[0].json["code"]) == (409, "idempotency-running")
    assert during[0].headers["Retry-After"] == "1"


class Killed(BaseException):
    """The process ends here: nothing that comes later in the request happens."""


def test_a_crash_after_the_commit_is_not_repeated(world: World, admin: Person) -> None:
    admin.deploy(ORDER)

    def end(_id: Any) -> None:
        raise Killed

    world.runtime.committed.append(end)
    with pytest.raises(Killed):
        admin.post("/instances", START, KEY)
    world.runtime.committed.remove(end)
    assert admin.post("/instances", START, KEY).json["code"] == "idempotency-running"  # its answer may still come
    with world.runtime.database.transaction() as tx:
        tx.execute(text("update idempotency set created_at = '2001-01-01 00:00:00.000000'"))
    again = admin.post("/instances", START, KEY)
    assert (again.status_code, again.json["code"]) == (409, "answer-lost")
    assert instances_of(admin) == 1


def test_a_crash_before_the_commit_may_be_repeated_when_the_lease_ends(world: World, admin: Person) -> None:
    admin.deploy(ORDER)
    assert admin.post("/instances", START, KEY).status_code == 201
    with world.runtime.database.transaction() as tx:  # what a process leaves that is killed before its commit
        tx.execute(text("update idempotency set status = null, answer = null"))
    assert admin.post("/instances", START, KEY).json["code"] == "idempotency-running"
    with world.runtime.database.transaction() as tx:
        tx.execute(text("update idempotency set expires_at = '2001-01-01 00:00:00.000000'"))
    assert admin.post("/instances", START, KEY).status_code == 201
    assert instances_of(admin) == 2


def test_who_lost_the_claim_cannot_commit(world: World, admin: Person) -> None:
    """The first request is so slow that its lease ends and a second one takes the key."""
    database = world.runtime.database
    with database.transaction() as tx:
        slow = store.take(tx, "anna", "k", "hash", database.now(tx))
        assert isinstance(slow, Claim)
        later = database.now(tx) + store.LEASE + store.LEASE
        assert isinstance(store.take(tx, "anna", "k", "hash", later), Claim)
    admin.deploy(ORDER)
    stop = store.working(slow)
    try:
        answer = admin.post("/instances", START)
    finally:
        stop()
    assert answer.status_code == 409
    assert instances_of(admin) == 0


def test_answers_are_kept_for_a_day(world: World, admin: Person) -> None:
    database = world.runtime.database
    admin.deploy(ORDER)
    admin.post("/instances", START, KEY)
    with database.transaction() as tx:
        now = database.now(tx)
        assert isinstance(store.take(tx, "token:robot", "k-1", "x", now + store.KEPT - store.LEASE), Kept)
        assert isinstance(store.take(tx, "token:robot", "k-1", "x", now + store.KEPT), Claim)
