"""Decision tables (chapter 8): cells are compiled once, a rule matches if all its cells are true.

Input expressions are evaluated once, outputs only of rules that matched.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stellwerk import feel
from stellwerk.feel.compiler import INPUT, Test, compiled_test
from stellwerk.feel.runtime import Frame
from stellwerk.feel.types import Type

from . import hit_policies, tree
from .bits import members
from .index import Index
from .item_types import ANYTHING, Item, names_inside
from .run import Box, DmnRun, Kind, Matched, Spot, Value, holds, run_of
from .versions import is_feel, not_run

if TYPE_CHECKING:
    from .boxes import Compiler
    from .room import Names

Cell = feel.UnaryTests
RULES_PER_STEP = 64  # of a look into the index; a rule that it finds costs what its cells and outputs cost


@dataclass(frozen=True, slots=True)
class Input:
    """A column: what it looks at, and the tests that its values must satisfy (8.3.3)."""

    box: Box
    values: Cell | None
    is_list: bool
    label: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class Output:
    """A column of results. `order`: its possible values, those with priority first (8.2.10); may be empty."""

    name: str
    values: Cell | None
    default: Box | None
    spot: Spot
    order: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """`cells`: (column, tests) without those that are `-`."""

    number: int
    id: str
    cells: tuple[tuple[int, Cell, Spot], ...]
    outputs: tuple[Box, ...]


def compiled(compiler: Compiler, table: tree.DecisionTable, names: Names) -> Box:
    policy = hit_policies.of(table.hit_policy, table.aggregation)
    if policy is None or not _is_whole(table):
        return compiler.null(table.place, "The decision table is not complete")
    kinds = [compiler.item(each.expression.type, each.expression.place) for each in table.inputs]
    results = [output_type(compiler, table, each) for each in table.outputs]
    inputs = [_input(compiler, each, item, names) for each, item in zip(table.inputs, kinds, strict=True)]
    ranked = [_ranked(compiler, table, *each) for each in zip(table.outputs, results, strict=True)]
    outputs = [_output(compiler, *each, names) for each in zip(table.outputs, results, ranked, strict=True)]
    columns = [_Cells(compiler, {**names, "?": names_inside(each.feel)}) for each in kinds]
    found = [_rule(compiler, number, rule, columns, results, names) for number, rule in enumerate(table.rules, 1)]
    rules = [rule for rule in found if rule is not None]
    if len(rules) < len(found):
        return compiler.null(table.place, f"Rule {found.index(None) + 1} of the decision table cannot be read")
    if policy.needs_order and not any(each.order for each in outputs):
        text = f"The hit policy {table.hit_policy} needs the output values in their order. Give them."
        compiler.report(table.place, "dmn-output-values", text)
    spot = compiler.spot(table.place)
    index = Index([[(column, cell) for column, cell, _ in rule.cells] for rule in rules])
    whole = Table(compiler.node, tuple(inputs), tuple(outputs), tuple(rules), index, policy, spot)
    compiler.tables.append(Written(table, whole, tuple(kinds), _decided(compiler, table), names))
    reads: frozenset[str] = frozenset().union(*(each.box.reads for each in inputs))
    reads = reads.union(*(box.reads for rule in rules for box in rule.outputs))
    cells = [cell for rule in rules for _, cell, _ in rule.cells]
    values = [*(each.values for each in inputs), *(each.values for each in outputs)]
    cells += [each for each in values if each is not None]
    reads = reads.union(*(cell.names for cell in cells))
    reads = reads.union(*(each.default.reads for each in outputs if each.default is not None))
    weight = 1 + sum(each.box.weight for each in inputs) + len(rules) // RULES_PER_STEP
    return Box(whole.evaluate, weight, reads)


def _decided(compiler: Compiler, table: tree.DecisionTable) -> Item:
    node = compiler.node
    is_all = isinstance(node, tree.Decision) and node.logic is table
    return compiler.types.get(node.variable.type) or ANYTHING if is_all else ANYTHING


def _is_whole(table: tree.DecisionTable) -> bool:
    """The reader has told about what is not."""
    fits = all(
        len(rule.inputs) == len(table.inputs) and len(rule.outputs) == len(table.outputs) for rule in table.rules
    )
    if len(table.outputs) > 1:
        names = {output.name for output in table.outputs}
        fits = fits and len(names) == len(table.outputs) and table.aggregation in ("", "COUNT")
    return fits and bool(table.outputs)


def _input(compiler: Compiler, clause: tree.InputClause, item: Item, names: Names) -> Input:
    box = compiler.typed(compiler.literal(clause.expression, names), item, clause.expression.place)
    values = None if clause.values is None else _tests(compiler, clause.values, names, item.feel)
    return Input(box, values, item.of is not None, clause.label, compiler.spot(clause.place))


def _output(compiler: Compiler, clause: tree.OutputClause, item: Item, ranked: Item, names: Names) -> Output:
    default = clause.default
    box = None
    if default is not None and default.text.strip():
        box = compiler.typed(compiler.literal(default, names), item, default.place)
    values = None if clause.values is None else _tests(compiler, clause.values, names, item.feel)
    return Output(clause.name, values, box, compiler.spot(clause.place), _order(values, ranked))


def output_type(compiler: Compiler, table: tree.DecisionTable, clause: tree.OutputClause) -> Item:
    """That of the output, else that of the entry of this name in the type of the table."""
    if clause.type or len(table.outputs) == 1:
        return compiler.item(clause.type, clause.place)
    whole = compiler.known(table.type)
    whole = whole.of or whole
    return dict(whole.fields).get(clause.name, ANYTHING)


def _ranked(compiler: Compiler, table: tree.DecisionTable, clause: tree.OutputClause, item: Item) -> Item:
    """The type whose allowed values are in their order: where the output has none, that of the decision (8.3.3)."""
    if item is not ANYTHING:
        return item
    whole = _decided(compiler, table)
    whole = whole.of or whole
    return whole if len(table.outputs) == 1 else dict(whole.fields).get(clause.name, ANYTHING)


def _order(values: Cell | None, item: Item) -> tuple[Test, ...]:
    """The output values, else the allowed values of the type, in their order."""
    tests = values if values is not None else item.tests[0] if item.tests else None
    return () if tests is None else tuple(compiled_test(node) for node in tests.nodes)


def _rule(
    compiler: Compiler,
    number: int,
    rule: tree.Rule,
    columns: Sequence[_Cells],
    results: Sequence[Item],
    names: Names,
) -> CompiledRule | None:
    """None, and problems, if a cell cannot be read."""
    tests = [column.compiled(cell) for column, cell in zip(columns, rule.inputs, strict=True)]
    outputs = []
    for literal, item in zip(rule.outputs, results, strict=True):
        box = _EMPTY if not literal.text.strip() else compiler.compiled(literal, names)
        outputs.append(compiler.typed(box, item, literal.place))
    cells = [
        (column, cell, compiler.spot(rule.inputs[column].place))
        for column, cell in enumerate(tests)
        if cell is not None and not cell.is_any
    ]
    return None if None in tests else CompiledRule(number, rule.place.id, tuple(cells), tuple(outputs))


_EMPTY = Box(lambda frame: None, 1, frozenset(), feel.parse("null"))


class _Cells:
    """The cells of one column: those with the same text are one."""

    def __init__(self, compiler: Compiler, names: Names) -> None:
        self.compiler = compiler
        self.names = names
        self._known: dict[tuple[str, str], Cell] = {}

    def compiled(self, written: tree.Tests) -> Cell | None:
        key = written.text, written.language
        found = self._known.get(key) or _read(self.compiler, written, self.names)
        if found is not None:
            self._known[key] = found
        return found


def _tests(compiler: Compiler, written: tree.Tests, names: Names, kind: Type) -> Cell | None:
    return _read(compiler, written, {**names, "?": names_inside(kind)})


def _read(compiler: Compiler, written: tree.Tests, names: Names) -> Cell | None:
    """Compiled unary tests; None, and a problem, if they cannot be read."""
    if not is_feel(written.language):
        compiler.report(written.place, "dmn-language", not_run(written.language))
        return None
    known = compiler.prepared(names, written.place)
    if known is None:
        return None
    try:
        return feel.unary_tests(written.text, known, types=compiler.types.feel)
    except feel.FeelSyntaxError as error:
        compiler.report(written.place, "feel-syntax", str(error))
        return None


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """A table as it was written and as it was compiled: what `dmn.checks` looks at.

    `kinds`: the types of the input columns; `decides`: that of the decision, if the table is the whole of it; `names`:
    what the table knows, each with its type.
    """

    written: tree.DecisionTable
    compiled: Table
    kinds: tuple[Item, ...]
    decides: Item
    names: Names


@dataclass(frozen=True, slots=True)
class Table:
    """A compiled decision table. `node` holds it: a decision or a business knowledge model."""

    node: tree.Node
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[CompiledRule, ...]
    index: Index
    policy: hit_policies.HitPolicy
    spot: Spot

    def evaluate(self, frame: Frame) -> Value:
        run = run_of(frame)
        values = [each.box.closure(frame) for each in self.inputs]
        for column, value in zip(self.inputs, values, strict=True):
            if not _is_among(column, value, frame, run):
                self._tell(values, [], [], run)
                return run.note(f"The value of '{column.label}' is not among its input values", column.spot)
        matches = self._matches(values, frame, run)
        hits = [self._outputs(rule, frame, run) for rule in matches]
        self._tell(values, matches, hits, run)
        return self._chosen(hits, frame, run) if matches else self._without_match(frame, run)

    def _tell(self, values: list[Value], matches: list[CompiledRule], hits: list[list[Value]], run: DmnRun) -> None:
        numbers, ids = tuple(rule.number for rule in matches), tuple(rule.id for rule in matches)
        place, outputs = self.node.place, tuple(map(tuple, hits))
        run.match(Matched(self.spot.place.id, place.id, self.node.name, tuple(values), numbers, ids, outputs))

    def _matches(self, values: list[Value], frame: Frame, run: DmnRun) -> list[CompiledRule]:
        """Cells of constants decide before the others, which are evaluated only where those hold."""
        possible, undefined = self.index.look(values, frame)
        columns = {rule: column for column, rules in undefined for rule in members(rules)}
        for _, rules in undefined:
            possible |= rules
        found: list[CompiledRule] = []
        for at in members(possible):
            rule = self.rules[at]
            if at in columns:
                _tell_undefined(rule, columns[at], values, run)
            elif _holds(rule, self.index.open.get(at, ()), values, frame, run):
                found.append(rule)
                if self.policy.only_first:
                    break
        return found

    def _outputs(self, rule: CompiledRule, frame: Frame, run: DmnRun) -> list[Value]:
        run.charge(sum(box.weight for box in rule.outputs))
        return [
            permitted(output, box.closure(frame), frame, run)
            for output, box in zip(self.outputs, rule.outputs, strict=True)
        ]

    def _chosen(self, hits: list[list[Value]], frame: Frame, run: DmnRun) -> Value:
        def ranks(outputs: list[Value]) -> list[int]:
            run.items(sum(len(column.order) for column in self.outputs))
            before = len(run.warnings)
            found = [rank(column.order, value, frame) for column, value in zip(self.outputs, outputs, strict=True)]
            del run.warnings[before:]
            return found

        try:
            return self.policy.result(hits, ranks, self._made, run)
        except hit_policies.Violation as error:
            return run.note(str(error), self.spot, Kind.VIOLATION)

    def _made(self, outputs: list[Value]) -> Value:
        """One output is the value itself, several are a context (8.2.7)."""
        if len(self.outputs) == 1:
            return outputs[0]
        return {column.name: value for column, value in zip(self.outputs, outputs, strict=True)}

    def _without_match(self, frame: Frame, run: DmnRun) -> Value:
        """The default outputs, if any is given; else null (8.2.11). The count of nothing is 0."""
        if any(each.default is not None for each in self.outputs):
            return self._made([None if each.default is None else each.default.closure(frame) for each in self.outputs])
        if self.policy.empty is not None:
            return self.policy.empty
        return run.note("No rule matches, and there is no default output", self.spot)


def rank(order: tuple[Test, ...], value: Value, frame: Frame) -> int:
    """The first test that the value satisfies; those that satisfy none come last."""
    inner = Frame({INPUT: value}, frame, frame.run)
    return next((rank for rank, test in enumerate(order) if test(inner, value)), len(order))


def _is_among(column: Input, value: Value, frame: Frame, run: DmnRun) -> bool:
    """Does the value, or each value of a collection, satisfy the input values?"""
    tests = column.values
    if tests is None:
        return True
    values = value if column.is_list and isinstance(value, list) else [value]
    run.items(len(values))
    return all(holds(tests, each, frame) for each in values)


def _tell_undefined(rule: CompiledRule, column: int, values: list[Value], run: DmnRun) -> None:
    cell, spot = next((cell, spot) for at, cell, spot in rule.cells if at == column)
    before = len(run.warnings)
    cell.warn_undefined(values[column], run)
    run.take(before, spot)


def _holds(rule: CompiledRule, columns: Container[int], values: list[Value], frame: Frame, run: DmnRun) -> bool:
    """Are the cells in these columns satisfied?"""
    for column, cell, spot in rule.cells if columns else ():
        if column not in columns:
            continue
        before = len(run.warnings)
        run.charge(1 + len(cell.text) // 4)
        found = cell.verdict(frame, values[column])
        if len(run.warnings) > before:
            run.take(before, spot)
        if found is not True:
            return False
    return True


def permitted(output: Output, value: Value, frame: Frame, run: DmnRun) -> Value:
    """Results are among the output values, if these are given (8.3.4)."""
    if output.values is None or holds(output.values, value, frame):
        return value
    return run.note(f"A result of '{output.name}' is not among its output values", output.spot)
