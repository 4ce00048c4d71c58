"""The register of rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from stellwerk.engine.diagram import XML, Diagram
from stellwerk.errors import Problem, Severity

Finding = tuple[XML, str]
Finder = Callable[[Diagram], Iterable[Finding]]


@dataclass(frozen=True)
class Rule:
    """`find` gives the elements that break the rule, each with a message that says what to do.

    `clause` is the section of BPMN 2.0.2 (formal/2013-12-09) behind it; empty where Stellwerk alone asks for it.
    `remedy` is what to do, for the page of rules; a message says it for its element.
    """

    id: str
    meaning: str
    severity: Severity
    find: Finder
    clause: str
    remedy: str
    module: str


RULES: dict[str, Rule] = {}


def rule(
    id: str, meaning: str, severity: Severity = "error", *, clause: str = "", remedy: str = ""
) -> Callable[[Finder], Finder]:
    """Register a finder under the id of its rule."""

    def register(find: Finder) -> Finder:
        if id in RULES:
            raise ValueError(f"there are two rules with the id {id}")
        RULES[id] = Rule(id, meaning, severity, find, clause, remedy, find.__module__.rpartition(".")[2])
        return find

    return register


def check(diagram: Diagram) -> list[Problem]:
    """All findings of all rules, in the order of the rules."""
    return [
        diagram.problem(element, rule.id, message, rule.severity)
        for rule in RULES.values()
        for element, message in rule.find(diagram)
    ]
