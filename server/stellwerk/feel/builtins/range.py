"""10.3.4.8 Range functions (Table 78), and `range` of 10.3.4.1."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from .. import nodes
from ..comparison import equal, in_range, ordered
from ..errors import FeelSyntaxError
from ..names import NameTable
from ..ranges import Range
from ..runtime import Run, Undefined, Value
from ..temporal import TEMPORAL
from ..types import name_of
from .registry import FUNCTIONS, Implementation, builtin

_LITERALS = ("date", "time", "date and time", "duration")


def _less(left: Value, right: Value) -> bool:
    found = ordered("<", left, right)
    if found is None:
        raise Undefined(f"{name_of(left)} and {name_of(right)} cannot be compared")
    return found


def _same(run: Run, left: Value, right: Value, *flags: bool) -> bool:
    """Are the ends equal, and all flags true?"""
    return all(flags) and _equal(run, left, right)


def _equal(run: Run, left: Value, right: Value) -> bool:
    found = equal(left, right, run)
    if found is None or left is None or right is None:
        raise Undefined(f"{name_of(left)} and {name_of(right)} cannot be compared")
    return found


def _inside(run: Run, point: Value, within: Range) -> bool:
    found = in_range(point, within, run)
    if found is None:
        raise Undefined(f"A {name_of(point)} cannot be compared with the range")
    return found


def _swapped(*declarations: str) -> Callable[[Implementation], Implementation]:
    """Declare the mirror image too: the same function of its two arguments in the other order."""

    def declare(implementation: Implementation) -> Implementation:
        builtin(*declarations)(lambda run, first, second: implementation(run, second, first))
        return implementation

    return declare


_POINTS_AND_RANGES = (
    "(point1: any, point2: any)",
    "(point: any, range: range)",
    "(range: range, point: any)",
    "(range1: range, range2: range)",
)


@_swapped(*(f"after{parameters}" for parameters in _POINTS_AND_RANGES))
@builtin(*(f"before{parameters}" for parameters in _POINTS_AND_RANGES))
def before(run: Run, point1: Value, point2: Value) -> bool:
    """Points and ranges in any combination."""
    end, end_included = (point1.high, point1.high_included) if isinstance(point1, Range) else (point1, True)
    start, start_included = (point2.low, point2.low_included) if isinstance(point2, Range) else (point2, True)
    return _less(end, start) or (not (end_included and start_included) and _equal(run, end, start))


@_swapped("met by(range1: range, range2: range)")
@builtin("meets(range1: range, range2: range)")
def meets(run: Run, range1: Range, range2: Range) -> bool:
    return _same(run, range1.high, range2.low, range1.high_included, range2.low_included)


def _starts_no_later(run: Run, left: Range, right: Range) -> bool:
    """Is all that is before `left` also before `right`?"""
    if _less(left.low, right.low):
        return True
    return _same(run, left.low, right.low, left.low_included or not right.low_included)


def _ends_no_earlier(run: Run, left: Range, right: Range) -> bool:
    if _less(right.high, left.high):
        return True
    return _same(run, left.high, right.high, left.high_included or not right.high_included)


def _reaches(run: Run, left: Range, right: Range) -> bool:
    """Does `left` end at or after the start of `right`?"""
    if _less(right.low, left.high):
        return True
    return _same(run, left.high, right.low, left.high_included, right.low_included)


@builtin("overlaps(range1: range, range2: range)")
def overlaps(run: Run, range1: Range, range2: Range) -> bool:
    return _reaches(run, range1, range2) and _reaches(run, range2, range1)


@_swapped("overlaps after(range1: range, range2: range)")
@builtin("overlaps before(range1: range, range2: range)")
def overlaps_before(run: Run, range1: Range, range2: Range) -> bool:
    starts = not _starts_no_later(run, range2, range1)
    return starts and _reaches(run, range1, range2) and _ends_no_earlier(run, range2, range1)


@_swapped("finished by(range: range, point: any)", "finished by(range1: range, range2: range)")
@builtin("finishes(point: any, range: range)", "finishes(range1: range, range2: range)")
def finishes(run: Run, point: Value, within: Range) -> bool:
    if not isinstance(point, Range):
        return _same(run, within.high, point, within.high_included)
    same_end = _same(run, point.high, within.high, point.high_included == within.high_included)
    return same_end and _starts_no_later(run, within, point)


@_swapped("during(point: any, range: range)", "during(range1: range, range2: range)")
@builtin("includes(range: range, point: any)", "includes(range1: range, range2: range)")
def includes(run: Run, within: Range, point: Value) -> bool:
    if not isinstance(point, Range):
        return _inside(run, point, within)
    return _starts_no_later(run, within, point) and _ends_no_earlier(run, within, point)


@_swapped("started by(range: range, point: any)", "started by(range1: range, range2: range)")
@builtin("starts(point: any, range: range)", "starts(range1: range, range2: range)")
def starts(run: Run, point: Value, within: Range) -> bool:
    if not isinstance(point, Range):
        return _same(run, within.low, point, within.low_included)
    same_start = _same(run, point.low, within.low, point.low_included == within.low_included)
    return same_start and _ends_no_earlier(run, within, point)


@builtin("coincides(point1: any, point2: any)", "coincides(range1: range, range2: range)")
def coincides(run: Run, point1: Value, point2: Value) -> bool:
    if not (isinstance(point1, Range) and isinstance(point2, Range)):
        return _equal(run, point1, point2)
    flags = (point1.low_included, point1.high_included) == (point2.low_included, point2.high_included)
    return flags and _equal(run, point1.low, point2.low) and _equal(run, point1.high, point2.high)


@builtin("range(from: string)")
def range_(run: Run, from_: str) -> Range:
    """A range of two literal ends, as it is written in FEEL."""
    from ..parser import Parser

    run.charge(10 + len(from_))  # it is parsed
    try:
        tree = Parser(from_, (), NameTable(_LITERALS), {}).whole_expression()
    except FeelSyntaxError as error:
        raise Undefined(f"range: {error.problem}") from None
    if not isinstance(tree, nodes.Interval):
        raise Undefined("range: the text is not a range of two ends")
    low, high = _end(run, tree.low), _end(run, tree.high)
    if type(low) is not type(high) or not ordered("<=", low, high):
        raise Undefined("range: the ends must have one type, and the first must not be after the last")
    return Range(low, high, tree.low_included, tree.high_included)


def _end(run: Run, node: nodes.Node) -> Value:
    """A literal, or one of the four functions with a literal text (rule 60)."""
    found = node.value if isinstance(node, nodes.Literal) else _literal_call(run, node)
    if isinstance(found, bool) or not isinstance(found, (Decimal, str, *TEMPORAL)):
        raise Undefined("range: the ends must be literals")
    return found


def _literal_call(run: Run, node: nodes.Node) -> Value:
    if not isinstance(node, nodes.Path) or not isinstance(node.first, nodes.Name) or len(node.steps) != 1:
        return None
    step, name = node.steps[0], node.first.name
    if not isinstance(step, nodes.Call) or step.names or name not in _LITERALS or len(step.arguments) != 1:
        return None
    argument = step.arguments[0]
    text = argument.value if isinstance(argument, nodes.Literal) else None
    return FUNCTIONS[name].call(run, [text]) if isinstance(text, str) else None
