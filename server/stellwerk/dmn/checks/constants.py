"""Constants that cannot be meant: of another type, outside of what is allowed, null by mistake."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from stellwerk.dmn.tree import Literal, Place
from stellwerk.feel.temporal import TEMPORAL
from stellwerk.feel.types import ANY, name_of

from .examples import listed, short, text
from .grid import Column
from .kinds import Value
from .looked import Looked
from .outputs import Result
from .registry import Finding, rule
from .spans import VALUES, intersection, span


def _cells(table: Looked) -> Iterator[tuple[int, int, Column]]:
    """Rule, column and the column again, for all columns whose values are known."""
    for at, column in enumerate(table.grid.columns):
        if column.line is not None:
            yield from ((number, at, column) for number in range(len(column.cells)))


@rule(
    "dmn-cell-type",
    "Constants in the cells of a column are of its type.",
    clause="10.3.2.15",
    remedy="Write a value of that type, or change the type of the column.",
)
def types(table: Looked) -> Iterable[Finding]:
    for number, at, column in _cells(table):
        strangers = column.cells[number].strangers
        if strangers and column.item.feel is not ANY:
            found = f"Rule {number + 1}: {_shown(strangers[0])} is a {name_of(strangers[0])}, and"
            found += f" '{short(column.name)}' a {column.item.feel.name}: the one never matches the other."
            yield table.rules[number].inputs[at].place, f"{found} {_way_out(strangers[0], column)}"


def _shown(value: Value) -> str:
    return text(value) if isinstance(value, (bool, str, Decimal, *TEMPORAL)) else "the value"


def _way_out(value: Value, column: Column) -> str:
    wanted = column.item.feel.name
    if isinstance(value, str) and wanted in ("date", "time", "date and time"):
        return f"Write {wanted}({text(value)})."
    if isinstance(value, str) and wanted in ("number", "boolean"):
        return f"Write a {wanted} without quotes, or change the type of the column."
    if wanted == "string" and _shown(value) != "the value":
        return f'Write "{text(value)}" in quotes, or change the type of the column.'
    return f"Write a {wanted}, or change the type of the column."


@rule(
    "dmn-cell-null",
    "Constants in cells have a value: the ends of a range are in order, a date exists.",
    clause="10.3.2.7",
    remedy="Correct the constant.",
)
def nulls(table: Looked) -> Iterable[Finding]:
    for number, at, column in _cells(table):
        for why in column.cells[number].mistakes[:1]:
            written = table.rules[number].inputs[at]
            found = f"Rule {number + 1}: '{short(written.text.strip())}' is null whatever the input is. {why}."
            yield written.place, f"{found} Correct it."


@rule(
    "dmn-cell-value",
    "Values that the cells of a column name are among its input values, and allowed by its type.",
    clause="8.3.3",
    remedy="Correct the value, or add it to the allowed ones.",
)
def values(table: Looked) -> Iterable[Finding]:
    for number, at, column in _cells(table):
        wrong = [value for value in column.cells[number].points if not _is_possible(column, value)]
        if wrong:
            allowed = listed(column.line, intersection(column.possible, VALUES)) if column.line else ""
            found = (
                f"Rule {number + 1}: {text(wrong[0])} is no value of '{short(column.name)}'. Allowed are: {allowed}."
            )
            yield table.rules[number].inputs[at].place, f"{found} Correct it, or add it to them."


def _is_possible(column: Column, value: Value) -> bool:
    if column.line is None or column.possible == column.line.kind.everything:
        return True
    key = column.line.key(value)
    own = span(column.line.kind.before(key), column.line.kind.behind(key))
    return bool(intersection(own, column.possible))


def is_wrong(column: Column, rule: int) -> bool:
    """Does one of these rules tell about the cell?"""
    cell = column.cells[rule]
    return bool(cell.strangers or cell.mistakes) or not all(_is_possible(column, value) for value in cell.points)


@rule(
    "dmn-output-value",
    "A constant output is a value of the type of its column and of the decision, and among the output values.",
    clause="8.3.4",
    remedy="Correct the output, or what is allowed.",
)
def outputs(table: Looked) -> Iterable[Finding]:
    for number, row in enumerate(table.results.rows):
        literals = table.rules[number].outputs
        yield from _wrong(f"Rule {number + 1}: the output", literals, row)
    defaults = [each.default for each in table.table.written.outputs]
    yield from _wrong("The default output", defaults, table.results.defaults)


def _wrong(what: str, literals: Iterable[Literal | None], row: Iterable[Result | None]) -> Iterator[Finding]:
    for literal, result in zip(literals, row, strict=True):
        if literal is not None and result is not None and result.notices and literal.text.strip():
            place: Place = literal.place
            shown = short(" ".join(literal.text.split()))
            yield place, f"{what} {shown} is null when it is decided. {result.notices[0]}. Correct it."
