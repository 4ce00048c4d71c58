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
    """`find` gives the elements that break the rule, each with a message that says what to do."""

    id: str
    meaning: str
    severity: Severity
    find: Finder


RULES: dict[str, Rule] = {}


def rule(id: str, meaning: str, severity: Severity = "error") -> Callable[[Finder], Finder]:
    """Register a finder under the id of its rule."""

    def register(find: Finder) -> Finder:
        if id in RULES:
            raise ValueError(f"there are two rules with the id {id}")
        RULES[id] = Rule(id, meaning, severity, find)
        return find

    return register


def check(diagram: Diagram) -> list[Problem]:
    """All findings of all rules, in the order of the rules."""
    return [
        diagram.problem(element, rule.id, message, rule.severity)
        for rule in RULES.values()
        for element, message in rule.find(diagram)
    ]
