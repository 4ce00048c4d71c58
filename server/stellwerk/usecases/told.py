"""What an evaluation of a decision tells: its values as variables, the rules that matched, why something is null."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stellwerk import dmn
from stellwerk.engine import values
from stellwerk.engine.expressions.feel_values import to_variable
from stellwerk.errors import ScriptFailed


def by_name(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Values of FEEL by their names, as plain JSON."""
    return {name: shown(value) for name, value in inputs.items()}


def matched(evaluation: dmn.Evaluation) -> tuple[dict[str, Any], ...]:
    """Each evaluation of a decision table as plain JSON."""
    return tuple(
        {
            "tableId": one.table_id,
            "decisionId": one.decision_id,
            "decisionName": one.decision_name,
            "inputs": [shown(value) for value in one.inputs],
            "rules": list(one.rules),
            "ruleIds": list(one.rule_ids),
            "outputs": [[shown(value) for value in row] for row in one.outputs],
        }
        for one in evaluation.matched
    )


def shown(value: Any) -> Any:
    """A value of FEEL as plain JSON; what no variable can hold, as FEEL writes it."""
    try:
        return values.to_json(to_variable(value))
    except ScriptFailed:
        return str(value)


def warnings(evaluation: dmn.Evaluation) -> tuple[str, ...]:
    """Why something is null, each reason once and with its place."""
    return tuple(dict.fromkeys(_sentence(notice) for notice in evaluation.warnings))


def _sentence(notice: dmn.Notice) -> str:
    place = ", ".join(
        text for text in (notice.element_id and f"element '{notice.element_id}'", f"line {notice.line}") if text
    )
    return f"{notice.message} ({notice.file}, {place})."
