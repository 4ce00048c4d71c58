"""10.3.2.4 and Tables 49 to 55: three-valued logic, equality, order, `in`."""

from __future__ import annotations

import pytest

from stellwerk import feel

from .support import is_true, kinds, value

WORDS = {"true": True, "false": False, "null": None}


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [
        ("true", "true", True, True),
        ("true", "false", False, True),
        ("true", "null", None, True),
        ("false", "false", False, False),
        ("false", "null", False, None),
        ("null", "null", None, None),
        ("true", "7", None, True),
        ("false", '"x"', False, None),
    ],
)
def test_and_and_or(left: str, right: str, both: object, either: object) -> None:
    for text in (f"{left} and {right}", f"{right} and {left}"):
        assert value(text) is both
    for text in (f"{left} or {right}", f"{right} or {left}"):
        assert value(text) is either


def test_what_decides_ends_it() -> None:
    assert value("false and nobody knows this") is False
    assert value("true or nobody knows this") is True


@pytest.mark.parametrize(
    "text",
    [
        "1 = 1.000",
        "-0 = 0",
        "null = null",
        "null != 0",
        '"a" != "A"',
        "[1, [2]] = [1, [2]]",
        "[1] != [1, 1]",
        "{a: 1, b: 2} = {b: 2, a: 1}",
        "{a: 1} != {a: 1, b: 1}",
        "[1..2] = [1..2]",
        "[1..2] != [1..2)",
        "(< 5) = (< 5)",
        "not((<= 5) = (< 5))",
        'duration("P3D") = duration("PT72H")',
        '"B" < "a"',
        '"\\U01F40E" > "\\uFFFD"',  # code points, not UTF-16
        "3 >= 3",
        'date("2030-01-31") < date("2030-02-01")',
        '@"2030-01-31T10:00:00+02:00" = @"2030-01-31T08:00:00Z"',
        '@"10:00:00" < @"10:00:00.5"',
        '@"2030-01-31" < @"2030-01-31T00:00:01Z"',
        'date("2030-01-31") in [date("2030-01-01")..date("2030-12-31")]',
        "3 in (1, 3)",
        "3 in (< 2, > 2)",
        "3 in [[1..2], [3..4]]",
        "not(3 in (2, != 3))",
        "3 in (= 3)",
        "[1, 2] in [[1, 2], [3]]",
        "true in [1, true]",
        "5 in (? > 4)",
        "4 between 4 and 4",
    ],
)
def test_true(text: str) -> None:
    assert is_true(text)


@pytest.mark.parametrize(
    "text",
    [
        '1 = "1"',
        "true = 1",
        "{} = []",
        '1 < "2"',
        "null < 1",
        "true < false",
        '@"P1D" < @"P1M"',
        '@"P1Y" = @"P365D"',
        "5 between null and 6",
        "null in [1..3]",
        "5 in [null..6]",
        "[3..1]",
        "[1..true]",
        '[1.."b"]',
        "not(1)",
        '-"a"',
        "0 ** -1",
        "every x in [true, 1] satisfies x",
        "some x in [false, 1] satisfies x",
        "{a: 1, b: 2, a: 3}",
        "function(a: Nothing) a",
        "[{a: 1}, {b: 2}][a = 5][1]",  # an item may lack a key that others have
    ],
)
def test_other_kinds_give_null_and_say_why(text: str) -> None:
    assert set(kinds(text)) == {"EVALUATION"}


def test_if_takes_anything_but_true_as_false() -> None:
    assert value("if null then 1 else 2") == 2
    assert value('if "true" then 1 else 2') == 2


def test_an_unknown_name_is_null_and_says_so() -> None:
    assert kinds("nobody") == ["UNKNOWN_NAME"]
    assert value("nobody = null") is True
    warnings = feel.parse("[{a: 1}, {b: 2}][nobody = 1]").run({}).warnings
    assert {warning.kind for warning in warnings} == {feel.Kind.UNKNOWN_NAME}
