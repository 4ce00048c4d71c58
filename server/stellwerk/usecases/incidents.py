"""Look at what went wrong, and try it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from stellwerk.engine import values
from stellwerk.engine.commands import RetryIncident
from stellwerk.errors import Conflict, TokenNotWaiting, WrongState
from stellwerk.store import incidents as store
from stellwerk.store import jobs
from stellwerk.store.records import IncidentRecord
from stellwerk.usecases import step
from stellwerk.usecases.access import Principal, require
from stellwerk.usecases.runtime import Runtime


def retry(rt: Runtime, who: Principal, id: UUID, variables: Mapping[str, Any] | None = None) -> None:
    """Do again what failed; `variables`, if any, are written first. Raises WrongState when it is resolved already."""
    require(who, "incident.retry")
    with rt.database.reading() as tx:
        incident = store.get_incident(tx, id)
    if incident.state != "open":
        by = f" by {incident.resolved_by}" if incident.resolved_by else ""
        raise WrongState(f"The incident was resolved already{by}. There is nothing to try again.")
    if incident.kind == store.FAULT:
        _retry_fault(rt, who, incident)
        return
    command = RetryIncident(incident.token, values.check(variables or {}))
    try:
        step.run(rt, incident.instance_id, step.Move(command, who.name))
    except TokenNotWaiting as error:
        raise Conflict("The incident was resolved or cancelled meanwhile. Nothing was changed; look again.") from error


def _retry_fault(rt: Runtime, who: Principal, incident: IncidentRecord) -> None:
    """The instance stands where it stood: the job that stopped runs again, a person repeats what they did."""
    with rt.database.transaction() as tx:
        now = rt.database.now(tx)
        if not store.resolve_fault(tx, incident, now, who.name):
            raise Conflict("The incident was resolved meanwhile. Nothing was changed.")
        jobs.wake_stopped(tx, incident.instance_id, incident.token, now)
    rt.notify(incident.instance_id)
    rt.wake()
