"""Ids and references."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stellwerk.engine.diagram import XML, Diagram, is_bpmn, label
from stellwerk.engine.diagram.normalise import local_name
from stellwerk.engine.lint import reference_table as table
from stellwerk.engine.lint.fixes import drop
from stellwerk.engine.lint.registry import Finding, rule
from stellwerk.engine.lint.words import a, kind_of, one_of, the
from stellwerk.engine.vocabulary import BPMN

_ID = re.compile(r"[^\W\d][\w.\-\u00b7]*")
_STRICT = ("process", "sequenceFlow")
LONGEST_ID = 255  # the database stores no longer ones
_DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_EXTERNAL = re.compile(r"[^/]*://")


@rule(
    "id-duplicate", "An id names one element of a file.", clause="8.3.1", remedy="Give one of the elements another id."
)
def id_duplicate(diagram: Diagram) -> Iterator[Finding]:
    seen: set[str] = set()
    for element in diagram.root.iter(f"{{{BPMN}}}*"):
        id = element.get("id")
        if id is not None and id in seen:
            yield element, f"The id '{id}' is used twice in this file. Give one of the elements another id."
        elif id is not None:
            seen.add(id)


@rule(
    "id-form",
    "An id holds no blanks and begins with a letter or an underscore.",
    clause="8.3.1",
    remedy="Use letters, digits, - and _.",
)
def id_form(diagram: Diagram) -> Iterator[Finding]:
    for element in (*diagram.processes, *(node.element for node in diagram.of()), *diagram.flows()):
        id = element.get("id") or ""
        if id and not _ID.fullmatch(id):
            yield (
                element,
                f"The id '{id}' holds characters that XML does not allow in an id. Use letters, digits, - and _.",
            )


@rule(
    "id-form-other",
    "Ids beside those of processes, nodes and flows have the same form.",
    "warning",
    clause="8.3.1",
    remedy="Use letters, digits, - and _.",
)
def id_form_other(diagram: Diagram) -> Iterator[Finding]:
    """Only a warning: nothing here stumbles over them, but other tools refuse such a file."""
    told = set(diagram.nodes)
    for element in diagram.root.iter(f"{{{BPMN}}}*"):
        id = element.get("id")
        if id is not None and id not in told and not _ID.fullmatch(id) and local_name(element) not in _STRICT:
            yield (
                element,
                f"The id '{id}' of {a(kind_of(local_name(element)))} holds characters that XML does not allow in an "
                "id, so other tools may refuse the file. Use letters, digits, - and _.",
            )


@rule("id-length", "An id has at most 255 characters.", remedy="Write a shorter id.")
def id_length(diagram: Diagram) -> Iterator[Finding]:
    for element in (*diagram.processes, *(node.element for node in diagram.of()), *diagram.flows()):
        id = element.get("id") or ""
        if len(id) > LONGEST_ID:
            yield element, f"The id '{id[:40]}...' has {len(id)} characters. Give it at most {LONGEST_ID}."


@rule(
    "reference-dangling",
    "A reference names an element that exists in the same file.",
    clause="8.2",
    remedy="Choose an element of the file, create it, or remove the reference.",
)
def reference_dangling(diagram: Diagram) -> Iterator[Finding]:
    imports = any(e.get("importType", BPMN) == BPMN for e in diagram.anywhere("import"))
    for place, owner, name, ref, allowed in references(diagram):
        local = resolved(diagram, place, ref)
        if not ref:
            yield (
                place,
                f"The reference {name} of {the(owner)} names no element, but it must: {_wanted(allowed)}. Connect it.",
            )
        elif local is not None and local not in diagram.by_id and not imports:
            yield (
                place,
                f"The reference {name} of {the(owner)} names '{ref}', but no such element exists in this file. "
                f"It must name an element of this type: {_wanted(allowed)}. Choose one, or remove it.",
            )


@rule(
    "reference-type",
    "A reference names an element of a type that BPMN allows there.",
    clause="8.2",
    remedy="Choose an element of a type that the message names.",
)
def reference_type(diagram: Diagram) -> Iterator[Finding]:
    for place, owner, name, ref, allowed in references(diagram):
        target = diagram.by_id.get(resolved(diagram, place, ref) or "")
        if target is None or not allowed or local_name(target) in allowed:
            continue
        artifact = local_name(target) in table.ARTIFACTS
        why = " Artifacts (associations, groups, text annotations) cannot stand there." if artifact else ""
        yield (
            place,
            f"The reference {name} of {the(owner)} names '{ref}', which is {a(kind_of(local_name(target)))}. "
            f"It must be of this type: {_wanted(allowed)}.{why} Choose another element.",
        )


def _wanted(allowed: frozenset[str]) -> str:
    if not allowed:
        return "any element"
    groups = (
        (table.FLOW_NODES, "activity, event or gateway"),
        (table.ACTIVITIES, "activity"),
        (table.EVENTS, "event"),
        (table.EVENT_DEFINITIONS, "event definition"),
        (table.ITEM_AWARE, "data object, data store, data input, data output or property"),
        (table.CONVERSATIONS, "conversation"),
    )
    said, rest = [], set(allowed)
    for tags, words in groups:
        if tags <= rest:
            said.append(words)
            rest -= tags
    return ", ".join([*said, *([one_of(rest)] if rest else ())])


Reference = tuple[XML, XML, str, str, frozenset[str]]


def references(diagram: Diagram) -> Iterator[Reference]:
    """(where it stands, whose it is, its name, what it names, the kinds that it may name) of the whole file."""
    for tag in diagram.tags():
        attributes, children = table.ATTRIBUTES.get(tag, {}), table.CHILDREN.get(tag, {})
        required = table.REQUIRED.get(tag, ())
        for element in diagram.anywhere(tag):
            for name, allowed in attributes.items():
                value = element.get(name)
                if value is not None or name in required:
                    yield element, element, name, (value or "").strip(), allowed
            yield from _in_children(element, children)


def _in_children(element: XML, children: table.Targets) -> Iterator[Reference]:
    for child in element:
        if is_bpmn(child):
            name = local_name(child)
            allowed = table.CATEGORY if name == "categoryValueRef" else children.get(name)
            text = (child.text or "").strip()
            if allowed is not None and text:
                yield child, element, name, text, allowed


def resolved(diagram: Diagram, place: XML, ref: str) -> str | None:
    """The id that a reference names in this file; None if it leads into another file."""
    prefix, colon, rest = ref.partition(":")
    if not colon:
        return ref
    namespace = place.nsmap.get(prefix)
    if namespace is None:
        return None if _EXTERNAL.match(ref) else ref
    return rest if namespace == diagram.root.get("targetNamespace") else None


@rule(
    "drawing-dangling",
    "What is drawn is an element of the file.",
    "warning",
    clause="12",
    remedy="Let a modeler save the file again, or correct bpmnElement.",
)
def drawing_dangling(diagram: Diagram) -> Iterator[Finding]:
    for drawing in diagram.drawings:
        for shape in drawing.iter(f"{_DI}BPMNPlane", f"{_DI}BPMNShape", f"{_DI}BPMNEdge"):
            ref = (shape.get("bpmnElement") or "").strip()
            local = resolved(diagram, shape, ref)
            if local and local not in diagram.by_id:
                yield (
                    shape,
                    f"{local_name(shape)} draws '{ref}' (bpmnElement), but no such element exists in this file, so "
                    "it shows nothing. Let a modeler save the file again.",
                )


@rule(
    "default-flow",
    "The default flow of an activity or gateway is one of its outgoing flows.",
    clause="8.4.13",
    remedy="Choose a flow that begins there.",
    drawn=True,
)
def default_flow(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of():
        ref = node.element.get("default")
        if ref and ref not in {flow.get("id") for flow in node.outgoing}:
            target = diagram.by_id.get(ref)
            if target is None:
                what = "does not exist"
            elif local_name(target) != "sequenceFlow":
                what = f"is of another type: {a(kind_of(local_name(target)))}"
            else:
                what = "does not start at it"
            yield (
                node.element,
                f"The reference to the default flow '{ref}' of '{label(node.element)}' is wrong: the element {what}. "
                "The default flow must be a sequence flow that starts there. Choose another.",
                drop(node.element, "default", "Remove the reference"),
            )
