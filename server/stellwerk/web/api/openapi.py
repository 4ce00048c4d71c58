"""The OpenAPI 3.1 document, made from the declared operations and the pydantic models that validate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.alias_generators import to_camel
from pydantic.json_schema import models_json_schema

from stellwerk.usecases import access
from stellwerk.web.api.models import ProblemOut
from stellwerk.web.api.routing import Noun, Operation

Mode = Literal["validation", "serialization"]
REF = "#/components/schemas/{model}"
PREFIX = "/api/v1"

INTRODUCTION = """\
Stellwerk's REST API. Names are camelCase, ids are texts, dates are ISO 8601 with offset. Lists are
`POST /<noun>/search` with `filter`, `sort` and `page`; `page.nextCursor` leads to the next page. Errors are RFC 9457
problems with a `code`. A POST that changes something takes an `Idempotency-Key`: the same key and body give the same
answer for a day and have one effect. Programs send `Authorization: Bearer` with an API token."""


def document(nouns: Sequence[Noun], version: str) -> dict[str, Any]:
    """The whole document as plain JSON values."""
    operations = [operation for noun in nouns for operation in noun.operations]
    references, definitions = _schemas(operations)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Stellwerk", "version": version, "description": INTRODUCTION},
        "servers": [{"url": PREFIX}],
        "security": [{"token": []}, {"session": []}],
        "tags": [{"name": noun.name, "description": noun.description} for noun in nouns],
        "paths": _paths(operations, references),
        "components": {
            "schemas": definitions,
            "responses": {"Problem": _problem(references)},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "`stellwerk token create`"},
                "session": {"type": "apiKey", "in": "cookie", "name": "stellwerk_session"},
            },
        },
    }


References = dict[Any, Any]  # (model, mode) -> schema reference


def _schemas(operations: Iterable[Operation]) -> tuple[References, dict[str, Any]]:
    wanted: dict[tuple[type[BaseModel], Mode], None] = {(ProblemOut, "serialization"): None}
    for operation in operations:
        if operation.body is not None:
            wanted[(operation.body, "validation")] = None
        if operation.answer is not None:
            wanted[(operation.answer, "serialization")] = None
    references, schema = models_json_schema(list(wanted), by_alias=True, ref_template=REF)
    return dict(references), schema["$defs"]


def _paths(operations: Iterable[Operation], references: References) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for operation in operations:
        path = operation.path.replace("<", "{").replace(">", "}")
        paths.setdefault(path, {})[operation.method.lower()] = _operation(operation, references)
    return paths


def _operation(operation: Operation, references: References) -> dict[str, Any]:
    described: dict[str, Any] = {
        "tags": [operation.noun],
        "operationId": to_camel(f"{operation.view.__name__}_{operation.kind.replace(' ', '_')}"),
        "summary": operation.summary,
        "description": f"{operation.description}\n\n{_who(operation)}".strip(),
        "responses": _responses(operation, references),
    }
    parameters = _parameters(operation, references)
    if parameters:
        described["parameters"] = parameters
    body = _body(operation, references)
    if body:
        described["requestBody"] = body
    return described


def _who(operation: Operation) -> str:
    rule = access.RULES[operation.access]
    if rule.user is access.Rule().user:
        return "Who: administrators."
    if rule.seen_through:
        return "Who: administrators, and users whom this one concerns."
    return "Who: administrators and users."


_FORMATS = {"id": {"format": "uuid"}}  # of the parts of paths


def _parameters(operation: Operation, references: References) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"} | _FORMATS.get(name, {})}
        for name in operation.parameters
    ]
    if operation.query is not None:
        schema = operation.query.model_json_schema(by_alias=True)
        required = schema.get("required", [])
        found += [
            {"name": name, "in": "query", "required": name in required, "schema": value}
            for name, value in schema["properties"].items()
        ]
    headers = dict(operation.headers)
    if operation.changes:
        headers["Idempotency-Key"] = "A text that is new for each intended change; at most 255 characters."
    found += [
        {"name": name, "in": "header", "required": False, "schema": {"type": "string"}, "description": text}
        for name, text in headers.items()
    ]
    return found


def _body(operation: Operation, references: References) -> dict[str, Any] | None:
    if operation.uploads:
        schema = {
            "type": "object",
            "properties": {"files": {"type": "array", "items": {"type": "string", "format": "binary"}}},
            "required": ["files"],
        }
        return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}
    if operation.body is None:
        return None
    schema = references[(operation.body, "validation")]
    return {"required": not operation.body_optional, "content": {"application/json": {"schema": schema}}}


def _responses(operation: Operation, references: References) -> dict[str, Any]:
    status = 204 if operation.answer is None and operation.status == 200 and _is_json(operation) else operation.status
    good: dict[str, Any] = {"description": "Done." if operation.method != "GET" else "Found."}
    if operation.answer is not None:
        good["content"] = {"application/json": {"schema": references[(operation.answer, "serialization")]}}
    elif not _is_json(operation):
        good["content"] = {operation.content_type: {"schema": {"type": "string"}}}
    problem = {"$ref": "#/components/responses/Problem"}
    bad = ["401", "403"]
    bad += ["404"] if operation.parameters else []
    bad += ["400", "413", "415", "422"] if operation.body is not None or operation.uploads else []
    bad += ["409"] if operation.changes else []
    return {str(status): good, **dict.fromkeys(sorted(bad), problem), "default": problem}


def _is_json(operation: Operation) -> bool:
    return operation.content_type == "application/json"


def _problem(references: References) -> dict[str, Any]:
    schema = references[(ProblemOut, "serialization")]
    return {
        "description": "A problem (RFC 9457); `code` says which.",
        "content": {"application/problem+json": {"schema": schema}},
    }
