"""Tree -> closures, once (10.3.2.15). Each closure takes the frame of names and gives the value.

Operators, literals and names are here; loops, paths and calls in `compile_loops` and `compile_paths`.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from . import hints, nodes
from .arithmetic import calculated, negated
from .budget import MOMENT
from .builtins import FUNCTIONS
from .callables import External, Lambda
from .comparison import ORDERS, equal, in_range, ordered, satisfies
from .convert import lift
from .numbers import CONTEXT
from .ranges import Range, half_open
from .reads import names_in
from .runtime import Closure, Frame, Kind, Run, Undefined, Value, is_key
from .temporal import TEMPORAL, DateTime
from .types import ANY, conforms, name_of

Compile = Callable[[Any], Closure]
INPUT = "?"  # the value that unary tests look at


def compiled(node: nodes.Node) -> Closure:
    """The closure of a tree."""
    return HANDLERS[type(node)](node)


def undefined(run: Run, error: Undefined, place: tuple[int, int]) -> None:
    run.warn(str(error), place, error.kind)


def _literal(node: nodes.Literal) -> Closure:
    value = node.value
    return lambda frame: value


def _undefined(node: nodes.Undefined) -> Closure:
    problem, place = node.problem, (node.start, node.end)
    return lambda frame: frame.run.warn(problem, place)


def lookup(frame: Frame, name: str) -> tuple[bool, Value]:
    """Is the name bound, and to what? From the innermost frame outwards (10.3.2.11)."""
    at: Frame | None = frame
    while at is not None:
        if name in at.values:
            return True, lift(at.values[name])
        at = at.parent
    return False, None


def _name(node: nodes.Name) -> Closure:
    name, place = node.name, (node.start, node.end)
    built_in = FUNCTIONS.get(name)
    hint = hints.of_name(name)
    problem = f"There is no `{name}`: {hint}" if hint else f"There is no `{name}`"

    def found(frame: Frame) -> Value:
        at: Frame | None = frame
        while at is not None:
            values = at.values
            if name in values:
                value = values[name]
                return value if type(value) is str or type(value) is bool else lift(value)
            at = at.parent
        if built_in is not None:
            return built_in
        kind = Kind.EVALUATION if is_key(frame, name) else Kind.UNKNOWN_NAME
        return frame.run.warn(problem, place, kind)

    return found


def _list(node: nodes.ListOf) -> Closure:
    items = [compiled(item) for item in node.items]
    return lambda frame: [item(frame) for item in items]


def _context(node: nodes.ContextOf) -> Closure:
    """Each entry sees those before it (10.3.2.6)."""
    entries = [(key, compiled(value)) for key, value in node.entries]

    def context(frame: Frame) -> Value:
        found: dict[str, Value] = {}
        inner = Frame(found, frame, frame.run)
        for key, value in entries:
            found[key] = value(inner)
        return dict(found)  # functions inside see the frame, which stays as it is

    return context


def _interval(node: nodes.Interval) -> Closure:
    low, high, place = compiled(node.low), compiled(node.high), (node.start, node.end)
    flags = node.low_included, node.high_included
    if isinstance(node.low, nodes.Literal) and isinstance(node.high, nodes.Literal):
        ends = node.low.value, node.high.value
        constant = Range(*ends, *flags)
        if not range_problem(*ends):
            return lambda frame: constant

    def interval(frame: Frame) -> Value:
        first, last = low(frame), high(frame)
        problem = range_problem(first, last)
        return frame.run.warn(problem, place) if problem else Range(first, last, *flags)

    return interval


def range_problem(low: Value, high: Value) -> str:
    """Ends have one type, and the first is not after the last (10.3.2.7). A null end is unknown."""
    for end in (low, high):
        if not (end is None or isinstance(end, (Decimal, str, *TEMPORAL))):
            return f"A range cannot end with a {name_of(end)}"
    if low is None or high is None:
        return ""
    if type(low) is not type(high) or not ordered("<=", low, high):
        return "The ends of a range must have one type, and the first must not be after the last"
    return ""


def _half_open(node: nodes.HalfOpen) -> Closure:
    operator, point = node.operator, compiled(node.point)
    return lambda frame: half_open(operator, point(frame))


def _negation(node: nodes.Negation) -> Closure:
    operand, times, place = compiled(node.operand), node.times, (node.start, node.end)

    def negation(frame: Frame) -> Value:
        value = operand(frame)
        try:
            once = negated(value)
        except (Undefined, ArithmeticError) as error:
            return frame.run.warn(str(error), place)
        return once if times % 2 else value

    return negation


_DECIMAL: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": CONTEXT.add,
    "-": CONTEXT.subtract,
    "*": CONTEXT.multiply,
}


def _arithmetic(node: nodes.Arithmetic) -> Closure:
    """From left to right. Two numbers take the short way."""
    if len(node.rest) == 1 and node.rest[0][0] in _DECIMAL:
        return _two_numbers(node)
    first, place = compiled(node.first), (node.start, node.end)
    rest = [(operator, compiled(operand)) for operator, operand in node.rest]

    def arithmetic(frame: Frame) -> Value:
        value = first(frame)
        run = frame.run
        for operator, operand in rest:
            other = operand(frame)
            try:
                value = calculated(operator, value, other, run)
            except Undefined as error:
                undefined(run, error, place)
                value = None
        return value

    return arithmetic


def _two_numbers(node: nodes.Arithmetic) -> Closure:
    operator, operand = node.rest[0]
    left, right, place = compiled(node.first), compiled(operand), (node.start, node.end)
    short = _DECIMAL[operator]

    def two(frame: Frame) -> Value:
        first, second = left(frame), right(frame)
        try:
            if type(first) is Decimal and type(second) is Decimal:
                return short(first, second)
            return calculated(operator, first, second, frame.run)
        except Undefined as error:
            return undefined(frame.run, error, place)
        except ArithmeticError:
            return frame.run.warn(f"The result of `{operator}` cannot be represented", place)

    return two


def _comparison(node: nodes.Comparison) -> Closure:
    left, right, place = compiled(node.left), compiled(node.right), (node.start, node.end)
    constant = node.right.value if isinstance(node.right, nodes.Literal) else None
    if node.operator in ORDERS:
        if isinstance(constant, Decimal):
            return _order_with_number(node.operator, left, constant, place)
        return _order(node.operator, left, right, place)
    if isinstance(constant, str | Decimal):
        return _equality_with_constant(node.operator == "=", left, constant, place)
    return _equality(node.operator == "=", left, right, place)


def _order(operator: str, left: Closure, right: Closure, place: tuple[int, int]) -> Closure:
    short = ORDERS[operator]

    def order(frame: Frame) -> Value:
        first, second = left(frame), right(frame)
        if type(first) is Decimal and type(second) is Decimal:
            return short(first, second)
        if type(first) is DateTime:
            frame.run.charge(MOMENT)
        found = ordered(operator, first, second)
        return _incomparable(frame.run, operator, first, second, place) if found is None else found

    return order


def _order_with_number(operator: str, left: Closure, number: Decimal, place: tuple[int, int]) -> Closure:
    short = ORDERS[operator]

    def order(frame: Frame) -> Value:
        first = left(frame)
        if type(first) is Decimal:
            return short(first, number)
        return _incomparable(frame.run, operator, first, number, place)

    return order


def _equality(positive: bool, left: Closure, right: Closure, place: tuple[int, int]) -> Closure:
    operator = "=" if positive else "!="

    def equality(frame: Frame) -> Value:
        first, second = left(frame), right(frame)
        kind = type(first)
        if kind is type(second) and (kind is str or kind is Decimal):
            return (first == second) is positive
        found = equal(first, second, frame.run)
        return _incomparable(frame.run, operator, first, second, place) if found is None else found is positive

    return equality


def _equality_with_constant(positive: bool, left: Closure, constant: str | Decimal, place: tuple[int, int]) -> Closure:
    operator, kind = "=" if positive else "!=", type(constant)

    def equality(frame: Frame) -> Value:
        first = left(frame)
        if type(first) is kind:
            return (first == constant) is positive
        if first is None:
            return not positive
        return _incomparable(frame.run, operator, first, constant, place)

    return equality


def _incomparable(run: Run, operator: str, left: Value, right: Value, place: tuple[int, int]) -> None:
    run.warn(f"`{operator}` is not defined for {name_of(left)} and {name_of(right)}", place)


def _between(node: nodes.Between) -> Closure:
    """low <= e and e <= high."""
    operand, low, high = compiled(node.operand), compiled(node.low), compiled(node.high)
    place = node.start, node.end

    def between(frame: Frame) -> Value:
        value, first, last = operand(frame), low(frame), high(frame)
        after, before = ordered(">=", value, first), ordered("<=", value, last)
        if after is None or before is None:
            _incomparable(frame.run, "between", value, first if after is None else last, place)
        return False if after is False or before is False else after and before

    return between


def _junction(node: nodes.Junction) -> Closure:
    """Three-valued `and` and `or` (Table 50): what decides ends it, anything but true and false is unknown."""
    operands = [compiled(operand) for operand in node.operands]
    places = [(operand.start, operand.end) for operand in node.operands]
    deciding = node.operator == "or"
    pairs = list(zip(operands, places, strict=True))

    def junction(frame: Frame) -> Value:
        found: bool | None = not deciding
        for operand, place in pairs:
            value = operand(frame)
            if value is deciding:
                return deciding
            if value is not True and value is not False:
                found = None
                if value is not None:
                    frame.run.warn(f"A {name_of(value)} is neither true nor false", place)
        return found

    return junction


def _if(node: nodes.If) -> Closure:
    """Anything but true is false."""
    branches = [(compiled(condition), compiled(value)) for condition, value in node.branches]
    places = [(condition.start, condition.end) for condition, _ in node.branches]
    otherwise = compiled(node.otherwise)

    def choose(frame: Frame) -> Value:
        for index, (condition, value) in enumerate(branches):
            found = condition(frame)
            if found is True:
                return value(frame)
            if found is not False and found is not None:
                frame.run.warn(f"A {name_of(found)} is neither true nor false", places[index])
        return otherwise(frame)

    return choose


def _instance_of(node: nodes.InstanceOf) -> Closure:
    """null is an instance of Null only (Table 61)."""
    operand, wanted, place = compiled(node.operand), node.type, (node.start, node.end)
    problem = f"There is no type `{node.written}`, or its parameters are missing"

    def instance(frame: Frame) -> Value:
        value = operand(frame)
        if wanted is None:
            return frame.run.warn(problem, place)
        if value is None or wanted.name == "Null":
            return value is None and wanted.name == "Null"
        return conforms(value, wanted, frame.run)

    return instance


def _in(node: nodes.In) -> Closure:
    """e in t1 or e in t2 or ... (Table 55)."""
    operand, place = compiled(node.operand), (node.start, node.end)
    tests = [compiled_test(test) for test in node.tests]

    def inside(frame: Frame) -> Value:
        value = operand(frame)
        inner = Frame({INPUT: value}, frame, frame.run)
        return any_test(tests, inner, value, place)

    return inside


Test = Callable[[Frame, Value], bool | None]


def any_test(tests: list[Test], frame: Frame, value: Value, place: tuple[int, int]) -> bool | None:
    """Three-valued `or` of the tests."""
    found: bool | None = False
    for test in tests:
        result = test(frame, value)
        if result:
            return True
        if result is None:
            found = None
    if found is None:
        undefined_test(frame.run, value, place)
    return found


def undefined_test(run: Run, value: Value, place: tuple[int, int]) -> None:
    run.warn(f"The test is not defined for {name_of(value)}", place)


def compiled_test(node: nodes.Node) -> Test:
    """One test (rule 13). An expression that names `?` says itself whether it is satisfied."""
    if isinstance(node, nodes.HalfOpen):
        return _half_open_test(node)
    if isinstance(node, nodes.Literal) and isinstance(node.value, str | Decimal):
        return _same_test(node.value)
    closure = compiled(node)
    if names_input(node):
        return lambda frame, value: _own_verdict(closure(frame), value, frame.run)

    def test(frame: Frame, value: Value) -> bool | None:
        return satisfies(value, closure(frame), frame.run)

    return test


def _same_test(constant: Value) -> Test:
    """Texts and numbers take the short way."""
    kind = type(constant)

    def test(frame: Frame, value: Value) -> bool | None:
        return value == constant if type(value) is kind else satisfies(value, constant, frame.run)

    return test


def _own_verdict(found: Value, value: Value, run: Run) -> bool | None:
    return found if found is None or isinstance(found, bool) else satisfies(value, found, run)


def _half_open_test(node: nodes.HalfOpen) -> Test:
    operator, point = node.operator, compiled(node.point)
    short = ORDERS.get(operator)

    def test(frame: Frame, value: Value) -> bool | None:
        end = point(frame)
        if short is not None:
            if type(value) is Decimal and type(end) is Decimal:
                return short(value, end)
            return ordered(operator, value, end)
        return in_range(value, half_open(operator, end), frame.run)

    return test


def names_input(node: nodes.Node) -> bool:
    """Does `?` stand in it?"""
    return INPUT in names_in(node)


def _function(node: nodes.FunctionOf) -> Closure:
    if node.external:
        return lambda frame: External(node.parameters, ANY)
    body, weight = compiled(node.body), node.weight
    return lambda frame: Lambda(node.parameters, body, frame, weight, ANY)


HANDLERS: dict[type[nodes.Node], Compile] = {
    nodes.Literal: _literal,
    nodes.Undefined: _undefined,
    nodes.Name: _name,
    nodes.ListOf: _list,
    nodes.ContextOf: _context,
    nodes.Interval: _interval,
    nodes.HalfOpen: _half_open,
    nodes.Negation: _negation,
    nodes.Arithmetic: _arithmetic,
    nodes.Comparison: _comparison,
    nodes.Between: _between,
    nodes.Junction: _junction,
    nodes.If: _if,
    nodes.InstanceOf: _instance_of,
    nodes.In: _in,
    nodes.FunctionOf: _function,
}
