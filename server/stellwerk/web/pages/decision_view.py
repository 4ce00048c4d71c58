"""A decision as a page shows it: its logic as tables, pairs and texts (DMN 8 and 10.2), and the rules that matched."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import singledispatch
from typing import Any, Literal

from stellwerk.dmn import tree
from stellwerk.web.pages.words import _, lazy

LETTERS = {"RULE ORDER": "R", "OUTPUT ORDER": "O", "SUM": "+", "MIN": "<", "MAX": ">", "COUNT": "#"}
POLICIES = {
    "UNIQUE": lazy("at most one rule matches"),
    "ANY": lazy("rules that match together say the same"),
    "PRIORITY": lazy("the match with the first output value counts"),
    "FIRST": lazy("the first match counts"),
    "RULE ORDER": lazy("all matches, in the order of the rules"),
    "OUTPUT ORDER": lazy("all matches, in the order of the output values"),
    "COLLECT": lazy("all matches"),
    "SUM": lazy("the sum of all matches"),
    "MIN": lazy("the smallest of all matches"),
    "MAX": lazy("the largest of all matches"),
    "COUNT": lazy("how many rules match"),
}


@dataclass(frozen=True)
class Clause:
    """A column: what stands above it, its expression or name, and the values that it may have."""

    label: str
    text: str
    values: str


@dataclass(frozen=True)
class Rule:
    number: int
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """`letter` is that of the hit policy with its aggregation: U, A, P, F, R, O, C, C+, C<, C>, C#."""

    id: str
    letter: str
    policy: str
    inputs: tuple[Clause, ...]
    outputs: tuple[Clause, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class View:
    """One boxed expression: a text, a decision table, pairs of a name and a value, or a grid with a head."""

    kind: Literal["text", "table", "pairs", "grid"]
    text: str = ""
    table: Table | None = None
    pairs: tuple[tuple[str, View], ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[View, ...], ...] = ()


@dataclass(frozen=True)
class Fired:
    """One evaluation of a table: `table` is None if the file no longer tells it. `outputs` by the numbers of rules."""

    name: str
    table: Table | None
    inputs: tuple[Any, ...]
    outputs: Mapping[int, Sequence[Any]]


@dataclass(frozen=True)
class Requirements:
    """What a decision asks for, by name: values from outside, other decisions, and functions."""

    inputs: tuple[str, ...]
    decisions: tuple[tuple[str, str], ...]  # name and key
    knowledge: tuple[str, ...]


def node_of(files: Sequence[tree.Definitions], key: str) -> tree.Decision | tree.Service | None:
    """The decision or service of the first file that has this id."""
    for node in files[0].nodes:
        if node.place.id == key and isinstance(node, tree.Decision | tree.Service):
            return node
    return None


def requirements(files: Sequence[tree.Definitions], node: tree.Decision | tree.Service) -> Requirements:
    if isinstance(node, tree.Service):
        needed, knowledge = (*node.input_data, *node.input_decisions), node.outputs
    else:
        needed, knowledge = node.requires, node.knowledge
    found = [_named(files, reference) for reference in needed]
    decisions = tuple((one.name, one.place.id) for one in found if isinstance(one, tree.Decision))
    inputs = tuple(one.name for one in found if isinstance(one, tree.InputData))
    return Requirements(inputs, decisions, tuple(one.name for r in knowledge if (one := _named(files, r)) is not None))


def _named(files: Sequence[tree.Definitions], reference: tree.Reference) -> tree.Node | None:
    wanted = reference.namespace or files[0].namespace
    for file in files:
        if file.namespace == wanted:
            return next((node for node in file.nodes if node.place.id == reference.id), None)
    return None


def view_of_node(node: tree.Decision | tree.Service) -> View | None:
    logic = node.logic if isinstance(node, tree.Decision) else None
    return None if logic is None else view_of(logic)


def fired(files: Sequence[tree.Definitions], matched: Iterable[Mapping[str, Any]]) -> tuple[Fired, ...]:
    """What the history keeps of the evaluated tables, each with its table."""
    matched = list(matched)
    wanted = {one["decisionId"] for one in matched}
    tables = {table.id: table for file in files for table in _tables(file, wanted) if table.id}
    return tuple(
        Fired(
            one["decisionName"],
            tables.get(one["tableId"]),
            tuple(one["inputs"]),
            dict(zip(one["rules"], one["outputs"], strict=False)),
        )
        for one in matched
    )


def _tables(file: tree.Definitions, holding: Container[str]) -> Iterator[Table]:
    """Those in the elements with these ids."""
    holders = [node for node in file.nodes if isinstance(node, tree.Decision | tree.Knowledge)]
    views = [view_of(node.logic) for node in holders if node.logic and node.place.id in holding]
    while views:
        view = views.pop()
        if view.table is not None:
            yield view.table
        views += [value for _name, value in view.pairs]
        views += [value for row in view.rows for value in row]


# -- boxed expressions
@singledispatch
def view_of(box: tree.Expression) -> View:
    raise TypeError(f"no view of {type(box).__name__}")


@view_of.register
def _literal(box: tree.Literal) -> View:
    return View("text", box.text)


@view_of.register
def _context(box: tree.Context) -> View:
    return View(
        "pairs",
        pairs=tuple(
            (e.variable.name if e.variable is not None else _("result"), view_of(e.value)) for e in box.entries
        ),
    )


@view_of.register
def _invocation(box: tree.Invocation) -> View:
    given = tuple((b.parameter.name, view_of(b.value) if b.value else View("text", "")) for b in box.bindings)
    return View("pairs", pairs=((_("calls"), view_of(box.called)), *given))


@view_of.register
def _list(box: tree.ListOf) -> View:
    return View("grid", rows=tuple((view_of(item),) for item in box.items))


@view_of.register
def _relation(box: tree.Relation) -> View:
    rows = tuple(tuple(view_of(cell) for cell in row) for row in box.rows)
    return View("grid", head=tuple(column.name for column in box.columns), rows=rows)


@view_of.register
def _function(box: tree.FunctionDefinition) -> View:
    taken = ", ".join(parameter.name for parameter in box.parameters)
    body = view_of(box.body) if box.body is not None else View("text", "")
    return View("pairs", pairs=((_("takes"), View("text", taken)), (_("gives"), body)))


@view_of.register
def _conditional(box: tree.Conditional) -> View:
    parts = (("if", box.condition), ("then", box.then), ("else", box.otherwise))
    return View("pairs", pairs=tuple((name, view_of(part)) for name, part in parts))


@view_of.register
def _loop(box: tree.Loop) -> View:
    last = "return" if box.kind == "for" else "satisfies"
    return View("pairs", pairs=((f"{box.kind} {box.variable} in", view_of(box.values)), (last, view_of(box.body))))


@view_of.register
def _filter(box: tree.Filter) -> View:
    return View("pairs", pairs=((_("of"), view_of(box.values)), (_("those with"), view_of(box.match))))


@view_of.register
def _table(box: tree.DecisionTable) -> View:
    policy = box.aggregation or box.hit_policy
    letter = LETTERS.get(box.hit_policy, box.hit_policy[:1]) + LETTERS.get(box.aggregation, "")
    inputs = tuple(Clause(one.label, one.expression.text, _values(one.values)) for one in box.inputs)
    outputs = tuple(Clause(one.label or one.name, one.name, _values(one.values)) for one in box.outputs)
    rules = tuple(
        Rule(number, tuple(cell.text for cell in rule.inputs), tuple(cell.text for cell in rule.outputs))
        for number, rule in enumerate(box.rules, 1)
    )
    return View("table", table=Table(box.place.id, letter, policy, inputs, outputs, rules))


def _values(tests: tree.Tests | None) -> str:
    return tests.text if tests is not None else ""
