"""Random terms, for Hypothesis. What is kept out here is not structured, or would be a matter of luck:

- an inclusive or parallel block is left by one way, so a branch of a parallel one never ends for itself alone;
- who compensates is alone in its scope: else what has completed by then would depend on the order of branches;
- what may run several times at once in one scope has no joins: tokens of several runs would meet there;
- a message that is thrown inside does not interrupt its own thrower: no event would tell that it was thrown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st
from tests.engine.properties import terms as t

ERRORS, ESCALATIONS = ("E1", "E2"), ("X1", "N1")
MESSAGES, SIGNALS = ("m1", "m2"), ("g1", "g2")
GLOBAL = ("a", "b", "d")


@dataclass(frozen=True)
class Place:
    """What is possible where a term stands."""

    depth: int
    names: tuple[str, ...] = GLOBAL  # numbers that can be read
    written: tuple[str, ...] = GLOBAL
    dies: bool = True  # a token may end here without going on
    undone: bool = True  # activities have handlers
    alone: bool = True  # nothing else moves in the scope: it may compensate
    transaction: bool = False

    @property
    def deeper(self) -> Place:
        return replace(self, depth=self.depth - 1)


class Maker:
    """Draws terms. Small choices come first, so that Hypothesis shrinks towards them."""

    def __init__(self, draw: Any) -> None:
        self.draw, self.count = draw, 0

    def id(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def pick(self, *options: Any) -> Any:
        return self.draw(st.sampled_from(options))

    def number(self, least: int, most: int) -> int:
        return self.draw(st.integers(least, most))

    def sometimes(self, one_in: int = 3) -> bool:
        return self.number(0, one_in - 1) == one_in - 1

    # -- data
    def value(self, names: tuple[str, ...]) -> t.Value:
        return t.Value(self.pick(None, *names), self.number(0, 3))

    def test(self, names: tuple[str, ...]) -> t.Test:
        return t.Test(self.pick(*names), self.number(1, 3), self.sometimes())

    def gives(self, place: Place) -> t.Assignments:
        """What instances of a loop give for the list of results is given most often."""
        name = "out" if "out" in place.written and self.sometimes(2) else self.pick(*place.written)
        return ((name, self.value(place.names)),)

    # -- sequences
    def sequence(self, place: Place, on: bool = True) -> t.Term:
        """`on`: it goes on; else it may end with an end event."""
        parts = [self.term(place) for _ in range(self.number(1, 2 if place.depth < 2 else 3))]
        if not on:
            parts.append(self.end(place))
        return t.Sequence("", tuple(parts)) if len(parts) > 1 else parts[0]

    def end(self, place: Place) -> t.End:
        kinds = ["terminate", "error"]
        if place.dies:
            kinds = ["none", "none", *kinds, "escalation", "message", "signal"]
            kinds += ["compensate"] if place.alone else []
        kinds += ["cancel", "cancel"] if place.transaction else []
        kind = self.pick(*kinds)
        return t.End(self.id("e"), kind, self.thrown(kind, "X1"))

    def thrown(self, kind: str, *escalations: str) -> str:
        names = {"error": ERRORS, "escalation": (*escalations, "N1"), "message": MESSAGES, "signal": SIGNALS}
        return self.pick(*names[kind]) if kind in names else ""

    def branches(self, place: Place, count: int) -> tuple[t.Term, ...]:
        """The last one goes on."""
        ends = [self.sometimes() for _ in range(count - 1)]
        return tuple(self.sequence(place, on=not end) for end in [*ends, False])

    # -- terms that go on
    def term(self, place: Place) -> t.Term:
        if place.depth <= 0:
            return self.task(place)
        kinds = ["task", "task", "activity", "activity", "exclusive", "parallel", "inclusive", "choice", "repeat"]
        kinds += ["throw", "catch"]
        kinds += ["compensate", "compensate"] if place.alone and place.undone else []
        made: t.Term = getattr(self, self.pick(*kinds))(place)
        return made

    def exclusive(self, place: Place) -> t.Exclusive:
        count = self.number(2, 3)
        tests = tuple(self.test(place.names) for _ in range(count - 1))
        return t.Exclusive(self.id("x"), self.branches(place.deeper, count), tests)

    def parallel(self, place: Place) -> t.Parallel:
        inner = replace(place.deeper, dies=False, alone=False)
        return t.Parallel(self.id("p"), tuple(self.sequence(inner) for _ in range(self.number(2, 3))))

    def inclusive(self, place: Place) -> t.Inclusive:
        always, count = self.pick(True, False), self.number(2, 3)
        inner = replace(place.deeper, alone=False)
        first = self.sequence(replace(inner, dies=inner.dies and not always))
        rest = replace(inner, dies=inner.dies or always)
        others = tuple(self.detour(rest) if self.sometimes() else self.sequence(rest) for _ in range(count - 1))
        tests = tuple(self.test(place.names) for _ in range(count - 1))
        return t.Inclusive(self.id("o"), (first, *others), tests, always)

    def detour(self, place: Place) -> t.Term:
        """The activity itself leads to an end: only its boundary event goes on."""
        if not place.dies:
            return self.sequence(place)
        kind = self.pick("timer", "message", "signal")
        boundary = t.Boundary(self.id("b"), self.event(kind, place, True), True, self.sequence(place.deeper))
        does = self.work(place, "user", "service")
        return t.Activity(self.id("a"), does, boundaries=(boundary,), then=t.End(self.id("e")))

    def choice(self, place: Place) -> t.Choice:
        kinds = [self.pick("message", "timer", "signal"), self.pick("message", "timer", "signal", "conditional")]
        events = tuple(t.Catch(self.id("c"), self.event(kind, place, False)) for kind in kinds)
        if events[0].event.kind == events[1].event.kind == "message":
            events = (events[0], replace(events[1], event=t.Event("timer", minutes=self.number(1, 9))))
        return t.Choice(self.id("v"), self.branches(place.deeper, 2), events)

    def repeat(self, place: Place) -> t.Repeat:
        return t.Repeat(self.id("l"), self.number(1, 3), self.sequence(place.deeper))

    def throw(self, place: Place) -> t.Throw:
        kind = self.pick("message", "signal", "escalation")
        return t.Throw(self.id("h"), kind, self.thrown(kind))

    def catch(self, place: Place) -> t.Catch:
        kind = self.pick("message", "timer", "signal", "conditional")
        return t.Catch(self.id("c"), self.event(kind, place, False))

    def compensate(self, place: Place) -> t.Term:
        """Something that can be undone, then its undoing, of all or of this activity alone."""
        done = self.task(place, undone=True)
        name = self.pick("", "", done.id)
        more = [self.term(place.deeper)] if self.sometimes(2) else []
        throw = t.Throw(self.id("h"), "compensate", name, self.pick(True, True, False))
        return t.Sequence("", (done, *more, throw))

    # -- events
    def event(self, kind: str, place: Place, interrupting: bool, beside: bool = False) -> t.Event:
        """`beside`: it may happen again, so a timer may be a cycle."""
        if kind == "timer":
            return t.Event(
                kind, minutes=self.number(1, 9), times=self.number(1, 3) if beside and self.sometimes() else 0
            )
        if kind == "conditional":
            return t.Event(kind, test=self.test(GLOBAL))
        names = {
            "message": ("i1",) if interrupting else (*MESSAGES, "i1"),
            "signal": SIGNALS,
            "error": (*ERRORS, ""),
            "escalation": ("X1",) if interrupting else (*ESCALATIONS, ""),
            "cancel": ("",),
        }
        return t.Event(kind, self.pick(*names[kind]))

    def catching(self, place: Place, most: int) -> list[tuple[t.Event, bool]]:
        """Different events, each with whether it interrupts."""
        found: dict[tuple[str, str], tuple[t.Event, bool]] = {}
        for _ in range(self.number(0, most)):
            kind = self.pick("timer", "message", "signal", "error", "escalation", "conditional")
            interrupting = kind == "error" or self.pick(True, False)
            event = self.event(kind, place, interrupting, beside=not interrupting)
            found.setdefault((event.kind, event.name), (event, interrupting))
        return list(found.values())

    def boundaries(self, place: Place, most: int = 2) -> tuple[t.Boundary, ...]:
        return tuple(self.boundary(place, *caught) for caught in self.catching(place, most))

    def boundary(self, place: Place, event: t.Event, interrupting: bool) -> t.Boundary:
        if interrupting:
            path = self.sequence(place.deeper, on=not (place.dies and self.sometimes()))
        else:
            beside = replace(place.deeper, dies=True, undone=False, alone=False)
            path = t.Sequence("", (self.runs_apart(beside), t.End(self.id("e"))))
        return t.Boundary(self.id("b"), event, interrupting, path)

    def runs_apart(self, place: Place) -> t.Term:
        """It may run several times at once, so joins are in a scope of each run."""
        if self.sometimes(2):
            return self.task(place)
        return t.Activity(self.id("a"), self.scope(place))

    # -- activities
    def work(self, place: Place, *kinds: str) -> t.Work:
        kind = self.pick(*kinds)
        if kind == "receive":
            return t.Work(kind, message=self.pick(*MESSAGES))
        return t.Work(kind, () if kind == "pass" else self.gives(place))

    def task(self, place: Place, undone: bool = False) -> t.Activity:
        """A task without anything around it, but perhaps a handler."""
        id = self.id("t")
        does = self.work(place, "user", "script", "service", "receive", "pass")
        undo = self.handler(place) if undone or (place.undone and self.sometimes()) else None
        return t.Activity(id, does, outputs=self.outputs(place.names), undo=undo)

    def outputs(self, names: tuple[str, ...]) -> t.Assignments:
        return ((self.pick(*GLOBAL), self.value(names)),) if self.sometimes() else ()

    def handler(self, place: Place) -> t.Activity:
        return t.Activity(
            self.id("u"), self.work(replace(place, names=GLOBAL, written=GLOBAL), "script", "user", "service")
        )

    def activity(self, place: Place) -> t.Activity:
        """An activity with everything that an activity can have."""
        id, loop, inner = self.id("a"), self.loop(place), place
        if isinstance(loop, t.Multi):
            names, written = ("loopCounter",), ()
            if loop.items is not None:
                names, written = (*names, "item"), ("item",)
            inner = replace(place, names=(*place.names, *names), written=(*place.written, *written))
            inner = replace(inner, written=(*inner.written, "out")) if loop.collects else inner
        inputs = ((self.pick("x", "a"), self.value(inner.names)),) if self.sometimes() else ()
        own = tuple(name for name, _ in inputs)
        inner = replace(inner, names=(*inner.names, *own), written=(*inner.written, *own))
        does = self.does(inner)
        outputs = self.outputs(inner.names)
        boundaries = self._around(place, does)
        undo = self.handler(place) if place.undone and self.sometimes() else None
        then = None
        leads_on = any(b.interrupting and b.path.goes_on for b in boundaries)
        if leads_on and place.dies and self.sometimes():
            then = t.End(self.id("e"))
        return t.Activity(id, does, loop, inputs, outputs, boundaries, undo, then)

    def _around(self, place: Place, does: Any) -> tuple[t.Boundary, ...]:
        if isinstance(does, t.Work) and does.kind in ("script", "pass"):
            return ()
        boundaries = self.boundaries(place)
        if isinstance(does, t.Scope) and does.transaction:
            boundaries += (self.boundary(place, t.Event("cancel"), True),)
        return boundaries

    def loop(self, place: Place) -> t.Multi | t.Rounds | None:
        kind = self.pick("", "", "", "multi", "multi", "rounds")
        if kind == "rounds":
            test = self.test(place.names) if self.sometimes(2) else None
            return t.Rounds(test, self.pick(False, True), self.number(0, 3))
        if not kind:
            return None
        items = tuple(self.number(0, 3) for _ in range(self.number(0, 3))) if self.sometimes(2) else None
        names = ["nrOfCompletedInstances", "loopCounter", *(["item"] if items is not None else [])]
        until = self.test(tuple(names)) if self.sometimes() else None
        return t.Multi(self.pick(False, True), self.number(0, 3), items, until, self.pick("", "r"))

    def does(self, place: Place) -> t.Work | t.Scope | t.AdHoc:
        kind = self.pick("task", "scope", "scope", "scope", "transaction", "adhoc")
        if kind == "task":
            return self.work(place, "user", "script", "service", "receive")
        if kind == "adhoc":
            bare = replace(place, undone=False)
            tasks = tuple(self.task(bare) for _ in range(self.number(1, 3)))
            until = None if self.sometimes() else self.test(GLOBAL)
            return t.AdHoc(tasks, self.pick(False, True), until, self.pick(True, False))
        return self.scope(
            replace(place.deeper, transaction=place.transaction or kind == "transaction"), kind != "scope"
        )

    def scope(self, place: Place, transaction: bool = False) -> t.Scope:
        inner = replace(place, dies=True, alone=True)
        body = self.sequence(inner, on=self.pick(True, False))
        if transaction and self.sometimes(2):
            done = self.task(inner, undone=place.undone)
            body = t.Sequence("", (done, self.sequence(inner), t.End(self.id("e"), "cancel")))
        listeners = ()
        if not transaction and place.depth > 0 and self.sometimes(2):
            listeners = tuple(self.listener(inner, *caught) for caught in self.catching(place, 2))
        return t.Scope(body, listeners, transaction)

    def listener(self, place: Place, event: t.Event, interrupting: bool) -> t.Listener:
        inner = replace(place.deeper, undone=False, alone=interrupting, transaction=False)
        body = self.sequence(inner, on=self.pick(True, False))
        return t.Listener(self.id("w"), event, interrupting, t.Scope(body))


@st.composite
def processes(draw: Any, depth: int = 3) -> t.Scope:
    return Maker(draw).scope(Place(depth))
