"""The document is valid OpenAPI 3.1 in the parts that we use, complete, and says what the answers really are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from stellwerk.web.api.mounting import NOUNS
from stellwerk.web.errors import MEANINGS

from .world import ORDER, Person, World

METHODS = {"get", "put", "post", "delete", "patch"}
OPERATIONS = [operation for noun in NOUNS for operation in noun.operations]


@pytest.fixture
def document(admin: Person) -> dict[str, Any]:
    found: dict[str, Any] = admin.get("/openapi.json").json
    return found


def test_every_route_is_in_the_document_and_nothing_else(world: World, document: dict[str, Any]) -> None:
    routes = {
        (method.lower(), re.sub(r"<(\w+)>", r"{\1}", rule.rule.removeprefix("/api/v1")))
        for rule in world.app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1") and not rule.rule.endswith(("/openapi.json", "/docs"))
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    described = {(method, path) for path, methods in document["paths"].items() for method in methods}
    assert described == routes


def test_the_document_says_what_it_is(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    assert {"title", "version", "description"} <= set(document["info"])
    assert document["servers"] == [{"url": "/api/v1"}]


def test_each_operation_has_what_openapi_requires(document: dict[str, Any]) -> None:
    tags = {tag["name"] for tag in document["tags"]}
    ids: set[str] = set()
    for path, methods in document["paths"].items():
        assert path.startswith("/")
        for method, operation in methods.items():
            assert method in METHODS
            assert operation["operationId"] not in ids, "operation ids are unique"
            ids.add(operation["operationId"])
            assert operation["summary"].endswith("."), f"{method} {path} has no summary"
            assert set(operation["tags"]) <= tags
            assert any(status.startswith("2") for status in operation["responses"])
            named = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "path"}
            assert named == set(re.findall(r"{(\w+)}", path))
            if method == "get":
                assert "requestBody" not in operation


def test_every_reference_leads_somewhere_and_every_schema_is_used(document: dict[str, Any]) -> None:
    found: set[str] = set()

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if "$ref" in value:
                found.add(value["$ref"])
            for item in value.values():
                walk(item)
        elif isinstance(value, list):
            for item in value:
                walk(item)

    walk(document)
    for reference in found:
        place: Any = document
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]
    for name in document["components"]["schemas"]:
        assert f"#/components/schemas/{name}" in found, f"nothing leads to {name}"


def test_names_are_camel_case(document: dict[str, Any]) -> None:
    for schema in document["components"]["schemas"].values():
        for name in schema.get("properties", {}):
            assert "_" not in name, name


def test_changing_posts_take_an_idempotency_key_and_the_others_do_not(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            keyed = any(p["name"] == "Idempotency-Key" for p in operation.get("parameters", ()))
            changes = method == "post" and not path.endswith(
                ("/search", "/check", "/compare", "/plan", "/dry-run", "/try")
            )
            assert keyed is changes, f"{method} {path}"


def test_bodies_refuse_unknown_fields_in_the_document_too(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert schemas["StartIn"]["additionalProperties"] is False
    assert "additionalProperties" not in schemas["InstanceOut"]


def test_answers_have_the_fields_of_their_schema(admin: Person, document: dict[str, Any]) -> None:
    admin.deploy(ORDER)
    started = admin.start("order")
    task = admin.task_of(started)
    schemas = document["components"]["schemas"]
    assert set(started) == set(schemas["StartedOut"]["properties"])
    assert set(task) == set(schemas["TaskOut"]["properties"])
    problem = admin.get("/tasks/x").json
    assert set(problem) <= set(schemas["ProblemOut"]["properties"])
    assert {"type", "title", "status", "detail", "code"} <= set(problem)


def test_the_issues_routes_are_all_there(document: dict[str, Any]) -> None:
    wanted = """
        post /deployments | post /deployments/check | post /deployments/compare | get /definitions/{id}
        | get /definitions/{id}/xml | post /definitions/search
        | post /definitions/{id}/activate | post /definitions/{id}/deactivate
        | post /instances | get /instances/{id} | get /instances/{id}/variables | get /instances/{id}/activities
        | get /instances/{id}/history | post /instances/{id}/cancel | post /instances/search | delete /instances/{id}
        | post /tasks/search | get /tasks/{id} | get /tasks/{id}/form | post /tasks/{id}/claim
        | post /tasks/{id}/unclaim | post /tasks/{id}/complete | post /messages | post /incidents/search
        | post /incidents/{id}/retry
    """
    for line in wanted.split("|"):
        method, path = line.split()
        assert method in document["paths"][path]


def test_every_problem_says_what_to_do() -> None:
    for code, meaning in MEANINGS.items():
        assert re.fullmatch(r"[a-z-]+", code)
        assert 400 <= meaning.status < 600
        assert meaning.help.endswith(".")


def test_the_page_about_the_api_lists_every_problem() -> None:
    page = (Path(__file__).parents[3] / "docs" / "api.md").read_text("utf-8")
    rows = re.findall(r"^\| (\d{3}) \| (.+) \|$", page, re.MULTILINE)
    listed = {(code, int(status)) for status, codes in rows for code in re.findall(r"`([a-z-]+)`(?:,|$)", codes)}
    assert listed == {(code, meaning.status) for code, meaning in MEANINGS.items()}
