"""Events that can never happen: nothing inside of what they watch throws what they wait for (10.5.4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from stellwerk.engine.diagram import XML, Diagram, FlowNode, ScopeElement, is_bpmn, label
from stellwerk.engine.diagram.normalise import local_name
from stellwerk.engine.lint.event_places import in_event_subprocess, kinds
from stellwerk.engine.lint.reference_table import ACTIVITIES, SUBPROCESSES
from stellwerk.engine.lint.registry import Finding, rule
from stellwerk.engine.lint.words import kind_of, the

_AT_ONCE = ("task", "manualTask")
_LATER = ("timer", "message", "signal")
# What throws nothing by itself; handlers, people, scripts and called processes may throw anything.
_SILENT = (*_AT_ONCE, "receiveTask")
_CODES = {"error": ("errorRef", "errorCode"), "escalation": ("escalationRef", "escalationCode")}
_MOST_CODES = 20  # more are not told apart, so that deep nesting costs nothing


@rule(
    "boundary-never",
    "A boundary event is attached to an activity that takes time.",
    "warning",
    clause="10.5.4",
    remedy="Attach the event to an activity that waits.",
)
def boundary_never(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("boundaryEvent"):
        host = diagram.nodes.get(node.element.get("attachedToRef", ""))
        if host is not None and host.tag in _AT_ONCE and node.kind in _LATER and len(node.definitions) == 1:
            yield (
                node.element,
                f"The boundary event '{label(node.element)}' can never happen: the {kind_of(host.tag)} "
                f"'{label(host.element)}' is done at once. Attach it to an activity that waits.",
            )


@dataclass
class Thrown:
    """What may come out of a scope or activity: codes of errors and escalations, or anything; and a cancellation."""

    codes: dict[str, set[str]] = field(default_factory=lambda: {kind: set() for kind in _CODES})
    anything: bool = False
    cancel: bool = False

    def add(self, other: Thrown) -> None:
        for kind, codes in self.codes.items():
            codes |= other.codes[kind]
            self.anything |= len(codes) > _MOST_CODES
        self.anything |= other.anything
        self.cancel |= other.cancel


@rule(
    "never-thrown",
    "What an event catches can be thrown by what it watches.",
    "warning",
    clause="10.5.4",
    remedy="Correct the code, attach the event to another activity, or delete it.",
)
def never_thrown(diagram: Diagram) -> Iterator[Finding]:
    """Only where every element inside is known to throw nothing else, so that each finding is certain."""
    inside = _of_scopes(diagram)
    for node in diagram.of("boundaryEvent", "startEvent"):
        if node.tag == "startEvent" and not in_event_subprocess(node):
            continue
        watched, thrown = _watched(diagram, node, inside)
        if watched is None or len(node.definitions) != 1 or node.kind not in (*_CODES, "cancel"):
            continue
        if not _may_catch(diagram, node, thrown):
            yield (
                node.element,
                f"The {kind_of(node.tag)} '{label(node.element)}' can never happen: nothing in {the(watched)} throws "
                f"{_what(_code(diagram, node.definitions[0], node.kind), node.kind)}. Correct the code, or delete the "
                "event.",
            )


def _of_scopes(diagram: Diagram) -> dict[XML, Thrown]:
    """What comes out of each scope, the inner ones first: `diagram.scopes` has the outer ones first."""
    found = {scope.element: Thrown() for scope in diagram.scopes}
    for scope in reversed(diagram.scopes):
        thrown = found[scope.element]
        for node in scope.nodes:
            thrown.add(_of_node(diagram, node, found))
    return found


def _of_node(diagram: Diagram, node: FlowNode, inside: dict[XML, Thrown]) -> Thrown:
    thrown = Thrown(anything=_speaks(node))
    if node.tag in SUBPROCESSES:
        thrown.add(inside[node.element])
        thrown.cancel = node.tag != "transaction" and thrown.cancel
    elif node.tag in ACTIVITIES:
        thrown.anything |= node.tag not in _SILENT
    elif node.tag in ("endEvent", "intermediateThrowEvent"):
        for definition in node.definitions:
            kind = local_name(definition).removesuffix("EventDefinition")
            thrown.cancel |= kind == "cancel"
            if kind in _CODES:
                code = _code(diagram, definition, kind)
                thrown.codes[kind].add(code or "")
                thrown.anything |= not code
    return thrown


def _speaks(node: FlowNode) -> bool:
    """Extensions may hold scripts, and instances of a loop may throw events."""
    return any(
        is_bpmn(child) and local_name(child) in ("extensionElements", "multiInstanceLoopCharacteristics")
        for child in node.element
    )


def _watched(diagram: Diagram, node: FlowNode, inside: dict[XML, Thrown]) -> tuple[XML | None, Thrown]:
    """What the event watches: its activity, or what is around its event subprocess."""
    if node.tag == "boundaryEvent":
        host = diagram.nodes.get(node.element.get("attachedToRef", ""))
        return (None, Thrown()) if host is None else (host.element, _of_node_as_host(diagram, host, inside))
    around: ScopeElement | None = node.scope.node.scope if node.scope.node is not None else None
    return (None, Thrown()) if around is None else (around.element, inside[around.element])


def _of_node_as_host(diagram: Diagram, host: FlowNode, inside: dict[XML, Thrown]) -> Thrown:
    thrown = _of_node(diagram, host, inside)
    thrown.cancel |= host.tag == "transaction" and inside[host.element].cancel
    return thrown


def _may_catch(diagram: Diagram, node: FlowNode, thrown: Thrown) -> bool:
    if "cancel" in kinds(node):
        return thrown.cancel
    code = _code(diagram, node.definitions[0], node.kind)
    codes = thrown.codes[node.kind]
    return thrown.anything or (code in codes if code else bool(codes))


def _code(diagram: Diagram, definition: XML, kind: str) -> str | None:
    reference, attribute = _CODES.get(kind, ("", ""))
    named = diagram.by_id.get(definition.get(reference, "")) if reference else None
    return (named.get(attribute) or None) if named is not None else None


def _what(code: str | None, kind: str) -> str:
    if kind == "cancel":
        return "a cancellation (a cancel end event)"
    return f"the {kind} '{code}'" if code else f"an {kind}"
