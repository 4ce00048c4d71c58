"""Python in decision files that say so, as SpiffWorkflow reads it: the dialects that `dmn.load` is given.

Only what is evaluated in process: the small subset. A cell of an input is, in this order: a text with `?`, which stands
for the value of the input (`1 < ? < 5`); an expression, which the input must equal (`"VIP"`); the rest of a comparison,
which is read behind the text of the input (`> 5`, `in ["a", "b"]`).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from stellwerk import dmn
from stellwerk.engine.expressions.expression import Expression
from stellwerk.engine.expressions.feel import is_feel
from stellwerk.engine.expressions.feel_values import to_variable
from stellwerk.engine.expressions.parse import parse_expression
from stellwerk.errors import ExpressionInvalid, ScriptFailed

_INPUT = "dmninputexpr"


class Python:
    """See `dmn.Dialect`."""

    def value(self, text: str) -> dmn.Compiled:
        """An output without a text is the empty text."""
        return _compiled(_read(text or "''"))

    def test(self, input: str, cell: str) -> dmn.Compiled:
        asked = _with_input(cell)
        if asked != cell:
            return _asked(_read(input), _read(asked))
        return _compiled(_read(f"({input}) == ({cell})" if _is_expression(cell) else f"{input} {cell}"), truth=True)


DIALECTS: dmn.Dialects = {"python": Python()}


def _read(text: str) -> Expression:
    if text.lstrip()[:2] in ("${", "#{") or is_feel(text):
        raise dmn.DialectError(f"'{text}' is not Python. Write it in Python.")
    try:
        found = parse_expression(text)
    except ExpressionInvalid as error:
        raise dmn.DialectError(error.message.replace(_INPUT, "?")) from None
    if not found.in_process:
        raise dmn.DialectError(
            f"'{text.replace(_INPUT, '?')}' is beyond the Python that decisions may use: names, constants, subscripts, "
            "comparisons, and, or, not, in, arithmetic, and functions such as len, min, max and sum. Compute it in the "
            "process before."
        )
    return found


def _with_input(cell: str) -> str:
    """`?` becomes the name of the input, unless it stands within quotes: behind it is an odd number of them."""
    parts, quotes = [], 0
    for character in reversed(cell):
        quotes += character in "'\""
        parts.append(_INPUT if character == "?" and quotes % 2 == 0 else character)
    return "".join(reversed(parts))


def _is_expression(cell: str) -> bool:
    try:
        ast.parse(cell, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _asked(input: Expression, cell: Expression) -> dmn.Compiled:
    def evaluate(names: Mapping[str, Any]) -> bool:
        seen = _Variables(names)
        known = {name: seen[name] for name in cell.names if name in seen}
        return bool(_run(cell, {**known, _INPUT: _run(input, seen)}))

    return dmn.Compiled(evaluate, input.names | (cell.names - {_INPUT}))


def _compiled(expression: Expression, *, truth: bool = False) -> dmn.Compiled:
    def evaluate(names: Mapping[str, Any]) -> Any:
        found = _run(expression, _Variables(names))
        return bool(found) if truth else found

    return dmn.Compiled(evaluate, expression.names)


def _run(expression: Expression, names: Mapping[str, Any]) -> Any:
    try:
        return expression.evaluate(names, _Nowhere())
    except ScriptFailed as error:
        raise dmn.DialectError(error.message.replace(_INPUT, "?")) from None


class _Variables(Mapping[str, Any]):
    """Values of FEEL as processes have them."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        self._names = names

    def __getitem__(self, name: str) -> Any:
        return to_variable(self._names[name])

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class _Nowhere:
    """The evaluator of what has become too large to be evaluated in process."""

    def evaluate(self, source: str, variables: Mapping[str, Any]) -> NoReturn:
        raise ScriptFailed(f"The values of '{source}' are too large for a decision. Compute it in the process before.")

    def run_script(self, source: str, variables: Mapping[str, Any]) -> NoReturn:
        self.evaluate(source, variables)
