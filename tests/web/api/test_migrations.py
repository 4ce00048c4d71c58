"""Migrations through REST: plan, dry run, one instance, many; and what is no migration."""

from __future__ import annotations

from typing import Any

import pytest

from .world import NOBODYS_ID, ORDER, Person, World

NEXT = ORDER.replace(b'id="pack" name="Pack"', b'id="box" name="Box"').replace(b'"pack"', b'"box"')


@pytest.fixture
def versions(admin: Person) -> dict[str, str]:
    """Two versions of one process, as the ids of a body."""
    first, second = admin.deploy(ORDER), admin.deploy(NEXT)
    return {"sourceDefinitionId": first["id"], "targetDefinitionId": second["id"]}


def old(admin: Person, count: int = 1) -> list[str]:
    """Instances of the first version."""
    return [admin.post("/instances", {"definitionKey": "order", "version": 1}).json["id"] for _ in range(count)]


MAPPING = {"mapping": {"pack": "box"}}


def test_a_plan_pairs_the_elements(admin: Person, versions: dict[str, str]) -> None:
    found = admin.post("/migrations/plan", versions).json
    pairs = {p["source"]["id"]: (p["target"] and p["target"]["id"], p["how"]) for p in found["pairings"]}
    assert pairs == {"start": ("start", "id"), "pack": (None, ""), "end": ("end", "id")}
    given = admin.post("/migrations/plan", versions | MAPPING).json["pairings"]
    assert [p["how"] for p in given] == ["id", "given", "id"]


def test_a_dry_run_tells_and_changes_nothing(admin: Person, world: World, versions: dict[str, str]) -> None:
    ids = old(admin, 3)
    with world.unchanged():
        answer = admin.post("/migrations/dry-run", versions | MAPPING | {"page": {"limit": 2}})
        [first, second] = answer.json["items"]
        last = admin.post("/migrations/dry-run", versions | {"page": {"cursor": answer.json["page"]["nextCursor"]}})
    assert {first["instance"]["id"], second["instance"]["id"]} == set(ids[1:])
    assert first["canMigrate"]
    assert [(f["kind"], f["becomes"], f["message"]) for f in first["fates"]] == [
        ("task", "moved", "The task at 'pack' goes to 'box'.")
    ]
    [refused] = last.json["items"]
    assert not refused["canMigrate"]
    assert refused["fates"][0]["becomes"] == "refused"


def test_one_instance_is_migrated(admin: Person, versions: dict[str, str]) -> None:
    [id] = old(admin)
    path, target = f"/instances/{id}/migrate", {"targetDefinitionId": versions["targetDefinitionId"]}
    assert admin.post(f"{path}/dry-run", target | MAPPING).json["canMigrate"]
    found = admin.post(path, target | MAPPING)
    assert (found.status_code, found.json["version"]) == (200, 2)
    assert admin.task_of({"id": id})["name"] == "Box"


def test_a_refusal_says_why_and_changes_nothing(admin: Person, world: World, versions: dict[str, str]) -> None:
    [id] = old(admin)
    with world.unchanged():
        answer = admin.post(f"/instances/{id}/migrate", {"targetDefinitionId": versions["targetDefinitionId"]})
    assert (answer.status_code, answer.json["code"]) == (409, "migration-refused")
    assert answer.json["reasons"] == [
        "The task at 'pack' cannot be migrated. The new version has no counterpart of 'Pack'. "
        "Map it to another element, or let the instance go on first."
    ]
    assert admin.get(f"/instances/{id}").json["version"] == 1


def test_many_are_migrated_page_by_page(admin: Person, versions: dict[str, str]) -> None:
    ids = old(admin, 3)
    body: dict[str, Any] = versions | MAPPING | {"page": {"limit": 2}}
    first = admin.post("/migrations", body, {"Idempotency-Key": "once"})
    again = admin.post("/migrations", body, {"Idempotency-Key": "once"})
    assert again.json == first.json
    assert [(i["instanceId"], i["migrated"]) for i in first.json["items"]] == [(ids[2], True), (ids[1], True)]
    body["page"]["cursor"] = first.json["page"]["nextCursor"]
    rest = admin.post("/migrations", body).json
    assert [(i["instanceId"], i["problem"]) for i in rest["items"]] == [(ids[0], "")]
    assert rest["page"]["nextCursor"] is None
    assert admin.post("/migrations", versions).json["items"] == []


BAD: list[tuple[str, dict[str, Any], int, str, str]] = [
    ("/migrations/plan", {"targetDefinitionId": None}, 422, "invalid-input", "targetDefinitionId"),
    ("/migrations/plan", {"targetDefinitionId": NOBODYS_ID}, 404, "not-found", ""),
    ("/migrations/plan", {"sourceDefinitionId": "x"}, 422, "invalid-input", "sourceDefinitionId"),
    ("/migrations/plan", {"mapping": {"nope": "box"}}, 422, "invalid-input", "mapping.nope"),
    ("/migrations/plan", {"mapping": {"pack": "nope"}}, 422, "invalid-input", "mapping.pack"),
    ("/migrations/plan", {"mapping": {"pack": "end"}}, 422, "invalid-input", "mapping.pack"),
    ("/migrations/plan", {"mapping": {"pack": 5}}, 422, "invalid-input", "mapping.pack"),
    ("/migrations/plan", {"mapping": []}, 422, "invalid-input", "mapping"),
    ("/migrations/plan", {"updateTimers": True}, 422, "invalid-input", "updateTimers"),
    ("/migrations/dry-run", {"updateTimers": "yes"}, 422, "invalid-input", "updateTimers"),
    ("/migrations/dry-run", {"page": {"limit": 101}}, 422, "invalid-input", "page.limit"),
    ("/migrations/dry-run", {"page": {"cursor": "?"}}, 422, "invalid-input", "page.cursor"),
    ("/migrations/dry-run", {"mapping": {"pack": "nope"}}, 422, "invalid-input", "mapping.pack"),
    ("/migrations", {"mapping": {"pack": "nope"}}, 422, "invalid-input", "mapping.pack"),
    ("/migrations", {"targetDefinitionId": "same"}, 422, "invalid-input", "targetDefinitionId"),
    ("/migrations", {"everything": True}, 422, "invalid-input", "everything"),
]


@pytest.mark.parametrize(("path", "change", "status", "code", "field"), BAD)
def test_bad_input_is_refused_by_name(
    admin: Person,
    world: World,
    versions: dict[str, str],
    path: str,
    change: dict[str, Any],
    status: int,
    code: str,
    field: str,
) -> None:
    old(admin)
    if change.get("targetDefinitionId") == "same":
        change = {"targetDefinitionId": versions["sourceDefinitionId"]}
    with world.unchanged():
        answer = admin.post(path, versions | change)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    if field:
        assert answer.json["errors"][0]["path"].startswith(field)


def test_an_instance_of_another_version_or_process_is_not_migrated(admin: Person, versions: dict[str, str]) -> None:
    [id] = old(admin)
    other = admin.deploy(ORDER.replace(b'id="order"', b'id="other"'))
    path = f"/instances/{id}/migrate"
    backwards = {
        "targetDefinitionId": versions["sourceDefinitionId"],
        "sourceDefinitionId": versions["targetDefinitionId"],
    }
    assert admin.post(path, backwards).json["code"] == "wrong-state"
    answer = admin.post(path, {"targetDefinitionId": other["id"]})
    assert (answer.status_code, answer.json["errors"][0]["path"]) == (422, "targetDefinitionId")
    assert admin.post(f"/instances/{NOBODYS_ID}/migrate", backwards).status_code == 404
    admin.post(f"/instances/{id}/cancel")
    answer = admin.post(path, {"targetDefinitionId": versions["targetDefinitionId"]})
    assert (answer.status_code, answer.json["code"]) == (409, "wrong-state")
