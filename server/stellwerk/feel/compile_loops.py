"""`for`, `some` and `every` (10.3.2.14). Ranges are walked through, never written out."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from . import nodes
from .compiler import HANDLERS, compiled
from .convert import lift
from .ranges import Range
from .reads import children, names_in
from .runtime import Closure, Frame, Undefined, Value
from .temporal import Date, date_of_number
from .types import name_of

PARTIAL = "partial"
Source = tuple[str, Closure, Closure | None, tuple[int, int]]


def _sources(iterators: tuple[nodes.Iterator, ...]) -> list[Source]:
    return [
        (
            each.name,
            compiled(each.values),
            compiled(each.end) if each.end else None,
            (each.values.start, each.values.end),
        )
        for each in iterators
    ]


def _frames(sources: list[Source], frame: Frame, shared: dict[str, Value]) -> Iterator[Frame]:
    """One frame for each combination; the last variable moves first. Raises Undefined."""
    if len(sources) == 1:
        name = sources[0][0]
        for value in _values(sources[0], frame):
            yield Frame({**shared, name: value}, frame, frame.run)
        return
    waiting: list[tuple[Frame, Iterator[Value]]] = [(frame, _values(sources[0], frame))]
    while waiting:
        outer, values = waiting[-1]
        for value in values:
            name = sources[len(waiting) - 1][0]
            inner = Frame({**shared, name: value}, outer, frame.run)
            if len(waiting) == len(sources):
                yield inner
            else:
                frame.run.charge(1)
                waiting.append((inner, _values(sources[len(waiting)], inner)))
                break
        else:
            waiting.pop()


def _values(source: Source, frame: Frame) -> Iterator[Value]:
    """What an iteration context runs through: a list, `a..b`, or a range of whole numbers or dates."""
    _, first, last, _ = source
    found = first(frame)
    if last is not None:
        return _between(found, last(frame))
    if isinstance(found, Range):
        return _range(found)
    if isinstance(found, list):
        return map(lift, found)
    raise Undefined(f"A {name_of(found)} cannot be run through: only a list or a range")


def _range(within: Range) -> Iterator[Value]:
    if within.operator or within.low is None or within.high is None:
        raise Undefined("A range without both ends cannot be run through")
    low, high = _whole(within.low), _whole(within.high)
    if low + (not within.low_included) > high - (not within.high_included):
        return iter(())
    return _steps(within.low, low + (not within.low_included), high - (not within.high_included))


def _between(first: Value, last: Value) -> Iterator[Value]:
    if type(first) is not type(last):
        raise Undefined(f"Nothing runs from a {name_of(first)} to a {name_of(last)}")
    return _steps(first, _whole(first), _whole(last))


def _whole(value: Value) -> int:
    if isinstance(value, Decimal) and value == value.to_integral_value() and abs(value) < Decimal(10) ** 34:
        return int(value)
    if isinstance(value, Date):
        return value.number
    raise Undefined(f"Only whole numbers and dates can be run through, not a {name_of(value)}")


def _steps(sample: Value, low: int, high: int) -> Iterator[Value]:
    step = 1 if low <= high else -1
    is_date = isinstance(sample, Date)
    at = low
    while at != high + step:
        yield date_of_number(at) if is_date else Decimal(at)
        at += step


def _for(node: nodes.For) -> Closure:
    """A list of what the body gives; `partial` is that list so far."""
    sources, body, weight = _sources(node.iterators), compiled(node.body), node.weight
    place = node.start, node.end
    kept = PARTIAL in names_in(node.body) and _is_kept(node.body)

    def loop(frame: Frame) -> Value:
        run = frame.run
        found: list[Value] = []
        try:
            for inner in _frames(sources, frame, {PARTIAL: found}):
                run.charge(1 + weight)
                if kept:
                    run.items(len(found))
                    inner.values = {**inner.values, PARTIAL: list(found)}
                found.append(body(inner))
        except Undefined as error:
            return run.warn(str(error), place)
        run.items(len(found))
        return found

    return loop


def _is_kept(body: nodes.Node) -> bool:
    """Can the body hold on to `partial` itself, and not only to items of it? Then it needs a copy each time."""
    waiting: list[Any] = [body]
    while waiting:
        at = waiting.pop()
        if isinstance(at, nodes.FunctionOf) and PARTIAL in names_in(at):
            return True
        if isinstance(at, nodes.Name) and at.name == PARTIAL:
            return True
        is_used = isinstance(at, nodes.Path) and isinstance(at.first, nodes.Name)
        waiting.extend(at.steps if is_used else children(at))
    return False


def _quantified(node: nodes.Quantified) -> Closure:
    """`some` is false or e' or e'' or ..., `every` is true and e' and e'' and ..."""
    sources, body, weight = _sources(node.iterators), compiled(node.body), node.weight
    place, deciding = (node.start, node.end), node.operator == "some"

    def quantified(frame: Frame) -> Value:
        run = frame.run
        found: bool | None = not deciding
        try:
            for inner in _frames(sources, frame, {}):
                run.charge(1 + weight)
                value = body(inner)
                if value is deciding:
                    return deciding
                if value is not (not deciding):
                    found = None
                    if value is not None:
                        run.warn(f"A {name_of(value)} is neither true nor false", place)
        except Undefined as error:
            return run.warn(str(error), place)
        return found

    return quantified


HANDLERS[nodes.For] = _for
HANDLERS[nodes.Quantified] = _quantified
