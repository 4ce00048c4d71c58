"""Machines that are not a process engine: none of them may pass a case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from stellwerk.errors import Problem

from .adapt import BPMN, parse
from .machine import Files, Machine, Refused, State, StepFailed, Trace

NOW = datetime(2030, 1, 1, tzinfo=UTC)


class DoesNothing:
    """Accepts everything and never does anything."""

    def __init__(self) -> None:
        self.trace = Trace()

    def check(self, files: Files) -> tuple[list[str], list[Problem]]:
        return [], []

    def deploy(self, files: Files) -> None:
        self.check(files)

    def nothing(self, *_: Any) -> None:
        pass

    start = complete = message = signal = trigger = fire_timer = advance = set_variables = nothing

    def cancel_failed(self) -> None:
        pass

    def state(self) -> State:
        return State(NOW)


class RefusesEverything(DoesNothing):
    """Refuses each file at each of its elements, by a rule that sounds like every rule, and each step."""

    def check(self, files: Files) -> tuple[list[str], list[Problem]]:
        problems = []
        for name, xml in files:
            ids = [element.get("id") for element in parse(xml).iter(f"{{{BPMN}}}*")]
            problems += [Problem(name, 1, id, None, "not-good", f"{id}: {SUBJECTS}") for id in ids if id]
        return [], problems

    def deploy(self, files: Files) -> None:
        raise Refused(self.check(files)[1])


class RefusesEveryStep(DoesNothing):
    def refuse(self, *_: Any) -> None:
        raise StepFailed("no")

    start = complete = message = signal = trigger = fire_timer = advance = set_variables = refuse


SUBJECTS = "sequence flow, message flow, artifact, gateway, event, activity, condition, reference, data input"


class Scripted(DoesNothing):
    """Gives the states that a test wants, one after each step; the last one stays."""

    def __init__(self, states: list[State], tokens: Mapping[int, list[str]] | None = None) -> None:
        super().__init__()
        self.states, self.tokens, self.at = states, tokens or {}, -1

    def nothing(self, *_: Any) -> None:
        self.at += 1
        self.trace.tokens += self.tokens.get(self.at, [])

    start = complete = message = signal = trigger = fire_timer = advance = set_variables = nothing

    def state(self) -> State:
        return self.states[min(max(self.at, 0), len(self.states) - 1)]


class Same:
    """Gives this machine, once in each process."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def __call__(self) -> Machine:
        return self.machine


class Each:
    """The same kind of machine for each case."""

    def __init__(self, make: Any) -> None:
        self.make = make

    @contextmanager
    def __call__(self) -> Iterator[Machine]:
        yield self.make()
