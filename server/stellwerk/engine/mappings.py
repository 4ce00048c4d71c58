"""camunda:inputOutput: named values that are computed when an activity is entered and when it is left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stellwerk.engine.expressions import Expression
from stellwerk.engine.faults import storable
from stellwerk.engine.script_engine import SCRIPT_ENGINE
from stellwerk.engine.token import Token

# An expression, or lists and objects of expressions, as deep as the file nests them (at most the depth of XML).
Source = Any
Parameters = Mapping[str, Source]


def compute(task: Token, parameters: Parameters) -> dict[str, Any]:
    """The values of all parameters, each on what the token sees now. Raises Fault."""
    return storable({name: _value(task, source) for name, source in parameters.items()}, "expression")


def _value(task: Token, source: Source) -> Any:
    if isinstance(source, Expression):
        return SCRIPT_ENGINE.evaluate(task, source)
    if isinstance(source, list):
        return [_value(task, item) for item in source]
    return {key: _value(task, item) for key, item in source.items()}
