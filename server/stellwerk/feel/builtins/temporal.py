"""10.3.4.9 Temporal functions, and `is` of 10.3.4.6."""

from __future__ import annotations

from decimal import Decimal

from .. import calendar
from ..comparison import same
from ..runtime import Run, Value
from ..temporal import Date, DateTime, Time
from .registry import builtin

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def _date(value: Date | DateTime) -> Date:
    return value.date if isinstance(value, DateTime) else value


@builtin("day of year(date: date|datetime)")
def day_of_year(run: Run, value: Date | DateTime) -> Decimal:
    date = _date(value)
    return Decimal(calendar.day_of_year(date.year, date.month, date.day))


@builtin("day of week(date: date|datetime)")
def day_of_week(run: Run, value: Date | DateTime) -> str:
    return _DAYS[calendar.weekday(_date(value).number) - 1]


@builtin("month of year(date: date|datetime)")
def month_of_year(run: Run, value: Date | DateTime) -> str:
    return _MONTHS[_date(value).month - 1]


@builtin("week of year(date: date|datetime)")
def week_of_year(run: Run, value: Date | DateTime) -> Decimal:
    date = _date(value)
    return Decimal(calendar.week_of_year(date.year, date.month, date.day))


@builtin("is(value1: any, value2: any)")
def is_(run: Run, value1: Value, value2: Value) -> bool:
    """The same element of the domain: equal, of one kind, and times with the same offset or none at all."""
    if type(value1) is not type(value2):
        return False
    if isinstance(value1, Time | DateTime):
        return _offset(value1) == _offset(value2) and same(value1, value2, run)
    return same(value1, value2, run)


def _offset(value: Time | DateTime) -> tuple[int | None, str]:
    """Z and +00:00 are the same zone, Europe/Paris and +01:00 are not."""
    return value.offset, value.zone.name if value.zone is not None else ""
