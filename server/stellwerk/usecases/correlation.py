"""Messages and those who wait for them find each other, whoever comes first.

Publishing a message and opening a subscription hold the same lock on the message's name until they commit, so that
each sees the other or is seen. Delivery itself is a job: no transaction moves two instances.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from stellwerk.engine.routing import Starter, Unrouted, Waiter, fits, route
from stellwerk.store import definitions, jobs, messages
from stellwerk.store.db import Tx
from stellwerk.store.definitions import StartSubscription
from stellwerk.store.messages import StoredMessage
from stellwerk.store.sql import lock_names


def find_receiver(tx: Tx, message: StoredMessage) -> Waiter | Starter | Unrouted:
    """Who gets the message now.

    One that is on its way to an instance stays with it as long as that one waits. One that an instance has thrown goes
    first to those that it has talked with before, so that an answer finds who asked.
    """
    letter = message.letter
    for closer in _closer(tx, message):
        waiters = messages.waiters_in(tx, closer, message)
        if any(fits(letter, w) for w in waiters):
            return route(letter, waiters, ())
    starts = definitions.list_starts(tx, "message", letter.name)
    starters = [Starter(s.definition_id, s.definition_key, s.element_id) for s in starts]
    return route(letter, messages.find_waiters(tx, message), starters)


def _closer(tx: Tx, message: StoredMessage) -> Iterator[list[UUID]]:
    if message.record.instance_id is not None:
        yield [message.record.instance_id]
    if message.source_instance_id is not None:
        yield messages.partners(tx, message.source_instance_id)


def assign(tx: Tx, message: StoredMessage, now: datetime) -> Waiter | Starter | Unrouted:
    """Under the lock of the name: let a job deliver the message, or note why nobody gets it."""
    receiver = find_receiver(tx, message)
    id = message.record.id
    if isinstance(receiver, Unrouted):
        messages.set_message(tx, id, state="waiting", reason=receiver.reason)
        return receiver
    instance_id, token = (receiver.instance_id, receiver.token) if isinstance(receiver, Waiter) else (None, None)
    messages.set_message(tx, id, state="delivering", instance_id=instance_id, token=token)
    jobs.insert_jobs(tx, [jobs.new_row("message", now, instance_id=instance_id, message_id=id)])
    return receiver


def open_starts(tx: Tx, key: str, starts: Sequence[StartSubscription], now: datetime) -> None:
    """Let these start events of the process wait, and give them the messages that came before."""
    names = {s.name for s in starts if s.kind == "message"}
    lock_names(tx, "message", names)
    definitions.replace_starts(tx, key, starts)
    for name in sorted(names):
        for message in messages.waiting(tx, name, now):
            assign(tx, message, now)


def offer(tx: Tx, instance_id: UUID, names: Iterable[str], now: datetime) -> None:
    """Give an instance that waits the messages that came before: at most one for each waiting token."""
    for name in sorted(names):
        for message in messages.waiting(tx, name, now):
            waiters = messages.waiters_in(tx, [instance_id], message)
            if not waiters:
                break
            if any(fits(message.letter, w) for w in waiters):
                assign(tx, message, now)
