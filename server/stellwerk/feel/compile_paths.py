"""Paths, filters and calls (10.3.2.5, Tables 63 to 68)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from . import hints, nodes
from .builtins import FUNCTIONS
from .compiler import HANDLERS, compiled, lookup, undefined
from .convert import lift
from .functions import Function
from .properties import PROPERTIES
from .reads import names_in
from .runtime import Closure, Frame, ItemFrame, Items, Run, Undefined, Value
from .types import name_of

Place = tuple[int, int]
Action = Callable[[Value, Frame], Value]
_ABSENT = object()


def _path(node: nodes.Path) -> Closure:
    first = _callee(node) if isinstance(node.steps[0], nodes.Call) else compiled(node.first)
    actions = [_ACTIONS[type(step)](step, (step.start, node.end)) for step in node.steps]
    if len(actions) == 1:
        action = actions[0]
        return lambda frame: action(first(frame), frame)

    def path(frame: Frame) -> Value:
        value = first(frame)
        for action in actions:
            value = action(value, frame)
        return value

    return path


def _callee(node: nodes.Path) -> Closure:
    """A variable that is no function does not hide the built-in function of that name: `date("...")`."""
    built_in = FUNCTIONS.get(node.first.name) if isinstance(node.first, nodes.Name) else None
    if built_in is None or not isinstance(node.first, nodes.Name):
        return compiled(node.first)
    name = node.first.name

    def callee(frame: Frame) -> Value:
        _, value = lookup(frame, name)
        return value if isinstance(value, Function) else built_in

    return callee


# .name


def _member(step: nodes.Member, place: Place) -> Action:
    name = step.name

    def member(value: Value, frame: Frame) -> Value:
        if type(value) is dict and name in value:
            return lift(value[name])
        return _selected(value, name, frame.run, place)

    return member


def _selected(value: Value, name: str, run: Run, place: Place) -> Value:
    if isinstance(value, list):
        return _selections(value, name, run, place)
    found = _one(value, name)
    if found is _ABSENT:
        return None if value is None else run.warn(_missing(value, name), place)
    return found


def _missing(value: Value, name: str) -> str:
    hint = hints.of_member(name)
    return f"A {name_of(value)} has no `{name}`" + (f": {hint}" if hint else "")


def _one(value: Value, name: str) -> Value:
    if isinstance(value, dict):
        return lift(value[name]) if name in value else _ABSENT
    find = PROPERTIES.get(type(value), {}).get(name)
    return _ABSENT if find is None else find(value)


def _selections(values: list[Value], name: str, run: Run, place: Place) -> Value:
    """A list of the selections from each item (10.3.2.5)."""
    run.items(len(values))
    found = []
    for value in values:
        item = lift(value)
        selected = _selections(item, name, run, place) if isinstance(item, list) else _one(item, name)
        if selected is _ABSENT:
            run.warn(_missing(item, name), place)
            selected = None
        found.append(selected)
    return found


# [filter]


def _filter(step: nodes.Filter, place: Place) -> Action:
    if isinstance(step.condition, nodes.Literal) and isinstance(step.condition.value, Decimal):
        index = step.condition.value
        return lambda value, frame: _item(value, index, frame.run, place)
    condition, weight = compiled(step.condition), step.weight
    constant = not names_in(step.condition)

    def filtered(value: Value, frame: Frame) -> Value:
        if value is None:
            return frame.run.warn("null cannot be filtered", place)
        values = value if isinstance(value, list) else [value]
        if constant or not values:
            return _by_constant(values, condition, frame, place)
        return _matching(values, condition, frame, weight, place)

    return filtered


def _by_constant(values: list[Value], condition: Closure, frame: Frame, place: Place) -> Value:
    """The condition names no item, or there is none: it is evaluated once."""
    run = frame.run
    warned = len(run.warnings)
    found = condition(Frame({"item": None}, frame, run))
    if isinstance(found, Decimal):
        return _item(values, found, run, place)
    if not values:
        del run.warnings[warned:]  # they would be about an item that is not there
        return []
    if isinstance(found, bool):
        run.items(len(values))
        return list(values) if found else []
    return _no_filter(found, run, place)


def _no_filter(found: Value, run: Run, place: Place) -> Value:
    return run.warn(f"A filter must give a number or a boolean, not {name_of(found)}", place)


def _matching(values: list[Value], condition: Closure, frame: Frame, weight: int, place: Place) -> Value:
    """Items for which the condition is true; the item of that number if the condition gives a number."""
    run = frame.run
    kept: list[Value] = []
    items = Items(values)
    for position, raw in enumerate(values):
        run.charge(1 + weight)
        item = lift(raw)
        inner: Frame = ItemFrame(item, items, frame)
        if isinstance(item, dict):
            inner = Frame(item, inner, run)
        found = condition(inner)
        if found is True:
            kept.append(item)
        elif position == 0 and isinstance(found, Decimal):
            return _item(values, found, run, place)
        elif found is not False and found is not None:
            return _no_filter(found, run, place)
    return kept


def _item(value: Value, index: Decimal, run: Run, place: Place) -> Value:
    """Counted from 1, or from the end with -1; parts of a number are dropped."""
    if value is None:
        return run.warn("null has no items", place)
    values = value if isinstance(value, list) else [value]
    limited = max(min(index, Decimal(len(values) + 1)), Decimal(-len(values) - 1))
    at = int(limited)
    if not 1 <= abs(at) <= len(values):
        return run.warn(f"The list has no item {at}", place)
    return lift(values[at - 1 if at > 0 else at])


# (arguments)


def _call(step: nodes.Call, place: Place) -> Action:
    arguments = [compiled(argument) for argument in step.arguments]
    names = step.names

    def call(value: Value, frame: Frame) -> Value:
        run = frame.run
        given = [argument(frame) for argument in arguments]
        if not isinstance(value, Function):
            return run.warn(f"{name_of(value)} cannot be called: it is no function", place)
        try:
            return value.call(run, given) if names is None else value.call_named(run, names, given)
        except Undefined as error:
            return undefined(run, error, place)

    return call


_ACTIONS: dict[type, Callable[..., Action]] = {nodes.Member: _member, nodes.Filter: _filter, nodes.Call: _call}
HANDLERS[nodes.Path] = _path
