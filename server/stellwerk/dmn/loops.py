"""The boxed `for`, `some`, `every` and filter of DMN 1.4 (10.2.1.9 to 10.2.1.11)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stellwerk import feel
from stellwerk.feel.runtime import Frame, ItemFrame, Items
from stellwerk.feel.types import ContextType, ListType, Type, name_of

from . import tree
from .item_types import names_inside
from .run import Box, Closure, Spot, Value, run_of

if TYPE_CHECKING:
    from .boxes import Compiler
    from .room import Names

# What a loop runs through is what FEEL's loop runs through: a list, or a range of whole numbers or dates.
_ITEMS = feel.parse("for item in source return item", names=["source"])


def _items(value: Value, frame: Frame, spot: Spot) -> list[Value] | None:
    run = run_of(frame)
    before = len(run.warnings)
    found = _ITEMS.value_in(Frame({"source": value}, None, run))
    run.take(before, spot)
    return found if isinstance(found, list) else None


def _of(kind: Type) -> Type:
    return kind.of if isinstance(kind, ListType) else kind


def _values(compiler: Compiler, expression: tree.Loop, names: Names) -> tuple[Box, Names]:
    """What is run through, and the names that the body knows."""
    values = compiler.compiled(expression.values, names)
    item = compiler.known(expression.values.type)
    if expression.values_type:
        item = compiler.item(expression.values_type, expression.values.place)
        values = compiler.typed(values, item, expression.values.place)
    return values, {**names, expression.variable: names_inside(_of(item.feel)), "partial": {}}


def loop(compiler: Compiler, expression: tree.Loop, names: Names) -> Box:
    values, known = _values(compiler, expression, names)
    body = compiler.compiled(expression.body, known)
    spot = compiler.spot(expression.place)
    make = _for if expression.kind == "for" else _quantified
    closure = make(expression, values, body, spot)
    return Box(closure, 1 + values.weight, values.reads | body.reads)


def _for(expression: tree.Loop, values: Box, body: Box, spot: Spot) -> Closure:
    """A list of what the body gives; `partial` is that list so far."""
    name, keeps = expression.variable, "partial" in body.reads

    def each(frame: Frame) -> Value:
        items = _items(values.closure(frame), frame, spot)
        if items is None:
            return None
        run = frame.run
        found: list[Value] = []
        for item in items:
            run.charge(body.weight)
            inner: dict[str, Any] = {name: item}
            if keeps:
                run.items(len(found))
                inner = {"partial": list(found), name: item}
            found.append(body.closure(Frame(inner, frame, run)))
        return found

    return each


def _quantified(expression: tree.Loop, values: Box, body: Box, spot: Spot) -> Closure:
    """`some` is false or e' or e'' or ..., `every` is true and e' and e'' and ..."""
    name, deciding = expression.variable, expression.kind == "some"

    def quantified(frame: Frame) -> Value:
        items = _items(values.closure(frame), frame, spot)
        if items is None:
            return None
        found: bool | None = not deciding
        for item in items:
            frame.run.charge(body.weight)
            value = body.closure(Frame({name: item}, frame, frame.run))
            if value is deciding:
                return deciding
            if not isinstance(value, bool):
                found = None
                if value is not None:
                    run_of(frame).note(f"A {name_of(value)} is neither true nor false", spot)
        return found

    return quantified


def filtered(compiler: Compiler, expression: tree.Filter, names: Names) -> Box:
    """The items for which `match` is true; it sees `item`, and the entries of an item that is a context."""
    values = compiler.compiled(expression.values, names)
    inside = _of(compiler.known(expression.values.type).feel)
    own = names_inside(inside) if isinstance(inside, ContextType) else {}
    match = compiler.compiled(expression.match, {**names, "item": own, **own})
    spot = compiler.spot(expression.match.place)
    closure = _filtered(values, match, spot)
    return Box(closure, 1 + values.weight, values.reads | match.reads)


def _filtered(values: Box, match: Box, spot: Spot) -> Closure:
    def keep(frame: Frame) -> Value:
        items = _items(values.closure(frame), frame, spot)
        if items is None:
            return None
        run = run_of(frame)
        kept: list[Value] = []
        beside = Items(items)
        for item in items:
            run.charge(match.weight)
            inner = ItemFrame(item, beside, frame)
            found = match.closure(Frame(item, inner, run) if isinstance(item, dict) else inner)
            if found is not None and not isinstance(found, bool):
                return run.note(f"A filter must give true or false, not a {name_of(found)}", spot)
            if found:
                kept.append(item)
        return kept

    return keep
