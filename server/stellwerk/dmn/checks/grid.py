"""A decision table as boxes: one column for each input expression, one box for each rule."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from stellwerk import feel
from stellwerk.dmn.bits import Bits
from stellwerk.dmn.item_types import ANYTHING, Item, Known
from stellwerk.dmn.tables import Written
from stellwerk.feel import nodes
from stellwerk.feel.types import ANY

from .kinds import KINDS, Kind, Line, Value, kind_of
from .space import Box, Effort, bits_of, runs, weight_of
from .spans import EVERYTHING, NOTHING, NULL, Cut, Span, Spans, intersection, span, union
from .verdicts import Cell, Reader, constants

BLANK = Cell(EVERYTHING, EVERYTHING)
STEPS = 20  # for each hundred characters of a cell
UNKNOWN = Cell(NOTHING, EVERYTHING)


@dataclass(frozen=True, slots=True)
class Column:
    """One input of the table, its cells rule by rule.

    `line` is None if its sets cannot be known: then it has no place in the grid. `allowed` are the values that it can
    have for certain, `possible` those that it may have; null is one of both if the table is evaluated with it.
    """

    name: str
    line: Line | None
    item: Item
    allowed: Spans
    possible: Spans
    cells: tuple[Cell, ...]
    is_plain: bool  # a name or a path: any value of its type can come


@dataclass(frozen=True, slots=True)
class Axis:
    """Columns of one expression together. `cuts` are the ends of its segments."""

    name: str
    line: Line
    columns: tuple[int, ...]
    cuts: tuple[Cut, ...]
    allowed: Bits
    possible: Bits

    @property
    def size(self) -> int:
        return len(self.cuts) - 1

    def spans(self, bits: Bits) -> Spans:
        return tuple((self.cuts[start], self.cuts[end]) for start, end in runs(bits))

    def segment(self, at: int) -> Span:
        return self.cuts[at], self.cuts[at + 1]


@dataclass(frozen=True, slots=True)
class Grid:
    """`must` and `may` have a box for each rule: it matches everything inside the first, nothing outside the second.

    Both are inside of what the inputs can be. `allowed` and `possible` are these as boxes.
    """

    columns: tuple[Column, ...]
    axes: tuple[Axis, ...]
    must: tuple[Box, ...]
    may: tuple[Box, ...]
    allowed: Box
    possible: Box

    @property
    def values(self) -> Box:
        """What the inputs are allowed to be, without null."""
        return tuple(axis.allowed & ~_bits(axis.cuts, NULL) for axis in self.axes)


Decided = Mapping[str, tuple[Value, ...]]
"""Values that required decisions can have, by their names."""
WHOLE = ("integer", "long")


def grid_of(table: Written, decided: Decided, effort: Effort) -> Grid:
    """Raises TooMuch."""
    columns = tuple(_column(table, at, decided, effort) for at in range(len(table.kinds)))
    axes = tuple(_axes(columns))
    known = [_sides(axis, columns, len(table.compiled.rules), effort) for axis in axes]
    placed = {at for axis in axes for at in axis.columns}
    unknown = [column.cells for at, column in enumerate(columns) if at not in placed]
    blind = [any(cells[rule] is not BLANK for cells in unknown) for rule in range(len(table.compiled.rules))]
    must = tuple(
        tuple(0 if blind[rule] else sides[rule][0] & axis.allowed for axis, sides in zip(axes, known, strict=True))
        for rule in range(len(blind))
    )
    may = tuple(
        tuple(sides[rule][1] & axis.possible for axis, sides in zip(axes, known, strict=True))
        for rule in range(len(blind))
    )
    return Grid(columns, axes, must, may, tuple(a.allowed for a in axes), tuple(a.possible for a in axes))


def known_item(node: nodes.Node, names: Mapping[str, object]) -> Item | None:
    """The type of a name or path, as far as the model says it; None for any other expression."""
    at: object
    if isinstance(node, nodes.Name):
        at = names.get(node.name)
    elif isinstance(node, nodes.Path) and isinstance(node.first, nodes.Name):
        at = names.get(node.first.name)
        for step in node.steps:
            if not isinstance(step, nodes.Member):
                return None
            if isinstance(at, Known) and at.item.of is not None:
                return at.item  # a path into a list gives a list
            at = at.get(step.name) if isinstance(at, Mapping) else None
    else:
        return None
    return at.item if isinstance(at, Known) else ANYTHING


def _column(table: Written, at: int, decided: Decided, effort: Effort) -> Column:
    """The column with its cells; without a type it is of the one kind that all its constants have."""
    compiled = table.compiled.inputs[at]
    item = table.kinds[at]
    expression = compiled.box.expression
    source = None if expression is None else known_item(expression.node, table.names)
    tests = [next((cell for column, cell, _ in rule.cells if column == at), None) for rule in table.compiled.rules]
    item = source if source is not None and item.feel is ANY else item
    kind = _kind(item, [each for each in tests if each is not None])
    name = " ".join(table.written.inputs[at].expression.text.split())
    if kind is None:
        cells = tuple(BLANK if each is None else UNKNOWN for each in tests)
        return Column(name, None, item, EVERYTHING, EVERYTHING, cells, False)
    line = Line(kind, is_whole=item.name in WHOLE)
    made: dict[str, Cell] = {}
    cells = tuple(BLANK if each is None else _cell(each, line, made, effort) for each in tests)
    allowed, possible = _domain(line, item, source, compiled.values)
    if expression is not None and isinstance(expression.node, nodes.Name) and expression.node.name in decided:
        allowed = intersection(allowed, _points(line, decided[expression.node.name]))
    if not line.is_exact:
        cells = tuple(each if each is BLANK else UNKNOWN for each in cells)
        return Column(name, None, item, EVERYTHING, EVERYTHING, cells, False)
    return Column(name, line, item, allowed, possible, cells, source is not None)


def _cell(tests: feel.UnaryTests, line: Line, made: dict[str, Cell], effort: Effort) -> Cell:
    found = made.get(tests.text)
    if found is None:
        effort.spend(STEPS * len(tests.text) // 100)
        found = made[tests.text] = Reader(line).cell(tests)
    return found


def _kind(item: Item, cells: list[feel.UnaryTests]) -> Kind | None:
    if item.feel is not ANY:
        return KINDS.get(item.feel) if item.of is None else None
    found = {kind_of(value) for cell in cells for value in constants(cell) if value is not None}
    return found.pop() if len(found) == 1 else None


def _domain(line: Line, item: Item, source: Item | None, values: feel.UnaryTests | None) -> tuple[Spans, Spans]:
    """A value that its type does not have becomes null (10.3.2.9.4); one that is no input value, the table."""
    items = [item, *([source] if source is not None and source.feel == line.kind.type else [])]
    types = [Reader(line).cell(test) for each in items for test in each.tests]
    must = union(NULL, intersection(line.kind.values, *(cell.must for cell in types)))
    may = union(NULL, intersection(line.kind.values, *(cell.may for cell in types)))
    if values is None:
        return must, may
    own = Reader(line).cell(values)
    return intersection(must, own.must), intersection(may, own.may)


def _points(line: Line, values: Iterable[Value]) -> Spans:
    """Those of them that are of the kind of the line, and null."""
    keys = [key for key in map(line.key, values) if key is not None]
    return union(NULL, *(span(line.kind.before(key), line.kind.behind(key)) for key in keys))


def _axes(columns: tuple[Column, ...]) -> Iterable[Axis]:
    """Columns of the same expression and kind are one axis: a rule asks for both sets at once."""
    together: dict[tuple[str, str], list[int]] = {}
    for at, column in enumerate(columns):
        if column.line is not None:
            together.setdefault((column.name, column.line.kind.type.name), []).append(at)
    for (name, _), members in together.items():
        own = [columns[at] for at in members]
        line = own[0].line
        if line is None or len({offset for each in own if each.line for offset in each.line.moments}) > 1:
            continue  # moments of several offsets
        sets = {*(s for c in own for cell in c.cells for s in (cell.must, cell.may)), line.kind.everything}
        sets |= {NULL, *(s for c in own for s in (c.allowed, c.possible))}
        cuts = tuple(sorted({cut for spans in sets for each in spans for cut in each}))
        allowed = intersection(*(column.allowed for column in own))
        possible = intersection(*(column.possible for column in own))
        empty = sum(1 << at for at, each in enumerate(pairwise(cuts)) if not line.has_value(each))
        yield Axis(name, line, tuple(members), cuts, _bits(cuts, allowed) & ~empty, _bits(cuts, possible))


def _bits(cuts: tuple[Cut, ...], spans: Spans) -> Bits:
    return sum(bits_of(bisect_left(cuts, start), bisect_left(cuts, end)) for start, end in spans)


def _sides(axis: Axis, columns: tuple[Column, ...], count: int, effort: Effort) -> list[tuple[Bits, Bits]]:
    """For each rule the segments that it must and may match."""
    made: dict[Spans, Bits] = {}

    def side(spans: Spans) -> Bits:
        if spans not in made:
            effort.spend(len(spans) * weight_of(axis.size))
            made[spans] = _bits(axis.cuts, spans)
        return made[spans]

    found = []
    for rule in range(count):
        must = may = bits_of(0, axis.size)
        for at in axis.columns:
            cell = columns[at].cells[rule]
            must, may = must & side(cell.must), may & side(cell.may)
        found.append((must, may))
    return found
