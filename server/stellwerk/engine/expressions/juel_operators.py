"""What the operators of `${...}` do: the conversions and null rules of the Expression Language, chapter 1.23."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from stellwerk.engine.expressions import bounded
from stellwerk.engine.expressions.bounded import Meter
from stellwerk.engine.expressions.closures import Closure, Mistake, kind_of


# -- conversions
def as_truth(value: Any) -> bool:
    """Raise Mistake for what is no truth value; null is false, and the text 'true' is true."""
    if value is None or type(value) is bool:
        return bool(value)
    if type(value) is str and len(value) <= 5 and value.lower() in ("true", "false", ""):
        return value.lower() == "true"
    raise Mistake(f"{kind_of(value).capitalize()} is no truth value. Compare it with something.")


def _as_number(value: Any) -> Any:
    kind = type(value)
    if kind in (int, float, Decimal):
        bounded.check_number(value)
        return value
    if value is None or (kind is str and not value):
        return 0
    if kind is str and len(value) <= 100:
        try:
            return int(value) if re.fullmatch(r"[+-]?\d+", value) else float(value)
        except ValueError:
            raise Mistake(f"The text '{value}' is no number. Join text as ${{a}}${{b}}.") from None
    raise Mistake(f"{kind_of(value).capitalize()} is no number.")


def _matched(left: Any, right: Any) -> tuple[Any, Any]:
    """Both sides of a comparison in one type: with a number both are numbers, with a truth value both are such."""
    numeric = (int, float, Decimal)
    if type(left) in numeric or type(right) in numeric:
        left, right = _as_number(left), _as_number(right)
        if {type(left), type(right)} == {float, Decimal}:
            left, right = Decimal(left), Decimal(right)
    elif type(left) is bool or type(right) is bool:
        left, right = as_truth(left), as_truth(right)
    return left, right


# -- closures
def choice(test: Closure, yes: Closure, no: Closure) -> Closure:
    return lambda variables, meter: (yes if as_truth(test(variables, meter)) else no)(variables, meter)


def _and(left: Closure, right: Closure) -> Closure:
    return lambda variables, meter: as_truth(left(variables, meter)) and as_truth(right(variables, meter))


def _or(left: Closure, right: Closure) -> Closure:
    return lambda variables, meter: as_truth(left(variables, meter)) or as_truth(right(variables, meter))


def _not(value: Closure) -> Closure:
    return lambda variables, meter: not as_truth(value(variables, meter))


def _minus(value: Closure) -> Closure:
    return lambda variables, meter: -_as_number(value(variables, meter))


def _is_empty(value: Closure) -> Closure:
    def run(variables: Mapping[str, Any], meter: Meter) -> bool:
        found = value(variables, meter)
        return found is None or (type(found) in (str, list, tuple, dict) and len(found) == 0)

    return run


def _equality(wanted: bool) -> Callable[[Closure, Closure], Closure]:
    equal = bounded.compare(operator.eq)

    def make(left: Closure, right: Closure) -> Closure:
        def run(variables: Mapping[str, Any], meter: Meter) -> bool:
            one, other = left(variables, meter), right(variables, meter)
            if one is None or other is None:
                return ((one is None) and (other is None)) is wanted
            return equal(*_matched(one, other), meter) is wanted

        return run

    return make


def _order(symbol: str, operation: Callable[[Any, Any], bool]) -> Callable[[Closure, Closure], Closure]:
    ordered = bounded.compare(operation)

    def make(left: Closure, right: Closure) -> Closure:
        def run(variables: Mapping[str, Any], meter: Meter) -> bool:
            one, other = left(variables, meter), right(variables, meter)
            if one is None or other is None:
                return one is None and other is None and symbol in ("<=", ">=")
            try:
                return bool(ordered(*_matched(one, other), meter))
            except TypeError:
                raise Mistake(f"'{symbol}' is not possible between {kind_of(one)} and {kind_of(other)}.") from None

        return run

    return make


def _arithmetic(operation: bounded.Operation) -> Callable[[Closure, Closure], Closure]:
    def make(left: Closure, right: Closure) -> Closure:
        def run(variables: Mapping[str, Any], meter: Meter) -> Any:
            one, other = _as_number(left(variables, meter)), _as_number(right(variables, meter))
            if {type(one), type(other)} == {float, Decimal}:
                one, other = Decimal(str(one)), Decimal(str(other))
            return operation(one, other, meter)

        return run

    return make


def _remainder(left: Any, right: Any, meter: Meter) -> Any:
    """The rest of a division rounded towards zero: it has the sign of the left side, as in Java."""
    if float in (type(left), type(right)):
        return math.fmod(left, right)
    rest = bounded.remainder(abs(left), abs(right), meter)
    return -rest if left < 0 else rest


def entry(container: Closure, key: Closure) -> Closure:
    """a.b and a['b']: null where a is null or has no such entry (Expression Language, 1.6)."""

    def run(variables: Mapping[str, Any], meter: Meter) -> Any:
        whole, part = container(variables, meter), key(variables, meter)
        kind = type(whole)
        if whole is None or part is None:
            return None
        if kind is dict:
            return whole.get(part) if type(part) in bounded.CHEAP else None
        if kind in (list, tuple):
            return _at(whole, part)
        raise Mistake(f"{kind_of(whole).capitalize()} has no entry '{part}'." if type(part) is str else _NO_ENTRY)

    return run


_NO_ENTRY = "Only a list or a mapping has entries."


def _at(values: Any, place: Any) -> Any:
    try:
        index = operator.index(_as_number(place))
    except (TypeError, InvalidOperation):
        raise Mistake(f"A list is asked for position {kind_of(place)}. A position is a whole number.") from None
    return values[index] if 0 <= index < len(values) else None


BINARY: dict[str, Callable[[Closure, Closure], Closure]] = {
    "||": _or,
    "&&": _and,
    "==": _equality(True),
    "!=": _equality(False),
    "<": _order("<", operator.lt),
    ">": _order(">", operator.gt),
    "<=": _order("<=", operator.le),
    ">=": _order(">=", operator.ge),
    "+": _arithmetic(bounded.add),
    "-": _arithmetic(bounded.subtract),
    "*": _arithmetic(bounded.multiply),
    "/": _arithmetic(bounded.divide),
    "%": _arithmetic(_remainder),
}
PREFIX: dict[str, Callable[[Closure], Closure]] = {"!": _not, "-": _minus, "empty": _is_empty}
