"""What an expression reads: its free names and the constant paths behind them."""

from __future__ import annotations

import dataclasses
from collections.abc import Set as AbstractSet
from decimal import Decimal
from typing import Any

from . import nodes
from .builtins import FUNCTIONS

Path = tuple[str | int, ...]
"""A variable, then keys and positions counted from 0: ("order", "items", 0)."""


_KINDS = (*nodes.Node.__subclasses__(), nodes.Iterator, nodes.Member, nodes.Filter, nodes.Call)
_BARE = {"start", "end", "weight", "operator", "times", "problem", "value"} | {
    *("name", "names", "written", "type", "external"),
}
# Fields that may hold trees, by the class of the node: in nested loops this is asked of a node many times.
_FIELDS: dict[type, tuple[str, ...]] = {
    kind: tuple(field.name for field in dataclasses.fields(kind) if field.name not in _BARE) for kind in _KINDS
}
_LEAVES = frozenset(kind for kind, names in _FIELDS.items() if not names)


def children(tree: Any) -> list[Any]:
    """The trees directly inside of a node, in the order of the text: nodes, iterators and steps."""
    found: list[Any] = []
    for name in _FIELDS[type(tree)]:
        _gather(getattr(tree, name), found)
    return found


def _gather(value: Any, found: list[Any]) -> None:
    if type(value) in _FIELDS:
        found.append(value)
    elif type(value) is tuple:
        for part in value:
            _gather(part, found)


def names_in(node: nodes.Node) -> frozenset[str]:
    """All names that stand in a tree, bound or not."""
    found: set[str] = set()
    waiting: list[Any] = [node]
    while waiting:
        at = waiting.pop()
        if type(at) is nodes.Name:
            found.add(at.name)
        elif type(at) not in _LEAVES:
            waiting.extend(children(at))
    return frozenset(found)


def paths_of(node: nodes.Node, known: AbstractSet[str]) -> tuple[Path, ...]:
    """The longest constant paths that begin with a free name, in the order of the text.

    A name inside of a filter may be a key of the items: it counts as read only if it is one of `known`.
    """
    found: dict[Path, None] = {}
    _collect(node, frozenset(), False, known, found)
    return tuple(found)


def _collect(at: Any, bound: frozenset[str], filtered: bool, known: AbstractSet[str], found: dict[Path, None]) -> None:
    if isinstance(at, nodes.Name | nodes.Path):
        first = at if isinstance(at, nodes.Name) else at.first
        if isinstance(first, nodes.Name) and _is_read(first.name, at, bound, filtered, known):
            found[_constant(at, first.name)] = None
        inner = () if isinstance(at, nodes.Name) else _inside(at)
        for part in inner:
            _collect(part, bound, filtered, known, found)
        return
    if isinstance(at, nodes.Filter):
        bound, filtered = bound | {"item"}, True
    elif isinstance(at, nodes.FunctionOf):
        bound = bound | {name for name, _ in at.parameters}
    elif isinstance(at, nodes.ContextOf):
        bound = bound | {key for key, _ in at.entries}
    elif isinstance(at, nodes.For | nodes.Quantified):
        bound = bound | {"partial"} | {each.name for each in at.iterators}
    for part in children(at):
        _collect(part, bound, filtered, known, found)


def _inside(path: nodes.Path) -> tuple[Any, ...]:
    first = () if isinstance(path.first, nodes.Name) else (path.first,)
    return (*first, *path.steps)


def _is_read(name: str, at: Any, bound: frozenset[str], filtered: bool, known: AbstractSet[str]) -> bool:
    if name in bound or name == "?":
        return False
    if filtered and name not in known:
        return False
    is_call = isinstance(at, nodes.Path) and isinstance(at.steps[0], nodes.Call)
    return not (name in FUNCTIONS and is_call)


def _constant(at: nodes.Name | nodes.Path, name: str) -> Path:
    path: list[str | int] = [name]
    for step in () if isinstance(at, nodes.Name) else at.steps:
        if isinstance(step, nodes.Member):
            path.append(step.name)
            continue
        value = (
            step.condition.value if isinstance(step, nodes.Filter) and isinstance(step.condition, nodes.Literal) else 0
        )
        if not isinstance(value, Decimal) or value < 1 or value != value.to_integral_value():
            break
        path.append(int(value) - 1)
    return tuple(path)
