"""Item definitions as types (7.3.2, 7.3.3), and the implicit conversion of values to them (10.3.2.9.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from stellwerk import feel
from stellwerk.errors import Severity
from stellwerk.feel import UnaryTests
from stellwerk.feel.convert import lift
from stellwerk.feel.functions import Function
from stellwerk.feel.runtime import Frame, Run
from stellwerk.feel.types import (
    ANY,
    BUILT_IN,
    NOT_CONVERTED,
    ContextType,
    FunctionType,
    ListType,
    Type,
    context_of,
    converted,
    function_of,
    is_subtype,
    list_of,
    name_of,
)

from . import tree
from .run import DmnRun, Spot, holds
from .versions import is_feel, not_run

MOST_NESTED = 40  # types inside of types, over all item definitions
MOST_PARTS = 2_000  # of one type, counted as a value has them: shared parts each time
MOST_PARTS_OF_ALL = 200_000


@dataclass(frozen=True, slots=True)
class Item:
    """A type: its structure for FEEL, and what else its values must satisfy, at each level.

    `accepts` is the structure that values are converted to. It differs in functions: what one returns is in most cases
    not known before it runs, so that only a result that is known to be another one is refused.
    """

    name: str
    feel: Type
    accepts: Type
    tests: tuple[UnaryTests, ...] = ()
    of: Item | None = None
    fields: tuple[tuple[str, Item], ...] = ()
    is_function: bool = False
    is_constrained: bool = False
    depth: int = 0
    parts: int = 1


ANYTHING = Item("Any", ANY, ANY)
BUILT_INS: dict[str, Item] = {name: Item(name, kind, kind) for name, kind in BUILT_IN.items()} | {
    # Without parameters these are no types of DMN, but many editors write them.
    "list": Item("list", list_of(ANY), list_of(ANY)),
    **{name: Item(name, BUILT_IN["number"], BUILT_IN["number"]) for name in ("integer", "long", "double")},
    "context": Item("context", context_of({}), context_of({})),
    "function": Item("function", ANY, ANY, is_function=True, is_constrained=True),
}


class Types:
    """The types that one file knows by their names, its own and those of its imports (`other.tPerson`)."""

    def __init__(self, items: Mapping[str, Item], own: Iterable[str]) -> None:
        self._items = dict(items)
        self._own = tuple(own)
        self.feel = {name: item.feel for name, item in items.items()}

    def prefixed(self, prefix: str) -> dict[str, Item]:
        """Its own under the name of an import, or under a namespace."""
        return {prefix + name: self._items[name] for name in self._own}

    def get(self, name: str) -> Item | None:
        """None if there is no such type; the empty name is Any."""
        return ANYTHING if not name else self._items.get(name) or BUILT_INS.get(name)


class Report(Protocol):
    """Takes what is wrong in a file."""

    def __call__(self, place: tree.Place, rule: str, message: str, severity: Severity = "error") -> None: ...


def types_of(definitions: Iterable[tree.ItemDefinition], imported: Mapping[str, Item], report: Report) -> Types:
    """All types of a file. They may stand in any order, and none may be made of itself."""
    own = list(definitions)
    return Types(_Builder(own, imported, report).built(), (definition.name for definition in own))


class _Builder:
    def __init__(
        self, definitions: Iterable[tree.ItemDefinition], imported: Mapping[str, Item], report: Report
    ) -> None:
        self.waiting = {definition.name: definition for definition in definitions}
        self.items = dict(imported)
        self.report = report
        self.parts = 0

    def built(self) -> dict[str, Item]:
        for name in list(self.waiting):
            self._build(name)
        return self.items

    def _build(self, name: str) -> None:
        """With an agenda: what a type is made of comes first."""
        agenda, open_names = [name], set()
        while agenda:
            at = agenda[-1]
            if at not in self.waiting:
                agenda.pop()
                continue
            missing = [used for used in _used(self.waiting[at]) if used in self.waiting]
            if missing and at not in open_names:
                open_names.add(at)
                agenda.extend(missing)
                continue
            definition = self.waiting.pop(at)
            if missing:
                text = f"The type '{at}' is made of itself. Break the circle."
                self.report(definition.place, "dmn-type-circle", text)
                self.items.update(dict.fromkeys(missing, ANYTHING))
            self.items[at] = self._item(definition)

    def _item(self, definition: tree.ItemDefinition) -> Item:
        found = self._one(definition)
        if not definition.is_collection:
            return found
        own = self._tests(definition.constraint, found)
        return self._bounded(
            definition,
            Item(
                f"list<{found.name}>",
                list_of(found.feel),
                list_of(found.accepts),
                own,
                of=found,
                parts=found.parts,
            ),
        )

    def _one(self, definition: tree.ItemDefinition) -> Item:
        """The type of the value, or of each value of a collection."""
        base = self._base(definition)
        constraints = (definition.allowed, None if definition.is_collection else definition.constraint)
        tests = tuple(test for written in constraints for test in self._tests(written, base))
        return self._bounded(definition, replace(base, name=definition.name, tests=(*base.tests, *tests)))

    def _bounded(self, definition: tree.ItemDefinition, item: Item) -> Item:
        inner = [item.of] if item.of is not None else [each for _, each in item.fields]
        depth = 1 + max((each.depth for each in inner), default=item.depth - 1)
        if depth > MOST_NESTED:
            text = f"Types are nested more than {MOST_NESTED} deep. Make '{definition.name}' flatter."
            self.report(definition.place, "dmn-too-deep", text)
            return ANYTHING
        limited = bool(item.tests) or item.is_function or any(each.is_constrained for each in inner)
        return replace(item, is_constrained=limited, depth=depth)

    def _base(self, definition: tree.ItemDefinition) -> Item:
        if definition.function is not None:
            taken = [self._named(each.type, each.place) for each in definition.function.parameters]
            result = self._named(definition.function.result, definition.place)
            parts = 1 + result.parts + sum(each.parts for each in taken)
            if parts > MOST_PARTS:
                return self._too_large(definition)
            parameters = tuple(each.feel for each in taken)
            kind = function_of(parameters, result.feel)
            return Item(definition.name, kind, function_of(parameters, ANY), is_function=True, parts=parts)
        if definition.components:
            fields = tuple((each.name, self._item(each)) for each in definition.components)
            parts = 1 + sum(item.parts for _, item in fields)
            self.parts += parts
            if parts > MOST_PARTS or self.parts > MOST_PARTS_OF_ALL:
                return self._too_large(definition)
            structure = context_of({name: item.feel for name, item in fields})
            accepts = context_of({name: item.accepts for name, item in fields})
            return Item(definition.name, structure, accepts, fields=fields, parts=parts)
        return self._named(definition.type, definition.place)

    def _too_large(self, definition: tree.ItemDefinition) -> Item:
        text = (
            f"The type '{definition.name}' has more than {MOST_PARTS:,} parts, or all together more than "
            f"{MOST_PARTS_OF_ALL:,}. Divide it, or leave some out."
        )
        self.report(definition.place, "dmn-too-large", text)
        return ANYTHING

    def _named(self, name: str, place: tree.Place) -> Item:
        found = ANYTHING if not name else self.items.get(name) or BUILT_INS.get(name)
        if found is None:
            self.report(place, "dmn-unknown-type", unknown_type(name))
            return ANYTHING
        return found

    def _tests(self, written: tree.Tests | None, base: Item) -> tuple[UnaryTests, ...]:
        if written is None or not written.text.strip():
            return ()
        if not is_feel(written.language):
            self.report(written.place, "dmn-language", not_run(written.language))
            return ()
        try:
            return (feel.unary_tests(written.text, types={}),)
        except feel.FeelSyntaxError as error:
            self.report(written.place, "feel-syntax", f"The allowed values of '{base.name}': {error}")
            return ()


def unknown_type(name: str) -> str:
    return f"There is no type '{name}'. Define it, or choose another one."


def _used(definition: tree.ItemDefinition) -> list[str]:
    """Names of the types that it is made of; a function is made of nothing."""
    found, waiting = [], [definition]
    while waiting:
        at = waiting.pop()
        found.append(at.type)
        waiting.extend(at.components)
        if at.function is not None:
            found += [at.function.result, *(each.type for each in at.function.parameters)]
    return found


# -- values


def coerced(value: Any, item: Item, run: Run) -> Any:
    """The value as one of that type after the implicit conversions, or NOT_CONVERTED."""
    if item.accepts is ANY and not item.is_constrained:
        return value
    found = converted(value, item.accepts, run)
    if found is NOT_CONVERTED or (item.is_constrained and not _is_allowed(found, item, run)):
        return NOT_CONVERTED
    return found


def fitted(value: Any, item: Item, run: DmnRun, spot: Spot) -> Any:
    """The value as one of the type, or null and a notice (10.3.2.9.4)."""
    found = coerced(value, item, run)
    if found is NOT_CONVERTED:
        return run.note(f"The value, a {name_of(value)}, is none of the type {item.name}", spot)
    return found


def _is_allowed(value: Any, item: Item, run: Run) -> bool:
    """Do the allowed values of all levels hold? Where they are given they are complete: null is among them or not."""
    value = lift(value)
    frame = Frame({}, None, run)
    if not all(holds(tests, value, frame) for tests in item.tests):
        return False
    if value is None:
        return True
    if item.is_function:
        return isinstance(value, Function) and _may_return(value, item.feel)
    if item.of is not None:
        run.items(len(value))
        return not item.of.is_constrained or all(_is_allowed(each, item.of, run) for each in value)
    return all(_is_allowed(value[name], field, run) for name, field in item.fields if field.is_constrained)


def _may_return(function: Function, kind: Type) -> bool:
    return function.result is ANY or not isinstance(kind, FunctionType) or is_subtype(function.result, kind.result)


def names_inside(kind: Type) -> dict[str, Any]:
    """The names that can stand behind a value of this type and a point, for the parser."""
    if isinstance(kind, ListType):
        return names_inside(kind.of)
    if isinstance(kind, ContextType):
        return {name: names_inside(field) for name, field in kind.fields}
    return {}


class Known(dict[str, Any]):
    """What is known of a value before it is there: the names that can stand behind it and a point, and its type."""

    __slots__ = ("item",)

    def __init__(self, item: Item) -> None:
        inside = item.of or item
        super().__init__((name, Known(field)) for name, field in inside.fields)
        self.item = item


def result_of(item: Item) -> Item:
    """What a function of this type gives: the variable of a business knowledge model or service may have either."""
    if isinstance(item.feel, FunctionType):
        return Item(item.feel.result.name, item.feel.result, item.feel.result)
    return item
