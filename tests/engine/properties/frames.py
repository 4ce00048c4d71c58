"""What is under way in a structured process: one frame for each running term, inside the frame of the term around it.

A frame that has an element of the diagram for itself is *shown*: the engine has a token there. A shown frame is `ready`
when nothing but its turn is missing; `perform` is what then happens, in one piece. Which ready frame has its turn next
is left open by the specification: the frames follow any order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.engine.properties import terms as t

if TYPE_CHECKING:
    from tests.engine.properties.oracle import Oracle


@dataclass(eq=False)
class Wait:
    """An event that a frame waits for. `element` is the event of the diagram; the older one gets a message first."""

    frame: Frame
    event: t.Event
    element: str
    age: int
    source: Any = None
    due: datetime | None = None
    left: int = 0
    held: bool = False  # the condition, when it was looked at last

    @property
    def open(self) -> bool:
        return self in self.frame.waits


@dataclass(eq=False)
class Record:
    """An activity that has completed and can be undone: by its handler, or by undoing what `inner` holds."""

    term: t.Activity
    undo: t.Activity | None
    began: int
    ended: int
    variables: dict[str, Any]
    inner: list[Record]


class Frame:
    id = ""
    shown = False
    ready = False

    def __init__(self, oracle: Oracle, up: Frame | None) -> None:
        self.oracle, self.up = oracle, up
        self.kids: list[Frame] = []
        self.waits: list[Wait] = []
        self.locals: dict[str, Any] | None = None
        self.token: int | None = None
        self.gone = False
        self.age = oracle.tick()
        if up is not None:
            up.kids.append(self)
        if self.shown:
            oracle.unbound.append(self)

    # -- going
    def remove(self) -> None:
        """Withdrawn, with all inside."""
        if self.up is not None and self in self.up.kids:
            self.up.kids.remove(self)
        for frame in list(self.walk()):
            frame.gone, frame.waits = True, []

    def leave(self, on: bool = True) -> None:
        """It is over; `on`: control goes on behind it."""
        self.remove()
        assert self.up is not None
        self.up.kid_left(self, on)

    def kid_left(self, kid: Frame, on: bool) -> None:
        raise NotImplementedError

    def perform(self) -> None:
        raise NotImplementedError

    def fire(self, wait: Wait) -> None:
        raise NotImplementedError

    @property
    def at_work(self) -> bool:
        """Whether it does not only wait."""
        return self.ready

    def can_go_on(self) -> bool:
        """Whether there is still a way on from here, whatever happens."""
        return all(kid.can_go_on() for kid in self.kids)

    # -- around
    def walk(self) -> Iterator[Frame]:
        yield self
        for kid in list(self.kids):
            yield from kid.walk()

    def around(self) -> Iterator[Frame]:
        """This frame and those around it."""
        frame: Frame | None = self
        while frame is not None:
            yield frame
            frame = frame.up

    @property
    def shown_around(self) -> Frame | None:
        return next((f for f in self.around() if f is not self and f.shown), None)

    @property
    def scope(self) -> ScopeFrame:
        return next(f for f in self.around() if isinstance(f, ScopeFrame))

    # -- variables: those of the activities around, innermost first, then those of the process
    def layers(self) -> list[dict[str, Any]]:
        return [*(f.locals for f in self.around() if f.locals is not None), self.oracle.variables]

    def sees(self) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for layer in reversed(self.layers()):
            seen.update(layer)
        return seen

    def assign(self, values: dict[str, Any]) -> None:
        """A name is written where it is, else in the process."""
        for name, value in values.items():
            layers = self.layers()
            next((layer for layer in layers if name in layer), layers[-1])[name] = value

    def compute(self, assignments: t.Assignments) -> dict[str, Any]:
        seen = self.sees()
        return {name: value.plus + (seen[value.name] if value.name else 0) for name, value in assignments}

    def holds(self, test: t.Test) -> bool:
        value = self.sees()[test.name]
        return value < test.least if test.below else value >= test.least

    # -- waiting
    def wait(self, event: t.Event, element: str, source: Any = None, age: int | None = None) -> None:
        made = Wait(self, event, element, self.oracle.tick() if age is None else age, source)
        if event.kind == "timer":
            made.due, made.left = self.oracle.now + timedelta(minutes=event.minutes), event.times or 1
        self.waits.append(made)

    def spend(self, wait: Wait, interrupting: bool) -> None:
        """What does not interrupt goes on to listen; a timer as long as its cycle lasts."""
        if interrupting:
            self.waits.remove(wait)
        elif wait.due is not None:
            wait.left -= 1
            wait.due += timedelta(minutes=wait.event.minutes)
            if not wait.left:
                self.waits.remove(wait)


class Step(Frame):
    """One node through which a token passes; `act` is what it does, if it does more."""

    shown = True

    def __init__(self, oracle: Oracle, up: Frame, id: str, act: Callable[[], None] | None = None, ready: bool = True):
        self.id, self.act, self.ready = id, act, ready
        super().__init__(oracle, up)

    def perform(self) -> None:
        (self.act or self.leave)()


class CatchFrame(Step):
    """An intermediate catch event."""

    def __init__(self, oracle: Oracle, up: Frame, term: t.Catch) -> None:
        super().__init__(oracle, up, term.id, ready=False)
        self.wait(term.event, term.id, age=self.age)

    def fire(self, wait: Wait) -> None:
        self.waits, self.ready = [], True


class ThrowFrame(Step):
    """A throw or end event. `silent`: it compensates, which nobody sees before the first handler starts."""

    thrown = False

    def __init__(self, oracle: Oracle, up: Frame, term: t.Throw | t.End) -> None:
        self.term = term
        self.silent = term.kind == "compensate"
        super().__init__(oracle, up, term.id, ready=not self.silent)

    @property
    def waits_for_undoing(self) -> bool:
        return not isinstance(self.term, t.Throw) or self.term.waits

    def can_go_on(self) -> bool:
        return self.term.goes_on

    def throw_signal(self) -> None:
        self.thrown = True
        self.oracle.broadcast(self.term.name)

    def perform(self) -> None:
        if self.term.kind not in ("none", "signal", "compensate"):
            getattr(self, f"_{self.term.kind}")()
        if not self.gone:
            self.leave(isinstance(self.term, t.Throw))

    def _message(self) -> None:
        self.oracle.message(self.term.name)

    def _escalation(self) -> None:
        self.oracle.throw_up(self, "escalation", self.term.name)

    def _error(self) -> None:
        if not self.oracle.throw_up(self, "error", self.term.name):
            self.oracle.finish("failed", self.term.name)

    def _terminate(self) -> None:
        scope = self.scope
        scope.clear()
        scope.check()

    def _cancel(self) -> None:
        host = next(f for f in self.around() if isinstance(f, ActivityFrame) and f.is_transaction)
        scope = self.oracle.inside(host)
        scope.clear()
        scope.interrupted = True
        records, scope.records = scope.records, []
        UndoFrame(self.oracle, scope, records, cancels=host)

    def begin_undoing(self) -> None:
        """The silent part. Without anything to undo it is ready."""
        self.silent = False
        scope = self._scope_to_compensate()
        wanted = [r for r in scope.records if self.term.name in ("", r.term.id)]
        scope.records = [r for r in scope.records if r not in wanted]
        if not wanted or not self.waits_for_undoing:
            self.ready = True
        if wanted:
            UndoFrame(self.oracle, scope, wanted, thrower=self)

    def _scope_to_compensate(self) -> ScopeFrame:
        """Of the one activity, or the scope; an event subprocess throws for the scope around it."""
        scope = self.scope
        while self.term.name and self.term.name not in activities_of(scope.term):
            scope = scope.up.scope  # type: ignore[union-attr]
        while not self.term.name and isinstance(scope.up, ListenerFrame):
            scope = scope.up.scope
        return scope


def activities_of(scope: Any) -> set[str]:
    """Ids of the activities of one level."""
    found: set[str] = set()
    todo: list[Any] = [*scope.tasks] if isinstance(scope, t.AdHoc) else [scope.body]
    while todo:
        term = todo.pop()
        if isinstance(term, t.Activity):
            found.add(term.id)
            todo += [b.path for b in term.boundaries] + ([term.then] if term.then else [])
        elif isinstance(term, t.Sequence):
            todo += term.parts
        elif isinstance(term, t.Branching):
            todo += term.branches
        elif isinstance(term, t.Repeat):
            todo.append(term.body)
    return found


# -- blocks
class SequenceFrame(Frame):
    def __init__(self, oracle: Oracle, up: Frame, parts: tuple[Any, ...]) -> None:
        super().__init__(oracle, up)
        self.todo = list(parts)
        self.kid_left(self, True)

    def kid_left(self, kid: Frame, on: bool) -> None:
        if on and self.todo:
            begin(self.oracle, self, self.todo.pop(0))
        else:
            self.leave(on)

    def can_go_on(self) -> bool:
        return super().can_go_on() and all(part.goes_on for part in self.todo)


class BranchingFrame(Frame):
    """A split, branches, and a join."""

    def __init__(self, oracle: Oracle, up: Frame, term: Any) -> None:
        super().__init__(oracle, up)
        self.term = term
        self.split = self._split()

    def _split(self) -> Frame:
        return Step(self.oracle, self, self.term.id, self._decide)

    def _decide(self) -> None:
        chosen = self.chosen()
        self.split.remove()
        for branch in chosen:
            begin(self.oracle, self, branch)

    def chosen(self) -> list[t.Term]:
        return list(self.term.branches)

    def can_go_on(self) -> bool:
        return self.term.goes_on if self.split in self.kids else any(kid.can_go_on() for kid in self.kids)


class JoiningFrame(BranchingFrame):
    """Each branch that goes on arrives at the join."""

    def __init__(self, oracle: Oracle, up: Frame, term: Any) -> None:
        self.arrived: list[Frame] = []
        super().__init__(oracle, up, term)

    def kid_left(self, kid: Frame, on: bool) -> None:
        if on:
            self.arrived.append(JoinFrame(self.oracle, self))
        elif not self.kids:
            self.leave(False)

    def may_pass(self) -> bool:
        raise NotImplementedError

    def go_on(self) -> None:
        """What is left of the branches ends somewhere else."""
        for step in self.arrived:
            step.remove()
        scope = self.scope
        for kid in self.kids:
            kid.up = scope
            scope.kids.append(kid)
        self.kids = []
        self.leave()


class JoinFrame(Frame):
    """A token that waits at the join; whichever the engine lets pass stands for all."""

    shown = True

    def __init__(self, oracle: Oracle, block: JoiningFrame) -> None:
        self.id, self.block = f"{block.term.id}_j", block
        super().__init__(oracle, block)

    @property
    def ready(self) -> bool:  # type: ignore[override]
        return not self.gone and self.block.may_pass()

    def perform(self) -> None:
        self.block.go_on()


class ParallelFrame(JoiningFrame):
    """The join passes when each branch has arrived."""

    def may_pass(self) -> bool:
        return len(self.arrived) == len(self.term.branches)


class InclusiveFrame(JoiningFrame):
    """The join passes when a branch has arrived and no other one can arrive any more."""

    def chosen(self) -> list[t.Term]:
        tests = [None, *self.term.tests] if self.term.always else list(self.term.tests)
        conditional = self.term.branches[: len(tests)]
        taken = [b for b, test in zip(conditional, tests, strict=True) if test is None or self.split.holds(test)]
        return taken or [self.term.branches[-1]]

    def may_pass(self) -> bool:
        return not any(kid.can_go_on() for kid in self.kids if kid not in self.arrived)


class MergingFrame(BranchingFrame):
    """One branch is taken; where several go on, they meet in a gateway that does not wait."""

    @property
    def merges(self) -> bool:
        return sum(branch.goes_on for branch in self.term.branches) > 1

    def kid_left(self, kid: Frame, on: bool) -> None:
        if on and self.merges and kid.id != f"{self.term.id}_j":
            Step(self.oracle, self, f"{self.term.id}_j")
        else:
            self.leave(on)


class ExclusiveFrame(MergingFrame):
    def chosen(self) -> list[t.Term]:
        pairs = zip(self.term.branches, self.term.tests, strict=False)
        return [next((b for b, test in pairs if self.split.holds(test)), self.term.branches[-1])]


class ChoiceFrame(MergingFrame):
    """The first event takes the token, the others end."""

    def _split(self) -> Frame:
        return GateFrame(self.oracle, self, self.term)

    def happened(self, branch: int) -> None:
        self.split.remove()
        catch, path = self.term.events[branch], self.term.branches[branch]
        SequenceFrame(self.oracle, self, (Passing(catch.id), path))


class GateFrame(Frame):
    """An event-based gateway; `unopened` until its events wait."""

    shown = True
    unopened = True

    def __init__(self, oracle: Oracle, up: ChoiceFrame, term: t.Choice) -> None:
        self.id, self.term, self.block = term.id, term, up
        super().__init__(oracle, up)

    def open(self) -> None:
        self.unopened = False
        for number, catch in enumerate(self.term.events):
            self.wait(catch.event, catch.id, number)

    def fire(self, wait: Wait) -> None:
        self.block.happened(wait.source)


class RepeatFrame(Frame):
    """counter = 0; do the body; counter + 1; again, unless the counter has reached its end."""

    def __init__(self, oracle: Oracle, up: Frame, term: t.Repeat) -> None:
        super().__init__(oracle, up)
        self.term, self.counter = term, f"n_{term.id}"
        Step(oracle, self, f"{term.id}_z", lambda: self._count(0))

    def _count(self, value: int) -> None:
        self.assign({self.counter: value})
        self.kids[0].remove()
        Step(self.oracle, self, f"{self.term.id}_x" if value else f"{self.term.id}_k", self._turn)

    def _turn(self) -> None:
        [step] = self.kids
        step.remove()
        if step.id.endswith("_k"):
            begin(self.oracle, self, self.term.body)
        elif self.sees()[self.counter] >= self.term.times:
            Step(self.oracle, self, f"{self.term.id}_o")
        else:
            Step(self.oracle, self, f"{self.term.id}_k", self._turn)

    def kid_left(self, kid: Frame, on: bool) -> None:
        if kid.id == f"{self.term.id}_o":
            self.leave()
        elif on:
            Step(self.oracle, self, f"{self.term.id}_i", lambda: self._count(self.sees()[self.counter] + 1))
        else:
            self.leave(False)


# -- activities
class GuardFrame(Frame):
    """An activity with its boundary events and what is behind each of them."""

    def __init__(self, oracle: Oracle, up: Frame, term: t.Activity) -> None:
        super().__init__(oracle, up)
        self.term = term
        self.activity = ActivityFrame(oracle, self, term)

    def happened(self, boundary: t.Boundary) -> None:
        if boundary.interrupting:
            self.activity.remove()
        home: Frame = self if boundary.interrupting else self.scope
        SequenceFrame(self.oracle, home, (Passing(boundary.id), boundary.path))

    def can_go_on(self) -> bool:
        return self.term.goes_on if self.activity in self.kids else super().can_go_on()

    def kid_left(self, kid: Frame, on: bool) -> None:
        if on and kid is self.activity and self.term.then is not None:
            begin(self.oracle, self, self.term.then)
        elif on and self.term.ways_on > 1 and kid.id != f"{self.term.id}_j":
            Step(self.oracle, self, f"{self.term.id}_j")
        else:
            self.leave(on)


class ActivityFrame(Frame):
    """An activity, an instance or round of one (`inside` the frame of the loop), or what undoes one (`record`)."""

    shown = True
    unopened = False  # nothing has begun inside
    waiting = ""  # "user" or "service"
    asking = False  # a job, for which nobody has been asked yet

    def __init__(
        self,
        oracle: Oracle,
        up: Frame,
        term: t.Activity,
        own: dict[str, Any] | None = None,
        instance: bool = False,
        record: Record | None = None,
        reopened: bool = False,
    ) -> None:
        self.id, self.term, self.instance, self.record = term.id, term, instance, record
        self.reopened, self.shown = reopened, not reopened
        self.records: list[Record] = []
        super().__init__(oracle, up)
        self.locals = dict(own) if own is not None else None
        if reopened:
            ScopeFrame(oracle, self, term.does, record)
        else:
            self._arrive()

    @property
    def is_transaction(self) -> bool:
        return isinstance(self.term.does, t.Scope) and self.term.does.transaction and self.term.loop is None

    def _arrive(self) -> None:
        if self.term.inputs and self.term.loop is None:
            self.locals = {**(self.locals or {}), **self.compute(self.term.inputs)}
        for boundary in self.term.boundaries:
            if boundary.event.kind in t.WAITED_FOR:
                self.wait(boundary.event, boundary.id, boundary)
        if self.term.loop is not None or not isinstance(self.term.does, t.Work):
            self.unopened = True
            return
        kind = self.term.does.kind
        self.asking = kind == "service"
        self.ready = kind in ("script", "pass")
        self.waiting = kind if kind == "user" else ""
        if kind == "receive":
            self.wait(t.Event("message", self.term.does.message), self.id, age=self.age)

    @property
    def at_work(self) -> bool:
        return self.ready or self.asking or self.waiting == "service"

    def asked(self) -> None:
        self.asking, self.waiting = False, "service"

    def done(self) -> None:
        """By a person or a handler; what they give is written."""
        does = self.term.does
        assert isinstance(does, t.Work)
        values = self.compute(does.gives)
        if self.waiting == "user":
            self.assign(values)
        else:
            self._give(values)
        self.waiting, self.ready = "", True

    def _give(self, values: dict[str, Any]) -> None:
        """With outputs it stays inside."""
        if self.term.outputs and values:
            self.locals = {**(self.locals or {}), **values}
        else:
            self.assign(values)

    def fire(self, wait: Wait) -> None:
        boundary: t.Boundary | None = wait.source
        if boundary is None:
            self.waits.remove(wait)
            self.ready = True
            return
        self.spend(wait, boundary.interrupting)
        self.guard.happened(boundary)

    @property
    def guard(self) -> GuardFrame:
        assert isinstance(self.up, GuardFrame)
        return self.up

    # -- what begins inside
    def open(self) -> None:
        self.unopened = False
        loop = self.term.loop
        if isinstance(loop, t.Multi):
            self._open_multi(loop)
        elif isinstance(loop, t.Rounds):
            self.finished, self.locals = 0, {"loopCounter": 0}
            if loop.most == 0 or (loop.before and not self._another(loop)):
                self.ready = True
            else:
                self._round()
        elif isinstance(self.term.does, t.AdHoc):
            AdHocFrame(self.oracle, self, self.term.does)
        else:
            ScopeFrame(self.oracle, self, self.term.does)

    def kid_left(self, kid: Frame, on: bool) -> None:
        if isinstance(self.term.loop, t.Multi):
            self._instance_ended(self.term.loop, kid)
        elif isinstance(self.term.loop, t.Rounds):
            self._round_ended(self.term.loop)
        elif self.reopened:
            self.leave()
        else:
            self.records = kid.records  # type: ignore[attr-defined]
            self.ready = True

    def _spawn(self, own: dict[str, Any]) -> None:
        inner = replace(self.term, loop=None, boundaries=(), then=None)
        ActivityFrame(self.oracle, self, inner, own, instance=True)

    # -- standard loops
    def _another(self, loop: t.Rounds) -> bool:
        if loop.most is not None and self.finished >= loop.most:
            return False
        return loop.test is None or self.holds(loop.test)

    def _round(self) -> None:
        self._spawn({"loopCounter": self.finished})

    def _round_ended(self, loop: t.Rounds) -> None:
        self.finished += 1
        self.locals = {"loopCounter": self.finished}
        if self._another(loop):
            self._round()
        else:
            self.ready = True

    # -- multi-instance
    def _open_multi(self, loop: t.Multi) -> None:
        self.total = loop.count if loop.items is None else len(loop.items)
        self.finished = self.begun = 0
        self.results: list[Any] = [None] * self.total
        self.ready = not self.total
        for _ in range(min(self.total, 1) if loop.sequential else self.total):
            self._spawn_instance(loop)

    def _spawn_instance(self, loop: t.Multi) -> None:
        own: dict[str, Any] = {"loopCounter": self.begun}
        if loop.items is not None:
            own["item"] = loop.items[self.begun]
        if loop.collects:
            own["out"] = None
        self.begun += 1
        self._count()
        self._spawn(own)

    def _count(self) -> None:
        counts = {"": self.total, "Completed": self.finished, "Active": self.begun - self.finished}
        names = {f"{first}{what}Instances": n for first in ("nrOf", "numberOf") for what, n in counts.items()}
        self.locals = {**(self.locals or {}), **names}

    def _instance_ended(self, loop: t.Multi, kid: Frame) -> None:
        assert kid.locals is not None
        self.finished += 1
        self._count()
        if loop.collects:
            self.results[kid.locals["loopCounter"]] = kid.locals["out"]
        enough = loop.until is not None and self._enough(loop.until, kid.locals)
        if enough or self.finished == self.total:
            for other in list(self.kids):
                other.remove()
            self.ready = True
        elif loop.sequential:
            self._spawn_instance(loop)

    def _enough(self, test: t.Test, seen: dict[str, Any]) -> bool:
        """The condition sees what the instance saw that has just ended."""
        before, self.locals = self.locals, {**(self.locals or {}), **seen}
        enough = self.holds(test)
        self.locals = before
        return enough

    # -- completing
    def perform(self) -> None:
        if isinstance(self.term.does, t.Work) and self.term.does.kind == "script" and self.term.loop is None:
            seen, values = self.sees(), self.compute(self.term.does.gives)
            self._give({name: value for name, value in values.items() if seen.get(name) != value})  # what has changed
        assert self.up is not None
        if isinstance(self.term.loop, t.Multi) and self.term.loop.collects:
            self.assign({self.term.loop.collects: self.results})
        if self.term.outputs and self.term.loop is None:
            self.up.assign(self.compute(self.term.outputs))
        self._remember()
        self.leave()

    def _remember(self) -> None:
        loop = self.term.loop is not None
        undo = None if loop else self.term.undo  # of a loop each instance is undone
        if self.record is not None or not (undo or self.records):
            return
        own = {} if loop else dict(self.locals or {})
        record = Record(self.term, undo, self.age, self.oracle.tick(), own, [] if undo else self.records)
        keeper: Any = self.up if self.instance else self.scope
        keeper.records.append(record)


class ScopeFrame(Frame):
    """The inside of a process or subprocess. It is over when nothing but its listeners is left."""

    def __init__(self, oracle: Oracle, up: Frame | None, term: Any, record: Record | None = None) -> None:
        self.term = term
        self.interrupted = False
        self.records: list[Record] = record.inner if record else []
        super().__init__(oracle, up)
        if record is None:
            self._begin()
        else:
            records, self.records = self.records, []
            UndoFrame(oracle, self, records)

    def _begin(self) -> None:
        host = self.shown_around.id if self.shown_around else "process"
        for listener in self.term.listeners:
            if listener.event.kind in t.WAITED_FOR:
                self.wait(listener.event, f"{listener.id}_s", listener)
        SequenceFrame(self.oracle, self, (Passing(f"{host}_s"), self.term.body))

    def clear(self) -> None:
        self.waits = []
        for kid in list(self.kids):
            kid.remove()

    def check(self) -> None:
        """What was written last may still make a condition true that is waited for."""
        if not self.kids and not self.gone:
            self.oracle.check_conditions()
        if not self.kids and not self.gone:
            self.waits = []
            if self.up is None:
                self.oracle.finish("completed")
            else:
                self.leave()

    def kid_left(self, kid: Frame, on: bool) -> None:
        self.check()

    def fire(self, wait: Wait) -> None:
        self.spend(wait, False)
        self.happened(wait.source)

    def happened(self, listener: t.Listener) -> None:
        if listener.interrupting:
            self.interrupted = True
            self.clear()
        ListenerFrame(self.oracle, self, listener)


class ListenerFrame(Frame):
    """An event subprocess that runs."""

    shown = True
    unopened = True

    def __init__(self, oracle: Oracle, up: Frame, listener: t.Listener) -> None:
        self.id, self.listener = listener.id, listener
        super().__init__(oracle, up)

    def open(self) -> None:
        self.unopened = False
        ScopeFrame(self.oracle, self, self.listener.scope)

    def kid_left(self, kid: Frame, on: bool) -> None:
        self.ready = True

    def perform(self) -> None:
        self.leave()


class AdHocFrame(ScopeFrame):
    """All tasks at once, or one after the other, until the condition holds after one of them."""

    def _begin(self) -> None:
        self.over = False
        self.todo = list(self.term.tasks)
        for _ in range(1 if self.term.sequential else len(self.todo)):
            begin(self.oracle, self, self.todo.pop(0))

    def kid_left(self, kid: Frame, on: bool) -> None:
        until = self.term.until
        if until is not None and not self.over and self.up is not None and self.up.holds(until):
            self.over, self.todo = True, []
            if self.term.withdraws:
                self.clear()
        if self.todo:
            begin(self.oracle, self, self.todo.pop(0))
        self.check()


class UndoFrame(Frame):
    """Undoes records: what began after another had completed before that one, all others at once.

    What only waits, for a person or a message, holds up nothing once all else has come to rest.
    """

    def __init__(
        self,
        oracle: Oracle,
        up: Frame,
        records: list[Record],
        thrower: ThrowFrame | None = None,
        cancels: ActivityFrame | None = None,
    ) -> None:
        super().__init__(oracle, up)
        self.todo, self.thrower, self.cancels = list(records), thrower, cancels
        self.silent = False  # all is undone, and nobody knows it yet
        self.began: dict[Frame, int] = {}
        self.resting: list[Frame] = []
        self.proceed()

    def proceed(self) -> None:
        ready = [record for record in self.todo if self._is_last(record)]
        self.todo = [record for record in self.todo if record not in ready]
        for record in sorted(ready, key=lambda r: -r.ended):
            self.began[self._undo(record)] = record.began
        self.silent = not self.kids and not self.todo

    def _is_last(self, record: Record) -> bool:
        """Nothing that is not undone yet began after it had completed."""
        others = [r.began for r in self.todo if r is not record]
        others += [self.began[kid] for kid in self.kids if kid not in self.resting]
        return all(began < record.ended for began in others)

    def rest(self) -> bool:
        """Whether more is undone since what is being undone only waits."""
        resting = [kid for kid in self.kids if not any(frame.at_work for frame in kid.walk())]
        more = bool(self.todo) and resting != self.resting
        if more:
            self.resting = resting
            self.proceed()
        return more

    @property
    def at_work(self) -> bool:
        return bool(self.todo)

    def _undo(self, record: Record) -> Frame:
        if record.undo is not None:
            return ActivityFrame(self.oracle, self, record.undo, record.variables, record=record)
        if record.term.loop is not None:
            return UndoFrame(self.oracle, self, record.inner)
        return ActivityFrame(self.oracle, self, record.term, record.variables, record=record, reopened=True)

    def kid_left(self, kid: Frame, on: bool) -> None:
        self.proceed()

    def finish(self) -> None:
        """The silent end: the thrower goes on, or the transaction is left by its cancel boundary event."""
        self.silent = False
        if self.cancels is not None:
            self._cancel(self.cancels)
            return
        if self.thrower is not None and not self.thrower.gone and self.thrower.waits_for_undoing:
            self.thrower.ready = True
        self.leave()

    def _cancel(self, transaction: ActivityFrame) -> None:
        for frame in transaction.around():
            assert isinstance(frame, ActivityFrame), "a cancelled transaction has a boundary event for it"
            for boundary in frame.term.boundaries:
                if boundary.event.kind == "cancel":
                    frame.guard.happened(boundary)
                    return


# -- beginning
@dataclass(frozen=True)
class Passing(t.Term):
    """A node that does nothing but pass: a start or boundary event, an event that has happened."""

    id: str


_FRAMES: dict[type, Callable[..., Frame]] = {
    Passing: lambda oracle, up, term: Step(oracle, up, term.id),
    t.Sequence: lambda oracle, up, term: SequenceFrame(oracle, up, term.parts),
    t.Exclusive: ExclusiveFrame,
    t.Inclusive: InclusiveFrame,
    t.Parallel: ParallelFrame,
    t.Choice: ChoiceFrame,
    t.Repeat: RepeatFrame,
    t.Activity: GuardFrame,
    t.Catch: CatchFrame,
    t.Throw: ThrowFrame,
    t.End: ThrowFrame,
}


def begin(oracle: Oracle, up: Frame, term: Any) -> Frame:
    """Control reaches the term."""
    return _FRAMES[type(term)](oracle, up, term)
