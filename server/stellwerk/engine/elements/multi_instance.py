"""Multi-instance activities: the outer token counts, each instance is a child token of the inner activity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stellwerk.engine.data import OWN, SEEN, Exchange, Place
from stellwerk.engine.elements.activity import Activity
from stellwerk.engine.elements.throwing import throw_plain
from stellwerk.engine.event_definitions import ErrorDefinition, EventDefinition
from stellwerk.engine.expressions import Expression
from stellwerk.engine.faults import Fault, storable
from stellwerk.engine.thrown import throw_error
from stellwerk.engine.token import ERROR, FUTURE, OVER, STARTED, Token

MAX_INSTANCES = 100_000
# The names of the specification's attributes, and the shorter ones of Camunda 7.
COUNTS = tuple(f"{p}{what}Instances" for p in ("nrOf", "numberOf") for what in ("", "Completed", "Active"))


@dataclass(frozen=True)
class Loop:
    """What multiInstanceLoopCharacteristics says. Names are names of variables."""

    sequential: bool
    cardinality: Expression | None
    collection: Expression | None
    item: str | None
    output: Place | None
    output_item: str | None
    enough: Expression | None
    first: EventDefinition | None = None  # thrown when the first instance has ended
    complex: bool = False
    each: tuple[tuple[Expression | None, EventDefinition], ...] = ()  # thrown after each instance, on a condition


class MultiInstance(Activity):
    """BPMN 13.3.7: as many instances as the cardinality says or the collection has items when it is reached.

    All at once, or one after another. After each instance the completion condition is tried; if it is true the
    others are withdrawn. Each instance sees `loopCounter` (from 0) and its item; all see the counts of instances.
    The collected outputs are in the order of the instances; None for those that were withdrawn.
    """

    loop: Loop
    inner: str

    @property
    def reopened(self) -> str:
        return ""

    # -- beginning
    def perform(self, task: Token) -> bool | None:
        items = self._items(task)
        count = len(items) if items is not None else self._cardinality(task)
        if count == 0:
            self._write_output(task, [])
            return True
        task.remember(n=count, done=0, next=0)
        if items is not None and self.loop.sequential:
            task.hide("items", items)
        self._count(task)
        task._set_state(STARTED)
        for index in range(1 if self.loop.sequential else count):
            self._spawn(task, items[index] if items is not None else None)
        return None

    def _items(self, task: Token) -> list[Any] | None:
        if self.loop.collection is None:
            return None
        value = self.evaluate(task, self.loop.collection)
        if isinstance(value, dict):
            value = list(value.values())
        if not isinstance(value, list | tuple):
            why = self.why_null(task, self.loop.collection) if value is None else ""
            raise Fault(
                "expression",
                f"The collection '{self.loop.collection.text}' of '{self.label}' is no list.{why} "
                "Give it a list, or an object whose values are the items.",
            )
        items: list[Any] = storable({"items": value}, "expression")["items"]
        return items

    def _cardinality(self, task: Token) -> int:
        count = self.whole_number(task, self.loop.cardinality, "number of instances", 0)
        if not 0 <= count <= MAX_INSTANCES:
            raise Fault(
                "expression",
                f"The number of instances of '{self.label}' is {count}. It must be between 0 and {MAX_INSTANCES}.",
            )
        return count

    def _spawn(self, task: Token, item: Any) -> None:
        index = task.internal_data["next"]
        task.remember(next=index + 1)
        self._count(task)
        child = task._add_child(task.workflow.spec.task_specs[self.inner], FUTURE)
        own: dict[str, Any] = {"loopCounter": index}
        if self.loop.item and self.loop.collection is not None:
            own[self.loop.item] = item
        if self.loop.output_item:
            own.setdefault(self.loop.output_item, None)
        child.set_locals(own)
        task.workflow.admit(child)

    def _count(self, task: Token) -> None:
        """What expressions read about the instances."""
        state = task.internal_data
        counts = (state["n"], state["done"], state["next"] - self._over(task))
        task.set_locals(dict(zip(COUNTS, counts * 2, strict=True)), silent=True)

    def _over(self, task: Token) -> int:
        """How many instances have completed or were taken away."""
        return int(task.internal_data["done"]) + int(task.internal_data.get("gone", 0))

    # -- going on
    def bereft(self, task: Token) -> bool:
        """One instance was taken away: the others go on; with the last one, if none has completed, it all goes."""
        task.remember(gone=task.internal_data.get("gone", 0) + 1)
        self._count(task)
        if task.internal_data["gone"] == task.internal_data["n"]:
            return False
        if not task.has_state(ERROR):
            try:
                self.proceed(task)
            except Fault as fault:
                task.workflow.top_workflow.incident(task, fault, "proceed")
        return True

    def child_finished(self, task: Token, child: Token) -> None:
        if child.task_spec.name != self.inner:
            return
        task.remember(done=task.internal_data["done"] + 1)
        if self._tells:
            task.remember(untold=task.internal_data.get("untold", 0) + 1)
        self._count(task)
        if self.loop.output and self.loop.output_item and child.locals is not None:
            result = child.locals.get(self.loop.output_item)
            task.workflow.top_workflow.results.put(task.id, child.locals["loopCounter"], result)
        if (self.loop.enough is not None or self.loop.each) and child.locals is not None:
            task.set_locals(child.locals, silent=True)  # the condition may ask for the item of this instance
        if not task.has_state(ERROR):
            self.proceed(task)

    @property
    def _tells(self) -> bool:
        return self.loop.first is not None or bool(self.loop.each)

    def _tell(self, task: Token) -> None:
        """BPMN 13.3.7: throw what the behaviour of the instances says.

        A boundary event of the activity that catches it does not end the activity: the instances are not thrown away
        by what they have reached. One that interrupts ends the remaining instances when the behaviour is Complex.
        Raises Fault for a condition, which can be repeated, and for an error that nothing catches, which is then told.
        """
        events = [e for condition, e in self.loop.each if condition is None or self.decide(task, condition)]
        if self.loop.first is not None and task.internal_data["done"] == task.internal_data["untold"]:
            events.append(self.loop.first)
        task.remember(untold=task.internal_data["untold"] - 1)
        task.internal_data["telling"] = True
        try:
            for event in events:
                if not task.has_state(OVER):
                    self._throw(task, event)
        finally:
            del task.internal_data["telling"]

    def _throw(self, task: Token, event: EventDefinition) -> None:
        if isinstance(event, ErrorDefinition):
            throw_error(task, event.code, event.name or "", {})
        else:
            throw_plain(task, event, {})

    def was_caught(self, task: Token) -> None:
        """An interrupting boundary event has caught what the instances have told."""
        if self.loop.complex:
            task.internal_data["enough"] = True

    def again(self, task: Token, stage: str) -> None:
        if stage == "proceed":
            self.proceed(task)
        else:
            super().again(task, stage)

    def proceed(self, task: Token) -> None:
        """After an instance has ended. Raises Fault; it can be repeated."""
        state = task.internal_data
        while state.get("untold") and not task.has_state(OVER):
            self._tell(task)
        if task.has_state(OVER):
            return
        over = self._over(task) == state["n"] or "enough" in state or self._is_enough(task)
        self._forget_instance(task)
        if over:
            inside = [c for c in task.children if c.task_spec.name == self.inner]
            task.workflow.top_workflow.withdraw(inside, f"enough instances of '{self.label}'")
            task.workflow.top_workflow.agenda.append(task)
        elif self.loop.sequential and state["next"] == self._over(task):
            items = task.hidden.get("items") if task.hidden is not None else None
            self._spawn(task, items[state["next"]] if items is not None else None)

    def _is_enough(self, task: Token) -> bool:
        return self.loop.enough is not None and self.decide(task, self.loop.enough)

    def _forget_instance(self, task: Token) -> None:
        """What conditions read of the instance is gone after it: else it would hide what others write around."""
        kept = {*COUNTS, *self.inputs, *(self.io.declared if self.io is not None else ())}
        gone = [name for name in task.locals or () if name not in kept]
        if gone:
            task.drop_locals(gone)

    # -- leaving
    def _on_complete_hook(self, task: Token) -> None:
        if self.loop.output and "n" in task.internal_data:
            self._write_output(task, task.workflow.top_workflow.results.of(task.id, task.internal_data["n"]))
        super()._on_complete_hook(task)

    def _write_output(self, task: Token, results: list[Any]) -> None:
        place = self.loop.output
        if place is None:
            return
        if place.scope in (OWN, SEEN):
            task.data.assign({place.name: results})
        else:
            exchange = Exchange(task)
            exchange.put(f"The list of results of '{self.label}'", place, results)
            exchange.write_around()
