"""10.3.4.10 Sort."""

from __future__ import annotations

from functools import cmp_to_key

from ..functions import Function
from ..runtime import Run, Undefined, Value
from .registry import builtin, each


@builtin("sort(list: list, precedes: function)")
def sort(run: Run, values: list[Value], precedes: Function) -> Value:
    """Stable; what precedes nothing and is preceded by nothing stays where it is."""

    def before(left: Value, right: Value) -> bool:
        found = precedes.call(run, [left, right])
        if not isinstance(found, bool):
            raise Undefined("sort: `precedes` must give true or false")
        return found

    def compare(left: Value, right: Value) -> int:
        if before(left, right):
            return -1
        return 1 if before(right, left) else 0

    return sorted(each(run, values), key=cmp_to_key(compare))


@builtin("sort(list: list)")
def sort_ascending(run: Run, values: list[Value]) -> Value:
    """Without `precedes`: in the order of `<`. A convenience that many engines have."""
    from ..comparison import ordered

    def compare(left: Value, right: Value) -> int:
        run.charge(1)
        smaller, larger = ordered("<", left, right), ordered(">", left, right)
        if smaller is None or larger is None:
            raise Undefined("sort: the items cannot be compared")
        return larger - smaller

    return sorted(each(run, values), key=cmp_to_key(compare))
