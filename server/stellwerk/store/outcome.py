"""An Outcome becomes rows (`writers.py`), in one commit guarded by the instance's version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Executable, bindparam

from stellwerk.engine import Definition, Outcome, events
from stellwerk.store import evaluations, instances, jobs, signals, stores
from stellwerk.store.batch import Batch, Place, Row
from stellwerk.store.db import Tx
from stellwerk.store.instances import Head
from stellwerk.store.projection import Masks, cut, for_history
from stellwerk.store.sql import delete_where, insert_into, update_where, upsert, where, written
from stellwerk.store.tables import InstanceRow, PartRow
from stellwerk.store.writers import WRITERS


class LostRace(Exception):
    """Somebody else changed the instance or a data store since it was read: roll back, repeat from a fresh read."""


class StoreTaken(LostRace):
    """It was a data store."""


class LostClaim(Exception):
    """The job was claimed by somebody else, or withdrawn: roll back, its result is not wanted."""


NO_MASKS = Masks("")


@dataclass(frozen=True)
class Change:
    """`head` of the root as it was read (of a new one: with version 0). `job`: removed in the same commit.

    `called`: by the number of its call each called process in which something happened.
    `lease`: the first job that the commit asks for belongs at once to the worker that commits.
    """

    head: Head
    definition: Definition
    outcome: Outcome
    now: datetime
    by: str
    job: jobs.Claimed | None = None
    lease: jobs.Lease | None = None
    history: str = "full"  # a key of HISTORY_LEVELS
    called: Mapping[int, Place] = field(default_factory=dict)
    masks: Masks = NO_MASKS

    @property
    def places(self) -> dict[int, Place]:
        head = self.head
        root = Place(head.id, head.definition_id, head.definition_key, head.business_key, self.definition)
        return {0: root, **self.called}

    @property
    def told(self) -> Iterator[tuple[events.Event, int]]:
        """What happened, each with the number of the call in whose process it did."""
        return zip(self.outcome.events, self.outcome.calls, strict=True)


@dataclass(frozen=True)
class Saved:
    """`head`: of the root, as it is now. `begun`: the root's row, of one that began.

    `opened`: names of messages that somebody began to wait for. `has_due`: there are jobs that somebody can take.
    `goes_on`: the commit asked for a job that needs no person and no time.
    `follow_up`: the job that was leased at once.
    """

    head: Head
    at: datetime
    opened: frozenset[str]
    has_due: bool
    goes_on: bool
    follow_up: jobs.Claimed | None = None
    begun: Mapping[str, Any] | None = None

    @property
    def state(self) -> str:
        return self.head.state


def prepare(change: Change) -> Batch:
    """The rows of the change, made while nobody waits for the database."""
    head, places = change.head, change.places
    batch = Batch(head.id, places, change.now, change.by, head.started_by, fresh=head.lock_version == 0)
    for event, call in change.told:
        WRITERS[type(event)](batch, event, places[call])
    _number_history(batch, change)
    if events.DecisionEvaluated not in HISTORY_LEVELS[change.history]:
        batch.evaluation_rows = [evaluations.kept(one, change.masks) for one in batch.evaluations]
    return batch


def save(tx: Tx, change: Change, batch: Batch) -> Saved:
    """Write everything that the command changed. Raises LostRace or LostClaim, and then must be rolled back."""
    head, outcome = change.head, change.outcome
    changed = {"state": _moving(head, batch)} | batch.states.get(head.id, {})
    begun = _save_head(tx, change, batch, changed)
    if change.job is not None and not jobs.finish(tx, change.job):
        raise LostClaim
    _save_parts(tx, head.id, outcome)
    released = _hold_or_release(tx, change, batch, changed["state"])
    follow_up = _lease_first(batch, change)
    batch.write(tx)
    if batch.stores and not stores.write(tx, batch.stores, change.now, change.by):
        raise StoreTaken
    reached = [signals.fan_out(tx, name, carried, change.now, head.id) for name, carried in batch.signals]
    waiting = (*batch.subscriptions, *batch.changed_subscriptions)
    opened = frozenset(name for _, kind, name in waiting if kind == "message")
    made = batch.jobs.values()
    due = any(row["next_at"] <= change.now for row in made)
    return Saved(
        head=_moved(head, batch, changed["state"]),
        at=change.now,
        opened=opened,
        has_due=due or released or any(reached),
        goes_on=any(row["kind"] in jobs.SELF_MOVING and row["next_at"] < jobs.HELD for row in made),
        follow_up=follow_up,
        begun=begun,
    )


def _moved(head: Head, batch: Batch, state: str) -> Head:
    return replace(
        head,
        definition_id=batch.migrated.get(head.id, head.definition_id),
        state=state,
        lock_version=head.lock_version + 1,
        history_count=head.history_count + len(batch.history),
    )


def _moving(head: Head, batch: Batch) -> str:
    """The state of an instance that has not ended."""
    if batch.rests is None:
        return head.state
    return "suspended" if batch.rests else "active"


def _hold_or_release(tx: Tx, change: Change, batch: Batch, state: str) -> bool:
    """Jobs rest as long as their instance is suspended. Whether some run again."""
    if state == "suspended":
        for row in batch.jobs.values():
            if row["kind"] in jobs.RESTING:
                row["next_at"] = jobs.HELD
        if change.head.state != state:
            instances.rest(tx, change.head.id, suspended=True)
            jobs.hold(tx, change.head.id)
    elif change.head.state == "suspended":
        instances.rest(tx, change.head.id, suspended=False)
        return jobs.release(tx, change.head.id, change.now)
    return False


def _save_head(tx: Tx, change: Change, batch: Batch, changed: dict[str, Any]) -> Mapping[str, Any] | None:
    """Return the row of an instance that begins."""
    head = change.head
    numbers = {"lock_version": head.lock_version + 1, "history_count": head.history_count + len(batch.history)}
    version = {"definition_id": batch.migrated[head.id]} if head.id in batch.migrated else {}
    if batch.fresh:
        row: Row = {
            "id": head.id,
            "definition_id": head.definition_id,
            "definition_key": head.definition_key,
            "root_id": head.id,
            "parent_id": None,
            "call": 0,
            "business_key": head.business_key,
            "started_at": change.now,
            "started_by": cut(change.by),
            "incident_count": batch.incident_change,
            "ended_at": None,
            "end_reason": "",
        }
        row |= numbers | changed
        tx.execute(insert_into(InstanceRow), row)
        return row
    given = where(id=head.id, lock_version=head.lock_version) | written(version | numbers | changed)
    if tx.execute(_guarded((*version, *changed)), given | {"incidents": batch.incident_change}).rowcount != 1:
        raise LostRace
    return None


@cache
def _guarded(more: tuple[str, ...]) -> Executable:
    """The head of an instance that nobody else has changed since it was read."""
    columns = (*more, "lock_version", "history_count")
    count = InstanceRow.__table__.c.incident_count
    update = update_where(InstanceRow, columns, ("id", "lock_version"))
    return update.values(incident_count=count + bindparam("incidents", type_=count.type))


def _save_parts(tx: Tx, instance_id: UUID, outcome: Outcome) -> None:
    put = [{"instance_id": instance_id, "name": name, "data": data} for name, data in outcome.put.items()]
    upsert(tx, PartRow, ("instance_id", "name"), put)
    if outcome.dropped:
        gone = [where(instance_id=instance_id, name=name) for name in sorted(outcome.dropped)]
        tx.execute(delete_where(PartRow, ("instance_id", "name")), gone)


def _lease_first(batch: Batch, change: Change) -> jobs.Claimed | None:
    lease = change.lease
    if lease is None:
        return None
    for row in batch.jobs.values():
        if row["kind"] == "service" and row["queue"] in lease.queues and row["next_at"] <= change.now:
            return jobs.leased(row, lease, change.now)
    return None


# -- history
HISTORY_LEVELS: Mapping[str, frozenset[type[Any]]] = {  # level -> events that are left out
    "full": frozenset(),
    "activity": frozenset({events.VariablesChanged, events.DecisionMade, events.DecisionEvaluated}),
    "none": frozenset(events.Event.__args__),
}
_FIELDS = {cls: [f.name for f in fields(cls)] for cls in events.Event.__args__}
_NOT_KEPT = {
    # they are what VariablesChanged told before
    events.JobRequested: {"variables"},
    events.InstanceEnded: {"variables"},
    # they have a row of their own
    events.DecisionEvaluated: {"inputs", "result", "matched", "warnings", "variable"},
}
_MAPPINGS = ("variables", "values", "correlation_keys")


def _number_history(batch: Batch, change: Change) -> None:
    """One counter for the tree: numbers are in order in each of its instances."""
    number = change.head.history_count
    by, left_out = cut(change.by), HISTORY_LEVELS[change.history]
    for event, call in change.told:
        if type(event) in left_out:
            continue
        number += 1
        data = _data(event, change.masks)
        element = data.pop("element_id", None)
        batch.history.append(
            {
                "instance_id": batch.places[call].instance_id,
                "number": number,
                "at": change.now,
                "kind": type(event).__name__,
                "element_id": element,
                "data": data,
                "by": by,
            }
        )


def _data(event: Any, masks: Masks) -> dict[str, Any]:
    left_out = _NOT_KEPT.get(type(event), ())
    data = {}
    for name in _FIELDS[type(event)]:
        value = getattr(event, name)
        if name in left_out:
            continue
        if name in _MAPPINGS:
            data[name] = {key: for_history(item) for key, item in masks.apply(value).items()}
        else:
            data[name] = for_history(value)
    return data
