"""A value of FEEL as a variable of a process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from stellwerk import feel
from stellwerk.engine.times.zones import instant
from stellwerk.engine.values import MAX_DEPTH
from stellwerk.errors import ScriptFailed

MOST_VALUES = 1_000_000
"""Most values in one result; shared parts count as often as they occur."""
_BIG = 1 << 53
_SECOND = 1_000_000_000  # nanoseconds
_LONGEST = 10**9 * 86_400 * _SECOND  # durations of Python are shorter


def to_variable(value: Any, zone: ZoneInfo | None = None) -> Any:
    """The value in the classes that variables have (engine/values.py). Raises ScriptFailed for what none can hold.

    A number is an int when it is whole and within 2^53; else a float when the shortest text of that float is the same
    number, so that JSON can hold it; else a Decimal. A date and time without an offset is one in `zone`; one in a named
    zone has the offset of that zone. What is finer than a microsecond is dropped. Functions and ranges are refused.
    """
    return _Conversion(zone).of(value, 0)


class _Conversion:
    def __init__(self, zone: ZoneInfo | None) -> None:
        self.zone = zone
        self.left = MOST_VALUES

    def of(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if kind is str or kind is bool or value is None or kind is int or kind is float:
            return value
        if kind is Decimal:
            return _number(value)
        if isinstance(value, list | tuple):
            self._enter(len(value), depth)
            return [self.of(item, depth + 1) for item in value]
        if isinstance(value, Mapping):
            self._enter(len(value), depth)
            return {str(key): self.of(item, depth + 1) for key, item in value.items()}
        return self._other(value)

    def _enter(self, count: int, depth: int) -> None:
        self.left -= count + 1
        if self.left < 0:
            raise ScriptFailed(f"Its value has more than {MOST_VALUES} parts. Keep less in one variable.")
        if depth > MAX_DEPTH:
            raise ScriptFailed(f"Its value is nested deeper than {MAX_DEPTH} levels. Flatten it.")

    def _other(self, value: Any) -> Any:
        if isinstance(value, feel.DateTime):
            return self._date_time(value)
        make = _MAKE.get(type(value))
        if make is not None:
            return make(value)
        raise ScriptFailed(_REFUSED[_kind(value)])

    def _date_time(self, value: feel.DateTime) -> datetime:
        local = datetime.combine(_date(value.date), _clock(value.time))
        offset = value.offset
        if offset is not None:
            return local.replace(tzinfo=_fixed(offset))
        if self.zone is None:
            raise ScriptFailed(f'The date and time {value} has no offset. Add one: date and time("{value}Z").')
        try:
            there = instant(local, self.zone).astimezone(self.zone)
        except OverflowError:
            raise ScriptFailed(_out_of_reach(value)) from None
        return there.replace(tzinfo=_fixed(round((there.utcoffset() or timedelta()).total_seconds())))


def _number(value: Decimal) -> int | float | Decimal | None:
    if not value.is_finite():
        return None
    if -_BIG <= value <= _BIG and value == value.to_integral_value():
        return int(value)
    shortest = float(value)
    return shortest if Decimal(repr(shortest)) == value else value


def _date(value: feel.Date) -> date:
    if not MINYEAR <= value.year <= MAXYEAR:
        raise ScriptFailed(_out_of_reach(value))
    return date(value.year, value.month, value.day)


def _out_of_reach(value: object) -> str:
    return f"{value} lies outside the years {MINYEAR} to {MAXYEAR}, which are all that a variable can hold."


def _clock(value: feel.Time) -> time:
    second, fraction = divmod(value.second_nanos, _SECOND)
    return time(value.hour, value.minute, second, fraction // 1000)


def _time(value: feel.Time) -> time:
    return _clock(value).replace(tzinfo=None if value.offset is None else _fixed(value.offset))


def _fixed(offset: int) -> tzinfo:
    return timezone(timedelta(seconds=offset)) if offset else UTC


def _duration(value: feel.DaysDuration) -> timedelta:
    if abs(value.nanos) >= _LONGEST:
        raise ScriptFailed(f"The duration {value} is too long for a variable, which holds up to 999,999,999 days.")
    return timedelta(microseconds=value.nanos // 1000)


def _same(value: Any) -> Any:
    return value


_MAKE: dict[type, Callable[[Any], Any]] = {
    **dict.fromkeys((date, datetime, time, timedelta, feel.MonthsDuration), _same),
    feel.Date: _date,
    feel.Time: _time,
    feel.DaysDuration: _duration,
}


def _kind(value: Any) -> type:
    return next((kind for kind in _REFUSED if isinstance(value, kind)), object)


_REFUSED: dict[type, str] = {
    feel.Function: "Its value holds a function, and no variable can. Call it: f(x).",
    feel.Range: "Its value holds a range, and no variable can. Take its ends, or write the test where it is used.",
    object: "Its value holds something that no variable can.",
}
