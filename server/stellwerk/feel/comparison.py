"""Equality and order (10.3.2.15, Tables 52 to 55), three-valued: None where the kinds differ."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from operator import eq, ge, gt, le, lt
from typing import Any

from .convert import lift
from .functions import Function
from .ranges import Range
from .runtime import Run
from .temporal import TEMPORAL, order_keys

ORDERS: dict[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}


def ordered(operator: str, left: Any, right: Any) -> bool | None:
    """`<`, `<=`, `>` or `>=`. Numbers, texts by code points, temporal values of one kind."""
    if isinstance(left, TEMPORAL) and isinstance(right, TEMPORAL):
        keys = order_keys(left, right)
        return None if keys is None else ORDERS[operator](*keys)
    if type(left) is type(right) and isinstance(left, str | Decimal):
        return ORDERS[operator](left, right)
    return None


def equal(left: Any, right: Any, run: Run) -> bool | None:
    """`=`. null is equal to null only; other values of different kinds give None. Charges nested values."""
    if left is None or right is None:
        return left is right
    if type(left) is type(right) and isinstance(left, bool | str | Decimal):
        return bool(left == right)
    if isinstance(left, TEMPORAL) and isinstance(right, TEMPORAL):
        keys = order_keys(left, right)
        return None if keys is None else eq(*keys)
    if isinstance(left, list) and isinstance(right, list):
        return _equal_lists(left, right, run)
    if isinstance(left, dict) and isinstance(right, dict):
        return _equal_contexts(left, right, run)
    if isinstance(left, Range) and isinstance(right, Range):
        return _equal_ranges(left, right, run)
    return left is right if isinstance(left, Function) and isinstance(right, Function) else None


def same(left: Any, right: Any, run: Run) -> bool:
    """Equal for certain: values of different kinds are not."""
    return equal(left, right, run) is True


def _equal_lists(left: list[Any], right: list[Any], run: Run) -> bool | None:
    if len(left) != len(right):
        return False
    run.charge(1 + len(left))
    found: bool | None = True
    for one, other in zip(left, right, strict=True):
        item = equal(lift(one), lift(other), run)
        if item is False:
            return False
        found = found and item
    return found


def _equal_contexts(left: dict[str, Any], right: dict[str, Any], run: Run) -> bool | None:
    if left.keys() != right.keys():
        return False
    run.items(len(left))
    return _equal_lists(list(left.values()), [right[key] for key in left], run)


def _equal_ranges(left: Range, right: Range, run: Run) -> bool | None:
    flags = (left.operator, left.low_included, left.high_included)
    if flags != (right.operator, right.low_included, right.high_included):
        return False
    return _equal_lists([left.low, left.high], [right.low, right.high], run)


def in_range(value: Any, within: Range, run: Run) -> bool | None:
    """Is the value inside? None if it, or an end that matters, is null or of another kind."""
    if within.operator in ("=", "!="):
        found = equal(value, within.low, run)
        return found if found is None or within.operator == "=" else not found
    if within.operator:
        point = within.high if within.low is None else within.low
        return ordered(within.operator, value, point)
    low = ordered(">=" if within.low_included else ">", value, within.low)
    high = ordered("<=" if within.high_included else "<", value, within.high)
    return None if low is None or high is None else low and high


def contains(values: list[Any], wanted: Any, run: Run) -> bool:
    """`list contains`: is one item equal?"""
    run.charge(1 + len(values))
    return any(same(lift(item), wanted, run) for item in values)


def satisfies(value: Any, test: Any, run: Run) -> bool | None:
    """`value in test` (Table 55) for a test that is a value: a range, a list of values or ranges, or a value."""
    if isinstance(test, Range):
        return in_range(value, test, run)
    if isinstance(test, list):
        return same(value, test, run) or _in_list(value, test, run)
    return equal(value, test, run)


def _in_list(value: Any, tests: list[Any], run: Run) -> bool:
    run.charge(1 + len(tests))
    for item in map(lift, tests):
        found = in_range(value, item, run) if isinstance(item, Range) else equal(value, item, run)
        if found:
            return True
    return False
