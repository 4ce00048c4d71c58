"""What an evaluation costs, in calls of functions: the same on every machine."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

import pytest

from stellwerk import feel


def calls_of(expression: feel.Expression, context: dict[str, Any]) -> int:
    """Functions of Python that one evaluation calls."""
    expression.evaluate(context)
    return calls_in(partial(expression.evaluate, context))


def calls_in(action: Callable[[], object]) -> int:
    found = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal found
        found += event == "call"

    sys.setprofile(count)
    try:
        action()
    finally:
        sys.setprofile(None)
    return found


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ('amount > 1000 and country = "DE"', 10),
        ("price * 2 + 1", 14),
        ("if amount > 5 then 1 else 2", 13),
    ],
)
def test_simple_expressions_take_few_calls(text: str, most: int) -> None:
    assert calls_of(feel.parse(text), {"amount": 1500, "country": "DE", "price": 3}) <= most


def test_a_large_context_costs_nothing() -> None:
    expression = feel.parse("order.items[3].price > 2")
    small = {"order": {"items": [{"price": price} for price in range(5)]}}
    large = {"order": {"items": [{"price": price} for price in range(50_000)]}, "other": list(range(50_000))}
    assert calls_of(expression, large) == calls_of(expression, small)


def test_a_loop_costs_the_same_in_every_round() -> None:
    expression = feel.parse("count(for x in xs return x + 1)")
    costs = [calls_of(expression, {"xs": list(range(size))}) for size in (10, 100, 1000)]
    assert (costs[2] - costs[1]) / 900 == pytest.approx((costs[1] - costs[0]) / 90)


@pytest.mark.parametrize("shape", ["for x in [1] return {}", "1 in ({})", "[1][{}]", "if true then {} else 2"])
def test_nesting_multiplies_little(shape: str) -> None:
    """What stands 40 deep is looked at 40 times, but that is a small part of reading it."""
    inside = "1" + " + 1" * 3000
    nested = inside
    for _ in range(40):
        nested = shape.format(nested)
    assert calls_in(partial(feel.parse, nested)) < 6 * calls_in(partial(feel.parse, inside))
