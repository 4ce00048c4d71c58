"""Expressions of a diagram, ready to be evaluated: in process when that is bounded, else in the sandbox of the host."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from stellwerk.engine.expressions import bounded
from stellwerk.engine.expressions.bounded import TooCostly
from stellwerk.engine.expressions.closures import Compiled, Mistake
from stellwerk.engine.expressions.juel_operators import as_truth
from stellwerk.engine.expressions.reads import Path
from stellwerk.engine.host import Evaluator
from stellwerk.errors import ScriptFailed

MAX_LENGTH = 20_000
"""Longest expression, in characters."""


@dataclass(frozen=True)
class Expression:
    """A checked expression; immutable, shared by threads."""

    text: str
    names: frozenset[str]
    """The variables that it may read, without those that it binds itself."""
    in_process: bool
    """Evaluated without the sandbox, unless its values turn out to be too large for that."""
    language: str = "python"
    is_literal: bool = False
    """The value is always the text itself."""
    paths: tuple[Path, ...] = ()
    """What it reads of these variables, as far as the text says it."""
    _compiled: Compiled | None = field(default=None, repr=False, compare=False)

    @property
    def is_constant(self) -> bool:
        """Whether the value is the same whatever the variables are."""
        return self.in_process and not self.names

    def evaluate(self, variables: Mapping[str, Any], host: Evaluator, now: datetime | None = None) -> Any:
        """The value. Raises ScriptFailed that says what is wrong with which variable.

        `now`, in the zone of local times, is the time of languages that can ask for it. None: they have none.
        """
        if self._compiled is None:
            return host.evaluate(self.text, variables)
        try:
            return _run(self._compiled, variables)
        except TooCostly:
            if self.language != "python":
                raise ScriptFailed(failed(self.text, _TOO_LARGE)) from None
        except Mistake as mistake:
            raise ScriptFailed(failed(self.text, str(mistake))) from None
        except ZeroDivisionError:
            raise ScriptFailed(failed(self.text, "It divides by zero. Test the divisor first.")) from None
        except (ArithmeticError, ValueError, TypeError, RecursionError) as error:
            reason = str(error) or type(error).__name__
            raise ScriptFailed(failed(self.text, f"{reason}. Check the variables.")) from None
        return host.evaluate(self.text, variables)

    def evaluate_condition(self, variables: Mapping[str, Any], host: Evaluator, now: datetime | None = None) -> bool:
        """The value as yes or no: Python's rule for Python; `${...}` must give a truth value, as in Camunda 7."""
        value = self.evaluate(variables, host, now)
        if self.language != "juel":
            return bool(value)
        try:
            return as_truth(value)
        except Mistake as mistake:
            raise ScriptFailed(failed(self.text, str(mistake))) from None

    def why_null(self, variables: Mapping[str, Any], now: datetime | None = None) -> str:
        """Why the value is null, for a message where it must not be; empty in languages that fail instead."""
        return ""


_TOO_LARGE = "Its values are too large for ${...}. Use a Python expression or a script task."


def _run(compiled: Compiled, variables: Mapping[str, Any]) -> Any:
    meter = bounded.new_meter()
    result = compiled.run(variables, meter)
    if compiled.builds and type(result) in bounded.CONTAINERS:
        # Shared parts count as often as they occur: x = [x, x], again and again, must not become a bomb.
        bounded.weigh(result, meter)
    return result


def failed(text: str, reason: str) -> str:
    """The message of an expression that failed."""
    shown = text if len(text) <= 100 else text[:99] + "…"
    return f"The expression '{shown}' failed. {reason}"


def literal(text: str) -> Expression:
    """An expression whose value is the text itself."""
    compiled = Compiled(lambda variables, meter: text, frozenset(), False)
    return Expression(text, frozenset(), True, "literal", True, _compiled=compiled)


def variable(name: str) -> Expression:
    """An expression whose value is that of the variable, also if no expression could name it; null without one."""
    compiled = Compiled(lambda variables, meter: variables.get(name), frozenset((name,)), False)
    return Expression(name, frozenset((name,)), True, "python", False, ((name,),), compiled)
