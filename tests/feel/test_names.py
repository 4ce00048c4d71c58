"""10.3.1.4 and 10.3.1.6: names of several words and symbols."""

from __future__ import annotations

from typing import Any

import pytest

from stellwerk import feel
from stellwerk.feel.names import KnownNames

from .support import value

VARIABLES: dict[str, Any] = {
    "unit price": 4,
    "a-b": 10,
    "a": 7,
    "b": 2,
    "profit and loss": 5,
    "x/y+z": 1,
    "order": {"line item": {"net-value": 3}},
    "what if?": 8,
    "ß🐎": 9,
}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("unit price * 2", 8),
        ("unit   price\n* 2", 8),
        ("a-b", 10),
        ("a - b", 10),  # white space is no token
        ("(a)-b", 5),
        ("a*b", 14),
        ("profit and loss + 1", 6),
        ("x/y+z", 1),
        ("order.line item.net-value", 3),
        ("what if? + 1", 9),
        ("ß🐎", 9),
        ("{x**y: 3, r: x**y}.r", 3),
        ("{net total: 3, r: net total * 2}.r", 6),
        ("for line total in [1, 2] return line total + 1", [2, 3]),
        ("(function(first part, b) first part - b)(5, 3)", 2),
        ("[{item no: 1, n: 5}, {item no: 2, n: 6}][item no = 2].n", [6]),
    ],
)
def test_the_longest_known_name_counts(text: str, wanted: object) -> None:
    assert value(text, VARIABLES, VARIABLES) == wanted


def test_words_that_nobody_knows_are_one_name() -> None:
    assert value("unit price + 1", {"unit price": 4}) == 5
    assert value("order.line item", {"order": {"line item": 6}}) == 6


def test_without_the_names_symbols_are_operators() -> None:
    assert value("a-b", VARIABLES) == 5


@pytest.mark.parametrize(
    ("text", "names", "paths"),
    [
        (
            "amount > 10 and order.items[1].price < 5",
            ("amount", "order"),
            (("amount",), ("order", "items", 0, "price")),
        ),
        ("count(items)", ("items",), (("items",),)),
        ("count > 3", ("count",), (("count",),)),
        ("for x in xs return x.y + z", ("xs", "z"), (("xs",), ("z",))),
        ("(function(x) x + y)(w)", ("y", "w"), (("y",), ("w",))),
        ("{a: b, c: a + d}.c", ("b", "d"), (("b",), ("d",))),
        ("items[price > limit]", ("items",), (("items",),)),
        ("some x in xs satisfies x = y", ("xs", "y"), (("xs",), ("y",))),
        ("items[i].name", ("items", "i"), (("items",), ("i",))),
    ],
)
def test_what_an_expression_reads(text: str, names: tuple[str, ...], paths: tuple[Any, ...]) -> None:
    known = ["i"] if "[i]" in text else []
    expression = feel.parse(text, known)
    assert expression.names == names
    assert expression.paths == paths


def test_a_name_inside_of_a_filter_is_read_if_it_is_known() -> None:
    assert feel.parse("items[price > limit]", ["limit"]).names == ("items", "limit")


def test_a_variable_does_not_hide_a_function_of_its_name() -> None:
    assert str(value('date("2030-01-31")', {"date": 5})) == "2030-01-31"
    assert value("date + 1", {"date": 5}) == 6


def test_an_inner_name_hides_an_outer_one() -> None:
    assert value("{a: 1, b: {a: 2, c: a}.c}.b") == 2
    assert value("(function(a) a)(3)", {"a": 1}) == 3


def test_names_that_are_prepared_once_do_not_keep_the_keys_of_a_text() -> None:
    known = KnownNames({"order": {"unit price": None}})
    assert known.size == 2
    assert feel.parse("{tax-rate: 2}.tax-rate", known).evaluate({}) == 2
    assert feel.parse("order.unit price", known).evaluate({"order": {"unit price": 3}}) == 3
    assert feel.parse("order.tax-rate", known).names == ("order", "rate")
