"""Names that a table reads and its decision does not know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from stellwerk import feel
from stellwerk.dmn import tree
from stellwerk.errors import Severity
from stellwerk.feel import nodes
from stellwerk.feel.builtins import FUNCTIONS
from stellwerk.feel.reads import children
from stellwerk.feel.types import STRING

from .examples import quoted, short
from .looked import Looked
from .registry import Finding, rule

Read = feel.Expression | feel.UnaryTests
MOST_NAMES = 500  # among which a similar one is looked for


@dataclass(frozen=True, slots=True)
class Text:
    """A text of the table. `column`: of an input, if the text is a cell."""

    place: tree.Place
    read: Read
    column: int | None = None

    @property
    def nodes(self) -> tuple[nodes.Node, ...]:
        return self.read.nodes if isinstance(self.read, feel.UnaryTests) else (self.read.node,)

    @property
    def is_alone(self) -> bool:
        """Is it a name and nothing else?"""
        return len(self.nodes) == 1 and isinstance(self.nodes[0], nodes.Name)


def _texts(table: Looked) -> Iterator[Text]:
    written, compiled = table.table.written, table.table.compiled
    for clause, column in zip(written.inputs, compiled.inputs, strict=True):
        if column.box.expression is not None:
            yield Text(_place(clause.expression.place, clause.place), column.box.expression)
        if clause.values is not None and column.values is not None:
            yield Text(_place(clause.values.place, clause.place), column.values)
    for row, made in zip(written.rules, compiled.rules, strict=True):
        for at, cell, _ in made.cells:
            yield Text(_place(row.inputs[at].place, row.place), cell, at)
        for literal, box in zip(row.outputs, made.outputs, strict=True):
            if box.expression is not None:
                yield Text(_place(literal.place, row.place), box.expression)
    for output, result in zip(written.outputs, compiled.outputs, strict=True):
        if output.default is not None and result.default is not None and result.default.expression is not None:
            yield Text(_place(output.default.place, output.place), result.default.expression)


def _place(own: tree.Place, around: tree.Place) -> tree.Place:
    return own if own.id else tree.Place(around.id, own.line)


def _unknown(table: Looked) -> dict[str, list[Text]]:
    """Names that the decision does not know, each with the texts that read it. One of an import: `import.name`."""
    found: dict[str, list[Text]] = {}
    known = table.table.names
    outputs = set(_outputs_of_required(table))
    imports = {each.name: known.get(each.name, {}) for each in table.file.imports if each.name}
    for text in _texts(table):
        for path in text.read.paths:
            name = str(path[0])
            if name in imports and len(path) > 1 and path[1] not in {*imports[name], *outputs}:
                found.setdefault(f"{name}.{path[1]}", []).append(text)
            elif not any(name in each for each in (known, outputs, imports, FUNCTIONS)):
                found.setdefault(name, []).append(text)
    return found


def _outputs_of_required(table: Looked) -> Iterator[str]:
    """Outputs of the tables of required decisions of this file: they can be read by their own names."""
    node = table.table.compiled.node
    ids = {each.id for each in node.requires} if isinstance(node, tree.Decision) else set()
    for other in table.file.nodes:
        if isinstance(other, tree.Decision) and other.place.id in ids and isinstance(other.logic, tree.DecisionTable):
            yield from (output.name for output in other.logic.outputs)


@rule(
    "dmn-missing-requirement",
    "What a table reads of its file is required by its decision. Input data that is not is a warning: it can still be "
    "read from the variables around, without its type.",
    clause="6.3.7",
    remedy="Draw the requirement, or correct the name.",
)
def requirements(table: Looked) -> Iterable[Finding]:
    own = table.table.compiled.node
    others = {name: node for node in table.file.nodes for name in (node.variable.name, node.name) if node is not own}
    for name, texts in _unknown(table).items():
        node = others.get(name)
        if node is not None:
            kind, arrow = _KINDS[type(node)]
            severity: Severity = "warning" if isinstance(node, tree.InputData) else "error"
            text = f"'{name}' is {kind} of this file, and '{own.name}' does not require it. Draw {arrow} from it."
            yield texts[0].place, text + _more(texts), severity


_KINDS: dict[type[tree.Node], tuple[str, str]] = {
    tree.InputData: ("input data", "an information requirement"),
    tree.Decision: ("a decision", "an information requirement"),
    tree.Knowledge: ("a business knowledge model", "a knowledge requirement"),
    tree.Service: ("a decision service", "a knowledge requirement"),
}


def _more(texts: list[Text]) -> str:
    return f" It is read in {len(texts)} places." if len(texts) > 1 else ""


@rule(
    "dmn-unknown-name",
    "Names in a table are those of inputs, decisions and functions that its decision requires. A name that nothing "
    "has in the file may be a variable around: then it is a warning, if the file declares input data. Functions, and "
    "words that stand alone in a cell of texts, are errors.",
    clause="10.4",
    remedy="Correct the name, declare an input, or write a text in quotes.",
)
def unknown(table: Looked) -> Iterable[Finding]:
    there = {name for node in table.file.nodes for name in (node.variable.name, node.name)}
    declares = any(isinstance(node, tree.InputData) for node in table.file.nodes)
    names = sorted(name for name in table.table.names if isinstance(name, str))[:MOST_NAMES]
    for name, texts in _unknown(table).items():
        first = texts[0]
        if name in there:
            continue  # the rule about requirements says it
        if any(_is_called(node, name) for text in texts for node in text.nodes):
            near = _meant(name, [*FUNCTIONS, *names])
            yield first.place, f"There is no function '{short(name)}'.{near} Correct the name.{_more(texts)}"
            continue
        word = next((text for text in texts if text.is_alone and _is_text(table, text)), None)
        if word is not None:
            text = f"'{short(name)}' is a name, and nothing has it. If a text is meant, write {quoted(name)} in quotes."
            yield word.place, f"{text}{_meant(name, names)}{_more(texts)}"
            continue
        near = _meant(name, names)
        if declares or near or "." in name:
            text = f"The decision knows no '{short(name)}': it is null, or what the variables around have of that name."
            yield first.place, f"{text}{near} Correct it, or declare an input.{_more(texts)}", "warning"


def _is_text(table: Looked, text: Text) -> bool:
    """Is it a cell of a column of texts?"""
    column = None if text.column is None else table.grid.columns[text.column]
    if column is None:
        return False
    return column.item.feel == STRING or (column.line is not None and column.line.kind.type == STRING)


def _is_called(node: Any, name: str) -> bool:
    waiting: list[Any] = [node]
    while waiting:
        at = waiting.pop()
        is_path = isinstance(at, nodes.Path) and isinstance(at.first, nodes.Name) and at.first.name == name
        if is_path and isinstance(at, nodes.Path) and isinstance(at.steps[0], nodes.Call):
            return True
        waiting.extend(children(at))
    return False


def _meant(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known), 1, 0.8)
    return f" Is '{near[0]}' meant?" if near else ""
