"""An operator's commands through REST: what they answer, what they refuse, and that a refusal changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from .world import Person, World, flow, process

TWO = process(
    "two",
    '<startEvent id="start"/><userTask id="a" name="First"/><userTask id="b" name="Second"/><endEvent id="end"/>',
    flow("start", "a", "b", "end"),
)
GUARDED = (
    process(
        "guarded",
        '<startEvent id="start"/><userTask id="a" name="Check"/><endEvent id="end"/><userTask id="refused"/>'
        '<boundaryEvent id="no" name="Refused" attachedToRef="a"><errorEventDefinition errorRef="e"/></boundaryEvent>'
        '<userTask id="boss"/><boundaryEvent id="up" attachedToRef="a" cancelActivity="false">'
        '<escalationEventDefinition escalationRef="x"/></boundaryEvent>',
        flow("start", "a", "end") + flow("no", "refused") + flow("up", "boss"),
    )
    .decode()
    .replace("<process ", '<error id="e" errorCode="NO"/><escalation id="x" escalationCode="UP"/><process ', 1)
    .encode()
)
MOVE = {"instructions": [{"type": "cancel", "elementId": "a"}, {"type": "startBefore", "elementId": "b"}]}


@pytest.fixture
def instance(admin: Person) -> dict[str, Any]:
    admin.deploy(TWO)
    return admin.start("two", businessKey="K-1", variables={"n": 1})


def tasks(admin: Person, state: str = "open") -> list[str]:
    found = admin.post("/tasks/search", {"filter": {"state": state}}).json["items"]
    return sorted(task["elementId"] for task in found)


def token(admin: Person, instance: dict[str, Any], element: str = "a") -> int:
    found = admin.get(f"/instances/{instance['id']}/activities").json["items"]
    return next(a["token"] for a in found if a["elementId"] == element and a["state"] == "active")


def test_a_dry_run_says_it_and_the_command_does_it(world: World, admin: Person, instance: dict[str, Any]) -> None:
    path = f"/instances/{instance['id']}/modify"
    with world.unchanged():
        told = admin.post(f"{path}/dry-run", MOVE)
    assert told.status_code == 200
    assert [(one["kind"], one["elementId"], one["text"]) for one in told.json["effects"]] == [
        ("task-withdrawn", "a", "The task 'First' is withdrawn."),
        ("task-opened", "b", "The task 'Second' opens."),
    ]
    done = admin.post(path, {**MOVE, "reason": "wrong turn"})
    assert (done.status_code, done.json["id"]) == (200, instance["id"])
    assert tasks(admin) == ["b"]
    history = admin.get(f"/instances/{instance['id']}/history").json["items"]
    [acted] = [row for row in history if row["kind"] == "OperatorActed"]
    assert (acted["by"], acted["data"]["reason"]) == ("token:robot", "wrong turn")


def test_suspend_and_resume(admin: Person, instance: dict[str, Any]) -> None:
    path = f"/instances/{instance['id']}"
    assert admin.post(f"{path}/suspend").json["state"] == "suspended"
    task = admin.task_of(instance)
    refused = admin.post(f"/tasks/{task['id']}/complete")
    assert (refused.status_code, refused.json["code"]) == (409, "instance-suspended")
    again = admin.post(f"{path}/suspend")
    assert (again.status_code, again.json["code"]) == (409, "wrong-state")
    assert admin.post("/instances/search", {"filter": {"state": "suspended"}}).json["items"][0]["id"] == instance["id"]
    assert admin.post(f"{path}/resume", {"reason": "done"}).json["state"] == "active"
    assert admin.post(f"/tasks/{task['id']}/complete").status_code == 200


def test_skip_with_results(admin: Person, instance: dict[str, Any]) -> None:
    path = f"/instances/{instance['id']}"
    answer = admin.post(f"{path}/skip", {"token": token(admin, instance), "variables": {"m": 2}})
    assert answer.status_code == 200
    assert tasks(admin) == ["b"]
    assert admin.get(f"{path}/variables").json["variables"] == {"n": 1, "m": 2}


def test_variables_are_written_and_removed(admin: Person, instance: dict[str, Any]) -> None:
    path = f"/instances/{instance['id']}/variables"
    body = {"variables": {"m": 2}, "removed": ["n"], "reason": "typing error"}
    told = admin.post(f"{path}/dry-run", body).json["effects"]
    assert [one["text"] for one in told] == ["Variables are removed: n.", "Variables are written: m."]
    assert admin.post(path, body).status_code == 204
    assert admin.get(path).json["variables"] == {"m": 2}
    local = {"variables": {"own": 1}, "scope": token(admin, instance)}
    assert admin.post(path, local).status_code == 204
    assert admin.get(path).json["variables"] == {"m": 2}


def test_errors_and_escalations(admin: Person) -> None:
    admin.deploy(GUARDED)
    instance = admin.start("guarded")
    path, at = f"/instances/{instance['id']}", token(admin, instance)
    found = admin.get(f"{path}/catchable?token={at}").json["items"]
    assert [(one["kind"], one["code"], one["name"], one["interrupting"]) for one in found] == [
        ("error", "NO", "Refused", True),
        ("escalation", "UP", "up", False),
    ]
    assert admin.post(f"{path}/escalation", {"token": at, "code": "UP"}).status_code == 200
    assert tasks(admin) == ["a", "boss"]
    assert admin.post(f"{path}/error", {"token": at, "code": "NO"}).status_code == 200
    assert tasks(admin) == ["boss", "refused"]


def test_people_end_tasks(world: World, admin: Person) -> None:
    admin.deploy(GUARDED)
    task = admin.task_of(admin.start("guarded"))
    path = f"/tasks/{task['id']}"
    assert [one["code"] for one in admin.get(f"{path}/catchable").json["items"]] == ["NO", "UP"]
    for kind in ("error", "escalation"):
        with world.unchanged():
            refused = admin.post(f"{path}/{kind}", {"code": "OTHER"})
        assert (refused.status_code, refused.json["code"]) == (422, "invalid-input")
    assert admin.post(f"{path}/escalation", {"code": "UP"}).json["state"] == "open"
    ended = admin.post(f"{path}/error", {"code": "NO", "message": "no", "variables": {"why": "price"}})
    assert (ended.status_code, ended.json["state"]) == (200, "withdrawn")
    assert tasks(admin) == ["boss", "refused"]
    with world.unchanged():
        late = admin.post(f"{path}/error", {"code": "NO"})
    assert (late.status_code, late.json["code"]) == (409, "task-not-open")


def test_compensate_and_its_plan(admin: Person, instance: dict[str, Any]) -> None:
    path = f"/instances/{instance['id']}"
    assert admin.get(f"{path}/undo-plan").json == {"items": []}
    refused = admin.post(f"{path}/compensate")
    assert (refused.status_code, refused.json["code"]) == (409, "wrong-state")


def test_restart(admin: Person, instance: dict[str, Any]) -> None:
    path = f"/instances/{instance['id']}"
    body = {"instructions": [{"type": "startBefore", "elementId": "b"}], "variables": {"m": 2}}
    running = admin.post(f"{path}/restart", body)
    assert (running.status_code, running.json["code"]) == (409, "wrong-state")
    admin.post(f"{path}/cancel")
    told = admin.post(f"{path}/restart/dry-run", body).json["effects"]
    assert "The task 'Second' opens." in [one["text"] for one in told]
    answer = admin.post(f"{path}/restart", body)
    assert (answer.status_code, answer.json["businessKey"]) == (201, "K-1")
    assert answer.headers["Location"] == f"/api/v1/instances/{answer.json['id']}"
    assert admin.get(f"/instances/{answer.json['id']}/variables").json["variables"] == {"n": 1, "m": 2}


BAD: list[tuple[str, Any, int, str, str]] = [
    ("modify", {}, 422, "invalid-input", "instructions"),
    ("modify", {"instructions": []}, 422, "invalid-input", "instructions"),
    ("modify", {"instructions": [{"type": "jump"}]}, 422, "invalid-input", "instructions.0.type"),
    ("modify", {"instructions": [{"type": "cancel"}]}, 422, "invalid-input", "instructions.0"),
    ("modify", {"instructions": [{"type": "cancel", "token": 1, "elementId": "a"}]}, 422, "invalid-input", ""),
    ("modify", {"instructions": [{"type": "cancel", "token": 0}]}, 422, "invalid-input", "instructions.0.token"),
    ("modify", {"instructions": [{"type": "cancel", "token": 9999}]}, 409, "token-not-waiting", ""),
    ("modify", {"instructions": [{"type": "cancel", "elementId": "a", "around": 1}]}, 422, "invalid-input", ""),
    ("modify", {"instructions": [{"type": "startBefore", "flowId": "a"}]}, 422, "invalid-input", ""),
    (
        "modify",
        {"instructions": [{"type": "startOnFlow", "flowId": "x"}]},
        422,
        "invalid-input",
        "instructions.0.flowId",
    ),
    (
        "modify",
        {"instructions": [{"type": "startBefore", "elementId": "nowhere"}]},
        422,
        "invalid-input",
        "instructions.0.elementId",
    ),
    ("modify", {"instructions": [{"type": "cancel", "elementId": "b"}]}, 422, "invalid-input", ""),
    ("modify", {**MOVE, "reason": "x" * 2001}, 422, "invalid-input", "reason"),
    ("modify", {**MOVE, "extra": 1}, 422, "invalid-input", "extra"),
    ("skip", {}, 422, "invalid-input", "token"),
    ("skip", {"token": "1"}, 422, "invalid-input", "token"),
    ("skip", {"token": 9999}, 409, "token-not-waiting", ""),
    ("error", {"token": 9999, "code": "NO"}, 409, "token-not-waiting", ""),
    ("error", {"token": 1}, 422, "invalid-input", "code"),
    ("error", {"token": 1, "code": ""}, 422, "invalid-input", "code"),
    ("escalation", {"token": 9999, "code": "UP"}, 409, "token-not-waiting", ""),
    ("compensate", {"scope": 9999}, 409, "token-not-waiting", ""),
    ("compensate", {"scope": -1}, 422, "invalid-input", "scope"),
    ("compensate", {"activityId": "a"}, 409, "wrong-state", ""),
    ("resume", {}, 409, "wrong-state", ""),
    ("suspend", [], 422, "invalid-input", ""),
    ("variables", {"removed": ["gone"]}, 422, "invalid-input", "removed"),
    ("variables", {"variables": {"x": 1}, "scope": 9999}, 422, "invalid-input", "scope"),
    ("restart", {"instructions": [{"type": "cancel", "elementId": "a"}]}, 422, "invalid-input", ""),
    ("restart", {"instructions": []}, 422, "invalid-input", "instructions"),
]


@pytest.mark.parametrize("dry", ["", "/dry-run"], ids=["command", "dry run"])
@pytest.mark.parametrize(("name", "body", "status", "code", "path"), BAD)
def test_a_bad_command_changes_nothing_and_says_why(
    world: World,
    admin: Person,
    instance: dict[str, Any],
    name: str,
    body: Any,
    status: int,
    code: str,
    path: str,
    dry: str,
) -> None:
    with world.unchanged():
        answer = admin.post(f"/instances/{instance['id']}/{name}{dry}", body)
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.text
    if path:
        assert path in [error["path"] for error in answer.json["errors"]]
    assert len(answer.json["detail"]) > 10
