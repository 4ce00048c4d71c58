"""What a run of a corpus gives: verdicts per case, figures per group, and what was observed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Verdict:
    """One case, or one result of it (`part`). `reason` is empty when it passed; `marks` are further yes/no figures (a
    laxer verdict, a class); `note` stands beside a failing case on the page: the clause that it is about."""

    id: str
    group: str
    reason: str
    observed: Mapping[str, Any]
    marks: Mapping[str, bool] = field(default_factory=dict)
    part: str = ""
    note: str = ""

    @property
    def name(self) -> str:
        return f"{self.id}: {self.part}" if self.part else self.id

    @property
    def passed(self) -> bool:
        return not self.reason


def figures(verdicts: Iterable[Verdict]) -> dict[str, dict[str, int]]:
    """Total and passed of each group, in order of appearance."""
    groups: dict[str, dict[str, int]] = {}
    for verdict in verdicts:
        group = groups.setdefault(verdict.group, {"total": 0, "passed": 0})
        group["total"] += 1
        group["passed"] += verdict.passed
    return groups


def marked(verdicts: Iterable[Verdict]) -> dict[str, dict[str, int]]:
    """For each mark: how many cases carry it as true, and how many of those passed."""
    marks: dict[str, dict[str, int]] = {}
    for verdict in verdicts:
        for name, value in verdict.marks.items():
            mark = marks.setdefault(name, {"total": 0, "passed": 0})
            mark["total"] += value
            mark["passed"] += value and verdict.passed
    return marks


def observed(verdicts: Iterable[Verdict]) -> dict[str, dict[str, Any]]:
    """What was seen in each case, that of its parts together."""
    cases: dict[str, dict[str, Any]] = {}
    for verdict in verdicts:
        cases.setdefault(verdict.id, {}).update(verdict.observed)
    return cases


def as_json(corpus: str, verdicts: list[Verdict]) -> dict[str, Any]:
    """The document that `--json` writes; `results` holds what was seen, whatever was expected."""
    return {
        "corpus": corpus,
        "total": len(verdicts),
        "passed": sum(v.passed for v in verdicts),
        "groups": figures(verdicts),
        "marks": marked(verdicts),
        "failed": [
            {"id": v.id, "group": v.group, "reason": v.reason} | ({"part": v.part} if v.part else {})
            for v in verdicts
            if not v.passed
        ],
        "results": [{"id": id, "observed": seen} for id, seen in observed(verdicts).items()],
    }


def as_text(corpus: str, verdicts: list[Verdict]) -> str:
    """What the command prints: failures with reasons, then the figures."""
    lines = [f"FAILED {v.group}: {v.name}: {v.reason}" for v in verdicts if not v.passed]
    lines += [f"{name:28} {group['passed']:4} of {group['total']:4}" for name, group in figures(verdicts).items()]
    lines += [f"({name}: {mark['total']}, passed {mark['passed']})" for name, mark in marked(verdicts).items()]
    return "\n".join([*lines, f"{corpus}: {sum(v.passed for v in verdicts)} of {len(verdicts)} passed"])
