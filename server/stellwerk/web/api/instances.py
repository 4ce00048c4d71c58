"""Running processes: start, look, change, cancel, delete."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, model_validator

from stellwerk.store import history as history_store
from stellwerk.store import instances as store
from stellwerk.store import subscriptions as subscription_store
from stellwerk.store.paging import PageRequest
from stellwerk.store.records import InstanceRecord
from stellwerk.usecases import instances
from stellwerk.usecases.access import scope
from stellwerk.usecases.runtime import Runtime
from stellwerk.web.api.models import (
    Id,
    Input,
    Instant,
    ItemsOut,
    JsonOut,
    Key,
    Order,
    Output,
    PageIn,
    Variables,
    VariablesOut,
)
from stellwerk.web.api.routing import Answer, Call, Noun
from stellwerk.web.api.searching import given, items, page_request
from stellwerk.web.asgi import AWAIT_HEADER

api = Noun("instances", "instance", "Running and ended processes.")

State = Literal["active", "suspended", "completed", "cancelled", "failed"]


class InstanceOut(Output):
    """`settled`: it has ended, or only waits for people, messages, timers or an operator."""

    id: UUID
    definition_id: UUID
    definition_key: str = Field(validation_alias="key")
    definition_name: str
    version: int
    state: State
    business_key: str | None
    started_at: datetime
    started_by: str
    ended_at: datetime | None
    end_reason: str
    incident_count: int
    """Open ones; of a root also those of all instances that were called in its tree."""
    settled: bool
    root_instance_id: UUID = Field(validation_alias="root_id")
    """Where it all began: its own id, unless a call activity called it."""
    parent_instance_id: UUID | None = Field(validation_alias="parent_id")
    """Whose call activity called it; null when somebody or something else started it."""
    parent_element_id: str | None
    """That call activity."""


class StartedOut(InstanceOut):
    """With `awaitSeconds` also the variables as they were when it had settled or the time was over."""

    variables: VariablesOut | None = None


class StartIn(Input):
    """By `definitionKey` the version that takes new starts (or `version`), or one by `definitionId`."""

    definition_key: Key | None = None
    """The `id` of the process in its diagram."""
    definition_id: Id | None = None
    """One deployed version."""
    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    """Of `definitionKey`; else the version that takes new starts."""
    business_key: Key | None = None
    """Your own name for the case, such as an order number."""
    variables: Variables = {}
    await_seconds: Annotated[float, Field(ge=0, le=3600)] | None = None
    """How long to wait for the instance to settle; at most `STELLWERK_AWAIT_LIMIT`."""

    @model_validator(mode="after")
    def names_one_process(self) -> StartIn:
        if (self.definition_key is None) == (self.definition_id is None):
            raise ValueError("Send either definitionKey or definitionId")
        if self.version is not None and self.definition_key is None:
            raise ValueError("version goes with definitionKey only")
        return self


class InstanceFilterIn(Input):
    """All that are given must hold. `variables`: texts, numbers and booleans that the instance must have."""

    called: bool = False
    """True: those that a call activity called; else those that were started. Goes without the two below."""
    parent_id: Annotated[Id | None, Field(alias="parentInstanceId")] = None
    """Those that the call activities of this instance called."""
    root_id: Annotated[Id | None, Field(alias="rootInstanceId")] = None
    """This instance and all that was called in its tree."""
    state: State | None = None
    definition_key: Key | None = None
    definition_id: Id | None = None
    business_key: Key | None = None
    started_by: Key | None = None
    has_incidents: bool | None = None
    started_from: Instant | None = None
    started_to: Instant | None = None
    variables: Annotated[dict[str, str | int | float | bool], Field(max_length=10)] | None = None


class InstanceSort(Input):
    field: Literal["startedAt", "definitionKey", "state"]
    order: Order = "asc"


class InstanceSearch(Input):
    filter: InstanceFilterIn = InstanceFilterIn()
    sort: list[InstanceSort] = []
    page: PageIn = PageIn()


class CancelIn(Input):
    reason: Annotated[str, Field(max_length=1000)] = ""


class ScopeOut(Output):
    """What one token has for itself: a subprocess, a loop, an activity with inputs."""

    token: int
    element_id: str
    variables: VariablesOut


class VariablesAnswer(Output):
    variables: VariablesOut
    scopes: list[ScopeOut]


class ActivityOut(Output):
    """One token at one element. `waitingFor` is empty unless it is active.

    `merged`: a join consumed it; the join itself counts once, at the token that passed it.
    """

    token: int
    element_id: str
    element_name: str
    element_type: str
    state: Literal["active", "completed", "cancelled", "merged"]
    started_at: datetime
    ended_at: datetime | None
    reason: str
    waiting_for: str


class SubscriptionOut(Output):
    """One token that waits. `correlationKeys`: key, property and value as text; null: not set yet."""

    token: int
    element_id: str
    kind: Literal["message", "signal"]
    name: str
    opened_at: datetime
    correlation_keys: dict[str, dict[str, str | None]]


class HistoryOut(Output):
    """One event. `kind` names it; `data` is its own."""

    number: int
    at: datetime
    kind: str
    element_id: str | None
    data: JsonOut
    by: str


class PageQuery(Input):
    """Which part of the list."""

    limit: Annotated[int, Field(ge=1, le=200, strict=False)] = 50
    cursor: Annotated[str, Field(max_length=1000)] | None = None

    def request(self) -> PageRequest:
        return PageRequest(self.limit, self.cursor)


@api.post("/instances", access="definition.start", body=StartIn, answer=StartedOut, status=201, changes=True)
def start(call: Call, body: StartIn) -> Answer:
    """Start a process.

    With `awaitSeconds` the answer comes when the instance has ended or only waits for people, messages, timers or an
    operator, with its variables; not settled in time, it comes with `"settled": false`.
    """
    wanted = instances.StartRequest(
        definition_key=body.definition_key,
        definition_id=body.definition_id,
        version=body.version,
        business_key=body.business_key,
        variables=body.variables,
    )
    record = instances.start(call.rt, call.who, wanted)
    headers = {"Location": f"/api/v1/instances/{record.id}"}
    if body.await_seconds is not None:
        seconds = min(body.await_seconds, call.rt.settings.await_limit)
        headers[AWAIT_HEADER] = f"{record.id} {seconds}"
    return Answer(StartedOut.model_validate(record), headers=headers)


def finish_awaited(rt: Runtime, id: UUID, settled: bool) -> bytes:
    """The answer of a start that was waited for. Its caller started the instance, so they may see it."""
    record = instances.read(rt, id)
    answer = StartedOut.model_validate(record).model_copy(
        update={"settled": settled and record.settled, "variables": instances.variables_of(rt, record)}
    )
    return answer.model_dump_json(by_alias=True).encode()


@api.post(
    "/instances/search", access="instance.list", body=InstanceSearch, answer=ItemsOut[InstanceOut], body_optional=True
)
def search(call: Call, body: InstanceSearch) -> ItemsOut[InstanceOut]:
    """Search instances: those that were started, unless you ask for called ones.

    The last started come first; users find those that concern them.
    """
    wanted = store.InstanceFilter(**given(body.filter), scope=scope(call.who))
    with call.rt.database.reading() as tx:
        found = store.list_instances(tx, wanted, page_request(body.sort, body.page))
    return items(ItemsOut[InstanceOut], found)


@api.get("/instances/<id>", access="instance.read", answer=InstanceOut)
def get(call: Call, id: UUID) -> InstanceRecord:
    """Read an instance."""
    return instances.get(call.rt, call.who, id)


@api.get("/instances/<id>/variables", access="instance.read", answer=VariablesAnswer)
def variables(call: Call, id: UUID) -> VariablesAnswer:
    """Read the variables of the process itself, and those of the first 100 scopes inside that have some."""
    own = dict(instances.variables(call.rt, call.who, id))
    found = instances.scopes(call.rt, call.who, id)
    inner = [ScopeOut(token=s.token, element_id=s.element_id, variables=dict(s.variables)) for s in found]
    return VariablesAnswer(variables=own, scopes=inner)


@api.get("/instances/<id>/activities", access="instance.read", query=PageQuery, answer=ItemsOut[ActivityOut])
def activities(call: Call, id: UUID, query: PageQuery) -> ItemsOut[ActivityOut]:
    """Read where its tokens are and were, with times."""
    instances.get(call.rt, call.who, id)
    with call.rt.database.reading() as tx:
        return items(ItemsOut[ActivityOut], history_store.list_activities(tx, id, query.request()))


@api.get("/instances/<id>/subscriptions", access="instance.read", query=PageQuery, answer=ItemsOut[SubscriptionOut])
def subscriptions(call: Call, id: UUID, query: PageQuery) -> ItemsOut[SubscriptionOut]:
    """Read for which messages and signals it waits, and with which correlation keys."""
    instances.get(call.rt, call.who, id)
    with call.rt.database.reading() as tx:
        return items(ItemsOut[SubscriptionOut], subscription_store.list_subscriptions(tx, id, query.request()))


@api.get("/instances/<id>/history", access="instance.read", query=PageQuery, answer=ItemsOut[HistoryOut])
def history(call: Call, id: UUID, query: PageQuery) -> ItemsOut[HistoryOut]:
    """Read what happened in it, in order."""
    instances.get(call.rt, call.who, id)
    with call.rt.database.reading() as tx:
        return items(ItemsOut[HistoryOut], history_store.list_history(tx, id, query.request()))


@api.post(
    "/instances/<id>/cancel",
    access="instance.cancel",
    body=CancelIn,
    answer=InstanceOut,
    changes=True,
    body_optional=True,
)
def cancel(call: Call, id: UUID, body: CancelIn) -> Any:
    """Stop an instance: everything that it waits for is withdrawn, and it ends as `cancelled`, with all that it called.

    One that was called is not cancelled alone (409): cancel its root.
    """
    instances.cancel(call.rt, call.who, id, body.reason)
    return instances.get(call.rt, call.who, id)


@api.delete("/instances/<id>", access="instance.delete")
def delete(call: Call, id: UUID) -> None:
    """Delete an ended instance with all that it called, and everything that is known about them.

    One that was called is not deleted alone (409): delete its root.
    """
    instances.delete(call.rt, call.who, id)
