"""The door: values of Python in and out, results, warnings."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

import pytest
import tzdata

from stellwerk import feel
from stellwerk.feel import types

SAME = [
    None,
    True,
    "text",
    Decimal("1.50"),
    dt.date(2030, 1, 31),
    dt.time(10, 5, 1, 250_000),
    dt.time(10, 5, tzinfo=dt.UTC),
    dt.datetime(2030, 1, 31, 10, 5),
    dt.datetime(2030, 1, 31, 10, 5, tzinfo=dt.timezone(-dt.timedelta(hours=3, minutes=30))),
    dt.datetime(2030, 7, 31, 10, 5, tzinfo=ZoneInfo("Europe/Paris")),
    dt.timedelta(days=-1, seconds=5),
    [1, [2, {"a": None}]],
    {"a": [True, {"b": "c"}]},
]


@pytest.mark.parametrize("value", SAME, ids=str)
def test_what_goes_in_comes_out(value: object) -> None:
    assert feel.parse("x").evaluate({"x": value}) == value


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (5, Decimal(5)),
        (0.1, Decimal("0.1")),
        (float("inf"), None),
        (Decimal("NaN"), None),
        (10**7000, None),
        ((1, 2), [1, 2]),
        (MappingProxyType({"a": 1}), {"a": 1}),
    ],
    ids=["int", "float", "infinity", "nan", "too large", "tuple", "mapping"],
)
def test_what_becomes_something_else(value: object, wanted: object) -> None:
    assert feel.parse("x").evaluate({"x": value}) == wanted


def test_numbers_are_decimals_everywhere() -> None:
    found = feel.parse("x").evaluate({"x": [1, {"a": 2.5}]})
    assert isinstance(found[0], Decimal)
    assert isinstance(found[1]["a"], Decimal)


def test_what_python_cannot_hold_stays() -> None:
    assert feel.parse('@"-0044-03-15"').evaluate() == feel.Date(-44, 3, 15)
    assert feel.parse('@"P1Y2M"').evaluate() == feel.MonthsDuration(14)
    assert feel.parse('@"10:00:00.000000001"').evaluate() == feel.Time(36_000 * 10**9 + 1)


def test_a_class_without_meaning_is_refused() -> None:
    with pytest.raises(feel.FeelError, match="object"):
        feel.parse("x").evaluate({"x": object()})


def test_warnings_say_what_and_where() -> None:
    text = 'if flag then 1 else "a" + 1'
    (warning,) = feel.parse(text).run({"flag": False}).warnings
    assert warning.kind is feel.Kind.EVALUATION
    assert "string and number" in warning.message
    assert text[warning.start : warning.end] == '"a" + 1'


def test_warnings_are_bounded() -> None:
    assert len(feel.parse("for i in 1..5000 return nobody").run().warnings) == 100


def test_functions_of_the_program() -> None:
    def discount(run: object, given: dict[str, object]) -> object:
        return given["amount"] * Decimal("0.9")  # type: ignore[operator]

    function = feel.Native("discount", [("amount", types.NUMBER)], discount, types.NUMBER)
    expression = feel.parse("discount(amount: price) + discount([100])")
    assert expression.evaluate({"price": 10, "discount": function}) == 99
    assert feel.parse('discount("x")').evaluate({"discount": function}) is None


def test_an_expression_shows_its_text() -> None:
    assert repr(feel.parse("1 + 1")) == "<Expression '1 + 1'>"
    assert feel.parse("1 + 1").run().python == 2


def test_the_zone_of_the_machine_is_an_offset() -> None:
    with (Path(tzdata.__file__).parent / "zoneinfo/Asia/Tokyo").open("rb") as rules:
        here = ZoneInfo.from_file(rules, key="localtime")
    found = feel.parse("x.time offset").evaluate({"x": dt.datetime(2030, 1, 31, 10, 5, tzinfo=here)})
    assert found == dt.timedelta(hours=9)
