"""Joins that must wait for ever: a parallel join behind an exclusive decision."""

from __future__ import annotations

from collections.abc import Iterator

from stellwerk.engine.diagram import Diagram, FlowNode, label
from stellwerk.engine.lint.flows import has_condition
from stellwerk.engine.lint.registry import Finding, rule
from stellwerk.engine.normalise import is_true

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
    """Told only if each branch of the join leads straight back to one exclusive gateway, with no other way in."""
    budget = [20 * _LONGEST]
    for node in diagram.of("parallelGateway"):
        if len(node.incoming) > 1:
            origins = {_origin(diagram, flow.get("sourceRef", ""), budget) for flow in node.incoming}
            decision = next(iter(origins)) if len(origins) == 1 else None
            if decision is not None:
                yield (
                    node.element,
                    f"The parallel gateway '{label(node.element)}' waits for {len(node.incoming)} flows, but "
                    f"'{label(decision.element)}' takes only one of them: it waits for ever. Merge with an exclusive "
                    "gateway, or split with a parallel one.",
                )


def _origin(diagram: Diagram, id: str, budget: list[int]) -> FlowNode | None:
    """The exclusive decision to which a straight line of nodes leads back; None if the line branches or is long."""
    for _ in range(_LONGEST):
        node, budget[0] = diagram.nodes.get(id), budget[0] - 1
        if node is None or budget[0] < 0 or is_true(node.element, "triggeredByEvent"):
            return None
        if len(node.outgoing) > 1:
            decides = node.tag == "exclusiveGateway" and any(has_condition(flow) for flow in node.outgoing)
            return node if decides or node.tag == "eventBasedGateway" else None
        if len(node.incoming) != 1:
            return None
        id = node.incoming[0].get("sourceRef", "")
    return None
