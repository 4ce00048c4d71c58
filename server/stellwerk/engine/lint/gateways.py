"""Gateways (8.4.9, 10.6)."""

from __future__ import annotations

from collections.abc import Iterator

from stellwerk.engine.diagram import Diagram, FlowNode, label, own_id
from stellwerk.engine.diagram.normalise import is_true
from stellwerk.engine.lint.conditions import leave_nothing_out
from stellwerk.engine.lint.event_places import kinds
from stellwerk.engine.lint.fixes import drop, put
from stellwerk.engine.lint.flows import has_condition
from stellwerk.engine.lint.reference_table import GATEWAYS
from stellwerk.engine.lint.registry import Finding, rule
from stellwerk.engine.lint.words import said

_AWAITED = ("message", "signal", "timer", "conditional")
_DECIDING = ("exclusiveGateway", "inclusiveGateway")


@rule(
    "condition-missing",
    "Each flow out of an exclusive gateway has a condition or is the default flow.",
    clause="10.6.2",
    remedy="Write a condition, or make the flow the default flow.",
)
def condition_missing(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("exclusiveGateway"):
        if len(node.outgoing) < 2:
            continue
        bare = [f for f in node.outgoing if not has_condition(f) and f.get("id") != node.element.get("default")]
        only = len(bare) == 1 and not node.element.get("default") and own_id(bare[0])
        for flow in bare:
            yield (
                flow,
                f"The flow '{label(flow)}' out of '{label(node.element)}' has no condition. "
                "Write one, or make it the default flow.",
                put(node.element, "default", only, "Make it the default flow") if only else None,
            )


@rule(
    "default-missing",
    "A gateway that decides has a default flow for the case that no condition is true.",
    "warning",
    clause="10.6.2",
    remedy="Make one flow the default flow.",
)
def default_missing(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of(*_DECIDING):
        conditional = bool(node.outgoing) and all(has_condition(flow) for flow in node.outgoing)
        if conditional and not node.element.get("default") and not leave_nothing_out(node):
            yield (
                node.element,
                f"'{label(node.element)}' has no default flow: when no condition is true, the instance stops here "
                "with an incident. Make one flow the default.",
            )


@rule(
    "gateway-direction",
    "A gateway has the flows that its direction promises.",
    clause="8.4.9",
    remedy="Change the direction, or the flows.",
    drawn=True,
)
def gateway_direction(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of(*GATEWAYS):
        direction, into, out = node.element.get("gatewayDirection"), len(node.incoming), len(node.outgoing)
        if direction == "Converging" and out > 1:
            wrong = f"is marked Converging, but has {out} outgoing sequence flows: at most one is allowed"
        elif direction == "Diverging" and into > 1:
            wrong = f"is marked Diverging, but has {into} incoming sequence flows: at most one is allowed"
        elif direction == "Mixed" and (into < 2 or out < 2):
            wrong = (
                f"is marked Mixed, but has {into} incoming and {out} outgoing sequence flows: at least two of each "
                "are needed"
            )
        else:
            continue
        yield (
            node.element,
            f"The gateway '{label(node.element)}' {wrong}. Change its direction, or its flows.",
            drop(node.element, "gatewayDirection", "Remove the direction"),
        )


@rule(
    "gateway-flows",
    "A gateway has several incoming or several outgoing sequence flows.",
    clause="10.6",
    remedy="Connect the gateway, or delete it.",
    drawn=True,
)
def gateway_flows(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of(*GATEWAYS):
        if len(node.incoming) < 2 and len(node.outgoing) < 2 and not _starts(node):
            yield (
                node.element,
                f"The gateway '{label(node.element)}' has {_count(len(node.incoming))} incoming and "
                f"{_count(len(node.outgoing))} outgoing sequence flow, so it neither merges nor splits: it must have "
                "several incoming or several outgoing sequence flows. Connect it, or delete it.",
            )


def _starts(node: FlowNode) -> bool:
    return node.tag == "eventBasedGateway"  # told by the rule about its targets


def _count(number: int) -> str:
    return "one" if number else "no"


@rule(
    "event-gateway-start",
    "An event-based gateway that starts a process has no incoming flow.",
    clause="10.6.6",
    remedy="Remove the flow, or the tick at instantiate.",
    drawn=True,
)
def event_gateway_start(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("eventBasedGateway"):
        if is_true(node.element, "instantiate") and node.incoming:
            yield (
                node.element,
                f"The event-based gateway '{label(node.element)}' instantiates the process, so it must not have an "
                "incoming sequence flow. Remove the flow, or the tick at 'instantiate'.",
                drop(node.element, "instantiate", "Let it start no process"),
            )


@rule(
    "event-gateway-parallel",
    "Only an event-based gateway that starts a process is parallel.",
    clause="10.6.6",
    remedy="Make it exclusive, or let it start the process.",
    drawn=True,
)
def event_gateway_parallel(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("eventBasedGateway"):
        if node.element.get("eventGatewayType") == "Parallel" and not is_true(node.element, "instantiate"):
            yield (
                node.element,
                f"The event-based gateway '{label(node.element)}' is of the type Parallel, which is allowed only if it "
                "instantiates the process. Make it exclusive, or use a parallel gateway before the events.",
                put(node.element, "eventGatewayType", "Exclusive", "Make it exclusive"),
            )


@rule(
    "default-place",
    "Only activities and exclusive, inclusive or complex gateways have a default flow.",
    clause="8.4.13",
    remedy="Remove the default flow.",
    drawn=True,
)
def default_place(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("parallelGateway", "eventBasedGateway"):
        if node.element.get("default"):
            yield (
                node.element,
                f"{said(node.element)} has a default flow, but it takes no decision by conditions. "
                "Remove the default flow.",
                drop(node.element, "default", "Remove the default flow"),
            )


@rule(
    "event-gateway-targets",
    "An event-based gateway leads to at least two catch events or receive tasks, and only there.",
    clause="10.6.6",
    remedy="Put catch events or receive tasks behind the gateway, each with one incoming flow.",
    drawn=True,
)
def event_gateway_targets(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("eventBasedGateway"):
        if len(node.outgoing) < 2:
            yield (
                node.element,
                f"The event-based gateway '{label(node.element)}' must have several outgoing sequence flows: it needs "
                "at least two events behind it. Connect it.",
            )
        targets = [t for flow in node.outgoing if (t := diagram.nodes.get(flow.get("targetRef", ""))) is not None]
        for target in targets:
            if not _may_wait(target):
                yield (
                    target.element,
                    f"'{label(target.element)}' stands behind the event-based gateway '{label(node.element)}'. "
                    "Only catch events with a message, signal, timer or condition, and receive tasks, may stand there.",
                )
            elif len(target.incoming) > 1:
                yield (
                    target.element,
                    f"Another flow leads to '{label(target.element)}', which waits for an event-based gateway. "
                    "Lead the other flow to an event of its own.",
                )
        yield from _mixed(node, targets)


def _may_wait(target: FlowNode) -> bool:
    waits = target.tag == "intermediateCatchEvent" and all(kind in _AWAITED for kind in kinds(target))
    return waits or target.tag == "receiveTask"


def _mixed(gateway: FlowNode, targets: list[FlowNode]) -> Iterator[Finding]:
    receives = [t for t in targets if t.tag == "receiveTask"]
    if receives and any(t.tag == "intermediateCatchEvent" and t.kind == "message" for t in targets):
        yield (
            gateway.element,
            f"Behind the event-based gateway '{label(gateway.element)}' message catch events are mixed with receive "
            f"tasks ('{label(receives[0].element)}'). Use only receive tasks or only message events there.",
        )


@rule(
    "event-gateway-boundary",
    "A receive task behind an event-based gateway has no boundary events.",
    clause="10.6.6",
    remedy="Put the event of the boundary behind the gateway.",
    drawn=True,
)
def event_gateway_boundary(diagram: Diagram) -> Iterator[Finding]:
    behind = {flow.get("targetRef") for node in diagram.of("eventBasedGateway") for flow in node.outgoing}
    for node in diagram.of("boundaryEvent"):
        if node.element.get("attachedToRef") in behind:
            yield (
                node.element,
                f"The boundary event '{label(node.element)}' is attached to a task behind an event-based gateway. "
                "Put its event behind the gateway instead.",
            )
