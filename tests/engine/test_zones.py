"""Times in time zones: gaps and repeated hours, calendar days and months, cron expressions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.harness import FakeHost, Run, chain, compiled, problems, say, timer

from stellwerk.engine.times import cron, timers
from stellwerk.engine.times.durations import Duration, parse_duration
from stellwerk.engine.times.zones import UTC_ZONE, instant, wall

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")  # its clocks go by half an hour
ZONES = st.sampled_from(
    [BERLIN, NEW_YORK, LORD_HOWE, ZoneInfo("Asia/Kathmandu"), ZoneInfo("Africa/Casablanca"), UTC_ZONE]
)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2037, 12, 31)).map(lambda d: d.replace(microsecond=0, tzinfo=UTC))
DURATIONS = st.builds(
    Duration,
    st.integers(0, 40),
    st.integers(0, 400),
    st.integers(0, 200_000).map(lambda s: timedelta(seconds=s)),
).filter(lambda d: d != Duration())


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def firings(text: str, now: str, most: int = 4, zone: ZoneInfo = BERLIN) -> list[str]:
    """Local times of a cycle, with their offsets."""
    timer: timers.Timer | None = timers.arm("timeCycle", text, at(now), zone)
    found = []
    while timer is not None and len(found) < most:
        found.append(timer.due.astimezone(zone).isoformat())
        timer = timer.following()
    return found


# -- one local time
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-29T01:59:59", "2026-03-29T01:59:59+01:00"),
        ("2026-03-29T02:00:00", "2026-03-29T03:00:00+02:00"),
        ("2026-03-29T02:30:00", "2026-03-29T03:00:00+02:00"),
        ("2026-03-29T02:59:59", "2026-03-29T03:00:00+02:00"),
        ("2026-03-29T03:00:00", "2026-03-29T03:00:00+02:00"),
        ("2026-10-25T02:30:00", "2026-10-25T02:30:00+02:00"),
        ("2026-10-25T03:00:00", "2026-10-25T03:00:00+01:00"),
    ],
)
def test_a_gap_ends_at_its_first_instant_and_what_happens_twice_is_the_first_time(text, expected):
    assert instant(local(text), BERLIN) == at(expected)
    assert timers.as_date(f"{text}[Europe/Berlin]") == at(expected)
    assert timers.as_date(text, BERLIN) == at(expected)


@given(MOMENTS, ZONES)
def test_a_local_time_is_the_first_moment_at_which_clocks_show_it_or_more(moment, zone):
    shown = wall(moment, zone)
    assert instant(shown, zone) <= moment
    assert wall(instant(shown, zone), zone) == shown


@given(MOMENTS, ZONES, st.integers(-100_000, 100_000))
def test_local_times_keep_their_order(moment, zone, seconds):
    one = wall(moment, zone)
    other = one + timedelta(seconds=abs(seconds))
    assert instant(one, zone) <= instant(other, zone)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2030-01-31T09:00[Europe/Berlin]", "2030-01-31T08:00:00+00:00"),
        ("2030-01-31T09:00 [America/New_York]", "2030-01-31T14:00:00+00:00"),
        ("2030-01-31T09:00Z[Europe/Berlin]", "2030-01-31T09:00:00+00:00"),
        ("2030-07-01[Europe/Berlin]", "2030-06-30T22:00:00+00:00"),
    ],
)
def test_a_date_may_name_its_zone(text, expected):
    assert timers.as_date(text) == at(expected)
    assert timers.as_date(text, NEW_YORK) == at(expected)


def test_a_date_is_its_midnight_in_the_zone():
    assert timers.as_date(date(2030, 7, 1), BERLIN) == at("2030-07-01T00:00+02:00")


@pytest.mark.parametrize(
    "text",
    ["2030-01-31T09:00[Europe/Nowhere]", "2030-01-31T09:00[]", "2030-01-31T09:00[../x]", "2030-01-31T09:00[localtime]"],
)
def test_an_unknown_zone_is_refused(text):
    with pytest.raises(timers.TimerInvalid):
        timers.as_date(text)


# -- durations
@pytest.mark.parametrize(
    ("start", "text", "expected"),
    [
        ("2026-03-28T08:00+01:00", "P1D", "2026-03-29T08:00+02:00"),
        ("2026-03-28T08:00+01:00", "PT24H", "2026-03-29T09:00+02:00"),
        ("2026-03-28T02:30+01:00", "P1D", "2026-03-29T03:00+02:00"),
        ("2026-10-24T02:30+02:00", "P1D", "2026-10-25T02:30+02:00"),
        ("2026-10-24T08:00+02:00", "P1DT1H", "2026-10-25T09:00+01:00"),
        ("2026-10-25T02:30+01:00", "PT10M", "2026-10-25T02:40+01:00"),
        ("2026-01-31T08:00+01:00", "P1M", "2026-02-28T08:00+01:00"),
        ("2026-03-01T00:30+01:00", "P1M", "2026-04-01T00:30+02:00"),
        ("2026-03-28T08:00+01:00", "P0.5D", "2026-03-28T20:00+01:00"),
        ("2026-03-29T08:00+02:00", "-P1D", "2026-03-28T08:00+01:00"),
    ],
)
def test_days_are_of_the_calendar_and_hours_of_the_clock(start, text, expected):
    assert timers.arm("timeDuration", text, at(start), BERLIN).due == at(expected)


def test_a_duration_may_name_its_zone():
    due = timers.arm("timeDuration", "P1D[Europe/Berlin]", at("2026-03-28T08:00+01:00")).due
    assert due == at("2026-03-29T08:00+02:00")


@given(MOMENTS, ZONES, DURATIONS, st.integers(0, 50))
def test_more_of_a_duration_is_never_earlier(moment, zone, duration, times):
    assert duration.after(moment, zone, times) <= duration.after(moment, zone, times + 1)


@given(MOMENTS, DURATIONS)
def test_in_utc_a_day_has_24_hours(moment, duration):
    whole = Duration(duration.months, 0, duration.rest + timedelta(days=duration.days))
    if not duration.months:
        assert duration.after(moment, UTC_ZONE) == whole.after(moment, UTC_ZONE)


def test_weeks_and_fractions_are_days_and_hours():
    assert parse_duration("P1.5W") == Duration(0, 10, timedelta(hours=12))
    assert parse_duration("-P1Y2M3DT4H") == Duration(-14, -3, -timedelta(hours=4))


# -- cycles
def test_a_daily_cycle_keeps_its_local_time():
    assert firings("R/2026-03-27T08:00[Europe/Berlin]/P1D", "2026-03-27T00:00Z", zone=BERLIN) == [
        "2026-03-27T08:00:00+01:00",
        "2026-03-28T08:00:00+01:00",
        "2026-03-29T08:00:00+02:00",
        "2026-03-30T08:00:00+02:00",
    ]


def test_a_daily_cycle_in_the_gap_comes_back_to_its_time():
    assert firings("R/2026-03-28T02:30/P1D", "2026-03-27T00:00Z") == [
        "2026-03-28T02:30:00+01:00",
        "2026-03-29T03:00:00+02:00",
        "2026-03-30T02:30:00+02:00",
        "2026-03-31T02:30:00+02:00",
    ]


def test_an_hourly_cycle_goes_by_the_clock():
    assert firings("R/2026-03-29T01:00/PT1H", "2026-03-28T00:00Z", 3) == [
        "2026-03-29T01:00:00+01:00",
        "2026-03-29T03:00:00+02:00",
        "2026-03-29T04:00:00+02:00",
    ]


def test_the_end_of_a_month_does_not_drift():
    expected = ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]
    assert [f[:10] for f in firings("R/2026-01-31T08:00/P1M", "2026-01-01T00:00Z")] == expected
    assert [f[:10] for f in firings("R/P1M", "2026-01-31T08:00+01:00")] == [*expected[1:], "2026-05-31"]
    assert firings("R2/2026-01-31T08:00/P1M", "2026-01-01T00:00Z") == [
        "2026-01-31T08:00:00+01:00",
        "2026-02-28T08:00:00+01:00",
    ]


def test_a_leap_day_comes_back():
    found = firings("R/2028-02-29T00:00/P1Y", "2028-01-01T00:00Z", 5)
    assert [f[:10] for f in found] == ["2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]


def test_a_cycle_that_ends_at_a_local_time():
    assert len(firings("R/P1D/2026-03-30T08:00", "2026-03-27T08:00+01:00", 10)) == 3
    assert len(firings("R2/P1D/2026-03-30T08:00", "2026-03-27T08:00+01:00", 10)) == 2


@given(MOMENTS, ZONES, DURATIONS, st.integers(0, 10**9), st.one_of(st.none(), st.integers(1, 2000)))
def test_skipping_is_the_same_as_firing_one_after_the_other(begin, zone, duration, later, count):
    every = f"P{duration.months}M{duration.days}DT{int(duration.rest.total_seconds())}S"
    text = f"R{count or ''}/{begin.astimezone(zone).replace(tzinfo=None).isoformat()}[{zone.key}]/{every}"
    timer: timers.Timer | None = timers.arm("timeCycle", text, datetime(1990, 1, 1, tzinfo=UTC))
    now = begin + timedelta(seconds=later)
    skipped = timers.skip_missed(timer, now)
    for _ in range(60):
        if timer is None or timer.due >= now:
            assert skipped == timer
            return
        following = timer.following()
        assert following is None or following.due >= timer.due
        timer = following
    assert skipped is None or skipped.due >= now


def test_a_cycle_that_began_long_ago_costs_nothing():
    timer = timers.arm("timeCycle", "R/1500-01-01T08:00[Europe/Berlin]/P1D", at("2026-03-30T00:00Z"))
    assert timer.due == at("2026-03-30T08:00+02:00")
    assert timers.Timer(at("9999-12-31T00:00+00:00"), None, "P1M").following() is None


# -- cron
@pytest.mark.parametrize(
    ("text", "now", "expected"),
    [
        ("30 9 * * *", "2026-03-28T10:00+01:00", "2026-03-29T09:30+02:00"),
        ("30 2 * * *", "2026-03-28T10:00+01:00", "2026-03-29T03:00+02:00"),
        ("30 2 * * *", "2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00"),
        ("30 2 * * *", "2026-10-24T10:00+02:00", "2026-10-25T02:30+02:00"),
        ("30 2 * * *", "2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00"),
        ("0 * * * *", "2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00"),
        ("0 * * * *", "2026-10-25T02:00+01:00", "2026-10-25T03:00+01:00"),
        ("0 * * * *", "2026-03-29T01:00+01:00", "2026-03-29T03:00+02:00"),
        ("0 0 1 * *", "2026-03-30T10:00+02:00", "2026-04-01T00:00+02:00"),
    ],
)
def test_cron_is_local_time(text, now, expected):
    assert cron.following(text, at(now), BERLIN) == at(expected)
    assert timers.arm("timeCycle", f"{text} [Europe/Berlin]", at(now)).due == at(expected)


@given(MOMENTS, ZONES, st.sampled_from(["*/5 * * * *", "0 * * * *", "30 2 * * *", "0 0 3 ? * *", "15 23 * * 0"]))
def test_cron_goes_on_and_never_backwards(moment, zone, text):
    seen = [moment]
    for _ in range(5):
        seen.append(cron.following(text, seen[-1], zone))
    assert seen == sorted(set(seen))


@given(MOMENTS, ZONES)
def test_a_cron_expression_for_every_five_minutes_never_pauses(moment, zone):
    assert cron.following("*/5 * * * *", moment, zone) - moment <= timedelta(minutes=5)


# -- in processes
def begun(body: str, zone: ZoneInfo, now: str, reload: bool = True) -> Run:
    host = FakeHost()
    host.zone = zone
    return Run(compiled(body), host=host, reload=reload, now=at(now)).start()


def repeated(text: str, zone: ZoneInfo, now: str) -> list[str]:
    """Local times at which a boundary event that does not interrupt fires; each step begins from the snapshot."""
    event = f'<boundaryEvent id="b" attachedToRef="u" cancelActivity="false">{timer("timeCycle", text)}</boundaryEvent>'
    r = begun(
        '<startEvent id="s"/><userTask id="u"/>' + event + say("x") + chain("s", "u") + chain("b", "x"), zone, now
    )
    found = []
    for _ in range(3):
        found.append(next(iter(r.timers.values())).due.astimezone(BERLIN).isoformat())
        r.fire("b")
    return found


def test_the_server_says_in_which_zone_times_are_understood():
    assert repeated("0 8 * * *", BERLIN, "2026-03-28T00:00Z")[:2] == [
        "2026-03-28T08:00:00+01:00",
        "2026-03-29T08:00:00+02:00",
    ]
    assert repeated("0 8 * * *", UTC_ZONE, "2026-03-28T00:00Z")[0] == "2026-03-28T09:00:00+01:00"


def test_months_do_not_drift_over_reloads():
    found = repeated("R/P1M", BERLIN, "2026-01-31T08:00+01:00")
    assert [f[:10] for f in found] == ["2026-02-28", "2026-03-31", "2026-04-30"]


def test_a_named_zone_is_kept_over_reloads_although_the_server_has_another():
    found = repeated("R/2026-03-28T08:00[Europe/Berlin]/P1D", NEW_YORK, "2026-03-28T00:00Z")
    assert [f[11:16] for f in found] == ["08:00", "08:00", "08:00"]


def test_a_wrong_zone_is_refused_at_deployment():
    body = (
        f'<startEvent id="s">{timer("timeCycle", "0 8 * * * [Europe/Nowhere]")}</startEvent>{say("x")}{chain("s", "x")}'
    )
    assert ("timer-format", "s") in problems(body)


def test_a_timer_start_event_keeps_its_local_time_and_its_day():
    definition = compiled(
        f'<startEvent id="s">{timer("timeCycle", "R/2026-01-31T08:00/P1M")}</startEvent>{say("x")}{chain("s", "x")}'
    )
    found, tick, now = [], None, at("2026-01-15T00:00Z")
    for _ in range(4):
        tick = timers.next_start(definition, "s", tick, now, BERLIN)
        assert tick is not None
        assert timers.StartTimer.from_json(tick.to_json()) == tick
        found.append(tick.due.astimezone(BERLIN).isoformat()[:16])
        now = tick.due
    assert found == ["2026-01-31T08:00", "2026-02-28T08:00", "2026-03-31T08:00", "2026-04-30T08:00"]
