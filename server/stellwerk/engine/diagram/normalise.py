"""Makes equal what BPMN allows to be written in several ways, before anything else reads the tree.

- flow nodes and flows without an id get one; drawings of the diagram go out of the tree, they have no effect;
- an event that refers to a definition beside the processes gets a copy of it;
- references lose their namespace prefix and their blanks;
- where a file declares no error at all, an errorRef is a code of its own, as in Camunda 7: the error is declared;
- an expression whose language is named as FEEL begins with `=`.
"""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from stellwerk.engine import vocabulary
from stellwerk.engine.diagram.languages import mark_feel
from stellwerk.engine.vocabulary import BPMN

REFERENCES = (
    "messageRef",
    "signalRef",
    "errorRef",
    "escalationRef",
    "attachedToRef",
    "activityRef",
    "noneBehaviorEventRef",
    "oneBehaviorEventRef",
    "sourceRef",
    "targetRef",
    "default",
    "processRef",
    "correlationKeyRef",
    "correlationPropertyRef",
    "dataObjectRef",
    "dataStoreRef",
    "itemSubjectRef",
)
_TEXT_REFERENCES = (
    "sourceRef",
    "targetRef",
    "choreographyRef",
    "flowNodeRef",
    "incoming",
    "outgoing",
    "loopDataInputRef",
    "loopDataOutputRef",
    "correlationPropertyRef",
)


def normalise(root: etree._Element) -> list[etree._Element]:
    """Changes the tree, and gives the drawings that were in it."""
    drawings = root.findall("{http://www.omg.org/spec/BPMN/20100524/DI}BPMNDiagram")
    for diagram in drawings:
        root.remove(diagram)
    _inline_event_definitions(root)
    for element in root.iter(f"{{{BPMN}}}*"):
        if element.get("id") is not None:
            element.set("id", element.get("id", "").strip())  # as XML Schema reads an id
    taken = {element.get("id") for element in root.iter() if isinstance(element.tag, str)}
    count = 0
    for element in root.iter(f"{{{BPMN}}}*"):
        local = local_name(element)
        if element.get("id") is None and _needs_id(local):
            count += 1
            while f"unnamed_{local}_{count}" in taken:
                count += 1
            element.set("id", f"unnamed_{local}_{count}")
        _strip_prefixes(element, local)
    _declare_errors(root)
    mark_feel(root)
    return drawings


def _inline_event_definitions(root: etree._Element) -> None:
    """An event that refers to a definition at the root gets a copy of it; a reference to nothing stays."""
    shared = {e.get("id"): e for e in root if str(e.tag).endswith("EventDefinition") and e.get("id")}
    for reference in list(root.iter(f"{{{BPMN}}}eventDefinitionRef")):
        original = shared.get(without_prefix((reference.text or "").strip(), reference))
        parent = reference.getparent()
        if original is not None and parent is not None:
            copy = deepcopy(original)
            del copy.attrib["id"]
            parent.replace(reference, copy)


def local_name(element: etree._Element) -> str:
    """The tag without its namespace."""
    tag = str(element.tag)
    return tag[tag.rfind("}") + 1 :]


def is_true(element: etree._Element, name: str, default: bool = False) -> bool:
    """A boolean attribute as XML Schema writes it."""
    text = element.get(vocabulary.qualified(name))
    return default if text is None else text.strip() in ("true", "1")


def _needs_id(local: str) -> bool:
    row = vocabulary.element(local)
    if row is not None:
        return row.kind in ("node", "flow")
    return local in vocabulary.REFUSED


def _strip_prefixes(element: etree._Element, local: str) -> None:
    for name in REFERENCES:
        value = element.get(name)
        if value is not None:
            element.set(name, without_prefix(value.strip(), element))
    if local in _TEXT_REFERENCES:
        element.text = without_prefix((element.text or "").strip(), element)


def without_prefix(value: str, element: etree._Element) -> str:
    """A QName without the prefix of a namespace that is declared there."""
    prefix, colon, rest = value.partition(":")
    return rest if colon and prefix in element.nsmap else value


def _declare_errors(root: etree._Element) -> None:
    declared: set[str] = set()
    if root.find(f".//{{{BPMN}}}error") is not None:
        return
    for use in root.iter(f"{{{BPMN}}}errorEventDefinition"):
        ref = use.get("errorRef")
        if ref and ref not in declared:
            declared.add(ref)
            error = etree.SubElement(root, f"{{{BPMN}}}error", {"id": ref, "errorCode": ref, "name": ref})
            error.sourceline = use.sourceline
