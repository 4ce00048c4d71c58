"""Start events that wait: for messages in their own table, for times as jobs."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from stellwerk.engine import Definition
from stellwerk.engine.commands import StartInstance
from stellwerk.engine.times.timers import StartTimer, next_start
from stellwerk.store import definitions, jobs
from stellwerk.store.db import Tx
from stellwerk.store.definitions import StartSubscription
from stellwerk.store.jobs import Claimed, Lease
from stellwerk.store.outcome import Saved
from stellwerk.store.projection import cut
from stellwerk.store.records import DefinitionRecord
from stellwerk.usecases import correlation, library, step
from stellwerk.usecases.runtime import Runtime


def wait_for(tx: Tx, record: DefinitionRecord, definition: Definition, now: datetime, zone: ZoneInfo) -> None:
    """From now on the start events of this version wait, and those of no other version."""
    named = [s for s in definition.starts if s.kind in ("message", "signal") and s.name]
    waiting = [StartSubscription(record.id, record.key, s.trigger, s.kind, cut(s.name)) for s in named]
    correlation.open_starts(tx, record.key, waiting, now)
    timers = [s.trigger for s in definition.starts if s.kind == "timer"]
    rows = [_job(record, element, next_start(definition, element, None, now, zone)) for element in timers]
    jobs.insert_jobs(tx, [row for row in rows if row is not None])


def fire(rt: Runtime, job: Claimed, lease: Lease | None = None) -> Saved | None:
    """One instance for this tick; the job for the next tick is made in the same commit that removes this one."""
    if job.job.definition_id is None or job.job.element_id is None:
        raise ValueError("a timer start names its definition and start event")
    with rt.database.reading() as tx:
        record, now = definitions.get_definition(tx, job.job.definition_id), rt.database.now(tx)
    definition = library.definition_of(rt, record.source_hash, record.key)
    element, tick = job.job.element_id, StartTimer.from_json(job.job.payload)

    def arm_next(tx: Tx, now: datetime) -> None:
        row = _job(record, element, next_start(definition, element, tick, now, rt.settings.time_zone))
        if row is not None:
            jobs.insert_jobs(tx, [row])

    move = step.Move(StartInstance(start_event=element), "timer", job, arm_next, lease)
    return step.start(rt, record, move, now)[1]


def _job(record: DefinitionRecord, element_id: str, tick: StartTimer | None) -> dict[str, object] | None:
    if tick is None:
        return None
    return jobs.new_row("timer-start", tick.due, definition_id=record.id, element_id=element_id, payload=tick.to_json())
