"""The outputs of rules that are known from the text: constants, as a run would give them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from stellwerk import feel
from stellwerk.dmn.bits import Bits
from stellwerk.dmn.item_types import ANYTHING, Item, fitted
from stellwerk.dmn.run import Box, DmnRun
from stellwerk.dmn.tables import Output, Table, Written, permitted, rank
from stellwerk.feel.reads import names_in
from stellwerk.feel.runtime import Frame
from stellwerk.feel.temporal import Date, DaysDuration, MonthsDuration

from .kinds import Value
from .verdicts import CLOCK, CONSTANT_STEPS

PLAIN = (type(None), bool, str, Decimal, Date, DaysDuration, MonthsDuration)
LISTS = ("COLLECT", "RULE ORDER", "OUTPUT ORDER")
Key = tuple[type, Any]
"""A value whose equality in FEEL is that of Python among its kind."""


@dataclass(frozen=True, slots=True)
class Result:
    """A constant output: its value in the type of the column, and what a run notes about it."""

    value: Any
    notices: tuple[str, ...]

    @property
    def key(self) -> Key | None:
        return (type(self.value), self.value) if isinstance(self.value, PLAIN) else None


Row = tuple[Result | None, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """The outputs of each rule, None where one is no constant. `ranks`: its priorities, None if not all are known."""

    rows: tuple[Row, ...]
    defaults: Row
    ranks: tuple[tuple[int, ...] | None, ...]

    def differing(self) -> list[Bits]:
        """For each rule those whose result is another one for certain."""
        found = [0] * len(self.rows)
        for column in range(len(self.defaults)):
            of: dict[Key, Bits] = {}
            keys = [None if row[column] is None else row[column].key for row in self.rows]  # type: ignore[union-attr]
            for at, key in enumerate(keys):
                if key is not None:
                    of[key] = of.get(key, 0) | 1 << at
            known = sum(of.values())
            for at, key in enumerate(keys):
                if key is not None:
                    found[at] |= known & ~of[key]
        return found


def results_of(written: Written) -> Results:
    table, items = written.compiled, _wanted(written)
    made: dict[tuple[int, str], Result | None] = {}

    def result(column: int, box: Box) -> Result | None:
        key = column, "" if box.expression is None else box.expression.text
        if key not in made:
            made[key] = _result(table.outputs[column], items[column], box)
        return made[key]

    rows = tuple(tuple(result(at, box) for at, box in enumerate(rule.outputs)) for rule in table.rules)
    given = [(each, item, each.default) for each, item in zip(table.outputs, items, strict=True)]
    defaults = tuple(None if box is None else _result(each, item, box) for each, item, box in given)
    return Results(rows, defaults, tuple(_ranks(table, row) for row in rows))


def values_of(written: Written) -> tuple[Value, ...] | None:
    """What a table can decide: null, and its constants if it has one output and gives one of them; else None."""
    if written.written.hit_policy in LISTS or len(written.written.outputs) > 1 or written.decides.of is not None:
        return None
    found = results_of(written)
    given = written.compiled.outputs[0].default is not None
    results = [row[0] for row in found.rows] + ([found.defaults[0]] if given else [])
    known = [result.value for result in results if result is not None]
    return tuple(known) if len(known) == len(results) else None


def _wanted(written: Written) -> list[Item]:
    """The type that the decision has for each output. Aggregations make another value of them."""
    item, outputs = written.decides, written.written.outputs
    if written.written.hit_policy in LISTS:
        item = item.of if item.of is not None and not written.written.aggregation else ANYTHING
    if len(outputs) == 1:
        return [item]
    return [dict(item.fields).get(output.name, ANYTHING) for output in outputs]


def _result(output: Output, wanted: Item, box: Box) -> Result | None:
    """None if it is known only when it runs. What cannot be compiled was told already."""
    if not is_constant(box) or (output.values is not None and output.values.names):
        return None
    run = DmnRun(feel.Budget(steps=CONSTANT_STEPS), None)
    frame = Frame({}, None, run)
    try:
        value = permitted(output, box.closure(frame), frame, run)
        if value is not None:
            fitted(value, wanted, run, output.spot)
    except feel.BudgetExceeded:
        return None
    return Result(value, tuple(notice.message for notice in run.notices))


def is_constant(box: Box) -> bool:
    expression = box.expression
    return expression is not None and not expression.names and not names_in(expression.node) & CLOCK


def _ranks(table: Table, row: Row) -> tuple[int, ...] | None:
    if None in row:
        return None
    return tuple(_each_rank(table, row))


def _each_rank(table: Table, row: Row) -> Iterator[int]:
    frame = Frame({}, None, DmnRun(feel.Budget(steps=CONSTANT_STEPS), None))
    for output, result in zip(table.outputs, row, strict=True):
        yield rank(output.order, None if result is None else result.value, frame)
