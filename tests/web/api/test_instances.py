"""Instances through REST: start, wait, look, change, cancel, delete."""

from __future__ import annotations

from typing import Any

import pytest

from .world import CHARGE, FOR_WAREHOUSE, NOBODYS_ID, ORDER, STRAIGHT, Person, World, flow, process


def test_a_start_answers_with_the_instance(admin: Person) -> None:
    definition = admin.deploy(ORDER)
    answer = admin.post("/instances", {"definitionKey": "order", "businessKey": "A-1", "variables": {"item": "Tea"}})
    assert answer.status_code == 201
    found = answer.json
    assert answer.headers["Location"] == f"/api/v1/instances/{found['id']}"
    assert found["definitionId"] == definition["id"]
    assert (found["definitionKey"], found["version"], found["businessKey"]) == ("order", 1, "A-1")
    assert (found["state"], found["settled"], found["startedBy"]) == ("active", True, "token:robot")
    assert found["variables"] is None
    assert admin.get(f"/instances/{found['id']}").json == {k: v for k, v in found.items() if k != "variables"}


def test_an_instance_can_be_started_by_id_and_by_version(admin: Person) -> None:
    first = admin.deploy(ORDER)
    admin.deploy(ORDER.replace(b'name="Pack"', b'name="Pack it"'))
    assert admin.post("/instances", {"definitionId": first["id"]}).json["version"] == 1
    assert admin.post("/instances", {"definitionKey": "order", "version": 1}).json["version"] == 1
    assert admin.post("/instances", {"definitionKey": "order"}).json["version"] == 2


@pytest.mark.parametrize(("content", "state"), [(STRAIGHT, "completed"), (ORDER, "active")])
def test_an_awaited_start_answers_when_it_has_settled(admin: Person, content: bytes, state: str) -> None:
    key = admin.deploy(content)["key"]
    found = admin.start(key, awaitSeconds=20, variables={"a": 1, "big": 2**60})
    assert (found["state"], found["settled"]) == (state, True)
    assert found["variables"] == {"a": 1, "big": str(2**60)}


def test_an_awaited_start_that_does_not_settle_in_time_says_so(admin: Person) -> None:
    """Nobody works on jobs here, so that the service task stands."""
    admin.deploy(CHARGE)
    answer = admin.post("/instances", {"definitionKey": "charge", "awaitSeconds": 0.01})
    assert answer.status_code == 201
    assert (answer.json["settled"], answer.json["state"]) == (False, "active")
    assert "Stellwerk-Await" not in answer.headers


BAD_STARTS: list[tuple[Any, int, str, str]] = [
    ({}, 422, "invalid-input", ""),
    ({"definitionKey": "order", "definitionId": NOBODYS_ID}, 422, "invalid-input", ""),
    ({"definitionId": NOBODYS_ID, "version": 1}, 422, "invalid-input", ""),
    ({"definitionKey": "nobody"}, 404, "not-found", ""),
    ({"definitionKey": "order", "version": 9}, 404, "not-found", ""),
    ({"definitionKey": "order", "version": 0}, 422, "invalid-input", "version"),
    ({"definitionKey": "order", "version": 2**40}, 422, "invalid-input", "version"),
    ({"definitionKey": "order", "version": "1"}, 422, "invalid-input", "version"),
    ({"definitionKey": 5}, 422, "invalid-input", "definitionKey"),
    ({"definitionKey": ""}, 422, "invalid-input", "definitionKey"),
    ({"definitionId": "x"}, 422, "invalid-input", "definitionId"),
    ({"definitionId": NOBODYS_ID}, 404, "not-found", ""),
    ({"definitionKey": "order", "variables": []}, 422, "invalid-input", "variables"),
    ({"definitionKey": "order", "variables": None}, 422, "invalid-input", "variables"),
    ({"definitionKey": "order", "businessKey": "x" * 256}, 422, "invalid-input", "businessKey"),
    ({"definitionKey": "order", "awaitSeconds": -1}, 422, "invalid-input", "awaitSeconds"),
    ({"definitionKey": "order", "awaitSeconds": "1"}, 422, "invalid-input", "awaitSeconds"),
    ({"definitionKey": "order", "extra": 1}, 422, "invalid-input", "extra"),
    ({"definition_key": "order"}, 422, "invalid-input", "definition_key"),
    ([], 422, "invalid-input", ""),
    ("text", 422, "invalid-input", ""),
]


@pytest.mark.parametrize(("body", "status", "code", "path"), BAD_STARTS)
def test_a_bad_start_changes_nothing_and_names_the_field(
    world: World, admin: Person, body: Any, status: int, code: str, path: str
) -> None:
    admin.deploy(ORDER)
    with world.unchanged():
        answer = admin.post("/instances", body)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    if path:
        assert path in {error["path"] for error in answer.json["errors"]}


@pytest.mark.parametrize(
    ("data", "content_type", "status", "code"),
    [
        (b"{", "application/json", 400, "malformed-json"),
        (b'{"definitionKey": "order", "variables": {"x": NaN}}', "application/json", 400, "malformed-json"),
        (b'{"definitionKey": "order", "variables": {"x": 1e999}}', "application/json", 400, "malformed-json"),
        (b'{"definitionKey": "order", "variables": {"x": "\\u0000"}}', "application/json", 400, "malformed-json"),
        (b'{"definitionKey": "\\ud800"}', "application/json", 400, "malformed-json"),
        (b'{"a":' * 50_000, "application/json", 400, "malformed-json"),
        (b'{"definitionKey": "order"}', "text/plain", 415, "wrong-content-type"),
        (b'{"definitionKey": "order"}', "application/x-www-form-urlencoded", 415, "wrong-content-type"),
        (b'{"definitionKey": "order"}', None, 415, "wrong-content-type"),
        (b"\xff\xfe", "application/json", 400, "malformed-json"),
        (b"x" * (3 * 1024 * 1024), "application/json", 413, "too-large"),
        (b'{"definitionKey": "order", "variables": ' + b'{"a":' * 60 + b"1" + b"}" * 61, "application/json", 422, ""),
    ],
)
def test_what_is_no_proper_json_is_refused(
    world: World, admin: Person, data: bytes, content_type: str | None, status: int, code: str
) -> None:
    admin.deploy(ORDER)
    with world.unchanged():
        answer = admin.send("POST", "/instances", data, content_type)
    assert answer.status_code == status
    assert answer.json["code"] == (code or "invalid-input")


def test_variables_can_be_read_and_changed(admin: Person) -> None:
    admin.deploy(ORDER)
    id = admin.start("order", variables={"item": "Tea", "price": 4.5})["id"]
    assert admin.get(f"/instances/{id}/variables").json == {"variables": {"item": "Tea", "price": 4.5}, "scopes": []}
    assert admin.post(f"/instances/{id}/variables", {"variables": {"price": 5, "new": [1, None]}}).status_code == 204
    found = admin.get(f"/instances/{id}/variables").json["variables"]
    assert found == {"item": "Tea", "price": 5, "new": [1, None]}
    assert admin.post(f"/instances/{id}/variables", {}).status_code == 422


def test_activities_and_history_tell_what_happened_page_by_page(admin: Person) -> None:
    admin.deploy(ORDER)
    id = admin.start("order")["id"]
    activities = admin.get(f"/instances/{id}/activities").json["items"]
    assert [(a["elementId"], a["state"], a["waitingFor"]) for a in activities] == [
        ("start", "completed", ""),
        ("pack", "active", "person"),
    ]
    assert activities[0]["endedAt"].endswith("Z")
    whole = admin.get(f"/instances/{id}/history").json["items"]
    assert [event["number"] for event in whole] == list(range(whole[0]["number"], whole[0]["number"] + len(whole)))
    first = admin.get(f"/instances/{id}/history?limit=1").json
    rest = admin.get(f"/instances/{id}/history?limit=200&cursor={first['page']['nextCursor']}").json
    assert first["items"] + rest["items"] == whole


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "limit=1000", "cursor=rubbish", "other=1", "limit=1.5"])
def test_a_bad_page_is_refused(admin: Person, query: str) -> None:
    admin.deploy(ORDER)
    id = admin.start("order")["id"]
    answer = admin.get(f"/instances/{id}/history?{query}")
    assert (answer.status_code, answer.json["code"]) == (422, "invalid-input")


def test_a_token_that_a_join_consumed_is_told_among_the_activities(admin: Person) -> None:
    gateways = '<parallelGateway id="split"/>', '<parallelGateway id="join"/>'
    flows = flow("start", "split", "a", "join", "end") + flow("split", "b", "join")
    body = *gateways, '<task id="a"/>', '<task id="b"/>', '<endEvent id="end"/>'
    admin.deploy(process("both", '<startEvent id="start"/>', *body, flows))
    id = admin.start("both")["id"]
    items = admin.get(f"/instances/{id}/activities").json["items"]
    assert sorted(a["state"] for a in items if a["elementId"] == "join") == ["completed", "merged"]


def test_an_instance_can_be_cancelled_once_and_then_deleted(world: World, admin: Person) -> None:
    admin.deploy(ORDER)
    before = world.rows()
    id = admin.start("order")["id"]
    running = admin.delete(f"/instances/{id}")
    assert (running.status_code, running.json["code"]) == (409, "wrong-state")
    cancelled = admin.post(f"/instances/{id}/cancel", {"reason": "ordered twice"})
    assert (cancelled.json["state"], cancelled.json["endReason"]) == ("cancelled", "ordered twice")
    assert admin.post(f"/instances/{id}/cancel").status_code == 409
    assert admin.delete(f"/instances/{id}").status_code == 204
    assert admin.get(f"/instances/{id}").status_code == 404
    assert world.rows() == before


def test_instances_are_found_by_what_they_are_and_hold(admin: Person) -> None:
    admin.deploy(ORDER)
    admin.deploy(STRAIGHT)
    tea = admin.start("order", businessKey="A", variables={"item": "Tea", "n": 2})["id"]
    admin.start("order", businessKey="B", variables={"item": "Milk"})
    done = admin.start("straight")["id"]

    def found(**filter: Any) -> set[str]:
        return {i["id"] for i in admin.post("/instances/search", {"filter": filter}).json["items"]}

    assert found(variables={"item": "Tea"}) == {tea}
    assert found(variables={"n": 2}) == {tea}
    assert found(businessKey="A") == {tea}
    assert found(state="completed") == {done}
    assert found(definitionKey="straight") == {done}
    assert found(hasIncidents=True) == set()
    assert found(startedTo="2001-01-01T00:00:00Z") == set()
    assert len(found(startedFrom="2001-01-01T00:00:00+02:00")) == 3


@pytest.mark.parametrize(
    "body",
    [
        {"filter": {"state": "asleep"}},
        {"filter": {"definitionId": "x"}},
        {"filter": {"startedFrom": "yesterday"}},
        {"filter": {"startedFrom": "2026-01-01T00:00:00"}},
        {"filter": {"variables": {"x": {}}}},
        {"filter": {"other": 1}},
        {"sort": [{"field": "id"}]},
        {"sort": [{"field": "startedAt"}, {"field": "state"}]},
        {"sort": [{"field": "startedAt", "order": "up"}]},
        {"page": {"limit": 0}},
        {"page": {"limit": 201}},
        {"page": {"cursor": "rubbish"}},
        {"page": {"cursor": "WyJhIiwxLDJd"}},
    ],
)
def test_a_bad_search_says_what_is_wrong(admin: Person, body: Any) -> None:
    answer = admin.post("/instances/search", body)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid-input")
    assert answer.json["errors"][0]["message"]


@pytest.mark.parametrize("id", ["x", "123", NOBODYS_ID, "%00", "..", "{}", "%ff"])
@pytest.mark.parametrize("path", ["", "/variables", "/activities", "/subscriptions", "/history"])
def test_an_id_that_names_nothing_is_not_found(admin: Person, id: str, path: str) -> None:
    answer = admin.get(f"/instances/{id}{path}")
    assert answer.status_code == 404
    assert answer.json["code"] == "not-found"


# -- who sees what
def test_a_user_sees_only_instances_that_concern_them(world: World, admin: Person) -> None:
    admin.deploy(ORDER)
    admin.deploy(FOR_WAREHOUSE)
    anna, bert = world.person("anna", "warehouse"), world.person("bert")
    own = bert.start("store")
    free = admin.start("order")  # its task is for everybody
    hidden = admin.start("store")

    def seen(person: Person) -> set[str]:
        return {i["id"] for i in person.post("/instances/search").json["items"]}

    assert seen(anna) == {own["id"], free["id"], hidden["id"]}
    assert seen(bert) == {own["id"], free["id"]}
    for path in ("", "/variables", "/activities", "/subscriptions", "/history"):
        assert bert.get(f"/instances/{hidden['id']}{path}").status_code == 404
        assert bert.get(f"/instances/{own['id']}{path}").status_code == 200


def test_a_user_may_not_cancel_change_or_delete_even_their_own(world: World, admin: Person) -> None:
    admin.deploy(ORDER)
    anna = world.person("anna")
    id = anna.start("order")["id"]
    with world.unchanged():
        assert anna.post(f"/instances/{id}/cancel").status_code == 403
        assert anna.post(f"/instances/{id}/variables", {"variables": {}}).status_code == 403
        assert anna.delete(f"/instances/{id}").status_code == 403
    assert anna.get(f"/instances/{id}").json["state"] == "active"
