"""Tasks through REST: who sees, takes, gives back and completes them."""

from __future__ import annotations

from typing import Any

import pytest

from .world import FOR_WAREHOUSE, NOBODYS_ID, ORDER, Person, World, flow, process

WITH_FORM = process(
    "form",
    '<startEvent id="start"/><userTask id="ask" name="Ask"><extensionElements><camunda:formData>'
    '<camunda:formField id="amount" label="Amount" type="long">'
    '<camunda:validation><camunda:constraint name="required"/></camunda:validation></camunda:formField>'
    "</camunda:formData></extensionElements></userTask>"
    '<endEvent id="end"/>',
    flow("start", "ask", "end"),
)


def test_a_task_is_found_read_claimed_given_back_and_completed(world: World, admin: Person) -> None:
    admin.deploy(ORDER)
    anna = world.person("anna")
    instance = anna.start("order", businessKey="A-1")
    task = anna.task_of(instance)
    assert (task["name"], task["elementId"], task["state"], task["assignee"]) == ("Pack", "pack", "open", None)
    assert (task["instanceId"], task["definitionKey"], task["businessKey"]) == (instance["id"], "order", "A-1")
    path = f"/tasks/{task['id']}"
    assert anna.get(path).json == task
    assert anna.post(f"{path}/claim").json["assignee"] == "anna"
    assert anna.post(f"{path}/claim").status_code == 200
    assert anna.post(f"{path}/unclaim").json["assignee"] is None
    done = anna.post(f"{path}/complete", {"variables": {"boxes": 2}}).json
    assert (done["state"], done["assignee"], done["closedBy"]) == ("completed", "anna", "anna")
    assert anna.get(f"/instances/{instance['id']}").json["state"] == "completed"
    assert anna.get(f"/instances/{instance['id']}/variables").json["variables"] == {"boxes": 2}


def test_a_task_that_is_closed_says_by_whom_and_when(world: World, admin: Person) -> None:
    admin.deploy(ORDER)
    task = admin.task_of(admin.start("order"))
    admin.post(f"/tasks/{task['id']}/complete")
    with world.unchanged():
        for verb in ("complete", "claim", "unclaim"):
            again = admin.post(f"/tasks/{task['id']}/{verb}")
            assert (again.status_code, again.json["code"]) == (409, "task-not-open")
            assert again.json["state"] == "completed"
            assert "completed by token:robot" in again.json["detail"]


def test_only_the_assignee_or_an_administrator_completes_an_assigned_task(world: World, admin: Person) -> None:
    admin.deploy(FOR_WAREHOUSE)
    anna, bert = world.person("anna", "warehouse"), world.person("bert", "warehouse")
    task = admin.task_of(admin.start("store"))
    path = f"/tasks/{task['id']}"
    anna.post(f"{path}/claim")
    held = bert.post(f"{path}/claim")
    assert (held.status_code, held.json["code"]) == (409, "conflict")
    refused = bert.post(f"{path}/complete")
    assert (refused.status_code, refused.json["code"]) == (403, "not-permitted")
    assert bert.post(f"{path}/unclaim").status_code == 403
    assert admin.post(f"{path}/complete").json["closedBy"] == "token:robot"


def test_a_task_for_others_does_not_exist_for_a_user(world: World, admin: Person) -> None:
    admin.deploy(FOR_WAREHOUSE)
    clerk, stranger = world.person("anna", "warehouse"), world.person("bert")
    task = admin.task_of(admin.start("store"))
    assert [t["id"] for t in clerk.post("/tasks/search").json["items"]] == [task["id"]]
    assert stranger.post("/tasks/search").json["items"] == []
    for answer in (
        stranger.get(f"/tasks/{task['id']}"),
        stranger.get(f"/tasks/{task['id']}/form"),
        stranger.post(f"/tasks/{task['id']}/claim"),
        stranger.post(f"/tasks/{task['id']}/complete"),
    ):
        assert (answer.status_code, answer.json["code"]) == (404, "not-found")


def test_form_rules_are_checked_and_named(world: World, admin: Person) -> None:
    admin.deploy(WITH_FORM)
    task = admin.task_of(admin.start("form", variables={"amount": 3}))
    form = admin.get(f"/tasks/{task['id']}/form").json
    assert form["data"]["amount"] == 3
    assert "amount" in {c.get("key") for c in form["schema"]["components"]}
    with world.unchanged():
        wrong = admin.post(f"/tasks/{task['id']}/complete", {"variables": {"amount": "many"}})
    assert (wrong.status_code, wrong.json["code"]) == (422, "invalid-input")
    assert "amount" in wrong.json["errors"][0]["path"]
    assert admin.post(f"/tasks/{task['id']}/complete", {"variables": {"amount": 4}}).status_code == 200


def test_a_task_without_a_form_has_no_schema(admin: Person) -> None:
    admin.deploy(ORDER)
    task = admin.task_of(admin.start("order", variables={"item": "Tea"}))
    assert admin.get(f"/tasks/{task['id']}/form").json == {"schema": None, "data": {"item": "Tea"}}


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        ({"definitionKey": "order"}, True),
        ({"definitionKey": "other"}, False),
        ({"state": "open"}, True),
        ({"state": "completed"}, False),
        ({"name": "Pack"}, True),
        ({"name": "pac"}, False),
        ({"text": "pac"}, True),
        ({"assignee": "anna"}, False),
        ({"unassigned": True}, True),
        ({"candidateGroup": "warehouse"}, False),
        ({"candidateUser": "anna"}, False),
        ({"businessKey": "A-1"}, True),
        ({"elementId": "pack"}, True),
        ({"dueBefore": "2100-01-01T00:00:00Z"}, False),
        ({"instanceId": NOBODYS_ID}, False),
    ],
)
def test_tasks_are_found_by_filter(admin: Person, filter: dict[str, Any], found: bool) -> None:
    admin.deploy(ORDER)
    admin.start("order", businessKey="A-1")
    assert bool(admin.post("/tasks/search", {"filter": filter}).json["items"]) is found


@pytest.mark.parametrize("field", ["createdAt", "dueAt", "priority", "name"])
@pytest.mark.parametrize("order", ["asc", "desc"])
def test_tasks_come_page_by_page_in_every_order(admin: Person, field: str, order: str) -> None:
    admin.deploy(ORDER)
    started = {admin.start("order")["id"] for _ in range(3)}
    seen, cursor = [], None
    for _ in range(4):
        body = {"sort": [{"field": field, "order": order}], "page": {"limit": 1, "cursor": cursor}}
        page = admin.post("/tasks/search", body).json
        seen += [task["instanceId"] for task in page["items"]]
        cursor = page["page"]["nextCursor"]
        if cursor is None:
            break
    assert len(seen) == 3
    assert set(seen) == started


@pytest.mark.parametrize(
    "body", [{"variables": []}, {"variables": {}, "x": 1}, {"variables": "x"}, [], {"Variables": {}}]
)
def test_a_bad_completion_changes_nothing(world: World, admin: Person, body: Any) -> None:
    admin.deploy(ORDER)
    task = admin.task_of(admin.start("order"))
    with world.unchanged():
        answer = admin.post(f"/tasks/{task['id']}/complete", body)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid-input")
    assert admin.get(f"/tasks/{task['id']}").json["state"] == "open"


def test_a_claim_takes_no_body(admin: Person) -> None:
    admin.deploy(ORDER)
    task = admin.task_of(admin.start("order"))
    assert admin.post(f"/tasks/{task['id']}/claim", {"userId": "bert"}).status_code == 422
    assert admin.send("POST", f"/tasks/{task['id']}/claim", b"", None).status_code == 200


@pytest.mark.parametrize("path", ["", "/form"])
def test_a_task_that_is_not_there_is_not_found(admin: Person, path: str) -> None:
    for id in (NOBODYS_ID, "x"):
        assert admin.get(f"/tasks/{id}{path}").status_code == 404
