"""Event subprocesses."""

from __future__ import annotations

from collections.abc import Iterator

from stellwerk.engine import vocabulary
from stellwerk.engine.diagram import Diagram, FlowNode, is_bpmn, label
from stellwerk.engine.lint.registry import Finding, rule
from stellwerk.engine.normalise import is_true, local_name


def _event_subprocesses(diagram: Diagram) -> Iterator[FlowNode]:
    return (node for node in diagram.of("subProcess") if is_true(node.element, "triggeredByEvent"))


@rule("event-subprocess-start", "An event subprocess has one start event, with an event that may start it.")
def event_subprocess_start(diagram: Diagram) -> Iterator[Finding]:
    for scope in diagram.scopes:
        if scope.node is None or not is_true(scope.node.element, "triggeredByEvent"):
            continue
        starts = [node for node in scope.nodes if node.tag == "startEvent"]
        if len(starts) != 1 or len(starts[0].definitions) != 1:
            yield (
                scope.element,
                f"The event subprocess '{label(scope.element)}' needs exactly one start event with one event. "
                "Give it a message, timer, error, escalation or condition.",
            )
        elif starts[0].kind + "EventDefinition" in vocabulary.REFUSED:
            continue  # named by the rule about what is not executed
        elif starts[0].kind not in vocabulary.EVENT_SUBPROCESS_STARTS:
            yield (
                starts[0].element,
                f"An event subprocess cannot start with a {starts[0].kind} event. Use another event.",
            )
        elif starts[0].kind == "error" and not is_true(starts[0].element, "isInterrupting", default=True):
            yield starts[0].element, f"The error start event '{label(starts[0].element)}' must interrupt. Change it."


@rule("event-subprocess-flows", "No flow leads into or out of an event subprocess.")
def event_subprocess_flows(diagram: Diagram) -> Iterator[Finding]:
    for node in _event_subprocesses(diagram):
        if node.incoming or node.outgoing:
            yield (
                node.element,
                f"A flow leads to or from the event subprocess '{label(node.element)}'. Its event starts it.",
            )


@rule("event-subprocess-extras", "An event subprocess has no boundary events and no loop.")
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
