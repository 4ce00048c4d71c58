"""Operations on variable values that can neither take unbounded time nor unbounded memory.

Expressions of diagrams come from strangers and are evaluated in the server's own process. Their number of operations
is bounded by the length of their text (there are no loops), so it is enough that each operation is bounded: it
charges what it looks at to a meter, and raises `TooCostly` before it begins what the meter does not cover. The caller
then hands the whole expression to the sandbox, which has limits of time and memory of its own.

Only the types of `KNOWN` are operated on; anything else could bring methods of its own and is `TooCostly` as well.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import NoneType
from typing import Any

from stellwerk.feel import MonthsDuration

STEPS = 100_000
"""What one evaluation may look at: values, and 64 characters of text count as one more."""
MAX_BITS = 1024
"""Longest whole number that is calculated with."""
MAX_DECIMAL_BYTES = 512
"""Longest exact number that is looked at; about 900 digits."""
MAX_TEXT = 100_000
"""Longest text that an operation may make, in characters."""
MAX_DEPTH = 50
"""Deepest nesting of lists and mappings that is looked at; the same as for variables (engine/values.py)."""

_TEXT_UNIT = 6  # 64 characters, as a shift

Meter = list[int]
"""One number: the steps that are left. A list, since it is the cheapest thing to share and change."""

Operation = Callable[[Any, Any, Meter], Any]

NUMBERS = frozenset({bool, int, float, Decimal})
TEMPORAL = frozenset({datetime, date, time, timedelta, MonthsDuration})
CONTAINERS = frozenset({list, tuple, dict})
CHEAP = frozenset({NoneType, bool, int, float, str}) | TEMPORAL
"""Two values of these types compare in at most the time of reading them once."""
KNOWN = CHEAP | NUMBERS | CONTAINERS


class TooCostly(Exception):
    """The operation is not bounded by the meter, or touches a type that is not known here."""


def new_meter() -> Meter:
    return [STEPS]


def charge(meter: Meter, steps: int) -> None:
    """Take `steps` from the meter. Raises TooCostly when it does not hold as many."""
    left = meter[0] - steps
    if left < 0:
        raise TooCostly
    meter[0] = left


def weigh(value: Any, meter: Meter) -> None:
    """Charge for everything inside `value`, shared parts as often as they occur. Raises TooCostly."""
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH + 1:
            raise TooCostly
        charge(meter, len(level))
        below: list[Any] = []
        for item in level:
            kind = type(item)
            if kind is list or kind is tuple:
                # Charged before it is copied, so that a shared list cannot make a huge next level.
                charge(meter, len(item))
                below.extend(item)
            elif kind is dict:
                charge(meter, 2 * len(item))
                below.extend(item)
                below.extend(item.values())
            else:
                _weigh_scalar(item, kind, meter)
        level = below


def _weigh_scalar(value: Any, kind: type, meter: Meter) -> None:
    if kind is str:
        charge(meter, len(value) >> _TEXT_UNIT)
    elif kind is int or kind is Decimal:
        check_number(value)
    elif kind not in CHEAP:
        raise TooCostly


def check_number(value: Any) -> None:
    """Raise TooCostly for a number with so many digits that arithmetic, conversion or printing is slow."""
    kind = type(value)
    if kind is int:
        if value.bit_length() > MAX_BITS:
            raise TooCostly
    elif kind is Decimal and value.__sizeof__() > MAX_DECIMAL_BYTES:
        raise TooCostly


def compare(operation: Callable[[Any, Any], bool]) -> Operation:
    """`operation` (one of ==, !=, <, <=, >, >=) with its cost charged."""

    def run(left: Any, right: Any, meter: Meter) -> bool:
        if type(left) not in CHEAP or type(right) not in CHEAP:
            weigh(left, meter)
            weigh(right, meter)
        return operation(left, right)

    return run


def contains(item: Any, container: Any, meter: Meter) -> bool:
    """`item in container`."""
    kind = type(container)
    if kind is str and type(item) is str:
        # A short needle can be compared at every place of the text; a long one is searched in linear time.
        charge(meter, len(container) * min(len(item) + 1, 100) // 100)
    elif kind is dict:
        weigh(item, meter)
    else:
        weigh(item, meter)
        weigh(container, meter)
    return bool(item in container)


def excludes(item: Any, container: Any, meter: Meter) -> bool:
    """`item not in container`."""
    return not contains(item, container, meter)


def same(left: Any, right: Any, meter: Meter) -> bool:
    """`left is right`."""
    return left is right


def other(left: Any, right: Any, meter: Meter) -> bool:
    """`left is not right`."""
    return left is not right


def subscript(container: Any, key: Any, meter: Meter) -> Any:
    """`container[key]`. Raises KeyError, IndexError or TypeError as Python does."""
    if type(container) not in KNOWN:
        raise TooCostly
    if type(key) not in CHEAP:
        weigh(key, meter)
    return container[key]


def _kinds(left: Any, right: Any) -> tuple[type, type]:
    one, other = type(left), type(right)
    if one not in KNOWN or other not in KNOWN:
        raise TooCostly
    return one, other


def _numeric(symbol: str, operation: Callable[[Any, Any], Any]) -> Operation:
    """`operation` for numbers and for dates and durations; TypeError for all else."""

    def run(left: Any, right: Any, meter: Meter) -> Any:
        one, other = _kinds(left, right)
        if (one in NUMBERS or one in TEMPORAL) and (other in NUMBERS or other in TEMPORAL):
            check_number(left)
            check_number(right)
            result = operation(left, right)
            check_number(result)
            return result
        raise TypeError(symbol)

    return run


_add_numbers = _numeric("+", operator.add)
_multiply_numbers = _numeric("*", operator.mul)
_remainder_of_numbers = _numeric("%", operator.mod)
subtract = _numeric("-", operator.sub)
divide = _numeric("/", operator.truediv)
divide_floor = _numeric("//", operator.floordiv)


def add(left: Any, right: Any, meter: Meter) -> Any:
    """`left + right`: numbers, dates and durations, text, lists."""
    kind = type(left)
    if kind is type(right) and (kind is str or kind is list or kind is tuple):
        _charge_sequence(kind, len(left) + len(right), meter)
        return left + right
    return _add_numbers(left, right, meter)


def multiply(left: Any, right: Any, meter: Meter) -> Any:
    """`left * right`: numbers and durations; text or a list times a whole number."""
    if type(left) in (int, bool):
        left, right = right, left  # the order makes no difference to the product
    kind = type(left)
    if type(right) in (int, bool) and (kind is str or kind is list or kind is tuple):
        _charge_sequence(kind, len(left) * max(right, 0), meter)
        return left * right
    return _multiply_numbers(left, right, meter)


def _charge_sequence(kind: type, length: int, meter: Meter) -> None:
    if kind is not str:
        charge(meter, length)
    elif length > MAX_TEXT:
        raise TooCostly
    else:
        charge(meter, length >> _TEXT_UNIT)


def remainder(left: Any, right: Any, meter: Meter) -> Any:
    """`left % right` for numbers and durations. Text formatting is for the sandbox."""
    if type(left) is str:
        raise TooCostly
    return _remainder_of_numbers(left, right, meter)


def negate(value: Any, meter: Meter) -> Any:
    """`-value`."""
    if type(value) not in KNOWN:
        raise TooCostly
    check_number(value)
    return -value


def plus(value: Any, meter: Meter) -> Any:
    """`+value`."""
    if type(value) not in KNOWN:
        raise TooCostly
    check_number(value)
    return +value


# -- functions that an expression may call; arguments are positional
def _length(meter: Meter, value: Any) -> int:
    if type(value) not in KNOWN:
        raise TooCostly
    return len(value)


def _extreme(function: Callable[..., Any]) -> Callable[..., Any]:
    def run(meter: Meter, *values: Any) -> Any:
        for value in values:
            weigh(value, meter)
        if type(values[0]) is str and len(values) == 1:
            charge(meter, len(values[0]))  # looked at character by character
        return function(*values)

    return run


def _sum(meter: Meter, values: Any) -> Any:
    weigh(values, meter)
    if type(values) in (list, tuple) and all(type(value) in NUMBERS for value in values):
        return sum(values)
    # Python adds other things too (sum of lists takes quadratic time), or says what is wrong.
    raise TooCostly


def _quantified(function: Callable[[Any], bool]) -> Callable[..., Any]:
    def run(meter: Meter, values: Any) -> bool:
        charge(meter, _length(meter, values))
        return function(values)

    return run


_MAX_ROUND = 100
_MAX_EXPONENT = 300


def _round(meter: Meter, value: Any, digits: Any = None) -> Any:
    if type(value) not in NUMBERS or not _is_small(digits):
        raise TooCostly
    _check_whole(value)
    return round(value, digits)


def _is_small(digits: Any) -> bool:
    # round(1, -10**9) calculates 10**10**9.
    return digits is None or (type(digits) is int and -_MAX_ROUND <= digits <= _MAX_ROUND)


def _check_whole(value: Any) -> None:
    """Raise TooCostly for a number that is no whole number of moderate length: int(Decimal('1E+999999'))."""
    check_number(value)
    if type(value) is Decimal and value.is_finite() and value.adjusted() > _MAX_EXPONENT:
        raise TooCostly


def _absolute(meter: Meter, value: Any) -> Any:
    if type(value) not in KNOWN:
        raise TooCostly
    check_number(value)
    return abs(value)


_MAX_DIGITS_TEXT = 400


def _text(meter: Meter, value: Any) -> str:
    kind = type(value)
    if kind in CONTAINERS or kind not in KNOWN:
        raise TooCostly
    check_number(value)
    return str(value)


def _converted(kind: Callable[[Any], Any]) -> Callable[..., Any]:
    def run(meter: Meter, value: Any) -> Any:
        if type(value) not in KNOWN or (type(value) is str and len(value) > _MAX_DIGITS_TEXT):
            raise TooCostly
        _check_whole(value)
        return kind(value)

    return run


def _truth(meter: Meter, value: Any) -> bool:
    if type(value) not in KNOWN:
        raise TooCostly
    return bool(value)


FUNCTIONS: dict[str, tuple[int, int, Callable[..., Any]]] = {
    "len": (1, 1, _length),
    "min": (1, 100, _extreme(min)),
    "max": (1, 100, _extreme(max)),
    "sum": (1, 1, _sum),
    "any": (1, 1, _quantified(any)),
    "all": (1, 1, _quantified(all)),
    "round": (1, 2, _round),
    "abs": (1, 1, _absolute),
    "str": (1, 1, _text),
    "int": (1, 1, _converted(int)),
    "float": (1, 1, _converted(float)),
    "bool": (1, 1, _truth),
}
"""Name -> (fewest arguments, most arguments, function of (meter, *arguments))."""
