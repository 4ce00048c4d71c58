"""Messages, incidents, drafts, vocabulary and handlers through REST."""

from __future__ import annotations

from typing import Any

import pytest

from .world import NOBODYS_ID, Person, World, flow, process

BAD_SCRIPT = process(
    "bad",
    '<startEvent id="start"/><scriptTask id="count" name="Count" scriptFormat="python"><script>x = open("/")</script>'
    '</scriptTask><endEvent id="end"/>',
    flow("start", "count", "end"),
)
DRAFT = {"kind": "bpmn", "name": "Order", "content": "<definitions/>"}


# -- messages
def test_a_message_that_nobody_waits_for_is_kept_and_says_why(admin: Person) -> None:
    answer = admin.post("/messages", {"name": "paid", "correlationKeys": {"order": 7}, "variables": {"sum": 3}})
    assert answer.status_code == 201
    assert (answer.json["name"], answer.json["state"]) == ("paid", "waiting")
    assert answer.json["correlationKeys"] == {"order": 7}
    assert answer.json["reason"]
    [listed] = admin.post("/messages/search", {"filter": {"name": "paid"}}).json["items"]
    assert listed["id"] == answer.json["id"]
    assert admin.post("/messages/search", {"filter": {"state": "delivered"}}).json["items"] == []


def test_a_signal_says_whom_it_reaches(admin: Person) -> None:
    answer = admin.post("/signals", {"name": "alarm", "variables": {"level": 3}})
    assert (answer.status_code, answer.json) == (202, {"name": "alarm", "instances": 0, "starts": 0})
    assert admin.post("/signals", {"name": ""}).status_code == 422


def test_a_message_id_counts_once(world: World, admin: Person) -> None:
    body = {"name": "paid", "messageId": "m-1", "variables": {"sum": 3}}
    first = admin.post("/messages", body)
    with world.unchanged():
        assert admin.post("/messages", body).json["id"] == first.json["id"]
        other = admin.post("/messages", {**body, "variables": {"sum": 4}})
    assert (other.status_code, other.json["code"]) == (409, "message-conflict")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": 1},
        {"name": "a", "correlationKeys": {"a": {}}},
        {"name": "a", "correlationKeys": []},
        {"name": "a", "ttlSeconds": -1},
        {"name": "a", "ttlSeconds": "5"},
        {"name": "a", "ttlSeconds": 1e12},
        {"name": "a", "messageId": "x" * 256},
        {"name": "a", "variables": 5},
        {"name": "a", "messageName": "b"},
    ],
)
def test_a_bad_message_changes_nothing(world: World, admin: Person, body: Any) -> None:
    with world.unchanged():
        answer = admin.post("/messages", body)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid-input")


# -- incidents
def test_an_incident_is_found_read_and_retried(admin: Person) -> None:
    admin.deploy(BAD_SCRIPT)
    instance = admin.start("bad")
    assert instance["incidentCount"] == 1
    [incident] = admin.post("/incidents/search", {"filter": {"instanceId": instance["id"]}}).json["items"]
    assert (incident["elementId"], incident["kind"], incident["state"]) == ("count", "script", "open")
    assert admin.get(f"/incidents/{incident['id']}").json == incident
    retried = admin.post(f"/incidents/{incident['id']}/retry")
    assert retried.json["state"] == "resolved"
    again = admin.post(f"/incidents/{incident['id']}/retry")
    assert (again.status_code, again.json["code"]) == (409, "wrong-state")
    assert len(admin.post("/incidents/search", {"filter": {"state": "open"}}).json["items"]) == 1


def test_an_incident_that_is_not_there_is_not_found(admin: Person) -> None:
    assert admin.get(f"/incidents/{NOBODYS_ID}").status_code == 404
    assert admin.post(f"/incidents/{NOBODYS_ID}/retry").status_code == 404


# -- drafts
def test_a_draft_is_made_read_saved_listed_and_deleted(admin: Person) -> None:
    made = admin.post("/drafts", DRAFT)
    assert made.status_code == 201
    path = f"/drafts/{made.json['id']}"
    etag = made.headers["ETag"]
    assert admin.get(path).headers["ETag"] == etag
    change = {"name": "Order 2", "content": "<definitions id='a'/>", "definitionKey": "order"}
    saved = admin.put(path, change, If_Match=etag)
    assert saved.status_code == 200
    assert saved.headers["ETag"] != etag
    assert (saved.json["name"], saved.json["content"], saved.json["version"]) == ("Order 2", change["content"], 2)
    [listed] = admin.post("/drafts/search", {"filter": {"definitionKey": "order"}}).json["items"]
    assert "content" not in listed
    assert admin.delete(path).status_code == 204
    assert admin.get(path).status_code == 404
    assert admin.delete(path).status_code == 404


def test_two_who_draw_notice_each_other(admin: Person) -> None:
    made = admin.post("/drafts", DRAFT)
    path, etag = f"/drafts/{made.json['id']}", made.headers["ETag"]
    change = {"name": "Order", "content": "mine"}
    assert admin.put(path, {**change, "content": "theirs"}, If_Match=etag).status_code == 200
    late = admin.put(path, change, If_Match=etag)
    assert (late.status_code, late.json["code"]) == (412, "changed-meanwhile")
    assert admin.get(path).json["content"] == "theirs"
    assert admin.put(path, change, If_Match="*").json["content"] == "mine"


@pytest.mark.parametrize(("etag", "status"), [(None, 428), ("rubbish", 412), ('"99999999999999"', 412), ('"é"', 412)])
def test_a_save_without_a_proper_etag_is_refused(admin: Person, etag: str | None, status: int) -> None:
    path = f"/drafts/{admin.post('/drafts', DRAFT).json['id']}"
    headers = {} if etag is None else {"If_Match": etag}
    assert admin.put(path, {"name": "a", "content": "b"}, **headers).status_code == status


@pytest.mark.parametrize(
    "body",
    [{}, {**DRAFT, "kind": "cmmn"}, {**DRAFT, "name": ""}, {**DRAFT, "content": None}, {**DRAFT, "version": 3}],
)
def test_a_bad_draft_changes_nothing(world: World, admin: Person, body: Any) -> None:
    with world.unchanged():
        assert admin.post("/drafts", body).status_code == 422


# -- what diagrams can use
def test_the_vocabulary_is_the_engines_own_table(admin: Person) -> None:
    found = admin.get("/vocabulary").json["vocabulary"]
    assert "userTask" in str(found)


def test_an_expression_is_checked_while_it_is_typed(admin: Person) -> None:
    def check(text: str, type: str) -> Any:
        return admin.post("/expressions/check", {"text": text, "type": type}).json

    fine = {"message": None, "offset": None}
    assert check("amount > 1", "expression") == fine
    assert check("", "expression") == fine
    assert check("P1D[Europe/Berlin]", "iso-duration") == fine
    wrong = check("${amount +}", "template")
    assert wrong["offset"] == 10
    assert "missing" in wrong["message"]
    assert admin.post("/expressions/check", {"text": "a", "type": "script"}).status_code == 422


def test_handlers_are_listed_with_what_they_describe(admin: Person) -> None:
    assert admin.get("/handlers").json == {"items": [{"topic": "charge-card", "description": "Charges a card."}]}
