"""Which element of the new version stands for which of the old one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from stellwerk.engine.definition import Definition, Element
from stellwerk.engine.migration.places import Places, Shape, difference, listens
from stellwerk.errors import FieldError, InvalidInput

How = Literal["id", "name", "given", ""]


@dataclass(frozen=True)
class Pairing:
    """One element of the old version. `target` None: it has no counterpart, and `problem` says why if that is told.

    `how` the counterpart was found: it has the same id, the same kind and name, or it was `given`.
    """

    source: Element
    target: Element | None
    how: How = ""
    problem: str = ""


@dataclass(frozen=True)
class MigrationPlan:
    """`options`: element of the old version -> the elements of the new one to which it can be mapped."""

    pairings: tuple[Pairing, ...]
    old: Places
    new: Places

    @property
    def mapping(self) -> dict[str, str]:
        return {pairing.source.id: pairing.target.id for pairing in self.pairings if pairing.target is not None}

    @property
    def problems(self) -> dict[str, str]:
        """Element of the old version -> why it has no counterpart."""
        return {pairing.source.id: pairing.problem for pairing in self.pairings if pairing.problem}

    @property
    def options(self) -> dict[str, list[Element]]:
        by_shape: dict[Shape, list[Element]] = {}
        for element in _elements(self.new):
            by_shape.setdefault(self.new.shape(element.id), []).append(element)
        return {p.source.id: by_shape.get(self.old.shape(p.source.id), []) for p in self.pairings}


def plan(old: Definition, new: Definition, given: Mapping[str, str | None] | None = None) -> MigrationPlan:
    """The mapping of all elements: what is `given` (None: no counterpart), else the same id, else kind and name.

    Raises InvalidInput for a given pair that is none: an id that does not exist, kinds that do not fit.
    """
    before, after = Places(old), Places(new)
    given = given or {}
    _check_given(before, after, given)
    found: dict[str, Pairing] = {}
    for element in _elements(before):
        if element.id in given:
            target = given[element.id]
            found[element.id] = Pairing(element, new.elements[target] if target else None, "given" if target else "")
        elif element.id in after.nodes and not (listens(after.nodes[element.id]) and element.id in given.values()):
            problem = difference(before, after, element.id, element.id)
            found[element.id] = Pairing(element, None if problem else new.elements[element.id], "id", problem)
    left = [element for element in _elements(before) if element.id not in found]
    free = [e for e in _elements(after) if e.id not in before.nodes and e.id not in given.values()]
    for element in left:
        target_element = _namesake(element, left, free)
        if target_element is None or difference(before, after, element.id, target_element.id):
            found[element.id] = Pairing(element, None)
        else:
            found[element.id] = Pairing(element, target_element, "name")
    return MigrationPlan(tuple(found[element.id] for element in _elements(before)), before, after)


def _elements(places: Places) -> list[Element]:
    return [element for id, element in places.definition.elements.items() if id in places.nodes]


def _namesake(element: Element, left: Iterable[Element], free: Iterable[Element]) -> Element | None:
    """The one element of the same kind and name, if both sides have just one."""

    def same(other: Element) -> bool:
        return other.name == element.name and other.type == element.type

    fitting = [other for other in free if same(other)]
    return fitting[0] if element.name and len(fitting) == 1 and len([e for e in left if same(e)]) == 1 else None


def _check_given(old: Places, new: Places, given: Mapping[str, str | None]) -> None:
    errors = []
    taken: dict[str, str] = {}
    for source, target in given.items():
        path = f"mapping.{source}"
        if source not in old.definition.elements or source not in old.nodes:
            errors.append(FieldError(path, "exists", f"The version to migrate from has no element '{source}'."))
        elif target is None:
            continue
        elif target not in new.definition.elements or target not in new.nodes:
            errors.append(FieldError(path, "exists", f"The version to migrate to has no element '{target}'."))
        elif problem := difference(old, new, source, target):
            errors.append(FieldError(path, "kind", f"{problem} A token cannot go from one to the other."))
        elif listens(new.nodes[target]) and target in taken:
            message = f"'{taken[target]}' is mapped to '{target}' already; an event takes the place of one other."
            errors.append(FieldError(path, "twice", message))
        else:
            taken[target] = source
    if errors:
        raise InvalidInput(errors)
