"""Data: inputs and outputs, their sets, data associations and data objects (10.4)."""

from __future__ import annotations

from collections.abc import Iterator

from stellwerk.engine.diagram import XML, Diagram, children, texts
from stellwerk.engine.diagram.normalise import is_true, local_name
from stellwerk.engine.diagram.places import Places
from stellwerk.engine.lint.fixes import put
from stellwerk.engine.lint.registry import Finding, rule
from stellwerk.engine.lint.words import kind_of, said, the

_INPUTS, _OUTPUTS = ("dataInput", "inputSet", "dataInputRefs"), ("dataOutput", "outputSet", "dataOutputRefs")


def _executable(diagram: Diagram, *tags: str) -> Iterator[XML]:
    """Only of executable processes: elsewhere data may be underspecified."""
    return (element for element in diagram.anywhere(*tags) if element in diagram.executable)


def _with_sets(diagram: Diagram) -> Iterator[XML]:
    """What holds data inputs and outputs with sets: specifications of activities and processes, and events."""
    yield from _executable(diagram, "ioSpecification")
    yield from (e for tag in ("inputSet", "outputSet") for e in _owners(diagram, tag))


def _owners(diagram: Diagram, tag: str) -> Iterator[XML]:
    for element in _executable(diagram, tag):
        owner = element.getparent()
        if owner is not None and local_name(owner) != "ioSpecification":
            yield owner


@rule(
    "data-in-set",
    "Every data input and output belongs to a set.",
    clause="10.4.1",
    remedy="List the data in an input or output set.",
    drawn=True,
)
def data_in_set(diagram: Diagram) -> Iterator[Finding]:
    for owner in _with_sets(diagram):
        for data, sets, refs in (_INPUTS, _OUTPUTS):
            found = children(owner, sets)
            named = {ref for one in found for ref in texts(one, refs)}
            for element in children(owner, data) if found else ():
                if element.get("id") not in named:
                    yield (
                        element,
                        f"{said(element)} is referenced by no {kind_of(sets)}. Every {kind_of(data)} must be "
                        f"referenced by at least one {kind_of(sets)}. Add it to one ({refs}).",
                    )


@rule(
    "optional-in-set",
    "Optional and while-executing data of a set is data of that set.",
    clause="10.4.1",
    remedy="List the data among the data of the set too.",
    drawn=True,
)
def optional_in_set(diagram: Diagram) -> Iterator[Finding]:
    for one in _executable(diagram, "inputSet", "outputSet"):
        way = "Input" if local_name(one) == "inputSet" else "Output"
        listed = set(texts(one, f"data{way}Refs"))
        for kind, what in (("optional", "optional"), ("whileExecuting", "while-executing")):
            for ref in texts(one, f"{kind}{way}Refs"):
                if ref not in listed:
                    yield (
                        one,
                        f"The {what} {way.lower()} '{ref}' of {the(one)} is not listed among its data {way.lower()}s. "
                        f"Every {what} {way.lower()} of an {way.lower()} set must be listed among its data "
                        f"{way.lower()}s too (data{way}Refs). Add it there.",
                    )


@rule(
    "sets-mutual",
    "Input and output sets that belong together name each other.",
    clause="10.4.1",
    remedy="Let both sets reference each other, or none.",
    drawn=True,
)
def sets_mutual(diagram: Diagram) -> Iterator[Finding]:
    for own, other, there, back in (
        ("inputSet", "outputSet", "outputSetRefs", "inputSetRefs"),
        ("outputSet", "inputSet", "inputSetRefs", "outputSetRefs"),
    ):
        named_by = {set_.get("id"): frozenset(texts(set_, back)) for set_ in diagram.anywhere(other)}
        for one in _executable(diagram, own):
            for ref in texts(one, there):
                target = diagram.by_id.get(ref)
                mutual = one.get("id") in named_by.get(ref, ())
                if target is not None and local_name(target) == other and not mutual:
                    yield (
                        one,
                        f"{said(one)} references {the(target)} ({there}), which does not reference it back ({back}). "
                        "References between input sets and output sets must be mutual. Add or remove one.",
                    )


@rule(
    "collection",
    "Data is a collection exactly if its item definition is.",
    clause="10.4.1",
    remedy="Set isCollection of both to the same value.",
    drawn=True,
)
def collection(diagram: Diagram) -> Iterator[Finding]:
    for element in _executable(diagram, "dataObject", "dataInput", "dataOutput"):
        item = diagram.by_id.get(element.get("itemSubjectRef", ""))
        if item is None or local_name(item) != "itemDefinition":
            continue
        if is_true(element, "isCollection") != is_true(item, "isCollection"):
            yield (
                element,
                f"isCollection of {the(element)} is {str(is_true(element, 'isCollection')).lower()}, but isCollection "
                f"of {the(item)} that it references is not. Both must be equal. Change one of them.",
                put(element, "isCollection", item.get("isCollection", "false"), "Do as the item definition"),
            )


@rule(
    "data-state-name",
    "A data object reference with a state is called name [state].",
    clause="10.4.1",
    remedy="Call the reference like its data object, with the state in brackets.",
    drawn=True,
)
def data_state_name(diagram: Diagram) -> Iterator[Finding]:
    for reference in _executable(diagram, "dataObjectReference"):
        state = next((s.get("name") for s in children(reference, "dataState")), None)
        data = diagram.by_id.get(reference.get("dataObjectRef", ""))
        name = data.get("name") if data is not None else None
        if not (state and name and reference.get("name")):
            continue
        if " ".join(reference.get("name", "").split()) != " ".join(f"{name} [{state}]".split()):
            yield (
                reference,
                f"{said(reference)} must be called like its data object followed by the state in brackets: "
                f"'{name} [{state}]'. Rename it.",
                put(reference, "name", f"{name} [{state}]", f"Call it {name} [{state}]"),
            )


def _associations(diagram: Diagram) -> Iterator[XML]:
    yield from _executable(diagram, "dataInputAssociation", "dataOutputAssociation")


@rule(
    "association-end",
    "A data association ends in an input of its owner, or begins in an output of it.",
    clause="10.4.1",
    remedy="Choose an input or output of the element to which the association belongs.",
    drawn=True,
)
def association_end(diagram: Diagram) -> Iterator[Finding]:
    for one in _associations(diagram):
        way, owner = ("targetRef", "dataInput"), one.getparent()
        if local_name(one) == "dataOutputAssociation":
            way = ("sourceRef", "dataOutput")
        for ref in texts(one, way[0]):
            data = diagram.by_id.get(ref)
            if data is not None and owner is not None and local_name(data) == way[1] and not _belongs(data, owner):
                yield (
                    one,
                    f"{said(one)} of {the(owner)} names {the(data)} ({way[0]}), which belongs to another element. "
                    f"Choose a {kind_of(way[1])} of {the(owner)}.",
                )


def _belongs(data: XML, owner: XML) -> bool:
    """Whether the data stands in the owner or its specification, or anywhere inside of a subprocess."""
    return owner in list(data.iterancestors())[:2]


@rule(
    "association-sources",
    "A data association with several sources has a transformation or assignments.",
    clause="10.4.1",
    remedy="Add a transformation or assignments, or keep one source.",
    drawn=True,
)
def association_sources(diagram: Diagram) -> Iterator[Finding]:
    for one in _associations(diagram):
        if len(texts(one, "sourceRef")) > 1 and not children(one, "transformation", "assignment"):
            yield one, f"{said(one)} has several sources. Say by a transformation or assignments what becomes of them."


@rule("association-target", "A data association has a target.", "warning", clause="10.4.1", remedy="Choose a target.")
def association_target(diagram: Diagram) -> Iterator[Finding]:
    for one in _associations(diagram):
        if not any(texts(one, "targetRef")):
            yield one, f"{said(one)} has no target (targetRef), so its data goes nowhere. Choose one."


@rule(
    "process-data",
    "Data associations do not write inputs of the process, nor read its outputs.",
    clause="10.4.1",
    remedy="Use a data object between the association and the process.",
    drawn=True,
)
def process_data(diagram: Diagram) -> Iterator[Finding]:
    outer = {
        data.get("id"): data
        for process in diagram.anywhere("process")
        for spec in children(process, "ioSpecification")
        for data in children(spec, "dataInput", "dataOutput")
    }
    for one in _associations(diagram):
        for end, wrong in (("targetRef", "dataInput"), ("sourceRef", "dataOutput")):
            for ref in texts(one, end):
                data = outer.get(ref)
                if data is not None and local_name(data) == wrong:
                    yield (
                        one,
                        f"{said(one)} has {the(data)} of the process as its {end.removesuffix('Ref')}. A "
                        f"{kind_of(wrong)} of a process must not be the {end.removesuffix('Ref')} of a data "
                        "association inside of it. Use a data object.",
                    )


@rule(
    "data-name",
    "Data of one process or subprocess is told apart by name.",
    "warning",
    clause="10.4.1",
    remedy="Rename one of them, or draw two references to one data object.",
)
def data_name(diagram: Diagram) -> Iterator[Finding]:
    """They are the same variable: tools that know no references draw one document as two data objects."""
    places = Places(diagram)
    for scope in diagram.scopes:
        seen: dict[str, XML] = {}
        for element, place in places.elements_of(scope.element):
            first = seen.setdefault(place.name, element)
            if first is not element:
                yield (
                    element,
                    f"{said(element)} and {the(first)} are both the variable '{place.name}', so what is written to one "
                    "is written to the other. Rename one of them, or draw two references to one data object.",
                )
