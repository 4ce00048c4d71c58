"""What went wrong, and trying again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from stellwerk.store import incidents as store
from stellwerk.store.records import IncidentRecord
from stellwerk.usecases import incidents
from stellwerk.web.api.models import Id, Input, ItemsOut, Key, Order, Output, PageIn
from stellwerk.web.api.routing import Call, Noun
from stellwerk.web.api.searching import given, items, page_request

api = Noun("incidents", "incident", "What a model or a handler did wrong, at one token of an instance.")

State = Literal["open", "resolved"]


class IncidentOut(Output):
    """`detail` is the technical text."""

    id: UUID
    instance_id: UUID
    definition_id: UUID
    definition_key: str
    element_id: str
    element_name: str
    kind: str
    message: str
    detail: str
    state: State
    created_at: datetime
    resolved_at: datetime | None
    resolved_by: str


class IncidentFilterIn(Input):
    """All that are given must hold."""

    instance_id: Id | None = None
    root_id: Annotated[Id | None, Field(alias="rootInstanceId")] = None
    """Those of this instance, and of all that was called in its tree."""
    definition_id: Id | None = None
    definition_key: Key | None = None
    state: State | None = None
    kind: Annotated[str, Field(max_length=40)] | None = None
    element_id: Key | None = None


class IncidentSort(Input):
    field: Literal["createdAt"]
    order: Order = "asc"


class IncidentSearch(Input):
    filter: IncidentFilterIn = IncidentFilterIn()
    sort: list[IncidentSort] = []
    page: PageIn = PageIn()


@api.post(
    "/incidents/search", access="incident.read", body=IncidentSearch, answer=ItemsOut[IncidentOut], body_optional=True
)
def search(call: Call, body: IncidentSearch) -> ItemsOut[IncidentOut]:
    """Search incidents. The newest come first."""
    with call.rt.database.reading() as tx:
        found = store.list_incidents(tx, store.IncidentFilter(**given(body.filter)), page_request(body.sort, body.page))
    return items(ItemsOut[IncidentOut], found)


@api.get("/incidents/<id>", access="incident.read", answer=IncidentOut)
def get(call: Call, id: UUID) -> IncidentRecord:
    """Read an incident."""
    with call.rt.database.reading() as tx:
        return store.get_incident(tx, id)


@api.post("/incidents/<id>/retry", access="incident.retry", answer=IncidentOut, changes=True)
def retry(call: Call, id: UUID) -> Any:
    """Try again what failed. When it fails again, there is a new incident."""
    incidents.retry(call.rt, call.who, id)
    return get(call, id)
