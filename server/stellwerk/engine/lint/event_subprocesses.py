"""Event subprocesses."""

from __future__ import annotations

from collections.abc import Iterator

from stellwerk.engine.diagram import Diagram, FlowNode, is_bpmn, label
from stellwerk.engine.diagram.normalise import is_true, local_name
from stellwerk.engine.lint.event_places import LEGAL, kinds, spoken
from stellwerk.engine.lint.fixes import put
from stellwerk.engine.lint.reference_table import SUBPROCESSES
from stellwerk.engine.lint.registry import Finding, rule
from stellwerk.engine.lint.words import a


def _event_subprocesses(diagram: Diagram) -> Iterator[FlowNode]:
    return (node for node in diagram.of(*SUBPROCESSES) if is_true(node.element, "triggeredByEvent"))


@rule(
    "event-subprocess-start",
    "An event subprocess has one start event, with an event that may start it.",
    clause="10.3.5",
    remedy="Give it exactly one start event with an event that may start it.",
    drawn=True,
)
def event_subprocess_start(diagram: Diagram) -> Iterator[Finding]:
    for scope in diagram.scopes:
        if scope.node is None or not is_true(scope.node.element, "triggeredByEvent"):
            continue
        starts = [node for node in scope.nodes if node.tag == "startEvent"]
        if len(starts) != 1:
            yield (
                scope.element,
                f"The event subprocess '{label(scope.element)}' must have exactly one start event, with an event "
                "definition. Give it a message, timer, error, escalation, signal or conditional start event.",
            )
        elif not starts[0].definitions:
            yield (
                starts[0].element,
                f"The start event '{label(starts[0].element)}' of the event subprocess '{label(scope.element)}' must "
                "have at least one event definition: message, timer, error, escalation, signal or conditional. Add it.",
            )
        else:
            yield from _start(starts[0])


def _start(start: FlowNode) -> Iterator[Finding]:
    legal = ", ".join(spoken(kind) for kind in LEGAL["event subprocess"])
    interrupts = is_true(start.element, "isInterrupting", default=True)
    for kind in kinds(start):
        if kind not in LEGAL["event subprocess"]:
            yield (
                start.element,
                f"The start event '{label(start.element)}' of an event subprocess has {a(spoken(kind))} event "
                f"definition. Allowed are: {legal}. Use one of them.",
            )
        elif kind in ("error", "compensate") and not interrupts:
            yield (
                start.element,
                f"The start event '{label(start.element)}' of an event subprocess has {a(spoken(kind))} event "
                "definition, so it is never non-interrupting. Make it interrupting (isInterrupting).",
                put(start.element, "isInterrupting", "true", "Make it interrupting"),
            )


@rule(
    "event-subprocess-flows",
    "No flow leads into or out of an event subprocess.",
    clause="10.3.5",
    remedy="Remove the flows.",
    drawn=True,
)
def event_subprocess_flows(diagram: Diagram) -> Iterator[Finding]:
    for node in _event_subprocesses(diagram):
        if node.incoming or node.outgoing:
            yield (
                node.element,
                f"The event subprocess '{label(node.element)}' has incoming or outgoing sequence flows, but its "
                "event starts it. Remove the flows.",
            )


@rule(
    "event-subprocess-extras",
    "An event subprocess has no boundary events and no loop.",
    clause="10.3.5",
    remedy="Remove the boundary event or the loop.",
    drawn=True,
)
def event_subprocess_extras(diagram: Diagram) -> Iterator[Finding]:
    ids = {node.id for node in _event_subprocesses(diagram)}
    for node in diagram.of("boundaryEvent"):
        if node.element.get("attachedToRef") in ids:
            yield node.element, f"'{label(node.element)}' is attached to an event subprocess. Put its event inside."
    for node in _event_subprocesses(diagram):
        if any(is_bpmn(c) and local_name(c).endswith("LoopCharacteristics") for c in node.element):
            yield (
                node.element,
                f"The event subprocess '{label(node.element)}' is repeated by its event. Remove its loop.",
            )
