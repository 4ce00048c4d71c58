"""Rules that match together: overlaps under UNIQUE, contradictions under ANY, the same rule twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from stellwerk.dmn.bits import Bits, members
from stellwerk.errors import Severity

from .examples import example
from .looked import Looked
from .registry import Finding, rule
from .space import Box

MOST_FINDINGS = 50  # about one table; the last of them says how many more there are
MOST_NAMED = 5


@rule(
    "dmn-overlap",
    "Under the hit policy UNIQUE no input matches two rules.",
    clause="8.2.10",
    remedy="Make the conditions of one of the rules narrower, or choose another hit policy.",
)
def overlaps(table: Looked) -> Iterable[Finding]:
    if table.policy == "UNIQUE":
        yield from _together(table, None, "overlap", "UNIQUE allows one rule, so that the result is null")


@rule(
    "dmn-contradiction",
    "Under the hit policy ANY rules that match together have the same outputs.",
    clause="8.2.10",
    remedy="Give the rules the same outputs, or make the conditions of one of them narrower.",
)
def contradictions(table: Looked) -> Iterable[Finding]:
    if table.policy == "ANY":
        text = "ANY allows only equal outputs, so that the result is null"
        yield from _together(table, table.results.differing(), "contradict each other", text)


def _together(table: Looked, only: list[Bits] | None, what: str, why: str) -> Iterator[Finding]:
    """Each rule with those before it that it meets; if `only` is given, with those of them."""
    severity: Severity = "error" if all(column.is_plain for column in table.grid.columns) else "warning"
    found: list[tuple[int, Bits]] = []
    for at, meets in enumerate(table.meeting):
        if meets >> at & 1:
            earlier = meets & ((1 << at) - 1) & (-1 if only is None else only[at])
            if earlier:
                found.append((at, earlier))
    for place, (at, earlier) in enumerate(found[:MOST_FINDINGS]):
        others = list(members(earlier))
        point = example(table.grid, _common(table.grid.must[at], table.grid.must[others[0]]))
        more = f" It meets {_numbered(others[1:])} too." if len(others) > 1 else ""
        if place == MOST_FINDINGS - 1 and len(found) > MOST_FINDINGS:
            more += f" {len(found) - MOST_FINDINGS} more rules are like it."
        text = (
            f"Rules {others[0] + 1} and {at + 1} {what}: both match {point}. {why}.{more} "
            "Make the conditions of one of them narrower, or choose another hit policy."
        )
        yield table.rules[at].place, text, severity


def _common(one: Box, other: Box) -> Box:
    return tuple(left & right for left, right in zip(one, other, strict=True))


def _numbered(rules: list[int]) -> str:
    """`rule 4`, `rules 4, 5 and 8 more`."""
    named = ", ".join(str(at + 1) for at in rules[:MOST_NAMED])
    more = f" and {len(rules) - MOST_NAMED} more" if len(rules) > MOST_NAMED else ""
    return f"{'rule' if len(rules) == 1 else 'rules'} {named}{more}"


@rule(
    "dmn-duplicate",
    "No rule is written twice.",
    "warning",
    clause="8.2.10",
    remedy="Delete one of the two.",
)
def duplicates(table: Looked) -> Iterable[Finding]:
    """The same conditions and the same outputs. What is proven to overlap or to be masked is told by these rules."""
    if table.policy in ("FIRST", "PRIORITY"):
        return
    first: dict[tuple[str, ...], int] = {}
    for at, each in enumerate(table.rules):
        texts = [cell.text for cell in each.inputs] + [cell.text for cell in each.outputs]
        other = first.setdefault(tuple(" ".join(text.split()) for text in texts), at)
        is_told = table.policy == "UNIQUE" and all(table.grid.must[at])
        if other != at and not is_told:
            yield each.place, f"Rule {at + 1} is written like rule {other + 1}. Delete one of the two."
