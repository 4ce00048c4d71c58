"""Unary tests -> the values for which they are true, as far as their text alone says it.

A test is three-valued (10.3.2.15): `yes` and `no` hold the values for which it is true and false for certain; `open`
those for which only a run can say it, because the test reads names. For all others it is undefined.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from stellwerk import feel
from stellwerk.feel import nodes
from stellwerk.feel.compiler import INPUT, compiled, names_input
from stellwerk.feel.ranges import Range, half_open
from stellwerk.feel.reads import names_in, paths_of
from stellwerk.feel.runtime import Frame, Run

from .kinds import Line, Value
from .spans import (
    EVERYTHING,
    FIRST_VALUE,
    LAST,
    NOTHING,
    NULL,
    Spans,
    complement,
    difference,
    intersection,
    span,
    union,
)

CONSTANT_STEPS = 500
CLOCK = frozenset({"now", "today"})
MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}


@dataclass(frozen=True, slots=True)
class Verdict:
    yes: Spans
    no: Spans
    open: Spans = NOTHING


OPEN = Verdict(NOTHING, NOTHING, EVERYTHING)
UNDEFINED = Verdict(NOTHING, NOTHING)


class NotConstant(Exception):
    """The value of an expression is known when it runs, and not before."""


def constant(node: nodes.Node, why: list[str] | None = None) -> Value:
    """The value of an expression that reads nothing; if it is null by mistake, `why` says it. Raises NotConstant."""
    if isinstance(node, nodes.Literal):
        return node.value
    if paths_of(node, frozenset()) or names_in(node) & (CLOCK | {INPUT}):
        raise NotConstant
    run = Run(feel.Budget(steps=CONSTANT_STEPS))
    try:
        value = compiled(node)(Frame({}, None, run))
    except feel.BudgetExceeded:
        raise NotConstant from None
    if value is None and run.warnings and why is not None:
        why.append(run.warnings[0].message)
    return value


@dataclass(slots=True)
class Cell:
    """What a cell says of its column: it matches all values in `must`, and none outside of `may`.

    `strangers` are constants of another kind than the column. `points` are the values that it names one by one.
    `mistakes` say why a constant in it is null.
    """

    must: Spans
    may: Spans
    strangers: tuple[Value, ...] = ()
    points: tuple[Value, ...] = ()
    mistakes: tuple[str, ...] = ()


@dataclass(slots=True)
class Reader:
    """Reads tests on a line, and keeps the constants that it met."""

    line: Line
    strangers: list[Value] = field(default_factory=list)
    points: list[Value] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)

    def cell(self, tests: feel.UnaryTests) -> Cell:
        if tests.is_any:
            return Cell(EVERYTHING, EVERYTHING)
        parts = [self.verdict(node) for node in tests.nodes]
        found = parts[0] if len(parts) == 1 else self._any(parts)
        must = found.no if tests.is_negated else found.yes
        met = tuple(self.strangers), tuple(self.points), tuple(self.mistakes)
        return Cell(must, union(must, found.open), *met)

    def verdict(self, node: nodes.Node) -> Verdict:
        """Of one test (rule 13)."""
        try:
            if isinstance(node, nodes.HalfOpen):
                return self._in_range(half_open(node.operator, self._constant(node.point)))
            if names_input(node):
                return self._own(node)
            return self._satisfies(self._constant(node))
        except NotConstant:
            return OPEN

    def _constant(self, node: nodes.Node) -> Value:
        return constant(node, self.mistakes)

    def _own(self, node: nodes.Node) -> Verdict:
        """Of a condition on `?`."""
        handler = _CONDITIONS.get(type(node))
        return OPEN if handler is None else handler(self, node)

    def _comparison(self, node: nodes.Comparison) -> Verdict:
        if _is_input(node.left):
            return self._in_range(half_open(node.operator, self._constant(node.right)))
        if _is_input(node.right):
            return self._in_range(half_open(MIRRORED[node.operator], self._constant(node.left)))
        return OPEN

    def _between(self, node: nodes.Between) -> Verdict:
        if not _is_input(node.operand):
            return OPEN
        low = self._in_range(half_open(">=", self._constant(node.low)))
        return _all([low, self._in_range(half_open("<=", self._constant(node.high)))])

    def _inside(self, node: nodes.In) -> Verdict:
        if not _is_input(node.operand):
            return OPEN
        return self._any([self.verdict(test) for test in node.tests])

    def _junction(self, node: nodes.Junction) -> Verdict:
        parts = [self._own(operand) if names_input(operand) else OPEN for operand in node.operands]
        return _all(parts) if node.operator == "and" else self._any(parts)

    def _not(self, node: nodes.Path) -> Verdict:
        step = node.steps[0]
        is_not = isinstance(node.first, nodes.Name) and node.first.name == "not" and len(node.steps) == 1
        if not is_not or not isinstance(step, nodes.Call) or len(step.arguments) != 1:
            return OPEN
        inner = self._own(step.arguments[0])
        return Verdict(inner.no, inner.yes, inner.open)

    def _any(self, parts: list[Verdict]) -> Verdict:
        """Three-valued `or`."""
        yes, no = union(*(each.yes for each in parts)), intersection(*(each.no for each in parts))
        return Verdict(yes, no, difference(union(*(each.open for each in parts)), yes))

    def _satisfies(self, value: Value) -> Verdict:
        """`? in value` (Table 55)."""
        if isinstance(value, Range):
            return self._in_range(value)
        if isinstance(value, list):
            yes = union(*(self._satisfies(item).yes for item in value if not isinstance(item, list)))
            return Verdict(yes, complement(yes))
        return self._equal(value)

    def _equal(self, value: Value) -> Verdict:
        if value is None:
            return Verdict(NULL, complement(NULL))
        key = self._key(value)
        if key is None:
            return Verdict(NOTHING, NULL)
        self.points.append(value)
        kind = self.line.kind
        yes = span(kind.before(key), kind.behind(key))
        return Verdict(yes, complement(yes))

    def _key(self, value: Value) -> Any:
        key = self.line.key(value)
        if key is None and value is not None:
            self.strangers.append(value)
        return key

    def _in_range(self, within: Range) -> Verdict:
        if within.operator in ("=", "!="):
            found = self._equal(within.low)
            return found if within.operator == "=" else Verdict(found.no, found.yes)
        kind = self.line.kind
        low, high = self._key(within.low), self._key(within.high)
        lacks = {within.operator in ("<", "<=") or low is not None, within.operator in (">", ">=") or high is not None}
        if False in lacks or not kind.is_ordered:
            return UNDEFINED
        start = FIRST_VALUE if low is None else (kind.before if within.low_included else kind.behind)(low)
        end = LAST if high is None else (kind.behind if within.high_included else kind.before)(high)
        yes = span(start, end)
        return Verdict(yes, difference(complement(yes), NULL))


def _all(parts: list[Verdict]) -> Verdict:
    """Three-valued `and`."""
    yes, no = intersection(*(each.yes for each in parts)), union(*(each.no for each in parts))
    return Verdict(yes, no, difference(union(*(each.open for each in parts)), no))


def _is_input(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Name) and node.name == INPUT


_CONDITIONS: dict[type[nodes.Node], Callable[[Reader, Any], Verdict]] = {
    nodes.Comparison: Reader._comparison,
    nodes.Between: Reader._between,
    nodes.In: Reader._inside,
    nodes.Junction: Reader._junction,
    nodes.Path: Reader._not,
}


def constants(tests: feel.UnaryTests) -> Iterator[Value]:
    """Constants that tests name at their outside: what they say of the kind of a column that has no type."""
    for node in tests.nodes:
        at = node.point if isinstance(node, nodes.HalfOpen) else node.low if isinstance(node, nodes.Interval) else node
        try:
            value = None if names_input(at) else constant(at)
        except NotConstant:
            continue
        yield from value if isinstance(value, list) else (value,)
