"""10.3.4.5 Numeric functions."""

from __future__ import annotations

import decimal
from decimal import Decimal

from .. import numbers
from ..budget import POWER
from ..numbers import CONTEXT, ZERO
from ..runtime import Run, Undefined, Value
from ..temporal import DaysDuration, MonthsDuration
from .registry import Implementation, builtin, whole


def _rounding(name: str, mode: str, *, optional: bool = False) -> None:
    def implementation(run: Run, n: Decimal, scale: Decimal = ZERO) -> Decimal:
        places = whole(scale)
        if not numbers.SMALLEST_SCALE <= places <= numbers.LARGEST_SCALE:
            raise Undefined(f"{name}: `scale` must be from {numbers.SMALLEST_SCALE} to {numbers.LARGEST_SCALE}")
        return numbers.rounded(n, places, mode)

    declared: Implementation = implementation
    if optional:
        builtin(f"{name}(n: number)")(declared)
    builtin(f"{name}(n: number, scale: number)")(declared)


_rounding("decimal", decimal.ROUND_HALF_EVEN)
_rounding("floor", decimal.ROUND_FLOOR, optional=True)
_rounding("ceiling", decimal.ROUND_CEILING, optional=True)
_rounding("round up", decimal.ROUND_UP)
_rounding("round down", decimal.ROUND_DOWN)
_rounding("round half up", decimal.ROUND_HALF_UP)
_rounding("round half down", decimal.ROUND_HALF_DOWN)


@builtin("abs(n: number|days|months)")
def abs_(run: Run, n: Value) -> Value:
    if isinstance(n, DaysDuration):
        return DaysDuration(abs(n.nanos))
    return MonthsDuration(abs(n.months)) if isinstance(n, MonthsDuration) else CONTEXT.abs(n)


@builtin("modulo(dividend: number, divisor: number)")
def modulo(run: Run, dividend: Decimal, divisor: Decimal) -> Decimal:
    if not divisor:
        raise Undefined("modulo: division by zero")
    return numbers.modulo(dividend, divisor)


@builtin("sqrt(number: number)")
def sqrt(run: Run, number: Decimal) -> Decimal:
    if number < 0:
        raise Undefined("sqrt: the number is negative")
    return CONTEXT.sqrt(number)


@builtin("log(number: number)")
def log(run: Run, number: Decimal) -> Decimal:
    if number <= 0:
        raise Undefined("log: the number is not positive")
    run.charge(POWER)
    return CONTEXT.ln(number)


@builtin("exp(number: number)")
def exp(run: Run, number: Decimal) -> Decimal:
    run.charge(POWER)
    return CONTEXT.exp(number)


@builtin("odd(number: number)")
def odd(run: Run, number: Decimal) -> bool:
    return abs(_integer("odd", number) % 2) == 1


@builtin("even(number: number)")
def even(run: Run, number: Decimal) -> bool:
    return _integer("even", number) % 2 == 0


def _integer(function: str, number: Decimal) -> Decimal:
    """The last digit of a whole number: large exponents end with zeros."""
    if number != number.to_integral_value():
        raise Undefined(f"{function}: the number is not whole")
    return numbers.WIDE.remainder(number, Decimal(10))
