"""When a timer is due: ISO 8601 dates, durations and repetitions, reckoned from a time that is passed in.

Dates without an offset are UTC. Years and months of a duration are calendar years and months from its start:
one month after 31 January is the last day of February.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta
from typing import Any, Literal

from stellwerk.engine import cron
from stellwerk.engine.definition import Definition
from stellwerk.engine.expressions import Expression, literal, parse_expression
from stellwerk.engine.templates import parse_template
from stellwerk.errors import ProcessError

TimerKind = Literal["timeDate", "timeDuration", "timeCycle"]

_NUMBER = r"(\d+(?:[.,]\d+)?)"
_DURATION = re.compile(
    rf"([+-])?P(?!$)(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?"
    rf"(?:T(?=\d)(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?"
)
_CALENDAR = re.compile(r"P[^T]*[YM]")  # years and months have no fixed length
_CYCLE = re.compile(r"R(\d*)/(.+)")
_LITERAL = re.compile(r"[+-]?P[\dT]|R\d*/|\d{4}-?\d\d")
_EXAMPLES: Mapping[TimerKind, str] = {
    "timeDate": "2030-01-31T09:00:00+01:00",
    "timeDuration": "PT15M or P2D",
    "timeCycle": "R3/PT10M or R/2030-01-31T09:00:00Z/P1D",
}


MOST_FIRINGS = 1_000_000_000


class TimerInvalid(ValueError):
    """The text or value is no date, duration or cycle."""


@dataclass(frozen=True)
class Timer:
    """An armed timer: due at `due` (aware UTC). A cycle has `every` and, unless it is endless, `remaining` firings."""

    due: datetime
    remaining: int | None = None
    every: str | None = None

    def following(self) -> Timer | None:
        """The timer after this one has fired; None if that was the last time."""
        if self.every is None or (self.remaining is not None and self.remaining <= 1):
            return None
        left = None if self.remaining is None else self.remaining - 1
        return Timer(after(self.due, self.every), left, self.every)


@dataclass(frozen=True)
class StartTimer:
    """When a timer start event starts the next instance; `remaining` firings with this one, None: no count."""

    due: datetime
    remaining: int | None = None

    def to_json(self) -> dict[str, Any]:
        return {"due": self.due.isoformat(), "remaining": self.remaining}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> StartTimer:
        return cls(datetime.fromisoformat(data["due"]), data["remaining"])


def parse_timer(text: str) -> Expression:
    """The expression of a timer's text: ISO 8601 as it stands, `${...}`, or a Python expression."""
    stripped = text.strip()
    if _LITERAL.match(stripped) or cron.is_cron(stripped):
        return literal(stripped)
    if "${" in stripped or "#{" in stripped:
        return parse_template(stripped)
    return parse_expression(stripped)


def arm(kind: TimerKind, value: Any, now: datetime) -> Timer:
    """The timer that begins now. Raises TimerInvalid."""
    if kind == "timeCycle":
        return _cycle(value, now)
    if kind == "timeDuration":
        return Timer(_within_reach(_add(now, value)))
    return Timer(as_date(value))


def _cycle(value: Any, now: datetime) -> Timer:
    if cron.is_cron(value):
        return Timer(after(now, value), None, value)
    match = _CYCLE.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise TimerInvalid(_wrong("timeCycle", value))
    remaining = _count(match[1]) if match[1] else None
    first, _, second = match[2].partition("/")
    if not second:
        return Timer(after(now, first), remaining, first)
    if first.startswith("P"):
        return _cycle_until(first, as_date(second), remaining, now)
    _positive(second)
    return _not_before(Timer(as_date(first), remaining, second), now)


def _count(digits: str) -> int:
    count = int(digits[:20])  # more digits are too many in any case, and Python reads no number of thousands of them
    if not 1 <= count <= MOST_FIRINGS or len(digits) > 20:
        raise TimerInvalid(
            f"The cycle repeats {_shown(digits)} times. Write R1/... to R{MOST_FIRINGS}/..., or R/... for ever."
        )
    return count


def _cycle_until(every: str, end: datetime, remaining: int | None, now: datetime) -> Timer:
    """R[n]/duration/end: firings each `every` from now on, none after `end`."""
    due = after(now, every)
    if _CALENDAR.match(every):
        count = 0
        while due <= end:
            count, due = count + 1, after(due, every)
    else:
        count = max(0, (end - now) // (due - now))
    count = count if remaining is None else min(count, remaining)
    if not count:
        raise TimerInvalid(f"The cycle ends at {end.isoformat()}, before it is due for the first time.")
    return Timer(after(now, every), count, every)


def _not_before(timer: Timer, now: datetime) -> Timer:
    """A cycle that began in the past goes on with its first firing from now on; if there is none, its last is due."""
    upcoming = skip_missed(timer, now)
    return upcoming or Timer(timer.due, 1, timer.every)


def skip_missed(timer: Timer | None, now: datetime) -> Timer | None:
    """The first firing of a cycle that is not before `now`; the ones before it count as fired. None: all are over."""
    if timer is not None and timer.due < now and cron.is_cron(timer.every):
        return Timer(after(now - timedelta(seconds=1), timer.every or ""), timer.remaining, timer.every)
    while timer is not None and timer.due < now:
        if timer.every is None or _CALENDAR.match(timer.every):
            timer = timer.following()
        else:
            timer = _jump(timer, timer.every, now)
    return timer


def _jump(timer: Timer, every: str, now: datetime) -> Timer | None:
    """All missed firings of a fixed duration at once: there may be millions of them."""
    step = after(timer.due, every) - timer.due
    missed = -((timer.due - now) // step)
    if timer.remaining is None:
        return Timer(timer.due + missed * step, None, every)
    return Timer(timer.due + missed * step, timer.remaining - missed, every) if timer.remaining > missed else None


def after(start: datetime, text: str) -> datetime:
    """`start` plus a duration that is longer than nothing, or the next time of a cron text. Raises TimerInvalid."""
    if cron.is_cron(text):
        try:
            return cron.following(text, start)
        except cron.CronInvalid as error:
            raise TimerInvalid(str(error)) from error
    _positive(text)
    return _within_reach(_add(start, text))


def _positive(text: str) -> None:
    if _add(datetime(2000, 1, 1, tzinfo=UTC), text) <= datetime(2000, 1, 1, tzinfo=UTC):
        raise TimerInvalid(f"The duration {_shown(text)} of a cycle must be longer than nothing, for example PT10M.")


def _add(start: datetime, value: Any) -> datetime:
    if isinstance(value, timedelta):
        return _plus(start, value, value)
    match = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or not any(match.groups()[1:]):
        raise TimerInvalid(_wrong("timeDuration", value))
    sign = -1 if match[1] == "-" else 1
    years, months, weeks, days, hours, minutes, seconds = (
        float((g or "0").replace(",", ".")) for g in match.groups()[1:]
    )
    try:
        moved = _add_months(start, sign * (12 * years + months))
        rest = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        raise _out_of_reach(value) from None
    return _plus(moved, sign * rest, value)


def _plus(start: datetime, rest: timedelta, value: Any) -> datetime:
    try:
        return start + rest
    except OverflowError:
        raise _out_of_reach(value) from None


def _out_of_reach(value: Any) -> TimerInvalid:
    return TimerInvalid(f"The duration {_shown(value)} leads out of the years 1 to 9999. Make it shorter.")


def _add_months(start: datetime, months: float) -> datetime:
    """Raises OverflowError for a year that does not exist."""
    if months != int(months):
        raise TimerInvalid("Years and months of a duration must give whole months.")
    if not months:
        return start
    year, month = divmod(start.year * 12 + start.month - 1 + int(months), 12)
    if not MINYEAR <= year <= MAXYEAR:
        raise OverflowError(year)
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return start.replace(year=year, month=month + 1, day=day)


def _within_reach(due: datetime) -> datetime:
    return due.astimezone(UTC)


def as_date(value: Any) -> datetime:
    """A point in time from ISO text or a date value, as aware UTC. Raises TimerInvalid."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            raise TimerInvalid(_wrong("timeDate", value)) from None
    elif isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if not isinstance(value, datetime):
        raise TimerInvalid(_wrong("timeDate", value))
    try:
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        raise TimerInvalid(_wrong("timeDate", value)) from None


def date_or_duration(value: Any, now: datetime) -> datetime:
    """A due or follow-up date: a point in time, or a duration from now. Raises TimerInvalid."""
    is_duration = isinstance(value, timedelta) or (
        isinstance(value, str) and value.strip().lstrip("+-").startswith("P")
    )
    return _within_reach(_add(now, value)) if is_duration else as_date(value)


def _wrong(kind: TimerKind, value: Any) -> str:
    names = {"timeDate": "date and time", "timeDuration": "duration", "timeCycle": "cycle"}
    return f"{_shown(value)} is no {names[kind]} in the form of ISO 8601, such as {_EXAMPLES[kind]}."


def _shown(value: Any) -> str:
    text = f"'{value}'" if isinstance(value, str | date | timedelta) else repr(value)
    return text if len(text) <= 80 else text[:79] + "…"


# -- timer start events
class _NoSandbox:
    """The host of expressions in timer start events: there is no instance yet, hence no variables and no sandbox."""

    def evaluate(self, source: str, variables: Mapping[str, Any]) -> Any:
        raise TimerInvalid(f"'{source}' cannot be evaluated before an instance exists. Write the time itself.")

    def run_script(self, source: str, variables: Mapping[str, Any]) -> Any:
        raise TimerInvalid(f"'{source}' cannot be run before an instance exists. Write the time itself.")


def next_start(
    definition: Definition, element_id: str, previous: StartTimer | None, now: datetime
) -> StartTimer | None:
    """When the timer start event `element_id` is due next; None when there is no next time.

    `previous` is the firing that has just happened, None when the definition becomes active. Firings of a cycle that
    were missed in between are left out: at most one start makes up for them. Raises TimerInvalid for what is no time.
    """
    kind, expression = definition.start_timers[element_id]
    try:
        value = expression.evaluate({}, _NoSandbox())
    except ProcessError as error:
        raise TimerInvalid(error.message) from error
    if previous is None:
        timer: Timer | None = arm(kind, value, now)
    else:
        every = arm(kind, value, previous.due).every
        timer = skip_missed(Timer(previous.due, previous.remaining, every).following(), now)
    return None if timer is None else StartTimer(timer.due, timer.remaining)


# -- at deployment
def check_literal(kind: TimerKind, text: str) -> None:
    """Raises TimerInvalid for a text that is no time of its kind."""
    if (
        kind == "timeCycle"
        and not cron.is_cron(text)
        and text.count("/") == 2
        and not text.endswith(("Y", "M", "W", "D", "H", "S"))
    ):
        as_date(text.rpartition("/")[2])
        return
    arm(kind, text, datetime(2000, 1, 1, tzinfo=UTC))


def retries(text: str) -> tuple[int, tuple[float, ...]]:
    """`R3/PT10S`: three tries, ten seconds between them. `PT5S,PT1M`: a wait before each retry. Raises TimerInvalid.

    -> (tries, waits in seconds; the last one repeats)
    """
    match = _CYCLE.fullmatch(text)
    if match:
        tries = int(match[1] or "0")
        if not 1 <= tries <= 1000:
            raise TimerInvalid(f"'{text}' must say between 1 and 1000 tries, for example R3/PT10S.")
        return tries, (_seconds(match[2]),)
    waits = tuple(_seconds(part.strip()) for part in text.split(","))
    return len(waits) + 1, waits


def _seconds(text: str) -> float:
    start = datetime(2000, 1, 1, tzinfo=UTC)
    seconds = (_add(start, text) - start).total_seconds()
    if seconds < 0:
        raise TimerInvalid(f"The wait '{text}' is negative.")
    return seconds
