"""The conversations of processes (BPMN 8.4.2): which values their correlation keys have, and what that changes.

Key-based: the first message that is sent or received in a conversation sets the key, and later ones must agree with
it. Context-based: a subscription of the process computes the key from the variables of the process, whenever these
change; that comes before what a message has set. A conversation belongs to the process, also to one that is called;
one that begins inside of a loop or multi-instance activity belongs to that one instance of it, so that each can talk
with a partner of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from stellwerk.engine.canonical import canonical, canonical_keys, readable
from stellwerk.engine.correlation import Expected, Keys, carried, read
from stellwerk.engine.faults import Fault
from stellwerk.engine.routing import Letter, Waiter, fits
from stellwerk.engine.token import Token

if TYPE_CHECKING:
    from stellwerk.engine.instance import Instance
    from stellwerk.engine.scope import Process

_HERE = UUID(int=0)  # the instance itself, which does not know its id


class Conversations:
    """`stale`: where keys were set since waiting tokens were looked at last: tokens of loops and calls, 0 the instance.

    `subscribed`: the processes that compute keys from their variables, by their calls.
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.stale: set[int] = set()
        self.subscribed: dict[int, Process] = {}

    def follow(self, process: Process) -> None:
        """A process is there: its variables count."""
        if process.definition.correlation.bindings:
            self.subscribed[process.call] = process

    def forget(self, process: Process) -> None:
        self.subscribed.pop(process.call, None)

    def moved(self, process: Process) -> None:
        """The process has another definition: whoever waits in it may expect other keys."""
        self.forget(process)
        self.follow(process)
        process.bound = None
        self.stale.add(process.scope_id)
        self.instance.dirty = True

    # -- what a token knows
    def expected(self, token: Token, message: str) -> Expected:
        """What the token, which waits for the message, knows of its keys."""
        process = token.workflow.process
        keys = process.definition.correlation.by_message.get(message)
        if not keys:
            return {}
        known = _known(token, process)
        return {
            key.id: {p: (known.get(key.id, {}).get(p), path.text) for p, path in key.paths[message].items()}
            for key in keys
        }

    # -- messages come and go
    def send(self, token: Token, message: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """The correlation properties that the message carries: from its payload, else from what the sender sees.

        Raises Fault when a key has another value in the conversation.
        """
        process = token.workflow.process
        keys = process.definition.correlation.by_message.get(message)
        if not keys:
            return {}
        found = carried(keys, message, {}, {**token.data, **payload})
        known = _known(token, process)
        for id, values in found.items():
            for name, value in values.items():
                before = known.get(id, {}).get(name)
                if before not in (None, canonical(value)):
                    raise Fault("correlation", _mismatch(message, name, canonical(value), before))
        self._set(token, process, found)
        return {name: value for values in found.values() for name, value in values.items()}

    def receive(
        self, to: Token | Process, message: str, payload: Mapping[str, Any], given: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The message has come to the token, or starts the process; keys that had no value get one.

        -> the properties by which it came there.
        """
        token, process = (to, to.workflow.process) if isinstance(to, Token) else (None, to)
        keys = process.definition.correlation.by_message.get(message)
        if not keys:
            return dict(given)
        found = carried(keys, message, given, payload)
        self._set(token, process, found)
        return {**given, **{name: value for values in found.values() for name, value in values.items()}}

    def _set(self, token: Token | None, process: Process, found: Mapping[str, Mapping[str, Any]]) -> None:
        holders = list(_holders(token, process))
        there = {id for holder in holders for id in _keys_of(holder)}
        new = {id: canonical_keys(values) for id, values in found.items() if id not in there}
        if not new:
            return
        holder = holders[0]
        if isinstance(holder, Token):
            holder.remember(keys=_keys_of(holder) | new)
            self.stale.add(holder.id)
        else:
            process.keys |= new
            process.touch(0)
            self.stale.add(process.scope_id)
        self.instance.dirty = True

    def catcher(self, message: str, properties: Mapping[str, Any], payload: Mapping[str, Any]) -> Token | None:
        """The token of this instance that has waited longest for the message and agrees with its keys."""
        letter = Letter(message, keys=canonical_keys(properties), payload=payload, thrown=True)
        waiting = self.instance.event_manager.waiting_for("message", message)
        return next((t for t in waiting if fits(letter, Waiter(_HERE, t.id, keys=self.expected(t, message)))), None)

    # -- variables have changed
    def refresh(self) -> None:
        """Tell what waiting tokens expect now, where it is no longer what they have told."""
        for process in self.subscribed.values():
            before, process.bound = process.bound, None
            if _bound(process) != before:
                self.stale.add(process.scope_id)
        if self.stale:
            for token in self._waiting():
                self.instance.event_manager.tell_keys(token)
            self.stale = set()

    def _waiting(self) -> list[Token]:
        """Tokens that wait inside of what is stale, in the order in which they began."""
        waiting = self.instance.event_manager.tasks
        if 0 in self.stale:
            return [waiting[id] for id in sorted(waiting)]
        found, todo = set(), [t for id in self.stale if (t := self.instance.find(id)) is not None]
        while todo:
            token = todo.pop()
            found.add(token.id)
            todo.extend(token.children)
            sub = self.instance.subprocesses.get(token.id)
            if sub is not None:
                todo.extend(sub.task_tree.children)
        return [waiting[id] for id in sorted(found & waiting.keys())]


def _holders(token: Token | None, process: Process) -> Iterator[Token | Process]:
    """Whose conversations the token takes part in, innermost first: instances of loops, and at last the process."""
    while token is not None and token.workflow.process is process:
        around = token.enclosing
        if around is not None and getattr(around.task_spec, "inner", None) == token.task_spec.name:
            yield token
        token = around
    yield process


def _keys_of(holder: Token | Process) -> Keys:
    return holder.internal_data.get("keys", {}) if isinstance(holder, Token) else holder.keys


def _known(token: Token, process: Process) -> Keys:
    known: Keys = {}
    for holder in _holders(token, process):
        for id, properties in _keys_of(holder).items():
            known.setdefault(id, dict(properties))
    for id, properties in _bound(process).items():
        known.setdefault(id, {}).update(properties)
    return known


def _bound(process: Process) -> Keys:
    """What the subscriptions of the process give now."""
    if process.bound is None:
        process.bound = {}
        for id, bindings in process.definition.correlation.bindings.items():
            values = {name: read(path, process.variables) for name, path in bindings.items()}
            process.bound[id] = canonical_keys({name: value for name, value in values.items() if value is not None})
    return process.bound


def _mismatch(message: str, name: str, value: str | None, before: str | None) -> str:
    return (
        f"The message '{message}' carries {name} = {readable(value)}, but its conversation has {name} = "
        f"{readable(before)}. Correct the variables and retry, or let another conversation begin in a loop of its own."
    )
