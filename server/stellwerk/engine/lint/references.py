"""Ids and references."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stellwerk.engine.diagram import XML, Diagram, label
from stellwerk.engine.lint.registry import Finding, rule
from stellwerk.engine.normalise import local_name
from stellwerk.engine.vocabulary import BPMN

_ID = re.compile(r"[^\W\d][\w.\-\u00b7]*")
# (element, attribute) -> what it must name
_TARGETS = {
    ("messageEventDefinition", "messageRef"): "message",
    ("sendTask", "messageRef"): "message",
    ("receiveTask", "messageRef"): "message",
    ("errorEventDefinition", "errorRef"): "error",
    ("escalationEventDefinition", "escalationRef"): "escalation",
}


@rule("id-duplicate", "An id names one element of a file.")
def id_duplicate(diagram: Diagram) -> Iterator[Finding]:
    seen: set[str] = set()
    for element in diagram.root.iter(f"{{{BPMN}}}*"):
        id = element.get("id")
        if id is not None and id in seen:
            yield element, f"The id '{id}' is used twice in this file. Give one of the elements another id."
        elif id is not None:
            seen.add(id)


@rule("id-form", "An id holds no blanks and begins with a letter or an underscore.")
def id_form(diagram: Diagram) -> Iterator[Finding]:
    for element in (*diagram.processes, *(node.element for node in diagram.of()), *diagram.flows()):
        id = element.get("id") or ""
        if id and not _ID.fullmatch(id):
            yield (
                element,
                f"The id '{id}' holds characters that XML does not allow in an id. Use letters, digits, - and _.",
            )


@rule("reference-dangling", "A reference names an element of the right kind in the same file.")
def reference_dangling(diagram: Diagram) -> Iterator[Finding]:
    for scope in diagram.scopes:
        for flow in scope.flows:
            yield from _flow_ends(diagram, flow)
    for node in diagram.of():
        for element in (node.element, *node.definitions):
            yield from _named(diagram, element)


def _flow_ends(diagram: Diagram, flow: XML) -> Iterator[Finding]:
    for attribute, end in (("sourceRef", "begins"), ("targetRef", "ends")):
        ref = flow.get(attribute)
        if not ref or ref not in diagram.nodes:
            named = f"'{ref}', which is no flow node of a process" if ref else "nothing"
            yield flow, f"The sequence flow '{label(flow)}' {end} at {named}. Connect it again, or delete it."


def _named(diagram: Diagram, element: XML) -> Iterator[Finding]:
    for (tag, attribute), wanted in _TARGETS.items():
        ref = element.get(attribute) if local_name(element) == tag else None
        if ref:
            target = diagram.by_id.get(ref)
            if target is None or local_name(target) != wanted:
                yield element, f"'{ref}' is no {wanted} of this file. Choose one, or create it."


@rule("default-flow", "The default flow of a node is one of its outgoing flows.")
def default_flow(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of():
        ref = node.element.get("default")
        if ref and ref not in {flow.get("id") for flow in node.outgoing}:
            yield (
                node.element,
                f"The default flow '{ref}' of '{label(node.element)}' does not lead out of it. Choose another.",
            )
