"""Other expression languages than FEEL: whoever loads a file brings them, by the name that files call them.

A literal expression or a table that names such a language is evaluated by it. A table is in one language as a whole:
its cells are tested against the text of their input expressions, since that is what such a language compares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from stellwerk.feel.convert import lift
from stellwerk.feel.errors import FeelError
from stellwerk.feel.runtime import Frame

from . import hit_policies, tree
from .run import Box, DmnRun, Kind, Matched, Spot, Value, run_of

if TYPE_CHECKING:
    from .boxes import Compiler


class DialectError(Exception):
    """A text cannot be read, or its evaluation failed. The text says why."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """`evaluate` takes values by name, gives one of Python, and raises DialectError. `names`: what it may read."""

    evaluate: Callable[[Mapping[str, Any]], Any]
    names: frozenset[str]


class Dialect(Protocol):
    """A language. Both raise DialectError for a text that cannot be read."""

    def value(self, text: str) -> Compiled:
        """An expression; an empty text is the value that an output without one has."""

    def test(self, input: str, cell: str) -> Compiled:
        """Whether the value of an input expression passes the cell of a rule."""


Dialects = Mapping[str, Dialect]


class Seen(Mapping[str, Value]):
    """The names of a frame and of those around it."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def _frames(self) -> Iterator[Frame]:
        frame: Frame | None = self._frame
        while frame is not None:
            yield frame
            frame = frame.parent

    def __getitem__(self, name: str) -> Value:
        for frame in self._frames():
            if name in frame.values:
                return frame.values[name]
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return any(name in frame.values for frame in self._frames())

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(name for frame in self._frames() for name in frame.values))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def of(compiler: Compiler, language: str) -> Dialect | None:
    return compiler.dialects.get(language.strip().lower())


def of_table(compiler: Compiler, table: tree.DecisionTable) -> Dialect | None:
    """The language that the parts of a table name, if it is one of the dialects and no part names another one."""
    parts: list[tree.Literal | tree.Tests] = [column.expression for column in table.inputs]
    for rule in table.rules:
        parts += [*rule.inputs, *rule.outputs]
    named = {part.language.strip().lower() for part in parts if part.language}
    found = [language for language in named if language in compiler.dialects]
    if len(named) > 1 and found:
        text = f"The parts of the table are in several languages: {', '.join(sorted(named))}. Use one for all."
        compiler.report(table.place, "dmn-language", text)
        return None
    return compiler.dialects[found[0]] if found else None


# -- literal expressions
def literal(compiler: Compiler, expression: tree.Literal, dialect: Dialect) -> Box:
    part = _part(compiler, expression.place, lambda: dialect.value(expression.text))
    if part is None:
        return compiler.null(expression.place, "The expression cannot be read")
    return Box(lambda frame: _value(part, frame), part.weight, part.compiled.names)


@dataclass(frozen=True, slots=True)
class _Part:
    compiled: Compiled
    spot: Spot
    weight: int = 4


class _Failed(Exception):
    """It was noted; the table has no value."""


def _part(compiler: Compiler, place: tree.Place, compile: Callable[[], Compiled]) -> _Part | None:
    """A compiled text; None, and a problem, if it cannot be read."""
    try:
        return _Part(compile(), compiler.spot(place))
    except DialectError as error:
        compiler.report(place, "dmn-expression", str(error))
        return None


def _value(part: _Part, frame: Frame) -> Value:
    try:
        return _evaluated(part, Seen(frame), run_of(frame))
    except _Failed:
        return None


def _evaluated(part: _Part, names: Mapping[str, Any], run: DmnRun) -> Value:
    run.charge(part.weight)
    try:
        return lift(part.compiled.evaluate(names))
    except (DialectError, FeelError) as error:
        run.note(str(error), part.spot, Kind.FAILED)
        raise _Failed from None


# -- decision tables
@dataclass(frozen=True, slots=True)
class _Rule:
    number: int
    id: str
    tests: tuple[_Part, ...]
    outputs: tuple[_Part, ...]


def table(compiler: Compiler, written: tree.DecisionTable, dialect: Dialect) -> Box:
    """The table; a hit policy UNIQUE takes the first rule that matches, as the engines of such files do."""
    name = "FIRST" if written.hit_policy == "UNIQUE" else written.hit_policy
    policy = hit_policies.of(name, written.aggregation)
    if policy is None or policy.needs_order:
        return compiler.null(written.place, f"The hit policy {written.hit_policy} needs a table in FEEL")
    texts = [column.expression.text.strip() or column.label for column in written.inputs]
    inputs = [
        _part(compiler, column.place, lambda text=text: dialect.value(text))  # type: ignore[misc]
        for column, text in zip(written.inputs, texts, strict=True)
    ]
    rules = [_rule(compiler, number, rule, texts, dialect) for number, rule in enumerate(written.rules, 1)]
    if None in inputs or None in rules:
        return compiler.null(written.place, "The decision table cannot be read")
    names = tuple(output.name for output in written.outputs)
    spot = compiler.spot(written.place)
    whole = _Table(compiler.node, [p for p in inputs if p], names, [r for r in rules if r], policy, spot)
    parts = [*whole.inputs, *(part for rule in whole.rules for part in (*rule.tests, *rule.outputs))]
    reads: frozenset[str] = frozenset().union(*(part.compiled.names for part in parts))
    return Box(whole.evaluate, 1, reads)


def _rule(compiler: Compiler, number: int, rule: tree.Rule, inputs: list[str], dialect: Dialect) -> _Rule | None:
    """A cell that is empty or `-` matches everything."""
    tests = [
        _part(compiler, cell.place, lambda text=text, cell=cell: dialect.test(text, cell.text.strip()))  # type: ignore[misc]
        for cell, text in zip(rule.inputs, inputs, strict=True)
        if cell.text.strip() not in ("", "-")
    ]
    outputs = [_part(compiler, each.place, lambda each=each: dialect.value(each.text.strip())) for each in rule.outputs]  # type: ignore[misc]
    if None in tests or None in outputs:
        return None
    return _Rule(number, rule.place.id, tuple(p for p in tests if p), tuple(p for p in outputs if p))


@dataclass(frozen=True, slots=True)
class _Table:
    node: tree.Node
    inputs: list[_Part]
    outputs: tuple[str, ...]
    rules: list[_Rule]
    policy: hit_policies.HitPolicy
    spot: Spot

    def evaluate(self, frame: Frame) -> Value:
        run, names = run_of(frame), Seen(frame)
        try:
            values = tuple(_evaluated(part, names, run) for part in self.inputs)
            rules = self._matches(names, run)
            hits = [[_evaluated(part, names, run) for part in rule.outputs] for rule in rules]
        except _Failed:
            return None
        numbers, ids = tuple(rule.number for rule in rules), tuple(rule.id for rule in rules)
        place = self.node.place.id
        run.match(Matched(self.spot.place.id, place, self.node.name, values, numbers, ids, tuple(map(tuple, hits))))
        if not rules:
            return self.policy.empty if self.policy.empty is not None else run.note("No rule matches", self.spot)
        try:
            return self.policy.result(hits, lambda outputs: [], self._made, run)
        except hit_policies.Violation as error:
            return run.note(str(error), self.spot, Kind.VIOLATION)

    def _matches(self, names: Seen, run: DmnRun) -> list[_Rule]:
        found: list[_Rule] = []
        for rule in self.rules:
            run.charge(1)
            if all(_evaluated(part, names, run) is True for part in rule.tests):
                found.append(rule)
                if self.policy.only_first:
                    break
        return found

    def _made(self, outputs: list[Value]) -> Value:
        return outputs[0] if len(outputs) == 1 else dict(zip(self.outputs, outputs, strict=True))
