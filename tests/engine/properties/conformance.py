"""Drives the engine along a structure: what it offers must be what the structure offers, after each command."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.engine.harness import NOW, Run
from tests.engine.properties import terms as t
from tests.engine.properties.frames import ActivityFrame, Wait
from tests.engine.properties.oracle import Deviation, Oracle
from tests.engine.properties.render import bpmn

from stellwerk.engine import Budget, Definition, compile_bpmn, read_variables, snapshot
from stellwerk.engine import commands as c
from stellwerk.engine import events as e

ENOUGH = Budget(steps=1_000_000, seconds=1e9, runaway=2_000)
VARIABLES = {"a": 0, "b": 0, "d": 0}


def definition_of(process: t.Scope) -> Definition:
    result = compile_bpmn(bpmn(process), filename="process.bpmn")
    assert not result.errors, [f"{p.rule}: {p.message}" for p in result.errors]
    return result.definitions[0]


@dataclass(frozen=True, repr=False)
class Action:
    """Something that may happen next: what it changes in the structure, and the command for the engine."""

    name: str
    tell: Callable[[], None]
    command: c.Command

    def __repr__(self) -> str:
        return self.name

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(self.name)


class RunsForEver(Exception):
    """The process triggers itself without end; that is right, and proves nothing."""


class Follower:
    """An instance and the oracle beside it. Each step raises Deviation when they do not agree."""

    def __init__(self, process: t.Scope, *, budget: Budget = ENOUGH) -> None:
        self.run = Run(definition_of(process), budget=budget)
        self.oracle = Oracle(process, VARIABLES, NOW)
        self.commands: list[tuple[Any, c.Command]] = []
        self.fired: Counter[str] = Counter()
        self.seen = 0

    # -- moving
    def start(self) -> None:
        self._do(c.StartInstance(VARIABLES))

    def act(self, action: Action) -> None:
        self.fired[action.name] += 1
        self.oracle.now = self.run.now
        action.tell()
        self._do(action.command)

    def _do(self, command: c.Command) -> None:
        self.commands.append((self.run.now, command))
        hand_back(self.run, command)
        self._execute(command)
        if any(incident.kind == "runaway" for incident in self.run.incidents.values()):
            raise RunsForEver
        self.oracle.follow(self.run.log[self.seen :])
        self.seen = len(self.run.log)
        self._check()

    def _execute(self, command: c.Command) -> None:
        self.run.do(command)

    def _check(self) -> None:
        self.compare()

    # -- comparing
    def compare(self) -> None:
        self.oracle.settle()
        run, oracle = self.run, self.oracle
        ended = (run.end.state, run.end.reason) if run.end else None
        same("end", ended, oracle.end)
        same("incidents", run.failed, [])
        same("live tokens", sorted(run.active), sorted(f.token or 0 for f in oracle.live() if f.shown))
        same("tasks", sorted(run.tasks), sorted(f.token or 0 for f in oracle.people("user")))
        same("jobs", sorted(run.jobs), sorted(f.token or 0 for f in oracle.people("service")))
        timers = sorted((x.element_id, x.due) for x in run.timers.values())
        same("timers", timers, sorted((w.element, w.due) for w in oracle.waits("timer")))
        opened = sorted((s.kind, s.name, s.element_id) for s in run.subscriptions.values())
        waits = oracle.waits("message", "signal")
        same("subscriptions", opened, sorted((w.event.kind, w.event.name, w.element) for w in waits))
        same("variables", run.variables, oracle.variables)
        for frame in oracle.people("user"):
            seen = read_variables(run.definition, run.snapshot, run.host, frame.token or 0)
            same(f"variables of {frame.id}", seen, frame.sees())
        self._stores_what_was_loaded()
        if run.end:
            run.assert_clean()

    def _stores_what_was_loaded(self) -> None:
        instance = snapshot.load(self.run.definition, self.run.stored, self.run.host)
        for scope in (instance, *instance.subprocesses.values()):
            scope.changed = {0, *scope.tasks}
        for token in instance.tokens.values():
            token.row = None
        for record in instance.records.all.values():
            instance.records.touch(record)
        put, dropped = snapshot.dump(instance, dict(self.run.stored))
        same("what a reload stores", {**self.run.stored, **put}, self.run.stored)
        same("what a reload drops", dropped, frozenset())

    # -- what may happen next
    def actions(self) -> list[Action]:
        return [*self._work(), *self._errors(), *self._events()]

    def _work(self) -> list[Action]:
        found = []
        for frame in [*self.oracle.people("user"), *self.oracle.people("service")]:
            if frame.token is not None:
                found.append(self._completion(frame, frame.token))
        return found

    def _completion(self, frame: ActivityFrame, token: int) -> Action:
        assert isinstance(frame.term.does, t.Work)
        gives = frame.compute(frame.term.does.gives)
        by_person = frame.waiting == "user"
        command = c.CompleteTask(token, gives) if by_person else c.FinishJob(token, gives or None)
        return Action(f"complete {frame.id}", lambda: self.oracle.complete(frame), command)

    def _errors(self) -> list[Action]:
        found = []
        for frame in [*self.oracle.people("user"), *self.oracle.people("service")]:
            for code in ("E1", "E2"):
                if frame.token is not None and self.oracle.catcher(frame, "error", code) is not None:
                    found.append(self._error(frame, frame.token, code))
        return found

    def _error(self, frame: ActivityFrame, token: int, code: str) -> Action:
        command = c.ThrowError(token, code)
        return Action(f"{code} at {frame.id}", lambda: self.oracle.error(frame, code), command)

    def _events(self) -> list[Action]:
        found = [self._message(w) for w in self.oracle.waits("message")]
        found += [self._timer(w) for w in self.oracle.waits("timer")]
        found += [self._signal(name) for name in sorted({w.event.name for w in self.oracle.waits("signal")})]
        if self.oracle.waits("conditional"):
            found += [self._change(name, value) for name in VARIABLES for value in (0, 9)]
        return found

    def _token(self, wait: Wait, opened: dict[int, Any]) -> int:
        """The engine's number for it: the first, second... of its element."""
        alike = [w for w in self.oracle.waits(wait.event.kind) if w.element == wait.element]
        tokens = sorted(token for token, event in opened.items() if event.element_id == wait.element)
        if len(alike) != len(tokens):
            raise Deviation(f"{wait.element} waits {len(tokens)} times, not {len(alike)} times")
        return tokens[alike.index(wait)]

    def _message(self, wait: Wait) -> Action:
        command = c.DeliverMessage(self._token(wait, self.run.subscriptions), wait.event.name, {})
        return Action(f"message to {wait.element}", lambda: self.oracle.fire(wait), command)

    def _timer(self, wait: Wait) -> Action:
        assert wait.due is not None

        def fire() -> None:
            self.oracle.now = self.run.now = max(self.run.now, wait.due or self.run.now)
            self.oracle.fire(wait)

        token = self._token(wait, self.run.timers)
        return Action(f"timer {wait.element}", fire, c.FireTimer(token, wait.due))

    def _signal(self, name: str) -> Action:
        tokens = tuple(s.token for s in self.run.subscriptions.values() if (s.kind, s.name) == ("signal", name))
        return Action(f"signal {name}", lambda: self.oracle.signal(name), c.BroadcastSignal(name, tokens))

    def _change(self, name: str, value: int) -> Action:
        command = c.ChangeVariables({name: value})
        return Action(f"{name} = {value}", lambda: self.oracle.change({name: value}), command)


def hand_back(run: Run, command: c.Command) -> None:
    """A job that its handler has ended: no event tells so."""
    if isinstance(command, c.FinishJob | c.ThrowError):
        run.jobs.pop(command.token, None)


def same(what: str, engine: Any, structure: Any) -> None:
    if engine != structure:
        raise Deviation(f"{what}: the engine has {engine}, the structure {structure}")


class Halting(Follower):
    """Stops after each element, and something else may happen in between."""

    def __init__(self, process: t.Scope) -> None:
        super().__init__(process, budget=Budget(1, 1e9, ENOUGH.runaway))
        self.paused = False

    def _execute(self, command: c.Command) -> None:
        self.paused = self.run.step(command).paused

    def _check(self) -> None:
        if not self.paused:
            self.compare()

    def go_on(self) -> None:
        asked = self.run.log[-1]
        assert isinstance(asked, e.ContinueRequested)
        self._do(c.Continue(asked.completed))


# -- the same commands in other ways
WAYS: dict[str, tuple[bool, int]] = {
    "a reload before each step": (True, 1_000_000),
    "a budget of one": (False, 1),
    "a budget of one and reloads": (True, 1),
    "a budget of two and reloads": (True, 2),
    "a budget of three": (False, 3),
}


def replay(follower: Follower, way: str) -> None:
    """The same commands again: the same events, token by token, and in the end the same bytes."""
    reload, steps = WAYS[way]
    run = Run(follower.run.definition, reload=reload, budget=Budget(steps, 1e9))
    for now, command in follower.commands:
        run.now = now
        hand_back(run, command)
        run.do(command)
    same(f"events with {way}", _told(run), _told(follower.run))
    same(f"variables with {way}", run.variables, follower.run.variables)
    same(f"stored with {way}", run.stored, follower.run.stored)


def _told(run: Run) -> list[e.Event]:
    return [event for event in run.log if not isinstance(event, e.ContinueRequested)]


TOO_OFTEN = 2  # times that a listener which goes on listening is made to happen


def usable(follower: Follower) -> list[Action]:
    """Actions that do not repeat for ever; what completes things comes first."""
    found = follower.actions()
    fresh = [x for x in found if x.name.startswith("complete") or follower.fired[x.name] < TOO_OFTEN]
    return fresh or found
