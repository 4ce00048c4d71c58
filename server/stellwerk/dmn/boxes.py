"""Boxed expressions -> closures (10.2.1, 10.3.2.15). Each closure takes the frame of names and gives the value.

Decision tables are in `tables`, loops and filters in `loops`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from stellwerk import feel
from stellwerk.feel.callables import NOT_RUN, External
from stellwerk.feel.functions import Function
from stellwerk.feel.names import KnownNames
from stellwerk.feel.runtime import Frame, Undefined
from stellwerk.feel.types import name_of

from . import dialects, loops, tables, tree
from .dialects import Dialects
from .functions import BoxedFunction, Parameter
from .item_types import ANYTHING, Item, Known, Report, Types, fitted, unknown_type
from .room import TOO_MANY_NAMES, Names, Room
from .run import Box, Closure, Kind, Spot, Value, run_of
from .versions import is_feel, not_run


class Compiler:
    """Compiles the expressions of one node of a file."""

    def __init__(
        self, file: str, node: tree.Node, types: Types, report: Report, languages: Dialects, room: Room
    ) -> None:
        self.file = file
        self.node = node
        self.types = types
        self.report = report
        self.dialects = languages
        self.tables: list[tables.Written] = []
        self._room = room
        self._prepared: dict[int, tuple[Names, KnownNames]] = {}  # by identity

    def spot(self, place: tree.Place) -> Spot:
        return Spot(self.file, place)

    def item(self, name: str, place: tree.Place) -> Item:
        """The type of this name; Any, and a problem, if there is none."""
        found = self.types.get(name)
        if found is None:
            self.report(place, "dmn-unknown-type", unknown_type(name))
            return ANYTHING
        return found

    def known(self, name: str) -> Item:
        """The type of this name, or Any: where it is used a second time, and told already."""
        return self.types.get(name) or ANYTHING

    def compiled(self, expression: tree.Expression, names: Names) -> Box:
        """The closure of an expression. What is wrong with it is reported, and its value is then null."""
        found = _HANDLERS[type(expression)](self, expression, names)
        return self.typed(found, self.item(expression.type, expression.place), expression.place)

    def prepared(self, names: Names, place: tree.Place) -> KnownNames | None:
        """The names, once for all texts that know the same; None, and a problem, if there is no room for them."""
        found = self._prepared.get(id(names))
        if found is not None:
            return found[1]
        try:
            known = self._room.prepared(names)
        except OverflowError:
            if not self._room.is_told:
                self.report(place, "dmn-too-large", TOO_MANY_NAMES)
            self._room.is_told = True
            return None
        self._prepared[id(names)] = names, known
        return known

    def forget(self, names: Names) -> None:
        """They are about to change."""
        self._prepared.pop(id(names), None)

    def broken(self, place: tree.Place, rule: str, message: str) -> Box:
        """Report a problem; what cannot be compiled says so when it is evaluated."""
        self.report(place, rule, message)
        return self.null(place, message)

    def null(self, place: tree.Place, message: str, kind: Kind = Kind.BROKEN) -> Box:
        spot = self.spot(place)
        return Box(lambda frame: run_of(frame).note(message, spot, kind), 1, frozenset())

    def without_logic(self, place: tree.Place, message: str) -> Box:
        """Drawn, and not filled in yet: that is no mistake, and the value is null (6.3.7, 10.4)."""
        self.report(place, "dmn-missing-expression", f"{message}. Give it one.", "warning")
        return self.null(place, message, Kind.EVALUATION)

    def typed(self, box: Box, item: Item, place: tree.Place) -> Box:
        """The value converted to the type, or null (10.3.2.9.4)."""
        if item is ANYTHING:
            return box
        closure, spot = box.closure, self.spot(place)
        return replace(box, closure=lambda frame: fitted(closure(frame), item, run_of(frame), spot))

    def literal(self, expression: tree.Literal, names: Names) -> Box:
        """LiteralExpression (7.3.7)."""
        place = expression.place
        if isinstance(expression, tree.Missing):
            return self.null(place, "An expression is missing")
        dialect = dialects.of(self, expression.language)
        if dialect is not None:
            return dialects.literal(self, expression, dialect)
        if not is_feel(expression.language):
            return self.broken(place, "dmn-language", not_run(expression.language))
        if not expression.text.strip():
            return self.without_logic(place, "The element has no expression")
        known = self.prepared(names, place)
        if known is None:
            return self.null(place, TOO_MANY_NAMES)
        try:
            found = feel.parse(expression.text, known, types=self.types.feel)
        except feel.FeelSyntaxError as error:
            return self.broken(place, "feel-syntax", str(error))
        return Box(_placed(found, self.spot(place)), weight(expression.text), frozenset(found.names), found)

    def _table(self, expression: tree.DecisionTable, names: Names) -> Box:
        dialect = dialects.of_table(self, expression)
        return dialects.table(self, expression, dialect) if dialect else tables.compiled(self, expression, names)

    def _context(self, expression: tree.Context, names: Names) -> Box:
        """Each entry sees those before it (10.3.2.6); an entry without a name is the result."""
        known = dict(names)
        entries: list[tuple[str, Box]] = []
        result: Box | None = None
        for entry in expression.entries:
            box = self.compiled(entry.value, known)
            if entry.variable is None:
                result = box
                continue
            item = self.item(entry.variable.type, entry.variable.place)
            entries.append((entry.variable.name, self.typed(box, item, entry.place)))
            self.forget(known)
            known[entry.variable.name] = Known(item if item is not ANYTHING else self.known(entry.value.type))
        every = [box for _, box in entries] + ([] if result is None else [result])
        return _together(every, _context_closure(entries, result))

    def _list(self, expression: tree.ListOf, names: Names) -> Box:
        boxes = [self.compiled(item, names) for item in expression.items]
        closures = [box.closure for box in boxes]
        return _together(boxes, lambda frame: [closure(frame) for closure in closures])

    def _relation(self, expression: tree.Relation, names: Names) -> Box:
        """A list of contexts, one for each row (7.3.9)."""
        items = [self.item(column.type, column.place) for column in expression.columns]
        columns = [column.name for column in expression.columns]
        if any(len(row) != len(columns) for row in expression.rows):
            return self.null(expression.place, "A row of the relation has another number of values than columns")
        rows = [
            [self.typed(self.compiled(cell, names), item, cell.place) for cell, item in zip(row, items, strict=True)]
            for row in expression.rows
        ]

        def relation(frame: Frame) -> Value:
            return [{name: box.closure(frame) for name, box in zip(columns, row, strict=True)} for row in rows]

        return _together([box for row in rows for box in row], relation)

    def _invocation(self, expression: tree.Invocation, names: Names) -> Box:
        """A call with named arguments (7.3.6, 10.2.1.3). Arguments that are not given are null."""
        called = self.compiled(expression.called, names)
        bindings: dict[str, Box] = {}
        for binding in expression.bindings:
            item = self.item(binding.parameter.type, binding.parameter.place)
            place = binding.parameter.place
            box = _NULL if binding.value is None else self.compiled(binding.value, names)
            bindings[binding.parameter.name] = self.typed(box, item, place)
        closure = _call(called, bindings, self.spot(expression.place))
        return _together([called, *bindings.values()], closure)

    def _function(self, expression: tree.FunctionDefinition, names: Names) -> Box:
        """A function that sees the names around it (10.2.1.7)."""
        parameters = self.parameters(expression)
        if expression.kind.upper() != "FEEL":
            external = External([(each.name, each.item.feel) for each in parameters], ANYTHING.feel)
            return Box(lambda frame: external, 1, frozenset())
        body = self.body(expression, parameters, names)

        def function(frame: Frame) -> Value:
            return BoxedFunction("the function", parameters, body, frame)

        return Box(function, 1, body.reads)

    def parameters(self, expression: tree.FunctionDefinition) -> tuple[Parameter, ...]:
        return tuple(Parameter(each.name, self.item(each.type, each.place)) for each in expression.parameters)

    def body(self, expression: tree.FunctionDefinition, parameters: Iterable[Parameter], names: Names) -> Box:
        if expression.kind.upper() != "FEEL":
            return self.null(expression.place, NOT_RUN, Kind.UNSUPPORTED)
        if expression.body is None:
            return self.without_logic(expression.place, "The function has no expression")
        own = {each.name: Known(each.item) for each in parameters}
        return self.compiled(expression.body, {**names, **own})

    def _conditional(self, expression: tree.Conditional, names: Names) -> Box:
        """`if` that is neither true nor false gives null (10.2.1.8)."""
        parts = (expression.condition, expression.then, expression.otherwise)
        condition, then, otherwise = (self.compiled(part, names) for part in parts)
        spot = self.spot(expression.condition.place)

        def choose(frame: Frame) -> Value:
            found = condition.closure(frame)
            if not isinstance(found, bool):
                return run_of(frame).note(f"A {name_of(found)} is neither true nor false", spot)
            return then.closure(frame) if found else otherwise.closure(frame)

        return _together([condition, then, otherwise], choose)

    def _loop(self, expression: tree.Loop, names: Names) -> Box:
        return loops.loop(self, expression, names)

    def _filter(self, expression: tree.Filter, names: Names) -> Box:
        return loops.filtered(self, expression, names)


def weight(text: str) -> int:
    """Steps of one evaluation: about the tokens of the text."""
    return 1 + len(text) // 4


_NULL = Box(lambda frame: None, 1, frozenset())


def _together(boxes: Iterable[Box], closure: Closure) -> Box:
    boxes = list(boxes)
    reads: frozenset[str] = frozenset().union(*(box.reads for box in boxes))
    return Box(closure, 1 + sum(box.weight for box in boxes), reads)


def _placed(expression: feel.Expression, spot: Spot) -> Closure:
    evaluate = expression.value_in

    def placed(frame: Frame) -> Value:
        warnings = frame.run.warnings
        before = len(warnings)
        value = evaluate(frame)
        if len(warnings) > before:
            run_of(frame).take(before, spot)
        return value

    return placed


def _context_closure(entries: list[tuple[str, Box]], result: Box | None) -> Closure:
    closures = [(name, box.closure) for name, box in entries]
    last = None if result is None else result.closure

    def context(frame: Frame) -> Value:
        found: dict[str, Value] = {}
        inner = Frame(found, frame, frame.run)
        for name, closure in closures:
            found[name] = closure(inner)
        return dict(found) if last is None else last(inner)

    return context


def _call(called: Box, bindings: dict[str, Box], spot: Spot) -> Closure:
    names = tuple(bindings)
    closures = [box.closure for box in bindings.values()]

    def call(frame: Frame) -> Value:
        run = run_of(frame)
        function = called.closure(frame)
        arguments = [closure(frame) for closure in closures]
        if not isinstance(function, Function):
            return run.note(f"A {name_of(function)} is no function", spot)
        try:
            return function.call_named(run, names, arguments)
        except Undefined as error:
            return run.note(str(error), spot, Kind(error.kind.value))

    return call


_HANDLERS: dict[type[tree.Expression], Callable[[Compiler, Any, Names], Box]] = {
    tree.Literal: Compiler.literal,
    tree.Missing: Compiler.literal,
    tree.DecisionTable: Compiler._table,
    tree.Context: Compiler._context,
    tree.ListOf: Compiler._list,
    tree.Relation: Compiler._relation,
    tree.Invocation: Compiler._invocation,
    tree.FunctionDefinition: Compiler._function,
    tree.Conditional: Compiler._conditional,
    tree.Loop: Compiler._loop,
    tree.Filter: Compiler._filter,
}
