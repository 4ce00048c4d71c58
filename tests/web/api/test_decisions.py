"""Decisions through REST: deployed, found, evaluated, and what the history keeps."""

from __future__ import annotations

from typing import Any

import pytest
from tests.dmn.models import decision, file, inputs, literal, table

from .world import NOBODYS_ID, Person, World

DISH = inputs(season="string") + decision(
    "dish",
    table(["season"], ["dish"], [(['"winter"'], ['"roast"']), (['"summer"'], ['"salad"'])]),
    needs="#season*",
)
LOOP = decision("loop", literal("count(for a in 1..1000, b in 1..1000 return a * b)"))
LOST = decision("lost", literal("nothing + 1"))


def deployed(admin: Person, *bodies: str) -> list[dict[str, Any]]:
    answer = admin.upload(("dish.dmn", file("".join(bodies))))
    assert answer.status_code == 201, answer.text
    found: list[dict[str, Any]] = answer.json["decisions"]
    return found


def test_a_deployment_names_its_decisions_and_each_can_be_read(admin: Person) -> None:
    (made,) = deployed(admin, DISH)
    assert (made["key"], made["version"], set(made)) == ("dish", 1, {"id", "key", "name", "version"})
    deployed(admin, DISH, LOST)
    answer = admin.get("/decisions/dish")
    assert [(one["version"], one["filename"]) for one in answer.json["items"]] == [(2, "dish.dmn"), (1, "dish.dmn")]
    assert set(answer.json["items"][0]) >= {"id", "versionTag", "kind", "namespace", "modelName", "imports"}
    first = admin.get("/decisions/dish?limit=1").json
    assert first["page"]["nextCursor"]
    rest = admin.get(f"/decisions/dish?cursor={first['page']['nextCursor']}").json
    assert [one["version"] for one in rest["items"]] == [1]


def test_the_file_of_each_version_is_given_with_its_etag(admin: Person) -> None:
    deployed(admin, DISH)
    deployed(admin, DISH, LOST)
    newest, first = admin.get("/decisions/dish/xml"), admin.get("/decisions/dish/xml?version=1")
    assert (newest.data, first.data) == (file(DISH + LOST), file(DISH))
    assert first.mimetype == "application/xml"
    assert first.headers["ETag"] != newest.headers["ETag"]
    assert "max-age" in first.headers["Cache-Control"]
    assert "max-age" not in newest.headers.get("Cache-Control", "")
    assert admin.get("/decisions/dish/xml?version=3").status_code == 404
    assert admin.get("/decisions/dish/xml?version=x").status_code == 422


def test_decisions_are_found_by_filter_in_order_and_page_by_page(admin: Person) -> None:
    deployed(admin, DISH)
    deployed(admin, DISH, LOST)
    latest = admin.post("/decisions/search", {"filter": {"latest": True}, "sort": [{"field": "key"}]}).json["items"]
    assert [(one["key"], one["version"]) for one in latest] == [("dish", 2), ("lost", 1)]
    assert [one["key"] for one in admin.post("/decisions/search", {"filter": {"text": "OST"}}).json["items"]] == [
        "lost"
    ]
    page = admin.post("/decisions/search", {"page": {"limit": 2}}).json
    rest = admin.post("/decisions/search", {"page": {"cursor": page["page"]["nextCursor"]}}).json
    assert len(page["items"] + rest["items"]) == 3
    assert rest["page"]["nextCursor"] is None
    assert admin.post("/decisions/search", {"filter": {"kind": "table"}}).status_code == 422


def test_users_evaluate_decisions_and_see_their_own_evaluations(world: World, admin: Person) -> None:
    deployed(admin, DISH)
    anna = world.program("anna", "user")
    admin.post("/decisions/dish/evaluate", {"variables": {"season": "winter"}})
    answer = anna.post("/decisions/dish/evaluate", {"variables": {"season": "summer"}})
    assert answer.status_code == 200, answer.text
    found = answer.json
    assert (found["decision"], found["version"], found["result"], found["warnings"]) == ("dish", 1, "salad", [])
    assert (found["matched"][0]["rules"], found["matched"][0]["ruleIds"]) == ([2], ["r2"])
    assert found["decisions"] == {"dish": "salad"}
    items = anna.post("/decision-evaluations/search").json["items"]
    assert [one["id"] for one in items] == [found["evaluationId"]]
    kept = anna.get(f"/decision-evaluations/{found['evaluationId']}").json
    assert (kept["decision"], kept["by"], kept["inputs"]) == ("dish", "token:anna", {"season": "summer"})
    assert (kept["result"], kept["instanceId"], kept["matched"][0]["matches"]) == ("salad", None, 1)
    (_, other) = admin.post("/decision-evaluations/search", {"filter": {"decision": "dish"}}).json["items"]
    assert anna.get(f"/decision-evaluations/{other['id']}").status_code == 404
    assert admin.get(f"/decision-evaluations/{NOBODYS_ID}").status_code == 404


def test_evaluations_are_found_by_their_time(admin: Person) -> None:
    deployed(admin, DISH)
    admin.post("/decisions/dish/evaluate")
    for filter, expected in (
        ({"from": "2000-01-01T00:00:00Z"}, 1),
        ({"to": "2000-01-01T00:00:00Z"}, 0),
        ({"version": 2}, 0),
        ({"instanceId": NOBODYS_ID}, 0),
    ):
        answer = admin.post("/decision-evaluations/search", {"filter": filter})
        assert len(answer.json["items"]) == expected, filter


def test_the_same_request_twice_is_one_evaluation(admin: Person) -> None:
    deployed(admin, DISH)
    body, key = {"variables": {"season": "winter"}}, {"Idempotency-Key": "once"}
    first, again = (admin.post("/decisions/dish/evaluate", body, key) for _ in range(2))
    assert first.json == again.json
    assert len(admin.post("/decision-evaluations/search").json["items"]) == 1


@pytest.mark.parametrize(
    ("path", "body", "status", "code", "says"),
    [
        ("dihs", {}, 404, "not-found", "Do you mean 'dish'?"),
        ("dish", {"version": 2}, 404, "not-found", "numbers 1 to 1"),
        ("dish", {"versionTag": "x"}, 404, "not-found", "version tag x"),
        ("dish", {"version": 0}, 422, "invalid-input", "version"),
        ("dish", {"version": "1"}, 422, "invalid-input", "version"),
        ("dish", {"version": 1, "versionTag": "x"}, 422, "invalid-input", "not by both"),
        ("dish", {"variables": []}, 422, "invalid-input", "variables"),
        ("dish", {"expressions": {"season": "1 +"}}, 422, "invalid-input", "expressions.season"),
        ("loop", {}, 422, "decision-too-costly", "too many steps"),
        ("lost", {}, 422, "decision-not-evaluated", "There is no `nothing`"),
    ],
)
def test_what_cannot_be_evaluated_is_a_problem_and_nothing_is_kept(
    world: World, admin: Person, path: str, body: dict[str, Any], status: int, code: str, says: str
) -> None:
    deployed(admin, DISH, LOOP, LOST)
    with world.unchanged():
        answer = admin.post(f"/decisions/{path}/evaluate", body)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert says in answer.text
    if code == "decision-not-evaluated":
        assert "There is no `nothing`" in answer.json["warnings"][0]


def test_decision_files_are_checked_with_the_others(world: World, admin: Person) -> None:
    with world.unchanged():
        answer = admin.upload(("a.dmn", file(decision("d", literal("1 +")))), path="/deployments/check")
        fine = admin.upload(("a.dmn", file(DISH)), path="/deployments/check").json
    assert (answer.json["deployable"], fine["deployable"]) == (False, True)
    (problem,) = answer.json["problems"]
    assert (problem["file"], problem["rule"], problem["elementId"]) == ("a.dmn", "feel-syntax", "d")
