"""10.3.4.1 Conversion functions."""

from __future__ import annotations

import re
from decimal import Decimal

from .. import zones
from ..convert import lift
from ..functions import Function
from ..numbers import number_of, text_of
from ..ranges import Range
from ..runtime import Run, Undefined, Value
from ..temporal import NANO, UTC, Date, DateTime, MonthsDuration, OutOfRange, Time, Zone
from ..temporal import DaysDuration as Days
from ..temporal_text import date_of, date_time_of, duration_of, time_of
from .registry import builtin


def _whole(name: str, parameter: str, number: Decimal) -> int:
    if number != number.to_integral_value() or abs(number) > 10**12:
        raise Undefined(f"{name}: `{parameter}` must be a whole number")
    return int(number)


def _read(name: str, found: Value) -> Value:
    if found is None:
        raise Undefined(f"{name}: the text is not a {name}")
    return found


@builtin("date(from: string|date|datetime)")
def date(run: Run, from_: Value) -> Value:
    if isinstance(from_, DateTime):
        return from_.date
    return from_ if isinstance(from_, Date) else _read("date", date_of(from_))


@builtin("date(year: number, month: number, day: number)")
def date_of_parts(run: Run, year: Decimal, month: Decimal, day: Decimal) -> Date:
    try:
        return Date(_whole("date", "year", year), _whole("date", "month", month), _whole("date", "day", day))
    except OutOfRange:
        raise Undefined("date: there is no such date") from None


@builtin("date and time(from: string|datetime)")
def date_and_time(run: Run, from_: Value) -> Value:
    return from_ if isinstance(from_, DateTime) else _read("date and time", date_time_of(from_))


@builtin("date and time(date: date|datetime, time: time)")
def date_and_time_of_parts(run: Run, date: Value, time: Time) -> DateTime:
    return DateTime(date.date if isinstance(date, DateTime) else date, time)


@builtin("time(from: string|time|datetime|date)")
def time(run: Run, from_: Value) -> Value:
    """A date is its midnight in UTC (10.3.2.3.5)."""
    if isinstance(from_, DateTime):
        return from_.time
    if isinstance(from_, Date):
        return Time(0, UTC)
    return from_ if isinstance(from_, Time) else _read("time", time_of(from_))


@builtin("time(hour: number, minute: number, second: number, offset?: days)")
def time_of_parts(run: Run, hour: Decimal, minute: Decimal, second: Decimal, offset: Days | None = None) -> Time:
    hours, minutes = _whole("time", "hour", hour), _whole("time", "minute", minute)
    if not (0 <= hours < 24 and 0 <= minutes < 60 and 0 <= second < 60):
        raise Undefined("time: there is no such time")
    nanos = (hours * 3600 + minutes * 60) * NANO + int(second * NANO)
    if offset is None:
        return Time(nanos)
    ahead = abs(offset.nanos) // NANO
    if ahead > zones.LARGEST_OFFSET:
        raise Undefined("time: an offset is at most 14 hours")
    return Time(nanos, Zone(-ahead if offset.nanos < 0 else ahead))


_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)")


@builtin("number(from: string)")
def number(run: Run, from_: str) -> Decimal:
    """Of one argument: a text as a literal is written."""
    return _number(run, from_)


@builtin("number(from: string, grouping separator?: string, decimal separator?: string)")
def number_with_separators(run: Run, from_: str, *separators: str | None) -> Decimal:
    if len(separators) != 2:
        raise Undefined("number takes 1 or 3 arguments")
    grouping, point = separators
    if grouping not in (None, " ", ",", "."):
        raise Undefined("number: the grouping separator must be a space, comma, point, or null")
    if point not in (None, ",", ".") or (grouping == point and point is not None):
        raise Undefined("number: the decimal separator must be a comma, point, or null, and not the other separator")
    run.text(len(from_))
    bare = from_.replace(grouping, "") if grouping else from_
    if point == "," and "." in bare:
        raise Undefined("number: the text is not a number")
    return _number(run, bare.replace(point, ".") if point else bare)


def _number(run: Run, text: str) -> Decimal:
    run.text(len(text))
    if not _NUMBER.fullmatch(text):
        raise Undefined("number: the text is not a number")
    return number_of(text)


@builtin("string(from: any)")
def string(run: Run, from_: Value) -> str:
    if from_ is None:
        raise Undefined("string: null has no text")
    found = from_ if isinstance(from_, str) else _written(from_, run)
    run.text(len(found))
    return found


def _written(value: Value, run: Run) -> str:
    """As FEEL writes it."""
    run.charge(1)
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Decimal):
        return text_of(value)
    if isinstance(value, list | dict | Range):
        return _written_whole(value, run)
    return value.name if isinstance(value, Function) else str(value)


def _written_whole(value: list[Value] | dict[str, Value] | Range, run: Run) -> str:
    if isinstance(value, list):
        return "[" + _joined([_written(lift(item), run) for item in value], run) + "]"
    if isinstance(value, dict):
        return "{" + _joined([f"{key}: {_written(lift(item), run)}" for key, item in value.items()], run) + "}"
    if value.operator:
        return f"({value.operator} {_written(value.high if value.low is None else value.low, run)})"
    ends = f"{_written(value.low, run)}..{_written(value.high, run)}"
    return f"{'[' if value.low_included else '('}{ends}{']' if value.high_included else ')'}"


def _joined(parts: list[str], run: Run) -> str:
    run.text(sum(map(len, parts)))
    return ", ".join(parts)


@builtin("duration(from: string|days|months)")
def duration(run: Run, from_: Value) -> Value:
    return _read("duration", duration_of(from_)) if isinstance(from_, str) else from_


@builtin("years and months duration(from: date|datetime, to: date|datetime)")
def years_and_months_duration(run: Run, from_: Value, to: Value) -> MonthsDuration:
    """Whole months between the two dates."""
    first = from_.date if isinstance(from_, DateTime) else from_
    last = to.date if isinstance(to, DateTime) else to
    months = (last.year - first.year) * 12 + last.month - first.month
    if months > 0 and last.day < first.day:
        months -= 1
    elif months < 0 and last.day > first.day:
        months += 1
    return MonthsDuration(months)
