"""Broadcast signals, and bring them to who waits for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stellwerk.engine import values
from stellwerk.engine.commands import BroadcastSignal, StartInstance
from stellwerk.errors import FieldError, InvalidInput
from stellwerk.store import definitions
from stellwerk.store import signals as store
from stellwerk.store.jobs import Claimed, Lease
from stellwerk.store.outcome import Saved
from stellwerk.store.signals import Reached
from stellwerk.usecases import step
from stellwerk.usecases.access import Principal, require
from stellwerk.usecases.instances import checked_key
from stellwerk.usecases.runtime import Runtime


@dataclass(frozen=True)
class SignalRequest:
    name: str
    variables: Mapping[str, Any] = field(default_factory=dict)


def broadcast(rt: Runtime, who: Principal, request: SignalRequest) -> Reached:
    """Let everybody who waits for the signal now have it, by jobs. A signal is not kept. Raises InvalidInput."""
    require(who, "signal.broadcast")
    name = checked_key(request.name, "name")
    if name is None:
        raise InvalidInput([FieldError("name", "required", "Name the signal as the diagram does.")])
    variables = values.check(request.variables)
    with rt.database.transaction() as tx:
        reached = store.fan_out(tx, name, variables, rt.database.now(tx))
    rt.wake()
    return reached


def deliver(rt: Runtime, job: Claimed, lease: Lease | None = None) -> Saved:
    """Bring the job's signal to its instance, or start the process that waits for it; the job ends in the same commit.

    Raises TokenNotWaiting when nobody in the instance waits for it any more, and what `step` raises.
    """
    carried = job.job.payload
    if job.job.instance_id is not None:
        command = BroadcastSignal(carried["name"], tuple(carried["tokens"]), carried["variables"])
        return step.run(rt, job.job.instance_id, step.Move(command, "signal", job, None, lease))
    if job.job.definition_id is None:
        raise ValueError("a signal's job names an instance or a definition")
    with rt.database.reading() as tx:
        record, now = definitions.get_definition(tx, job.job.definition_id), rt.database.now(tx)
    start = StartInstance(carried["variables"], start_event=job.job.element_id)
    return step.start(rt, record, step.Move(start, "signal", job, None, lease), now)[1]
