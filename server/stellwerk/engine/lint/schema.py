"""The form of a file: elements and attributes that BPMN has, where it has them (15.3)."""

from __future__ import annotations

from collections.abc import Iterator

from stellwerk.engine.diagram import XML, Diagram, is_bpmn
from stellwerk.engine.diagram.normalise import local_name
from stellwerk.engine.lint import content
from stellwerk.engine.lint.reference_table import CONVERSATIONS
from stellwerk.engine.lint.registry import Finding, rule
from stellwerk.engine.lint.words import a, kind_of, said, the
from stellwerk.engine.vocabulary import BPMN

# Other rules speak of these: declarations inside of something, conversations in a process, several loops or sets.
_TOLD_ELSEWHERE = content.GROUPS["$root"] | CONVERSATIONS | {"conversationLink", "inputSet", "outputSet"}


@rule(
    "element-unknown",
    "Every element in the namespace of BPMN is an element of BPMN.",
    clause="15.3",
    remedy="Correct the name of the element, or remove it.",
)
def element_unknown(diagram: Diagram) -> Iterator[Finding]:
    foreign = _in_extensions(diagram)
    for element in diagram.anywhere(*(tag for tag in diagram.tags() if tag not in content.KNOWN)):
        parent, tag = element.getparent(), local_name(element)
        if element not in foreign and parent is not None and local_name(parent) in content.KNOWN:
            yield (
                element,
                f"BPMN has no element '{tag[:60]}', so it means nothing here. Correct its name, or remove it.",
            )


@rule(
    "element-misplaced",
    "An element stands where BPMN allows it.",
    clause="15.3",
    remedy="Move the element to where it belongs, or remove it.",
)
def element_misplaced(diagram: Diagram) -> Iterator[Finding]:
    for parent, child in _children(diagram):
        tag = local_name(child)
        if tag not in content.PLACES[local_name(parent)] and tag in content.KNOWN - _TOLD_ELSEWHERE:
            yield (
                child,
                f"{said(child)} stands in {the(parent)}, where BPMN allows no {kind_of(tag)}. It would have no effect: "
                "move or remove it.",
            )


@rule(
    "element-repeated",
    "Where BPMN allows one child of a kind there are not several.",
    clause="15.3",
    remedy="Keep one of them.",
)
def element_repeated(diagram: Diagram) -> Iterator[Finding]:
    seen: set[tuple[XML, int]] = set()
    for parent, child in _children(diagram):
        tag = local_name(child)
        place, several = content.PLACES[local_name(parent)].get(tag, (0, True))
        if several or tag in content.GROUPS["$loop"] | _TOLD_ELSEWHERE:
            continue
        if (parent, place) in seen:
            yield child, f"{the(parent).capitalize()} has {a(kind_of(tag))} more than once. Keep one of them."
        seen.add((parent, place))


@rule(
    "element-order",
    "The children of an element stand in the order of the schema of BPMN.",
    "warning",
    clause="15.3",
    remedy="Let a modeler save the file again. Stellwerk reads it all the same.",
)
def element_order(diagram: Diagram) -> Iterator[Finding]:
    reached: dict[XML, int] = {}
    for parent, child in _children(diagram):
        place, _ = content.PLACES[local_name(parent)].get(local_name(child), (-1, True))
        if -1 < place < reached.get(parent, 0):
            yield (
                child,
                f"{said(child)} stands too late in {the(parent)}: the schema of BPMN wants it earlier. Stellwerk reads "
                "it all the same, others may refuse the file. Let a modeler save it again.",
            )
            place = len(content.PLACES[local_name(parent)])  # told once for each parent
        reached[parent] = max(place, reached.get(parent, 0))


@rule(
    "attribute-missing",
    "An element has the attributes that it cannot do without.",
    clause="15.3",
    remedy="Write the attribute.",
)
def attribute_missing(diagram: Diagram) -> Iterator[Finding]:
    for tag, names in content.REQUIRED.items():
        for element in diagram.anywhere(tag):
            for name in names:
                if element.get(name) is None:
                    yield element, f"{said(element)} must have the attribute '{name}', but it has none. Write it."


def _children(diagram: Diagram) -> Iterator[tuple[XML, XML]]:
    """(element, child) of all elements whose content is known."""
    foreign = _in_extensions(diagram)
    for parent in diagram.anywhere(*(tag for tag in diagram.tags() if tag in content.PLACES)):
        for child in parent if parent not in foreign else ():
            if is_bpmn(child):
                yield parent, child


def _in_extensions(diagram: Diagram) -> set[XML]:
    """What tools put into extensions is theirs, also where they use names of BPMN."""
    return {inner for outer in diagram.anywhere("extensionElements") for inner in outer.iter(f"{{{BPMN}}}*")}
