"""What the corpora need of a process engine: the port. `product.py` is ours; tests put fakes here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from stellwerk.errors import Problem

WAITING_TYPES = {"userTask", "receiveTask", "intermediateCatchEvent"}
Files = Sequence[tuple[str, bytes]]


class Refused(Exception):
    """The files may not be deployed."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problem.message for problem in problems) or "refused without a reason")


class StepFailed(Exception):
    """The engine could not or would not do a step; its state is as before."""


@dataclass(frozen=True)
class Visit:
    """One token at one flow node, as the product recorded it."""

    instance: str
    token: int
    parent: int
    element_id: str
    element_type: str
    state: str  # active, completed, cancelled
    waiting_for: str
    started_at: datetime
    ended_at: datetime | None
    reason: str = ""  # of a cancelled one


@dataclass(frozen=True)
class Run:
    """One instance and the variables of its process."""

    id: str
    process: str
    state: str
    reason: str
    variables: Mapping[str, Any]
    called: bool = False  # by another one

    @property
    def running(self) -> bool:
        return self.state in ("active", "suspended")


@dataclass(frozen=True)
class State:
    """Everything of one case at one moment."""

    now: datetime
    runs: tuple[Run, ...] = ()
    visits: tuple[Visit, ...] = ()
    incidents: tuple[Mapping[str, str], ...] = ()  # open ones: elementId, kind, message

    @property
    def ended(self) -> bool:
        return bool(self.runs) and not any(run.running for run in self.runs)

    @property
    def leaves(self) -> tuple[Visit, ...]:
        """Active visits that hold no other active visit: scopes and loops are not leaves."""
        active = [visit for visit in self.visits if visit.state == "active"]
        parents = {(visit.instance, visit.parent) for visit in active}
        return tuple(visit for visit in active if (visit.instance, visit.token) not in parents)

    @property
    def tasks(self) -> list[str]:
        return sorted(visit.element_id for visit in self.leaves if visit.element_type == "userTask")

    @property
    def active(self) -> list[str]:
        return sorted(visit.element_id for visit in self.leaves if visit.element_type in WAITING_TYPES)

    @property
    def executed(self) -> dict[str, int]:
        """How often each node was completed. A loop counts by its instances, not once more as a whole."""
        loops = {(v.instance, v.parent, v.element_id) for v in self.visits}
        counts: dict[str, int] = {}
        for visit in self.visits:
            if visit.state == "completed" and (visit.instance, visit.token, visit.element_id) not in loops:
                counts[visit.element_id] = counts.get(visit.element_id, 0) + 1
        return counts


@dataclass
class Trace:
    """What scripts told the host functions, in order."""

    tokens: list[str] = field(default_factory=list)
    intervals: dict[int, tuple[datetime, datetime]] = field(default_factory=dict)

    @property
    def overlapping(self) -> bool:
        if not {1, 2} <= set(self.intervals):
            return False
        (begin_1, end_1), (begin_2, end_2) = self.intervals[1], self.intervals[2]
        return begin_1 < end_2 and begin_2 < end_1


class Machine(Protocol):
    """An empty installation with a virtual clock. After each step it runs until nothing moves any more."""

    trace: Trace

    def check(self, files: Files) -> tuple[Sequence[str], Sequence[Problem]]:
        """The processes that could be deployed, and all findings. Changes nothing."""

    def deploy(self, files: Files) -> None:
        """Raises Refused."""

    def start(self, process: str, variables: Mapping[str, Any]) -> None:
        """Raises StepFailed if there is no such process, it cannot be started, or the start ends in an incident."""

    def cancel_failed(self) -> None:
        """Cancel the instances that have an incident, as an operator would."""

    def complete(self, task: str, variables: Mapping[str, Any]) -> None: ...

    def message(self, name: str, variables: Mapping[str, Any], activity: str | None, index: int) -> None: ...

    def signal(self, name: str) -> None: ...

    def trigger(self, activity: str) -> None: ...

    def fire_timer(self, activity: str) -> None: ...

    def advance(self, seconds: float) -> None: ...

    def set_variables(self, variables: Mapping[str, Any]) -> None: ...

    def state(self) -> State: ...


class Machines(Protocol):
    """Makes an empty installation for one case and takes it away again."""

    def __call__(self) -> AbstractContextManager[Machine]: ...


def problem_as_json(problem: Problem) -> dict[str, Any]:
    """As REST shows it."""
    return {
        "file": problem.file,
        "line": problem.line,
        "elementId": problem.element_id,
        "elementName": problem.element_name,
        "rule": problem.rule,
        "message": problem.message,
        "severity": problem.severity,
    }


def refusal_as_text(refused: Sequence[Mapping[str, Any]]) -> str:
    """`refused: rule at element, ...`, errors only."""
    errors = {f"{problem['rule']} at {problem['elementId']}" for problem in refused if problem["severity"] == "error"}
    return "refused: " + ", ".join(sorted(errors))


def names_a_rule(problem: Mapping[str, Any], ids: set[str]) -> bool:
    """Whether an error says which element of the file breaks which rule. "Not supported" is no rule of a file."""
    return problem["severity"] == "error" and problem["elementId"] in ids and "support" not in problem["rule"]
