"""10.3.1.2 rules 7 to 16, Table 55: unary tests."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from stellwerk import feel


@pytest.mark.parametrize(
    ("tests", "value", "wanted"),
    [
        ("-", None, True),
        ("", 5, True),
        ("5", 5, True),
        ("5, 6", 6, True),
        ("< 5", 4, True),
        ("< 5, > 10", 7, False),
        ("[1..5)", 5, False),
        ("]1..5]", 5, True),
        ("not(5, 6)", 7, True),
        ("not(5, 6)", 6, False),
        ("not([5..6))", 6, True),
        ("not((5..6], > 8)", 5, True),
        ("not((5..6], > 8)", 9, False),
        ("not(? = 5) and (? > 1)", 6, True),
        ("not(< 5)", None, False),
        ("not(true)", False, True),
        ("not(false) and ? = false", False, True),
        ('"a", "b"', "b", True),
        ("? > 5 and ? < 7", 6, True),
        ("even(?)", 4, True),
        ("limit", 9, True),
        ("< limit", 8, True),
        ("allowed", 2, True),
        ("ranges", 15, True),
        ("null", None, True),
        ("5", None, False),
        ('"5"', 5, False),
        ("!= 5", 6, True),
        ("= 5", 5, True),
        ('@"2030-01-01", > @"2031-01-01"', dt.date(2030, 1, 1), True),
        ("-5", -5, True),
        ("- 5", -5, True),
        ('starts with(?, "a")', "abc", True),
    ],
)
def test_matches(tests: str, value: Any, wanted: bool) -> None:
    context = {"limit": 9, "allowed": [1, 2], "ranges": [feel.Range(*_decimals(10, 20), True, True)]}
    assert feel.unary_tests(tests).matches(value, context) is wanted


def _decimals(*numbers: int) -> tuple[Any, ...]:
    from decimal import Decimal

    return tuple(map(Decimal, numbers))


def test_what_is_not_defined_is_null_and_says_why() -> None:
    result = feel.unary_tests("< 5").run("text")
    assert result.value is None
    assert result.warnings[0].kind is feel.Kind.EVALUATION


@pytest.mark.parametrize("text", ["<", "5,", "not(5", "1..5", "a b c)", "[1..2"])
def test_what_is_none(text: str) -> None:
    with pytest.raises(feel.FeelSyntaxError):
        feel.unary_tests(text)


def test_names_and_kind() -> None:
    tests = feel.unary_tests("not(< limit, ? + other)")
    assert tests.names == ("limit", "other")
    assert tests.is_negated
    assert feel.unary_tests("-").is_any
