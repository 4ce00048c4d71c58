"""Gateways."""

from __future__ import annotations

from collections.abc import Iterator

from stellwerk.engine.diagram import Diagram, FlowNode, label
from stellwerk.engine.lint.flows import has_condition
from stellwerk.engine.lint.registry import Finding, rule
from stellwerk.engine.vocabulary import GATEWAYS

_DECIDING = ("exclusiveGateway", "inclusiveGateway")


@rule("condition-missing", "Each flow out of an exclusive gateway has a condition or is the default flow.")
def condition_missing(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("exclusiveGateway"):
        if len(node.outgoing) < 2:
            continue
        for flow in node.outgoing:
            if not has_condition(flow) and flow.get("id") != node.element.get("default"):
                yield (
                    flow,
                    f"The flow '{label(flow)}' out of '{label(node.element)}' has no condition. "
                    "Write one, or make it the default flow.",
                )


@rule("default-missing", "A gateway that decides has a default flow for the case that no condition is true.", "warning")
def default_missing(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of(*_DECIDING):
        if node.outgoing and all(has_condition(flow) for flow in node.outgoing) and not node.element.get("default"):
            yield (
                node.element,
                f"'{label(node.element)}' has no default flow: when no condition is true, the instance stops here "
                "with an incident. Make one flow the default.",
            )


@rule("gateway-unconnected", "A gateway has a flow that leads on.")
def gateway_unconnected(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of(*GATEWAYS):
        if not node.outgoing and not node.incoming:
            yield node.element, f"The gateway '{label(node.element)}' is not connected. Connect it, or delete it."


@rule(
    "event-gateway-targets",
    "An event-based gateway leads to at least two catch events or receive tasks, and only there.",
)
def event_gateway_targets(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("eventBasedGateway"):
        if len(node.outgoing) < 2:
            yield node.element, f"The event-based gateway '{label(node.element)}' needs at least two events behind it."
        targets = [t for flow in node.outgoing if (t := diagram.nodes.get(flow.get("targetRef", ""))) is not None]
        for target in targets:
            if not _may_wait(target):
                yield (
                    target.element,
                    f"'{label(target.element)}' stands behind the event-based gateway '{label(node.element)}'. "
                    "Only catch events with a message, timer or condition, and receive tasks, may stand there.",
                )
            elif len(target.incoming) > 1:
                yield (
                    target.element,
                    f"Another flow leads to '{label(target.element)}', which waits for an event-based gateway. "
                    "Lead the other flow to an event of its own.",
                )
        yield from _mixed(targets)


def _may_wait(target: FlowNode) -> bool:
    return target.tag == "receiveTask" or (target.tag == "intermediateCatchEvent" and target.kind != "link")


def _mixed(targets: list[FlowNode]) -> Iterator[Finding]:
    receives = [t for t in targets if t.tag == "receiveTask"]
    if receives and any(t.tag == "intermediateCatchEvent" and t.kind == "message" for t in targets):
        yield (
            receives[0].element,
            f"'{label(receives[0].element)}' and message events stand behind the same event-based gateway. "
            "Use only receive tasks or only message events there.",
        )


@rule("event-gateway-boundary", "A receive task behind an event-based gateway has no boundary events.")
def event_gateway_boundary(diagram: Diagram) -> Iterator[Finding]:
    behind = {flow.get("targetRef") for node in diagram.of("eventBasedGateway") for flow in node.outgoing}
    for node in diagram.of("boundaryEvent"):
        if node.element.get("attachedToRef") in behind:
            yield (
                node.element,
                f"The boundary event '{label(node.element)}' is attached to a task behind an event-based gateway. "
                "Put its event behind the gateway instead.",
            )
