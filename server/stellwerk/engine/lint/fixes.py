"""Fixes: changes that certainly mend what a rule found, and their application to a file."""

from __future__ import annotations

from lxml import etree

from stellwerk.engine.diagram import XML, own_id
from stellwerk.engine.diagram.normalise import local_name
from stellwerk.engine.vocabulary import BPMN, qualified
from stellwerk.errors import Fix
from stellwerk.xmlsafe import parser


def put(element: XML, property: str, value: str, label: str) -> Fix | None:
    """Give an attribute this value. None for an element without an id: nothing could name it."""
    return Fix(own_id(element), property, value, label) if own_id(element) else None


def drop(element: XML, property: str, label: str) -> Fix | None:
    """Remove an attribute, or a child and all that is in it."""
    return Fix(own_id(element), property, None, label) if own_id(element) else None


def delete(element: XML, label: str) -> Fix | None:
    """Remove the element itself."""
    return Fix(own_id(element), "", None, label) if own_id(element) else None


def apply_fix(xml: bytes, fix: Fix) -> bytes:
    """The file with the change; the rest stays as it is. `xml` is one that `compile_bpmn` has read.

    Where an id occurs twice, the first one counts, as for the rules.
    """
    root = etree.fromstring(xml, parser(keep=True))
    for element in root.iter(f"{{{BPMN}}}*"):
        if (element.get("id") or "").strip() == fix.element_id:
            _change(element, fix)
            break
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")


def _change(element: XML, fix: Fix) -> None:
    if not fix.property:
        _delete(element, fix.element_id)
    elif fix.value is not None:
        element.set(qualified(fix.property), fix.value)
    else:
        if qualified(fix.property) in element.attrib:
            del element.attrib[qualified(fix.property)]
        for child in element.findall(f"{{{BPMN}}}{fix.property}"):
            _remove(child)


def _delete(element: XML, id: str) -> None:
    """The element, what lists it, and what draws it."""
    for other in list(
        element.getroottree().getroot().iter("{*}incoming", "{*}outgoing", "{*}BPMNEdge", "{*}BPMNShape")
    ):
        drawn = local_name(other).startswith("BPMN")
        if (other.get("bpmnElement") if drawn else (other.text or "").strip()) == id:
            _remove(other)
    _remove(element)


def _remove(element: XML) -> None:
    """Without the blanks in front of it; text behind it stays."""
    parent = element.getparent()
    if parent is None:
        return
    before, behind = element.getprevious(), element.tail
    if before is not None:
        before.tail = behind
    else:
        parent.text = behind if len(parent) > 1 else parent.text
    parent.remove(element)
