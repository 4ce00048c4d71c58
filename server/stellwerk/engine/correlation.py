"""Correlation keys as a diagram declares them (BPMN 8.4.2), and how their values are read from a message.

A key is made of properties; for each message that carries a property, a retrieval expression reads it from the
message's variables. A key has a value only when all its properties have one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from stellwerk.engine.canonical import canonical
from stellwerk.engine.expressions import Expression, is_feel, parse_expression
from stellwerk.engine.expressions.templates import parse_template
from stellwerk.engine.host import ScriptResult
from stellwerk.errors import ProcessError, ScriptFailed

Expected = Mapping[str, Mapping[str, tuple[str | None, str]]]
"""What a waiting token knows of a message: key -> property -> (canonical value, retrieval expression).

None: the conversation has not set the property yet.
"""


Keys = dict[str, dict[str, str]]
"""What a conversation has set: key -> property -> canonical value."""


@dataclass(frozen=True)
class CorrelationKey:
    """`paths`: message name -> property -> how it is read; only messages that carry all properties."""

    id: str
    properties: tuple[str, ...]
    paths: Mapping[str, Mapping[str, Expression]]


@dataclass(frozen=True)
class Correlation:
    """The keys of a file. `bindings`: key id -> property -> its value in the data of the process (subscriptions)."""

    by_message: Mapping[str, tuple[CorrelationKey, ...]] = field(default_factory=dict)
    bindings: Mapping[str, Mapping[str, Expression]] = field(default_factory=dict)


class _NoSandbox:
    """Keys are compared where no script may run: what needs the sandbox has no value there."""

    def evaluate(self, source: str, variables: Mapping[str, Any]) -> Any:
        raise ScriptFailed(f"'{source}' needs the sandbox.")

    def run_script(self, source: str, variables: Mapping[str, Any]) -> ScriptResult:
        raise ScriptFailed(f"'{source}' needs the sandbox.")


_NO_SANDBOX = _NoSandbox()


@lru_cache(maxsize=2048)  # the texts come from files
def parse_path(text: str) -> Expression:
    """A retrieval expression: `= ...`, `${...}` or Python. Raises ExpressionInvalid."""
    is_template = not is_feel(text) and ("${" in text or "#{" in text)
    return parse_template(text) if is_template else parse_expression(text)


def read(path: Expression, variables: Mapping[str, Any]) -> Any:
    """The value that can be a part of a key; None if there is none."""
    try:
        value = path.evaluate(variables, _NO_SANDBOX)
    except ProcessError:
        return None
    return None if canonical(value) is None else value


def carried(
    keys: tuple[CorrelationKey, ...], message: str, given: Mapping[str, Any], variables: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """The keys that have a value in the message: key id -> property -> value.

    `given`: properties whose values are known without reading them from the message.
    """
    found = {}
    for key in keys:
        values = {p: given[p] if p in given else read(path, variables) for p, path in key.paths[message].items()}
        if None not in values.values():
            found[key.id] = values
    return found
