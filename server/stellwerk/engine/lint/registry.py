"""The register of rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from stellwerk.engine.diagram import XML, Diagram
from stellwerk.errors import Fix, Problem, Severity

Finding = tuple[XML, str] | tuple[XML, str, Fix | None]
Finder = Callable[[Diagram], Iterable[Finding]]


@dataclass(frozen=True)
class Rule:
    """`find` gives the elements that break the rule, each with a message that says what to do, and perhaps a fix.

    `clause` is the section of BPMN 2.0.2 (formal/2013-12-09) behind it; empty where Stellwerk alone asks for it.
    `remedy` is what to do, for the page of rules; a message says it for its element.
    `drawn`: the rule holds in processes too that are not executable. Beside an executable one they are only warnings.
    """

    id: str
    meaning: str
    severity: Severity
    find: Finder
    clause: str
    remedy: str
    module: str
    drawn: bool


RULES: dict[str, Rule] = {}


def rule(
    id: str, meaning: str, severity: Severity = "error", *, clause: str = "", remedy: str = "", drawn: bool = False
) -> Callable[[Finder], Finder]:
    """Register a finder under the id of its rule."""

    def register(find: Finder) -> Finder:
        if id in RULES:
            raise ValueError(f"there are two rules with the id {id}")
        RULES[id] = Rule(id, meaning, severity, find, clause, remedy, find.__module__.rpartition(".")[2], drawn)
        return find

    return register


def check(diagram: Diagram) -> list[Problem]:
    """All findings of all rules, in the order of the rules."""
    drawn = diagram.drawn()
    found: list[Problem] = []
    for rule in RULES.values():
        found += _problems(diagram, rule, rule.severity)
        if rule.drawn and drawn is not None:
            found += _problems(drawn, rule, "warning" if diagram.processes else rule.severity)
    return found


def _problems(diagram: Diagram, rule: Rule, severity: Severity) -> Iterator[Problem]:
    for finding in rule.find(diagram):
        fix = finding[2] if len(finding) == 3 else None
        yield diagram.problem(finding[0], rule.id, finding[1], severity, fix)
