"""Instances for the pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from stellwerk.engine import ScopeVariables
from stellwerk.store import history, incidents, jobs, subscriptions
from stellwerk.store import instances as store
from stellwerk.store.db import Tx
from stellwerk.store.paging import PageRequest
from stellwerk.store.records import (
    ActivityRecord,
    DecisionRecord,
    HistoryRecord,
    IncidentRecord,
    InstanceRecord,
    JobRecord,
    Page,
    SubscriptionRecord,
)
from stellwerk.usecases import instances
from stellwerk.usecases.access import Principal, scope
from stellwerk.web.pages.live.base import Live, page
from stellwerk.web.pages.port import DiagramState, IncidentBelow, InstanceFilter

MOST = 500  # activities, incidents and jobs that one page shows
TROUBLED, REST = "incidents.", "others."  # which part of the list a cursor continues


class LiveInstances(Live):
    def instances(self, who: Principal, wanted: InstanceFilter, cursor: str | None) -> Page[InstanceRecord]:
        """Newest first; without a state those with incidents come before all others."""
        filter = store.InstanceFilter(
            state=wanted.state or None,
            definition_key=wanted.process or None,
            definition_id=wanted.definition,
            text=wanted.text or None,
            scope=scope(who),
            called=None if wanted.definition else wanted.called,
        )
        with self.database.reading() as tx:
            if wanted.state == "incident":
                return store.list_instances(tx, replace(filter, state=None, has_incidents=True), page(cursor))
            if wanted.state:
                return store.list_instances(tx, filter, page(cursor))
            return _troubled_first(tx, filter, cursor or "")

    def instance(self, who: Principal, id: UUID) -> InstanceRecord:
        return instances.get(self.runtime, who, id)

    def variables(self, who: Principal, id: UUID) -> Mapping[str, Any]:
        return instances.variables(self.runtime, who, id)

    def scopes(self, who: Principal, id: UUID) -> tuple[ScopeVariables, ...]:
        return instances.scopes(self.runtime, who, id)

    def activities(self, who: Principal, id: UUID) -> tuple[ActivityRecord, ...]:
        """What is active, and the first that were; in the order in which they began."""
        self.instance(who, id)
        with self.database.reading() as tx:
            first = history.list_activities(tx, id, PageRequest(MOST))
            active = history.list_activities(tx, id, PageRequest(MOST), state="active") if first.next_cursor else first
        return tuple(sorted({a.token: a for a in first.items + active.items}.values(), key=lambda a: a.token))

    def history(self, who: Principal, id: UUID, cursor: str | None) -> Page[HistoryRecord]:
        self.instance(who, id)
        with self.database.reading() as tx:
            return history.list_history(tx, id, PageRequest(100, cursor))

    def jobs(self, who: Principal, id: UUID) -> tuple[JobRecord, ...]:
        self.instance(who, id)
        with self.database.reading() as tx:
            return jobs.list_jobs(tx, jobs.JobFilter(instance_id=id), PageRequest(MOST)).items

    def subscriptions(self, who: Principal, id: UUID) -> tuple[SubscriptionRecord, ...]:
        self.instance(who, id)
        with self.database.reading() as tx:
            return subscriptions.list_subscriptions(tx, id, PageRequest(MOST)).items

    def instance_incidents(self, who: Principal, id: UUID) -> tuple[IncidentRecord, ...]:
        self.instance(who, id)
        filter = incidents.IncidentFilter(instance_id=id, state="open")
        with self.database.reading() as tx:
            return incidents.list_incidents(tx, filter, PageRequest(MOST)).items

    def callers(self, who: Principal, id: UUID) -> tuple[InstanceRecord, ...]:
        """Who called it: the root first, the one whose call activity it was last."""
        return tuple(instances.callers(self.runtime, who, id))

    def called(self, who: Principal, id: UUID) -> tuple[InstanceRecord, ...]:
        """What its call activities called: the newest."""
        self.instance(who, id)
        with self.database.reading() as tx:
            return store.list_instances(tx, store.InstanceFilter(parent_id=id), PageRequest(MOST)).items

    def troubled_calls(self, who: Principal, id: UUID) -> tuple[IncidentBelow, ...]:
        record = self.instance(who, id)
        with self.database.reading() as tx:
            found = incidents.list_below(tx, record, MOST)
        return tuple(IncidentBelow(call, incident) for call, incident in found)

    def decisions(self, who: Principal, id: UUID) -> tuple[DecisionRecord, ...]:
        self.instance(who, id)
        with self.database.reading() as tx:
            return history.last_decisions(tx, id)

    def diagram(self, who: Principal, id: UUID) -> DiagramState:
        self.instance(who, id)
        with self.database.reading() as tx:
            counted = history.count_activities(tx, id)
            active = history.list_activities(tx, id, PageRequest(MOST), state="active").items
            flows = history.flows_taken(tx, id)
        waiting = {a.element_id: a.waiting_for for a in active}
        return DiagramState(
            tokens=tuple((e, n, waiting.get(e, "")) for (e, state), n in counted.items() if state == "active"),
            done=tuple(sorted({e for e, state in counted if state == "completed"})),
            flows=tuple(sorted(flows)),
            incidents=self._marks(who, id),
        )

    def _marks(self, who: Principal, id: UUID) -> tuple[tuple[str, int, str], ...]:
        """Incidents by element, with the message of the newest; those below stand at their call activity."""
        own = [(i.element_id, i.message) for i in self.instance_incidents(who, id)]
        below = self.troubled_calls(who, id)
        with self.database.reading() as tx:
            elements = history.elements_of(tx, id, {found.call for found in below})
        found = own + [(elements[one.call], one.incident.message) for one in below if one.call in elements]
        numbers = Counter(element for element, _ in found)
        messages = dict(reversed(found))
        return tuple((element, number, messages[element]) for element, number in numbers.items())

    def cancel(self, who: Principal, id: UUID, reason: str) -> None:
        instances.cancel(self.runtime, who, id, reason)

    def delete(self, who: Principal, id: UUID) -> None:
        instances.delete(self.runtime, who, id)


def _troubled_first(tx: Tx, filter: store.InstanceFilter, cursor: str) -> Page[InstanceRecord]:
    """Two lists as one: a page of those with incidents is followed by pages of the others."""
    rows: tuple[InstanceRecord, ...] = ()
    if not cursor.startswith(REST):
        troubled = replace(filter, has_incidents=True)
        found = store.list_instances(tx, troubled, page(cursor.removeprefix(TROUBLED) or None))
        if found.next_cursor:
            return Page(found.items, TROUBLED + found.next_cursor)
        rows, cursor = found.items, REST
    others = store.list_instances(tx, replace(filter, has_incidents=False), page(cursor.removeprefix(REST) or None))
    return Page(rows + others.items, REST + others.next_cursor if others.next_cursor else None)
