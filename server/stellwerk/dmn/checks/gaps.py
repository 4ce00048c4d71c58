"""Inputs that no rule matches."""

from __future__ import annotations

from collections.abc import Iterable

from stellwerk.errors import Severity

from .examples import example, region
from .looked import Looked
from .registry import Finding, rule
from .space import Space

MOST_GAPS = 5
SINGLE = ("UNIQUE", "ANY", "FIRST", "PRIORITY")


@rule(
    "dmn-gap",
    "Every input matches a rule, or there is a default output. null is not asked for. For hit policies that collect it "
    "is an info, and counting rules have none.",
    "warning",
    clause="8.2.11",
    remedy="Add a rule for the input that the message names, or give a default output.",
)
def gaps(table: Looked) -> Iterable[Finding]:
    written = table.table.written
    has_default = any(output.default is not None for output in table.table.compiled.outputs)
    if has_default or written.aggregation == "COUNT":
        return
    severity: Severity = "warning" if table.policy in SINGLE else "info"
    if not table.rules:
        yield written.place, "The table has no rule, so that it is always null. Add one.", severity
        return
    grid = table.grid
    space = Space(grid.allowed, grid.may, table.effort)
    boxes = (1 << len(grid.may)) - 1
    for found in range(MOST_GAPS + 1):
        hole = space.uncovered(grid.values, boxes)
        if hole is None:
            return
        if found == MOST_GAPS:
            text = f"There are more than the {MOST_GAPS} gaps that are named. Fill these first."
            yield written.place, text, severity
            return
        hole = space.widened(hole, grid.allowed, boxes)
        where = region(grid, hole)
        whole = f" The whole gap is: {where}." if where else ""
        text = f"No rule matches {example(grid, hole)}.{whole} Add a rule, or give a default output."
        yield written.place, text, severity
        boxes |= space.add(hole)
