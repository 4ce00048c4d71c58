"""Conditions that are always the same, and conditions that leave nothing out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from stellwerk.engine.diagram import XML, Diagram, FlowNode, label, text_of
from stellwerk.engine.expressions import is_feel, parse_expression
from stellwerk.engine.host import ScriptResult
from stellwerk.engine.lint.registry import Finding, rule
from stellwerk.errors import ExpressionInvalid, ScriptFailed


@rule(
    "condition-constant",
    "A condition depends on something.",
    "warning",
    clause="8.4.13",
    remedy="Write a condition on variables, or remove the flow that is never taken.",
)
def conditionconstant(diagram: Diagram) -> Iterator[Finding]:
    """A flow that is never taken; and behind a flow of an exclusive gateway that is always taken, the others."""
    for node in diagram.of():
        always: XML | None = None
        for flow in node.outgoing:
            value = constant(text_of(flow, "conditionExpression"))
            if value is False:
                yield flow, f"The condition of the flow '{label(flow)}' is never true: it is never taken. Correct it."
            elif always is not None:
                yield (
                    flow,
                    f"The flow '{label(flow)}' is never taken: the condition of '{label(always)}' before it is always "
                    "true. Correct that condition.",
                )
            if value is True and node.tag == "exclusiveGateway":
                always = always if always is not None else flow


class _Nobody:
    """The host of an expression without variables: nothing is asked of it."""

    def evaluate(self, source: str, variables: Mapping[str, Any]) -> Any:
        raise ScriptFailed("There is no sandbox here.")

    def run_script(self, source: str, variables: Mapping[str, Any]) -> ScriptResult:
        raise ScriptFailed("There is no sandbox here.")


def constant(text: str) -> Any:
    """The value of an expression without variables; None if it depends on something, or cannot be told."""
    if not text:
        return None
    try:
        expression = parse_expression(text)
        return expression.evaluate({}, _Nobody()) if expression.is_constant else None
    except (ExpressionInvalid, ScriptFailed):
        return None


_EQUALS = re.compile(r"(?<![<>!=])=(?!=)")
_NOT = re.compile(r"^not\s*\(([^()]*)\)$")
_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_COMPARED = re.compile(r"([^=<>!&|]+?)\s*(==|!=|<=|>=|<|>)\s*([^=<>!&|]+)")


def leave_nothing_out(node: FlowNode) -> bool:
    """Whether one of two conditions is always true: `paid` and `not paid`, `n > 5` and `n <= 5`."""
    texts = {_plain(text_of(flow, "conditionExpression")) for flow in node.outgoing}
    return any(_opposite(text) in texts or constant(text) is True for text in texts if text)


def _plain(text: str) -> str:
    """A condition in Python's words, without `${...}` and the `=` of FEEL."""
    inner = text[2:-1].strip() if text.startswith(("${", "#{")) and text.endswith("}") else text
    if is_feel(inner):
        inner = _EQUALS.sub("==", inner.lstrip()[1:].strip())
        inner = _NOT.sub(r"not \1", inner)
    return " ".join(re.sub(r"!(?!=)", "not ", inner).split())


def _opposite(text: str) -> str:
    if re.search(r"\b(and|or|if|lambda)\b|&&|\|\|", text):
        return f"not ({text})"
    if text.startswith("not "):
        return text.removeprefix("not ").strip()
    compared = _COMPARED.fullmatch(text)
    if compared is not None:
        return f"{compared[1].strip()} {_OPPOSITE[compared[2]]} {compared[3].strip()}"
    return f"not {text}"
