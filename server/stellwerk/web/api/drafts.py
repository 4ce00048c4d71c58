"""Diagrams, decisions and forms that are being drawn. Two people at one draft notice each other by its ETag."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from stellwerk.store import drafts as store
from stellwerk.usecases import drafts
from stellwerk.web.api.models import Input, ItemsOut, Key, Order, Output, PageIn
from stellwerk.web.api.routing import Answer, Call, Noun
from stellwerk.web.api.searching import given, items, page_request
from stellwerk.web.api.versions import IF_MATCH, expected, tagged

api = Noun("drafts", "draft", "Diagrams, decisions and forms that are not deployed yet.")

Kind = Literal["bpmn", "dmn", "form"]
Content = Annotated[str, Field(max_length=10_000_000)]


class DraftIn(Input):
    """`definitionKey`: the process or decision that is worked on."""

    kind: Kind
    name: Key
    content: Content
    definition_key: Key | None = None


class DraftChange(Input):
    name: Key
    content: Content
    definition_key: Key | None = None


class DraftListed(Output):
    id: UUID
    kind: Kind
    name: str
    version: int
    updated_at: datetime
    updated_by: str
    definition_key: str | None


class DraftOut(DraftListed):
    content: str


class DraftFilterIn(Input):
    """All that are given must hold. `text` is looked for in the name."""

    kind: Kind | None = None
    definition_key: Key | None = None
    text: Annotated[str, Field(max_length=255)] | None = None


class DraftSort(Input):
    field: Literal["updatedAt", "name"]
    order: Order = "asc"


class DraftSearch(Input):
    filter: DraftFilterIn = DraftFilterIn()
    sort: list[DraftSort] = []
    page: PageIn = PageIn()


@api.post("/drafts", access="draft.write", body=DraftIn, answer=DraftOut, status=201, changes=True, large=True)
def create(call: Call, body: DraftIn) -> Answer:
    """Save a new draft. Its version is in `ETag`."""
    wanted = drafts.NewDraft(body.kind, body.name, body.content, body.definition_key)
    return tagged(drafts.create(call.rt, call.who, wanted))


@api.post("/drafts/search", access="draft.read", body=DraftSearch, answer=ItemsOut[DraftListed], body_optional=True)
def search(call: Call, body: DraftSearch) -> ItemsOut[DraftListed]:
    """Search drafts. The last changed come first."""
    with call.rt.database.reading() as tx:
        found = store.list_drafts(tx, store.DraftFilter(**given(body.filter)), page_request(body.sort, body.page))
    return items(ItemsOut[DraftListed], found)


@api.get("/drafts/<id>", access="draft.read", answer=DraftOut)
def get(call: Call, id: UUID) -> Answer:
    """Read a draft and its ETag."""
    with call.rt.database.reading() as tx:
        return tagged(store.get_draft(tx, id))


@api.put("/drafts/<id>", access="draft.write", body=DraftChange, answer=DraftOut, headers=IF_MATCH, large=True)
def save(call: Call, id: UUID, body: DraftChange) -> Answer:
    """Save a draft that you read. Changed meanwhile: 412, and what is there stays."""
    change = drafts.DraftChange(body.name, body.content, body.definition_key)
    return tagged(drafts.save(call.rt, call.who, id, change, version=expected()))


@api.delete("/drafts/<id>", access="draft.write")
def delete(call: Call, id: UUID) -> None:
    """Delete a draft."""
    drafts.delete(call.rt, call.who, id)
