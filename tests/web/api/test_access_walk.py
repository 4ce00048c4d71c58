"""Every route for every role, against the table of rights. A route without a rule or without a line here fails."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from stellwerk.usecases.access import RULES, Principal, may
from stellwerk.web.api.mounting import NOUNS
from stellwerk.web.api.routing import Operation

from .world import NOBODYS_ID, Person, World, make_world

OPERATIONS = [operation for noun in NOUNS for operation in noun.operations]
OPEN = {"/healthz", "/readyz", "/sign-in/link/<secret>", "/api/v1/openapi.json"}
SIGNED_IN = {"/api/v1/docs"}
OTHERWISE = {"/metrics"}  # test_health.py
DENIED = {401, 403}


def name_of(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("walk"))


@pytest.fixture(scope="module")
def people(world: World) -> dict[str, Person]:
    forged = world.person("carl", role="administrator")
    return {
        "stranger": world.stranger(),
        "user": world.person("anna"),
        "user token": world.program("shop", "user"),
        "administrator": world.person("root", role="administrator"),
        "administrator token": world.program("robot", "administrator"),
        "forged": Person(forged.client, {"X-CSRF-Token": "guessed"}),
        "foreign": Person(forged.client, {**forged.headers, "Origin": "https://evil.example"}),
    }


def ask(person: Person, operation: Operation) -> TestResponse:
    path = operation.path.replace("<id>", NOBODYS_ID)
    if operation.uploads:
        return person.upload(("a.bpmn", b"<x/>"), path=path)
    send: dict[str, Callable[[], TestResponse]] = {
        "GET": lambda: person.get(path),
        "DELETE": lambda: person.delete(path),
        "POST": lambda: person.post(path),
        "PUT": lambda: person.put(path, {}),
    }
    return send[operation.method]()


@pytest.mark.parametrize("operation", OPERATIONS, ids=name_of)
def test_strangers_are_asked_who_they_are(people: dict[str, Person], operation: Operation) -> None:
    answer = ask(people["stranger"], operation)
    assert (answer.status_code, answer.json["code"]) == (401, "not-signed-in")


@pytest.mark.parametrize("operation", OPERATIONS, ids=name_of)
@pytest.mark.parametrize("who", ["user", "user token"])
def test_users_get_as_far_as_the_table_says(people: dict[str, Person], operation: Operation, who: str) -> None:
    answer = ask(people[who], operation)
    rule = RULES[operation.access]
    if rule.seen_through is not None:  # about one instance or task: this one does not exist
        assert answer.status_code in (404, 422)
    elif may(Principal("anna", frozenset({"user"})), operation.access):
        assert answer.status_code not in DENIED
    else:
        assert (answer.status_code, answer.json["code"]) == (403, "not-permitted")


@pytest.mark.parametrize("operation", OPERATIONS, ids=name_of)
@pytest.mark.parametrize("who", ["administrator", "administrator token"])
def test_administrators_are_refused_nowhere(people: dict[str, Person], operation: Operation, who: str) -> None:
    answer = ask(people[who], operation)
    assert answer.status_code not in DENIED
    assert answer.status_code < 500


@pytest.mark.parametrize("operation", OPERATIONS, ids=name_of)
@pytest.mark.parametrize("who", ["forged", "foreign"])
def test_a_browser_that_was_tricked_changes_nothing(people: dict[str, Person], operation: Operation, who: str) -> None:
    answer = ask(people[who], operation)
    if operation.method == "GET":
        assert answer.status_code not in DENIED
    else:
        assert (answer.status_code, answer.json["code"]) == (403, "csrf")


def test_every_address_of_the_server_is_in_the_table(world: World) -> None:
    declared = {f"/api/v1{operation.path}" for operation in OPERATIONS}
    for rule in world.app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        assert rule.rule in declared | OPEN | SIGNED_IN | OTHERWISE, f"{rule.rule} has no rule of access"


@pytest.mark.parametrize("path", sorted(OPEN))
def test_open_addresses_are_open(world: World, path: str) -> None:
    answer = world.app.test_client().get(path.replace("<secret>", "x"))
    assert answer.status_code == (401 if "link" in path else 200)


def test_the_page_of_the_document_is_for_those_who_are_signed_in(people: dict[str, Person]) -> None:
    docs = people["stranger"].get("/docs")
    assert (docs.status_code, docs.location) == (302, "/sign-in?next=/api/v1/docs")


def test_tools_read_the_document_without_signing_in(people: dict[str, Person]) -> None:
    answer = people["stranger"].get("/openapi.json")
    assert (answer.status_code, answer.json["openapi"]) == (200, "3.1.0")


@pytest.mark.parametrize("path", ["//api/v1/openapi.json", "/api//v1/openapi.json", "/api/v1//instances//search"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_address_with_an_empty_segment_is_a_problem_and_no_redirect(world: World, path: str, method: str) -> None:
    answer = world.app.test_client().open(environ_overrides={"PATH_INFO": path}, method=method)
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    assert answer.json["code"] == "not-found"
    assert path in answer.json["detail"]


@pytest.mark.parametrize("operation", OPERATIONS, ids=name_of)
def test_other_methods_are_refused_with_those_that_work(people: dict[str, Person], operation: Operation) -> None:
    path = operation.path.replace("<id>", NOBODYS_ID)
    answer = people["administrator token"].send("PATCH", path, b"", None)
    assert (answer.status_code, answer.json["code"]) == (405, "method-not-allowed")
    assert operation.method in answer.headers["Allow"]


@pytest.mark.parametrize("operation", [o for o in OPERATIONS if o.body is not None], ids=name_of)
@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b'"x"', "application/json"),
        (b"1", "application/json"),
        (b'{"unknown": 1}', "application/json"),
        (b'{"a": NaN}', "application/json"),
        (b"\xff", "application/json"),
        (b"{}", "text/html"),
        (b"<xml/>", "application/xml"),
        (b"[" * 20_000, "application/json"),
        (b"{}", "application/json; charset=utf-16"),
    ],
)
def test_bodies_that_are_wrong_everywhere(
    world: World, people: dict[str, Person], operation: Operation, data: bytes, content_type: str
) -> None:
    path = operation.path.replace("<id>", NOBODYS_ID)
    headers = {"If-Match": "*"}
    with world.unchanged():
        answer = people["administrator token"].send(operation.method, path, data, content_type, **headers)
    if data == b"{}" and "json" in content_type:
        assert answer.status_code < 500  # the parameter has no meaning for JSON (RFC 8259)
    else:
        assert answer.status_code in (400, 413, 415, 422), answer.text
        assert answer.content_type == "application/problem+json"
