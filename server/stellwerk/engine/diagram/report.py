"""What a file holds beyond the vocabulary: each is an info, so that nobody believes that it has an effect."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from stellwerk.engine import vocabulary
from stellwerk.engine.diagram import XML, Diagram
from stellwerk.errors import Problem

MOST = 200  # findings of one file


def report(diagram: Diagram) -> list[Problem]:
    """One finding for each element or attribute of a process that has no meaning here."""
    found: list[Problem] = []
    for process in diagram.processes:
        for element in process.iter():
            found.extend(_attributes(diagram, element))
            found.extend(_element(diagram, element))
            if len(found) >= MOST:
                return found[:MOST]
    return found


def _element(diagram: Diagram, element: XML) -> Iterator[Problem]:
    tag = vocabulary.prefixed(str(element.tag))
    if tag in vocabulary.REFUSED or (vocabulary.element(tag) is not None and not _is_misplaced(element, tag)):
        return
    parent = element.getparent()
    if parent is not None and vocabulary.prefixed(str(parent.tag)) not in _KNOWN_PARENTS:
        return  # inside of something unknown, which is told already
    yield diagram.problem(
        element, "not-read", f"<{_shown(element)}> has no effect here. It is kept in the file.", "info"
    )


def _is_misplaced(element: XML, tag: str) -> bool:
    """An extension at an element which does not read it, such as a mapping of Camunda 8 at a catch event."""
    parent = element.getparent()
    owner = None if parent is None or parent.tag != _EXTENSIONS else parent.getparent()
    return owner is not None and vocabulary.attribute(vocabulary.prefixed(str(owner.tag)), tag) is None


_EXTENSIONS = f"{{{vocabulary.BPMN}}}extensionElements"
_KNOWN_PARENTS = frozenset(e.tag for e in vocabulary.ELEMENTS)


def _attributes(diagram: Diagram, element: XML) -> Iterator[Problem]:
    tag = vocabulary.prefixed(str(element.tag))
    if vocabulary.element(tag) is None:
        return
    names = [vocabulary.prefixed(str(name)) for name in element.attrib]
    unknown = [name for name in names if not vocabulary.is_known(tag, name)]
    for name in unknown:
        shown = etree.QName(name).localname if str(name).startswith("{") else name
        text = f"The attribute '{shown}' of {tag} has no effect here. It is kept in the file."
        yield diagram.problem(element, "not-read", text, "info")


def _shown(element: XML) -> str:
    name = etree.QName(element).localname
    return f"{element.prefix}:{name}" if element.prefix else name
