"""Values of FEEL as variables: what they become, what is refused, and that storing them loses nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stellwerk import feel
from stellwerk.engine import values
from stellwerk.engine.canonical import canonical
from stellwerk.engine.expressions import to_variable
from stellwerk.errors import ScriptFailed

BERLIN = ZoneInfo("Europe/Berlin")


def made(text: str, zone: ZoneInfo | None = None, **names: object) -> object:
    return to_variable(feel.parse(text).run(names).value, zone)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("null", None),
        ("true", True),
        ('"a"', "a"),
        ("12", 12),
        ("12.0", 12),
        ("-0.0", 0),
        ("9007199254740992", 9007199254740992),
        ("9007199254740993", Decimal("9007199254740993")),
        ("0.1 + 0.2", 0.3),
        ("1.10", 1.1),
        ("1 / 3", Decimal("0.3333333333333333333333333333333333")),
        ("10 ** 20", 1e20),
        ("1e400", Decimal("1E+400")),
        ('@"2030-01-31"', date(2030, 1, 31)),
        ('@"09:30:00"', time(9, 30)),
        ('@"09:30:00+02:00"', time(9, 30, tzinfo=timezone(timedelta(hours=2)))),
        ('@"09:30:00@Europe/Berlin"', time(9, 30, tzinfo=timezone(timedelta(hours=1)))),
        ('@"2030-01-31T09:30:00Z"', datetime(2030, 1, 31, 9, 30, tzinfo=UTC)),
        ('@"2030-07-31T09:30:00@Europe/Berlin"', datetime(2030, 7, 31, 9, 30, tzinfo=timezone(timedelta(hours=2)))),
        ('@"2030-01-31T09:30:00.1234567Z"', datetime(2030, 1, 31, 9, 30, 0, 123456, tzinfo=UTC)),
        ('@"P1DT2H"', timedelta(days=1, hours=2)),
        ('@"-P1Y2M"', feel.MonthsDuration(-14)),
        ("[1, [2.5], {a: 3}]", [1, [2.5], {"a": 3}]),
    ],
)
def test_a_value_becomes_the_variable_that_holds_it(text, value):
    found = made(text)
    assert found == value
    assert type(found) is type(value)
    assert repr(found) == repr(value)


def test_a_date_and_time_without_an_offset_is_one_of_the_zone():
    assert made('@"2030-07-31T09:30:00"', BERLIN).isoformat() == "2030-07-31T09:30:00+02:00"
    with pytest.raises(ScriptFailed, match="has no offset"):
        made('@"2030-07-31T09:30:00"')


def test_a_local_time_that_the_zone_skips_is_the_first_one_after_the_gap():
    assert made('@"2030-03-31T02:30:00"', BERLIN).isoformat() == "2030-03-31T03:00:00+02:00"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("sum", "a function"),
        ("[function(x) x]", "a function"),
        ("[1..2]", "a range"),
        ("{a: (> 5)}", "a range"),
        ('@"20000-01-01"', "outside the years"),
        ('@"20000-01-01T00:00:00Z"', "outside the years"),
        ('@"9999-12-31T23:30:00" + @"PT10H"', "outside the years"),
        ('@"P1000000000D"', "too long"),
    ],
)
def test_what_no_variable_can_hold_is_refused(text, reason):
    with pytest.raises(ScriptFailed, match=reason):
        made(text)


def test_deep_and_shared_values_are_refused_before_they_are_copied():
    bomb: object = "x"
    for _ in range(40):
        bomb = [bomb, bomb]
    with pytest.raises(ScriptFailed, match="more than 1000000 parts"):
        to_variable(bomb)
    deep: object = []
    for _ in range(100):
        deep = [deep]
    with pytest.raises(ScriptFailed, match="nested deeper"):
        to_variable(deep)


def test_not_a_number_is_null_as_in_feel():
    assert to_variable([Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity")]) == [None, None, None]


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20))
def test_feel_reads_back_the_number_that_it_gave(number):
    written = feel.parse("n").evaluate({"n": number})
    stored = values.decode(values.encode(to_variable(written)))
    assert feel.parse("n").evaluate({"n": stored}) == written


def test_years_and_months_are_stored_and_shown():
    duration = feel.MonthsDuration(14)
    kept = values.check({"a": [duration]})
    assert values.decode(values.encode(kept)) == {"a": [duration]}
    assert values.to_json(kept) == {"a": ["P1Y2M"]}
    assert canonical(duration) == "p:P1Y2M"
