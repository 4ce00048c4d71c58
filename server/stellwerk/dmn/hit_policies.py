"""Hit policies (8.2.10): what becomes of the outputs of all rules that match."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from stellwerk.feel.builtins import FUNCTIONS
from stellwerk.feel.comparison import same
from stellwerk.feel.runtime import Run, Undefined, Value

Outputs = list[Value]
"""The outputs of one rule, one for each column."""
Ranks = Callable[[Outputs], list[int]]
"""For each column the position among its output values: those that come first have priority."""
Made = Callable[[Outputs], Value]


class Violation(Exception):
    """The matching rules contradict the hit policy, or an aggregation has no value. The text says why."""


def _unique(hits: list[Outputs], ranks: Ranks, made: Made, run: Run) -> Value:
    if len(hits) > 1:
        raise Violation(f"{len(hits)} rules match, and the hit policy UNIQUE allows one")
    return made(hits[0])


def _any(hits: list[Outputs], ranks: Ranks, made: Made, run: Run) -> Value:
    """Matching rules may be many, with one and the same output."""
    run.items(len(hits))
    first = made(hits[0])
    if not all(same(first, made(other), run) for other in hits[1:]):
        raise Violation("Rules with different outputs match, and the hit policy ANY allows one output")
    return first


def _first(hits: list[Outputs], ranks: Ranks, made: Made, run: Run) -> Value:
    return made(hits[0])


def _priority(hits: list[Outputs], ranks: Ranks, made: Made, run: Run) -> Value:
    return made(_sorted(hits, ranks, run)[0])


def _output_order(hits: list[Outputs], ranks: Ranks, made: Made, run: Run) -> Value:
    return [made(outputs) for outputs in _sorted(hits, ranks, run)]


def _list(hits: list[Outputs], ranks: Ranks, made: Made, run: Run) -> Value:
    run.items(len(hits))
    return [made(outputs) for outputs in hits]


def _sorted(hits: list[Outputs], ranks: Ranks, run: Run) -> list[Outputs]:
    """By the output values of the first column, then of the second, ...; else in the order of the rules."""
    run.items(len(hits))
    return sorted(hits, key=ranks)


def _count(hits: list[Outputs], ranks: Ranks, made: Made, run: Run) -> Value:
    return Decimal(len(hits))


def _aggregated(name: str) -> Callable[[list[Outputs], Ranks, Made, Run], Value]:
    function = FUNCTIONS[name]

    def aggregated(hits: list[Outputs], ranks: Ranks, made: Made, run: Run) -> Value:
        try:
            return function.call(run, [[made(outputs) for outputs in hits]])
        except Undefined as error:
            raise Violation(str(error)) from None

    return aggregated


@dataclass(frozen=True, slots=True)
class HitPolicy:
    """`only_first`: further matches do not matter. `empty`: the value when no rule matches, if it is not null."""

    result: Callable[[list[Outputs], Ranks, Made, Run], Value]
    only_first: bool = False
    needs_order: bool = False
    empty: Any = None


_POLICIES: dict[tuple[str, str], HitPolicy] = {
    ("UNIQUE", ""): HitPolicy(_unique),
    ("ANY", ""): HitPolicy(_any),
    ("FIRST", ""): HitPolicy(_first, only_first=True),
    ("PRIORITY", ""): HitPolicy(_priority, needs_order=True),
    ("RULE ORDER", ""): HitPolicy(_list),
    ("OUTPUT ORDER", ""): HitPolicy(_output_order, needs_order=True),
    ("COLLECT", ""): HitPolicy(_list),
    ("COLLECT", "COUNT"): HitPolicy(_count, empty=Decimal(0)),
    ("COLLECT", "SUM"): HitPolicy(_aggregated("sum")),
    ("COLLECT", "MIN"): HitPolicy(_aggregated("min")),
    ("COLLECT", "MAX"): HitPolicy(_aggregated("max")),
}


def of(policy: str, aggregation: str) -> HitPolicy | None:
    """An aggregation belongs to COLLECT alone; with other policies it has no meaning and is ignored (8.2.10)."""
    return _POLICIES.get((policy, aggregation if policy == "COLLECT" else ""))
