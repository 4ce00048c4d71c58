"""`/openapi.json`, and a page that shows the same document to people, without any script of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Any

import orjson
from flask import Blueprint, Response, redirect, render_template
from markupsafe import Markup, escape
from werkzeug.wrappers import Response as AnyResponse

from stellwerk.web import auth
from stellwerk.web.api import openapi
from stellwerk.web.api.routing import Noun
from stellwerk.web.errors import MEANINGS

Document = Mapping[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")


def mount(blueprint: Blueprint, nouns: Sequence[Noun]) -> None:
    @cache
    def made() -> dict[str, Any]:
        return openapi.document(nouns, version("stellwerk"))

    @blueprint.get("/openapi.json")
    def openapi_json() -> Response:
        """For everybody: tools that make clients from it cannot sign in, and it says nothing about anybody."""
        return Response(orjson.dumps(made()), content_type="application/json")

    @blueprint.get("/docs")
    def docs() -> AnyResponse | str:
        if auth.principal() is None:
            return redirect("/sign-in?next=/api/v1/docs")
        return render_template("api/docs.html", marked=marked, **page(made()))


def marked(text: str) -> Markup:
    """The text with what stands between backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


# -- the page's view of the document
@dataclass(frozen=True)
class Field:
    """A row of a table of fields. `link` is the name of the schema that its type leads to."""

    name: str
    type: str
    link: str
    required: bool
    text: str


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    id: str
    summary: str
    description: str
    parameters: tuple[Field, ...]
    body: Field | None
    fields: tuple[Field, ...]  # of the body
    answers: tuple[tuple[str, Field | None], ...]  # the good ones
    refusals: tuple[str, ...]


@dataclass(frozen=True)
class Chapter:
    name: str
    description: str
    routes: tuple[Route, ...]


@dataclass(frozen=True)
class Shape:
    """A named schema."""

    name: str
    description: str
    fields: tuple[Field, ...]


def page(document: Document) -> dict[str, Any]:
    """What the template shows."""
    schemas = document["components"]["schemas"]
    routes = [
        (operation["tags"][0], _route(method, path, operation, schemas))
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]
    chapters = [
        Chapter(tag["name"], tag["description"], tuple(route for noun, route in routes if noun == tag["name"]))
        for tag in document["tags"]
    ]
    shapes = [Shape(name, schema.get("description", ""), _fields(schema)) for name, schema in sorted(schemas.items())]
    return {
        "introduction": document["info"]["description"],
        "version": document["info"]["version"],
        "prefix": document["servers"][0]["url"],
        "chapters": chapters,
        "shapes": shapes,
        "problems": sorted(MEANINGS.items(), key=lambda entry: (entry[1].status, entry[0])),
    }


def _route(method: str, path: str, operation: Document, schemas: Document) -> Route:
    parameters = [
        Field(p["name"], f"{_type(p['schema'])}, {p['in']}", "", p["required"], p.get("description", ""))
        for p in operation.get("parameters", ())
    ]
    body = _content(operation.get("requestBody", {}))
    responses = {status: r for status, r in operation["responses"].items() if status != "default"}
    return Route(
        method=method.upper(),
        path=path,
        id=operation["operationId"],
        summary=operation["summary"],
        description=operation["description"],
        parameters=tuple(parameters),
        body=body,
        fields=_fields(schemas[body.link]) if body and body.link else (),
        answers=tuple((status, _content(r)) for status, r in responses.items() if "$ref" not in r),
        refusals=tuple(status for status, r in responses.items() if "$ref" in r),
    )


def _content(described: Document) -> Field | None:
    for kind, media in described.get("content", {}).items():
        schema = media["schema"]
        return Field(kind, _type(schema), _link(schema), described.get("required", True), "")
    return None


def _fields(schema: Document) -> tuple[Field, ...]:
    required = schema.get("required", ())
    return tuple(
        Field(name, _type(value), _link(value), name in required, _text(value))
        for name, value in schema.get("properties", {}).items()
    )


def _text(schema: Document) -> str:
    limits = [
        f"{word} {schema[key]}"
        for key, word in (("minimum", "at least"), ("maximum", "at most"), ("default", "default"))
        if schema.get(key) not in (None, {}, [], "")
    ]
    return ". ".join(part for part in (schema.get("description", "").rstrip("."), ", ".join(limits)) if part)


def _type(schema: Document) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if "const" in schema:
        return str(schema["const"])
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return " or ".join(_type(part) for part in schema[key])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "any JSON")


def _link(schema: Document) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    parts = [*schema.get("anyOf", ()), *([schema["items"]] if "items" in schema else [])]
    return next((link for link in map(_link, parts) if link), "")
