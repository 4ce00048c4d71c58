"""What becomes of the value of a decision in a process: the rows of Camunda 7, the value itself, or outputs by name.

Camunda 7 takes every result for a list of rows, each an object of named outputs. A table gives one row for each rule
that its hit policy keeps, and none if no rule matches; everything else, an aggregation too, gives one row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stellwerk import dmn
from stellwerk.dmn import tree
from stellwerk.engine.decision import Decision
from stellwerk.engine.mappings import merged

Row = dict[str, Any]
_SEVERAL = ("COLLECT", "RULE ORDER", "OUTPUT ORDER")


class Misfit(Exception):
    """The result does not have the shape that the task asks for. The text says why, and what to do."""


def rows(decision: Decision, evaluation: dmn.Evaluation, value: Any) -> list[Row]:
    """`value` is that of the evaluation, as variables hold it."""
    node = decision.node
    table = node.logic if isinstance(node, tree.Decision) else None
    if not isinstance(table, tree.DecisionTable):
        several = isinstance(node, tree.Service) and len(node.outputs) > 1
        return [dict(value)] if several and isinstance(value, Mapping) else [{_only_output(decision): value}]
    if value is None and not _hit(evaluation, node, table):
        return []
    several = table.hit_policy in _SEVERAL and not table.aggregation
    items = value if several and isinstance(value, list) else [value]
    return [_row(table, _only_output(decision), item) for item in items]


def _only_output(decision: Decision) -> str:
    """The name of a value that has no other: of the output decision of a service, of the decision's variable."""
    node = decision.node
    if isinstance(node, tree.Service) and node.outputs:
        found = [each for each in decision.model.definitions.nodes if each.place.id == node.outputs[0].id]
        return found[0].variable.name if found else node.name
    return node.variable.name


def _hit(evaluation: dmn.Evaluation, node: tree.Node, table: tree.DecisionTable) -> bool:
    """Whether a rule of the decision's own table matched."""
    place = node.place.id, table.place.id
    return any(each.rules for each in evaluation.matched if (each.decision_id, each.table_id) == place)


def _row(table: tree.DecisionTable, name: str, item: Any) -> Row:
    if len(table.outputs) == 1:
        return {table.outputs[0].name or name: item}
    return dict(item) if isinstance(item, Mapping) else {output.name: None for output in table.outputs}


# -- camunda:mapDecisionResult
def single_entry(found: Sequence[Row]) -> Any:
    """The one value of the one row; null without a row."""
    row = single_result(found)
    if row is None:
        return None
    if len(row) > 1:
        raise Misfit(f"The row has {len(row)} outputs ({_names(row)}), and singleEntry takes one. Use singleResult.")
    return next(iter(row.values()), None)


def single_result(found: Sequence[Row]) -> Row | None:
    """The one row; null without one."""
    if len(found) > 1:
        raise Misfit(
            f"{len(found)} rules gave a row, and one is asked for. Use resultList or collectEntries, or a hit policy "
            "that keeps one rule."
        )
    return found[0] if found else None


def collect_entries(found: Sequence[Row]) -> list[Any]:
    """The one value of each row."""
    for row in found:
        if len(row) > 1:
            raise Misfit(f"A row has {len(row)} outputs ({_names(row)}), and collectEntries takes one. Use resultList.")
    return [value for row in found for value in row.values()]


MAPPERS: Mapping[str, Callable[[Sequence[Row]], Any]] = {
    "singleEntry": single_entry,
    "singleResult": single_result,
    "collectEntries": collect_entries,
    "resultList": list,
}


def _names(row: Row) -> str:
    return ", ".join(row)


# -- spiffworkflow:calledDecisionId
def outputs(decision: Decision, found: Sequence[Row], seen: Mapping[str, Any]) -> dict[str, Any]:
    """SpiffWorkflow writes each output into the variable of its name: that of the first row, or a list with COLLECT.

    A name with dots is a path, and what is an object already is written into: `seen` are the variables.
    """
    logic = getattr(decision.node, "logic", None)
    collected = isinstance(logic, tree.DecisionTable) and logic.hit_policy == "COLLECT" and not logic.aggregation
    if not found:
        return {}
    flat = {name: [row.get(name) for row in found] if collected else value for name, value in found[0].items()}
    written: dict[str, Any] = {}
    for name, value in flat.items():
        top, *path = name.split(".")
        for key in reversed(path):
            value = {key: value}
        written[top] = merged(written.get(top, seen.get(top)), value)
    return written
