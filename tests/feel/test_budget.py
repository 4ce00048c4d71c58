"""No expression takes more than its budget, and none escapes."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stellwerk import feel
from stellwerk.feel.builtins import FUNCTIONS


@pytest.mark.parametrize(
    "text",
    [
        "for i in 1..1000000000 return i",
        "every i in 1..1000000000 satisfies i > 0",
        "for i in 1..1000, j in 1..1000, k in 1..1000 return 1",
        'for i in 1..60 return if i = 1 then "ab" else partial[-1] + partial[-1]',
        "for i in 1..60 return if i = 1 then [1] else concatenate(partial[-1], partial[-1])",
        "for i in 1..300 return [partial[-1], partial[-1]]",
        "{l: for i in 1..60 return [partial[-1], partial[-1]], r: l[-1] = l[-1]}.r",
        "{l: for i in 1..60 return [partial[-1], partial[-1]], r: string(l)}.r",
        "{l: for i in 1..60 return [partial[-1], partial[-1]], r: flatten(l)}.r",
        "{f: function(n) f(n), r: f(1)}.r",
        "{f: function(n) f(n - 1) + f(n - 2), r: f(90)}.r",
        "{f: function(g) g(g), r: f(f)}.r",
        "sort(for i in 1..20000 return modulo(i * 7919, 10007), function(a, b) a < b)",
        "count(many[count(many[item > 1]) > 1])",
        "for i in 1..100000 return many[true]",
        'for i in 1..100000 return matches("a", "[a-z]{500}" + string(i))',
        'replace(string join(for i in many return "aaaaaaaaaaaaaaaaaaaa"), "a+b|a", "x")',
        'for i in 1..100000 return range("[1..2]")',
    ],
)
def test_what_grows_is_stopped(text: str) -> None:
    with pytest.raises(feel.BudgetExceeded):
        feel.parse(text).evaluate({"many": list(range(5000))})


def test_deep_values_are_stopped_too() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(feel.BudgetExceeded):
        feel.parse("a = b").evaluate({"a": deep, "b": [deep[0]]})
    while deep:  # so that Python can let go of it without recursion
        deep = deep[0]  # type: ignore[assignment]


def test_a_budget_can_be_given() -> None:
    expression = feel.parse("sum(for i in 1..100 return i)")
    assert expression.evaluate(budget=feel.Budget(steps=2000)) == 5050
    with pytest.raises(feel.BudgetExceeded):
        expression.evaluate(budget=feel.Budget(steps=100))


def test_the_same_expression_costs_the_same() -> None:
    """Nothing of an evaluation stays in the expression."""
    expression = feel.parse("[count(xs), sum(for x in xs return x), nobody]")
    results = [expression.run({"xs": [1, 2]}) for _ in range(3)]
    assert [result.value for result in results] == [[2, 3, None]] * 3
    assert [len(result.warnings) for result in results] == [1, 1, 1]


def test_threads_share_an_expression() -> None:
    expression = feel.parse("sum(for i in 1..n return 1 / i)")
    wanted = {n: expression.evaluate({"n": n}) for n in range(1, 40)}
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda n: (n, expression.evaluate({"n": n})), list(range(1, 40)) * 5))
    assert all(wanted[n] == value for n, value in found)


WORDS = [
    *("1", "2", "0.5", "-3", "true", "false", "null", "(", ")", "[", "]", "{", "}", ",", ":", ".", "..", "?", "@"),
    *(
        "+",
        "-",
        "*",
        "/",
        "**",
        "=",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "item",
        "partial",
        "x",
        "y",
        "z",
        "if",
        "then",
        "else",
    ),
    *("for", "in", "return", "some", "every", "satisfies", "and", "or", "between", "instance", "of", "function"),
    *('"a"', '"(a)\\1"', '@"2030-01-31"', '@"P1D"', '@"P1M"', '@"10:00:00Z"', "list<number>", "a b"),
    *sorted(FUNCTIONS),
]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join))
def test_any_row_of_words_is_a_value_or_a_clear_error(text: str) -> None:
    budget = feel.Budget(steps=20_000, size=20_000, depth=30)
    with contextlib.suppress(feel.FeelSyntaxError, feel.BudgetExceeded):
        feel.parse(text).run({"x": 1, "y": [1, 2.5, {"z": "t"}], "z": None}, budget=budget)
    with contextlib.suppress(feel.FeelSyntaxError, feel.BudgetExceeded):
        feel.unary_tests(text).run(5, {"x": 1}, budget=budget)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_a_value_or_a_clear_error(text: str) -> None:
    with contextlib.suppress(feel.FeelSyntaxError, feel.BudgetExceeded):
        feel.parse(text).run({}, budget=feel.Budget(steps=20_000))


def numbers() -> st.SearchStrategy[Decimal]:
    return st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12)


@given(numbers(), numbers())
def test_arithmetic_is_decimal(left: Decimal, right: Decimal) -> None:
    """With the 34 digits of decimal128; what fits is exact."""
    import decimal

    with decimal.localcontext(prec=34, rounding=decimal.ROUND_HALF_EVEN):
        wanted = [left + right, left - right, left * right, left / right if right else None]
    found = feel.parse("[a + b, a - b, a * b, a / b]").evaluate({"a": left, "b": right})
    assert found == wanted


@given(numbers())
def test_a_number_is_read_as_it_is_written(number: Decimal) -> None:
    assert feel.parse(format(number, "f")).evaluate() == number
    assert feel.parse("number(string(n)) = n").evaluate({"n": number}) is True


@given(st.lists(st.integers(-50, 50)), st.integers(-60, 60))
def test_positions_are_those_of_python(values: list[int], position: int) -> None:
    found = feel.parse("xs[n]").evaluate({"xs": values, "n": position})
    is_inside = 1 <= abs(position) <= len(values)
    assert found == (values[position - 1 if position > 0 else position] if is_inside else None)


@given(st.datetimes(), st.timedeltas(timedelta(-1000), timedelta(1000)))
def test_times_add_like_those_of_python(moment: object, length: object) -> None:
    try:
        wanted = moment + length  # type: ignore[operator]
    except OverflowError:
        return
    assert feel.parse("m + d").evaluate({"m": moment, "d": length}) == wanted
