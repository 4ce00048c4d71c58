"""Cron expressions of timer cycles: five fields as in Unix, or six or seven with seconds first as in Quartz.

In a time zone: a time that the zone skips is the first instant after the gap; one that happens twice is taken the first
time, or both times where the expression is for every hour.

Small enough to be our own: lists, ranges, steps and names. `L`, `W` and `#` are refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from stellwerk.engine.times.zones import UTC_ZONE, both, wall

_SHAPE = re.compile(r"[\d*][\d*/,\-]*(?:\s+[\w*/,\-?#]+){4,6}")
_PART = re.compile(r"(\*|\?|(\w+)(?:-(\w+))?)(?:/(\d{1,4}))?")
_MONTHS = {name: n for n, name in enumerate(re.findall("...", "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"), 1)}
_DAYS = {name: n for n, name in enumerate(re.findall("...", "SUNMONTUEWEDTHUFRISAT"))}
_FURTHEST = 366 * 9  # days: 29 February may be eight years away


class CronInvalid(ValueError):
    """The text is no cron expression that is understood, or never due."""


@dataclass(frozen=True)
class _Cron:
    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]  # 0: Sunday
    either: bool  # Unix: a day fits when its number or its weekday fits, if both are given
    years: frozenset[int]

    def fits(self, day: date) -> bool:
        if day.month not in self.months or (self.years and day.year not in self.years):
            return False
        fitting = (day.day in self.days, day.isoweekday() % 7 in self.weekdays)
        return any(fitting) if self.either else all(fitting)


def is_cron(text: object) -> bool:
    """Whether the text has the shape of a cron expression."""
    return isinstance(text, str) and _SHAPE.fullmatch(text.strip()) is not None


def following(text: str, after: datetime, zone: ZoneInfo = UTC_ZONE) -> datetime:
    """The first time after `after` in the zone, as aware UTC. Raises CronInvalid."""
    cron, start = _parse(text.strip()), after.astimezone(UTC)
    first = wall(start, zone).date()
    for days in range(_FURTHEST):
        try:
            day = first + timedelta(days=days)
            found = _first_of(cron, day, start, zone) if cron.fits(day) else None
        except OverflowError:
            break
        if found is not None:
            return found
    raise CronInvalid(f"The cycle '{text}' is never due.")


def _first_of(cron: _Cron, day: date, after: datetime, zone: ZoneInfo) -> datetime | None:
    for hour in cron.hours:
        for again in (False, True) if len(cron.hours) == 24 else (False,):
            found = _first_in_hour(cron, datetime.combine(day, time(hour)), after, zone, again)
            if found is not None:
                return found
    return None


def _first_in_hour(cron: _Cron, hour: datetime, after: datetime, zone: ZoneInfo, again: bool) -> datetime | None:
    """`again`: the second time of what happens twice."""
    if both(hour + timedelta(minutes=59, seconds=59), zone)[-1] <= after:
        return None
    for minute in cron.minutes:
        local = hour + timedelta(minutes=minute)
        if both(local + timedelta(seconds=59), zone)[-1] <= after:
            continue
        for second in cron.seconds:
            moments = both(local + timedelta(seconds=second), zone)
            if len(moments) > again and moments[again] > after:
                return moments[again]
    return None


@lru_cache(maxsize=1000)
def _parse(text: str) -> _Cron:
    fields = text.upper().split()
    quartz = len(fields) > 5
    second, minute, hour, day, month, weekday, *year = fields if quartz else ["0", *fields]
    numbers = _values(weekday, int(quartz), 7, {name: n + quartz for name, n in _DAYS.items()}, text)
    return _Cron(
        tuple(sorted(_values(second, 0, 59, {}, text))),
        tuple(sorted(_values(minute, 0, 59, {}, text))),
        tuple(sorted(_values(hour, 0, 23, {}, text))),
        _values(day, 1, 31, {}, text),
        _values(month, 1, 12, _MONTHS, text),
        frozenset((number - quartz) % 7 for number in numbers),
        not quartz and day != "*" and weekday != "*",
        _values(year[0], 1970, 2199, {}, text) if year and year[0] != "*" else frozenset(),
    )


def _values(field: str, lowest: int, highest: int, names: dict[str, int], text: str) -> frozenset[int]:
    found: set[int] = set()
    for part in field.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            raise _unknown(part, text)
        step = int(match[4] or 1)
        first, last = lowest, highest
        if match[2] is not None:
            first = _number(match[2], names, text)
            last = _number(match[3], names, text) if match[3] else highest if match[4] else first
        if not (lowest <= first <= last <= highest and step):
            raise _unknown(part, text)
        found.update(range(first, last + 1, step))
    return frozenset(found)


def _number(word: str, names: dict[str, int], text: str) -> int:
    if word in names:
        return names[word]
    if not word.isascii() or not word.isdigit() or len(word) > 4:
        raise _unknown(word, text)
    return int(word)


def _unknown(part: str, text: str) -> CronInvalid:
    return CronInvalid(f"'{part}' in the cycle '{text}' cannot be read. Write for example 0 0/5 * * * ?, or R/PT5M.")
