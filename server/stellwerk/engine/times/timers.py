"""When a timer is due: ISO 8601 dates, durations and repetitions, reckoned from a time that is passed in.

A time may end with the name of its zone in brackets: `2030-01-31T09:00[Europe/Berlin]`. A date without an offset, the
days and months of a duration and cron expressions are understood in that zone, else in the zone that is passed in.
What a zone skips or repeats: see `zones`; what days and months are: see `durations`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from stellwerk.engine.definition import Definition
from stellwerk.engine.expressions import Expression, is_feel, literal, parse_expression, parse_feel
from stellwerk.engine.expressions.templates import parse_template
from stellwerk.engine.times import cron
from stellwerk.engine.times.durations import Duration, DurationInvalid, parse_duration
from stellwerk.engine.times.zones import UTC_ZONE, ZoneUnknown, instant, split_zone
from stellwerk.errors import ProcessError
from stellwerk.feel import MonthsDuration

TimerKind = Literal["timeDate", "timeDuration", "timeCycle"]

_CYCLE = re.compile(r"R(\d*)/([^/\[\]]+(?:\[[^\[\]]+\])?)(?:/(.+))?")  # the zone's name may hold a /
_LITERAL = re.compile(r"[+-]?P[\dT]|R\d*/|\d{4}-?\d\d")
_ZONE = re.compile(r"\s*\[[^\[\]]+\]$")
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
    """An armed timer: due at `due` (aware UTC). A cycle has `every` and, unless it is endless, `remaining` firings.

    `begin`: from when, and in which zone, a cycle by the calendar is reckoned; None: from `due`, in UTC.
    """

    due: datetime
    remaining: int | None = None
    every: str | None = None
    begin: str | None = None

    def following(self) -> Timer | None:
        """The timer after this one has fired; None if that was the last time."""
        if self.every is None or (self.remaining is not None and self.remaining <= 1):
            return None
        due = _Cycle.of(self).after(self.due)
        left = None if self.remaining is None else self.remaining - 1
        return None if due is None else Timer(due, left, self.every, self.begin)


@dataclass(frozen=True)
class _Cycle:
    """Times that are reckoned from one begin, so that nothing adds up: begin + n * duration, or a cron expression."""

    begin: datetime
    zone: ZoneInfo
    every: Duration | str

    @classmethod
    def of(cls, timer: Timer) -> _Cycle:
        begin, zone = (timer.due, UTC_ZONE) if timer.begin is None else _moment(timer.begin, UTC_ZONE)
        every = timer.every or ""
        return cls(begin, zone, every if cron.is_cron(every) else _positive(every))

    def after(self, moment: datetime) -> datetime | None:
        """The first time that is later; None: there is none before the end of time."""
        if isinstance(self.every, str):
            try:
                return cron.following(self.every, moment, self.zone)
            except cron.CronInvalid as error:
                raise TimerInvalid(str(error)) from error
        return self.at(self.index_after(moment))

    def at(self, number: int) -> datetime | None:
        """The time with this number; None: it lies beyond the year 9999."""
        assert isinstance(self.every, Duration)
        try:
            return self.every.after(self.begin, self.zone, number)
        except OverflowError:
            return None

    def index_after(self, moment: datetime) -> int:
        """The lowest number of a time that is later than the moment; times before the begin do not count."""
        low, high = -1, 1
        while not self._is_after(high, moment):
            low, high = high, 2 * high
        while high - low > 1:
            middle = (low + high) // 2
            if self._is_after(middle, moment):
                high = middle
            else:
                low = middle
        return high

    def _is_after(self, number: int, moment: datetime) -> bool:
        found = self.at(number)
        return found is None or found > moment


@dataclass(frozen=True)
class StartTimer:
    """When a timer start event starts the next instance; `remaining` firings with this one, None: no count.

    `begin`: from when a cycle by the calendar is reckoned.
    """

    due: datetime
    remaining: int | None = None
    begin: str | None = None

    def to_json(self) -> dict[str, Any]:
        begin = {} if self.begin is None else {"begin": self.begin}
        return {"due": self.due.isoformat(), "remaining": self.remaining, **begin}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> StartTimer:
        return cls(datetime.fromisoformat(data["due"]), data["remaining"], data.get("begin"))


def is_time(text: str) -> bool:
    """Whether a text is a time itself, in the form of ISO 8601 or of cron."""
    return _LITERAL.match(text) is not None or cron.is_cron(_ZONE.sub("", text))


def parse_timer(text: str) -> Expression:
    """The expression of a timer's text: ISO 8601 or cron as it stands, `= ...`, `${...}`, or a Python expression."""
    stripped = text.strip()
    if is_feel(stripped):
        return parse_feel(stripped)
    if is_time(stripped):
        return literal(stripped)
    if "${" in stripped or "#{" in stripped:
        return parse_template(stripped)
    return parse_expression(stripped)


def arm(kind: TimerKind, value: Any, now: datetime, zone: ZoneInfo = UTC_ZONE) -> Timer:
    """The timer that begins now; `zone` is that of what names none. Raises TimerInvalid."""
    if kind == "timeCycle":
        return _cycle(value, now, zone)
    if kind == "timeDuration":
        return Timer(_add(now, value, zone))
    return Timer(as_date(value, zone))


def _cycle(value: Any, now: datetime, zone: ZoneInfo) -> Timer:
    text, zone = _split(value, zone) if isinstance(value, str) else ("", zone)
    if cron.is_cron(text):
        return _first(_Cycle(now, zone, text), text, None)
    match = _CYCLE.fullmatch(text)
    if match is None:
        raise TimerInvalid(_wrong("timeCycle", value))
    remaining = _count(match[1]) if match[1] else None
    first, second = match[2], match[3]
    if not second:
        return _first(_Cycle(now, zone, _positive(first)), first, remaining)
    if first.startswith("P"):
        return _cycle_until(_Cycle(now, zone, _positive(first)), first, as_date(second, zone), remaining)
    begin, zone = _moment(first, zone)
    cycle = _Cycle(begin, zone, _positive(second))
    return _not_before(Timer(begin, remaining, second, _begin(cycle)), now)


def _first(cycle: _Cycle, every: str, remaining: int | None) -> Timer:
    due = cycle.after(cycle.begin)
    if due is None:
        raise _out_of_reach(every)
    return Timer(due, remaining, every, _begin(cycle))


def _begin(cycle: _Cycle) -> str | None:
    """What must be kept of the begin: nothing where each time follows from the one before. Raises TimerInvalid."""
    if isinstance(cycle.every, Duration) and cycle.every.is_fixed:
        return None
    try:
        local = cycle.begin.astimezone(cycle.zone)
    except OverflowError:
        begin, zone = cycle.begin.isoformat(), cycle.zone.key
        raise TimerInvalid(f"The cycle begins at {begin}, which in {zone} lies outside the years 1 to 9999.") from None
    return f"{local.isoformat()}[{cycle.zone.key}]"


def _count(digits: str) -> int:
    count = int(digits[:20])  # more digits are too many in any case, and Python reads no number of thousands of them
    if not 1 <= count <= MOST_FIRINGS or len(digits) > 20:
        raise TimerInvalid(
            f"The cycle repeats {_shown(digits)} times. Write R1/... to R{MOST_FIRINGS}/..., or R/... for ever."
        )
    return count


def _cycle_until(cycle: _Cycle, every: str, end: datetime, remaining: int | None) -> Timer:
    """R[n]/duration/end: firings each `every` from now on, none after `end`."""
    count = cycle.index_after(end) - 1
    count = count if remaining is None else min(count, remaining)
    if count < 1:
        raise TimerInvalid(f"The cycle ends at {end.isoformat()}, before it is due for the first time.")
    return _first(cycle, every, count)


def _not_before(timer: Timer, now: datetime) -> Timer:
    """A cycle that began in the past goes on with its first firing from now on; if there is none, its last is due."""
    upcoming = skip_missed(timer, now)
    return upcoming or Timer(timer.due, 1, timer.every, timer.begin)


def skip_missed(timer: Timer | None, now: datetime) -> Timer | None:
    """The first firing of a cycle that is not before `now`; the ones before it count as fired. None: all are over."""
    if timer is None or timer.due >= now:
        return timer
    if timer.every is None:
        return None
    cycle = _Cycle.of(timer)
    just_before = now - timedelta(microseconds=1)
    due = cycle.after(just_before)
    left = timer.remaining
    if left is not None and isinstance(cycle.every, Duration):
        left -= cycle.index_after(just_before) - (cycle.index_after(timer.due) - 1)
    if due is None or (left is not None and left < 1):
        return None
    return Timer(due, left, timer.every, timer.begin)


def _positive(text: str) -> Duration:
    """A duration that is longer than nothing. Raises TimerInvalid."""
    duration = _duration(text)
    if (duration.months, duration.days, duration.rest) <= (0, 0, timedelta()):
        raise TimerInvalid(f"The duration {_shown(text)} of a cycle must be longer than nothing, for example PT10M.")
    return duration


def _duration(value: Any) -> Duration:
    try:
        return parse_duration(value)
    except DurationInvalid as error:
        raise TimerInvalid(str(error) or _wrong("timeDuration", value)) from None
    except OverflowError:
        raise _out_of_reach(value) from None


def _add(start: datetime, value: Any, zone: ZoneInfo) -> datetime:
    text, zone = _split(value, zone) if isinstance(value, str) else (value, zone)
    duration = _duration(text)
    try:
        return duration.after(start, zone)
    except OverflowError:
        raise _out_of_reach(value) from None


def _out_of_reach(value: Any) -> TimerInvalid:
    return TimerInvalid(f"The duration {_shown(value)} leads out of the years 1 to 9999. Make it shorter.")


def _split(text: str, zone: ZoneInfo) -> tuple[str, ZoneInfo]:
    try:
        return split_zone(text, zone)
    except ZoneUnknown as error:
        raise TimerInvalid(str(error)) from None


def as_date(value: Any, zone: ZoneInfo = UTC_ZONE) -> datetime:
    """A point in time from ISO text or a date value, as aware UTC. Raises TimerInvalid."""
    return _moment(value, zone)[0]


def _moment(value: Any, zone: ZoneInfo) -> tuple[datetime, ZoneInfo]:
    """A point in time, and the zone that its text names. Raises TimerInvalid."""
    given = value
    if isinstance(value, str):
        text, zone = _split(value, zone)
        try:
            given = datetime.fromisoformat(text)
        except ValueError:
            raise TimerInvalid(_wrong("timeDate", value)) from None
    elif isinstance(value, date) and not isinstance(value, datetime):
        given = datetime.combine(value, time())
    if not isinstance(given, datetime):
        raise TimerInvalid(_wrong("timeDate", value))
    try:
        return (given.astimezone(UTC) if given.tzinfo else instant(given, zone)), zone
    except OverflowError:
        raise TimerInvalid(_wrong("timeDate", value)) from None


def date_or_duration(value: Any, now: datetime, zone: ZoneInfo = UTC_ZONE) -> datetime:
    """A due or follow-up date: a point in time, or a duration from now. Raises TimerInvalid."""
    is_duration = isinstance(value, timedelta | MonthsDuration) or (
        isinstance(value, str) and value.strip().lstrip("+-").startswith("P")
    )
    return _add(now, value, zone) if is_duration else as_date(value, zone)


def _wrong(kind: TimerKind, value: Any) -> str:
    names = {"timeDate": "date and time", "timeDuration": "duration", "timeCycle": "cycle"}
    return f"{_shown(value)} is no {names[kind]} in the form of ISO 8601, such as {_EXAMPLES[kind]}."


def _shown(value: Any) -> str:
    text = f"'{value}'" if isinstance(value, str | date | timedelta | MonthsDuration) else repr(value)
    text = "null" if value is None else text
    return text if len(text) <= 80 else text[:79] + "…"


# -- timer start events
class _NoSandbox:
    """The host of expressions in timer start events: there is no instance yet, hence no variables and no sandbox."""

    def evaluate(self, source: str, variables: Mapping[str, Any]) -> Any:
        raise TimerInvalid(f"'{source}' cannot be evaluated before an instance exists. Write the time itself.")

    def run_script(self, source: str, variables: Mapping[str, Any]) -> Any:
        raise TimerInvalid(f"'{source}' cannot be run before an instance exists. Write the time itself.")


def next_start(
    definition: Definition,
    element_id: str,
    previous: StartTimer | None,
    now: datetime,
    zone: ZoneInfo = UTC_ZONE,
) -> StartTimer | None:
    """When the trigger `element_id` (a timer) starts an instance next; None when there is no next time.

    `previous` is the firing that has just happened, None when the definition becomes active. Firings of a cycle that
    were missed in between are left out: at most one start makes up for them. Raises TimerInvalid for what is no time.
    """
    kind, expression = definition.start_timers[element_id]
    try:
        value = expression.evaluate({}, _NoSandbox(), now.astimezone(zone))
        why = expression.why_null({}, now.astimezone(zone)) if value is None else ""
    except ProcessError as error:
        raise TimerInvalid(error.message) from error
    if why:
        raise TimerInvalid(f"It is null. {why} Before an instance exists there are no variables.")
    if previous is None:
        timer: Timer | None = arm(kind, value, now, zone)
    else:
        every = arm(kind, value, previous.due, zone).every
        timer = skip_missed(Timer(previous.due, previous.remaining, every, previous.begin).following(), now)
    return None if timer is None else StartTimer(timer.due, timer.remaining, timer.begin)


# -- at deployment
def check(kind: TimerKind, expression: Expression) -> None:
    """Raises TimerInvalid for a time that is written down, or that depends on nothing, and is none of its kind."""
    if expression.is_literal:
        check_literal(kind, expression.text)
    elif expression.is_constant and expression.language == "feel":
        try:
            value = expression.evaluate({}, _NoSandbox(), datetime(2000, 1, 1, tzinfo=UTC_ZONE))
        except ProcessError as error:
            raise TimerInvalid(error.message) from error
        if isinstance(value, str):
            check_literal(kind, value)
        else:
            arm(kind, value, datetime(2000, 1, 1, tzinfo=UTC))


def check_literal(kind: TimerKind, text: str) -> None:
    """Raises TimerInvalid for a text that is no time of its kind."""
    begin = datetime(2000, 1, 1, tzinfo=UTC)
    match = _CYCLE.fullmatch(_ZONE.sub("", text)) if kind == "timeCycle" else None
    if match is not None and match[2].startswith("P") and match[3]:
        as_date(match[3])  # an end that is over is told when the timer is set
        text = f"R/{match[2]}"
    arm(kind, text, begin)


def retries(text: str) -> tuple[int, tuple[float, ...]]:
    """`R3/PT10S`: three tries, ten seconds between them. `PT5S,PT1M`: a wait before each retry. Raises TimerInvalid.

    -> (tries, waits in seconds; the last one repeats)
    """
    match = _CYCLE.fullmatch(text)
    if match and not match[3]:
        tries = int(match[1][:20] or "0")  # Python reads no number of thousands of digits
        if not 1 <= tries <= 1000:
            raise TimerInvalid(f"{_shown(text)} must say between 1 and 1000 tries, for example R3/PT10S.")
        return tries, (_seconds(match[2]),)
    waits = tuple(_seconds(part.strip()) for part in text.split(","))
    return len(waits) + 1, waits


def _seconds(text: str) -> float:
    start = datetime(2000, 1, 1, tzinfo=UTC)
    seconds = (_add(start, text, UTC_ZONE) - start).total_seconds()
    if seconds < 0:
        raise TimerInvalid(f"The wait '{text}' is negative.")
    return seconds
