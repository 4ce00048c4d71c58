"""Correlation keys in the columns of a subscription, so that the one instance of many that fits is found by an index.

The *shape* of a key says which properties it has and how they are read from the message; for a shape, the value that
a message carries can be computed and looked up.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import orjson

from stellwerk.engine.routing import Letter


def key_shape(properties: Mapping[str, tuple[str | None, str]]) -> str:
    """Properties with their retrieval expressions, as text."""
    return orjson.dumps([[name, path] for name, (_, path) in sorted(properties.items())]).decode()


def key_value(names: Mapping[str, object], values: Mapping[str, str | None]) -> str:
    """The values of these properties, as text that an index can hold."""
    text = orjson.dumps([values[name] for name in sorted(names)])
    return hashlib.sha256(text).hexdigest()


def value_in(letter: Letter, shape: str) -> str | None:
    """What the message carries for a key of this shape; None if a property is missing."""
    values = {name: letter.value(name, path) for name, path in orjson.loads(shape)}
    return None if None in values.values() else key_value(values, values)
