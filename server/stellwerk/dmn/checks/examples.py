"""What a person reads of a set of values: an example out of it, and the set itself as unary tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from stellwerk.dmn.bits import members
from stellwerk.feel.numbers import WIDE, text_of
from stellwerk.feel.temporal import COMPARED, DAY_NANOS, Date, DateTime, DaysDuration, Time

from .grid import Axis, Grid
from .kinds import Line, Value
from .space import Box
from .spans import FIRST_VALUE, LAST, Span, Spans, difference, intersection

TEXTS = ("other", "another", "something else")
LIKELY_DAY = Date(2000, 1, 1).number  # an example where nothing bounds it
MOST_SHOWN = 4  # inputs and intervals that one message names
LONGEST_TEXT = 60


def example(grid: Grid, box: Box) -> str:
    """`amount = 1000, customer = "gold"`: a point of the box, without inputs that may be anything, also null."""
    named = [at for at, side in enumerate(box) if side != grid.allowed[at] or side == grid.values[at]]
    parts = [f"{short(grid.axes[at].name)} = {text(value_in(grid.axes[at], box[at]))}" for at in named]
    return ", ".join(parts) or "any input"


def value_in(axis: Axis, bits: int) -> Value:
    """The value of the set that reads best; null only if there is no other."""
    found = [value for at in members(bits) for value in _candidates(axis.line, axis.segment(at))]
    return min(found, key=_plainness) if found else None


def _plainness(value: Value) -> tuple[int, Any]:
    if isinstance(value, Decimal):
        return (value != value.to_integral_value()) + (value < 0), len(text_of(value))
    if isinstance(value, str):
        return TEXTS.index(value) if value in TEXTS else -1, len(value)
    return 0, len(str(value))


def _candidates(line: Line, segment: Span) -> Iterator[Value]:
    """One value of the segment, if it is not that of null."""
    low, high = segment
    if high <= FIRST_VALUE:
        return
    make = _whole_number if line.is_whole else _INSIDE.get(line.kind.of)
    ends = None if low == FIRST_VALUE else low[1:], None if high == LAST else high[1:]
    keys = _whole(line.kind.of, *ends) if make is None else (make(*ends),)
    yield from map(line.value, keys)


End = tuple[Any, int] | None
"""A key, and 1 if the cut lies behind it; None where nothing bounds the segment."""


def _whole(kind: type, low: End, high: End) -> Iterator[int]:
    """An end, or what is a day away from it."""
    day = _DAYS.get(kind, 1)
    if low is not None:
        yield low[0]
        if high is None or low[0] - 1 + day < high[0]:
            yield low[0] - 1 + day
    elif high is not None:
        yield from (high[0] - 1, high[0] - day)
    else:
        yield LIKELY_DAY * day if kind in (Date, DateTime) else 0


_DAYS: dict[type, int] = {DateTime: DAY_NANOS // COMPARED, DaysDuration: DAY_NANOS}


def _number(low: End, high: End) -> Decimal:
    """An end that is inside, else a whole number, else one with few digits."""
    if low is not None and not low[1]:
        return Decimal(low[0])
    if high is not None and high[1]:
        return Decimal(high[0])
    if low is None:
        return Decimal(0) if high is None else _next_whole(high[0], -1)
    if high is None:
        return _next_whole(low[0], 1)
    return _between(low[0], high[0])


def _whole_number(low: End, high: End) -> Decimal:
    if low is not None:
        return Line.whole_from(*low)
    if high is None:
        return Decimal(0)
    return high[0].to_integral_value(ROUND_FLOOR) if high[1] else _next_whole(high[0], -1)


def _next_whole(number: Decimal, by: int) -> Decimal:
    rounding = ROUND_FLOOR if by > 0 else ROUND_CEILING
    return WIDE.add(number.to_integral_value(rounding), Decimal(by))


def _between(low: Decimal, high: Decimal) -> Decimal:
    """With as few digits as it goes: the numbers differ in one of them."""
    middle = WIDE.multiply(WIDE.add(low, high), Decimal("0.5"))
    places = 0
    while True:
        unit = Decimal(1).scaleb(-places)
        for rounding in (ROUND_FLOOR, ROUND_CEILING):
            found = middle.quantize(unit, rounding, WIDE)
            if low < found < high:
                return found
        places += 1


def _string(low: End, high: End) -> str:
    least = "" if low is None else str(low[0])
    if low is not None and not low[1]:
        return least
    for found in (*TEXTS, least + "a", least):
        at = found, 0
        if (low is None or low <= at) and (high is None or at < high):
            return found
    return least + "\0"  # the text next to it


_INSIDE: dict[type, Callable[[End, End], Any]] = {Decimal: _number, str: _string}


# -- as text


def text(value: Value) -> str:
    """A value as FEEL writes it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return text_of(value)
    if isinstance(value, str):
        return quoted(value)
    name = {Date: "date", DateTime: "date and time", Time: "time"}.get(type(value), "duration")
    return f'{name}("{value}")'


def quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def short(name: str) -> str:
    return name if len(name) <= LONGEST_TEXT else name[: LONGEST_TEXT - 1] + "…"


def region(grid: Grid, box: Box) -> str:
    """`amount: (1000..2000], customer: not("gold")`: the box as cells, or "" if it is one point."""
    parts = []
    sides = [(axis, side & full, full) for axis, side, full in zip(grid.axes, box, grid.values, strict=True)]
    sides = [each for each in sides if each[1] != each[2]]
    if all(_is_one(axis, side) for axis, side, _ in sides):
        return ""
    for axis, side, full in sides:
        parts.append(f"{short(axis.name)}: {tests(axis, side, full)}")
    more = f" and {len(parts) - MOST_SHOWN} more" if len(parts) > MOST_SHOWN else ""
    return ", ".join(parts[:MOST_SHOWN]) + more


def _is_one(axis: Axis, bits: int) -> bool:
    spans = axis.spans(bits)
    return len(spans) == 1 and _is_point(axis.line, spans[0])


def tests(axis: Axis, bits: int, allowed: int) -> str:
    """Unary tests for a set of values: what is in it, or what is not, whichever is shorter."""
    inside = axis.spans(bits)
    outside = difference(axis.spans(allowed), inside)
    if len(outside) < len(inside) and all(_is_point(axis.line, each) for each in outside):
        return f"not({listed(axis.line, outside)})"
    return listed(axis.line, inside)


def listed(line: Line, spans: Spans) -> str:
    """Unary tests for a set of values: the first of its intervals."""
    shown = [_test(line, each) for each in intersection(spans, line.kind.values)[:MOST_SHOWN]]
    return ", ".join(shown) + (", …" if len(spans) > MOST_SHOWN else "")


def _is_point(line: Line, span: Span) -> bool:
    (low, high), kind = span, line.kind
    return low != FIRST_VALUE and high == kind.behind(low[1]) and low == kind.before(low[1])


def _test(line: Line, span: Span) -> str:
    low, high = span
    if _is_point(line, span):
        return text(line.value(low[1]))
    if low == FIRST_VALUE and high == LAST:
        return "-"
    if low == FIRST_VALUE:
        end, is_in = _end(line, high, -1)
        return f"{'<=' if is_in else '<'} {end}"
    start, is_from = _end(line, low, 0)
    if high == LAST:
        return f"{'>=' if is_from else '>'} {start}"
    end, is_in = _end(line, high, -1)
    return f"{'[' if is_from else '('}{start}..{end}{']' if is_in else ')'}"


def _end(line: Line, cut: Any, inside: int) -> tuple[str, bool]:
    """The value at an end of an interval, and if it is in it: of two neighbours the one that is written shorter."""
    if not line.kind.is_discrete:
        return text(line.value(cut[1])), cut[2] == (0 if inside == 0 else 1)
    within, without = (text(line.value(cut[1] + at)) for at in (inside, -1 - inside))
    return (within, True) if len(within) <= len(without) else (without, False)
