"""The rows of one commit, collected and then written table by table: few statements, whatever the number of events.

What comes into being and goes again within the commit is never written.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import bindparam, update
from sqlalchemy.orm import DeclarativeBase

from stellwerk.engine import Definition, values
from stellwerk.store import jobs, messages
from stellwerk.store.db import Tx
from stellwerk.store.evaluations import insert_evaluations
from stellwerk.store.instances import END
from stellwerk.store.projection import cut
from stellwerk.store.records import EvaluationRecord
from stellwerk.store.sql import delete_where, insert_rows, lock_names, update_where, upsert, where, written
from stellwerk.store.stores import Written
from stellwerk.store.tables import (
    ActivityRow,
    HistoryRow,
    IncidentRow,
    InstanceRow,
    JobRow,
    PartRow,
    SubscriptionRow,
    TaskCandidateRow,
    TaskRow,
    VariableRow,
)

T = TypeVar("T")
Row = dict[str, Any]
SUBSCRIPTION_KEYS = ("keys", "key_shape", "key_value")  # the columns that hold correlation keys


At = tuple[UUID, int]  # instance and token


@dataclass(frozen=True)
class Place:
    """The process in which something happened: the root, or one that a call activity called."""

    instance_id: UUID
    definition_id: UUID
    definition_key: str
    business_key: str | None
    definition: Definition

    def at(self, token: int) -> At:
        return self.instance_id, token

    def name_of(self, element_id: str) -> str:
        """The element's name as a column holds it."""
        element = self.definition.elements.get(element_id)
        return cut(element.name if element else "", 1000)


@dataclass
class Batch:
    """`fresh`: the tree is new, so that nothing can be there to be changed or deleted. `places`: by number of call."""

    root_id: UUID
    places: Mapping[int, Place]
    now: datetime
    by: str
    started_by: str
    fresh: bool
    instances: dict[UUID, Row] = field(default_factory=dict)  # called ones that began
    states: dict[UUID, Row] = field(default_factory=dict)  # state, ended_at, end_reason: of who ended, or began anew
    ends: dict[UUID, Mapping[str, Any]] = field(default_factory=dict)  # variables of called ones at their end
    activities: dict[At, Row] = field(default_factory=dict)
    left: dict[At, Row] = field(default_factory=dict)
    waits: dict[At, str] = field(default_factory=dict)
    tasks: dict[At, Row] = field(default_factory=dict)
    candidates: dict[At, list[Row]] = field(default_factory=dict)
    closed_tasks: dict[At, Row] = field(default_factory=dict)
    jobs: dict[tuple[str, At], Row] = field(default_factory=dict)
    gone_jobs: set[tuple[str, At]] = field(default_factory=set)
    subscriptions: dict[tuple[At, str, str], Row] = field(default_factory=dict)
    changed_subscriptions: dict[tuple[At, str, str], Row] = field(default_factory=dict)
    gone_subscriptions: set[tuple[At, str, str]] = field(default_factory=set)
    scopes: set[At] = field(default_factory=set)  # whose variables are among those written here
    variables: dict[tuple[At, str], str] = field(default_factory=dict)
    gone_variables: set[tuple[At, str]] = field(default_factory=set)
    incidents: dict[At, Row] = field(default_factory=dict)
    resolved: set[At] = field(default_factory=set)
    stores: dict[str, Written] = field(default_factory=dict)
    signals: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)  # name, what it carries
    messages: list[Row] = field(default_factory=list)
    evaluations: list[EvaluationRecord] = field(default_factory=list)  # of decisions
    evaluation_rows: list[Row] = field(default_factory=list)  # what the history keeps of them
    history: list[Row] = field(default_factory=list)
    migrated: dict[UUID, UUID] = field(default_factory=dict)  # instance -> another version than until now
    moved: dict[At, Row] = field(default_factory=dict)  # of tokens that go on at another element of it
    moved_activities: dict[At, Row] = field(default_factory=dict)
    changed_tasks: dict[At, Row] = field(default_factory=dict)
    rests: bool | None = None  # the tree was suspended (True) or resumed (False)

    @property
    def incident_change(self) -> int:
        """Of the whole tree."""
        return len(self.incidents) - len(self.resolved)

    def wait(self, at: At, reason: str) -> None:
        """What the token waits for, as the live picture shows it."""
        if at in self.activities:
            self.activities[at]["waiting_for"] = reason
        else:
            self.waits[at] = reason

    def write(self, tx: Tx) -> None:
        """Everything except the root's own row, its parts and the job that caused the commit."""
        if not self.fresh:
            self._delete(tx)
            self._change(tx)
        self._insert(tx)

    def _delete(self, tx: Tx) -> None:
        for id, gone in _by_instance((id, (kind, token)) for kind, (id, token) in self.gone_jobs):
            jobs.delete_for(tx, id, sorted(gone))
        for id, changed in self.states.items():
            if changed["ended_at"] is not None and id not in self.instances:
                jobs.delete_of_ended(tx, id)
        self._delete_keys(tx, SubscriptionRow, ("token", "kind", "name"), self.gone_subscriptions)
        self._delete_keys(tx, VariableRow, ("scope", "name"), self.gone_variables)
        if self.left:  # what a scope held goes with its token
            held = [where(instance_id=id, scope=token) for id, token in self.left]
            tx.execute(delete_where(VariableRow, ("instance_id", "scope")), held)

    def _change(self, tx: Tx) -> None:
        for id, definition_id in self.migrated.items():
            self._migrate(tx, id, definition_id)
        for at in self.waits.keys() & self.left.keys():
            del self.waits[at]
        self._change_instances(tx)
        self._change_subscriptions(tx)
        self._update(tx, ActivityRow, self.left)
        self._update(tx, ActivityRow, {at: {"waiting_for": reason} for at, reason in self.waits.items()})
        self._update(tx, TaskRow, self.closed_tasks, state="open")
        solved = {"resolved_at": self.now, "resolved_by": cut(self.by), "state": "resolved"}
        self._update(tx, IncidentRow, dict.fromkeys(self.resolved, solved), state="open")

    def _change_instances(self, tx: Tx) -> None:
        """Rows of called instances that were there before; the root's row is written by `outcome.save`."""
        there = [id for id in self.states if id != self.root_id and id not in self.instances]
        if there:
            statement = update_where(InstanceRow, tuple(self.states[there[0]]), ("id",))
            tx.execute(statement, [where(id=id) | written(self.states[id]) for id in there])
        numbers = Counter(id for id, _ in self.incidents)
        numbers.subtract(id for id, _ in self.resolved)
        counts = [{"at_id": id, "number": n} for id, n in numbers.items() if n and id != self.root_id]
        counts = [row for row in counts if row["at_id"] not in self.instances]
        if counts:
            tx.execute(_COUNT_INCIDENTS, counts)

    def _migrate(self, tx: Tx, id: UUID, definition_id: UUID) -> None:
        """What is open belongs to the other version; what is closed stays as it was."""
        version = written({"definition_id": definition_id})
        if id != self.root_id:
            tx.execute(update_where(InstanceRow, ("definition_id",), ("id",)), where(id=id) | version)
        for table, only in ((JobRow, {}), (TaskRow, {"state": "open"}), (IncidentRow, {"state": "open"})):
            statement = update_where(table, ("definition_id",), ("instance_id", *only))
            tx.execute(statement, where(instance_id=id, **only) | version)
            self._update(tx, table, self.moved, **only)
        self._update(tx, SubscriptionRow, self.moved)
        self._update(tx, ActivityRow, self.moved_activities)
        names = {at: {"element_name": row["element_name"]} for at, row in self.moved_activities.items()}
        self._update(tx, IncidentRow, names, state="open")
        self._update(tx, TaskRow, self.changed_tasks, state="open")

    def _change_subscriptions(self, tx: Tx) -> None:
        """Other correlation keys; whoever sends a message sees the old ones or the new ones, and none is missed."""
        if not self.changed_subscriptions:
            return
        lock_names(tx, "message", {name for _, _, name in self.changed_subscriptions})
        statement = update_where(SubscriptionRow, SUBSCRIPTION_KEYS, ("instance_id", "token", "kind", "name"))
        for ((id, token), kind, name), row in sorted(self.changed_subscriptions.items(), key=lambda item: item[0]):
            given = where(instance_id=id, token=token, kind=kind, name=name)
            tx.execute(statement, given | written(row))

    def _insert(self, tx: Tx) -> None:
        numbers = Counter(id for id, _ in self.incidents)
        called = [row | self.states.get(id, {}) | {"incident_count": numbers[id]} for id, row in self.instances.items()]
        insert_rows(tx, InstanceRow, called)
        ends = [{"instance_id": id, "name": END, "data": values.encode(dict(held))} for id, held in self.ends.items()]
        upsert(tx, PartRow, ("instance_id", "name"), ends)
        insert_rows(tx, ActivityRow, list(self.activities.values()))
        insert_rows(tx, TaskRow, list(self.tasks.values()))
        candidates = [row for at in self.tasks for row in self.candidates.get(at, ())]
        insert_rows(tx, TaskCandidateRow, candidates)
        jobs.insert_jobs(tx, list(self.jobs.values()))
        lock_names(tx, "message", {name for _, kind, name in self.subscriptions if kind == "message"})
        insert_rows(tx, SubscriptionRow, list(self.subscriptions.values()))
        changed = [
            {"instance_id": id, "scope": scope, "name": name, "value": value}
            for ((id, scope), name), value in self.variables.items()
        ]
        upsert(tx, VariableRow, ("instance_id", "scope", "name"), changed)
        insert_rows(tx, IncidentRow, list(self.incidents.values()))
        messages.insert_messages(tx, self.messages)
        insert_evaluations(tx, self.evaluation_rows)
        insert_rows(tx, HistoryRow, self.history)

    def _update(self, tx: Tx, table: type[DeclarativeBase], rows: Mapping[At, Row], **only: str) -> None:
        """Write columns of rows by token; all rows of one call have the same columns."""
        if rows:
            statement = update_where(table, tuple(next(iter(rows.values()))), ("instance_id", "token", *only))
            given = [where(instance_id=id, token=t, **only) | written(row) for (id, t), row in rows.items()]
            tx.execute(statement, given)

    def _delete_keys(self, tx: Tx, table: type[DeclarativeBase], names: tuple[str, ...], keys: set[Any]) -> None:
        """`keys`: instance and the first of the names, then the others."""
        if keys:
            given = [
                where(**dict(zip(("instance_id", *names), (*at, *more), strict=True))) for at, *more in sorted(keys)
            ]
            tx.execute(delete_where(table, ("instance_id", *names)), given)


_COUNT_INCIDENTS = (
    update(InstanceRow)
    .where(InstanceRow.id == bindparam("at_id", type_=InstanceRow.id.type))
    .values(incident_count=InstanceRow.incident_count + bindparam("number", type_=InstanceRow.incident_count.type))
)


def _by_instance(pairs: Iterable[tuple[UUID, T]]) -> Iterator[tuple[UUID, list[T]]]:
    """What belongs to one instance together: nearly always all of it belongs to one."""
    found: dict[UUID, list[T]] = defaultdict(list)
    for id, item in pairs:
        found[id].append(item)
    yield from found.items()
