"""The one place that moves instances: read, execute with no transaction open, commit guarded by the version.

Whoever loses the race against another commit reads again and repeats, a few times, then gives up with Conflict.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from stellwerk.engine import Budget, Definition, Outcome, Snapshot
from stellwerk.engine.commands import Command, MigrateInstance, StartInstance
from stellwerk.errors import ChangedMeanwhile, Conflict, EngineFault, ProcessError, SandboxUnavailable
from stellwerk.store import incidents, instances, outcome
from stellwerk.store.db import Tx
from stellwerk.store.ids import new_id, tree_of
from stellwerk.store.instances import Head
from stellwerk.store.jobs import Claimed, Lease
from stellwerk.store.outcome import Change, LostRace, Saved, StoreTaken
from stellwerk.store.projection import Masks
from stellwerk.store.records import DefinitionRecord
from stellwerk.usecases import calls, correlation
from stellwerk.usecases.cache import STORES
from stellwerk.usecases.host import ServerHost
from stellwerk.usecases.library import Library, definition_of
from stellwerk.usecases.runtime import Runtime

TRIES = 10
Also = Callable[[Tx, datetime], None]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Move:
    """One command on one tree of instances: its tokens are numbered together.

    `job` is removed in the same commit (LostClaim if it is no longer held). `also` writes further rows in it and may
    raise to refuse. `lease`: a job that the commit asks for may belong to this worker at once.
    """

    command: Command
    by: str
    job: Claimed | None = None
    also: Also | None = None
    lease: Lease | None = None


@dataclass(frozen=True)
class _Read:
    """`recalled`: it is what this process left, so that another one may have written since."""

    head: Head
    definition: Definition
    snapshot: Snapshot
    now: datetime
    recalled: bool = False


class _Stale(LostRace):
    """The command does not fit to what was recalled; perhaps it does to what is there now."""


def start(
    rt: Runtime, record: DefinitionRecord, move: Move, now: datetime, *, id: UUID | None = None
) -> tuple[UUID, Saved]:
    """Begin an instance of this version. Raises what `execute` raises, StorageUnavailable, EngineFault, LostClaim."""
    if not isinstance(move.command, StartInstance):
        raise TypeError(f"an instance does not begin with {type(move.command).__name__}")
    id = id or new_id()
    definition = definition_of(rt, record.source_hash, record.key)
    head = Head(
        id=id,
        definition_id=record.id,
        definition_key=record.key,
        source_hash=record.source_hash,
        state="active",
        business_key=move.command.business_key,
        lock_version=0,
        history_count=0,
        started_by=move.by,
    )
    lost: LostRace | None = None
    for _ in range(TRIES):
        try:
            with _turn(rt, lost):
                return id, _attempt(rt, _Read(head, definition, Snapshot(), now), move)
        except LostRace as error:
            lost = error
            log.info("a data store that the new instance %s had read was written first; beginning again", id)
    raise Conflict(f"A data store is being written all the time: {TRIES} tries were in vain. Repeat a little later.")


def run(rt: Runtime, instance_id: UUID, move: Move) -> Saved:
    """Move the tree of this instance, whether it is the root or was called.

    Raises what `start` raises, NotFound, and Conflict.
    """
    lost: LostRace | None = None
    for _ in range(TRIES):
        with rt.locks.hold(tree_of(instance_id)), _turn(rt, lost):
            read = _recall(rt, instance_id) if lost is None else None
            try:
                return _attempt(rt, read or _read(rt, instance_id), move)
            except LostRace as error:
                lost = error
                log.info("instance %s was changed by somebody else, or may be; reading it again", instance_id)
    raise Conflict(
        f"Instance {instance_id} is being changed by others all the time: {TRIES} tries were in vain. "
        "Nothing was changed. Repeat a little later."
    )


def _turn(rt: Runtime, lost: LostRace | None) -> AbstractContextManager[None]:
    """Who has lost a data store to others is next: see `Locks`."""
    return rt.locks.hold(STORES) if isinstance(lost, StoreTaken) else nullcontext()


def snapshot_of(rt: Runtime, instance_id: UUID) -> tuple[Head, Definition, Snapshot]:
    """The committed state of its tree for reading only: no live instance is used, so nobody is in the way."""
    with rt.database.reading() as tx:
        head = instances.get_head(tx, instance_id)
        parts = instances.read_parts(tx, head.id)
    return head, definition_of(rt, head.source_hash, head.definition_key), Snapshot(parts)


def _recall(rt: Runtime, instance_id: UUID) -> _Read | None:
    """The root as this process left it, without asking the database: the commit is guarded by its version."""
    now = rt.database.now_here()
    found = rt.live.recall(instance_id) if now is not None else None
    if now is None or found is None:
        return None
    head, snapshot = found
    return _Read(head, definition_of(rt, head.source_hash, head.definition_key), snapshot, now, recalled=True)


def _read(rt: Runtime, instance_id: UUID) -> _Read:
    with rt.database.reading() as tx:
        head = instances.get_head(tx, instance_id)
        snapshot = rt.live.take(head.id, head.lock_version)
        # Parts that are newer than the head are no harm: the commit is guarded by the head's version.
        snapshot = snapshot or Snapshot(instances.read_parts(tx, head.id))
        now = rt.database.now(tx)
    return _Read(head, definition_of(rt, head.source_hash, head.definition_key), snapshot, now)


def _attempt(rt: Runtime, read: _Read, move: Move) -> Saved:
    try:
        result = _execute(rt, read, move.command)
        saved = _commit(rt, _read_after(read, move.command), move, result)
    except (ProcessError, LostRace, outcome.LostClaim):
        raise
    except Exception as error:  # a mistake of ours must be seen by an operator, whatever it is
        raise _fault(rt, read, move.command, error) from error
    if saved.state == "active" and not isinstance(move.command, MigrateInstance):
        root = replace(saved.head, call=0, asked_definition_id=saved.head.definition_id)
        rt.live.put(root, result.snapshot)
    rt.notify(read.head.id)
    if saved.has_due:
        rt.wake()
    return saved


def _read_after(read: _Read, command: Command) -> _Read:
    """What is written after a migration belongs to the new version; for a called process `calls.places` sees to it."""
    if not isinstance(command, MigrateInstance) or command.call:
        return read
    head = replace(read.head, definition_id=UUID(command.reference))
    return replace(read, head=head, definition=command.definition)


def _execute(rt: Runtime, read: _Read, command: Command) -> Outcome:
    try:
        return _run(rt, read, command)
    except SandboxUnavailable:
        raise
    except ProcessError as error:
        if read.recalled:
            raise _Stale from error
        raise


def _run(rt: Runtime, read: _Read, command: Command) -> Outcome:
    if isinstance(command, MigrateInstance) and command.before != str(read.head.asked_definition_id):
        raise ChangedMeanwhile(
            f"Instance {read.head.id} runs another version than the one to migrate from. Nothing was changed. "
            "Look at it again."
        )
    budget = Budget(rt.settings.step_budget, rt.settings.step_seconds, rt.settings.runaway_limit)
    host = ServerHost(rt, str(_read_after(read, command).head.definition_id))
    return rt.engine.execute(read.definition, read.snapshot, command, read.now, host, budget)


def _commit(rt: Runtime, read: _Read, move: Move, result: Outcome) -> Saved:
    level = rt.settings.history
    called = calls.places(Library(rt), read.head, result)
    masks = Masks.of(rt.settings.history_masked)
    change = Change(read.head, read.definition, result, read.now, move.by, move.job, move.lease, level, called, masks)
    batch = outcome.prepare(change)
    with rt.database.transaction() as tx:
        saved = outcome.save(tx, change, batch)
        if move.also is not None:
            move.also(tx, read.now)
        if saved.opened:
            correlation.offer(tx, read.head.id, saved.opened, read.now)
    return saved


def _fault(rt: Runtime, read: _Read, command: Command, error: Exception) -> EngineFault:
    """Record what happened in a transaction of its own; the one that failed was rolled back."""
    name, token = type(command).__name__, getattr(command, "token", 0)
    log.error("%s on instance %s failed", name, read.head.id, exc_info=error)
    # What the error says may hold statements, values and paths: that is for the log and the operator alone.
    message = f"{name} failed by a mistake in Stellwerk ({type(error).__name__})."
    told = f"{message} Nothing was changed. Tell the operator: the server's log has the details."
    if not read.head.lock_version:
        return EngineFault(told)
    detail = "".join(traceback.format_exception(error))
    with rt.database.transaction() as tx:
        id = incidents.record_fault(tx, read.head, token, message, detail, read.now)
    rt.notify(read.head.id)
    return EngineFault(told, instance_id=id, token=token)
