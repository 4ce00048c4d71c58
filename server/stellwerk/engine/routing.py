"""Which waiting token a message is for. Pure: used by the use cases, by the conformance runner and by Play.

BPMN 2.0, 8.4.2 and 10.5.1: a message has one receiver. Who waits for it is found by the message's name, then by
correlation: the message's business key; the correlation keys of the conversation, of which the message must carry at
least one wholly and none with another value; and the correlation keys that a publisher gives, against the variables
that the waiting token sees. A token that waits goes before a start event, so that an answer does not start a second
instance.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from stellwerk.engine.canonical import canonical, readable
from stellwerk.engine.correlation import Expected, parse_path, read
from stellwerk.errors import ExpressionInvalid

MOST_NAMED = 3  # of those who wait, in the reason why nobody gets a message


@dataclass(frozen=True)
class Letter:
    """A message on its way. `keys` are correlation keys as canonical text, `payload` is what it carries.

    `thrown`: by an instance; then its keys matter only to who knows them, while a publisher's keys must be met.
    `sender_key` is the business key of the instance that has thrown it: it decides only between several that fit.
    """

    name: str
    business_key: str | None = None
    keys: Mapping[str, str] = field(default_factory=dict)
    sender_key: str | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)
    thrown: bool = False

    def value(self, name: str, path: str) -> str | None:
        """The value of a correlation property, as canonical text; None if the message does not carry it."""
        if name in self.keys:
            return self.keys[name]
        try:
            found = read(parse_path(path), self.payload)
        except ExpressionInvalid:
            return None
        return None if found is None else canonical(found)


@dataclass(frozen=True)
class Waiter:
    """A token that waits for the message. `keys` are those of its conversation, `variables` canonical texts.

    `root_id`: of the instance in whose tree of calls this one is; None: it is the root itself.
    """

    instance_id: UUID
    token: int
    business_key: str | None = None
    keys: Expected = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    root_id: UUID | None = None

    @property
    def tree(self) -> UUID:
        return self.root_id or self.instance_id


@dataclass(frozen=True)
class Starter:
    """A start event that waits for the message; `element_id` is the trigger that StartInstance names."""

    definition_id: UUID
    definition_key: str
    element_id: str


@dataclass(frozen=True)
class Unrouted:
    """Nobody can get the message now; `reason` says why, and what would help."""

    reason: str


def route(letter: Letter, waiters: Iterable[Waiter], starters: Sequence[Starter]) -> Waiter | Starter | Unrouted:
    """The one receiver of `letter`.

    In one instance with all that it called, the token that waits for longest (the lowest number) gets it.
    """
    waiting = list(waiters)
    fitting = sorted((w for w in waiting if fits(letter, w)), key=lambda w: (w.tree, w.token))
    if letter.sender_key is not None:
        fitting = [w for w in fitting if w.business_key == letter.sender_key] or fitting
    instances = {w.tree for w in fitting}
    if len(instances) == 1:
        return fitting[0]
    if instances:
        return Unrouted(
            f"{len(instances)} instances wait for '{letter.name}' and fit. "
            "Send correlation keys or a business key that only one of them has."
        )
    if len(starters) == 1:
        return starters[0]
    if starters:
        names = ", ".join(sorted(s.definition_key for s in starters))
        return Unrouted(f"'{letter.name}' starts more than one process: {names}. Give their messages different names.")
    return Unrouted(_nobody(letter, waiting))


def fits(letter: Letter, waiter: Waiter) -> bool:
    """Whether the business key and the correlation keys of both sides agree."""
    return not any(True for _ in _differences(letter, waiter))


def differences(letter: Letter, waiter: Waiter) -> tuple[str, ...]:
    """What the waiting token has otherwise than the message, in words; empty: it fits."""
    return tuple(_differences(letter, waiter))


def _differences(letter: Letter, waiter: Waiter) -> Iterator[str]:
    """In which keys the waiting token differs from the message, in words: `orderId = 17`."""
    if letter.business_key is not None and letter.business_key != waiter.business_key:
        yield f"business key = {readable(canonical(waiter.business_key))}"
    fixed = {key: properties for key, properties in waiter.keys.items() if _is_set(properties)}
    told = {key: p for key, p in fixed.items() if all(letter.value(n, path) for n, (_, path) in p.items())}
    for properties in (told if told else fixed).values():
        for name, (value, path) in properties.items():
            if letter.value(name, path) != value:
                yield f"{name} = {readable(value)}"
    yield from () if letter.thrown else _other_variables(letter, waiter, {name for p in fixed.values() for name in p})


def _is_set(properties: Mapping[str, tuple[str | None, str]]) -> bool:
    return all(value is not None for value, _ in properties.values())


def _other_variables(letter: Letter, waiter: Waiter, compared: Collection[str]) -> Iterator[str]:
    """A publisher's keys are compared with variables, where the conversation has not set the property."""
    unset = {name for properties in waiter.keys.values() for name in properties}
    for name, value in letter.keys.items():
        if name not in compared:
            seen = waiter.variables.get(name, value if name in unset else None)
            if seen != value:
                yield f"{name} = {readable(seen)}"


def _nobody(letter: Letter, waiting: Sequence[Waiter]) -> str:
    if not waiting:
        return f"Nobody waits for '{letter.name}', and no process starts with it. It is kept until somebody does."
    nearest = sorted((sorted(_differences(letter, w)) for w in waiting), key=len)
    told = list(dict.fromkeys(", ".join(differing) for differing in nearest))[:MOST_NAMED]
    return (
        f"Somebody waits for '{letter.name}', but correlation keys or business key differ: "
        f"who waits has {'; or '.join(told)}."
    )
