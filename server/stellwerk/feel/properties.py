"""Properties of dates, times, durations and ranges (10.3.2.15, Tables 65 to 67)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from . import calendar
from .ranges import Range
from .temporal import DAY_NANOS, NANO, Date, DateTime, DaysDuration, MonthsDuration, Time

Property = Callable[[Any], Any]


def _seconds(nanos: int) -> Decimal:
    seconds = Decimal(nanos).scaleb(-9)
    return seconds.to_integral_value() if not nanos % NANO else seconds.normalize()


def _offset(value: Time | DateTime) -> DaysDuration | None:
    offset = value.offset
    return None if offset is None else DaysDuration(offset * NANO)


def _zone_name(value: Time | DateTime) -> str | None:
    return value.zone.name or None if value.zone is not None else None


def _part(nanos: int, unit: int, modulus: int) -> Decimal:
    """A part of a duration, with the sign of the whole."""
    part = abs(nanos) // unit % modulus
    return Decimal(-part if nanos < 0 else part)


def _signed(value: int, parts: tuple[int, int]) -> Decimal:
    part = parts[0]
    return Decimal(-part if value < 0 else part)


_HOUR, _MINUTE = 3600 * NANO, 60 * NANO
_DATE: dict[str, Property] = {
    "year": lambda date: Decimal(date.year),
    "month": lambda date: Decimal(date.month),
    "day": lambda date: Decimal(date.day),
    "weekday": lambda date: Decimal(calendar.weekday(date.number)),
}
_TIME: dict[str, Property] = {
    "hour": lambda time: Decimal(time.hour),
    "minute": lambda time: Decimal(time.minute),
    "second": lambda time: _seconds(time.second_nanos),
}
_ZONED: dict[str, Property] = {"time offset": _offset, "timezone": _zone_name}


def _of_date(find: Property) -> Property:
    return lambda moment: find(moment.date)


def _of_time(find: Property) -> Property:
    return lambda moment: find(moment.time)


PROPERTIES: dict[type, dict[str, Property]] = {
    Date: _DATE,
    Time: _TIME | _ZONED,
    DateTime: {name: _of_date(find) for name, find in _DATE.items()}
    | {name: _of_time(find) for name, find in _TIME.items()}
    | _ZONED,
    MonthsDuration: {
        "years": lambda duration: _signed(duration.months, divmod(abs(duration.months), 12)),
        "months": lambda duration: _signed(duration.months, (abs(duration.months) % 12, 0)),
    },
    DaysDuration: {
        "days": lambda duration: _part(duration.nanos, DAY_NANOS, 10**30),
        "hours": lambda duration: _part(duration.nanos, _HOUR, 24),
        "minutes": lambda duration: _part(duration.nanos, _MINUTE, 60),
        "seconds": lambda duration: _seconds((abs(duration.nanos) % _MINUTE) * (-1 if duration.nanos < 0 else 1)),
    },
    Range: {
        "start": lambda range_: range_.low,
        "end": lambda range_: range_.high,
        "start included": lambda range_: range_.low_included,
        "end included": lambda range_: range_.high_included,
    },
}
# Names of two words that may follow a point.
MEMBER_NAMES = ("time offset", "start included", "end included")
