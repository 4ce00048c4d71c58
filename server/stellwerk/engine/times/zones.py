"""Local times and time zones. Pure but for the rules of the zones, which come with Python's tzdata.

A local time that a zone skips (clocks go forward) is the first instant after the gap. One that happens twice (clocks go
back) is its first occurrence.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

UTC_ZONE = ZoneInfo("UTC")
_OF_THE_MACHINE = ("localtime", "posixrules", "Factory")  # files beside the zones that mean whatever is set up there
_SUFFIX = re.compile(r"(.*?)\s*\[([^\[\]]+)\]", re.DOTALL)


class ZoneUnknown(ValueError):
    """There is no time zone of this name."""


def zone_of(name: str) -> ZoneInfo:
    """The zone with this name, such as Europe/Berlin. Raises ZoneUnknown."""
    try:
        if name.strip() in _OF_THE_MACHINE:
            raise KeyError(name)
        return ZoneInfo(name.strip())
    except (KeyError, ValueError, OSError):
        shown = name if len(name) <= 60 else name[:59] + "…"
        raise ZoneUnknown(f"There is no time zone '{shown}'. Write a name such as Europe/Berlin or UTC.") from None


def split_zone(text: str, default: ZoneInfo) -> tuple[str, ZoneInfo]:
    """`2030-01-31T09:00[Europe/Berlin]` -> the text before, and its zone. Raises ZoneUnknown."""
    match = _SUFFIX.fullmatch(text.strip())
    return (match[1], zone_of(match[2])) if match else (text.strip(), default)


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The moment of a local time without an offset, as aware UTC. Raises OverflowError at the ends of time."""
    first = local.replace(tzinfo=zone, fold=0)
    moment = first.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local:
        return moment
    return _end_of_gap(local.replace(tzinfo=zone, fold=1).astimezone(UTC), moment, zone)


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first instant with the offset of `after`; both are whole seconds apart from it."""
    offset = after.astimezone(zone).utcoffset()
    before, after = before.replace(microsecond=0), after.replace(microsecond=0)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after


def both(local: datetime, zone: ZoneInfo) -> list[datetime]:
    """The moments of a local time, two where it happens twice."""
    first = instant(local, zone)
    second = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return [first, second] if second > first else [first]


def wall(moment: datetime, zone: ZoneInfo) -> datetime:
    """What clocks there show, without an offset."""
    return moment.astimezone(zone).replace(tzinfo=None)
