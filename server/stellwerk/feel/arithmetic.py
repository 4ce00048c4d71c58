"""Arithmetic (10.3.2.15, Tables 56 to 62). Each raises Undefined where the table has no entry."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal
from typing import Any

from . import numbers
from .budget import MOMENT, POWER
from .numbers import CONTEXT
from .runtime import Run, Undefined
from .temporal import (
    DAY_NANOS,
    NANO,
    Date,
    DateTime,
    DaysDuration,
    MonthsDuration,
    Time,
    date_of_number,
    midnight,
)
from .types import name_of

Operation = Callable[[Any, Any], Any]


def _date_plus_days(date: Date, duration: DaysDuration) -> Date:
    """date(midnight + duration): what does not make a whole day counts downwards."""
    return date_of_number((date.number * DAY_NANOS + duration.nanos) // DAY_NANOS)


def _time_plus(time: Time, duration: DaysDuration) -> Time:
    return Time((time.nanos + duration.nanos) % DAY_NANOS, time.zone)


def _moment_plus_months(moment: DateTime, duration: MonthsDuration) -> DateTime:
    return DateTime(moment.date.plus_months(duration.months), moment.time)


def _minus_moments(left: DateTime, right: DateTime) -> DaysDuration:
    """Both with an offset, or both without."""
    if (left.zone is None) != (right.zone is None):
        raise Undefined("Only one of the two dates and times has an offset")
    return DaysDuration(left.instant() - right.instant())


def _minus_times(left: Time, right: Time) -> DaysDuration:
    first, second = left.offset, right.offset
    if (first is None) != (second is None):
        raise Undefined("Only one of the two times has an offset")
    return DaysDuration(left.nanos - right.nanos - ((first or 0) - (second or 0)) * NANO)


_ADD: dict[tuple[type, type], Operation] = {
    (Decimal, Decimal): CONTEXT.add,
    (str, str): lambda left, right: left + right,
    (MonthsDuration, MonthsDuration): lambda left, right: MonthsDuration(left.months + right.months),
    (DaysDuration, DaysDuration): lambda left, right: DaysDuration(left.nanos + right.nanos),
    (DateTime, MonthsDuration): _moment_plus_months,
    (DateTime, DaysDuration): lambda moment, duration: moment.at(moment.instant() + duration.nanos),
    (Date, MonthsDuration): lambda date, duration: date.plus_months(duration.months),
    (Date, DaysDuration): _date_plus_days,
    (Time, DaysDuration): _time_plus,
}
# Addition is commutative.
_ADD |= {
    (right, left): lambda first, second, add=add: add(second, first)  # type: ignore[misc]
    for (left, right), add in list(_ADD.items())
    if left is not right
}

_SUBTRACT: dict[tuple[type, type], Operation] = {
    (Decimal, Decimal): CONTEXT.subtract,
    (DateTime, DateTime): _minus_moments,
    (Date, Date): lambda left, right: DaysDuration((left.number - right.number) * DAY_NANOS),
    (DateTime, Date): lambda left, right: _minus_moments(left, midnight(right)),
    (Date, DateTime): lambda left, right: _minus_moments(midnight(left), right),
    (Time, Time): _minus_times,
    (MonthsDuration, MonthsDuration): lambda left, right: MonthsDuration(left.months - right.months),
    (DaysDuration, DaysDuration): lambda left, right: DaysDuration(left.nanos - right.nanos),
    (DateTime, MonthsDuration): lambda left, right: _moment_plus_months(left, MonthsDuration(-right.months)),
    (DateTime, DaysDuration): lambda left, right: left.at(left.instant() - right.nanos),
    (Date, MonthsDuration): lambda left, right: left.plus_months(-right.months),
    (Date, DaysDuration): lambda left, right: _date_plus_days(left, DaysDuration(-right.nanos)),
    (Time, DaysDuration): lambda left, right: _time_plus(left, DaysDuration(-right.nanos)),
}


def _whole(value: Decimal, rounding: str) -> int:
    return int(value.to_integral_value(rounding=rounding)) if abs(value) < Decimal(10) ** 40 else _too_long()


def _too_long() -> int:
    raise Undefined("The duration is too long")


def _times_months(duration: MonthsDuration, factor: Decimal) -> MonthsDuration:
    """Parts of a month are dropped."""
    return MonthsDuration(_whole(CONTEXT.multiply(Decimal(duration.months), factor), ROUND_DOWN))


def _times_days(duration: DaysDuration, factor: Decimal) -> DaysDuration:
    return DaysDuration(_whole(CONTEXT.multiply(Decimal(duration.nanos), factor), ROUND_HALF_EVEN))


def _by_months(duration: MonthsDuration, divisor: Decimal) -> MonthsDuration:
    return MonthsDuration(_whole(CONTEXT.divide(Decimal(duration.months), divisor), ROUND_DOWN))


def _by_days(duration: DaysDuration, divisor: Decimal) -> DaysDuration:
    return DaysDuration(_whole(CONTEXT.divide(Decimal(duration.nanos), divisor), ROUND_HALF_EVEN))


_MULTIPLY: dict[tuple[type, type], Operation] = {
    (Decimal, Decimal): CONTEXT.multiply,
    (MonthsDuration, Decimal): _times_months,
    (Decimal, MonthsDuration): lambda left, right: _times_months(right, left),
    (DaysDuration, Decimal): _times_days,
    (Decimal, DaysDuration): lambda left, right: _times_days(right, left),
}
_DIVIDE: dict[tuple[type, type], Operation] = {
    (Decimal, Decimal): CONTEXT.divide,
    (MonthsDuration, Decimal): _by_months,
    (DaysDuration, Decimal): _by_days,
    (MonthsDuration, MonthsDuration): lambda left, right: CONTEXT.divide(Decimal(left.months), Decimal(right.months)),
    (DaysDuration, DaysDuration): lambda left, right: CONTEXT.divide(Decimal(left.nanos), Decimal(right.nanos)),
}
TABLES: dict[str, dict[tuple[type, type], Operation]] = {
    "+": _ADD,
    "-": _SUBTRACT,
    "*": _MULTIPLY,
    "/": _DIVIDE,
    "**": {(Decimal, Decimal): numbers.power},
}


def calculated(operator: str, left: Any, right: Any, run: Run) -> Any:
    """The result of one operation. Raises Undefined. Charges what takes long."""
    operation = TABLES[operator].get((type(left), type(right)))
    if operation is None:
        raise Undefined(f"`{operator}` is not defined for {name_of(left)} and {name_of(right)}")
    if type(left) is str:
        run.text(len(left) + len(right))
    elif operator == "**":
        run.charge(POWER)
    elif type(left) is DateTime:
        run.charge(MOMENT)
    try:
        return operation(left, right)
    except ArithmeticError:
        divisor = {"/": right, "**": left}.get(operator)
        if divisor is not None and _is_zero(divisor):
            raise Undefined("Division by zero") from None
        raise Undefined(f"The result of `{operator}` cannot be represented") from None


def _is_zero(value: Any) -> bool:
    return value in (0, DaysDuration(0), MonthsDuration(0))


def negated(value: Any) -> Any:
    """`-e`, which is 0 - e (Table 62). Raises Undefined."""
    if type(value) is Decimal:
        return CONTEXT.minus(value)
    if isinstance(value, DaysDuration):
        return DaysDuration(-value.nanos)
    if isinstance(value, MonthsDuration):
        return MonthsDuration(-value.months)
    raise Undefined(f"`-` is not defined for {name_of(value)}")
