"""What diagrams can use here: the engine's table of elements and attributes, and the handlers of service tasks."""

from __future__ import annotations

from stellwerk.engine import vocabulary as table
from stellwerk.web.api.models import JsonOut, Output
from stellwerk.web.api.routing import Call, Noun

api = Noun("engine", "engine", "What diagrams can use: elements, attributes, handlers.")


class VocabularyOut(Output):
    """The one table: `elements` with their families, `attributes` with type, label, meaning and choices."""

    vocabulary: JsonOut


class HandlersOut(Output):
    """Each handler: its topic, its description, and the schemas of its input and output."""

    items: list[JsonOut]


@api.get("/vocabulary", access="vocabulary.read", answer=VocabularyOut, kind="vocabulary")
def vocabulary(call: Call) -> VocabularyOut:
    """Read every element and attribute that the engine understands."""
    return VocabularyOut(vocabulary=table.as_json())


@api.get("/handlers", access="handler.read", answer=HandlersOut, kind="handlers")
def handlers(call: Call) -> HandlersOut:
    """Read which topics have a handler here."""
    return HandlersOut(items=list(call.rt.handlers.describe()))
