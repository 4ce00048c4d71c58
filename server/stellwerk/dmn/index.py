"""Which rules of a table can match, without a look at each: cells of constants are laid out once, column by column.

The constants of a column cut its values into points and gaps; a cell says the same of all values in one of these. So a
position has a set of rules, as the bits of a number, and the sets of all columns are intersected.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from stellwerk import feel
from stellwerk.feel.runtime import Frame

from .atoms import KEYS, Atom, atoms_of
from .bits import Bits
from .run import Value

Answer = tuple[Bits, Bits]
"""The rules whose cell is satisfied, and those for whose cell the value is not defined."""
Range = tuple[int, int]
"""Positions, the second one not included."""
PARTS = 256  # of a line, whose sets are kept


class Index:
    """The cells of a table, by column and rule; one that is `-` is not among them.

    `open`: the rules that have cells which look at more than constants, with the columns of these: they must be
    evaluated.
    """

    __slots__ = ("columns", "everything", "open")

    def __init__(self, rules: Sequence[Iterable[tuple[int, feel.UnaryTests]]]) -> None:
        self.everything = (1 << len(rules)) - 1
        self.open: dict[int, set[int]] = {}
        known: dict[str, tuple[Atom, ...] | None] = {}
        cells: dict[int, list[_Cell]] = {}
        for rule, row in enumerate(rules):
            for column, tests in row:
                if tests.text not in known:
                    known[tests.text] = atoms_of(tests)
                atoms = known[tests.text]
                if atoms is None:
                    self.open.setdefault(rule, set()).add(column)
                else:
                    cells.setdefault(column, []).append(_Cell(rule, tests, atoms))
        self.columns = tuple((column, _Column(cells[column], self.everything)) for column in sorted(cells))

    def look(self, values: Sequence[Value], frame: Frame) -> tuple[Bits, list[tuple[int, Bits]]]:
        """The rules whose constant cells are all satisfied; and, for each column, those where the first cell that is
        not, is undefined there."""
        found, undefined = self.everything, []
        for column, index in self.columns:
            matching, unknown = index.look(values[column], frame)
            unknown &= found
            if unknown:
                undefined.append((column, unknown))
            found &= matching
            if not found:
                break
        return found, undefined


class _Cell:
    """The cell of one rule."""

    __slots__ = ("atoms", "bit", "is_negated", "rule", "tests")

    def __init__(self, rule: int, tests: feel.UnaryTests, atoms: tuple[Atom, ...]) -> None:
        self.rule = rule
        self.bit = 1 << rule
        self.tests = tests
        self.atoms = atoms
        self.is_negated = tests.is_negated

    def verdict(self, verdicts: Iterable[bool | None]) -> bool | None:
        """Three-valued `or`, and `not`."""
        given = set(verdicts)
        found = True if True in given else None if None in given else False
        return found if found is None or not self.is_negated else not found

    def ranges(self, line: _Line) -> tuple[list[Range], list[Range]]:
        """The positions where it is satisfied, and those where it is undefined."""
        own = [each for atom in self.atoms if atom.kind is line.kind for each in line.ranges(atom)]
        others = {atom.of_others for atom in self.atoms if atom.kind is not line.kind}
        inside = [(0, line.size)] if True in others else _union(own)
        outside = _complement(inside, line.size)
        if None in others:
            return ([] if self.is_negated else inside), outside
        return (outside if self.is_negated else inside), []


class _Column:
    """The cells of one column. `blank`: rules whose cell is `-` or must be evaluated."""

    __slots__ = ("blank", "cells", "lines", "of_null", "of_others")

    def __init__(self, cells: list[_Cell], everything: Bits) -> None:
        self.blank = everything ^ sum(cell.bit for cell in cells)
        self.cells = cells
        self.of_null = self._answer(cell.verdict(atom.of_null for atom in cell.atoms) for cell in cells)
        self.of_others = self._answer(cell.verdict(atom.of_others for atom in cell.atoms) for cell in cells)
        kinds = {atom.kind for cell in cells for atom in cell.atoms}
        self.lines = {kind: _Line(kind, cells, self.blank) for kind in kinds if kind is not None}

    def look(self, value: Value, frame: Frame) -> Answer:
        line = self.lines.get(type(value))
        if line is not None:
            return line.look(value)
        if isinstance(value, feel.DateTime) and feel.Date in self.lines:
            return self._one_by_one(value, frame)
        return self.of_null if value is None else self.of_others

    def _one_by_one(self, value: Value, frame: Frame) -> Answer:
        """A date and time compares with dates by its offset, and has no place among them."""
        warnings = frame.run.warnings
        before = len(warnings)
        found = self._answer(cell.tests.verdict(frame, value) for cell in self.cells)
        del warnings[before:]
        return found

    def _answer(self, verdicts: Iterable[bool | None]) -> Answer:
        matching, undefined = self.blank, 0
        for cell, found in zip(self.cells, verdicts, strict=True):
            matching |= cell.bit if found else 0
            undefined |= cell.bit if found is None else 0
        return matching, undefined


class _Line:
    """The values of one kind, cut at the constants: position 2i + 1 is that of the key i, 2i the gap before it."""

    __slots__ = ("key", "keys", "kind", "matching", "size", "undefined")

    def __init__(self, kind: type, cells: list[_Cell], blank: Bits) -> None:
        self.kind = kind
        self.key = KEYS[kind]
        atoms = [atom for cell in cells for atom in cell.atoms if atom.kind is kind]
        self.keys = sorted({key for atom in atoms for key in (atom.low, atom.high) if key is not None})
        self.size = 2 * len(self.keys) + 1
        matching: list[tuple[int, int]] = []
        undefined: list[tuple[int, int]] = []
        for cell in cells:
            for changes, ranges in zip((matching, undefined), cell.ranges(self), strict=True):
                changes += [(end, cell.rule) for each in ranges for end in each]
        self.matching = _Steps(blank, matching)
        self.undefined = _Steps(0, undefined) if undefined else None

    def look(self, value: Value) -> Answer:
        key = self.key(value)
        at = bisect_left(self.keys, key)
        position = 2 * at + (at < len(self.keys) and self.keys[at] == key)
        return self.matching.at(position), 0 if self.undefined is None else self.undefined.at(position)

    def ranges(self, atom: Atom) -> list[Range]:
        """The positions whose values satisfy a test of this kind."""
        start = 0 if atom.low is None else 2 * bisect_left(self.keys, atom.low) + (1 if atom.low_included else 2)
        end = (
            self.size if atom.high is None else 2 * bisect_left(self.keys, atom.high) + (2 if atom.high_included else 1)
        )
        found = [(start, end)] if start < end else []
        return _complement(found, self.size) if atom.is_negative else found


class _Steps:
    """A set of rules for each position: whole for some of them, and between these what comes and goes.

    How many are whole does not depend on the number of rules, so that their memory grows as the table does.
    """

    __slots__ = ("changes", "starts", "whole")

    def __init__(self, first: Bits, changes: list[tuple[int, int]]) -> None:
        """`changes`: (position, rule that comes or goes there)."""
        most = len(changes) // PARTS
        bits = first
        self.starts, self.whole = [0], [first]
        self.changes: list[list[tuple[int, int]]] = [[]]
        for position, rule in sorted(changes):
            bits ^= 1 << rule
            if position == self.starts[-1]:
                self.whole[-1] = bits
            elif len(self.changes[-1]) < most:
                self.changes[-1].append((position, rule))
            else:
                self.starts.append(position)
                self.whole.append(bits)
                self.changes.append([])

    def at(self, position: int) -> Bits:
        part = bisect_right(self.starts, position) - 1
        bits = self.whole[part]
        for start, rule in self.changes[part]:
            if start > position:
                break
            bits ^= 1 << rule
        return bits


def _union(ranges: list[Range]) -> list[Range]:
    found: list[Range] = []
    for start, end in sorted(ranges):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def _complement(ranges: list[Range], size: int) -> list[Range]:
    """Of ranges in their order that do not meet."""
    ends = [0, *(end for each in ranges for end in each), size]
    return [(start, end) for start, end in zip(ends[::2], ends[1::2], strict=True) if start < end]
