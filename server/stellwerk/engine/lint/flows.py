"""Sequence flows."""

from __future__ import annotations

from collections.abc import Iterator

from stellwerk.engine.diagram import XML, Diagram, FlowNode, is_activity, label
from stellwerk.engine.diagram.normalise import local_name
from stellwerk.engine.lint.fixes import drop
from stellwerk.engine.lint.reference_table import FLOW_NODES
from stellwerk.engine.lint.registry import Finding, rule
from stellwerk.engine.vocabulary import BPMN, EVENT_NODES


def _ends(diagram: Diagram) -> Iterator[tuple[XML, FlowNode, FlowNode]]:
    for flow in diagram.flows():
        source, target = diagram.nodes.get(flow.get("sourceRef", "")), diagram.nodes.get(flow.get("targetRef", ""))
        if source is not None and target is not None:
            yield flow, source, target


@rule(
    "flow-into-start",
    "No sequence flow leads into a start event.",
    clause="10.5.2",
    remedy="Lead the flow to a task or gateway behind the start event.",
    drawn=True,
)
def flow_into_start(diagram: Diagram) -> Iterator[Finding]:
    for flow, _, target in _ends(diagram):
        if target.tag == "startEvent":
            yield flow, f"A flow leads into the start event '{label(target.element)}'. Lead it to a task or gateway."


@rule(
    "flow-out-of-end",
    "No sequence flow leads out of an end event.",
    clause="10.5.3",
    remedy="Remove the flow, or make the event an intermediate event.",
    drawn=True,
)
def flow_out_of_end(diagram: Diagram) -> Iterator[Finding]:
    for flow, source, _ in _ends(diagram):
        if source.tag == "endEvent":
            yield (
                source.element,
                f"The end event '{label(source.element)}' has an outgoing sequence flow '{label(flow)}'. Remove it, or "
                "make the event an intermediate event.",
            )


@rule(
    "flow-into-boundary",
    "No sequence flow leads into a boundary event.",
    clause="10.5.4",
    remedy="Lead the flow to the activity of the boundary event.",
    drawn=True,
)
def flow_into_boundary(diagram: Diagram) -> Iterator[Finding]:
    for flow, _, target in _ends(diagram):
        if target.tag == "boundaryEvent":
            yield flow, f"A flow leads into the boundary event '{label(target.element)}'. Lead it to its activity."


@rule(
    "flow-across-border",
    "A sequence flow stays inside its process or subprocess.",
    clause="8.4.13",
    remedy="Lead the flow to the subprocess itself; between pools use a message.",
    drawn=True,
)
def flow_across_border(diagram: Diagram) -> Iterator[Finding]:
    for scope in diagram.scopes:
        for flow in scope.flows:
            ends = [diagram.by_id.get(flow.get(end, "")) for end in ("sourceRef", "targetRef")]
            nodes = [end for end in ends if end is not None and local_name(end) in FLOW_NODES]
            if any(node.getparent() is not scope.element for node in nodes):
                yield (
                    flow,
                    f"The sequence flow '{label(flow)}' crosses the border of a process (pool) or subprocess: both its "
                    "ends must belong to the same one. Lead it to the subprocess itself; between pools use messages.",
                )


@rule(
    "condition-alone",
    "An activity with a conditional flow has another flow beside it.",
    clause="8.4.13",
    remedy="Add a second flow, or remove the condition.",
    drawn=True,
)
def condition_alone(diagram: Diagram) -> Iterator[Finding]:
    for flow, source, _ in _ends(diagram):
        if has_condition(flow) and is_activity(source.tag) and len(source.outgoing) == 1:
            yield (
                flow,
                f"The sequence flow '{label(flow)}' out of the activity '{label(source.element)}' has a condition, but "
                "it is the only one. The activity must have at least one more outgoing sequence flow: add it, or "
                "remove the condition.",
            )


def has_condition(flow: XML) -> bool:
    return flow.find(f"{{{BPMN}}}conditionExpression") is not None


@rule(
    "condition-place",
    "A flow out of an event-based gateway has no condition: the event decides.",
    clause="10.6.6",
    remedy="Remove the condition: the first event decides.",
    drawn=True,
)
def condition_place(diagram: Diagram) -> Iterator[Finding]:
    for flow, source, _ in _ends(diagram):
        if has_condition(flow) and source.tag == "eventBasedGateway":
            yield (
                flow,
                f"The flow '{label(flow)}' out of the event-based gateway '{label(source.element)}' has a condition. "
                "Remove it: the first event decides.",
                drop(flow, "conditionExpression", "Remove the condition"),
            )


@rule(
    "condition-ignored",
    "A condition on a flow out of a parallel gateway has no effect.",
    "warning",
    clause="8.4.13",
    remedy="Remove the condition, or use an exclusive or inclusive gateway.",
    drawn=True,
)
def condition_ignored(diagram: Diagram) -> Iterator[Finding]:
    for flow, source, _ in _ends(diagram):
        if has_condition(flow) and source.tag == "parallelGateway":
            yield (
                flow,
                f"The condition of the flow '{label(flow)}' has no effect: a parallel gateway takes all its flows. "
                "Remove it, or use another gateway.",
                drop(flow, "conditionExpression", "Remove the condition"),
            )


@rule(
    "condition-on-event",
    "A flow out of an event should have no condition.",
    "warning",
    clause="8.4.13",
    remedy="Put a gateway behind the event, with the condition on its flow.",
)
def condition_on_event(diagram: Diagram) -> Iterator[Finding]:
    for flow, source, _ in _ends(diagram):
        if has_condition(flow) and source.tag in EVENT_NODES:
            yield (
                flow,
                f"The flow '{label(flow)}' out of the event '{label(source.element)}' has a condition. It is "
                "evaluated. Put a gateway there, so that everybody sees the decision.",
            )


@rule(
    "condition-empty",
    "A condition is not empty.",
    clause="8.4.13",
    remedy="Write a condition, or remove the empty one.",
)
def condition_empty(diagram: Diagram) -> Iterator[Finding]:
    for flow in diagram.flows():
        condition = flow.find(f"{{{BPMN}}}conditionExpression")
        if condition is not None and not (condition.text or "").strip():
            text = f"The condition of the flow '{label(flow)}' is empty. Write one, or remove it."
            yield flow, text, drop(flow, "conditionExpression", "Remove the condition")


@rule(
    "default-with-condition",
    "A default flow has no condition.",
    clause="8.4.13",
    remedy="Remove the condition, or make another flow the default.",
    drawn=True,
)
def default_with_condition(diagram: Diagram) -> Iterator[Finding]:
    for flow, source, _ in _ends(diagram):
        if has_condition(flow) and source.element.get("default") == flow.get("id"):
            text = f"The flow '{label(flow)}' is the default flow and has a condition. Remove one of the two."
            yield flow, text, drop(flow, "conditionExpression", "Remove the condition")
