"""The Python expressions that are evaluated in process: each syntax node becomes a closure, once.

The subset: names, constants, subscripts, comparisons, and/or/not, in, is None, + - * / // %, conditional expressions,
list, tuple and mapping literals, and the functions of `bounded.FUNCTIONS`. There are no loops, no attributes, no calls
of anything else; every operation is one of `bounded`. What is outside gives None and goes to the sandbox.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from stellwerk.engine.expressions import bounded, closures
from stellwerk.engine.expressions.closures import Closure, Compiled

MAX_NODES = 400
"""Largest expression that is evaluated in process."""
MAX_NESTING = 40


class _Outside(Exception):
    """The expression uses something that is not in the subset."""


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
        return closures.constant(node.value)

    def name(self, node: ast.Name, depth: int) -> Closure:
        self.names.add(node.id)
        return closures.read(node.id)

    def subscript(self, node: ast.Subscript, depth: int) -> Closure:
        return closures.subscript(self.visit(node.value, depth), self.visit(node.slice, depth))

    def binary(self, node: ast.BinOp, depth: int) -> Closure:
        if type(node.op) not in _BINARY:
            raise _Outside
        symbol, operation = _BINARY[type(node.op)]
        if symbol in "+*":
            self.builds = True
        return closures.binary(symbol, operation, self.visit(node.left, depth), self.visit(node.right, depth))

    def unary(self, node: ast.UnaryOp, depth: int) -> Closure:
        value = self.visit(node.operand, depth)
        if isinstance(node.op, ast.Not):
            return lambda variables, meter: not value(variables, meter)
        if isinstance(node.op, ast.Invert):
            raise _Outside
        return closures.unary(node.op, value)

    def boolean(self, node: ast.BoolOp, depth: int) -> Closure:
        parts = self.all(node.values, depth)
        return closures.first_false(parts) if isinstance(node.op, ast.And) else closures.first_true(parts)

    def choice(self, node: ast.IfExp, depth: int) -> Closure:
        test, yes, no = self.visit(node.test, depth), self.visit(node.body, depth), self.visit(node.orelse, depth)
        return lambda variables, meter: (yes if test(variables, meter) else no)(variables, meter)

    def comparison(self, node: ast.Compare, depth: int) -> Closure:
        operands = [node.left, *node.comparators]
        pairs = [_comparator(op, operands[i], operands[i + 1]) for i, op in enumerate(node.ops)]
        parts = self.all(operands, depth)
        if len(pairs) > 1:
            return closures.chain(tuple(pairs), parts)
        symbol, operation = pairs[0]
        if type(node.ops[0]) in _ORDER:
            return closures.comparison(symbol, _ORDER[type(node.ops[0])][1], *parts)
        return closures.binary(symbol, operation, *parts)

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
        return closures.mapping(tuple(zip(keys, self.all(node.values, depth), strict=True)))

    def call(self, node: ast.Call, depth: int) -> Closure:
        if not isinstance(node.func, ast.Name) or node.keywords or node.func.id not in bounded.FUNCTIONS:
            raise _Outside
        fewest, most, _ = bounded.FUNCTIONS[node.func.id]
        if not fewest <= len(node.args) <= most:
            raise _Outside
        return closures.call(node.func.id, self.all(node.args, depth))


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
