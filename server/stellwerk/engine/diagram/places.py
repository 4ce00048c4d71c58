"""Which variable each item-aware element of a file is, and which data associations have an effect (BPMN 10.4)."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from stellwerk.engine.data import OWN, STATE, STORE, XSD_TYPES, Place
from stellwerk.engine.diagram import XML, Diagram, children, label, text_of, texts
from stellwerk.engine.diagram.normalise import is_true, local_name

PLACEHOLDER = "__targetRef_placeholder"  # the property that modelers draw so that an association has a target
XML_SCHEMA = "http://www.w3.org/2001/XMLSchema"
ASSOCIATIONS = ("dataInputAssociation", "dataOutputAssociation")
SCOPES = ("process", "subProcess", "transaction", "adHocSubProcess")
_STATE_IN_NAME = re.compile(r"\s*\[[^\]]*\]\s*$")


def is_variable_name(text: str) -> bool:
    return text.isidentifier() and not keyword.iskeyword(text)


def variable_name(element: XML) -> str:
    """The name if an expression can use it, else the id; the variable that an item-aware element is."""
    name = (element.get("name") or "").strip()
    return name if is_variable_name(name) else element.get("id") or name


def refs(element: XML, tag: str) -> list[str]:
    """The ids that child elements of this tag name."""
    return list(filter(None, texts(element, tag)))


class Places:
    """The variables of the item-aware elements of one file, by their ids."""

    def __init__(self, diagram: Diagram) -> None:
        self.diagram = diagram

    def of(self, id: str) -> Place | None:
        """None for what is no item-aware element, and for the placeholders of drawings."""
        element = self.diagram.by_id.get(id)
        if element is None:
            return None
        tag = local_name(element)
        if tag == "dataObjectReference":
            return self._reference(element)
        if tag in ("dataStore", "dataStoreReference"):
            return self._store(element)
        if tag == "dataObject":
            return self._place(element, _scope_of(element), self._object_name(element))
        if tag in ("dataInput", "dataOutput", "inputDataItem", "outputDataItem") or _is_property(element):
            return self._place(element, _scope_of(element), variable_name(element))
        return None

    def _reference(self, reference: XML) -> Place | None:
        data = self.diagram.by_id.get(reference.get("dataObjectRef", ""), reference)
        alone = _bare_name(reference) or reference.get("id") or ""
        name = self._object_name(data) if data is not reference else alone
        state = next((s.get("name") for s in children(reference, "dataState") if s.get("name")), None)
        return self._place(data, _scope_of(data), name, state)

    def _store(self, element: XML) -> Place:
        """Its name, else its id, is what all processes know it by."""
        data = self.diagram.by_id.get(element.get("dataStoreRef", ""), element)
        key = (data.get("name") or "").strip() or data.get("id") or ""
        return replace(self._place(data, STORE, variable_name(data)), store=key)

    def _place(self, element: XML, scope: str, name: str, state: str | None = None) -> Place:
        item = self.diagram.by_id.get(element.get("itemSubjectRef", ""))
        collection = is_true(element, "isCollection") or (item is not None and is_true(item, "isCollection"))
        return Place(name, scope, label(element), _type_of(item), collection, state)

    def _object_name(self, data: XML) -> str:
        """A data object without a name of its own has that of its references, which is all that modelers show."""
        if data.get("name"):
            return variable_name(data)
        names = {_bare_name(reference) for reference in self._references.get(data.get("id") or "", [])}
        only = names.pop() if len(names) == 1 else ""
        return only or variable_name(data)

    @cached_property
    def _references(self) -> dict[str, list[XML]]:
        found: dict[str, list[XML]] = {}
        for reference in self.diagram.anywhere("dataObjectReference"):
            found.setdefault(reference.get("dataObjectRef", ""), []).append(reference)
        return found

    # -- associations
    def has_effect(self, association: XML) -> bool:
        """Whether it carries anything: one that a modeler drew without inputs or outputs only shows something."""
        target = next((self.of(ref) for ref in refs(association, "targetRef")), None)
        assigns = bool(children(association, "assignment"))
        if target is None and not assigns:
            return False
        sources = [self.of(ref) for ref in refs(association, "sourceRef")]
        if None in sources:
            return False
        return bool(sources) or assigns or bool(text_of(association, "transformation"))

    def associations(self, owner: XML, tag: str) -> list[XML]:
        """Those of an activity or event that have an effect, or set a state."""
        return [a for a in children(owner, tag) if self.has_effect(a) or self._sets_state(a)]

    def _sets_state(self, association: XML) -> bool:
        target = next((self.of(ref) for ref in refs(association, "targetRef")), None)
        return local_name(association) == "dataOutputAssociation" and target is not None and target.state is not None

    @cached_property
    def _used(self) -> frozenset[tuple[str, str]]:
        """(scope, name) of what a loop or an association with an effect names."""
        named = [id for loop in self.diagram.anywhere("multiInstanceLoopCharacteristics") for id in _collections(loop)]
        for association in self.diagram.anywhere(*ASSOCIATIONS):
            if self.has_effect(association):
                named += [*refs(association, "sourceRef"), *refs(association, "targetRef")]
        return frozenset((place.scope, place.name) for place in map(self.of, named) if place is not None)

    @cached_property
    def _with_state(self) -> frozenset[tuple[str, str]]:
        places = (self.of(r.get("id") or "") for r in self.diagram.anywhere("dataObjectReference"))
        return frozenset((place.scope, place.name) for place in places if place is not None and place.state)

    # -- declarations
    def elements_of(self, scope: XML) -> Iterator[tuple[XML, Place]]:
        """The item-aware elements that a process or subprocess declares and that can be used by name."""
        inside = [scope, *children(scope, "ioSpecification")]
        for holder in inside:
            for element in children(holder, "dataObject", "dataObjectReference", "property", "dataInput", "dataOutput"):
                place = self.of(element.get("id") or "")
                if place is None or (local_name(element) == "dataObjectReference" and element.get("dataObjectRef")):
                    continue
                if self._is_usable(element, place):
                    yield element, place

    def _is_usable(self, element: XML, place: Place) -> bool:
        """Not what is only drawn: a document whose name is no variable and that no association carries."""
        id, name = element.get("id") or "", element.get("name")
        drawn = bool(name) or id in self._references
        return place.name in (name, "") or place.name != id or not drawn or (place.scope, place.name) in self._used

    def data_of(self, process: XML, tag: str) -> tuple[str, ...]:
        """The variables that are the data inputs or outputs of a process, in the order of the file."""
        found = [data for holder in children(process, "ioSpecification") for data in children(holder, tag)]
        return tuple(place.name for data in found if (place := self.of(data.get("id") or "")) is not None)

    def declared(self, scope: XML) -> tuple[str, ...]:
        """The variables that exist from the beginning of a process or subprocess, null until they are written."""
        names: dict[str, None] = {}
        for _, place in self.elements_of(scope):
            names[place.name] = None
            if (place.scope, place.name) in self._with_state:
                names[place.name + STATE] = None
        return tuple(names)


def _collections(loop: XML) -> list[str]:
    return [*refs(loop, "loopDataInputRef"), *refs(loop, "loopDataOutputRef")]


def _bare_name(reference: XML) -> str:
    """The name of a reference without the state in brackets; empty if that is no name of a variable."""
    name = _STATE_IN_NAME.sub("", " ".join((reference.get("name") or "").split()))
    return name if is_variable_name(name) else ""


def _is_property(element: XML) -> bool:
    return local_name(element) == "property" and (element.get("name") or "").strip() != PLACEHOLDER


def _scope_of(element: XML) -> str:
    """The process or subprocess that declares it; OWN for what belongs to a task or event."""
    owner = element.getparent()
    while owner is not None and local_name(owner) in ("ioSpecification", "multiInstanceLoopCharacteristics"):
        if local_name(owner) == "multiInstanceLoopCharacteristics":
            return OWN
        owner = owner.getparent()
    return owner.get("id") or "" if owner is not None and local_name(owner) in SCOPES else OWN


def _type_of(item: XML | None) -> str:
    """The type of XML Schema that an item definition names; empty for every other structure."""
    prefix, _, name = (item.get("structureRef") or "").strip().rpartition(":") if item is not None else ("", "", "")
    if item is None or item.nsmap.get(prefix or None) != XML_SCHEMA:
        return ""
    return name if name in XSD_TYPES else ""
