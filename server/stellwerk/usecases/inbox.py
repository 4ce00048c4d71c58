"""Messages that nobody took: who is nearest to taking one; an operator gives it to somebody, or drops it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from stellwerk.engine.commands import DeliverMessage
from stellwerk.engine.routing import Waiter, differences
from stellwerk.errors import Conflict, WrongState
from stellwerk.store import instances
from stellwerk.store import messages as store
from stellwerk.store.db import Tx
from stellwerk.store.messages import StoredMessage
from stellwerk.store.records import InstanceRecord, MessageRecord
from stellwerk.store.sql import lock_names
from stellwerk.usecases import correlation, step
from stellwerk.usecases.access import Principal, require
from stellwerk.usecases.operate import checked_reason
from stellwerk.usecases.runtime import Runtime

NEAREST = 20  # candidates that are shown


@dataclass(frozen=True)
class Candidate:
    """A token that waits for a message of this name. `differences`: what it has otherwise, in words: `orderId = 17`."""

    instance: InstanceRecord
    token: int
    differences: tuple[str, ...]


def get(rt: Runtime, who: Principal, id: UUID) -> StoredMessage:
    """The message with what it carries. Raises NotFound."""
    require(who, "message.read")
    with rt.database.reading() as tx:
        return store.get_message(tx, id)


def candidates(rt: Runtime, who: Principal, id: UUID) -> tuple[Candidate, ...]:
    """Who waits for its name, the nearest first."""
    require(who, "message.read")
    with rt.database.reading() as tx:
        message = store.get_message(tx, id)
        found = [(w, differences(message.letter, w)) for w in store.find_waiters(tx, message)]
        nearest = sorted(found, key=lambda one: (len(one[1]), str(one[0].instance_id), one[0].token))[:NEAREST]
        return tuple(Candidate(instances.get_instance(tx, w.instance_id), w.token, d) for w, d in nearest)


def correlate(
    rt: Runtime, who: Principal, id: UUID, instance_id: UUID, token: int | None = None, reason: str = ""
) -> MessageRecord:
    """Give a waiting message to this instance, whatever its keys are; without `token` to who waits for longest in it.

    Raises NotFound, Conflict when the message waits no longer, WrongState when the instance does not wait for its
    name, InstanceSuspended.
    """
    require(who, "message.operate")
    checked_reason(reason)
    with rt.database.reading() as tx:
        message = _waiting(tx, id)
        instances.get_instance(tx, instance_id)
        waiters = [w for w in store.waiters_in(tx, [instance_id], message) if w.instance_id == instance_id]
    to = _chosen(message, waiters, token)
    told = message.record
    command = DeliverMessage(to.token, told.name, message.variables, told.correlation_keys, told.business_key)
    step.run(rt, instance_id, step.Move(command, who.name, also=_given(message, to, reason)))
    return get(rt, who, id).record


def _chosen(message: StoredMessage, waiters: list[Waiter], token: int | None) -> Waiter:
    found = sorted((w for w in waiters if token in (None, w.token)), key=lambda w: w.token)
    if not found:
        where = "The instance" if token is None else f"Token {token} of the instance"
        raise WrongState(f"{where} does not wait for '{message.record.name}'. Nothing was changed.")
    return found[0]


def _given(message: StoredMessage, to: Waiter, reason: str) -> Callable[[Tx, datetime], None]:
    def write(tx: Tx, now: datetime) -> None:
        _still(tx, message.record)
        store.set_message(tx, message.record.id, state="delivered", reason=reason, instance_id=to.instance_id)
        correlation.offer(tx, to.instance_id, [message.record.name], now)

    return write


def drop(rt: Runtime, who: Principal, id: UUID, reason: str = "") -> MessageRecord:
    """Nobody shall get the message any more. Raises NotFound, Conflict when it waits no longer."""
    require(who, "message.operate")
    checked_reason(reason)
    with rt.database.transaction() as tx:
        record = _waiting(tx, id).record
        _still(tx, record)
        why = f"Dropped by {who.name}" + (f": {reason}" if reason else ".")
        store.set_message(tx, id, state="expired", reason=why)
    return replace(record, state="expired", reason=why)


def _still(tx: Tx, record: MessageRecord) -> None:
    """Under the lock of the name, which everybody holds who assigns messages of it."""
    lock_names(tx, "message", [record.name])
    _waiting(tx, record.id)


def _waiting(tx: Tx, id: UUID) -> StoredMessage:
    message = store.get_message(tx, id)
    if message.record.state != "waiting":
        state = "on its way" if message.record.state == "delivering" else message.record.state
        raise Conflict(f"The message '{message.record.name}' is {state} already. Nothing was changed; look again.")
    return message
