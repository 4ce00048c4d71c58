"""10.3.2.3.4 to 8, 10.3.4.1, Tables 57, 59, 62, 65: dates, times and durations."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stellwerk.feel import calendar

from .support import kinds, value


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('@"2030-01-31" + @"P1M"', "2030-02-28"),
        ('@"2028-02-29" - @"P1Y"', "2027-02-28"),
        ('@"2030-12-31" + @"P1D"', "2031-01-01"),
        ('@"2030-01-02" - @"PT1S"', "2030-01-01"),
        ('@"-0044-03-15" + @"P50Y"', "0006-03-15"),
        ('@"2030-01-01T24:00:00"', "2030-01-02T00:00:00"),
        ('@"2030-03-30T12:00:00@Europe/Berlin" + @"P1D"', "2030-03-31T13:00:00@Europe/Berlin"),
        ('@"2030-03-30T12:00:00+01:00" + @"P1D"', "2030-03-31T12:00:00+01:00"),
        ('@"23:30:00" + @"PT1H"', "00:30:00"),
        ('@"00:30:00Z" - @"PT1H"', "23:30:00Z"),
        ('@"2030-01-02" - @"2030-01-01"', "P1D"),
        ('@"2030-01-02T00:00:00Z" - @"2030-01-01"', "P1D"),
        ('@"12:00:00" - @"13:30:00"', "-PT1H30M"),
        ('@"12:00:00+01:00" - @"12:00:00Z"', "-PT1H"),
        ('@"P1D" * 1.5', "P1DT12H"),
        ('@"P1Y" / 5', "P2M"),
        ('-2.5 * @"P1M"', "-P2M"),
        ('@"PT1S" / 3', "PT0.333333333S"),
        ('-@"P1Y2M"', "-P1Y2M"),
        ('duration("P0Y26M")', "P2Y2M"),
        ('duration("PT36H")', "P1DT12H"),
        ('duration("-PT0.5S")', "-PT0.5S"),
        ('duration("PT0S")', "PT0S"),
        ('duration("P0M")', "P0M"),
        ("date(2030, 2, 28)", "2030-02-28"),
        ("date(-2030, 2, 28)", "-2030-02-28"),
        ('date("999999999-12-31")', "999999999-12-31"),
        ('date(@"2030-01-31T10:00:00Z")', "2030-01-31"),
        ('date and time("2030-01-31")', "2030-01-31T00:00:00"),
        ('date and time(@"2030-01-31", @"10:00:00@Europe/Paris")', "2030-01-31T10:00:00@Europe/Paris"),
        ('time(@"2030-01-31T10:00:00.250Z")', "10:00:00.25Z"),
        ('time(@"2030-01-31")', "00:00:00Z"),
        ('time(10, 5, 1.5, duration("-PT1H30M"))', "10:05:01.5-01:30"),
        ("time(10, 5, 0)", "10:05:00"),
        ('years and months duration(@"2029-01-31", @"2030-03-30")', "P1Y1M"),
        ('years and months duration(@"2030-03-30", @"2029-01-31")', "-P1Y1M"),
    ],
)
def test_text_of_results(text: str, wanted: str) -> None:
    assert str(value(text)) == wanted
    assert value(f"string({text})") == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('@"2030-01-31".weekday', 4),
        ('@"2030-01-31T10:05:01.5".second', Decimal("1.5")),
        ('@"2030-01-31T10:05:01".hour', 10),
        ('@"10:05:01".minute', 5),
        ('@"P1Y2M".months', 2),
        ('@"-P1Y2M".years', -1),
        ('@"P1DT2H3M4.5S".seconds', Decimal("4.5")),
        ('@"P1DT2H3M".hours', 2),
        ('@"P40DT2H".days', 40),
        ('@"2030-01-31T10:00:00@Europe/Paris".timezone', "Europe/Paris"),
        ('@"2030-01-31T10:00:00".timezone', None),
        ('@"10:00:00+05:30".time offset = @"PT5H30M"', True),
        ('@"2030-07-31T10:00:00@Europe/Paris".time offset = @"PT2H"', True),
        ('@"P10D" / @"P4D"', Decimal("2.5")),
        ('@"P1Y" / @"P1M"', 12),
        ('day of year(@"2028-12-31")', 366),
        ('day of week(@"2030-01-31")', "Thursday"),
        ('month of year(@"2030-01-31T10:00:00")', "January"),
        ('week of year(@"2027-01-01")', 53),
        ('week of year(@"2029-12-31")', 1),
        ('is(@"10:00:00Z", @"10:00:00+00:00")', True),
        ('is(@"10:00:00Z", @"10:00:00")', False),
        ('is(@"2030-01-31", @"10:00:00")', False),
        ('@"10:00:00@Etc/UTC" = @"10:00:00Z"', True),
    ],
)
def test_parts(text: str, wanted: object) -> None:
    assert value(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        'date("2030-02-30")',
        'date("2030-2-3")',
        'date("02030-02-03")',
        'date("9999999999-02-03")',
        "date(2030, 13, 1)",
        "date(2030, 1.5, 1)",
        'time("25:00:00")',
        'time("10:00")',
        'time("10:00:00@No/Where")',
        'time("10:00:00@localtime")',
        'time("10:00:00@posixrules")',
        'date and time("2030-01-31T10:00:00@Factory")',
        'time("10:00:00+15:00")',
        "time(24, 0, 0)",
        'date and time("2030-01-31T")',
        'duration("P")',
        'duration("PT")',
        'duration("P1Y1D")',
        'duration("1 day")',
        '@"soon"',
        '@"2030-01-31" + 1',
        '@"2030-01-31" + @"2030-01-31"',
        '@"2030-01-31T10:00:00" - @"2030-01-31T10:00:00Z"',
        '@"2030-01-31T10:00:00" - @"2030-01-31"',
        '@"P1D" + @"P1M"',
        '@"PT6H" * @"P2D"',
        '@"P1D" / 0',
        '@"P1D" / @"P0D"',
        '@"P1M" * 1e30',
        '@"999999999-12-31" + @"P1D"',
        '@"P1Y".days',
        "today()",
        "now()",
    ],
)
def test_what_is_none_is_null(text: str) -> None:
    assert set(kinds(text)) == {"EVALUATION"}


@given(st.integers(-(10**11), 10**11))
def test_day_numbers_and_dates_are_the_same(number: int) -> None:
    assert calendar.day_number(*calendar.date_of(number)) == number


@given(st.dates())
def test_the_calendar_is_the_one_of_python(day: object) -> None:
    year, month, day_of_month = day.year, day.month, day.day  # type: ignore[attr-defined]
    number = calendar.day_number(year, month, day_of_month)
    assert number == day.toordinal() - 719_163  # type: ignore[attr-defined]
    assert calendar.weekday(number) == day.isoweekday()  # type: ignore[attr-defined]
    assert calendar.week_of_year(year, month, day_of_month) == day.isocalendar().week  # type: ignore[attr-defined]
