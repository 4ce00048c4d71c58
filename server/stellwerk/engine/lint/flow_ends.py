"""Which nodes must have incoming and outgoing sequence flows, and which must not (8.4.13, 10.5)."""

from __future__ import annotations

from collections.abc import Iterator

from stellwerk.engine.diagram import XML, Diagram, FlowNode, ScopeElement, is_activity, is_bpmn, label, own_id
from stellwerk.engine.diagram.normalise import is_true, local_name
from stellwerk.engine.lint.event_places import kinds
from stellwerk.engine.lint.registry import Finding, rule
from stellwerk.engine.lint.words import kind_of, said


@rule(
    "start-outgoing",
    "A start event has an outgoing sequence flow.",
    clause="10.5.2",
    remedy="Draw a flow out of the start event, or delete the event.",
    drawn=True,
)
def start_outgoing(diagram: Diagram) -> Iterator[Finding]:
    for scope in _with_flows(diagram):
        for node in scope.nodes:
            if node.tag == "startEvent" and not node.outgoing:
                yield (
                    node.element,
                    f"The start event '{label(node.element)}' must have an outgoing sequence flow. Draw one, or delete "
                    "the event.",
                )


@rule(
    "end-incoming",
    "An end event has an incoming sequence flow.",
    clause="10.5.3",
    remedy="Draw a flow to the end event, or delete the event.",
    drawn=True,
)
def end_incoming(diagram: Diagram) -> Iterator[Finding]:
    for scope in _with_flows(diagram):
        for node in scope.nodes:
            if node.tag == "endEvent" and not node.incoming:
                yield (
                    node.element,
                    f"The end event '{label(node.element)}' must have an incoming sequence flow. Draw one, or delete "
                    "the event.",
                )


def _with_flows(diagram: Diagram) -> Iterator[ScopeElement]:
    """Scopes in which there is something to connect with: more than one node that tokens come to by flows."""
    for scope in diagram.scopes:
        if sum(not is_true(node.element, "triggeredByEvent") for node in scope.nodes) > 1:
            yield scope


@rule(
    "incoming-missing",
    "Where a level has a start event, every other node has an incoming flow.",
    clause="10.5.2",
    remedy="Draw a flow to the node, or delete it.",
    drawn=True,
)
def incoming_missing(diagram: Diagram) -> Iterator[Finding]:
    for scope in diagram.scopes:
        if not any(node.tag == "startEvent" for node in scope.nodes):
            continue
        for node in scope.nodes:
            if not node.incoming and not _begins_otherwise(node) and node.tag != "endEvent":
                yield (
                    node.element,
                    f"{said(node.element)} has no incoming sequence flow. There is a start event on "
                    "this level, so every other flow node must have an incoming sequence flow. Connect it, or "
                    "delete it.",
                )


def _begins_otherwise(node: FlowNode) -> bool:
    if node.tag in ("startEvent", "boundaryEvent") or ("link" in kinds(node) and node.tag == "intermediateCatchEvent"):
        return True
    flags = ("triggeredByEvent", "isForCompensation", "instantiate")
    return any(is_true(node.element, flag) for flag in flags) or local_name(node.scope.element) == "adHocSubProcess"


@rule(
    "outgoing-missing",
    "Where a level has an end event, every other node has an outgoing flow.",
    "warning",
    clause="10.5.3",
    remedy="Draw a flow out of the node, for example to an end event.",
    drawn=True,
)
def outgoing_missing(diagram: Diagram) -> Iterator[Finding]:
    for scope in diagram.scopes:
        if not any(node.tag == "endEvent" for node in scope.nodes):
            continue
        for node in scope.nodes:
            if not node.outgoing and not _ends_otherwise(node):
                yield (
                    node.element,
                    f"{said(node.element)} has no outgoing sequence flow. There is an end event on this "
                    "level, so every other flow node should have an outgoing sequence flow. Connect it.",
                )


def _ends_otherwise(node: FlowNode) -> bool:
    if node.tag in ("endEvent", "startEvent") or ("link" in kinds(node) and node.tag == "intermediateThrowEvent"):
        return True
    if node.tag == "boundaryEvent":
        return True
    flags = ("triggeredByEvent", "isForCompensation")
    return any(is_true(node.element, flag) for flag in flags) or local_name(node.scope.element) == "adHocSubProcess"


@rule(
    "boundary-outgoing",
    "A boundary event leads somewhere.",
    "warning",
    clause="10.5.4",
    remedy="Draw a flow out of the boundary event.",
    drawn=True,
)
def boundary_outgoing(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("boundaryEvent"):
        if not node.outgoing and "compensate" not in kinds(node):
            yield (
                node.element,
                f"The boundary event '{label(node.element)}' has no outgoing sequence flow, so nothing follows "
                "when it happens. Connect it, for example with an end event.",
            )


@rule(
    "flow-lists",
    "The flows that a node lists are the flows that are connected to it.",
    clause="8.4.13",
    remedy="Correct the lists incoming and outgoing, or leave them out everywhere.",
    drawn=True,
)
def flow_lists(diagram: Diagram) -> Iterator[Finding]:
    """Nodes may leave their lists out. Where a process uses them, a list that says something else misleads readers."""
    processes: dict[XML, list[FlowNode]] = {}
    for scope in diagram.scopes:
        processes.setdefault(scope.process, []).extend(scope.nodes)
    for nodes in processes.values():
        if any(listed for node in nodes for listed in (_listed(node, "incoming"), _listed(node, "outgoing"))):
            for node in nodes:
                yield from _compare(node, "outgoing", node.outgoing)
                yield from _compare(node, "incoming", node.incoming)


def _listed(node: FlowNode, name: str) -> set[str]:
    return {(c.text or "").strip() for c in node.element if is_bpmn(c) and local_name(c) == name}


def _compare(node: FlowNode, name: str, flows: list[XML]) -> Iterator[Finding]:
    listed, drawn = _listed(node, name), {flow.get("id") or "" for flow in flows}
    for id in sorted(listed - drawn)[:1]:
        yield (
            node.element,
            f"{said(node.element)} lists '{id}' as {name} sequence flow, but no such flow is connected "
            f"there. Correct the list ({name}), or export the file again.",
        )
    missing = [flow for flow in flows if own_id(flow) and own_id(flow) not in listed]
    if missing:
        yield (
            node.element,
            f"{said(node.element)} must have its {name} sequence flow '{own_id(missing[0])}' listed ({name}), as other "
            "nodes of the process list theirs. Add it, or export the file again.",
        )


@rule(
    "compensation-flows",
    "No sequence flow leads to or from a compensation activity.",
    clause="10.7",
    remedy="Remove the flows; connect the handler by an association.",
    drawn=True,
)
def compensation_flows(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of():
        if is_activity(node.tag) and is_true(node.element, "isForCompensation") and (node.incoming or node.outgoing):
            yield (
                node.element,
                f"The {kind_of(node.tag)} '{label(node.element)}' is a compensation activity, so it must not have "
                "incoming or outgoing sequence flows. Connect it to its compensation boundary event by an association.",
            )


@rule(
    "compensation-boundary",
    "A compensation boundary event has one association to its handler.",
    clause="10.7",
    remedy="Draw one association to an activity that is marked as compensation.",
    drawn=True,
)
def compensation_boundary(diagram: Diagram) -> Iterator[Finding]:
    leading: dict[str, list[XML]] = {}
    for association in diagram.anywhere("association"):
        leading.setdefault(association.get("sourceRef", ""), []).append(association)
    for node in diagram.of("boundaryEvent"):
        if "compensate" in kinds(node):
            handlers = [diagram.nodes.get(a.get("targetRef", "")) for a in leading.get(node.id, ())]
            found = [h for h in handlers if h is not None and is_true(h.element, "isForCompensation")]
            yield from _handlers(node, found)


def _handlers(node: FlowNode, handlers: list[FlowNode]) -> Iterator[Finding]:
    if len(handlers) != 1:
        how = "several compensation activities" if handlers else "no compensation activity"
        yield (
            node.element,
            f"The compensation boundary event '{label(node.element)}' is connected by an association to {how}. "
            "It needs exactly one: draw an association to a compensation activity (isForCompensation).",
        )
    elif handlers[0].scope is not node.scope:
        yield (
            node.element,
            f"The compensation activity of the boundary event '{label(node.element)}' is on another level. Put it "
            "beside the event.",
        )
    if node.outgoing:
        yield (
            node.element,
            f"The compensation boundary event '{label(node.element)}' has an outgoing sequence flow. Use an "
            "association to its compensation activity instead.",
        )


@rule(
    "compensation-start",
    "A compensation event subprocess stands inside of a subprocess, or in a process that is called.",
    "warning",
    clause="10.7",
    remedy="Put the event subprocess into the subprocess that it compensates, or call the process.",
    drawn=True,
)
def compensation_start(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("startEvent"):
        around = node.scope.node
        if "compensate" in kinds(node) and around is not None and around.scope.node is None:
            yield (
                node.element,
                f"The compensation start event '{label(node.element)}' stands in an event subprocess at the top level "
                "of a process, so it only happens when another process has called this one and the call is undone. "
                "Put the event subprocess into a subprocess if that is not meant.",
            )
