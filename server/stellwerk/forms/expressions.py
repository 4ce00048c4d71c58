"""FEEL in forms: what form-js evaluates in the browser, evaluated here too.

A text that begins with `=` is an expression. `conditional.hide` and `readonly` are conditions: form-js reads them as
unary tests, with null for what is tested. So null satisfies a condition: `=amount > 3` hides while there is no amount.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from stellwerk import feel
from stellwerk.engine.expressions.feel_values import to_variable
from stellwerk.engine.expressions.remembered import remembered
from stellwerk.errors import ScriptFailed
from stellwerk.feel.compiler import compiled
from stellwerk.feel.convert import deep, lift
from stellwerk.feel.runtime import Frame, Run

STEPS = 1_000_000  # of all expressions of one form together
STEPS_EACH = 10  # what an expression costs that does next to nothing
_PLAIN = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_T = TypeVar("_T")
Names = tuple[str, ...]


class Failed(Exception):
    """An expression cannot be evaluated; the text says why."""


def special(names: Iterable[Any]) -> Names:
    """The names that only the longest match finds: those of several words, or with symbols."""
    return tuple(sorted({name for name in names if isinstance(name, str) and not _PLAIN.fullmatch(name)}))


def _known(names: Names) -> Mapping[str, Any]:
    inside = dict.fromkeys(names)
    return {**inside, "this": inside}


@remembered
def expression(text: str, names: Names) -> feel.Expression:
    """`=...` compiled. Raises FeelSyntaxError, with places in the text as it is."""
    return feel.parse(" " + text[1:], _known(names))


class Condition:
    """Unary tests as form-js takes them (`a > 1`, `not(b)`, `-`)."""

    __slots__ = ("_closures", "_negated", "names")

    def __init__(self, read: feel.UnaryTests) -> None:
        self._closures = [compiled(node) for node in read.nodes]
        self._negated = read.is_negated
        self.names = read.names

    def verdict(self, frame: Frame) -> bool | None:
        """None: satisfied by a null alone."""
        found = [_satisfied(closure(frame)) for closure in self._closures] or [True]
        if True in found:
            return not self._negated
        return self._negated if None not in found else False if self._negated else None


def _satisfied(value: Any) -> bool | None:
    value = lift(value)
    if isinstance(value, list):
        return None if any(lift(item) is None for item in value) else False
    return value if value is None else value is True


@remembered
def condition(text: str, names: Names) -> Condition:
    """`=...` compiled. Raises FeelSyntaxError, with places in the text as it is."""
    return Condition(feel.unary_tests(" " + text[1:], _known(names)))


class Evaluator:
    """Evaluates the expressions of one form that was sent: one clock, one budget."""

    def __init__(self, names: Iterable[Any] = (), now: dt.datetime | None = None) -> None:
        self._names = special(names)
        self._zone = now.tzinfo if now is not None and isinstance(now.tzinfo, ZoneInfo) else None
        self._run = Run(feel.Budget(steps=STEPS), None if now is None else lift(now))

    def value(self, text: str, context: Mapping[str, Any]) -> Any:
        """The value as a variable holds it. Raises Failed."""
        read = expression(text, self._names)
        return self._bounded(lambda: to_variable(deep(read.value_in(self._at(context)), self._run), self._zone))

    def verdict(self, text: str, context: Mapping[str, Any]) -> bool | None:
        """Whether the condition is satisfied; null, which satisfies it, stays apart. Raises Failed."""
        read = condition(text, self._names)
        return self._bounded(lambda: read.verdict(self._at(context)))

    def holds(self, text: str, context: Mapping[str, Any]) -> bool:
        """Whether the condition is satisfied. Raises Failed."""
        return self.verdict(text, context) is not False

    def charge(self, steps: int) -> None:
        """For work between the expressions. Raises Failed."""
        self._bounded(lambda: self._run.charge(steps))

    def _at(self, context: Mapping[str, Any]) -> Frame:
        return Frame(context, None, self._run)

    def _bounded(self, evaluate: Callable[[], _T]) -> _T:
        self._run.warnings.clear()
        try:
            self._run.charge(STEPS_EACH)
            found = evaluate()
        except RecursionError:
            raise Failed("The expression, or a value in it, is nested too deeply.") from None
        except ScriptFailed as error:
            raise Failed(error.message) from error
        except feel.FeelError as error:
            raise Failed(f"{str(error).removesuffix('.')}.") from error
        for warning in self._run.warnings:
            if warning.kind is feel.Kind.UNSUPPORTED:
                raise Failed(f"{warning.message.removesuffix('.')}.")
        return found
