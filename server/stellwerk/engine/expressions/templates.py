"""Text attributes of a diagram: plain text, text with `${...}` in it, or FEEL that begins with `=`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from stellwerk.engine.expressions import juel
from stellwerk.engine.expressions.bounded import MAX_TEXT, Meter, TooCostly, check_number
from stellwerk.engine.expressions.closures import Closure, Compiled, Mistake, constant, kind_of
from stellwerk.engine.expressions.expression import MAX_LENGTH, Expression, literal
from stellwerk.engine.expressions.feel import is_feel, parse_feel
from stellwerk.engine.expressions.parse import juel_expression
from stellwerk.engine.expressions.remembered import remembered
from stellwerk.errors import ExpressionInvalid
from stellwerk.feel import MonthsDuration


@remembered
def parse_template(text: str) -> Expression:
    """Prepare a text attribute. Raises ExpressionInvalid.

    A single whole `${...}` keeps the type of its value, anything around it makes the result text: null is nothing,
    a list or mapping is an error. `\\${` stands for `${` itself.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionInvalid(f"The text has {len(text)} characters; at most {MAX_LENGTH} are allowed.", 0)
    if is_feel(text):
        return parse_feel(text)
    parts = _split(text)
    if len(parts) == 1 and isinstance(parts[0], str):
        return literal(parts[0])
    whole = [part for part in parts if not (isinstance(part, str) and not part.strip())]
    if len(whole) == 1 and isinstance(whole[0], _Hole):
        return juel_expression(text, whole[0].start, whole[0].end)
    return _joined(text, parts)


@dataclass(frozen=True)
class _Hole:
    """A `${...}` in a text, from its $ to behind its }."""

    start: int
    end: int


_OPENING = re.compile(r"\\[$#]\{|[$#]\{")


def _split(text: str) -> list[str | _Hole]:
    parts: list[str | _Hole] = []
    plain: list[str] = []
    place = 0
    while found := _OPENING.search(text, place):
        plain.append(text[place : found.start()])
        if len(found.group()) == 3:
            plain.append(found.group()[1:])
            place = found.end()
            continue
        place = juel.end_of_expression(text, found.start())
        parts += ["".join(plain), _Hole(found.start(), place)]
        plain = []
    parts.append("".join(plain) + text[place:])
    return [part for part in parts if part != ""] or [""]


def _joined(text: str, parts: list[str | _Hole]) -> Expression:
    closures: list[Closure] = []
    names: set[str] = set()
    for part in parts:
        if isinstance(part, str):
            closures.append(constant(part))
        else:
            compiled = juel.compile_juel(text, part.start + 2, part.end - 1)
            names |= compiled.names
            closures.append(compiled.run)
    return Expression(
        text, frozenset(names), True, "juel", _compiled=Compiled(_join(closures), frozenset(names), False)
    )


def _join(parts: list[Closure]) -> Closure:
    def run(variables: Mapping[str, Any], meter: Meter) -> str:
        texts: list[str] = []
        length = 0
        for part in parts:
            texts.append(_as_text(part(variables, meter)))
            length += len(texts[-1])
            if length > MAX_TEXT:
                raise TooCostly
        return "".join(texts)

    return run


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, int | float | Decimal | timedelta | MonthsDuration):
        check_number(value)
        return str(value)
    raise Mistake(f"{kind_of(value).capitalize()} cannot stand inside a text. Name one of its entries.")
