"""How a route of the API is declared: once, with its access, its body and its answers.

    api = Noun("tasks", "task", "Work for people.")

    @api.post("/tasks/<id>/complete", access="task.complete", body=CompleteTask, answer=TaskOut, changes=True)
    def complete(call: Call, id: UUID, body: CompleteTask) -> TaskRecord: ...

From the declaration come routing, authentication, validation, the Idempotency-Key and the OpenAPI document.
The view calls one use case and returns a value of the answer's model, or a record that the model is read from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from flask import Blueprint, Response, request
from pydantic import BaseModel

from stellwerk.errors import FieldError, InvalidInput, NotFound
from stellwerk.usecases import access as rules
from stellwerk.usecases.access import Action, Principal
from stellwerk.usecases.runtime import Runtime
from stellwerk.web import auth
from stellwerk.web.api import bodies, idempotency

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
SLACK = 64 * 1024
"""Bytes that a body may have beside its variables."""


@dataclass(frozen=True)
class Call:
    """What every view gets: the runtime and who asks."""

    rt: Runtime
    who: Principal


@dataclass(frozen=True)
class Answer:
    """A value with another status than the declared one, or with headers."""

    value: Any
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Operation:
    """One declared route. `kind` is what its `<id>` names."""

    noun: str
    kind: str
    method: Method
    path: str
    view: Callable[..., Any]
    access: Action
    summary: str
    description: str
    status: int
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    answer: type[BaseModel] | None = None
    changes: bool = False
    uploads: bool = False
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)  # of the request: name -> meaning
    large: bool = False
    body_optional: bool = False

    @property
    def endpoint(self) -> str:
        return f"{self.noun}_{self.view.__name__}"

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"<(\w+)>", self.path)


class Noun:
    """The routes of one noun, collected when its module is imported; nothing else happens then."""

    def __init__(self, name: str, kind: str, description: str) -> None:
        self.name, self.kind, self.description = name, kind, description
        self.operations: list[Operation] = []

    def get(self, path: str, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        return self._route("GET", path, options)

    def post(self, path: str, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        return self._route("POST", path, options)

    def put(self, path: str, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        return self._route("PUT", path, options)

    def delete(self, path: str, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        return self._route("DELETE", path, {"status": 204, **options})

    def _route(
        self, method: Method, path: str, options: Mapping[str, Any]
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def declare(view: Callable[..., Any]) -> Callable[..., Any]:
            summary, _, description = (view.__doc__ or "").strip().partition("\n\n")
            text = " ".join(description.split())
            declared = {"status": 200, "kind": self.kind, **options}
            self.operations.append(
                Operation(self.name, method=method, path=path, view=view, summary=summary, description=text, **declared)
            )
            return view

        return declare


def mount(blueprint: Blueprint, rt: Runtime, operation: Operation) -> None:
    """Add the route to the blueprint."""

    def view(**path: str) -> Response:
        return serve(rt, operation, path)

    blueprint.add_url_rule(operation.path, operation.endpoint, view, methods=[operation.method])


def serve(rt: Runtime, operation: Operation, path: Mapping[str, str]) -> Response:
    """Answer one request: who, may they, is it well-formed, do it (once)."""
    who = door(operation)
    arguments = _named(operation, path) | _inputs(rt, operation)

    def run() -> Response:
        return _respond(operation, operation.view(Call(rt, who), **arguments))

    return idempotency.once(rt, who, run) if operation.changes else run()


def door(operation: Operation) -> Principal:
    """The caller, if the route is open to their role at all; rules about one subject are the use case's."""
    rule = rules.RULES[operation.access]
    if rule.seen_through is None:
        return rules.require(auth.principal(), operation.access)
    return auth.required()


def _named(operation: Operation, path: Mapping[str, str]) -> dict[str, Any]:
    """The parts of the path: `<id>` is an id, others are texts."""
    return {name: _identify(operation, text) if name == "id" else text for name, text in path.items()}


def _identify(operation: Operation, text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:  # what is no id names nothing
        raise NotFound(operation.kind, text[:80]) from None


def _inputs(rt: Runtime, operation: Operation) -> dict[str, Any]:
    inputs: dict[str, Any] = {}
    query = dict(request.args)
    if operation.query is not None:
        inputs["query"] = bodies.validate(operation.query, query, what="The query")
    elif query:
        raise InvalidInput([FieldError(n, "unknown", f"There is no query parameter '{n}' here.") for n in query])
    if operation.uploads or operation.method in ("GET", "DELETE"):
        return inputs
    value = bodies.read_json(_limit(rt, operation))
    if operation.body is not None:
        inputs["body"] = bodies.validate(operation.body, {} if value is None and operation.body_optional else value)
    elif value not in (None, {}):
        raise InvalidInput([FieldError("", "unknown", "This takes no body. Send none, or an empty object.")])
    return inputs


def _limit(rt: Runtime, operation: Operation) -> int:
    megabytes = 2 * rt.settings.upload_limit if operation.large else rt.settings.variable_limit
    return megabytes * bodies.MEGABYTE + SLACK


def _respond(operation: Operation, result: Any) -> Response:
    if isinstance(result, Response):
        return result
    answer = result if isinstance(result, Answer) else Answer(result)
    status = answer.status or operation.status
    if answer.value is None or operation.answer is None:
        return Response(b"", 204 if status == 200 else status, headers=dict(answer.headers))
    value = answer.value
    if not isinstance(value, operation.answer):
        value = operation.answer.model_validate(value)
    data = value.model_dump_json(by_alias=True).encode()
    return Response(data, status, headers=dict(answer.headers), content_type="application/json")
