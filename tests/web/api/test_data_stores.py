"""Data stores through REST."""

from __future__ import annotations

from .world import Person


def test_a_store_is_made_read_and_written(admin: Person) -> None:
    assert admin.get("/data-stores/Orders%20today").status_code == 404
    made = admin.put("/data-stores/Orders%20today", {"value": {"n": 1.5}}, If_Match="*")
    assert (made.status_code, made.headers["ETag"]) == (200, '"1"')
    read = admin.get("/data-stores/Orders%20today")
    assert (read.json["name"], read.json["value"], read.headers["ETag"]) == ("Orders today", {"n": 1.5}, '"1"')
    assert read.json["changedBy"] == "token:robot"
    again = admin.put("/data-stores/Orders%20today", {"value": None}, If_Match='"1"')
    assert (again.json["value"], again.json["version"]) == (None, 2)
    admin.put("/data-stores/A", {"value": [1]}, If_Match="*")
    first = admin.get("/data-stores?limit=1").json
    assert [one["name"] for one in first["items"]] == ["A"]
    rest = admin.get(f"/data-stores?limit=1&cursor={first['page']['nextCursor']}").json
    assert [one["name"] for one in rest["items"]] == ["Orders today"]


def test_two_who_write_notice_each_other(admin: Person) -> None:
    admin.put("/data-stores/A", {"value": 1}, If_Match="*")
    admin.put("/data-stores/A", {"value": 2}, If_Match='"1"')
    late = admin.put("/data-stores/A", {"value": 3}, If_Match='"1"')
    assert (late.status_code, late.json["code"]) == (412, "changed-meanwhile")
    assert admin.put("/data-stores/A", {"value": 3}).status_code == 428
    assert admin.get("/data-stores/A").json["value"] == 2
    assert admin.put("/data-stores/new", {"value": 3}, If_Match='"4"').status_code == 412


def test_what_is_no_value_is_refused(admin: Person) -> None:
    assert admin.put("/data-stores/A", {}, If_Match="*").status_code == 422
    assert admin.put(f"/data-stores/{'x' * 256}", {"value": 1}, If_Match="*").status_code == 422
    assert admin.get("/data-stores").json["items"] == []
