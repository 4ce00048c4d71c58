"""The Python expressions that are evaluated in process: each syntax node becomes a closure, once.

The subset: names, constants, subscripts, comparisons, and/or/not, in, is None, + - * / // %, conditional expressions,
list, tuple and mapping literals, and the functions of `bounded.FUNCTIONS`. There are no loops, no attributes, no calls
of anything else; every operation is one of `bounded`. What is outside gives None and goes to the sandbox.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from types import NoneType
from typing import Any

from stellwerk.engine import bounded
from stellwerk.engine.bounded import Meter, TooCostly

Closure = Callable[[Mapping[str, Any], Meter], Any]

MAX_NODES = 400
"""Largest expression that is evaluated in process."""
MAX_NESTING = 40


class Mistake(Exception):
    """The expression does not fit its values; the message says how, the caller adds the expression."""


class _Outside(Exception):
    """The expression uses something that is not in the subset."""


@dataclass(frozen=True)
class Compiled:
    """`run` gives the value; `names` are the variables that it reads; `builds`: it can make new lists or mappings."""

    run: Closure
    names: frozenset[str]
    builds: bool


KINDS: dict[type, str] = {
    NoneType: "nothing (None)",
    bool: "a truth value",
    int: "a whole number",
    float: "a number",
    Decimal: "an exact number (Decimal)",
    str: "text",
    list: "a list",
    tuple: "a list",
    dict: "a mapping",
    datetime: "a date with time",
    date: "a date",
    time: "a time of day",
    timedelta: "a duration",
}


def kind_of(value: Any) -> str:
    """What a value is, in words: "a list"."""
    return KINDS.get(type(value), type(value).__name__)


def compile_subset(tree: ast.Expression) -> Compiled | None:
    """Compile a syntax tree, or give None when any part of it is outside the subset."""
    compiler = _Compiler()
    try:
        run = compiler.visit(tree.body, 0)
    except _Outside:
        return None
    return Compiled(run, frozenset(compiler.names), compiler.builds)


_Table = dict[type, tuple[str, Callable[..., Any]]]

_BINARY: _Table = {
    ast.Add: ("+", bounded.add),
    ast.Sub: ("-", bounded.subtract),
    ast.Mult: ("*", bounded.multiply),
    ast.Div: ("/", bounded.divide),
    ast.FloorDiv: ("//", bounded.divide_floor),
    ast.Mod: ("%", bounded.remainder),
}
_ORDER: _Table = {
    ast.Eq: ("==", operator.eq),
    ast.NotEq: ("!=", operator.ne),
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
}
_MEMBERSHIP: _Table = {ast.In: ("in", bounded.contains), ast.NotIn: ("not in", bounded.excludes)}


class _Compiler:
    def __init__(self) -> None:
        self.names: set[str] = set()
        self.builds = False
        self.nodes = 0

    def visit(self, node: ast.expr, depth: int) -> Closure:
        self.nodes += 1
        make = _NODES.get(type(node))
        if make is None or depth > MAX_NESTING or self.nodes > MAX_NODES:
            raise _Outside
        return make(self, node, depth + 1)

    def all(self, nodes: list[ast.expr], depth: int) -> tuple[Closure, ...]:
        return tuple(self.visit(node, depth) for node in nodes)

    def constant(self, node: ast.Constant, depth: int) -> Closure:
        if type(node.value) not in bounded.CHEAP:  # bytes, complex numbers, Ellipsis
            raise _Outside
        return constant(node.value)

    def name(self, node: ast.Name, depth: int) -> Closure:
        self.names.add(node.id)
        return read(node.id)

    def subscript(self, node: ast.Subscript, depth: int) -> Closure:
        return subscript(self.visit(node.value, depth), self.visit(node.slice, depth))

    def binary(self, node: ast.BinOp, depth: int) -> Closure:
        if type(node.op) not in _BINARY:
            raise _Outside
        symbol, operation = _BINARY[type(node.op)]
        if symbol in "+*":
            self.builds = True
        return binary(symbol, operation, self.visit(node.left, depth), self.visit(node.right, depth))

    def unary(self, node: ast.UnaryOp, depth: int) -> Closure:
        value = self.visit(node.operand, depth)
        if isinstance(node.op, ast.Not):
            return lambda variables, meter: not value(variables, meter)
        if isinstance(node.op, ast.Invert):
            raise _Outside
        return unary(node.op, value)

    def boolean(self, node: ast.BoolOp, depth: int) -> Closure:
        parts = self.all(node.values, depth)
        return _first_false(parts) if isinstance(node.op, ast.And) else _first_true(parts)

    def choice(self, node: ast.IfExp, depth: int) -> Closure:
        test, yes, no = self.visit(node.test, depth), self.visit(node.body, depth), self.visit(node.orelse, depth)
        return lambda variables, meter: (yes if test(variables, meter) else no)(variables, meter)

    def comparison(self, node: ast.Compare, depth: int) -> Closure:
        operands = [node.left, *node.comparators]
        pairs = [_comparator(op, operands[i], operands[i + 1]) for i, op in enumerate(node.ops)]
        closures = self.all(operands, depth)
        if len(pairs) > 1:
            return chain(tuple(pairs), closures)
        symbol, operation = pairs[0]
        if type(node.ops[0]) in _ORDER:
            return comparison(symbol, _ORDER[type(node.ops[0])][1], *closures)
        return binary(symbol, operation, *closures)

    def sequence(self, node: ast.List | ast.Tuple, depth: int) -> Closure:
        self.builds = True
        parts = self.all(node.elts, depth)
        if isinstance(node, ast.Tuple):
            return lambda variables, meter: tuple([part(variables, meter) for part in parts])
        return lambda variables, meter: [part(variables, meter) for part in parts]

    def mapping(self, node: ast.Dict, depth: int) -> Closure:
        self.builds = True
        if None in node.keys:  # {**other}
            raise _Outside
        keys = self.all([key for key in node.keys if key is not None], depth)
        return mapping(tuple(zip(keys, self.all(node.values, depth), strict=True)))

    def call(self, node: ast.Call, depth: int) -> Closure:
        if not isinstance(node.func, ast.Name) or node.keywords or node.func.id not in bounded.FUNCTIONS:
            raise _Outside
        fewest, most, _ = bounded.FUNCTIONS[node.func.id]
        if not fewest <= len(node.args) <= most:
            raise _Outside
        return call(node.func.id, self.all(node.args, depth))


_NODES: dict[type, Callable[[_Compiler, Any, int], Closure]] = {
    ast.Constant: _Compiler.constant,
    ast.Name: _Compiler.name,
    ast.Subscript: _Compiler.subscript,
    ast.BinOp: _Compiler.binary,
    ast.UnaryOp: _Compiler.unary,
    ast.BoolOp: _Compiler.boolean,
    ast.IfExp: _Compiler.choice,
    ast.Compare: _Compiler.comparison,
    ast.List: _Compiler.sequence,
    ast.Tuple: _Compiler.sequence,
    ast.Dict: _Compiler.mapping,
    ast.Call: _Compiler.call,
}


def _comparator(op: ast.cmpop, left: ast.expr, right: ast.expr) -> tuple[str, bounded.Operation]:
    if type(op) in _ORDER:
        symbol, operation = _ORDER[type(op)]
        return symbol, bounded.compare(operation)
    if type(op) in _MEMBERSHIP:
        return _MEMBERSHIP[type(op)]
    if not (_is_singleton(left) or _is_singleton(right)):
        raise _Outside  # identity of other values is an accident of the interpreter
    return ("is", bounded.same) if isinstance(op, ast.Is) else ("is not", bounded.other)


def _is_singleton(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, bool))


# -- closures, also used for ${...} (juel.py)
def constant(value: Any) -> Closure:
    return lambda variables, meter: value


def read(name: str) -> Closure:
    """The value of a variable."""

    def run(variables: Mapping[str, Any], meter: Meter) -> Any:
        try:
            return variables[name]
        except KeyError:
            raise Mistake(unknown_variable(name, variables)) from None

    return run


_FOREIGN = {"true": "True", "false": "False", "null": "None", "nil": "None"}
_SHOWN = 12


def unknown_variable(name: str, variables: Mapping[str, Any]) -> str:
    """A message about a variable that does not exist: what, what there is, what to do."""
    known = sorted(_clip(str(key), 40) for key in variables)
    more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
    here = f"Known here: {', '.join(known[:_SHOWN])}{more}." if known else "There are no variables here."
    hint = f" Python writes {_FOREIGN[name]}." if name in _FOREIGN else " Set it before this step, or correct the name."
    return f"The variable '{name}' does not exist. {here}{hint}"


def subscript(container: Closure, key: Closure) -> Closure:
    def run(variables: Mapping[str, Any], meter: Meter) -> Any:
        whole, part = container(variables, meter), key(variables, meter)
        try:
            return bounded.subscript(whole, part, meter)
        except KeyError:
            known = sorted(_clip(str(k), 40) for k in islice(whole, _SHOWN))
            raise Mistake(f"There is no entry {_short(part)}; there are: {', '.join(known) or 'none'}.") from None
        except IndexError:
            raise Mistake(f"There is no position {part}: {kind_of(whole)} of {len(whole)} was given.") from None
        except TypeError:
            raise Mistake(f"{kind_of(whole).capitalize()} has no entry {_short(part)}.") from None

    return run


def _clip(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def _short(value: Any) -> str:
    """A value in a message; what could be long or slow to print is described instead."""
    if type(value) is str:
        return repr(_clip(value, 60))
    if type(value) in (int, float, bool) and abs(value) < 10**18:
        return repr(value)
    return kind_of(value)


def binary(symbol: str, operation: bounded.Operation, left: Closure, right: Closure) -> Closure:
    def run(variables: Mapping[str, Any], meter: Meter) -> Any:
        one, other = left(variables, meter), right(variables, meter)
        try:
            return operation(one, other, meter)
        except TypeError:
            raise Mistake(_mismatch(symbol, one, other)) from None

    return run


def comparison(symbol: str, operation: Callable[[Any, Any], Any], left: Closure, right: Closure) -> Closure:
    """Like `binary` with `bounded.compare`, with a short way for scalars: most conditions are such a comparison."""
    careful = bounded.compare(operation)
    cheap = bounded.CHEAP

    def run(variables: Mapping[str, Any], meter: Meter) -> Any:
        one, other = left(variables, meter), right(variables, meter)
        try:
            if type(one) in cheap and type(other) in cheap:
                return operation(one, other)
            return careful(one, other, meter)
        except TypeError:
            raise Mistake(_mismatch(symbol, one, other)) from None

    return run


def _mismatch(symbol: str, left: Any, right: Any) -> str:
    if {type(left), type(right)} == {float, Decimal}:
        return f"'{symbol}' does not mix an exact number (Decimal) with a float. Convert one: float(...)."
    if type(left) is datetime and type(right) is datetime:
        return f"'{symbol}' does not mix a time that has a time zone with one that has none."
    return f"'{symbol}' is not possible between {kind_of(left)} and {kind_of(right)}. Check the variables."


def chain(pairs: tuple[tuple[str, bounded.Operation], ...], operands: tuple[Closure, ...]) -> Closure:
    """a < b < c: each operand is evaluated once at most (twice would double with each level of nesting)."""
    first, *others = operands
    links = tuple(zip(pairs, others, strict=True))

    def run(variables: Mapping[str, Any], meter: Meter) -> Any:
        left = first(variables, meter)
        for (symbol, operation), operand in links:
            right = operand(variables, meter)
            try:
                if not operation(left, right, meter):
                    return False
            except TypeError:
                raise Mistake(_mismatch(symbol, left, right)) from None
            left = right
        return True

    return run


def unary(op: ast.unaryop, value: Closure) -> Closure:
    operation = bounded.negate if isinstance(op, ast.USub) else bounded.plus

    def run(variables: Mapping[str, Any], meter: Meter) -> Any:
        operand = value(variables, meter)
        try:
            return operation(operand, meter)
        except TypeError:
            raise Mistake(f"A sign is not possible before {kind_of(operand)}.") from None

    return run


def _first_false(parts: tuple[Closure, ...]) -> Closure:
    *before, last = parts

    def run(variables: Mapping[str, Any], meter: Meter) -> Any:
        for part in before:
            value = part(variables, meter)
            if not value:
                return value
        return last(variables, meter)

    return run


def _first_true(parts: tuple[Closure, ...]) -> Closure:
    *before, last = parts

    def run(variables: Mapping[str, Any], meter: Meter) -> Any:
        for part in before:
            value = part(variables, meter)
            if value:
                return value
        return last(variables, meter)

    return run


def mapping(entries: tuple[tuple[Closure, Closure], ...]) -> Closure:
    def run(variables: Mapping[str, Any], meter: Meter) -> Any:
        result = {}
        for key, value in entries:
            name = key(variables, meter)
            if type(name) not in bounded.CHEAP:
                raise TooCostly
            result[name] = value(variables, meter)
        return result

    return run


def call(name: str, arguments: tuple[Closure, ...]) -> Closure:
    """A call of one of the functions of `bounded`."""
    function = bounded.FUNCTIONS[name][2]

    def run(variables: Mapping[str, Any], meter: Meter) -> Any:
        values = [argument(variables, meter) for argument in arguments]
        try:
            return function(meter, *values)
        except TypeError:
            given = ", ".join(kind_of(value) for value in values)
            raise Mistake(f"{name}(...) is not possible for {given}.") from None
        except ValueError as error:
            raise Mistake(f"{name}(...): {error}.") from None

    return run
