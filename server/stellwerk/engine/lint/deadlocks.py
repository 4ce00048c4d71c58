"""Joins that must wait for ever: behind an exclusive decision, or an activity and its boundary event."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stellwerk.engine.diagram import Diagram, FlowNode, label
from stellwerk.engine.diagram.normalise import is_true
from stellwerk.engine.lint.flows import has_condition
from stellwerk.engine.lint.registry import Finding, rule

_LONGEST = 1000  # steps back from one join; a longer way is not looked at


@rule(
    "join-deadlock",
    "A parallel join does not wait for branches of which only one is taken.",
    "warning",
    clause="10.6.4",
    remedy="Merge with an exclusive gateway, or split with a parallel one.",
    drawn=True,
)
def join_deadlock(diagram: Diagram) -> Iterator[Finding]:
    """Told only if the branches of the join lead straight back, with no other way in, to one exclusive gateway; or one
    to an activity and another to an interrupting boundary event of it.
    """
    budget = [20 * _LONGEST]
    for node in diagram.of("parallelGateway"):
        if len(node.incoming) > 1:
            lines = [_back(diagram, flow.get("sourceRef", ""), budget) for flow in node.incoming]
            why = _of_one_decision(lines) or _of_one_activity(lines)
            if why:
                yield (
                    node.element,
                    f"The parallel gateway '{label(node.element)}' waits for {len(node.incoming)} flows, but {why}: it "
                    "waits for ever. Merge with an exclusive gateway, or split with a parallel one.",
                )


@dataclass
class _Line:
    """The straight line of nodes that leads to a flow: all of them, and the decision or boundary event before it."""

    passed: list[FlowNode]
    origin: FlowNode | None = None


def _of_one_decision(lines: list[_Line]) -> str:
    origin = lines[0].origin
    if origin is None or origin.tag == "boundaryEvent" or any(line.origin is not origin for line in lines):
        return ""
    return f"'{label(origin.element)}' takes only one of them"


def _of_one_activity(lines: list[_Line]) -> str:
    passed = {node.id: node for line in lines for node in line.passed}
    for line in lines:
        host = passed.get(line.origin.element.get("attachedToRef", "")) if line.origin is not None else None
        if host is not None and line.origin is not None:
            return f"either '{label(host.element)}' completes or '{label(line.origin.element)}' interrupts it"
    return ""


def _back(diagram: Diagram, id: str, budget: list[int]) -> _Line:
    """The line that leads to a node; it ends where it branches, or gets long."""
    line = _Line([])
    for _ in range(_LONGEST):
        node, budget[0] = diagram.nodes.get(id), budget[0] - 1
        if node is None or budget[0] < 0 or is_true(node.element, "triggeredByEvent"):
            break
        if len(node.outgoing) > 1 or node.tag == "boundaryEvent":
            line.origin = node if _decides(node) else None
            break
        line.passed.append(node)
        if len(node.incoming) != 1:
            break
        id = node.incoming[0].get("sourceRef", "")
    return line


def _decides(node: FlowNode) -> bool:
    """Whether only one of several ways is taken behind it, or, for a boundary event, beside its activity."""
    if node.tag == "boundaryEvent":
        return len(node.outgoing) == 1 and is_true(node.element, "cancelActivity", default=True)
    conditional = node.tag == "exclusiveGateway" and any(has_condition(flow) for flow in node.outgoing)
    return conditional or node.tag == "eventBasedGateway"
