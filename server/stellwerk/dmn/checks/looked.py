"""One table with what several rules look at: its boxes, which of them meet, its constant outputs."""

from __future__ import annotations

from functools import cached_property

from stellwerk.dmn import tree
from stellwerk.dmn.tables import Written

from .grid import Grid, grid_of
from .outputs import Results, results_of
from .space import Bits, Effort, Space

MOST_STEPS = 1_000_000
MOST_RULES = 10_000  # among which every two are compared


class Looked:
    """`file` is the one that holds the table; `most`: the steps that each rule may take."""

    def __init__(self, table: Written, file: tree.Definitions, most: int = MOST_STEPS) -> None:
        self.table = table
        self.file = file
        self.most = most
        self.effort = Effort(most)

    @property
    def policy(self) -> str:
        return self.table.written.hit_policy

    @property
    def rules(self) -> tuple[tree.Rule, ...]:
        return self.table.written.rules

    @cached_property
    def grid(self) -> Grid:
        return grid_of(self.table)

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
