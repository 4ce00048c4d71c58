"""An algebra of structured processes: what a process is, told without tokens, flows or files.

A term has one way in and at most one way on; `goes_on` says whether there is one. Ids are those of the diagram.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import Any


class Told:
    """Shown as an outline."""

    def __repr__(self) -> str:
        return show(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """For Hypothesis, which else writes every field."""
        printer.text(show(self))


# -- data
@dataclass(frozen=True, repr=False)
class Value(Told):
    """`name + plus`, or the number `plus` alone."""

    name: str | None = None
    plus: int = 0

    def __str__(self) -> str:
        return str(self.plus) if self.name is None else f"{self.name} + {self.plus}"


@dataclass(frozen=True, repr=False)
class Test(Told):
    """`name >= least`, or with `below` its opposite."""

    __test__ = False  # pytest: this is no test
    name: str
    least: int
    below: bool = False

    def __str__(self) -> str:
        return f"{self.name} {'<' if self.below else '>='} {self.least}"


Assignments = tuple[tuple[str, Value], ...]


# -- events
@dataclass(frozen=True, repr=False)
class Event(Told):
    """`name`: of a message or signal, code of an error or escalation (empty: every one).

    `minutes` and `times` are of a timer: once after so many minutes, or a cycle that fires `times` times.
    """

    kind: str
    name: str = ""
    minutes: int = 0
    times: int = 0
    test: Test | None = None


WAITED_FOR = ("message", "signal", "timer", "conditional")


# -- what an activity does
@dataclass(frozen=True, repr=False)
class Work(Told):
    """`kind`: script, user, service, receive or pass. What it gives is written: a script's, a job's, a person's."""

    kind: str
    gives: Assignments = ()
    message: str = ""


@dataclass(frozen=True, repr=False)
class Scope(Told):
    """A subprocess: a body and event subprocesses that listen while it is active."""

    body: Term
    listeners: tuple[Listener, ...] = ()
    transaction: bool = False


@dataclass(frozen=True, repr=False)
class AdHoc(Told):
    tasks: tuple[Activity, ...]
    sequential: bool = False
    until: Test | None = None
    withdraws: bool = True


@dataclass(frozen=True, repr=False)
class Listener(Told):
    """An event subprocess."""

    id: str
    event: Event
    interrupting: bool
    scope: Scope


@dataclass(frozen=True, repr=False)
class Multi(Told):
    """Multi-instance: `count` times, or once for each of `items`; `collects` gives the variable of the results."""

    sequential: bool = False
    count: int = 0
    items: tuple[int, ...] | None = None
    until: Test | None = None
    collects: str = ""


@dataclass(frozen=True, repr=False)
class Rounds(Told):
    """A standard loop: as long as the test holds, `most` times at most (None: no limit)."""

    test: Test | None
    before: bool = False
    most: int | None = None


# -- terms
class Term(Told):
    id: str

    @property
    def goes_on(self) -> bool:
        return True


@dataclass(frozen=True, repr=False)
class Boundary(Told):
    id: str
    event: Event
    interrupting: bool
    path: Term


@dataclass(frozen=True, repr=False)
class Activity(Term):
    """`then` is the way on of the activity itself; with the paths of boundary events that go on it merges."""

    id: str
    does: Work | Scope | AdHoc
    loop: Multi | Rounds | None = None
    inputs: Assignments = ()
    outputs: Assignments = ()
    boundaries: tuple[Boundary, ...] = ()
    undo: Activity | None = None
    then: Term | None = None

    @property
    def ways_on(self) -> int:
        return sum(path.goes_on for path in [self.then or SILENT, *(b.path for b in self.boundaries)])

    @property
    def goes_on(self) -> bool:
        return self.ways_on > 0


@dataclass(frozen=True, repr=False)
class Throw(Term):
    """An intermediate throw event. `name`: of what is thrown; of the one activity that is compensated, or empty."""

    id: str
    kind: str
    name: str = ""
    waits: bool = True


@dataclass(frozen=True, repr=False)
class End(Term):
    """An end event: the token goes no further. `kind`: none, terminate, cancel, or what is thrown."""

    id: str
    kind: str = "none"
    name: str = ""

    @property
    def goes_on(self) -> bool:
        return False


@dataclass(frozen=True, repr=False)
class Catch(Term):
    id: str
    event: Event


@dataclass(frozen=True, repr=False)
class Sequence(Term):
    id: str
    parts: tuple[Term, ...]

    @property
    def goes_on(self) -> bool:
        return not self.parts or self.parts[-1].goes_on


@dataclass(frozen=True, repr=False)
class Branching(Term):
    id: str
    branches: tuple[Term, ...]

    @property
    def goes_on(self) -> bool:
        return any(branch.goes_on for branch in self.branches)


@dataclass(frozen=True, repr=False)
class Exclusive(Branching):
    """The first branch whose test holds; the last one has none: it is the default."""

    tests: tuple[Test, ...] = ()


@dataclass(frozen=True, repr=False)
class Inclusive(Branching):
    """Every branch whose test holds, else the last one, the default. With `always` the first branch has no test."""

    tests: tuple[Test, ...] = ()
    always: bool = False


@dataclass(frozen=True, repr=False)
class Parallel(Branching):
    """All branches at once; every one of them goes on."""


@dataclass(frozen=True, repr=False)
class Choice(Branching):
    """An event-based gateway: `events[n]` leads into `branches[n]`."""

    events: tuple[Catch, ...] = ()


@dataclass(frozen=True, repr=False)
class Repeat(Term):
    """A loop of flows with a counter of its own: the body is done `times` times, one after the other."""

    id: str
    times: int
    body: Term


SILENT = Sequence("", ())


# -- for people
def show(value: Any, indent: str = "") -> str:
    """A term as an indented outline; fields that have their default are left out."""
    if isinstance(value, Value | Test) or not is_dataclass(value):
        return str(value)
    given = [(f.name, getattr(value, f.name)) for f in fields(value) if f.name != "id"]
    given = [(name, part) for name, part in given if part not in (None, (), False, "")]
    short = " ".join(f"{name}={_short(part)}" for name, part in given if not _is_long(part))
    long = "".join(f"\n{indent}  {name}: {_long(part, indent + '  ')}" for name, part in given if _is_long(part))
    return " ".join(filter(None, (type(value).__name__, getattr(value, "id", ""), short))) + long


def _short(part: Any) -> str:
    if isinstance(part, Event):
        return f"({show(part)})"
    if isinstance(part, tuple):
        return "(" + ", ".join(" = ".join(map(str, p)) if isinstance(p, tuple) else str(p) for p in part) + ")"
    return str(part)


def _long(part: Any, indent: str) -> str:
    if isinstance(part, tuple):
        return "".join(f"\n{indent}  - {show(inner, indent + '    ')}" for inner in part)
    return show(part, indent)


def _is_long(part: Any) -> bool:
    if isinstance(part, tuple):
        return any(_is_long(inner) for inner in part)
    return isinstance(part, Told) and not isinstance(part, Value | Test | Event)
