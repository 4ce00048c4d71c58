"""FEEL in processes: texts that begin with `=`, evaluated in process on a budget.

null is no error in FEEL, so it is the place of an expression that says what null means there (docs/modelling.md); a
condition must be true or false. What made a value null stands in the message of whatever fails by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from stellwerk import feel
from stellwerk.engine.expressions.closures import unknown_variable
from stellwerk.engine.expressions.expression import MAX_LENGTH, Expression, failed
from stellwerk.engine.expressions.feel_values import to_variable
from stellwerk.engine.expressions.remembered import remembered
from stellwerk.engine.host import Evaluator
from stellwerk.errors import ExpressionInvalid, ScriptFailed
from stellwerk.feel.builtins import FUNCTIONS
from stellwerk.feel.convert import lift
from stellwerk.feel.nodes import ContextOf, HalfOpen, In, Name, Node
from stellwerk.feel.reads import children, names_in
from stellwerk.feel.runtime import Frame, Kind, Run
from stellwerk.feel.types import name_of

__all__ = ["NO_NAMES", "FeelExpression", "is_feel", "parse_feel", "to_variable"]

BUDGET = feel.Budget()
NO_NAMES = feel.NameTable()
_CLOCK = {"now", "today"}
_INPUT = "?"
_TOLD = 3  # reasons in one message
_LONGEST_REASON = 120


@dataclass(frozen=True)
class FeelExpression(Expression):
    """`asks_time`: it may call now() or today(). `is_constant_text`: it names nothing but functions of the library."""

    asks_time: bool = False
    is_constant_text: bool = False
    _parsed: feel.Expression = field(repr=False, compare=False, kw_only=True)

    @property
    def is_constant(self) -> bool:
        return self.is_constant_text

    @property
    def entries(self) -> tuple[str, ...]:
        """The names of its entries if it is a context: { total: a + b }."""
        node = self._parsed.node
        return tuple(key for key, _ in node.entries) if isinstance(node, ContextOf) else ()

    def evaluate(self, variables: Mapping[str, Any], host: Evaluator, now: datetime | None = None) -> Any:
        """The value as a variable can hold it; null where FEEL says so. Raises ScriptFailed."""
        value, _ = self._run(variables, now)
        try:
            return to_variable(value, now.tzinfo if now is not None and isinstance(now.tzinfo, ZoneInfo) else None)
        except ScriptFailed as error:
            raise ScriptFailed(failed(self.text, error.message)) from None

    def evaluate_condition(self, variables: Mapping[str, Any], host: Evaluator, now: datetime | None = None) -> bool:
        """DMN 1.5, 10.3.2.4, Table 50: what is neither true nor false is unknown, and unknown decides nothing."""
        value, run = self._run(variables, now)
        if value is True or value is False:
            return value
        kind = "null" if value is None else f"a value of the type {name_of(value)}"
        reason = f"It is {kind}, and a condition must be true or false. {self._told(run, variables)}"
        raise ScriptFailed(failed(self.text, reason.rstrip()))

    def why_null(self, variables: Mapping[str, Any], now: datetime | None = None) -> str:
        value, run = self._run(variables, now)
        return self._told(run, variables) if value is None else ""

    def _run(self, variables: Mapping[str, Any], now: datetime | None) -> tuple[Any, Run]:
        """The value in FEEL, where what is inside of lists and contexts may still be as it was given."""
        run = Run(BUDGET, lift(now) if self.asks_time and now is not None else None)
        try:
            return self._parsed.value_in(Frame(variables, None, run)), run
        except (feel.BudgetExceeded, RecursionError) as error:
            reason = str(error) if isinstance(error, feel.BudgetExceeded) else "It is nested too deeply"
            raise ScriptFailed(failed(self.text, f"{reason}. {_WAY_OUT}")) from None
        except feel.FeelError as error:
            raise ScriptFailed(failed(self.text, f"{error}.")) from None

    def _told(self, run: Run, variables: Mapping[str, Any]) -> str:
        """The first reasons why something is null, each once; before them the first variable that does not exist."""
        unknown = [warning for warning in run.warnings if warning.kind is Kind.UNKNOWN_NAME]
        told = [unknown_variable(_clip(self._parsed.text[w.start : w.end]), variables, "FEEL") for w in unknown[:1]]
        others = (f"{_clip(w.message)}." for w in run.warnings if w not in unknown[:1])
        return " ".join(list(dict.fromkeys([*told, *others]))[:_TOLD])


def _clip(text: str) -> str:
    return text if len(text) <= _LONGEST_REASON else text[: _LONGEST_REASON - 1] + "…"


_WAY_OUT = "Compute less at once, compute parts of it in steps before, or use a script task or a service task."


def is_feel(text: str) -> bool:
    """Whether a text of a diagram says that it is FEEL."""
    return text.lstrip()[:1] == "="


@remembered
def parse_feel(text: str, names: feel.NameTable = NO_NAMES) -> FeelExpression:
    """The expression behind the `=`. Raises ExpressionInvalid.

    `names` are the variables that the diagram writes: those with symbols in them, such as `order-id`, need to be known.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionInvalid(f"The expression has {len(text)} characters; at most {MAX_LENGTH} are allowed.", 0)
    begin = text.index("=") + 1
    if not text[begin:].strip():
        raise ExpressionInvalid("Nothing follows the `=`. Write a FEEL expression behind it: = amount > 1000.", begin)
    try:
        parsed = feel.parse(" " * begin + text[begin:], names)  # so that places are those of the text
    except feel.FeelSyntaxError as error:
        shown = text.strip() if len(text) <= 100 else text.strip()[:99] + "…"
        raise ExpressionInvalid(f"'{shown}' is not a FEEL expression: {error}", error.position) from None
    _refuse_tests(parsed.node)
    asked = names_in(parsed.node)
    return FeelExpression(
        text.strip(),
        frozenset(parsed.names),
        True,
        "feel",
        paths=parsed.paths,
        asks_time=not asked.isdisjoint(_CLOCK),
        is_constant_text=not parsed.names and asked <= FUNCTIONS.keys() - _CLOCK,
        _parsed=parsed,
    )


def _refuse_tests(root: Node) -> None:
    """Unary tests look at the input of a decision table, which a process has not. Raises ExpressionInvalid."""
    if isinstance(root, HalfOpen):
        raise ExpressionInvalid(f"It begins with `{root.operator}`, {_NO_INPUT}", root.start)
    for node in _free(root):
        if isinstance(node, Name) and node.name == _INPUT:
            raise ExpressionInvalid(f"It names `?`, {_NO_INPUT}", node.start)


_NO_INPUT = "a test of the input of a decision table; there is none here. Name the variable: = amount > 1000."


def _free(root: Node) -> Iterator[Any]:
    """Every part of a tree but the tests behind `in`, where `?` is what stands before it."""
    waiting: list[Any] = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend([node.operand] if isinstance(node, In) else children(node))
