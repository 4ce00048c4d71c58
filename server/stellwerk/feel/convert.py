"""Values of Python into FEEL and back.

Into FEEL: int, float and Decimal are numbers (a float is the shortest decimal that reads as it; NaN and infinity are
null), str, bool, None, date, time and datetime (a tzinfo is an offset, a ZoneInfo keeps its name), timedelta, mappings
with text keys, lists and tuples. Nothing is copied in advance: a value is converted where it is read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from . import zones
from .errors import FeelError
from .functions import Function
from .numbers import number_of
from .ranges import Range
from .runtime import Run
from .temporal import NANO, TEMPORAL, UTC, Date, DateTime, DaysDuration, MonthsDuration, Time, Zone

_EXACT = 10**34  # smaller integers have no more digits than a number


def _same(value: Any) -> Any:
    return value


def _number(value: Any) -> Decimal | None:
    try:
        return number_of(value)
    except ArithmeticError:
        return None


def _integer(value: int) -> Decimal | None:
    return Decimal(value) if -_EXACT < value < _EXACT else _number(value)


def _decimal(value: Decimal) -> Decimal | None:
    return value if value.is_finite() else None


def _date(value: dt.date) -> Date:
    return Date(value.year, value.month, value.day)


def _time(value: dt.time) -> Time:
    seconds = value.hour * 3600 + value.minute * 60 + value.second
    return Time(seconds * NANO + value.microsecond * 1000, _zone(value))


def _date_time(value: dt.datetime) -> DateTime:
    return DateTime(_date(value), _time(value.timetz() if value.tzinfo is None else _fixed_time(value)))


def _fixed_time(value: dt.datetime) -> dt.time:
    if _zone_name(value.tzinfo):
        return value.timetz()
    return value.timetz().replace(tzinfo=dt.timezone(value.utcoffset() or dt.timedelta()))


def _zone(value: dt.time) -> Zone | None:
    if value.tzinfo is None:
        return None
    name = _zone_name(value.tzinfo)
    if name:
        return UTC if name == "UTC" else Zone(name=name)
    offset = value.utcoffset()
    return None if offset is None else Zone(round(offset.total_seconds()))


def _zone_name(zone: dt.tzinfo | None) -> str:
    """Empty for an offset, and for what is no zone of FEEL, such as the zone of the machine."""
    return zone.key if isinstance(zone, ZoneInfo) and zone.key and zones.zone(zone.key) else ""


def _duration(value: dt.timedelta) -> DaysDuration:
    return DaysDuration(((value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds) * 1000)


def _range(value: Range) -> Range:
    """Ends that a program gave in Python's classes become FEEL's."""
    low, high = lift(value.low), lift(value.high)
    if low is value.low and high is value.high:
        return value
    return Range(low, high, value.low_included, value.high_included, value.operator)


_LIFTS: dict[type, Callable[[Any], Any]] = {
    **dict.fromkeys((type(None), bool, str, list, dict, *TEMPORAL), _same),
    Decimal: _decimal,
    int: _integer,
    float: _number,
    dt.date: _date,
    dt.datetime: _date_time,
    dt.time: _time,
    dt.timedelta: _duration,
    tuple: list,
    Range: _range,
}
# For classes that are derived from these; bool before int, datetime before date.
_KINDS: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (Function, _same),
    (str, str),
    (int, lambda value: _number(int(value))),
    (float, lambda value: _number(float(value))),
    (Decimal, lambda value: _decimal(Decimal(value))),
    (dt.datetime, _date_time),
    (dt.date, _date),
    (dt.time, _time),
    (dt.timedelta, _duration),
    (Mapping, dict),
    (list, list),
)


def lift(value: Any) -> Any:
    """The value in FEEL; what is inside of lists and contexts stays as it is until it is read. Raises FeelError."""
    made = _LIFTS.get(type(value))
    if made is not None:
        return made(value)
    for kind, make in _KINDS:
        if isinstance(value, kind):
            return make(value)
    raise FeelError(f"A value of type {type(value).__name__} has no meaning in FEEL")


def moment(now: dt.datetime) -> DateTime:
    """The clock of an evaluation. Raises FeelError."""
    found = lift(now)
    if isinstance(found, DateTime):
        return found
    raise FeelError("`now` must be a date and time")


def deep(value: Any, run: Run) -> Any:
    """The value in FEEL with everything inside. Charges what it walks through."""
    value = lift(value)
    if not isinstance(value, list | dict):
        return value
    if isinstance(value, list):
        run.items(len(value))
        return [deep(item, run) for item in value]
    run.items(len(value))
    return {str(key): deep(item, run) for key, item in value.items()}


def to_python(value: Any) -> Any:
    """Classes of Python where they can hold the value exactly.

    Dates, times, date and times and days and time durations become those of `datetime` unless their year, their
    nanoseconds or their length does not fit. Years and months durations, ranges and functions stay.
    """
    if isinstance(value, list):
        return [to_python(item) for item in value]
    if isinstance(value, dict):
        return {key: to_python(item) for key, item in value.items()}
    made = _TO_PYTHON.get(type(value))
    return value if made is None else made(value)


def _python_date(value: Date) -> Any:
    return dt.date(value.year, value.month, value.day) if dt.MINYEAR <= value.year <= dt.MAXYEAR else value


def _python_time(value: Time) -> Any:
    if value.nanos % 1000:
        return value
    second, fraction = divmod(value.second_nanos, NANO)
    return dt.time(value.hour, value.minute, second, fraction // 1000, _tzinfo(value.zone))


def _python_date_time(value: DateTime) -> Any:
    date, time = _python_date(value.date), _python_time(value.time)
    return dt.datetime.combine(date, time) if isinstance(date, dt.date) and isinstance(time, dt.time) else value


def _tzinfo(zone: Zone | None) -> dt.tzinfo | None:
    if zone is None:
        return None
    return ZoneInfo(zone.name) if zone.name else dt.timezone(dt.timedelta(seconds=zone.offset))


def _python_duration(value: DaysDuration) -> Any:
    if value.nanos % 1000 or abs(value.nanos) >= 10**9 * 86_400 * NANO:
        return value
    return dt.timedelta(microseconds=value.nanos // 1000)


_TO_PYTHON: dict[type, Callable[[Any], Any]] = {
    Date: _python_date,
    Time: _python_time,
    DateTime: _python_date_time,
    DaysDuration: _python_duration,
    MonthsDuration: _same,
}
