"""10.3.4: the built-in functions, clause by clause."""

from __future__ import annotations

from decimal import Decimal

import pytest

from stellwerk import feel
from stellwerk.feel.builtins import FUNCTIONS

from .support import is_true, kinds, value

OF_THE_SPECIFICATION = (
    "date; date and time; time; number; string; duration; years and months duration; range; not; substring; "
    "string length; upper case; lower case; substring before; substring after; replace; contains; starts with; "
    "ends with; matches; split; string join; list contains; count; min; max; sum; mean; all; any; sublist; append; "
    "concatenate; insert before; remove; list replace; reverse; index of; union; distinct values; flatten; product; "
    "median; stddev; mode; decimal; floor; ceiling; round up; round down; round half up; round half down; abs; modulo; "
    "sqrt; log; exp; odd; even; is; before; after; meets; met by; overlaps; overlaps before; overlaps after; finishes; "
    "finished by; includes; during; starts; started by; coincides; day of year; day of week; month of year; "
    "week of year; sort; get value; get entries; context; context put; context merge; now; today"
)


def test_all_functions_of_the_specification_are_there() -> None:
    assert set(OF_THE_SPECIFICATION.split("; ")) == set(FUNCTIONS)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        # 10.3.4.1
        ('number("1.234,5", ".", ",")', Decimal("1234.5")),
        ('number("-7")', -7),
        ('number("1 000", " ", null)', 1000),
        ("string(1.50)", "1.50"),
        ("string(true)", "true"),
        ('string([1, "a", null, {k: @"P1D"}])', '[1, "a", null, {k: P1D}]'),
        ("string([1..2))", "[1..2)"),
        ('range("(1..5]").start included', False),
        ('3 in range("[date and time(\\"2030-01-01T00:00:00\\")..@\\"2031-01-01T00:00:00\\"]")', None),
        # 10.3.4.3
        ('substring("straße", 5)', "ße"),
        ('substring("abc", -2, 1)', "b"),
        ('substring("abc", 2, 9)', "bc"),
        ('string length("🐎a")', 2),
        ('upper case("straße")', "STRASSE"),
        ('substring before("a.b.c", ".")', "a"),
        ('substring after("a.b.c", ".")', "b.c"),
        ('substring before("abc", "x")', ""),
        ('split("a1b22c", "[0-9]+")', ["a", "b", "c"]),
        ('split("abc", "x")', ["abc"]),
        ('string join(["a", null, "b"], ", ")', "a, b"),
        ('string join([], "+")', ""),
        ('contains("Stellwerk", "werk")', True),
        # 10.3.4.4
        ("min(3, 1, 2)", 1),
        ('max(["b", "a"])', "b"),
        ('max(@"2030-01-01", @"2029-01-01") = @"2030-01-01"', True),
        ("sum([1, 2, 3.5])", Decimal("6.5")),
        ('string(sum([@"P1D", @"PT12H"]))', "P1DT12H"),
        ("mean(1, 2)", Decimal("1.5")),
        ("all([])", True),
        ("all([true, null, false])", False),
        ("all(true, null)", None),
        ("any([null, true])", True),
        ("all([7, false])", False),
        ('any(["x", true])', True),
        ("sublist([1, 2, 3, 4], -3, 2)", [2, 3]),
        ("append([1], 2, [3])", [1, 2, [3]]),
        ("concatenate([1], [2, 3], [])", [1, 2, 3]),
        ("insert before([1, 2], 2, 9)", [1, 9, 2]),
        ("insert before([1, 2], -1, 9)", [1, 9, 2]),
        ("remove([1, 2, 3], -1)", [1, 2]),
        ("list replace([1, 2, 3], 2, null)", [1, None, 3]),
        ("list replace([5, 1, 7], function(old, new) old > new, 4)", [4, 1, 4]),
        ("reverse([1, 2])", [2, 1]),
        ("index of([1, 2, 1, null], 1)", [1, 3]),
        ("union([1, 2], [2.0, 3])", [1, 2, 3]),
        ("distinct values([[1], [1], null, null, true, 1])", [[1], None, True, 1]),
        ("flatten([1, [2, [[3]], []]])", [1, 2, 3]),
        ("product(2, 3, 4)", 24),
        ("median([3, 1, 2, 10])", Decimal("2.5")),
        ("stddev(1, 2, 3)", 1),
        ("mode([2, 1, 2, 1, 3])", [1, 2]),
        ("count(5)", 1),
        # 10.3.4.5
        ("decimal(6.5, 0)", 6),
        ("decimal(1234, -2)", 1200),
        ("floor(-8.25)", -9),
        ("ceiling(-1.55, 1)", Decimal("-1.5")),
        ("round up(-1.1, 0)", -2),
        ("round down(-1.9, 0)", -1),
        ("round half up(-2.5, 0)", -3),
        ("round half down(2.5, 0)", 2),
        ("abs(-3)", 3),
        ('string(abs(@"-P1D"))', "P1D"),
        ("modulo(-7, 3)", 2),
        ("modulo(7, -3)", -2),
        ("modulo(1e30, 7)", 10**30 % 7),
        ("sqrt(2) ** 2 - 2 < 1e-30", True),
        ("decimal(log(exp(3)), 20)", 3),
        ("odd(-3)", True),
        ("even(1e40)", True),
        # 10.3.4.10, 10.3.4.11
        ('sort(["b", "a"], function(x, y) x < y)', ["a", "b"]),
        ("sort([{k: 2, n: 1}, {k: 1, n: 2}, {k: 2, n: 3}], function(x, y) x.k < y.k).n", [2, 1, 3]),
        ("sort([2, 1])", [1, 2]),
        ('get value({a: 1}, "a")', 1),
        ('get value({a: 1}, "b")', None),
        ("get entries({a: 1})[1].key", "a"),
        ('context([{key: "k", value: 8}])', {"k": 8}),
        ('context put({a: 1, b: 2}, "a", 3)', {"a": 3, "b": 2}),
        ('context put({a: {b: {c: 1}}}, ["a", "b", "d"], 2)', {"a": {"b": {"c": 1, "d": 2}}}),
        ("context merge([{a: 1}, {a: 2, b: 3}])", {"a": 2, "b": 3}),
        # 10.3.2.13.5
        ('substring(start position: 2, string: "abc")', "bc"),
        ('contains(["abc"], "b")', True),
    ],
)
def test_results(text: str, wanted: object) -> None:
    assert value(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        'number("1.0.0")',
        'number("1,5", ",", ",")',
        'number("x", ".", ",")',
        'number("1", ".")',
        "string(null)",
        'range("[1..")',
        'range("[2..1]")',
        'range("> 1")',
        'range("[a..b]")',
        'substring("abc", 0)',
        'substring("abc", 4)',
        'substring("abc", 1, 0)',
        "string length(5)",
        'split("abc", "")',
        "string join([1])",
        "min([])",
        'min(1, "a")',
        "sum([])",
        'sum([1, "a"])',
        "mean([])",
        "all([true, null], null)",
        "all([1])",
        "sublist([1, 2], 3)",
        "sublist([1, 2], 1, 3)",
        "insert before([1], 0, 2)",
        "remove([1], 2)",
        "stddev(1)",
        "median([])",
        "decimal(1, 7000)",
        "floor(null)",
        "floor(1, null)",
        "sqrt(-1)",
        "log(0)",
        "exp(1e9)",
        "modulo(1, 0)",
        "odd(1.5)",
        "sort([1, 2], function(x, y) 1)",
        'sort([1, "a"])',
        'context([{key: "a"}])',
        'context([{key: "k", value: 8}, {key: "k", value: 9}])',
        "context put({}, [], 1)",
        "context merge([1])",
        'get value(null, "k")',
        "abs()",
        "abs(1, 2)",
        "abs(number: 1)",
        "abs(n: 1, n: 2)",
        "before(1, null)",
        'includes([1..2], "a")',
        'day of year("x")',
    ],
)
def test_outside_of_the_domain_is_null(text: str) -> None:
    assert set(kinds(text)) == {"EVALUATION"}


@pytest.mark.parametrize(
    "text",
    [
        "before(17, 23)",
        "before(17, (17..40])",
        "not(before(20, [20..40]))",
        "before([17..23), [23..29])",
        "before((< 20), 20)",
        "after([60..75], 31)",
        "after((31..75], 31)",
        "not(after([31..75], 31))",
        'after("m", ["a".."k"])',
        "meets([20..40], [40..90])",
        "not(meets([20..40), [40..90]))",
        'met by(["k".."z"], ["a".."k"])',
        "not(met by((40..90], [20..40]))",
        "overlaps([20..40], [40..90])",
        "not(overlaps([20..40], (40..90]))",
        "overlaps([20..90], [30..40])",
        "not(overlaps([20..30], [40..90]))",
        "overlaps before([20..40], [30..90])",
        "overlaps before([20..40], (20..40])",
        "not(overlaps before([20..40], [20..40]))",
        "not(overlaps before([20..90], [30..40]))",
        "not(overlaps before([20..30), [30..90]))",
        "overlaps after([30..90], [20..40])",
        "overlaps after((20..40], [20..40))",
        "not(overlaps after([20..40], [30..90]))",
        "finishes(40, [20..40])",
        "not(finishes(40, [20..40)))",
        "finishes([30..40], [20..40])",
        "not(finishes([30..40), [20..40]))",
        "not(finishes([10..40], [20..40]))",
        "finished by([20..40], 40)",
        "finished by([20..40], (20..40])",
        "not(finished by([20..40], 20))",
        "includes([20..40], 40)",
        "not(includes([20..40), 40))",
        "includes([20..40], (20..40))",
        "not(includes((20..40), [20..40]))",
        "includes((< 20), 11)",
        "not(includes((>= 20), 11))",
        "during([24..31], [20..40])",
        "during(20, [20..40])",
        "not(during(20, (20..40]))",
        "starts(20, [20..40])",
        "not(starts(20, (20..40]))",
        "starts([20..30], [20..40])",
        "not(starts((20..30], [20..40]))",
        "started by([20..40], 20)",
        "started by([20..40], [20..40))",
        "not(started by([20..40), [20..40]))",
        'coincides("k", "k")',
        "not(coincides(20, 40))",
        "coincides((20..40], (20..40])",
        "not(coincides([20..40], [20..40)))",
        'before(@"2030-01-01", [@"2030-01-02"..@"2030-01-03"])',
        'during(@"PT2H", [@"PT90M"..@"PT150M"])',
    ],
)
def test_range_functions(text: str) -> None:
    assert is_true(text)


def test_the_clock_is_the_one_of_the_caller() -> None:
    import datetime as dt

    now = dt.datetime(2030, 1, 31, 10, 0, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    assert feel.parse("now()").evaluate(now=now) == now
    assert feel.parse("today()").evaluate(now=now) == dt.date(2030, 1, 31)
