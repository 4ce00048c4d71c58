"""What a structured process may do: follows the events of the engine through the frames of the structure.

`follow` raises Deviation for an event that the structure does not allow there, and when all has been followed for
anything that should have happened and did not. So a run that was followed to its end is a word of the language of the
structure, whatever order the engine chose where the specification leaves it open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from tests.engine.properties import terms as t
from tests.engine.properties.frames import (
    ActivityFrame,
    Frame,
    GateFrame,
    ListenerFrame,
    ScopeFrame,
    ThrowFrame,
    UndoFrame,
    Wait,
)

from stellwerk.engine import events as e


class Deviation(AssertionError):
    """The engine did what the structure does not allow, or did not do what it asks for."""


class Oracle:
    def __init__(self, process: t.Scope, variables: dict[str, Any], now: datetime) -> None:
        self.variables, self.now = dict(variables), now
        self.clock = 0
        self.end: tuple[str, str] | None = None
        self.moved = True  # since the conditions were looked at
        self.unbound: list[Frame] = []  # shown frames whose token is not known yet, in the order of their beginning
        self.started: list[e.ActivityStarted] = []  # tokens whose frame is not known yet
        self.frames: dict[int, Frame] = {}
        self.root = ScopeFrame(self, None, process)

    def tick(self) -> int:
        self.clock += 1
        return self.clock

    # -- what is there
    def live(self) -> Iterator[Frame]:
        if self.end is None:
            yield from self.root.walk()

    def waits(self, *kinds: str) -> list[Wait]:
        found = [w for frame in self.live() for w in frame.waits if w.event.kind in kinds]
        return sorted(found, key=lambda w: w.age)

    def people(self, kind: str) -> list[ActivityFrame]:
        """Activities that wait for a person (user) or a handler (service)."""
        return [f for f in self.live() if isinstance(f, ActivityFrame) and f.waiting == kind]

    def inside(self, host: ActivityFrame) -> ScopeFrame:
        [scope] = [kid for kid in host.kids if isinstance(kid, ScopeFrame)]
        return scope

    # -- what comes from outside
    def complete(self, frame: ActivityFrame) -> None:
        frame.done()

    def fire(self, wait: Wait) -> None:
        wait.frame.fire(wait)
        self.moved = True

    def signal(self, name: str) -> None:
        self.broadcast(name)
        self.moved = True

    def change(self, values: dict[str, Any]) -> None:
        self.variables.update(values)
        self.moved = True

    def error(self, frame: ActivityFrame, code: str) -> None:
        self.throw_up(frame, "error", code)
        self.moved = True

    # -- events
    def message(self, name: str) -> None:
        """To the one that has waited longest."""
        waiting = [w for w in self.waits("message") if w.event.name == name]
        if waiting:
            waiting[0].frame.fire(waiting[0])

    def broadcast(self, name: str) -> None:
        """To all that wait now, unless one before has withdrawn them."""
        for wait in [w for w in self.waits("signal") if w.event.name == name]:
            if wait.open:
                wait.frame.fire(wait)

    def check_conditions(self) -> None:
        """Between two steps: what became true in the one before happens before the next one."""
        if not self.moved:
            return
        self.moved = False
        for wait in self.waits("conditional"):
            if wait.open and wait.event.test is not None:
                before, wait.held = wait.held, wait.frame.holds(wait.event.test)
                if wait.held and not before:
                    wait.frame.fire(wait)

    def catcher(self, thrower: Frame, kind: str, code: str) -> Callable[[], None] | None:
        """Outwards, the first level that has one; on one level a code comes before every code."""
        came: Frame | None = None
        for frame in thrower.around():
            if isinstance(frame, ActivityFrame) and not frame.reopened:
                own = _best(frame.term.boundaries, kind, code)
                if own is not None:
                    return lambda: frame.guard.happened(own)
            elif isinstance(frame, ScopeFrame) and not frame.interrupted:
                itself = came.listener if isinstance(came, ListenerFrame) else None
                others = [x for x in getattr(frame.term, "listeners", ()) if x is not itself]
                own = _best(others, kind, code)
                if own is not None:
                    return lambda: frame.happened(own)
            came = frame
        return None

    def throw_up(self, thrower: Frame, kind: str, code: str) -> bool:
        catch = self.catcher(thrower, kind, code)
        if catch is not None:
            catch()
        return catch is not None

    def finish(self, state: str, reason: str = "") -> None:
        self.root.clear()
        self.end = (state, reason)

    # -- following the engine
    def follow(self, happened: Iterable[e.Event]) -> None:
        for event in happened:
            if isinstance(event, e.ActivityStarted):
                self._start(event)
            elif isinstance(event, e.ActivityEnded) and event.state == "completed":
                self._completed(event)
            elif isinstance(event, e.SignalThrown):
                self._signal(event)
            elif isinstance(event, e.JobRequested):
                self._asked(event)
            elif isinstance(event, e.SubscriptionOpened | e.TimerSet):
                self._listens(event.element_id)
        self._turn()
        if self.started:
            self._silently()

    def _turn(self) -> None:
        """The step before is over."""
        self.check_conditions()
        self._bind()

    def settle(self) -> None:
        """Nothing moves any more: nothing may be left that should move."""
        self._silently()
        self._bind()
        left = [f for f in self.live() if f.ready or getattr(f, "unopened", False) or getattr(f, "asking", False)]
        self._expect(not left, lambda: f"should have gone on: {[(f.id, f.token) for f in left]}")
        self._expect(not self.started, lambda: f"should not have begun: {self.started}")
        self.unbound = [frame for frame in self.unbound if not frame.gone]
        self._expect(not self.unbound, lambda: f"should have begun: {[f.id for f in self.unbound]}")

    def _expect(self, holds: object, message: Callable[[], str]) -> None:
        if not holds:
            raise Deviation(message())

    def _start(self, event: e.ActivityStarted) -> None:
        self.started.append(event)
        self._bind()
        if any(event.parent == other.token for other in self.started):
            self._turn()  # what is around it began between two steps
        around = self.frames.get(event.parent)
        if event.token not in self.frames and around is not None and getattr(around, "unopened", False):
            self._turn()
            around.open()  # type: ignore[attr-defined]
            self._bind()
            self.moved = True

    def _bind(self) -> None:
        """Give the tokens to the frames that they belong to, in the order in which both began."""
        if self.started and self.unbound:
            self.started = [event for event in self.started if not self._belongs(event)]

    def _belongs(self, event: e.ActivityStarted) -> bool:
        for frame in self.unbound:
            around = frame.shown_around
            if frame.id == event.element_id and (around.token if around else 0) == event.parent:
                self.frames[event.token], frame.token = frame, event.token
                self.unbound.remove(frame)
                return True
        return False

    def _completed(self, event: e.ActivityEnded) -> None:
        self._turn()
        frame = self.frames.get(event.token)
        if frame is None or not (frame.ready or frame.gone):
            self._silently()
            frame = self.frames.get(event.token)
        if isinstance(frame, GateFrame):
            return  # the event behind it tells
        if isinstance(frame, ThrowFrame) and frame.gone and frame.thrown:
            return  # it was withdrawn by what it threw: it has reached its end
        if frame is not None and getattr(frame, "unopened", False):
            frame.open()  # type: ignore[attr-defined]
        self._expect(
            frame is not None and frame.ready and not frame.gone,
            lambda: f"{event.element_id} (token {event.token}) must not complete now",
        )
        assert frame is not None
        self.moved = True
        frame.perform()
        self.moved = True

    def _signal(self, event: e.SignalThrown) -> None:
        self._turn()
        frame = self.frames.get(event.token)
        self._expect(
            isinstance(frame, ThrowFrame) and frame.ready and not frame.gone,
            lambda: f"{event.element_id} must not throw now",
        )
        assert isinstance(frame, ThrowFrame)
        frame.throw_signal()

    def _asked(self, event: e.JobRequested) -> None:
        self._turn()
        if event.token not in self.frames:
            self._silently()
        frame = self.frames.get(event.token)
        self._expect(
            isinstance(frame, ActivityFrame) and frame.asking and not frame.gone,
            lambda: f"nobody must be asked for {event.element_id} now",
        )
        assert isinstance(frame, ActivityFrame)
        frame.asked()
        seen = frame.locals if frame.term.inputs else frame.sees()
        self._expect(
            dict(event.variables) == seen, lambda: f"{event.element_id} is given {event.variables}, not {seen}"
        )

    def _listens(self, element: str) -> None:
        gates = [f for f in self.live() if isinstance(f, GateFrame) and f.unopened]
        for gate in gates:
            if gate.term.events[0].id == element:
                self._turn()
                gate.open()
                self.moved = True
                return

    def _silently(self) -> None:
        """Do what no event tells: a compensation begins or goes on, a transaction learns that it is undone."""
        while self._do_silently() or self._rest():
            pass
        self._bind()

    def _do_silently(self) -> bool:
        found = [f for f in self.live() if isinstance(f, ThrowFrame | UndoFrame) and f.silent]
        for frame in found:
            if not frame.gone:
                frame.begin_undoing() if isinstance(frame, ThrowFrame) else frame.finish()
        return bool(found)

    def _rest(self) -> bool:
        """What only waits holds up no compensation."""
        return any([f.rest() for f in list(self.live()) if isinstance(f, UndoFrame) and not f.gone])


def _best(catchers: Iterable[Any], kind: str, code: str) -> Any:
    fitting = [c for c in catchers if c.event.kind == kind and c.event.name in ("", code)]
    return min(fitting, key=lambda c: c.event.name == "", default=None)
