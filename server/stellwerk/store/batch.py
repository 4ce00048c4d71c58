"""The rows of one commit, collected and then written table by table: few statements, whatever the number of events.

What comes into being and goes again within the commit is never written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import DeclarativeBase

from stellwerk.store import jobs, messages
from stellwerk.store.db import Tx
from stellwerk.store.projection import cut
from stellwerk.store.sql import delete_where, insert_rows, lock_names, update_where, upsert, where, written
from stellwerk.store.tables import (
    ActivityRow,
    HistoryRow,
    IncidentRow,
    JobRow,
    SubscriptionRow,
    TaskCandidateRow,
    TaskRow,
    VariableRow,
)

Row = dict[str, Any]
SUBSCRIPTION_KEYS = ("keys", "key_shape", "key_value")  # the columns that hold correlation keys


@dataclass
class Batch:
    """`fresh`: the instance is new, so that nothing can be there to be changed or deleted."""

    instance_id: UUID
    now: datetime
    by: str
    fresh: bool
    activities: dict[int, Row] = field(default_factory=dict)
    left: dict[int, Row] = field(default_factory=dict)
    waits: dict[int, str] = field(default_factory=dict)
    tasks: dict[int, Row] = field(default_factory=dict)
    candidates: dict[int, list[Row]] = field(default_factory=dict)
    closed_tasks: dict[int, Row] = field(default_factory=dict)
    jobs: dict[tuple[str, int], Row] = field(default_factory=dict)
    gone_jobs: set[tuple[str, int]] = field(default_factory=set)
    subscriptions: dict[tuple[int, str, str], Row] = field(default_factory=dict)
    changed_subscriptions: dict[tuple[int, str, str], Row] = field(default_factory=dict)
    gone_subscriptions: set[tuple[int, str, str]] = field(default_factory=set)
    scopes: set[int] = field(default_factory=set)  # whose variables are among those written here
    variables: dict[tuple[int, str], str] = field(default_factory=dict)
    gone_variables: set[tuple[int, str]] = field(default_factory=set)
    incidents: dict[int, Row] = field(default_factory=dict)
    resolved: dict[int, str] = field(default_factory=dict)
    signals: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)  # name, what it carries
    messages: list[Row] = field(default_factory=list)
    history: list[Row] = field(default_factory=list)
    definition_id: UUID | None = None  # another version than until now
    moved: dict[int, Row] = field(default_factory=dict)  # of tokens that go on at another element of it
    moved_activities: dict[int, Row] = field(default_factory=dict)
    changed_tasks: dict[int, Row] = field(default_factory=dict)
    state: str | None = None
    end_reason: str = ""

    @property
    def incident_change(self) -> int:
        return len(self.incidents) - len(self.resolved)

    def wait(self, token: int, reason: str) -> None:
        """What the token waits for, as the live picture shows it."""
        if token in self.activities:
            self.activities[token]["waiting_for"] = reason
        else:
            self.waits[token] = reason

    def write(self, tx: Tx) -> None:
        """Everything except the instance's own row, its parts and the job that caused the commit."""
        if not self.fresh:
            self._delete(tx)
            self._change(tx)
        self._insert(tx)

    def _delete(self, tx: Tx) -> None:
        jobs.delete_for(tx, self.instance_id, sorted(self.gone_jobs))
        if self.state is not None:
            jobs.delete_of_ended(tx, self.instance_id)
        self._delete_keys(tx, SubscriptionRow, ("token", "kind", "name"), self.gone_subscriptions)
        self._delete_keys(tx, VariableRow, ("scope", "name"), self.gone_variables)
        if self.left:  # what a scope held goes with its token
            which = where(instance_id=self.instance_id, scope=list(self.left))
            tx.execute(delete_where(VariableRow, ("instance_id",), "scope"), which)

    def _change(self, tx: Tx) -> None:
        if self.definition_id is not None:
            self._migrate(tx, self.definition_id)
        for token in self.waits.keys() & self.left.keys():
            del self.waits[token]
        self._change_subscriptions(tx)
        self._update(tx, ActivityRow, self.left)
        self._update(tx, ActivityRow, {token: {"waiting_for": reason} for token, reason in self.waits.items()})
        self._update(tx, TaskRow, self.closed_tasks, state="open")
        solved = {"resolved_at": self.now, "resolved_by": cut(self.by), "state": "resolved"}
        self._update(tx, IncidentRow, {token: solved for token in self.resolved}, state="open")

    def _migrate(self, tx: Tx, definition_id: UUID) -> None:
        """What is open belongs to the other version; what is closed stays as it was."""
        for table, only in ((JobRow, {}), (TaskRow, {"state": "open"}), (IncidentRow, {"state": "open"})):
            statement = update_where(table, ("definition_id",), ("instance_id", *only))
            tx.execute(
                statement, where(instance_id=self.instance_id, **only) | written({"definition_id": definition_id})
            )
            self._update(tx, table, self.moved, **only)
        self._update(tx, SubscriptionRow, self.moved)
        self._update(tx, ActivityRow, self.moved_activities)
        names = {t: {"element_name": row["element_name"]} for t, row in self.moved_activities.items()}
        self._update(tx, IncidentRow, names, state="open")
        self._update(tx, TaskRow, self.changed_tasks, state="open")

    def _change_subscriptions(self, tx: Tx) -> None:
        """Other correlation keys; whoever sends a message sees the old ones or the new ones, and none is missed."""
        if not self.changed_subscriptions:
            return
        lock_names(tx, "message", {name for _, _, name in self.changed_subscriptions})
        statement = update_where(SubscriptionRow, SUBSCRIPTION_KEYS, ("instance_id", "token", "kind", "name"))
        for (token, kind, name), row in sorted(self.changed_subscriptions.items(), key=lambda item: item[0]):
            given = where(instance_id=self.instance_id, token=token, kind=kind, name=name)
            tx.execute(statement, given | written(row))

    def _insert(self, tx: Tx) -> None:
        insert_rows(tx, ActivityRow, list(self.activities.values()))
        insert_rows(tx, TaskRow, list(self.tasks.values()))
        candidates = [row for token in self.tasks for row in self.candidates.get(token, ())]
        insert_rows(tx, TaskCandidateRow, candidates)
        jobs.insert_jobs(tx, list(self.jobs.values()))
        lock_names(tx, "message", {name for _, kind, name in self.subscriptions if kind == "message"})
        insert_rows(tx, SubscriptionRow, list(self.subscriptions.values()))
        changed = [
            {"instance_id": self.instance_id, "scope": scope, "name": name, "value": value}
            for (scope, name), value in self.variables.items()
        ]
        upsert(tx, VariableRow, ("instance_id", "scope", "name"), changed)
        insert_rows(tx, IncidentRow, list(self.incidents.values()))
        messages.insert_messages(tx, self.messages)
        insert_rows(tx, HistoryRow, self.history)

    def _update(self, tx: Tx, table: type[DeclarativeBase], rows: Mapping[int, Row], **only: str) -> None:
        """Write columns of rows by token; all rows of one call have the same columns."""
        if rows:
            statement = update_where(table, tuple(next(iter(rows.values()))), ("instance_id", "token", *only))
            given = [where(instance_id=self.instance_id, token=t, **only) | written(row) for t, row in rows.items()]
            tx.execute(statement, given)

    def _delete_keys(self, tx: Tx, table: type[DeclarativeBase], names: tuple[str, ...], keys: set[Any]) -> None:
        if keys:
            named = [dict(zip(names, key, strict=True)) for key in sorted(keys)]
            given = [where(instance_id=self.instance_id, **key) for key in named]
            tx.execute(delete_where(table, ("instance_id", *names)), given)
