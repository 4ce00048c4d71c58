"""Versions of processes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from flask import Response
from pydantic import Field

from stellwerk.store import definitions as store
from stellwerk.store.records import DefinitionRecord
from stellwerk.usecases import definitions
from stellwerk.web.api.models import Input, ItemsOut, Key, Order, Output, PageIn
from stellwerk.web.api.routing import Call, Noun
from stellwerk.web.api.searching import given, items, page_request

api = Noun("definitions", "definition", "Processes, one entry for each deployed version.")


class DefinitionOut(Output):
    """`takesStarts`: new starts by key take this version."""

    id: UUID
    key: str
    name: str
    version: int
    version_tag: str | None
    state: Literal["active", "inactive"]
    takes_starts: bool
    deployment_id: UUID
    deployed_at: datetime
    deployed_by: str
    filename: str
    documentation: str
    start_form_key: str | None


class DefinitionListed(DefinitionOut):
    """With the numbers of its active instances, and of those that have incidents."""

    instances_active: int
    instances_with_incidents: int


class DefinitionFilterIn(Input):
    """All that are given must hold. `text` is looked for in key and name; `latest`: the last version of each key."""

    key: Key | None = None
    text: Annotated[str, Field(max_length=255)] | None = None
    state: Literal["active", "inactive"] | None = None
    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    takes_starts: bool | None = None
    latest: bool = False


class DefinitionSort(Input):
    field: Literal["deployedAt", "name", "key", "version"]
    order: Order = "asc"


class DefinitionSearch(Input):
    filter: DefinitionFilterIn = DefinitionFilterIn()
    sort: list[DefinitionSort] = []
    page: PageIn = PageIn()


@api.post(
    "/definitions/search",
    access="definition.read",
    body=DefinitionSearch,
    answer=ItemsOut[DefinitionListed],
    body_optional=True,
)
def search(call: Call, body: DefinitionSearch) -> ItemsOut[DefinitionListed]:
    """Search versions of processes. The last deployed come first."""
    with call.rt.database.reading() as tx:
        found = store.list_definitions(
            tx, store.DefinitionFilter(**given(body.filter)), page_request(body.sort, body.page)
        )
    return items(ItemsOut[DefinitionListed], found)


@api.get("/definitions/<id>", access="definition.read", answer=DefinitionOut)
def get(call: Call, id: UUID) -> DefinitionRecord:
    """Read one version."""
    with call.rt.database.reading() as tx:
        return store.get_definition(tx, id)


@api.get("/definitions/<id>/xml", access="definition.read", content_type="application/xml")
def xml(call: Call, id: UUID) -> Response:
    """Read the BPMN file as it was deployed."""
    with call.rt.database.reading() as tx:
        record = store.get_definition(tx, id)
        source = store.get_source(tx, record.source_hash)
    response = Response(source, content_type="application/xml")
    response.set_etag(record.source_hash)
    response.headers["Cache-Control"] = "private, max-age=3600"  # a version never changes
    return response


@api.post("/definitions/<id>/activate", access="definition.activate", answer=DefinitionOut, changes=True)
def activate(call: Call, id: UUID) -> Any:
    """Let this version take new starts."""
    definitions.activate(call.rt, call.who, id)
    return get(call, id)


@api.post("/definitions/<id>/deactivate", access="definition.activate", answer=DefinitionOut, changes=True)
def deactivate(call: Call, id: UUID) -> Any:
    """Stop new starts of this version; what runs goes on."""
    definitions.deactivate(call.rt, call.who, id)
    return get(call, id)
