"""10.3.2.5 to 10.3.2.14: lists, filters, contexts, paths, loops, functions, types."""

from __future__ import annotations

import datetime as dt

import pytest

from stellwerk import feel

from .support import is_true, kinds, value


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[1, 2, 3][item > 1]", [2, 3]),
        ("[1, 2, 3][-1]", 3),
        ("[1, 2, 3][2.9]", 2),
        ("7[1]", 7),
        ("7[item > 6]", [7]),
        ("7[item > 7]", []),
        ("[][item > 1]", []),
        ("[{x: 1}, {x: 2}, {}][x > 1]", [{"x": 2}]),
        ("[{item: 1}, {item: 2}][item = 2]", [{"item": 2}]),
        ("[{x: 1, y: {z: 5}}, {x: 2, y: {z: 6}}].y.z", [5, 6]),
        ("[{b: [1]}, {b: [2, 3]}].b", [[1], [2, 3]]),
        ("[1, 2, 3][n]", 2),
        ("[1, 2, 3][true]", [1, 2, 3]),
        ("{a: 1, b: a + 1, c: {d: b + 1}}", {"a": 1, "b": 2, "c": {"d": 3}}),
        ('{"a key": 1}.a key', 1),
        ("for i in 1..3 return i * i", [1, 4, 9]),
        ("for i in 3..1 return i", [3, 2, 1]),
        ("for i in [1..3) return i", [1, 2]),
        ("for i in (1..2) return i", []),
        ("for i in [] return i", []),
        ("for i in [1, 2], j in [10, 20] return i + j", [11, 21, 12, 22]),
        ("for i in 1..3, j in 1..i return j", [1, 1, 2, 1, 2, 3]),
        ("for i in 0..5 return if i = 0 then 1 else i * partial[-1]", [1, 1, 2, 6, 24, 120]),
        ("for i in 1..3 return count(partial)", [0, 1, 2]),
        ("for i in 1..3 return partial", [[], [[]], [[], [[]]]]),
        ("some x in [1, 2] satisfies x > 1", True),
        ("some x in [] satisfies true", False),
        ("every x in [] satisfies false", True),
        ("every x in [1, 2], y in [3] satisfies x < y", True),
        ("some x in [1, null] satisfies x > 1", None),
        ("every x in [null, 0] satisfies x > 1", False),
        ("{f: function(x, y) x - y, r: f(y: 1, x: 5)}.r", 4),
        ("{f: function(n) if n < 2 then 1 else n * f(n - 1), r: f(20)}.r", 2432902008176640000),
        ("{add: function(a) function(b) a + b, r: add(2)(3)}.r", 5),
        ("(for i in [1, 2] return function() i)[1]()", 1),
        ("(function(x: number) x)([4])", 4),
        ("(function(x: list<number>) x)(4)", [4]),
        ("[7..30].start", 7),
        ("(> 5).start", 5),
        ("(> 5).end", None),
        ("(<= 5).end included", True),
        ("[7..30).end included", False),
    ],
)
def test_values(text: str, wanted: object) -> None:
    assert value(text, {"n": 2}) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "[1][2]",
        "[1][0]",
        "null[1]",
        "{a: 1}.b",
        "5.x",
        "for i in null return i",
        "for i in 5 return i",
        'some i in "a" satisfies true',
        'for i in 1.."b" return i',
        "for i in 1..2.5 return i",
        "for i in (> 1) return i",
        "(function(x) x)()",
        "(function(x) x)(1, 2)",
        "(function(x) x)(y: 1)",
        '(function(x: number) x)("a")',
        "5(1)",
        '[1]["x"]',
        "1 instance of list",
        "1 instance of unknown type",
    ],
)
def test_null_with_an_evaluation_error(text: str) -> None:
    assert "EVALUATION" in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "1 instance of number",
        "not(1 instance of string)",
        "not(null instance of Any)",
        "null instance of Null",
        '@"2030-01-31" instance of date',
        'not(@"2030-01-31" instance of date and time)',
        '@"P1D" instance of days and time duration',
        '@"P1Y" instance of years and months duration',
        "[1, 2] instance of list<number>",
        "[] instance of list<string>",
        '[1, "a"] instance of list<Any>',
        'not([1, "a"] instance of list<number>)',
        "[1, null] instance of list<number>",
        "{a: 1, b: 2} instance of context<a: number>",
        "not({b: 2} instance of context<a: number>)",
        "{a: {b: [1]}} instance of context<a: context<b: list<number>>>",
        "[1..2] instance of range<number>",
        "not([1..2] instance of range<string>)",
        "(function(a: number) a) instance of function<number> -> Any",
        "not((function(a: number) a) instance of function<string> -> Any)",
        "not((function() 1) instance of function<Any> -> Any)",
        "abs instance of function<number> -> Any",
    ],
)
def test_types(text: str) -> None:
    assert is_true(text)


def test_own_types() -> None:
    from stellwerk.feel import types

    own = {"tScores": types.list_of(types.NUMBER), "my types.tName": types.STRING}
    assert feel.parse("[1] instance of tScores", types=own).evaluate() is True
    assert feel.parse('"a" instance of my types.tName', types=own).evaluate() is True


def test_external_functions_are_refused() -> None:
    text = '(function(a) external {java: {class: "java.lang.Math", method signature: "abs(int)"}})(1)'
    assert kinds(text) == ["UNSUPPORTED"]


def test_a_range_of_the_caller_may_have_ends_of_python() -> None:
    within = {"small": feel.Range(1, 9, True, False), "year": feel.Range(dt.date(2030, 1, 1), None, True, False)}
    assert feel.parse("[1 in small, 9 in small, small.start + 1]").evaluate(within) == [True, False, 2]
    assert feel.parse('year.start = @"2030-01-01"').evaluate(within) is True


def test_an_item_of_a_list_of_the_caller_is_not_copied() -> None:
    big = {"items": [{"price": price} for price in range(100)]}
    assert value("count(items[price >= 90])", big) == 10
    assert big["items"][0] == {"price": 0}
