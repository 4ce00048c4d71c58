"""What all instances share: the data stores of diagrams."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from stellwerk.usecases import data_stores
from stellwerk.web.api.instances import PageQuery
from stellwerk.web.api.models import Input, ItemsOut, JsonOut, Output
from stellwerk.web.api.routing import Answer, Call, Noun
from stellwerk.web.api.searching import items
from stellwerk.web.api.versions import IF_MATCH, expected, tagged

api = Noun("data-stores", "data store", "What all instances share: the data stores of diagrams.")


class DataStoreIn(Input):
    """`value`: plain JSON."""

    value: Any


class DataStoreOut(Output):
    """`version` counts the writes."""

    name: str
    value: JsonOut
    version: int
    changed_at: datetime
    changed_by: str


@api.get("/data-stores", access="data-store.read", query=PageQuery, answer=ItemsOut[DataStoreOut])
def search(call: Call, query: PageQuery) -> ItemsOut[DataStoreOut]:
    """Read the data stores that have been written, by name."""
    found = data_stores.search(call.rt, call.who, query.request())
    return items(ItemsOut[DataStoreOut], found)


@api.get("/data-stores/<name>", access="data-store.read", answer=DataStoreOut)
def get(call: Call, name: str) -> Answer:
    """Read a data store and its ETag."""
    return tagged(data_stores.get(call.rt, call.who, name))


@api.put("/data-stores/<name>", access="data-store.write", body=DataStoreIn, answer=DataStoreOut, headers=IF_MATCH)
def put(call: Call, name: str, body: DataStoreIn) -> Answer:
    """Write a data store that you read. Written meanwhile: 412, and what is there stays. `*` makes a new one too."""
    return tagged(data_stores.put(call.rt, call.who, name, body.value, version=expected()))
