"""The pages' port to the real thing: reads from the store, changes through use cases."""

from __future__ import annotations

from datetime import datetime

from stellwerk.store.definitions import DefinitionFilter, list_definitions
from stellwerk.store.incidents import count_open
from stellwerk.store.instances import InstanceFilter, count_instances
from stellwerk.store.messages import count_waiting
from stellwerk.store.paging import PageRequest
from stellwerk.store.tasks import TaskFilter, count_tasks
from stellwerk.usecases.access import Principal, may, scope
from stellwerk.web.pages.live.accounts import LiveAccounts
from stellwerk.web.pages.live.decisions import LiveDecisions
from stellwerk.web.pages.live.installation import LiveInstallation
from stellwerk.web.pages.live.instances import LiveInstances
from stellwerk.web.pages.live.migrations import LiveMigrations
from stellwerk.web.pages.live.operate import LiveOperate
from stellwerk.web.pages.live.processes import LiveProcesses
from stellwerk.web.pages.live.repair import LiveRepair
from stellwerk.web.pages.live.tasks import LiveTasks
from stellwerk.web.pages.port import Counts


class LivePort(
    LiveTasks,
    LiveProcesses,
    LiveDecisions,
    LiveMigrations,
    LiveInstances,
    LiveRepair,
    LiveOperate,
    LiveAccounts,
    LiveInstallation,
):
    def now(self) -> datetime:
        with self.database.reading() as tx:
            return self.database.now(tx)

    def counts(self, who: Principal) -> Counts:
        seen = scope(who)
        mine = TaskFilter(state="open", assignee=who.name)
        with self.database.reading() as tx:
            late = TaskFilter(state="open", assignee=who.name, due_before=self.database.now(tx))
            free = TaskFilter(state="open", unassigned=True, visible_to=seen)
            running = InstanceFilter(state="active", scope=seen)
            return Counts(
                processes=len(list_definitions(tx, DefinitionFilter(), PageRequest(1)).items),
                my_tasks=count_tasks(tx, mine),
                late_tasks=count_tasks(tx, late),
                free_tasks=count_tasks(tx, free),
                active_instances=count_instances(tx, running),
                open_incidents=count_open(tx) if may(who, "incident.read") else 0,
                waiting_messages=count_waiting(tx) if may(who, "message.read") else 0,
            )
