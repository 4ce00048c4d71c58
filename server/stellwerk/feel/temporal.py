"""Dates, times and durations (10.3.2.3.4 to 10.3.2.3.8), immutable, exact to the nanosecond.

`str()` of each is its FEEL text. `order_keys` gives what equality and order look at.
"""

from __future__ import annotations

from dataclasses import dataclass

from . import calendar, zones

NANO = 1_000_000_000
DAY_NANOS = zones.DAY * NANO
# Equality and order look at milliseconds: the precision that XML Schema asks of every implementation, and the reason
# why times that differ by less are equal in FEEL.
COMPARED = NANO // 1000
LONGEST = 2**63 * NANO  # of a days and time duration
MOST_MONTHS = 2**63


class OutOfRange(ArithmeticError):
    """A year, time or duration that FEEL does not have."""


@dataclass(frozen=True, slots=True)
class Zone:
    """Seconds ahead of UTC, or the name of a zone whose offset depends on the date."""

    offset: int = 0
    name: str = ""

    def __str__(self) -> str:
        if self.name:
            return f"@{self.name}"
        if not self.offset:
            return "Z"
        minutes, seconds = divmod(abs(self.offset), 60)
        text = f"{'-' if self.offset < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"
        return f"{text}:{seconds:02}" if seconds else text


UTC = Zone()


@dataclass(frozen=True, slots=True)
class Date:
    year: int
    month: int
    day: int

    def __post_init__(self) -> None:
        if not (abs(self.year) <= calendar.LARGEST_YEAR and 1 <= self.month <= 12):
            raise OutOfRange
        if not 1 <= self.day <= calendar.days_in_month(self.year, self.month):
            raise OutOfRange

    def __str__(self) -> str:
        return f"{'-' if self.year < 0 else ''}{abs(self.year):04}-{self.month:02}-{self.day:02}"

    @property
    def number(self) -> int:
        """Days since 1970-01-01."""
        return calendar.day_number(self.year, self.month, self.day)

    def plus_months(self, months: int) -> Date:
        """The day of the month stays, or becomes the last one of a shorter month."""
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        if abs(year) > calendar.LARGEST_YEAR:
            raise OutOfRange
        return Date(year, month + 1, min(self.day, calendar.days_in_month(year, month + 1)))


def date_of_number(number: int) -> Date:
    if abs(number) > 366 * (calendar.LARGEST_YEAR + 1970):
        raise OutOfRange
    return Date(*calendar.date_of(number))


@dataclass(frozen=True, slots=True)
class Time:
    """`nanos` since midnight of that place, and the zone if there is one."""

    nanos: int
    zone: Zone | None = None

    @property
    def hour(self) -> int:
        return self.nanos // (3600 * NANO)

    @property
    def minute(self) -> int:
        return self.nanos // (60 * NANO) % 60

    @property
    def second_nanos(self) -> int:
        return self.nanos % (60 * NANO)

    @property
    def offset(self) -> int | None:
        """Seconds ahead of UTC; of a named zone without daylight saving."""
        if self.zone is None:
            return None
        return zones.standard_offset(self.zone.name) if self.zone.name else self.zone.offset

    def __str__(self) -> str:
        return clock_text(self.nanos) + ("" if self.zone is None else str(self.zone))


def clock_text(nanos: int) -> str:
    seconds, fraction = divmod(nanos, NANO)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{text}.{fraction:09}".rstrip("0") if fraction else text


@dataclass(frozen=True, slots=True)
class DateTime:
    """A local date and time, and the zone if there is one."""

    date: Date
    time: Time

    @property
    def zone(self) -> Zone | None:
        return self.time.zone

    @property
    def offset(self) -> int | None:
        """Seconds ahead of UTC."""
        zone = self.time.zone
        if zone is None:
            return None
        return zones.offset_at_local(zone.name, self.date.number, self.time.nanos // NANO) if zone.name else zone.offset

    def instant(self, offset: int | None = None) -> int:
        """Nanoseconds since 1970 in UTC; a local time is understood with the given offset, 0 without one."""
        own = self.offset
        used = own if own is not None else offset or 0
        return self.date.number * DAY_NANOS + self.time.nanos - used * NANO

    def at(self, instant: int) -> DateTime:
        """Another instant in the zone of this one."""
        zone = self.time.zone
        offset = 0 if zone is None else zone.offset
        if zone is not None and zone.name:
            day, nanos = divmod(instant, DAY_NANOS)
            date_of_number(day)
            offset = zones.offset_at_instant(zone.name, day, nanos // NANO)
        day, nanos = divmod(instant + offset * NANO, DAY_NANOS)
        return DateTime(date_of_number(day), Time(nanos, zone))

    def __str__(self) -> str:
        return f"{self.date}T{self.time}"


@dataclass(frozen=True, slots=True)
class DaysDuration:
    """A days and time duration."""

    nanos: int

    def __post_init__(self) -> None:
        if abs(self.nanos) > LONGEST:
            raise OutOfRange

    def __str__(self) -> str:
        if not self.nanos:
            return "PT0S"
        days, rest = divmod(abs(self.nanos), DAY_NANOS)
        seconds, fraction = divmod(rest, NANO)
        hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
        text = f"P{days}D" if days else "P"
        if rest:
            decimals = f".{fraction:09}".rstrip("0") if fraction else ""
            text += "T" + (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
            text += f"{seconds}{decimals}S" if seconds or fraction else ""
        return f"-{text}" if self.nanos < 0 else text


@dataclass(frozen=True, slots=True)
class MonthsDuration:
    """A years and months duration."""

    months: int

    def __post_init__(self) -> None:
        if abs(self.months) > MOST_MONTHS:
            raise OutOfRange

    def __str__(self) -> str:
        if not self.months:
            return "P0M"
        years, months = divmod(abs(self.months), 12)
        text = "P" + (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        return f"-{text}" if self.months < 0 else text


Duration = DaysDuration | MonthsDuration
Temporal = Date | Time | DateTime | DaysDuration | MonthsDuration
TEMPORAL = (Date, Time, DateTime, DaysDuration, MonthsDuration)


def midnight(date: Date) -> DateTime:
    """A date as a date and time: midnight UTC (10.3.2.3.5)."""
    return DateTime(date, Time(0, UTC))


def order_keys(left: Temporal, right: Temporal) -> tuple[int, int] | None:
    """Two numbers that compare as the values do; None for values of different kinds.

    If one has no offset, that of the other counts for both (Table 54).
    """
    if isinstance(left, Date) and isinstance(right, Date):
        return left.number, right.number
    if isinstance(left, DaysDuration) and isinstance(right, DaysDuration):
        return left.nanos, right.nanos
    if isinstance(left, MonthsDuration) and isinstance(right, MonthsDuration):
        return left.months, right.months
    if isinstance(left, Time) and isinstance(right, Time):
        first, second = left.offset, right.offset
        ahead = first if first is not None else second or 0
        other = second if second is not None else first or 0
        return (left.nanos - ahead * NANO) // COMPARED, (right.nanos - other * NANO) // COMPARED
    return _moments(left, right)


def _moments(left: Temporal, right: Temporal) -> tuple[int, int] | None:
    if isinstance(left, Date) and isinstance(right, DateTime):
        left = midnight(left)
    elif isinstance(left, DateTime) and isinstance(right, Date):
        right = midnight(right)
    if not (isinstance(left, DateTime) and isinstance(right, DateTime)):
        return None
    return left.instant(right.offset) // COMPARED, right.instant(left.offset) // COMPARED
