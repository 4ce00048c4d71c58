"""camunda:inputOutput, zeebe:ioMapping: named values that are computed when an activity is entered and left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stellwerk.engine.expressions import Expression
from stellwerk.engine.faults import storable
from stellwerk.engine.script_engine import SCRIPT_ENGINE
from stellwerk.engine.token import Token

# An expression, or lists and objects of expressions, as deep as the file nests them (at most the depth of XML).
Source = Any
Parameters = Mapping[str, Source]


@dataclass(frozen=True)
class Parts:
    """Sources of parts of an object: what the variable has beside them stays."""

    sources: dict[str, Source]


def compute(task: Token, parameters: Parameters) -> dict[str, Any]:
    """The values of all parameters, each on what the token sees now. Raises Fault."""
    found = {}
    for name, source in parameters.items():
        parts = isinstance(source, Parts)
        value = _value(task, source.sources if parts else source)
        found[name] = merged(task.data.get(name), value) if parts else value
    return storable(found, "expression")


def merged(before: Any, value: Any) -> Any:
    """Objects are merged, as deep as both are objects; everything else is replaced."""
    if not isinstance(before, Mapping) or not isinstance(value, Mapping):
        return value
    return {**before, **{key: merged(before.get(key), item) for key, item in value.items()}}


def _value(task: Token, source: Source) -> Any:
    if isinstance(source, Expression):
        return SCRIPT_ENGINE.evaluate(task, source)
    if isinstance(source, list):
        return [_value(task, item) for item in source]
    return {key: _value(task, item) for key, item in source.items()}
