"""`awaitSeconds` where no ASGI part stands before Flask: the asking thread waits, and makes the answer anew."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from flask import Flask, Response, request

from stellwerk.store import instances as store
from stellwerk.usecases.runtime import Runtime
from stellwerk.web.api.instances import finish_awaited
from stellwerk.web.asgi import AWAIT_HEADER, IN_ASGI, parse_await
from stellwerk.web.hub import Settled, ThreadWaiter


def settled_in(rt: Runtime) -> Settled:
    """The hub's question to the database."""

    def settled(ids: Collection[UUID]) -> set[UUID]:
        with rt.database.reading() as tx:
            return store.settled(tx, list(ids))

    return settled


def register(app: Flask, rt: Runtime) -> None:
    waiter = ThreadWaiter(settled_in(rt))
    rt.committed.append(waiter.changed)

    @app.after_request
    def wait(response: Response) -> Response:
        if AWAIT_HEADER not in response.headers or request.environ.get(IN_ASGI):
            return response
        id, seconds = parse_await(response.headers.pop(AWAIT_HEADER))
        response.set_data(finish_awaited(rt, id, waiter.wait(id, seconds)))
        return response
