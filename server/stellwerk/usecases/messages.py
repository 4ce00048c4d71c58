"""Publish messages, and bring them to who waits for them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from stellwerk.engine import values
from stellwerk.engine.commands import DeliverMessage, StartInstance
from stellwerk.engine.routing import Starter, Unrouted, Waiter
from stellwerk.errors import (
    FieldError,
    InstanceSuspended,
    InvalidInput,
    MessageConflict,
    NotFound,
    TokenNotWaiting,
    WrongState,
)
from stellwerk.store import definitions, jobs
from stellwerk.store import messages as store
from stellwerk.store.db import Tx
from stellwerk.store.ids import new_id
from stellwerk.store.jobs import Claimed, Lease
from stellwerk.store.messages import StoredMessage
from stellwerk.store.outcome import LostClaim, Saved
from stellwerk.store.records import MessageRecord
from stellwerk.store.sql import lock_names
from stellwerk.usecases import correlation, step
from stellwerk.usecases.access import Principal, require
from stellwerk.usecases.instances import checked_key
from stellwerk.usecases.runtime import Runtime

LONGEST_TTL_S = 10 * 365 * 86_400
TRIES = 5


@dataclass(frozen=True)
class MessageRequest:
    """`ttl_seconds`: how long it waits for somebody; None: until it is taken; 0: now or never."""

    name: str
    correlation_keys: Mapping[str, Any] = field(default_factory=dict)
    business_key: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    message_id: str | None = None
    ttl_seconds: float | None = None


def publish(rt: Runtime, who: Principal, request: MessageRequest) -> MessageRecord:
    """Keep the message and let a job deliver it, at once or when somebody waits for it.

    A repeat with the same message id is answered as the first one was. Raises MessageConflict when the id was used
    with another content, InvalidInput.
    """
    require(who, "message.publish")
    row = _row(request)
    with rt.database.transaction() as tx:
        now = rt.database.now(tx)
        if request.message_id:
            lock_names(tx, "message id", [request.message_id])
            first = store.find_by_message_id(tx, request.message_id)
            if first is not None:
                return _repeated(first, row["body_hash"])
        lock_names(tx, "message", [request.name])
        id = new_id()
        expires = None if request.ttl_seconds is None else now + timedelta(seconds=request.ttl_seconds)
        times = {"created_at": now, "created_by": who.name, "expires_at": expires}
        store.insert_messages(tx, [row | times | {"id": id, "state": "waiting"}])
        record = _send(tx, id, now)
    rt.wake()
    return record


def _send(tx: Tx, id: UUID, now: datetime) -> MessageRecord:
    receiver = correlation.assign(tx, store.get_message(tx, id), now)
    if isinstance(receiver, Unrouted):
        store.expire(tx, now)  # a message that may not wait
    record = store.get_message(tx, id).record
    instance = str(record.instance_id) if record.instance_id else None
    store.set_answer(tx, id, {"state": record.state, "reason": record.reason, "instance_id": instance})
    return record


def _repeated(first: StoredMessage, body_hash: str) -> MessageRecord:
    if first.body_hash != body_hash:
        raise MessageConflict(
            f"The message id '{first.record.message_id}' was used for another message. "
            "Nothing was published. Give each message an id of its own."
        )
    told = first.answer
    instance = UUID(told["instance_id"]) if told["instance_id"] else None
    return replace(first.record, state=told["state"], reason=told["reason"], instance_id=instance)


def _row(request: MessageRequest) -> dict[str, Any]:
    name = checked_key(request.name, "name")
    if name is None:
        raise InvalidInput([FieldError("name", "required", "Name the message as the diagram does.")])
    if request.ttl_seconds is not None and not 0 <= request.ttl_seconds <= LONGEST_TTL_S:
        raise InvalidInput([FieldError("ttlSeconds", "range", f"ttlSeconds must be from 0 to {LONGEST_TTL_S}.")])
    row = {
        "name": name,
        "business_key": checked_key(request.business_key, "businessKey"),
        "correlation_keys": values.check(request.correlation_keys, "correlationKeys"),
        "variables": values.check(request.variables),
    }
    body = values.encode(
        [row["name"], row["business_key"], _sorted(row["correlation_keys"]), _sorted(row["variables"])]
    )
    row["body_hash"] = hashlib.sha256(body + repr(request.ttl_seconds).encode()).hexdigest()
    return row | {"message_id": checked_key(request.message_id, "messageId")}


def _sorted(value: Any) -> Any:
    """The same value with the names of objects in order, so that their order does not make another message."""
    if isinstance(value, Mapping):
        return {name: _sorted(value[name]) for name in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


# -- delivery, by a job
def deliver(rt: Runtime, job: Claimed, lease: Lease | None = None) -> Saved | None:
    """Bring the job's message to its receiver; the job ends in the same commit. None: nobody gets it now."""
    if job.message_id is None:
        raise WrongState("The job names no message.")
    for _ in range(TRIES):
        with rt.database.reading() as tx:
            message = _undelivered(tx, job.message_id)
            receiver = correlation.find_receiver(tx, message) if message else None
        if message is None or receiver is None:
            _done(rt, job)
            return None
        try:
            if isinstance(receiver, Waiter):
                return _to_waiter(rt, job, message, receiver, lease)
            if isinstance(receiver, Starter):
                return _to_start(rt, job, message, receiver, lease)
        except InstanceSuspended:
            _set_aside(rt, job, receiver)
            return None
        except (TokenNotWaiting, WrongState, NotFound):
            continue  # it stopped to wait between the look and the commit: look again
        break
    _keep(rt, job)
    return None


def _to_waiter(rt: Runtime, job: Claimed, message: StoredMessage, to: Waiter, lease: Lease | None) -> Saved:
    told = message.record
    command = DeliverMessage(to.token, told.name, message.variables, told.correlation_keys, told.business_key)
    return step.run(rt, to.instance_id, step.Move(command, _BY, job, _delivered(message, to.instance_id), lease))


def _to_start(rt: Runtime, job: Claimed, message: StoredMessage, to: Starter, lease: Lease | None) -> Saved:
    with rt.database.reading() as tx:
        record, now = definitions.get_definition(tx, to.definition_id), rt.database.now(tx)
    id = new_id()
    m = message.record
    command = StartInstance(message.variables, to.element_id, m.business_key, m.correlation_keys)
    return step.start(rt, record, step.Move(command, _BY, job, _delivered(message, id), lease), now, id=id)[1]


_BY = "message"


def _delivered(message: StoredMessage, instance_id: UUID) -> step.Also:
    def write(tx: Tx, now: datetime) -> None:
        store.set_message(tx, message.record.id, state="delivered", instance_id=instance_id)
        # A boundary event that does not interrupt waits on: the next message is for it.
        lock_names(tx, "message", [message.record.name])
        correlation.offer(tx, instance_id, [message.record.name], now)

    return write


def _undelivered(tx: Tx, id: UUID) -> StoredMessage | None:
    """The message, unless it was taken, has expired, or was deleted together with an instance."""
    try:
        message = store.get_message(tx, id)
    except NotFound:
        return None
    return message if message.record.state in ("waiting", "delivering") else None


def _keep(rt: Runtime, job: Claimed) -> None:
    """Under the lock of the name: nobody can begin to wait between the last look and the note that nobody does."""
    with rt.database.transaction() as tx:
        now = rt.database.now(tx)
        message = _undelivered(tx, job.message_id) if job.message_id else None
        if message is not None:
            lock_names(tx, "message", [message.record.name])
            correlation.assign(tx, message, now)
        if not jobs.finish(tx, job):
            raise LostClaim
    rt.wake()


def _set_aside(rt: Runtime, job: Claimed, receiver: Waiter | Starter | Unrouted) -> None:
    """It waits until its receiver is resumed."""
    if isinstance(receiver, Waiter):
        with rt.database.transaction() as tx:
            jobs.set_aside(tx, job, receiver.instance_id, rt.database.now(tx))


def _done(rt: Runtime, job: Claimed) -> None:
    with rt.database.transaction() as tx:
        jobs.finish(tx, job)


def expire(rt: Runtime) -> int:
    """Let messages go whose time is over; return how many."""
    with rt.database.transaction() as tx:
        return store.expire(tx, rt.database.now(tx))
