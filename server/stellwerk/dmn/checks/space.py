"""Boxes in a space of columns: which meet, and what a set of them leaves uncovered.

Each column is cut into finitely many segments; a side of a box is a set of segments, a box one side for each column.
Sets of segments and of boxes are the bits of whole numbers, so that one operation looks at all of them. Tables as
boxes, and gaps by going from column to column, are after D. Calvanese, M. Dumas, Ü. Laurson, F. M. Maggi, M. Montali
and I. Teinemaa, *Semantics and Analysis of DMN Decision Tables* (BPM 2016). What differs: places in the search where
the same boxes are left are looked at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from stellwerk.dmn.bits import Bits, members

Box = tuple[Bits, ...]


class TooMuch(Exception):
    """The effort that was allowed is spent."""


@dataclass(slots=True)
class Purse:
    """What all tables of a file may take together."""

    left: int


@dataclass(slots=True)
class Effort:
    """Operations on sets that are left, and that were done. An operation on `weight` times as many bits takes as much
    more out of the purse."""

    left: int
    spent: int = 0
    purse: Purse | None = None
    weight: int = 1

    def spend(self, steps: int) -> None:
        self.spent += steps
        self.left -= steps
        if self.purse is not None:
            self.purse.left -= steps * self.weight
        if self.left < 0 or self.is_over:
            raise TooMuch

    @property
    def is_over(self) -> bool:
        """Nothing is left for any table."""
        return self.purse is not None and self.purse.left < 0


def runs(bits: Bits) -> Iterator[tuple[int, int]]:
    """Start and end of each run of neighbours."""
    at = 0
    while bits:
        skipped = (bits & -bits).bit_length() - 1
        bits >>= skipped
        length = (~bits & (bits + 1)).bit_length() - 1
        bits >>= length
        yield at + skipped, at + skipped + length
        at += skipped + length


def bits_of(start: int, end: int) -> Bits:
    return (1 << end) - (1 << start)


def weight_of(bits: int) -> int:
    """How much an operation on sets of so many bits takes: it is the same as far as a set fits into half a kilobyte."""
    return 1 + bits // 4096


class Space:
    """`full` is the box of all segments. An empty box meets nothing and covers nothing."""

    def __init__(self, full: Box, boxes: Sequence[Box], effort: Effort) -> None:
        self.full = full
        self.boxes = list(boxes)
        self.effort = effort
        effort.weight = weight_of(len(self.boxes))
        # Columns in which boxes differ most come first: they leave the fewest boxes to look at.
        self._order = sorted(range(len(full)), key=self._sameness)
        self._runs: dict[Bits, tuple[tuple[int, int], ...]] = {}

    def _sameness(self, column: int) -> tuple[int, int]:
        sides = [box[column] for box in self.boxes]
        return sides.count(self.full[column]), -len(set(sides))

    def meeting(self, queries: Sequence[Box]) -> list[Bits]:
        """For each query the boxes that have a point in common with it."""
        everyone = sum(1 << at for at, box in enumerate(self.boxes) if all(box))
        found = [everyone if all(query) else 0 for query in queries]
        for column, full in enumerate(self.full):
            sides = {query[column] for query in queries} - {0, full}
            if any(box[column] != full for box in self.boxes):
                touched = self._touched(column, sides)
                for at, query in enumerate(queries):
                    found[at] &= touched.get(query[column], everyone)
                self.effort.spend(len(queries))
        return found

    def _touched(self, column: int, sides: set[Bits]) -> dict[Bits, Bits]:
        """For each side the boxes that meet it in that column: they cover its first segment, or begin further on."""
        size = self.full[column].bit_length()
        begin, toggle = [0] * size, [0] * (size + 1)
        for at, box in enumerate(self.boxes):
            for start, end in self._runs_of(box[column]):
                begin[start] |= 1 << at
                toggle[start] ^= 1 << at
                toggle[end] ^= 1 << at
        self.effort.spend(len(self.boxes) + size)
        covering, active = [], 0
        for bits in toggle:
            active ^= bits
            covering.append(active)
        beginning = _Ranges(begin, self.effort)
        found: dict[Bits, Bits] = {}
        for side in sides:
            found[side] = 0
            for start, end in self._runs_of(side):
                found[side] |= covering[start] | beginning.union(start + 1, end)
        return found

    def _runs_of(self, bits: Bits) -> tuple[tuple[int, int], ...]:
        found = self._runs.get(bits)
        if found is None:
            found = self._runs[bits] = tuple(runs(bits))
            self.effort.spend(len(found))
        return found

    def uncovered(self, within: Box, boxes: Bits) -> Box | None:
        """A part of a box, with no empty side, that none of these boxes meets; None if they cover it."""
        if not all(within):
            return None
        rest = self._covering_from(within, boxes)
        if rest[0]:
            return None
        covered: set[tuple[int, Bits]] = set()
        path: list[tuple[Bits, Bits]] = [(0, boxes)]
        open_groups = [self._groups(0, within, boxes)] if self._order and boxes else []
        if not open_groups:
            return within
        while open_groups:
            depth = len(open_groups)
            step = next(open_groups[-1], None)
            if step is None:
                covered.add((depth - 1, path.pop()[1]))
                open_groups.pop()
                continue
            left = step[1]
            if not left:
                return self._part(within, [*(side for side, _ in path[1:]), step[0]])
            if left & rest[depth] or (depth, left) in covered:
                continue
            path.append(step)
            open_groups.append(self._groups(depth, within, left))
        return None

    def covering(self, box: Box, boxes: Bits) -> Bits:
        """Those of them that cover it alone."""
        return self._covering_from(box, boxes)[0]

    def _part(self, within: Box, sides: list[Bits]) -> Box:
        chosen = dict(zip(self._order, sides, strict=False))
        return tuple(chosen.get(column, side) for column, side in enumerate(within))

    def _covering_from(self, within: Box, boxes: Bits) -> list[Bits]:
        """For each depth the boxes that cover all columns from there on: behind the last one, all."""
        found = [boxes]
        for column in reversed(self._order):
            side = within[column]
            self.effort.spend(found[-1].bit_count())
            found.append(sum(1 << at for at in members(found[-1]) if self.boxes[at][column] & side == side))
        return found[::-1]

    def _groups(self, depth: int, within: Box, boxes: Bits) -> Iterator[tuple[Bits, Bits]]:
        """The segments of a column, those together that leave the same boxes; the fewest boxes first."""
        column = self._order[depth]
        side = within[column]
        toggles: dict[int, Bits] = {start: 0 for start, _ in self._runs_of(side)}
        ends = {end for _, end in self._runs_of(side)}
        always = 0
        for at in members(boxes):
            own = self.boxes[at][column]
            if own & side == side:
                always |= 1 << at
                continue
            for start, end in self._runs_of(own & side):
                toggles[start] = toggles.get(start, 0) ^ 1 << at
                toggles[end] = toggles.get(end, 0) ^ 1 << at
        self.effort.spend(boxes.bit_count() + len(toggles))
        groups: dict[Bits, Bits] = {}
        active, cuts = always, sorted({*toggles, *ends})
        for start, end in pairwise(cuts):
            active ^= toggles.get(start, 0)
            part = bits_of(start, end) & side
            if part:
                groups[active] = groups.get(active, 0) | part
        return iter(sorted(((part, left) for left, part in groups.items()), key=lambda each: each[1].bit_count()))

    def widened(self, box: Box, within: Box, boxes: Bits) -> Box:
        """An uncovered box, made as large as it goes one column after the other."""
        found = list(box)
        for column, side in enumerate(within):
            others = [at for at in range(len(found)) if at != column]
            self.effort.spend(boxes.bit_count())
            for at in members(boxes):
                if all(self.boxes[at][other] & found[other] for other in others):
                    side &= ~self.boxes[at][column]
            found[column] = side
        return tuple(found)

    def add(self, box: Box) -> Bits:
        """One more box; its bit."""
        self.boxes.append(box)
        return 1 << len(self.boxes) - 1


class _Ranges:
    """Unions of neighbours in a list of sets, each in logarithmic time."""

    def __init__(self, sets: Sequence[Bits], effort: Effort) -> None:
        self.size = len(sets)
        self.effort = effort
        self.nodes = [0] * self.size + list(sets)
        for at in range(self.size - 1, 0, -1):
            self.nodes[at] = self.nodes[2 * at] | self.nodes[2 * at + 1]

    def union(self, start: int, end: int) -> Bits:
        """Of the sets from `start` up to and without `end`."""
        found, low, high = 0, start + self.size, end + self.size
        while low < high:
            self.effort.spend(1)
            if low & 1:
                found |= self.nodes[low]
                low += 1
            if high & 1:
                high -= 1
                found |= self.nodes[high]
            low >>= 1
            high >>= 1
        return found
