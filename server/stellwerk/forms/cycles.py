"""Computed fields that read each other: nobody could say which comes first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from stellwerk.forms.expressions import expression, special
from stellwerk.forms.schema import Component, Field


def cycles(fields: tuple[Field, ...]) -> Iterator[tuple[Component, str]]:
    """A component of a cycle, if there is one, and what is wrong with it.

    Only variables as a whole are looked at; what else changes without end is found when the form is sent.
    """
    computed = {one.path[0]: one for one in _outside_of_lists(fields) if one.is_computed and len(one.path) == 1}
    names = special(name for one in computed.values() for name in one.path)
    reads: Mapping[str, list[str]] = {
        key: [name for name in expression(one.component["expression"], names).names if name in computed]
        for key, one in computed.items()
    }
    try:
        TopologicalSorter(reads).prepare()
    except CycleError as error:
        around = [str(name) for name in error.args[1]]
        text = f"is computed from itself: {' needs '.join(reversed(around))}. Compute one of them from other fields."
        yield computed[around[0]].component, text


def _outside_of_lists(fields: tuple[Field, ...]) -> Iterator[Field]:
    for one in fields:
        yield one
        if not one.repeats and not one.path:
            yield from _outside_of_lists(one.fields)
