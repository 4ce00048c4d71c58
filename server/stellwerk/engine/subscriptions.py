"""Who waits for what in one instance, on SpiffWorkflow's EventManager, indexed by message and signal name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from SpiffWorkflow.bpmn.util.event import EventManager, PendingBpmnEvent

from stellwerk.engine.correlation import Expected
from stellwerk.engine.event_definitions import (
    ConditionDefinition,
    MessageEventDefinition,
    SignalEventDefinition,
    TimerDefinition,
    kind_of,
)
from stellwerk.engine.events import SubscriptionChanged, SubscriptionClosed, SubscriptionOpened, TimerCleared, TimerSet
from stellwerk.engine.faults import Fault
from stellwerk.engine.times import timers

if TYPE_CHECKING:
    from datetime import datetime

    from stellwerk.engine.elements.catching import Catching
    from stellwerk.engine.instance import Instance
    from stellwerk.engine.token import Token

Named = Literal["message", "signal"]


class Subscriptions(EventManager):
    """`tasks` are all waiting tokens; `named` finds them by (kind, name)."""

    workflow: Instance
    tasks: dict[int, Token]

    def __init__(self, workflow: Instance) -> None:
        super().__init__(workflow)
        self.named: dict[tuple[Named, str], dict[int, Token]] = {}
        self.conditions: dict[int, Token] = {}
        self.awaiting: dict[int, Token] = {}  # activities whose data inputs have no value yet

    # -- a token begins to wait
    def open(self, token: Token) -> None:
        """Raises Fault for a timer that has no time; then nothing is open."""
        spec: Catching = token.task_spec
        definition = spec.event_definition
        if isinstance(definition, TimerDefinition):
            self.arm(token)
        self.add_task(token)
        name = named(definition)
        if name:
            token.workflow.record(SubscriptionOpened(token.id, spec.event_id, *name, self._keys(token, name)))

    def _keys(self, token: Token, name: tuple[Named, str]) -> Expected:
        """What the token knows of the message's correlation keys; it is kept with the token."""
        keys = self.workflow.conversations.expected(token, name[1]) if name[0] == "message" else {}
        if keys:
            token.remember(expects={id: {p: list(v) for p, v in key.items()} for id, key in keys.items()})
        elif "expects" in token.internal_data:
            token.forget("expects")
        return keys

    def tell_keys(self, token: Token) -> None:
        """Tell what the token, which waits, knows now of its message's keys, unless it is what it has told."""
        name = named(token.task_spec.event_definition)
        before = token.internal_data.get("expects")
        if name:
            keys = self._keys(token, name)
            if token.internal_data.get("expects") != before:
                token.workflow.record(SubscriptionChanged(token.id, *name, keys))

    def arm(self, token: Token) -> None:
        """Set the token's timer from now on. Raises Fault for one that has no time."""
        definition: TimerDefinition = token.task_spec.event_definition
        value = self.workflow.script_engine.evaluate(token, definition.expression)
        try:
            timer = timers.arm(definition.kind, value, self.workflow.now, self.workflow.host.zone)
        except timers.TimerInvalid as error:
            why = self.workflow.script_engine.why_null(token, definition.expression) if value is None else ""
            raise Fault("timer", f"{error}{why}") from error
        self._set(token, timer)

    def _set(self, token: Token, timer: timers.Timer) -> None:
        token.remember(due=timer.due.isoformat())
        if timer.every is not None:
            token.remember(every=timer.every, left=timer.remaining)
        if timer.begin is not None:
            token.remember(begin=timer.begin)
        token.workflow.record(TimerSet(token.id, token.task_spec.event_id, timer.due))

    def rearm(self, token: Token) -> bool:
        """Set a cycle's timer for its next time. False: there is none."""
        state = token.internal_data
        following = timers.Timer(due_of(token), state.get("left"), state.get("every"), state.get("begin")).following()
        if following is not None:
            self._set(token, following)
        return following is not None

    def add_task(self, token: Token) -> None:
        """Also used when a snapshot is loaded: nothing is recorded."""
        self.tasks[token.id] = token
        name = named(token.task_spec.event_definition)
        if name:
            self.named.setdefault(name, {})[token.id] = token
        elif isinstance(token.task_spec.event_definition, ConditionDefinition):
            self.conditions[token.id] = token

    # -- a token waits no longer
    def close(self, token: Token) -> None:
        if token.id not in self.tasks:
            return
        self.remove_task(token)
        name = named(token.task_spec.event_definition)
        if name:
            token.internal_data.pop("expects", None)
            token.workflow.record(SubscriptionClosed(token.id, *name))
        elif "due" in token.internal_data:
            token.forget("due", "every", "left", "begin")
            token.workflow.record(TimerCleared(token.id))

    def remove_task(self, token: Token) -> None:
        self.tasks.pop(token.id, None)
        self.conditions.pop(token.id, None)
        name = named(token.task_spec.event_definition)
        waiting = self.named.get(name) if name else None
        if name and waiting is not None:
            waiting.pop(token.id, None)
            if not waiting:
                del self.named[name]

    # -- questions
    def waiting_for(self, kind: Named, name: str) -> list[Token]:
        """All tokens that wait for it, the one that has waited longest first; the same order after a reload."""
        waiting = self.named.get((kind, name), {})
        return [waiting[id] for id in sorted(waiting)]

    def broadcast(self, receivers: list[Token], payload: Mapping[str, Any]) -> None:
        """Let each of them have it, unless one before has withdrawn it."""
        for token in receivers:
            if self.tasks.get(token.id) is token:
                token.task_spec.fire(token, payload)

    def get_waiting_tasks(self) -> list[PendingBpmnEvent]:
        """SpiffWorkflow's view of what is waited for."""
        return [_pending(token) for token in self.tasks.values()]


def due_of(token: Token) -> datetime:
    return timers.as_date(token.internal_data["due"])


def named(definition: Any) -> tuple[Named, str] | None:
    """(kind, name) of a definition that is told apart by name."""
    if isinstance(definition, MessageEventDefinition):
        return "message", definition.name
    if isinstance(definition, SignalEventDefinition):
        return "signal", definition.name
    return None


def _pending(token: Token) -> PendingBpmnEvent:
    definition = token.task_spec.event_definition
    return PendingBpmnEvent(
        token.task_spec.name, kind_of(definition), token.internal_data.get("due") or definition.name
    )
