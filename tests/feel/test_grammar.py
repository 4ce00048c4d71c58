"""10.3.1: what can be read, how strongly operators bind, and what is said of what cannot be read."""

from __future__ import annotations

from decimal import Decimal

import pytest

from stellwerk import feel

from .support import is_true, value


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2 + 3 * 4", 14),
        ("20 - 5 - 3", 12),
        ("64 / 4 / 2", 8),
        ("2 ** 3 ** 2", 64),  # left associative like all infix operators
        ("-3 ** 2", 9),  # the negation binds stronger
        ("2 ** -1", Decimal("0.5")),
        ("0.2 ** 1000000 - 7", -7),
        ("- - 7", 7),
        ("7 - -7", 14),
        (".5 + 1", Decimal("1.5")),
        ("1.5e2", 150),
        ("(2 + 3) * 4", 20),
        ("/* one */ 1 + // two\n 2", 3),
        ("if 1 > 2 then 3 else if 2 > 1 then 4 else 5", 4),
        ("(function(n) n * 2)(21)", 42),
        ("-(function(n) n)(3)", -3),
        ("{a: {b: [5, 6]}}.a.b[2]", 6),
        ("[[1, 2], [3, 4]][2][1]", 3),
    ],
)
def test_precedence(text: str, wanted: object) -> None:
    assert value(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "1 < 2 and 2 < 3 or false",
        "1 = 1 and not(1 = 2)",
        "2 between 1 and 3 and true",
        "2 in [1..3] and 5 in (> 4)",
        "1 in 1 or false",
        "-1 instance of number",
        "5 in (1 + 4)",
        "6 in (1 + 2) * 2",
        "[1..3[ = [1..3)",
        "]1..3] = (1..3]",
        "[]1..3], []] = [(1..3], []]",
        "[]-1..1]] = [(-1..1]]",
        "[] = [] and not(5 in [[1], []])",
        "3 in ]1..3]",
        "not(3 in [1..3[)",
        '"a\\"b" = "a\\u0022b"',
        '"\\U01F40E" = "\\uD83D\\uDC0E"',
        'string length("\\d") = 2',
        "true or 1 in null",
    ],
)
def test_true(text: str) -> None:
    assert is_true(text)


@pytest.mark.parametrize(
    ("text", "position", "said"),
    [
        ("1 +", 3, "ends too early"),
        ("a == b", 3, "no `==`"),
        ("a && b", 2, "Write `and`"),
        ("a || b", 2, "Write `or`"),
        ("if a then b", 11, "`else` of `if`"),
        ("[1, 2", 5, "`]` of the list"),
        ("{a 1}", 4, "`:`"),
        ('"text', 0, "does not end"),
        ("1 /* more", 2, "comment does not end"),
        ("f(a, b", 6, "`)` of the arguments"),
        ("for x in y", 10, "`return`"),
        ("${a}", 0, "write the name alone"),
        ("then", 0, "a word of the language"),
        ("1 2", 2, "an operator or the end"),
        ("x instance of", 13, "a type"),
        ('"\\uD800"', 0, "no character"),
        ("1e99999", 0, "exponent"),
        ("", 0, "a value"),
    ],
)
def test_what_cannot_be_read_says_where_and_what_is_expected(text: str, position: int, said: str) -> None:
    with pytest.raises(feel.FeelSyntaxError) as raised:
        feel.parse(text)
    assert raised.value.position == position
    assert said in str(raised.value)


def test_lines_and_columns_count_from_one() -> None:
    with pytest.raises(feel.FeelSyntaxError) as raised:
        feel.parse("1 +\n  * 2")
    assert (raised.value.line, raised.value.column, raised.value.expected) == (2, 3, "a value")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1" + " + 1" * 10_000, 10_001),
        ("true" + " and true" * 10_000, True),
        ("-" * 10_000 + "1", 1),
        ("if false then 1 else " * 2000 + "2", 2),
        ("a" + "[1]" * 10_000, 3),
    ],
)
def test_long_chains_do_not_nest(text: str, wanted: object) -> None:
    assert value(text, {"a": 3}) == wanted


@pytest.mark.parametrize(
    "text", ["(" * 5000, "[" * 5000, "not(" * 5000, "{a:" * 5000, "1" + " = 1" * 5000, "for x in " * 5000]
)
def test_deep_nesting_is_refused(text: str) -> None:
    with pytest.raises(feel.FeelSyntaxError, match="nested"):
        feel.parse(text)


def test_a_text_has_a_largest_length() -> None:
    with pytest.raises(feel.FeelSyntaxError, match="characters"):
        feel.parse("x" * 100_001)
