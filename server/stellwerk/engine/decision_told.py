"""What an evaluation of a decision tells: the rules that matched, and why something is null."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stellwerk import dmn
from stellwerk.engine import values
from stellwerk.engine.expressions.feel_values import to_variable
from stellwerk.errors import ScriptFailed

MOST = 100
"""Most evaluations of tables, and most rules of each, that are told."""
MOST_DOUBTS = 3


def matched(evaluation: dmn.Evaluation) -> tuple[dict[str, Any], ...]:
    """Each evaluation of a decision table as plain JSON; `matches` counts all rules that matched."""
    return tuple(
        {
            "tableId": one.table_id,
            "decisionId": one.decision_id,
            "decisionName": one.decision_name,
            "inputs": [shown(value) for value in one.inputs],
            "rules": list(one.rules[:MOST]),
            "ruleIds": list(one.rule_ids[:MOST]),
            "outputs": [[shown(value) for value in row] for row in one.outputs[:MOST]],
            "matches": len(one.rules),
        }
        for one in evaluation.matched[:MOST]
    )


def by_name(named: Mapping[str, Any]) -> dict[str, Any]:
    """Values of FEEL by their names, as plain JSON."""
    return {name: shown(value) for name, value in named.items()}


def shown(value: Any) -> Any:
    """A value of FEEL as plain JSON; what no variable can hold, as FEEL writes it."""
    try:
        return values.to_json(to_variable(value))
    except ScriptFailed:
        return str(value)


def warnings(evaluation: dmn.Evaluation) -> tuple[str, ...]:
    """Why something is null, each reason once and with its place."""
    return tuple(dict.fromkeys(sentence(notice) for notice in evaluation.warnings))


def doubts(evaluation: dmn.Evaluation) -> tuple[str, ...]:
    """Why the value is not what the rules say, the first reasons; none if it is.

    A part of the model cannot be read or is unknown, or the rules that match contradict their hit policy.
    """
    found = [sentence(notice) for notice in evaluation.warnings if notice.kind is not dmn.Kind.EVALUATION]
    if not found and not evaluation.reached:
        found = ["A part of it cannot be evaluated."]
    return tuple(dict.fromkeys(found))[:MOST_DOUBTS]


def sentence(notice: dmn.Notice) -> str:
    place = f", element '{notice.element_id}'" if notice.element_id else ""
    line = f", line {notice.line}" if notice.line else ""
    return f"{notice.message} ({notice.file}{place}{line})."
