"""The register of rules that decision tables can break: one function for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from stellwerk.dmn.tree import Place
from stellwerk.errors import Problem, Severity

from .looked import Looked
from .space import TooMuch

Finding = tuple[Place, str] | tuple[Place, str, Severity]
Finder = Callable[[Looked], Iterable[Finding]]
TOO_LARGE = "dmn-table-too-large"


@dataclass(frozen=True, slots=True)
class Rule:
    """`find` gives the places that break the rule, each with a message, and its severity if it is another one.

    `clause` is the section of DMN 1.5 (formal/2024-08-01) behind it, `remedy` what to do, for the page of rules.
    """

    id: str
    meaning: str
    severity: Severity
    clause: str
    remedy: str
    find: Finder


RULES: dict[str, Rule] = {}


def rule(
    id: str, meaning: str, severity: Severity = "error", *, clause: str, remedy: str
) -> Callable[[Finder], Finder]:
    """Register a finder under the id of its rule."""

    def register(find: Finder) -> Finder:
        if id in RULES:
            raise ValueError(f"there are two rules with the id {id}")
        RULES[id] = Rule(id, meaning, severity, clause, remedy, find)
        return find

    return register


def check(table: Looked) -> list[Problem]:
    """All findings about one table, in the order of the rules."""
    found: list[Problem] = []
    for each in RULES.values():
        if table.effort.is_over:
            return found
        table.effort.left = table.most
        try:
            found += _problems(table, each)
        except TooMuch:
            text = f"The table is too large to look everywhere for what '{each.id}' finds. Divide it into smaller ones."
            found.append(_problem(table, table.table.written.place, TOO_LARGE, text, "info"))
    return found


def _problems(table: Looked, rule: Rule) -> Iterator[Problem]:
    for finding in rule.find(table):
        severity = finding[2] if len(finding) == 3 else rule.severity
        yield _problem(table, finding[0], rule.id, finding[1], severity)


def _problem(table: Looked, place: Place, rule: str, message: str, severity: Severity) -> Problem:
    compiled = table.table.compiled
    own = table.table.written.place
    id = place.id or own.id or compiled.node.place.id
    line = place.line if place.line is not None else own.line
    return Problem(compiled.spot.file, line, id or None, compiled.node.name, rule, message, severity)
