"""Rows of the typed variable editor become values, or say how to write them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel

from stellwerk.web.pages.typed import Row, read, rows_from, rows_of


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    app = Flask("texts")
    Babel(app)
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("type", "text", "value"),
    [
        ("text", " as it is ", " as it is "),
        ("number", "12", 12),
        ("number", " -3 ", -3),
        ("number", "12.50", Decimal("12.50")),
        ("number", ".5", Decimal("0.5")),
        ("number", "1e3", Decimal("1e3")),
        ("number", "9" * 30, int("9" * 30)),
        ("yes-no", "yes", True),
        ("yes-no", "No", False),
        ("date", "2026-11-30", date(2026, 11, 30)),
        ("json", '{"a": [1, 0.10, null]}', {"a": [1, Decimal("0.10"), None]}),
    ],
)
def test_a_text_of_the_type_is_its_value(type: str, text: str, value: Any) -> None:
    values, rows = read([Row("x", type, text)])
    assert values == {"x": value}
    assert builtins_type(values["x"]) is builtins_type(value)
    assert [row.wrong for row in rows] == [""]


def builtins_type(value: Any) -> type:
    return value.__class__


@pytest.mark.parametrize(
    ("type", "text", "says"),
    [
        ("number", "", "is not a number"),
        ("number", "12,50", "point before decimals: 12.50"),
        ("number", "NaN", "is not a number"),
        ("number", "١٢", "is not a number"),
        ("number", "1e9999", "is not a number"),
        ("number", "9" * 5000, "is not a number"),
        ("yes-no", "perhaps", "Write yes or no"),
        ("date", "30.11.2026", "Write year-month-day"),
        ("date", "2026-02-30", "Write year-month-day"),
        ("json", "{'a': 1}", "line 1, column 2"),
        ("json", "NaN", "NaN"),
        ("json", "[" * 100_000, "cannot be stored|can be stored"),
        ("colour", "red", "Choose a type"),
    ],
)
def test_another_text_says_how_to_write_it(type: str, text: str, says: str) -> None:
    values, (row,) = read([Row("x", type, text)])
    assert values == {}
    assert any(part in row.wrong for part in says.split("|")), row.wrong
    assert row.text == text


@pytest.mark.parametrize("name", ["2nd", "order id", "a.b", "a-b", "$x", "for\0you"])
def test_a_name_that_expressions_cannot_use_is_refused(name: str) -> None:
    assert "cannot be used in expressions" in read([Row(name, "text", "x")])[1][0].wrong


def test_empty_rows_are_left_out_and_values_without_name_are_not() -> None:
    values, rows = read([Row(), Row("", "text", "lost"), Row("kept", "text", "")])
    assert values == {"kept": ""}
    assert "has no name" in rows[0].wrong


def test_a_name_twice_is_refused() -> None:
    assert "twice" in read([Row("a", "text", "1"), Row("a", "text", "2")])[1][1].wrong


def test_values_survive_the_way_into_the_editor_and_back() -> None:
    values = {
        "text": "a\nb",
        "whole": 3,
        "exact": Decimal("12.50"),
        "flag": True,
        "day": date(2026, 11, 30),
        "none": None,
        "nested": {"list": [1, Decimal("0.1")], "empty": {}},
    }
    assert read(rows_of(values))[0] == values


def test_rows_come_from_three_fields_each() -> None:
    rows = rows_from([" a ", "b"], ["text", "number"], ["x", "1"])
    assert rows == [Row("a", "text", "x"), Row("b", "number", "1")]


def test_only_rows_that_somebody_touched_are_touched() -> None:
    shown = rows_of({"text": "a\nb", "at": {"nested": 1}})
    same = rows_from(
        [r.name for r in shown], [r.type for r in shown], ["a\r\nb", shown[1].text], [r.was for r in shown]
    )
    assert [row.is_touched for row in same] == [False, False]
    other = rows_from(["text", "new"], ["text", "text"], ["c", ""], [shown[0].was, ""])
    assert [row.is_touched for row in other] == [True, True]
