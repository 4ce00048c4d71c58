"""Rules that never decide anything."""

from __future__ import annotations

from collections.abc import Iterable

from stellwerk.dmn.bits import Bits, members

from .constants import is_wrong
from .looked import Looked
from .registry import Finding, rule

MOST_NAMED = 8


@rule(
    "dmn-unreachable",
    "Every rule matches some input that the types and the input values allow.",
    "warning",
    clause="8.3.3",
    remedy="Correct the condition, or delete the rule.",
)
def unreachable(table: Looked) -> Iterable[Finding]:
    grid = table.grid
    for at in sorted(table.impossible):
        each = table.rules[at]
        if any(is_wrong(column, at) for column in grid.columns):
            continue  # a rule about constants says why
        empty = next(axis for axis, side in zip(grid.axes, grid.may[at], strict=True) if not side)
        texts = " and ".join(f"'{each.inputs[column].text.strip()}'" for column in empty.columns)
        text = f"Rule {at + 1} never matches: no allowed value of '{empty.name}' satisfies {texts}."
        yield each.inputs[empty.columns[0]].place, f"{text} Correct the condition, or delete the rule."


@rule(
    "dmn-masked",
    "Under FIRST and PRIORITY every rule decides for some input: it is not covered by rules that go before it.",
    "warning",
    clause="8.2.10",
    remedy="Move the rule up, or give its output more priority, or delete it.",
)
def masked(table: Looked) -> Iterable[Finding]:
    if table.policy not in ("FIRST", "PRIORITY"):
        return
    for at, box in enumerate(table.grid.may):
        stronger = table.meeting[at] & _stronger(table, at)
        if at in table.impossible or not stronger or table.space.uncovered(box, stronger) is not None:
            continue
        covering = _needed(table, at, stronger)
        named = ", ".join(str(other + 1) for other in covering[:MOST_NAMED])
        more = " and others" if len(covering) > MOST_NAMED else ""
        who = f"rule {named} goes" if len(covering) == 1 else f"rules {named}{more} go"
        how = "Move it up" if table.policy == "FIRST" else "Give its output more priority"
        text = f"Rule {at + 1} never decides: for all that it matches {who} before it. {how}, or delete it."
        yield table.rules[at].place, text


def _stronger(table: Looked, at: int) -> Bits:
    """Rules that win against this one wherever both match: the earlier ones, or those of more priority."""
    earlier = (1 << at) - 1
    if table.policy == "FIRST":
        return earlier
    ranks = table.results.ranks
    own = ranks[at]
    if own is None:
        return 0
    found = 0
    for other, rank in enumerate(ranks):
        if rank is not None and (rank < own or (rank == own and other < at)):
            found |= 1 << other
    return found


def _needed(table: Looked, at: int, covering: Bits) -> list[int]:
    """Few of them that cover the rule too: one alone, else all without those that can be left out."""
    box = table.grid.may[at]
    alone = table.space.covering(box, covering)
    if alone:
        return [next(members(alone))]
    if covering.bit_count() <= MOST_NAMED:
        for other in members(covering):
            if table.space.uncovered(box, covering & ~(1 << other)) is None:
                covering &= ~(1 << other)
    return list(members(covering))
