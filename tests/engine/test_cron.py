"""Cron expressions as timer cycles."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.engine.harness import NOW, chain, on, problems, run, say, timer

from stellwerk.engine.times import cron, timers


@pytest.mark.parametrize(
    ("text", "after", "expected"),
    [
        ("0 0/5 * * * ?", "2030-01-01T00:00:00", "2030-01-01T00:05:00"),
        ("0 0/5 * * * ?", "2030-01-01T00:04:59", "2030-01-01T00:05:00"),
        ("*/15 * * * *", "2030-01-01T00:46:00", "2030-01-01T01:00:00"),
        ("30 9 * * MON-FRI", "2030-01-04T10:00:00", "2030-01-07T09:30:00"),
        ("0 30 9 ? * 2-6", "2030-01-04T10:00:00", "2030-01-07T09:30:00"),
        ("0 0 12 1 JAN ? 2032", "2030-01-04T10:00:00", "2032-01-01T12:00:00"),
        ("0 0 29 2 *", "2030-01-01T00:00:00", "2032-02-29T00:00:00"),
        ("0 0 13 * 5", "2030-01-01T00:00:00", "2030-01-04T00:00:00"),
        ("0 0 * * 7", "2030-01-01T00:00:00", "2030-01-06T00:00:00"),
        ("10,20 0 0 * * ?", "2030-01-01T00:00:10", "2030-01-01T00:00:20"),
        ("59 23 31 12 *", "2030-12-31T23:59:00", "2031-12-31T23:59:00"),
    ],
)
def test_the_next_time(text, after, expected):
    found = cron.following(text, datetime.fromisoformat(after).replace(tzinfo=UTC))
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["0 0 31 2 *", "60 * * * *", "* * 0 * *", "5-1 * * * *", "*/0 * * * *", "0 0 12 L * ?", "0 0 12 ? * 6#3"]
)
def test_what_is_never_due_or_cannot_be_read(text):
    with pytest.raises(timers.TimerInvalid):
        timers.arm("timeCycle", text, NOW)


def test_a_boundary_event_fires_at_each_time_and_goes_on_after_a_pause():
    cycle = timer("timeCycle", "0 0/5 * * * ?")
    body = f'<startEvent id="s"/><userTask id="u"/>{on("b", "u", cycle, interrupting=False)}{say("x")}'
    r = run(body + chain("s", "u") + chain("b", "x"))
    r.advance(timedelta(minutes=16))
    assert r.host.trace == ["x"] * 3
    r.complete("u")
    assert r.completed
    r.assert_clean()


def test_a_cycle_of_a_start_event_that_was_missed_is_made_up_for_once():
    late = timers.Timer(NOW, None, "0 0 * * *")
    upcoming = timers.skip_missed(late, NOW + timedelta(days=10, hours=1))
    assert upcoming is not None
    assert upcoming.due == NOW + timedelta(days=11)


def test_a_cron_expression_that_cannot_be_read_is_refused():
    body = f'<startEvent id="s">{timer("timeCycle", "0 0 12 L * ?")}</startEvent>{say("x")}{chain("s", "x")}'
    assert ("timer-format", "s") in problems(body)
