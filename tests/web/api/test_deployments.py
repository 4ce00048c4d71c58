"""Deploying and looking at definitions through REST."""

from __future__ import annotations

import pytest

from .world import BOUNDARY, BROKEN, ORDER, STRAIGHT, Person, World, multipart

MB = 1024 * 1024


def test_a_deployment_answers_with_its_definitions_and_a_report(admin: Person) -> None:
    answer = admin.upload(("order.bpmn", ORDER), ("straight.bpmn", STRAIGHT))
    assert answer.status_code == 201
    assert set(answer.json) == {"id", "definitions", "decisions", "report"}
    found = [(d["key"], d["name"], d["version"]) for d in answer.json["definitions"]]
    assert found == [("order", "Order", 1), ("straight", "Straight", 1)]


def test_the_same_content_makes_no_new_version(admin: Person) -> None:
    first, second = admin.deploy(ORDER), admin.deploy(ORDER)
    assert first == second
    assert admin.deploy(ORDER.replace(b'name="Pack"', b'name="Pack it"'))["version"] == 2


def test_one_broken_file_refuses_all_and_stores_nothing(world: World, admin: Person) -> None:
    with world.unchanged():
        answer = admin.upload(("order.bpmn", ORDER), ("broken.bpmn", BROKEN))
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.json["code"] == "invalid-definition"
    errors = [p for p in answer.json["problems"] if p["severity"] == "error"]
    assert errors
    assert set(errors[0]) == {"file", "line", "elementId", "elementName", "rule", "message", "severity", "fix"}
    assert {p["file"] for p in errors} == {"broken.bpmn"}


def test_a_check_says_the_same_and_stores_nothing(world: World, admin: Person) -> None:
    with world.unchanged():
        good = admin.upload(("order.bpmn", ORDER), path="/deployments/check")
        bad = admin.upload(("broken.bpmn", BROKEN), path="/deployments/check")
    assert good.json["deployable"] is True
    assert good.json["variables"] == []
    assert bad.status_code == 200
    assert bad.json["deployable"] is False
    assert any(p["severity"] == "error" for p in bad.json["problems"])


def test_a_comparison_says_what_changes_and_how_many_instances_run(world: World, admin: Person) -> None:
    files = ("order.bpmn", ORDER.replace(b'name="Pack"', b'name="Pack it"'))
    (new,) = admin.upload(files, path="/deployments/compare").json["changes"]
    assert (new["version"], new["same"], new["active"], new["added"]) == (None, False, 0, [])
    admin.deploy(ORDER)
    admin.start("order")
    with world.unchanged():
        (change,) = admin.upload(files, path="/deployments/compare").json["changes"]
        (same,) = admin.upload(("order.bpmn", ORDER), path="/deployments/compare").json["changes"]
    assert (change["key"], change["version"], change["same"]) == ("order", 1, False)
    assert (change["active"], change["older"]) == (1, 0)
    assert (change["added"], change["removed"]) == ([], [])
    assert [(one["name"], one["tag"]) for one in change["changed"]] == [("Pack it", "userTask")]
    assert same["same"] is True
    admin.upload(files)
    (later,) = admin.upload(("order.bpmn", ORDER), path="/deployments/compare").json["changes"]
    assert (later["version"], later["active"], later["older"]) == (2, 0, 1)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0\0\0",
        b"not xml",
        b"<definitions",
        b'<!DOCTYPE x [<!ENTITY a "b">]><definitions/>',
        b'<?xml version="1.0" encoding="utf-16"?><definitions/>',
        b'<?xml version="1.0" encoding="klingon"?><definitions/>',
        b"<html/>",
        b"\xff\xfe" + "<definitions/>".encode("utf-16-le"),
        b"<a>" * 100_000,
        b"<definitions " + b" ".join(b'a%d="x"' % n for n in range(40_000)) + b"/>",
    ],
)
def test_files_that_are_no_diagrams_are_refused_with_a_problem(world: World, admin: Person, content: bytes) -> None:
    with world.unchanged():
        answer = admin.upload(("a.bpmn", content))
    assert (answer.status_code, answer.json["code"]) == (422, "invalid-definition")
    assert answer.json["problems"][0]["file"] == "a.bpmn"


def test_a_file_over_the_limit_is_refused_by_name_and_setting(world: World, admin: Person) -> None:
    with world.unchanged():
        answer = admin.upload(("big.bpmn", b"x" * (2 * MB + 1)))
    assert (answer.status_code, answer.json["code"]) == (413, "too-large")
    assert "big.bpmn is larger than 2 MB" in answer.json["detail"]
    assert "STELLWERK_UPLOAD_LIMIT" in answer.json["detail"]


def test_a_request_over_the_limit_is_refused(world: World, admin: Person) -> None:
    with world.unchanged():
        answer = admin.upload(("big.bpmn", b"x" * (22 * MB)))
    assert (answer.status_code, answer.json["code"]) == (413, "too-large")


def test_a_deployment_without_files_or_with_other_parts_says_what_is_missing(world: World, admin: Person) -> None:
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    with world.unchanged():
        for body, content_type, status, text in (
            (b"", None, 415, "multipart"),
            (b"{}", "application/json", 415, "multipart"),
            (multipart("file", ("a.bpmn", ORDER)), kind, 422, "part named 'file'"),
            (multipart("files"), kind, 422, "no part named 'files'"),
            (multipart("files", ("a\x01.bpmn", ORDER)), kind, 422, "usable name"),
        ):
            answer = admin.send("POST", "/deployments", body, content_type)
            assert answer.status_code == status, answer.text
            assert text in answer.text


def test_a_multipart_body_that_is_cut_off_is_refused(world: World, admin: Person) -> None:
    with world.unchanged():
        answer = admin.send("POST", "/deployments", b"--x\r\nContent-Disp", "multipart/form-data; boundary=x")
        assert answer.status_code == 422
        assert admin.send("POST", "/deployments", b"x", "multipart/form-data").status_code in (400, 422)


def test_a_path_in_a_file_name_is_cut_off(admin: Person) -> None:
    made = admin.upload(("../../etc/order.bpmn", ORDER)).json["definitions"][0]
    assert admin.get(f"/definitions/{made['id']}").json["filename"] == "order.bpmn"


# -- definitions
def test_a_definition_and_its_file_can_be_read(admin: Person) -> None:
    made = admin.deploy(ORDER)
    found = admin.get(f"/definitions/{made['id']}").json
    assert found["key"] == "order"
    assert found["takesStarts"] is True
    assert found["deployedBy"] == "token:robot"
    assert found["deployedAt"].endswith("Z")
    xml = admin.get(f"/definitions/{made['id']}/xml")
    assert (xml.data, xml.mimetype) == (ORDER, "application/xml")


def test_definitions_are_found_by_filter_in_order_and_page_by_page(admin: Person) -> None:
    admin.deploy(ORDER)
    admin.deploy(ORDER.replace(b'name="Pack"', b'name="Pack it"'))
    admin.deploy(STRAIGHT)
    latest = admin.post("/definitions/search", {"filter": {"latest": True}, "sort": [{"field": "key"}]}).json
    assert [(d["key"], d["version"]) for d in latest["items"]] == [("order", 2), ("straight", 1)]
    assert latest["page"] == {"nextCursor": None}
    seen, cursor = [], None
    while True:
        page = admin.post("/definitions/search", {"page": {"limit": 1, "cursor": cursor}}).json
        seen += [(d["key"], d["version"]) for d in page["items"]]
        cursor = page["page"]["nextCursor"]
        if cursor is None:
            break
    assert seen == [("straight", 1), ("order", 2), ("order", 1)]


def test_a_stopped_version_takes_no_starts_until_it_is_activated_again(world: World, admin: Person) -> None:
    made = admin.deploy(ORDER)
    assert admin.post(f"/definitions/{made['id']}/deactivate").json["state"] == "inactive"
    with world.unchanged():
        refused = admin.post("/instances", {"definitionKey": "order"})
    assert (refused.status_code, refused.json["code"]) == (409, "not-startable")
    assert admin.post(f"/definitions/{made['id']}/activate").json["takesStarts"] is True
    assert admin.post("/instances", {"definitionKey": "order"}).status_code == 201
