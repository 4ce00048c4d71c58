"""Which events are legal where (10.5.2 to 10.5.5), whether they are executed or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from stellwerk.engine.diagram import Diagram, FlowNode, label
from stellwerk.engine.diagram.normalise import is_true, local_name
from stellwerk.engine.lint.fixes import drop, put
from stellwerk.engine.lint.reference_table import EVENTS
from stellwerk.engine.lint.registry import Finding, rule
from stellwerk.engine.lint.words import a, kind_of

_CATCH = ("message", "timer", "conditional", "signal")
LEGAL: Mapping[str, tuple[str, ...]] = {
    "startEvent": _CATCH,
    "event subprocess": (*_CATCH, "error", "escalation", "compensate"),
    "intermediateCatchEvent": (*_CATCH, "link"),
    "intermediateThrowEvent": ("message", "escalation", "compensate", "link", "signal"),
    "boundaryEvent": (*_CATCH, "error", "escalation", "cancel", "compensate"),
    "endEvent": ("message", "escalation", "error", "cancel", "compensate", "signal", "terminate"),
}
_NEEDS_ONE = ("intermediateCatchEvent", "boundaryEvent")
_ALWAYS_INTERRUPT = ("error", "cancel", "compensate")
_SPOKEN = {"compensate": "compensation"}


def kinds(node: FlowNode) -> list[str]:
    """The kinds of all definitions of an event."""
    return [local_name(definition).removesuffix("EventDefinition") for definition in node.definitions]


def spoken(kind: str) -> str:
    return _SPOKEN.get(kind, kind)


def in_event_subprocess(node: FlowNode) -> bool:
    around = node.scope.node
    return around is not None and is_true(around.element, "triggeredByEvent")


def _refers(node: FlowNode) -> bool:
    return any(local_name(child) == "eventDefinitionRef" for child in node.element)


@rule(
    "event-place",
    "An event has an event definition that BPMN allows at its place.",
    clause="10.5",
    remedy="Choose an event of a kind that may stand there.",
    drawn=True,
)
def event_place(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of(*EVENTS):
        if node.tag == "startEvent" and node.scope.node is not None:
            continue  # told by the rules about subprocesses
        legal = LEGAL.get(node.tag)
        what = kind_of(node.tag)
        allowed = ", ".join(spoken(kind) for kind in legal or ())
        if node.tag in _NEEDS_ONE and not node.definitions and not _refers(node):
            yield (
                node.element,
                f"The {what} '{label(node.element)}' has no event definition, but it needs one: {allowed}. Add it.",
            )
        for kind in kinds(node):
            if legal is not None and kind not in legal:
                yield node.element, _misplaced(node, kind, allowed)


def _misplaced(node: FlowNode, kind: str, allowed: str) -> str:
    what = kind_of(node.tag)
    also = " outside of an event subprocess, at the top level of a process," if node.tag == "startEvent" else ""
    return (
        f"The {what} '{label(node.element)}' has {a(spoken(kind))} event definition. {a(what).capitalize()}{also} may "
        f"only have these event definitions: {allowed}. Use one of them, or another element."
    )


@rule(
    "boundary-interrupts",
    "An error, cancel or compensation boundary event is never non-interrupting.",
    clause="10.5.4",
    remedy="Make the boundary event interrupting.",
    drawn=True,
)
def boundary_interrupts(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("boundaryEvent"):
        for kind in kinds(node):
            if kind in _ALWAYS_INTERRUPT and not is_true(node.element, "cancelActivity", default=True):
                yield (
                    node.element,
                    f"The boundary event '{label(node.element)}' has {a(spoken(kind))} event definition and is "
                    "non-interrupting (cancelActivity is false). That is allowed for none of error, cancel and "
                    "compensation: the activity is over by then. Make it interrupting.",
                    put(node.element, "cancelActivity", "true", "Make it interrupting"),
                )


@rule(
    "cancel-end",
    "A cancel end event stands inside a transaction.",
    clause="10.5.3",
    remedy="Put the event into a transaction, or use an error end event.",
    drawn=True,
)
def cancel_end(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("endEvent"):
        if "cancel" in kinds(node) and not _inside_transaction(node):
            yield (
                node.element,
                f"The cancel end event '{label(node.element)}' is allowed only inside a transaction. Put it into a "
                "transaction subprocess, or use an error end event.",
            )


def _inside_transaction(node: FlowNode) -> bool:
    around = node.scope.node
    while around is not None and around.tag != "transaction":
        around = around.scope.node
    return around is not None


@rule(
    "cancel-boundary",
    "A cancel boundary event is attached to a transaction.",
    clause="10.5.4",
    remedy="Attach it to a transaction, or use an error boundary event.",
    drawn=True,
)
def cancel_boundary(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("boundaryEvent"):
        host = diagram.nodes.get(node.element.get("attachedToRef", ""))
        if "cancel" in kinds(node) and host is not None and host.tag != "transaction":
            yield (
                node.element,
                f"The cancel boundary event '{label(node.element)}' is allowed only on a transaction, but it is "
                f"attached to the {kind_of(host.tag)} '{label(host.element)}'. Use an error boundary event.",
            )


@rule(
    "event-twice",
    "An event has one event definition of a kind that cannot be combined.",
    clause="10.5.5",
    remedy="Remove the other event definitions.",
    drawn=True,
)
def event_twice(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of(*EVENTS):
        single = [kind for kind in kinds(node) if kind in ("link", "terminate", "cancel")]
        if single and len(kinds(node)) > 1:
            yield (
                node.element,
                f"The {kind_of(node.tag)} '{label(node.element)}' has a {single[0]} event definition and others. "
                f"A {single[0]} event has exactly one event definition. Remove the others.",
            )


@rule(
    "parallel-multiple",
    "A parallel multiple event has several event definitions.",
    "warning",
    clause="10.5.5",
    remedy="Add event definitions, or remove the mark.",
    drawn=True,
)
def parallel_multiple(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("startEvent", "intermediateCatchEvent", "boundaryEvent"):
        if is_true(node.element, "parallelMultiple") and len(kinds(node)) < 2 and not _refers(node):
            yield (
                node.element,
                f"The event '{label(node.element)}' is marked parallelMultiple, but it does not have several event "
                "definitions. Add them, or remove the mark.",
                drop(node.element, "parallelMultiple", "Remove the mark"),
            )
