"""Sets of values of one column, as unions of intervals on a line.

A line is cut between values: `(0, key, 0)` lies before the value of that key, `(0, key, 1)` behind it. null is a point
of its own before all values, so that the complement of a set knows whether null is in it.
"""

from __future__ import annotations

from typing import Any

Cut = tuple[Any, ...]
Span = tuple[Cut, Cut]
Spans = tuple[Span, ...]
"""In their order, neither empty nor touching each other."""

FIRST, FIRST_VALUE, LAST = (-2,), (-1,), (1,)
NOTHING: Spans = ()
NULL: Spans = ((FIRST, FIRST_VALUE),)
VALUES: Spans = ((FIRST_VALUE, LAST),)
EVERYTHING: Spans = ((FIRST, LAST),)


def before(key: Any) -> Cut:
    return 0, key, 0


def behind(key: Any) -> Cut:
    return 0, key, 1


def span(start: Cut, end: Cut) -> Spans:
    return ((start, end),) if start < end else NOTHING


def union(*sets: Spans) -> Spans:
    found: list[Span] = []
    for start, end in sorted(each for spans in sets for each in spans):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return tuple(found)


def complement(spans: Spans) -> Spans:
    """What is not in it, null included."""
    cuts = [FIRST, *(cut for each in spans for cut in each), LAST]
    return tuple((start, end) for start, end in zip(cuts[::2], cuts[1::2], strict=True) if start < end)


def intersection(*sets: Spans) -> Spans:
    return complement(union(*map(complement, sets)))


def difference(spans: Spans, other: Spans) -> Spans:
    return intersection(spans, complement(other))
