"""Closures: what an expression becomes, of variables and a meter. Used for Python and for `${...}`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from types import NoneType
from typing import Any

from stellwerk.engine.expressions import bounded
from stellwerk.engine.expressions.bounded import Meter, TooCostly
from stellwerk.engine.expressions.reads import Path
from stellwerk.feel import MonthsDuration

Closure = Callable[[Mapping[str, Any], Meter], Any]


class Mistake(Exception):
    """The expression does not fit its values; the message says how, the caller adds the expression."""


@dataclass(frozen=True)
class Compiled:
    """`run` gives the value; `names` are the variables that it reads; `builds`: it can make new lists or mappings.

    `paths`: what it reads of them.
    """

    run: Closure
    names: frozenset[str]
    builds: bool
    paths: tuple[Path, ...] = ()


KINDS: dict[type, str] = {
    NoneType: "nothing (None)",
    bool: "a truth value",
    int: "a whole number",
    float: "a number",
    Decimal: "an exact number (Decimal)",
    str: "text",
    list: "a list",
    tuple: "a list",
    dict: "a mapping",
    datetime: "a date with time",
    date: "a date",
    time: "a time of day",
    timedelta: "a duration",
    MonthsDuration: "a duration of years and months",
}


def kind_of(value: Any) -> str:
    """What a value is, in words: "a list"."""
    return KINDS.get(type(value), type(value).__name__)


def constant(value: Any) -> Closure:
    return lambda variables, meter: value


def read(name: str) -> Closure:
    """The value of a variable."""

    def run(variables: Mapping[str, Any], meter: Meter) -> Any:
        try:
            return variables[name]
        except KeyError:
            raise Mistake(unknown_variable(name, variables)) from None

    return run


_FOREIGN: Mapping[str, Mapping[str, str]] = {
    "Python": {"true": "True", "false": "False", "null": "None", "nil": "None"},
    "FEEL": {"True": "true", "False": "false", "None": "null", "nil": "null"},
}
_SHOWN = 12


def unknown_variable(name: str, variables: Mapping[str, Any], language: str = "Python") -> str:
    """A message about a variable that does not exist: what, what there is, what to do."""
    known = sorted(_clip(str(key), 40) for key in variables)
    more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
    here = f"Known here: {', '.join(known[:_SHOWN])}{more}." if known else "There are no variables here."
    ours = _FOREIGN[language].get(name)
    hint = f" {language} writes {ours}." if ours else " Set it before this step, or correct the name."
    return f"The variable '{name}' does not exist. {here}{hint}"


def subscript(container: Closure, key: Closure) -> Closure:
    def run(variables: Mapping[str, Any], meter: Meter) -> Any:
        whole, part = container(variables, meter), key(variables, meter)
        try:
            return bounded.subscript(whole, part, meter)
        except KeyError:
            known = sorted(_clip(str(k), 40) for k in islice(whole, _SHOWN))
            raise Mistake(f"There is no entry {_short(part)}; there are: {', '.join(known) or 'none'}.") from None
        except IndexError:
            raise Mistake(f"There is no position {part}: {kind_of(whole)} of {len(whole)} was given.") from None
        except TypeError:
            raise Mistake(f"{kind_of(whole).capitalize()} has no entry {_short(part)}.") from None

    return run


def _clip(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def _short(value: Any) -> str:
    """A value in a message; what could be long or slow to print is described instead."""
    if type(value) is str:
        return repr(_clip(value, 60))
    if type(value) in (int, float, bool) and abs(value) < 10**18:
        return repr(value)
    return kind_of(value)


def binary(symbol: str, operation: bounded.Operation, left: Closure, right: Closure) -> Closure:
    def run(variables: Mapping[str, Any], meter: Meter) -> Any:
        one, other = left(variables, meter), right(variables, meter)
        try:
            return operation(one, other, meter)
        except TypeError:
            raise Mistake(_mismatch(symbol, one, other)) from None

    return run


def comparison(symbol: str, operation: Callable[[Any, Any], Any], left: Closure, right: Closure) -> Closure:
    """Like `binary` with `bounded.compare`, with a short way for scalars: most conditions are such a comparison."""
    careful = bounded.compare(operation)
    cheap = bounded.CHEAP

    def run(variables: Mapping[str, Any], meter: Meter) -> Any:
        one, other = left(variables, meter), right(variables, meter)
        try:
            if type(one) in cheap and type(other) in cheap:
                return operation(one, other)
            return careful(one, other, meter)
        except TypeError:
            raise Mistake(_mismatch(symbol, one, other)) from None

    return run


def _mismatch(symbol: str, left: Any, right: Any) -> str:
    if {type(left), type(right)} == {float, Decimal}:
        return f"'{symbol}' does not mix an exact number (Decimal) with a float. Convert one: float(...)."
    if type(left) is datetime and type(right) is datetime:
        return f"'{symbol}' does not mix a time that has a time zone with one that has none."
    return f"'{symbol}' is not possible between {kind_of(left)} and {kind_of(right)}. Check the variables."


def chain(pairs: tuple[tuple[str, bounded.Operation], ...], operands: tuple[Closure, ...]) -> Closure:
    """a < b < c: each operand is evaluated once at most (twice would double with each level of nesting)."""
    first, *others = operands
    links = tuple(zip(pairs, others, strict=True))

    def run(variables: Mapping[str, Any], meter: Meter) -> Any:
        left = first(variables, meter)
        for (symbol, operation), operand in links:
            right = operand(variables, meter)
            try:
                if not operation(left, right, meter):
                    return False
            except TypeError:
                raise Mistake(_mismatch(symbol, left, right)) from None
            left = right
        return True

    return run


def unary(op: ast.unaryop, value: Closure) -> Closure:
    operation = bounded.negate if isinstance(op, ast.USub) else bounded.plus

    def run(variables: Mapping[str, Any], meter: Meter) -> Any:
        operand = value(variables, meter)
        try:
            return operation(operand, meter)
        except TypeError:
            raise Mistake(f"A sign is not possible before {kind_of(operand)}.") from None

    return run


def first_false(parts: tuple[Closure, ...]) -> Closure:
    *before, last = parts

    def run(variables: Mapping[str, Any], meter: Meter) -> Any:
        for part in before:
            value = part(variables, meter)
            if not value:
                return value
        return last(variables, meter)

    return run


def first_true(parts: tuple[Closure, ...]) -> Closure:
    *before, last = parts

    def run(variables: Mapping[str, Any], meter: Meter) -> Any:
        for part in before:
            value = part(variables, meter)
            if value:
                return value
        return last(variables, meter)

    return run


def mapping(entries: tuple[tuple[Closure, Closure], ...]) -> Closure:
    def run(variables: Mapping[str, Any], meter: Meter) -> Any:
        result = {}
        for key, value in entries:
            name = key(variables, meter)
            if type(name) not in bounded.CHEAP:
                raise TooCostly
            result[name] = value(variables, meter)
        return result

    return run


def call(name: str, arguments: tuple[Closure, ...]) -> Closure:
    """A call of one of the functions of `bounded`."""
    function = bounded.FUNCTIONS[name][2]

    def run(variables: Mapping[str, Any], meter: Meter) -> Any:
        values = [argument(variables, meter) for argument in arguments]
        try:
            return function(meter, *values)
        except TypeError:
            given = ", ".join(kind_of(value) for value in values)
            raise Mistake(f"{name}(...) is not possible for {given}.") from None
        except ValueError as error:
            raise Mistake(f"{name}(...): {error}.") from None

    return run
