"""What becomes of a claimed job: done, failed, thrown as a BPMN error, or too late. Each ends in one commit.

Every function may find that the claim is lost (the lease ran out, the task was interrupted). Then nothing that the job
wanted is written, and what happened is noted as a late attempt, since the effect outside has happened.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from stellwerk.engine.commands import Command, Continue, FailJob, FinishJob, FireTimer, ThrowError
from stellwerk.errors import EngineFault, InstanceSuspended, NotFound, ProcessError, TokenNotWaiting, WrongState
from stellwerk.store import jobs as store
from stellwerk.store.jobs import Claimed, Lease
from stellwerk.store.outcome import LostClaim, Saved
from stellwerk.store.paging import PageRequest
from stellwerk.store.records import JobRecord
from stellwerk.usecases import messages, signals, starts, step
from stellwerk.usecases.runtime import Runtime

BY = "jobs"
LONGEST_WAIT_S = 3600.0


def claim(rt: Runtime, lease: Lease, limit: int) -> list[Claimed]:
    """Take up to `limit` due jobs for this worker."""
    with rt.database.transaction() as tx:
        return store.claim(tx, lease, rt.database.now(tx), limit)


# -- service tasks
def finish(rt: Runtime, job: Claimed, result: Any, lease: Lease | None = None) -> Saved | None:
    """The handler returned `result`. Raises InvalidInput when that is no value, and what `step.run` raises."""
    return _move(rt, job, FinishJob(_token(job), result), lease, "finished")


def throw(rt: Runtime, job: Claimed, code: str, message: str, variables: Mapping[str, Any]) -> Saved | None:
    """The handler ended the task with a BPMN error."""
    return _move(rt, job, ThrowError(_token(job), code, message, variables), None, f"BPMN error '{code}'. {message}")


def fail(rt: Runtime, job: Claimed, message: str, detail: str = "") -> Saved | None:
    """No try is left, or none would help: an incident at the task."""
    note_attempt(rt, job, "failed", message, detail)
    return _move(rt, job, FailJob(_token(job), message, detail), None, message)


def try_later(rt: Runtime, job: Claimed, wait_s: float, error: str, detail: str = "", *, failed: bool = True) -> None:
    """Let the job be tried again after `wait_s`. `failed`: it was the handler's fault and counts as a try."""
    with rt.database.transaction() as tx:
        now = rt.database.now(tx)
        held = store.try_later(tx, job, now + timedelta(seconds=wait_s), error, failed=failed)
        if held and failed:
            store.insert_attempt(tx, job, at=now, outcome="failed", message=error, detail=detail)
    if job.job.instance_id is not None:
        rt.notify(job.job.instance_id)


def note_attempt(rt: Runtime, job: Claimed, outcome: str, message: str, detail: str = "") -> None:
    """Remember a try that did not simply succeed: `failed` or `late`."""
    with rt.database.transaction() as tx:
        if job.job.instance_id is None or store.instance_exists(tx, job.job.instance_id):
            now = rt.database.now(tx)
            store.insert_attempt(tx, job, at=now, outcome=outcome, message=message, detail=detail)


def _move(rt: Runtime, job: Claimed, command: Command, lease: Lease | None, result: str) -> Saved | None:
    try:
        return step.run(rt, _instance(job), step.Move(command, BY, job, None, lease))
    except (LostClaim, TokenNotWaiting, NotFound):
        # The task was interrupted, or the lease ran out and somebody else has the job: the effect has happened.
        note_attempt(rt, job, "late", f"The result came when it was no longer wanted: {result}")
        drop(rt, job)
        return None


# -- what needs no handler
def run_own(rt: Runtime, job: Claimed, lease: Lease | None = None) -> Saved | None:
    """Timers, timer starts, messages, signals, continuations. Raises what `step.run` raises."""
    try:
        return _OWN[job.job.kind](rt, job, lease)
    except InstanceSuspended:
        set_aside(rt, job, _instance(job))
        return None
    except (LostClaim, TokenNotWaiting, WrongState, NotFound):
        drop(rt, job)  # what it was for is gone
        return None


def _fire_timer(rt: Runtime, job: Claimed, lease: Lease | None) -> Saved:
    command = FireTimer(_token(job), job.job.due_at)
    return step.run(rt, _instance(job), step.Move(command, "timer", job, None, lease))


def _go_on(rt: Runtime, job: Claimed, lease: Lease | None) -> Saved:
    completed = job.job.payload.get("completed", 0)
    return step.run(rt, _instance(job), step.Move(Continue(completed), BY, job, None, lease))


_Own = Callable[[Runtime, Claimed, Lease | None], Saved | None]
_OWN: Mapping[str, _Own] = {
    "timer": _fire_timer,
    "continue": _go_on,
    "message": messages.deliver,
    "signal": signals.deliver,
    "timer-start": starts.fire,
}


# -- when it cannot be done now
def postpone(rt: Runtime, job: Claimed, error: ProcessError) -> None:
    """The job could not be committed. After a fault of ours it stops until the incident is retried."""
    if isinstance(error, EngineFault) and error.instance_id is not None:
        with rt.database.transaction() as tx:
            store.stop(tx, job, error.message, instance_id=error.instance_id, token=error.token)
        return
    wait_s = min(2.0 ** min(job.job.attempt, 12), LONGEST_WAIT_S)
    try_later(rt, job, wait_s, error.message, failed=False)


def set_aside(rt: Runtime, job: Claimed, instance_id: UUID) -> None:
    """The job is for a suspended instance: it waits until that is resumed."""
    with rt.database.transaction() as tx:
        store.set_aside(tx, job, instance_id, rt.database.now(tx))


def drop(rt: Runtime, job: Claimed) -> None:
    with rt.database.transaction() as tx:
        store.finish(tx, job)


def give_back(rt: Runtime, held: list[Claimed]) -> None:
    """Jobs that were claimed and not begun: others take them at once."""
    if held:
        with rt.database.transaction() as tx:
            store.give_back(tx, held, rt.database.now(tx))


def give_back_all(rt: Runtime, owner: str) -> int:
    """Free what a worker that has died held; return how many jobs that were."""
    with rt.database.transaction() as tx:
        return store.give_back_all(tx, owner, rt.database.now(tx))


def renew(rt: Runtime, held: list[Claimed], seconds: float) -> set[UUID]:
    """Extend leases; return the ids of those that are still held."""
    with rt.database.transaction() as tx:
        return store.renew(tx, held, rt.database.now(tx) + timedelta(seconds=seconds))


def waiting_by_topic(rt: Runtime) -> dict[str, int]:
    """How many service jobs wait or run, by topic."""
    with rt.database.reading() as tx:
        return store.count_by_topic(tx)


def list_of_instance(rt: Runtime, instance_id: UUID) -> tuple[JobRecord, ...]:
    """Jobs of an instance, in the order in which they are due; at most one page."""
    with rt.database.reading() as tx:
        return store.list_jobs(tx, store.JobFilter(instance_id=instance_id), PageRequest(limit=500)).items


def _instance(job: Claimed) -> UUID:
    if job.job.instance_id is None:
        raise NotFound("instance", "of a job that has none")
    return job.job.instance_id


def _token(job: Claimed) -> int:
    if job.job.token is None:
        raise NotFound("token", "of a job that has none")
    return job.job.token
