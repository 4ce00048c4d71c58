"""10.3.4.4 List functions. Positions count from 1, or from the end with -1."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

from ..comparison import contains, ordered, same
from ..convert import lift
from ..functions import Function
from ..numbers import CONTEXT, ZERO
from ..runtime import Run, Undefined, Value
from ..temporal import DaysDuration, MonthsDuration
from ..types import name_of
from .registry import Implementation, builtin, each, whole

Values = list[Value]


def _index(function: str, values: Values, position: Decimal, *, more: int = 0) -> int:
    """From 0. Raises Undefined outside of the list."""
    at = whole(position)
    if not 1 <= abs(at) <= len(values) + (more if at > 0 else 0):
        raise Undefined(f"{function}: the list has no position {at}")
    return at - 1 if at > 0 else len(values) + at


def _list_or_arguments(name: str) -> Callable[[Implementation], Implementation]:
    """`f(list)` and `f(a, b, ...)`: one argument alone is the list, or its only item."""

    def declare(implementation: Implementation) -> Implementation:
        builtin(f"{name}(list: list)")(implementation)
        builtin(f"{name}(first: any, others...: any)")(lambda run, first, others: implementation(run, [first, *others]))
        return implementation

    return declare


@builtin("list contains(list: list, element: any)")
def list_contains(run: Run, values: Values, element: Value) -> bool:
    return contains(values, element, run)


@builtin("count(list: list)")
def count(run: Run, values: Values) -> Decimal:
    return Decimal(len(values))


def _best(run: Run, name: str, values: Values, operator: str) -> Value:
    items = each(run, values)
    if not items:
        raise Undefined(f"{name}: the list is empty")
    found = items[0]
    for item in items:
        better = ordered(operator, item, found)
        if better is None:
            raise Undefined(f"{name}: {name_of(item)} and {name_of(found)} cannot be compared")
        found = item if better else found
    return found


@_list_or_arguments("min")
def min_(run: Run, values: Values) -> Value:
    return _best(run, "min", values, "<")


@_list_or_arguments("max")
def max_(run: Run, values: Values) -> Value:
    return _best(run, "max", values, ">")


def _numbers(run: Run, name: str, values: Values) -> list[Decimal]:
    items = each(run, values)
    for item in items:
        if type(item) is not Decimal:
            raise Undefined(f"{name}: a {name_of(item)} is no number")
    return items


def _sum(numbers: Iterable[Decimal]) -> Decimal:
    total = ZERO
    for number in numbers:
        total = CONTEXT.add(total, number)
    return total


@_list_or_arguments("sum")
def sum_(run: Run, values: Values) -> Value:
    """Numbers, or durations of one kind. null for no items."""
    items = each(run, values)
    if items and all(isinstance(item, DaysDuration) for item in items):
        return DaysDuration(sum(item.nanos for item in items))
    if items and all(isinstance(item, MonthsDuration) for item in items):
        return MonthsDuration(sum(item.months for item in items))
    return _sum(_some("sum", _numbers(run, "sum", values)))


@_list_or_arguments("mean")
def mean(run: Run, values: Values) -> Value:
    items = _some("mean", _numbers(run, "mean", values))
    return CONTEXT.divide(_sum(items), Decimal(len(items)))


def _some(name: str, items: list[Decimal], least: int = 1) -> list[Decimal]:
    if len(items) < least:
        raise Undefined(f"{name}: the list is too short")
    return items


@_list_or_arguments("product")
def product(run: Run, values: Values) -> Value:
    found = Decimal(1)
    for number in _some("product", _numbers(run, "product", values)):
        found = CONTEXT.multiply(found, number)
    return found


@_list_or_arguments("median")
def median(run: Run, values: Values) -> Value:
    items = sorted(_some("median", _numbers(run, "median", values)))
    middle = len(items) // 2
    if len(items) % 2:
        return items[middle]
    return CONTEXT.divide(CONTEXT.add(items[middle - 1], items[middle]), Decimal(2))


@_list_or_arguments("stddev")
def stddev(run: Run, values: Values) -> Value:
    """The sample standard deviation."""
    items = _some("stddev", _numbers(run, "stddev", values), least=2)
    middle = CONTEXT.divide(_sum(items), Decimal(len(items)))
    gaps = [CONTEXT.subtract(item, middle) for item in items]
    return CONTEXT.sqrt(CONTEXT.divide(_sum(CONTEXT.multiply(gap, gap) for gap in gaps), Decimal(len(items) - 1)))


@_list_or_arguments("mode")
def mode(run: Run, values: Values) -> Value:
    """The most frequent numbers in ascending order."""
    counts: dict[Decimal, int] = {}
    for number in _numbers(run, "mode", values):
        counts[number] = counts.get(number, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(number for number, times in counts.items() if times == most)


def _decided(run: Run, name: str, values: Values, deciding: bool) -> bool | None:
    """One item decides, as an operand of `and` or `or` does (Table 50)."""
    items = each(run, values)
    if any(item is deciding for item in items):
        return deciding
    for item in items:
        if item is not None and not isinstance(item, bool):
            raise Undefined(f"{name}: a {name_of(item)} is no boolean")
    return None if any(item is None for item in items) else not deciding


@_list_or_arguments("all")
def all_(run: Run, values: Values) -> bool | None:
    return _decided(run, "all", values, False)


@_list_or_arguments("any")
def any_(run: Run, values: Values) -> bool | None:
    return _decided(run, "any", values, True)


@builtin("sublist(list: list, start position: number, length?: number)")
def sublist(run: Run, values: Values, start: Decimal, length: Decimal | None = None) -> Value:
    first = _index("sublist", values, start)
    size = len(values) - first if length is None else whole(length)
    if length is not None and not 1 <= size <= len(values) - first:
        raise Undefined("sublist: `length` must be 1 or more, and not reach beyond the end")
    run.items(size)
    return values[first : first + size]


@builtin("append(list: list, item...: any)")
def append(run: Run, values: Values, items: Values) -> Value:
    run.items(len(values) + len(items))
    return [*values, *items]


def _concatenated(run: Run, lists: list[Values]) -> Values:
    run.items(sum(map(len, lists)))
    return [item for values in lists for item in values]


@builtin("concatenate(list...: list)")
def concatenate(run: Run, lists: list[Values]) -> Value:
    return _concatenated(run, lists)


@builtin("insert before(list: list, position: number, newItem: any)")
def insert_before(run: Run, values: Values, position: Decimal, new: Value) -> Value:
    at = _index("insert before", values, position)
    run.items(len(values))
    return [*values[:at], new, *values[at:]]


@builtin("remove(list: list, position: number)")
def remove(run: Run, values: Values, position: Decimal) -> Value:
    at = _index("remove", values, position)
    run.items(len(values))
    return [*values[:at], *values[at + 1 :]]


@builtin("list replace(list: list, position: number, newItem: any)")
def list_replace(run: Run, values: Values, position: Decimal, new: Value) -> Value:
    at = _index("list replace", values, position)
    run.items(len(values))
    return [*values[:at], new, *values[at + 1 :]]


@builtin("list replace(list: list, match: function, newItem: any)")
def list_replace_matching(run: Run, values: Values, match: Function, new: Value) -> Value:
    """Items for which match(item, newItem) is true."""
    found: Values = []
    for item in each(run, values):
        verdict = match.call(run, [item, new])
        if not isinstance(verdict, bool):
            raise Undefined("list replace: `match` must give true or false")
        found.append(new if verdict else item)
    return found


@builtin("reverse(list: list)")
def reverse(run: Run, values: Values) -> Value:
    run.items(len(values))
    return values[::-1]


@builtin("index of(list: list, match: any)")
def index_of(run: Run, values: Values, match: Value) -> Value:
    return [Decimal(at) for at, item in enumerate(each(run, values), 1) if same(item, match, run)]


@builtin("union(list...: list)")
def union(run: Run, lists: list[Values]) -> Value:
    return distinct_values(run, _concatenated(run, lists))


@builtin("distinct values(list: list)")
def distinct_values(run: Run, values: Values) -> Value:
    """The first of those that are equal. Texts, numbers and booleans are found at once, others compared one by one."""
    seen: set[tuple[type, Value]] = set()
    others: Values = []
    found: Values = []
    for item in each(run, values):
        if item is None or isinstance(item, str | Decimal | bool):
            is_new = (type(item), item) not in seen
            seen.add((type(item), item))
        else:
            is_new = not contains(others, item, run)
            others.extend([item] if is_new else [])
        if is_new:
            found.append(item)
    return found


@builtin("flatten(list: list)")
def flatten(run: Run, values: Values) -> Value:
    """All nested lists as one; without recursion."""
    found: Values = []
    waiting: list[Value] = [values]
    while waiting:
        at = lift(waiting.pop())
        if isinstance(at, list):
            run.items(len(at))
            waiting.extend(reversed(at))
        else:
            found.append(at)
    run.items(len(found))
    return found
