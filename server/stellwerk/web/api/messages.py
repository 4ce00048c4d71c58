"""Messages from outside, and what became of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from stellwerk.store import messages as store
from stellwerk.usecases import inbox, messages, operate
from stellwerk.web.api.instances import InstanceOut
from stellwerk.web.api.models import Id, Input, ItemsOut, Key, Order, Output, PageIn, Variables, VariablesOut
from stellwerk.web.api.routing import Call, Noun
from stellwerk.web.api.searching import given, items, page_request

api = Noun("messages", "message", "Messages to running processes and to processes that a message starts.")

Scalar = str | int | float | bool | None
State = Literal["waiting", "delivering", "delivered", "expired"]


class MessageIn(Input):
    """The same `messageId` again changes nothing; with other content it is a conflict.

    Nobody waits for it: it is kept for `ttlSeconds`, until somebody does.
    """

    name: Key
    """The message's name in the diagram."""
    correlation_keys: Annotated[dict[str, Scalar], Field(max_length=20)] = {}
    """Values that the waiting instance must have under these names: of its correlation keys, else of its variables."""
    business_key: Key | None = None
    """Only the instance with this business key takes it; a process that it starts gets it."""
    variables: Variables = {}
    message_id: Key | None = None
    """Makes a repeat harmless."""
    ttl_seconds: Annotated[float, Field(ge=0, le=31_536_000)] | None = None
    """0: now or never. Left away: until somebody takes it."""


class MessageOut(Output):
    """`instanceId` is who took it; `reason` says why nobody did yet."""

    id: UUID
    message_id: str | None
    name: str
    business_key: str | None
    correlation_keys: VariablesOut
    state: State
    reason: str
    created_at: datetime
    expires_at: datetime | None
    instance_id: UUID | None


class MessageFilterIn(Input):
    """All that are given must hold."""

    name: Key | None = None
    state: State | None = None
    message_id: Key | None = None
    instance_id: Id | None = None


class MessageSort(Input):
    field: Literal["createdAt"]
    order: Order = "asc"


class MessageSearch(Input):
    filter: MessageFilterIn = MessageFilterIn()
    sort: list[MessageSort] = []
    page: PageIn = PageIn()


@api.post("/messages", access="message.publish", body=MessageIn, answer=MessageOut, status=201, changes=True)
def publish(call: Call, body: MessageIn) -> Any:
    """Publish a message. It is delivered by a job of its own: look at `state` later."""
    wanted = messages.MessageRequest(
        name=body.name,
        correlation_keys=body.correlation_keys,
        business_key=body.business_key,
        variables=body.variables,
        message_id=body.message_id,
        ttl_seconds=body.ttl_seconds,
    )
    return messages.publish(call.rt, call.who, wanted)


@api.post(
    "/messages/search", access="message.read", body=MessageSearch, answer=ItemsOut[MessageOut], body_optional=True
)
def search(call: Call, body: MessageSearch) -> ItemsOut[MessageOut]:
    """Search messages. The newest come first."""
    with call.rt.database.reading() as tx:
        found = store.list_messages(tx, store.MessageFilter(**given(body.filter)), page_request(body.sort, body.page))
    return items(ItemsOut[MessageOut], found)


# -- by hand
Reason = Annotated[str, Field(max_length=operate.LONGEST_REASON)]


class CandidateOut(Output):
    """`differences`: what it has otherwise than the message, such as `orderId = 17`; empty: it fits."""

    instance: InstanceOut
    token: int
    differences: list[str]


class CandidatesOut(Output):
    items: list[CandidateOut]


class CorrelateIn(Input):
    """Without `token` the one that waits for longest in the instance."""

    instance_id: Id
    token: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    reason: Reason = ""


class DropIn(Input):
    """`reason` stays with the message."""

    reason: Reason = ""


@api.get("/messages/<id>/candidates", access="message.read", answer=CandidatesOut)
def candidates(call: Call, id: UUID) -> CandidatesOut:
    """Read who waits for a message of this name, the nearest first, and in what their keys differ."""
    return CandidatesOut.model_validate({"items": inbox.candidates(call.rt, call.who, id)})


@api.post("/messages/<id>/correlate", access="message.operate", body=CorrelateIn, answer=MessageOut, changes=True)
def correlate(call: Call, id: UUID, body: CorrelateIn) -> Any:
    """Give a waiting message to an instance that waits for its name, whatever the keys are."""
    return inbox.correlate(call.rt, call.who, id, body.instance_id, body.token, body.reason)


@api.post(
    "/messages/<id>/drop",
    access="message.operate",
    body=DropIn,
    answer=MessageOut,
    changes=True,
    body_optional=True,
)
def drop(call: Call, id: UUID, body: DropIn) -> Any:
    """Drop a waiting message: nobody gets it any more."""
    return inbox.drop(call.rt, call.who, id, body.reason)
