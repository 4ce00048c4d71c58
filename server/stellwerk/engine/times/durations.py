"""ISO 8601 durations: years, months, weeks and days are of the calendar, hours and less are of the clock.

A day later is the same local time on the next day, also when that day has 23 or 25 hours; 24 hours later is 24 hours
later. One month after 31 January is the last day of February; two months after it is 31 March.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from stellwerk.engine.times.zones import instant, wall
from stellwerk.feel import MonthsDuration

_NUMBER = r"(\d+(?:[.,]\d+)?)"
_DURATION = re.compile(
    rf"([+-])?P(?!$)(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?"
    rf"(?:T(?=\d)(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?"
)


class DurationInvalid(ValueError):
    """A duration that cannot be used; the message says why, or is empty for a text that is none."""


@dataclass(frozen=True)
class Duration:
    """Whole months and days of the calendar, and `rest` of the clock."""

    months: int = 0
    days: int = 0
    rest: timedelta = timedelta()

    @property
    def is_fixed(self) -> bool:
        """Whether it has the same length wherever it begins."""
        return not self.months and not self.days

    def after(self, start: datetime, zone: ZoneInfo, times: int = 1) -> datetime:
        """`times` of it after `start`, reckoned at once, as aware UTC. Raises OverflowError: no such year."""
        if self.is_fixed:
            return start.astimezone(UTC) + times * self.rest
        local = _add_months(wall(start, zone), times * self.months) + timedelta(days=times * self.days)
        return instant(local, zone) + times * self.rest


def parse_duration(value: object) -> Duration:
    """From text, timedelta or MonthsDuration. Raises DurationInvalid."""
    if isinstance(value, timedelta):
        return Duration(rest=value)
    if isinstance(value, MonthsDuration):
        return Duration(months=value.months)
    match = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or not any(match.groups()[1:]):
        raise DurationInvalid("")
    sign = -1 if match[1] == "-" else 1
    years, months, weeks, days, hours, minutes, seconds = (
        float((group or "0").replace(",", ".")) for group in match.groups()[1:]
    )
    whole = 12 * years + months
    if whole != int(whole):
        raise DurationInvalid("Years and months of a duration must give whole months.")
    whole_days = int(7 * weeks + days)
    rest = timedelta(days=7 * weeks + days - whole_days, hours=hours, minutes=minutes, seconds=seconds)
    return Duration(sign * int(whole), sign * whole_days, sign * rest)


def _add_months(start: datetime, months: int) -> datetime:
    """Raises OverflowError for a year that does not exist."""
    if not months:
        return start
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if not MINYEAR <= year <= MAXYEAR:
        raise OverflowError(year)
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return start.replace(year=year, month=month + 1, day=day)
