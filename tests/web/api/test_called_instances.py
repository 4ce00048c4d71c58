"""Called instances through REST: found by their caller and their root, read like any other, changed with their root."""

from __future__ import annotations

from typing import Any

from .world import FOR_WAREHOUSE, ORDER, Person, World, flow, process

CALLER = process(
    "caller",
    '<startEvent id="start"/><callActivity id="call" calledElement="order"><extensionElements>'
    '<camunda:in source="item" target="item"/></extensionElements></callActivity><endEvent id="end"/>',
    flow("start", "call", "end"),
)


def tree(admin: Person, called: bytes = ORDER) -> tuple[dict[str, Any], dict[str, Any]]:
    """A root and what it called."""
    answer = admin.upload(("caller.bpmn", CALLER), ("called.bpmn", called))
    assert answer.status_code == 201, answer.text
    root = admin.start("caller", variables={"item": "Tea", "secret": 1})
    (found,) = search(admin, parentInstanceId=root["id"])
    return root, found


def search(person: Person, **filter: Any) -> list[dict[str, Any]]:
    answer = person.post("/instances/search", {"filter": filter})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json["items"]
    return items


def test_a_called_instance_names_its_root_its_caller_and_the_call_activity(admin: Person) -> None:
    root, called = tree(admin)
    relations = [(one["rootInstanceId"], one["parentInstanceId"], one["parentElementId"]) for one in (root, called)]
    assert relations == [(root["id"], None, None), (root["id"], root["id"], "call")]
    assert admin.get(f"/instances/{called['id']}").json == called


def test_a_search_shows_roots_unless_called_ones_are_asked_for(admin: Person) -> None:
    root, called = tree(admin)
    assert [one["id"] for one in search(admin)] == [root["id"]]
    assert [one["id"] for one in search(admin, called=True)] == [called["id"]]
    assert {one["id"] for one in search(admin, rootInstanceId=root["id"])} == {root["id"], called["id"]}
    assert search(admin, definitionKey="order") == []
    assert [one["id"] for one in search(admin, definitionKey="order", called=True)] == [called["id"]]


def test_what_happened_in_a_called_instance_is_read_there(admin: Person) -> None:
    root, called = tree(admin)
    assert admin.get(f"/instances/{called['id']}/variables").json["variables"] == {"item": "Tea"}
    for path, key in (("activities", "elementId"), ("history", "elementId")):
        inside = {one[key] for one in admin.get(f"/instances/{called['id']}/{path}").json["items"]}
        outside = {one[key] for one in admin.get(f"/instances/{root['id']}/{path}").json["items"]}
        assert "pack" in inside - outside
        assert "call" in outside - inside
    (call,) = [a for a in admin.get(f"/instances/{root['id']}/activities").json["items"] if a["elementId"] == "call"]
    assert call["waitingFor"] == "call"


def test_tasks_are_found_by_the_root_and_completing_them_goes_on_in_the_caller(admin: Person) -> None:
    root, called = tree(admin)
    (task,) = admin.post("/tasks/search", {"filter": {"rootInstanceId": root["id"]}}).json["items"]
    assert task["instanceId"] == called["id"]
    assert admin.post(f"/tasks/{task['id']}/complete", {"variables": {"weight": 2}}).status_code == 200
    assert admin.get(f"/instances/{root['id']}").json["state"] == "completed"
    assert admin.get(f"/instances/{called['id']}/variables").json["variables"] == {"item": "Tea", "weight": 2}


def test_incidents_are_found_by_the_root_and_counted_there(admin: Person) -> None:
    bad = ORDER.replace(b'<userTask id="pack" name="Pack"/>', b'<callActivity id="pack" calledElement="nobody"/>')
    root, called = tree(admin, bad)
    (incident,) = admin.post("/incidents/search", {"filter": {"rootInstanceId": root["id"]}}).json["items"]
    assert (incident["instanceId"], incident["kind"]) == (called["id"], "call")
    assert admin.get(f"/instances/{root['id']}").json["incidentCount"] == 1


def test_variables_of_a_called_instance_are_changed_there(admin: Person) -> None:
    root, called = tree(admin)
    answer = admin.post(f"/instances/{called['id']}/variables", {"variables": {"item": "Milk"}})
    assert answer.status_code == 204
    assert admin.get(f"/instances/{called['id']}/variables").json["variables"] == {"item": "Milk"}
    assert admin.get(f"/instances/{root['id']}/variables").json["variables"]["item"] == "Tea"


def test_a_called_instance_is_not_cancelled_or_deleted_alone(admin: Person, world: World) -> None:
    root, called = tree(admin)
    with world.unchanged():
        for answer in (admin.post(f"/instances/{called['id']}/cancel"), admin.delete(f"/instances/{called['id']}")):
            assert (answer.status_code, answer.json["code"]) == (409, "wrong-state")
            assert root["id"] in answer.json["detail"]
    assert admin.post(f"/instances/{root['id']}/cancel").status_code == 200
    assert admin.get(f"/instances/{called['id']}").json["state"] == "cancelled"
    assert admin.delete(f"/instances/{root['id']}").status_code == 204
    assert admin.get(f"/instances/{called['id']}").status_code == 404


def test_who_may_do_a_task_in_a_called_instance_sees_its_tree(admin: Person, world: World) -> None:
    root, called = tree(admin, FOR_WAREHOUSE.replace(b'id="store"', b'id="order"'))
    packer, stranger = world.program("packer", "user", "warehouse"), world.program("nobody", "user")
    for one in (root, called):
        assert packer.get(f"/instances/{one['id']}").status_code == 200
        assert stranger.get(f"/instances/{one['id']}").status_code == 404
    assert [one["id"] for one in search(packer)] == [root["id"]]
    assert search(stranger, rootInstanceId=root["id"]) == []
