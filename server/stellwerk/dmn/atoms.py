"""Cells that compare their input with constants only, as ranges of keys: what the index of a table is made of.

A key stands for a value of one kind and compares as the values do (`feel.comparison`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from stellwerk import feel
from stellwerk.feel import nodes
from stellwerk.feel.comparison import ordered

from .run import Value

KEYS: dict[type, Callable[[Any], Any]] = {
    Decimal: lambda number: number,
    str: lambda text: text,
    bool: int,
    feel.Date: lambda date: date.number,
    feel.DaysDuration: lambda duration: duration.nanos,
    feel.MonthsDuration: lambda duration: duration.months,
}
"""Times and date and times have none: how two of them compare depends on the offsets of both (Table 54)."""
_NO_CONSTANT = object()


@dataclass(frozen=True, slots=True)
class Atom:
    """One test. Of a value of its kind: is the key between `low` and `high` (None: no end), or not, if `is_negative`?

    `of_null` and `of_others` are its verdicts for null and for values of other kinds; without a kind all are others.
    """

    kind: type | None
    of_null: bool | None
    of_others: bool | None
    low: Any = None
    high: Any = None
    low_included: bool = True
    high_included: bool = True
    is_negative: bool = False


def atoms_of(cell: feel.UnaryTests) -> tuple[Atom, ...] | None:
    """The tests of a cell; None if it looks at anything but its input and constants."""
    atoms = tuple(_atom(node) for node in cell.nodes)
    found = tuple(atom for atom in atoms if atom is not None)
    return found if len(found) == len(atoms) else None


def _atom(node: nodes.Node) -> Atom | None:
    if isinstance(node, nodes.Interval):
        return _between(node)
    operator, point = (node.operator, node.point) if isinstance(node, nodes.HalfOpen) else ("=", node)
    value = _constant(point)
    if value is _NO_CONSTANT:
        return None
    return _equal(value, operator == "!=") if operator in ("=", "!=") else _ordered(operator, value)


def _constant(node: nodes.Node) -> Value:
    if isinstance(node, nodes.Literal) and (node.value is None or type(node.value) in KEYS):
        return node.value
    if isinstance(node, nodes.Negation) and isinstance(node.operand, nodes.Literal):
        value = node.operand.value
        if isinstance(value, Decimal):
            return -value if node.times % 2 else value
    return _NO_CONSTANT


def _equal(value: Value, is_negative: bool) -> Atom:
    """null is equal to null only; values of different kinds are not comparable (Table 53)."""
    if value is None:
        return Atom(None, not is_negative, is_negative)
    key = KEYS[type(value)](value)
    return Atom(type(value), is_negative, None, key, key, is_negative=is_negative)


def _ordered(operator: str, value: Value) -> Atom:
    if value is None or isinstance(value, bool):
        return Atom(None, None, None)
    key, included = KEYS[type(value)](value), operator in ("<=", ">=")
    if operator in ("<", "<="):
        return Atom(type(value), None, None, high=key, high_included=included)
    return Atom(type(value), None, None, low=key, low_included=included)


def _between(node: nodes.Interval) -> Atom | None:
    """A range whose ends are no two constants in their order is null, and warns: that is left to the expression."""
    low, high = _constant(node.low), _constant(node.high)
    kind = type(low)
    if kind not in KEYS or kind is bool or type(high) is not kind or not ordered("<=", low, high):
        return None
    key = KEYS[kind]
    return Atom(kind, None, None, key(low), key(high), node.low_included, node.high_included)
