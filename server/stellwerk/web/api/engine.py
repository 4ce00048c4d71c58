"""What diagrams can use here: the engine's table of elements and attributes, and the handlers of service tasks."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from stellwerk.engine import mistake_in
from stellwerk.engine import vocabulary as table
from stellwerk.web.api.models import Input, JsonOut, Output
from stellwerk.web.api.routing import Call, Noun

api = Noun("engine", "engine", "What diagrams can use: elements, attributes, handlers.")


class VocabularyOut(Output):
    """The one table: `elements` with their families, `attributes` with type, label, meaning and choices."""

    vocabulary: JsonOut


class HandlersOut(Output):
    """Each handler: its topic, its description, and the schemas of its input and output."""

    items: list[JsonOut]


class ExpressionIn(Input):
    """A text of an attribute whose type in the vocabulary is `type`."""

    text: Annotated[str, Field(max_length=100_000)]
    type: Literal["expression", "template", "iso-date", "iso-duration", "iso-cycle"]


class MistakeOut(Output):
    """`message` is null when the text can be read; `offset` is the character of the mistake, from 0."""

    message: str | None
    offset: int | None


@api.post("/expressions/check", access="vocabulary.read", body=ExpressionIn, answer=MistakeOut)
def check_expression(call: Call, body: ExpressionIn) -> MistakeOut:
    """Check the syntax of an expression; nothing is computed."""
    message, offset = mistake_in(body.text, body.type) or (None, None)
    return MistakeOut(message=message, offset=offset)


@api.get("/vocabulary", access="vocabulary.read", answer=VocabularyOut, kind="vocabulary")
def vocabulary(call: Call) -> VocabularyOut:
    """Read every element and attribute that the engine understands."""
    return VocabularyOut(vocabulary=table.as_json())


@api.get("/handlers", access="handler.read", answer=HandlersOut, kind="handlers")
def handlers(call: Call) -> HandlersOut:
    """Read which topics have a handler here."""
    return HandlersOut(items=list(call.rt.handlers.describe()))
