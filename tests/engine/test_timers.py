from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.harness import chain, compiled, problems, timer

from stellwerk.engine.times import timers
from stellwerk.engine.times.timers import StartTimer, Timer, TimerInvalid, arm, next_start

NOW = datetime(2030, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("PT1H", "2030-01-31T13:00:00+00:00"),
        ("P1D", "2030-02-01T12:00:00+00:00"),
        ("P1M", "2030-02-28T12:00:00+00:00"),
        ("P1Y", "2031-01-31T12:00:00+00:00"),
        ("P1Y2M10DT2H30M", "2031-04-10T14:30:00+00:00"),
        ("P2W", "2030-02-14T12:00:00+00:00"),
        ("PT0.5S", "2030-01-31T12:00:00.500000+00:00"),
        ("-PT1H", "2030-01-31T11:00:00+00:00"),
        ("PT0S", "2030-01-31T12:00:00+00:00"),
    ],
)
def test_a_duration_leads_to_a_due_time(text, due):
    assert arm("timeDuration", text, NOW).due.isoformat() == due


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("2030-02-01T09:00:00+01:00", "2030-02-01T08:00:00+00:00"),
        ("2030-02-01T09:00:00Z", "2030-02-01T09:00:00+00:00"),
        ("2030-02-01T09:00:00", "2030-02-01T09:00:00+00:00"),
        ("2030-02-01", "2030-02-01T00:00:00+00:00"),
    ],
)
def test_a_date_without_an_offset_is_utc(text, due):
    assert arm("timeDate", text, NOW).due.isoformat() == due


def firings(text: str, most: int = 5) -> list[str]:
    found: list[str] = []
    following: Timer | None = arm("timeCycle", text, NOW)
    while following is not None and len(found) < most:
        found.append(following.due.isoformat()[:16])
        following = following.following()
    return found


def test_a_cycle_repeats_as_often_as_it_says():
    assert firings("R2/PT1H") == ["2030-01-31T13:00", "2030-01-31T14:00"]
    assert len(firings("R/PT1H")) == 5
    assert firings("R3/2030-03-01T00:00:00Z/P1D") == ["2030-03-01T00:00", "2030-03-02T00:00", "2030-03-03T00:00"]
    assert firings("R/PT1H/2030-01-31T14:30:00Z") == ["2030-01-31T13:00", "2030-01-31T14:00"]


def test_a_cycle_that_began_in_the_past_goes_on_with_its_next_firing():
    assert firings("R/2000-01-01T06:00:00Z/PT12H", 1) == ["2030-01-31T18:00"]
    assert firings("R5/2030-01-31T10:30:00Z/PT1H") == ["2030-01-31T12:30", "2030-01-31T13:30", "2030-01-31T14:30"]
    assert firings("R2/2000-01-01T00:00:00Z/P1M", 9) == ["2000-01-01T00:00"]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("timeDuration", "P"),
        ("timeDuration", "PT"),
        ("timeDuration", "1 hour"),
        ("timeDuration", "P1Y99999999999D"),
        ("timeDuration", "P0.5M"),
        ("timeDuration", 5),
        ("timeDuration", "P9999Y"),
        ("timeDuration", "P" + "9" * 500 + "D"),
        ("timeDuration", "P" + "9" * 500 + "Y"),
        ("timeDuration", timedelta.max),
        ("timeDate", "tomorrow"),
        ("timeDate", "2030-02-30"),
        ("timeDate", None),
        ("timeDate", "0001-01-01T00:00:00+14:00"),
        ("timeCycle", "PT1H"),
        ("timeCycle", "R0/PT1H"),
        ("timeCycle", "R999999999999999999999/PT1S"),
        ("timeCycle", "R" + "9" * 5000 + "/PT1S"),
        ("timeCycle", "R3/PT0S"),
        ("timeCycle", "R3/-PT1H"),
        ("timeCycle", "R/PT1H/2000-01-01T00:00:00Z"),
        ("timeCycle", "0 0 * *"),
    ],
)
def test_what_is_no_time_is_refused_with_an_example(kind, value):
    with pytest.raises(TimerInvalid) as caught:
        arm(kind, value, NOW)
    assert len(str(caught.value)) < 300


def test_a_refusal_shows_the_value_as_it_was_written():
    with pytest.raises(TimerInvalid, match="'0001-01-01T00:00:00\\+14:00' is no date"):
        arm("timeDate", "0001-01-01T00:00:00+14:00", NOW)
    with pytest.raises(TimerInvalid, match="whole months"):
        arm("timeDuration", "P0.5M", NOW)


@given(st.text(max_size=30))
def test_no_text_makes_a_timer_raise_anything_else(text):
    for kind in ("timeDate", "timeDuration", "timeCycle"):
        with suppress(TimerInvalid):
            assert arm(kind, text, NOW).due.tzinfo is not None


@given(st.from_regex(r"R\d{0,3}/(\d{4}-01-01T00:00:00Z/)?P\d{0,4}Y?T?\d{0,9}[SMHD]?", fullmatch=True))
def test_no_cycle_takes_long(text):
    with suppress(TimerInvalid):
        arm("timeCycle", text, NOW)


def test_values_of_variables_are_times_as_well():
    assert arm("timeDuration", timedelta(hours=1), NOW).due == NOW + timedelta(hours=1)
    assert arm("timeDate", datetime(2031, 1, 1, tzinfo=UTC), NOW).due.year == 2031
    assert timers.date_or_duration("P1D", NOW) == NOW + timedelta(days=1)


def start_at(definition: str) -> object:
    return compiled(f'<startEvent id="s">{definition}</startEvent><task id="a"/>{chain("s", "a")}')


def test_a_timer_start_event_knows_its_next_start():
    definition = start_at(timer("timeCycle", "R2/PT1H"))
    first = next_start(definition, "s", None, NOW)
    assert first == StartTimer(NOW + timedelta(hours=1), 2)
    second = next_start(definition, "s", first, first.due)
    assert second == StartTimer(NOW + timedelta(hours=2), 1)
    assert next_start(definition, "s", second, second.due) is None
    assert StartTimer.from_json(second.to_json()) == second


def test_starts_that_were_missed_are_left_out():
    definition = start_at(timer("timeCycle", "R/PT1H"))
    first = next_start(definition, "s", None, NOW)
    late = NOW + timedelta(hours=100, minutes=30)
    assert next_start(definition, "s", first, late).due == NOW + timedelta(hours=101)


def test_a_date_starts_once():
    definition = start_at(timer("timeDate", "2030-05-01T00:00:00Z"))
    first = next_start(definition, "s", None, NOW)
    assert first.due == datetime(2030, 5, 1, tzinfo=UTC)
    assert next_start(definition, "s", first, NOW) is None


def test_a_literal_time_is_checked_at_deployment():
    body = '<startEvent id="s"/><intermediateCatchEvent id="c">{}</intermediateCatchEvent>' + chain("s", "c")
    assert problems(body.format(timer("timeDuration", "P5X"))) != []
    assert problems(body.format(timer("timeDuration", ""))) == [("timer-missing", "c")]


@pytest.mark.parametrize(
    ("text", "tries", "waits"),
    [("R3/PT10S", 3, (10.0,)), ("PT5S,PT1M", 3, (5.0, 60.0)), ("PT5S", 2, (5.0,)), ("R1/PT0S", 1, (0.0,))],
)
def test_retries_of_jobs(text, tries, waits):
    assert timers.retries(text) == (tries, waits)


@pytest.mark.parametrize("text", ["R/PT1S", "R0/PT1S", "many", "-PT5S", "R3/PT5S/PT1S", f"R{'9' * 5000}/PT1S"])
def test_retries_that_cannot_be_read_are_refused(text):
    with pytest.raises(TimerInvalid):
        timers.retries(text)


@pytest.mark.parametrize(
    "text", ["R/9999-12-31T23:59:59Z[Asia/Tokyo]/P1D", "R/0001-01-01T00:00:00Z[Pacific/Honolulu]/P1M"]
)
def test_a_cycle_that_begins_before_or_after_all_years_of_its_zone_is_refused(text):
    with pytest.raises(TimerInvalid, match="outside the years 1 to 9999"):
        timers.arm("timeCycle", text, datetime(2026, 5, 4, tzinfo=UTC))
