"""One table with what several rules look at: its boxes, which of them meet, its constant outputs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from stellwerk.dmn import tree
from stellwerk.dmn.bits import Bits
from stellwerk.dmn.model import Model
from stellwerk.dmn.tables import Written

from .grid import Grid, grid_of
from .kinds import Value
from .outputs import Results, results_of, values_of
from .space import Effort, Purse, Space, TooMuch

MOST_STEPS = 1_000_000
MOST_RULES = 10_000  # among which every two are compared


class Looked:
    """`model` is the one of the table; `most`: the steps that each rule may take; `purse`: what all tables may."""

    def __init__(self, table: Written, model: Model, most: int = MOST_STEPS, purse: Purse | None = None) -> None:
        self.table = table
        self.file = model.definitions
        self.others = model.tables
        self.most = most
        self.effort = Effort(most, purse=purse)

    @property
    def policy(self) -> str:
        return self.table.written.hit_policy

    @property
    def rules(self) -> tuple[tree.Rule, ...]:
        return self.table.written.rules

    @property
    def grid(self) -> Grid:
        """Raises TooMuch, each time."""
        found = self._grid
        if found is None:
            raise TooMuch
        return found

    @cached_property
    def _grid(self) -> Grid | None:
        try:
            return grid_of(self.table, dict(self._decided()), self.effort)
        except TooMuch:
            return None

    def _decided(self) -> Iterator[tuple[str, tuple[Value, ...]]]:
        """What required decisions of this file can be, where tables of constants say it."""
        node = self.table.compiled.node
        if not isinstance(node, tree.Decision) or node.logic is not self.table.written:
            return
        required = {each.id for each in node.requires if not each.namespace}
        for other in self.others:
            decision = other.compiled.node
            is_all = isinstance(decision, tree.Decision) and decision.logic is other.written
            if is_all and decision.place.id in required:
                values = values_of(other)
                if values is not None:
                    yield decision.variable.name, values

    @cached_property
    def results(self) -> Results:
        return results_of(self.table)

    @cached_property
    def space(self) -> Space:
        """What each rule matches for certain."""
        return Space(self.grid.possible, self.grid.must, self.effort)

    @cached_property
    def meeting(self) -> tuple[Bits, ...]:
        """For each rule those that meet what it may match; itself too, if it matches anything for certain."""
        if len(self.rules) > MOST_RULES:
            self.effort.spend(self.effort.left + 1)
        return tuple(self.space.meeting(self.grid.may))

    @cached_property
    def impossible(self) -> frozenset[int]:
        """Rules that match nothing, whatever the inputs are; counted from 0."""
        return frozenset(at for at, box in enumerate(self.grid.may) if not all(box))
