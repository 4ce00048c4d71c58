"""Tasks for the pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from stellwerk.engine import Catchable
from stellwerk.store import tasks as store
from stellwerk.store.paging import PageRequest
from stellwerk.store.records import Page, TaskRecord
from stellwerk.usecases import tasks
from stellwerk.usecases.access import Principal, scope
from stellwerk.usecases.tasks import Thrown
from stellwerk.web.pages.live.base import Live, page
from stellwerk.web.pages.port import FormView, TaskFilter

LATE_FIRST = "dueAt"


class LiveTasks(Live):
    def tasks(self, who: Principal, wanted: TaskFilter, cursor: str | None) -> Page[TaskRecord]:
        with self.database.reading() as tx:
            filter = store.TaskFilter(
                state="open",
                assignee=who.name if wanted.show == "mine" else None,
                unassigned=wanted.show == "free",
                text=wanted.text or None,
                definition_key=wanted.process or None,
                instance_id=wanted.instance,
                due_before=self.database.now(tx) if wanted.late else None,
                visible_to=scope(who),
            )
            return store.list_tasks(tx, filter, page(cursor, LATE_FIRST))

    def task(self, who: Principal, id: UUID) -> TaskRecord:
        return tasks.get(self.runtime, who, id)

    def next_task(self, who: Principal) -> TaskRecord | None:
        """The most urgent of one's own."""
        mine = store.TaskFilter(state="open", assignee=who.name)
        with self.database.reading() as tx:
            found = store.list_tasks(tx, mine, PageRequest(1, None, LATE_FIRST)).items
        return found[0] if found else None

    def task_form(self, who: Principal, id: UUID) -> FormView:
        found = tasks.form(self.runtime, who, id)
        return FormView(found.schema, found.data)

    def claim(self, who: Principal, id: UUID) -> None:
        tasks.claim(self.runtime, who, id)

    def unclaim(self, who: Principal, id: UUID) -> None:
        tasks.unclaim(self.runtime, who, id)

    def complete(self, who: Principal, id: UUID, variables: Mapping[str, Any]) -> None:
        tasks.complete(self.runtime, who, id, variables)

    def task_ends(self, who: Principal, id: UUID) -> tuple[Catchable, ...]:
        return tasks.catchable(self.runtime, who, id)

    def throw(self, who: Principal, id: UUID, thrown: Thrown) -> None:
        tasks.throw(self.runtime, who, id, thrown)
