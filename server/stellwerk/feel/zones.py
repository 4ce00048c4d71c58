"""Offsets of time zones of the IANA database; the rules come with Python's tzdata."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from .calendar import date_of

DAY = 86_400
LARGEST_OFFSET = 14 * 3600
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*")
_OF_THE_MACHINE = ("localtime", "posixrules", "Factory")  # files beside the zones that mean whatever is set up there
_FIRST, _LAST = 2, 9998  # years in which Python can convert in both directions


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo | None:
    """The zone of this name, None if there is none."""
    if not _NAME.fullmatch(name) or name in _OF_THE_MACHINE:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


@lru_cache(maxsize=1024)
def standard_offset(name: str) -> int:
    """Seconds ahead of UTC without daylight saving: that of a time of day, which has no date."""
    moment = datetime(2000, 1, 1, 12, tzinfo=zone(name))
    return _seconds(moment) - int((moment.dst() or moment - moment).total_seconds())


def offset_at_local(name: str, day: int, second: int) -> int:
    """Seconds ahead of UTC at a local time: a day number and a second of that day.

    A local time that happens twice is its first occurrence; one that is skipped counts as before the gap.
    """
    return _seconds(_datetime(day, second).replace(tzinfo=zone(name)))


def offset_at_instant(name: str, day: int, second: int) -> int:
    """Seconds ahead of UTC at an instant: a day number and a second of that day in UTC."""
    return _seconds(_datetime(day, second).replace(tzinfo=UTC).astimezone(zone(name)))


def _seconds(moment: datetime) -> int:
    offset = moment.utcoffset()
    return 0 if offset is None else offset.days * DAY + offset.seconds


def _datetime(day: int, second: int) -> datetime:
    """Years that Python does not know are one with the same calendar at that end of time: 400 years repeat."""
    year, month, day_of_month = date_of(day)
    if year < _FIRST:
        year = 400 + year % 400
    elif year > _LAST:
        year = 9600 + year % 400 if year % 400 <= _LAST - 9600 else 9200 + year % 400
    return datetime(year, month, day_of_month, second // 3600, second // 60 % 60, second % 60)
