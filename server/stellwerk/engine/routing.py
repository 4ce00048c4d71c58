"""Which waiting token a message is for. Pure: used by the use cases, by the conformance runner and by Play.

BPMN 2.0, 8.4.2 and 10.5.1: a message has one receiver. Who waits for it is found by the message's name, then by
correlation: the message's business key, and its correlation keys against the keys of the subscription or, where the
subscription names none, against the variables that the waiting token sees. A token that waits goes before a start
event, so that an answer does not start a second instance.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

LONGEST = 250


@dataclass(frozen=True)
class Letter:
    """A message on its way. `keys` are correlation keys as canonical text.

    `sender_key` is the business key of the instance that has thrown it: it decides only between several that fit.
    """

    name: str
    business_key: str | None = None
    keys: Mapping[str, str] = field(default_factory=dict)
    sender_key: str | None = None


@dataclass(frozen=True)
class Waiter:
    """A token that waits for the message. `keys` and `variables` are canonical texts."""

    instance_id: UUID
    token: int
    business_key: str | None = None
    keys: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)


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
    """The one receiver of `letter`. In one instance the token that waits for longest (the lowest number) gets it."""
    waiting = list(waiters)
    fitting = sorted((w for w in waiting if fits(letter, w)), key=lambda w: (w.instance_id, w.token))
    if letter.sender_key is not None:
        fitting = [w for w in fitting if w.business_key == letter.sender_key] or fitting
    instances = {w.instance_id for w in fitting}
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
    """Whether business key and all correlation keys, of both sides, agree."""
    if letter.business_key is not None and letter.business_key != waiter.business_key:
        return False
    if any(letter.keys.get(name) != value for name, value in waiter.keys.items()):
        return False
    return all(waiter.variables.get(name) == value for name, value in letter.keys.items() if name not in waiter.keys)


def _nobody(letter: Letter, waiting: Sequence[Waiter]) -> str:
    if not waiting:
        return f"Nobody waits for '{letter.name}', and no process starts with it. It is kept until somebody does."
    return f"Somebody waits for '{letter.name}', but correlation keys or business key differ."


# -- equality of values, as text that an index can hold
def canonical(value: Any) -> str | None:
    """`s:abc`, `n:12.5`, `b:true`, `0` for null; None for lists and mappings. 17, 17.0 and Decimal("17.00") are equal.

    A text that is longer than 250 characters is represented by its beginning and a hash.
    """
    if value is None:
        return "0"
    if isinstance(value, bool):
        return "b:true" if value else "b:false"
    if isinstance(value, int | float | Decimal):
        return "n:" + _short(_number(value))
    if isinstance(value, str):
        return "s:" + _short(value)
    return _moment(value)


def _moment(value: Any) -> str | None:
    if isinstance(value, datetime):
        return "d:" + value.astimezone(UTC).isoformat()
    if isinstance(value, date | time):
        return "d:" + value.isoformat()
    if isinstance(value, timedelta):
        return f"p:{value.total_seconds()}"
    return None


def canonical_keys(values: Mapping[str, Any]) -> dict[str, str]:
    """Correlation keys as canonical text. A list or mapping cannot be a key and equals nothing."""
    return {name: canonical(value) or "-" for name, value in values.items()}


def _number(value: float | Decimal) -> str:
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    if exact == 0:
        return "0"
    if abs(exact.adjusted()) >= LONGEST:  # written out it would be mostly zeros
        sign, digits, _ = exact.as_tuple()
        return "-" * sign + "".join(map(str, digits)).rstrip("0") + f"E{exact.adjusted()}"
    text = f"{exact:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _short(text: str) -> str:
    text = text.replace("\0", "\N{REPLACEMENT CHARACTER}")
    if len(text) <= LONGEST:
        return text
    return text[: LONGEST - 33] + "…" + hashlib.sha256(text.encode()).hexdigest()[:32]
