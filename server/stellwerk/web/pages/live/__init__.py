"""The pages' port to the real thing: reads from the store, changes through use cases."""

from __future__ import annotations

from datetime import datetime

from stellwerk.store import definitions, incidents, instances, messages, tasks
from stellwerk.store.paging import PageRequest
from stellwerk.usecases.access import Principal, may, scope
from stellwerk.web.pages.live.accounts import LiveAccounts
from stellwerk.web.pages.live.installation import LiveInstallation
from stellwerk.web.pages.live.instances import LiveInstances
from stellwerk.web.pages.live.operate import LiveOperate
from stellwerk.web.pages.live.processes import LiveProcesses
from stellwerk.web.pages.live.tasks import LiveTasks
from stellwerk.web.pages.port import Counts


class LivePort(LiveTasks, LiveProcesses, LiveInstances, LiveOperate, LiveAccounts, LiveInstallation):
    def now(self) -> datetime:
        with self.database.reading() as tx:
            return self.database.now(tx)

    def counts(self, who: Principal) -> Counts:
        seen = scope(who)
        mine = tasks.TaskFilter(state="open", assignee=who.name)
        with self.database.reading() as tx:
            late = tasks.TaskFilter(state="open", assignee=who.name, due_before=self.database.now(tx))
            free = tasks.TaskFilter(state="open", unassigned=True, visible_to=seen)
            running = instances.InstanceFilter(state="active", scope=seen)
            return Counts(
                processes=len(definitions.list_definitions(tx, definitions.DefinitionFilter(), PageRequest(1)).items),
                my_tasks=tasks.count_tasks(tx, mine),
                late_tasks=tasks.count_tasks(tx, late),
                free_tasks=tasks.count_tasks(tx, free),
                active_instances=instances.count_instances(tx, running),
                open_incidents=incidents.count_open(tx) if may(who, "incident.read") else 0,
                waiting_messages=messages.count_waiting(tx) if may(who, "message.read") else 0,
            )
