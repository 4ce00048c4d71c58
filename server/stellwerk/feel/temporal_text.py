"""Texts -> dates, times and durations (10.3.4.1; XML Schema 2 and the XPath data model). None if it is none."""

from __future__ import annotations

import re

from . import zones
from .temporal import (
    NANO,
    UTC,
    Date,
    DateTime,
    DaysDuration,
    Duration,
    MonthsDuration,
    OutOfRange,
    Temporal,
    Time,
    Zone,
    date_of_number,
)

_D = "[0-9]"  # \d would take the digits of all scripts
_ZONE = rf"(?:[zZ]|[+-]{_D}{{2}}:{_D}{{2}}(?::{_D}{{2}})?|@[A-Za-z0-9_+/-]{{1,64}})"
_DATE = re.compile(rf"(-?)([1-9]{_D}{{4,8}}|{_D}{{4}})-({_D}{{2}})-({_D}{{2}})({_ZONE})?")
_TIME = re.compile(rf"({_D}{{2}}):({_D}{{2}}):({_D}{{2}})(?:\.({_D}+))?({_ZONE})?")
_MONTHS = re.compile(rf"(-?)P(?:({_D}{{1,18}})Y)?(?:({_D}{{1,18}})M)?")
_DAYS = re.compile(
    rf"(-?)P(?:({_D}{{1,18}})D)?"
    rf"(?:T(?=[0-9])(?:({_D}{{1,18}})H)?(?:({_D}{{1,18}})M)?(?:({_D}{{1,18}})(?:\.({_D}+))?S)?)?"
)


def zone_of(text: str) -> Zone | None:
    """Z, +01:00 or @Europe/Paris. None if there is no such zone, or more than 14 hours."""
    if text in ("z", "Z"):
        return UTC
    if text[0] == "@":
        name = text[1:]
        return Zone(name=name) if zones.zone(name) is not None else None
    hours, minutes, *rest = (int(part) for part in text[1:].split(":"))
    seconds = rest[0] if rest else 0
    offset = hours * 3600 + minutes * 60 + seconds
    if minutes > 59 or seconds > 59 or offset > zones.LARGEST_OFFSET:
        return None
    return Zone(-offset if text[0] == "-" else offset)


def date_of(text: str) -> Date | None:
    """A date; an offset behind it is allowed and has no meaning."""
    match = _DATE.fullmatch(text)
    if match is None or (match[5] and (match[5][0] == "@" or zone_of(match[5]) is None)):
        return None
    return _date(match)


def _date(match: re.Match[str]) -> Date | None:
    year = int(match[2])
    if match[1] and not year:
        return None
    try:
        return Date(-year if match[1] else year, int(match[3]), int(match[4]))
    except OutOfRange:
        return None


def time_of(text: str) -> Time | None:
    found = _clock(text)
    return None if found is None else Time(found[0] % zones.DAY * NANO + found[1], found[2])


def _clock(text: str) -> tuple[int, int, Zone | None] | None:
    """Seconds since midnight (24:00:00 is one day), nanoseconds, zone."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    zone = zone_of(match[5]) if match[5] else None
    if match[5] and zone is None:
        return None
    hour, minute, second = int(match[1]), int(match[2]), int(match[3])
    nanos = _nanos(match[4])
    if hour == 24:
        return None if minute or second or nanos else (zones.DAY, 0, zone)
    if hour > 23 or minute > 59 or second > 59:
        return None
    return hour * 3600 + minute * 60 + second, nanos, zone


def _nanos(fraction: str | None) -> int:
    """Digits after the ninth are dropped."""
    return int(fraction[:9].ljust(9, "0")) if fraction else 0


def date_time_of(text: str) -> DateTime | None:
    """A date and a time, or a date alone: the time is then midnight."""
    first, separator, second = text.partition("T")
    match = _DATE.fullmatch(first)
    date = _date(match) if match else None
    if match is None or date is None or (separator and match[5]):
        return None
    if not separator:
        zone = zone_of(match[5]) if match[5] else None
        return None if match[5] and zone is None else DateTime(date, Time(0, zone))
    clock = _clock(second)
    if clock is None:
        return None
    seconds, nanos, zone = clock
    try:
        day = date_of_number(date.number + 1) if seconds == zones.DAY else date
    except OutOfRange:
        return None
    return DateTime(day, Time(seconds % zones.DAY * NANO + nanos, zone))


def duration_of(text: str) -> Duration | None:
    """Years and months, or days and time; never both."""
    months = _MONTHS.fullmatch(text)
    if months and (months[2] or months[3]):
        total = int(months[2] or 0) * 12 + int(months[3] or 0)
        return _made(MonthsDuration, -total if months[1] else total)
    days = _DAYS.fullmatch(text)
    if days is None or not any(days[part] for part in range(2, 6)):
        return None
    seconds = int(days[2] or 0) * zones.DAY + int(days[3] or 0) * 3600 + int(days[4] or 0) * 60 + int(days[5] or 0)
    nanos = seconds * NANO + _nanos(days[6])
    return _made(DaysDuration, -nanos if days[1] else nanos)


def _made(kind: type[MonthsDuration] | type[DaysDuration], amount: int) -> Duration | None:
    try:
        return kind(amount)
    except OutOfRange:
        return None


def temporal_of(text: str) -> Temporal | None:
    """The value of an at-literal (rule 65)."""
    if text[:1] == "P" or text[:2] == "-P":
        return duration_of(text)
    if "T" in text.partition("@")[0]:
        return date_time_of(text)
    return time_of(text) if ":" in text[:3] else date_of(text)
