"""The ASGI part before Flask: reads bodies without holding a thread, and keeps waiting clients.

An answer with the header `Stellwerk-Await` is not sent yet: the connection waits in the hub until the instance has
settled or the time is over; then `finish` makes the answer anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from uuid import UUID

from a2wsgi import WSGIMiddleware
from flask import Response

from stellwerk.web.errors import MEANINGS, ProblemView
from stellwerk.web.hub import Hub

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Finish = Callable[[UUID, bool], bytes]
"""(instance, has it settled) -> the body of the answer; runs in a thread."""

AWAIT_HEADER = "Stellwerk-Await"
IN_ASGI = "stellwerk.asgi"  # environ key: somebody waits before Flask
_DRAINED = 4  # a body that is too large is read up to this multiple of the limit, so that the client hears the answer


class TooMuch(Exception):
    """The body is larger than the server reads."""


class Gone(Exception):
    """The client has hung up."""


class Front:
    """The ASGI application that uvicorn runs."""

    def __init__(self, wsgi: Callable[..., Any], hub: Hub, finish: Finish, *, limit: int, threads: int) -> None:
        self._flask: Any = WSGIMiddleware(_marked(wsgi), workers=threads)
        self._hub, self._finish, self._limit = hub, finish, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._flask(scope, receive, send)
            return
        if not scope["query_string"].isascii():
            await _send(send, _problem("bad-request", "The query holds bytes that are not ASCII. Percent-encode them."))
            return
        try:
            body = await _read(receive, self._limit)
        except Gone:
            return
        except TooMuch:
            megabytes = self._limit // (1024 * 1024)
            text = f"The request is larger than {megabytes} MB. Send less, or raise STELLWERK_UPLOAD_LIMIT."
            await _send(send, _problem("too-large", text))
            return
        await self._serve(scope, body, receive, send)

    async def _serve(self, scope: Scope, body: bytes, receive: Receive, send: Send) -> None:
        held = _Held(send)
        await self._flask(_with_length(scope, body), _replay(body), held)
        if held.waits_for is None:
            return
        id, seconds = held.waits_for
        settled = await _unless_gone(receive, self._hub.wait(id, seconds))
        if settled is not None:
            await held.release(await asyncio.to_thread(self._finish, id, settled))


class _Held:
    """Passes messages on, except for an answer that has to wait."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self.waits_for: tuple[UUID, float] | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.waits_for = _awaited(message["headers"])
            self._start = message if self.waits_for else None
        if self._start is None:
            await self._send(message)

    async def release(self, body: bytes) -> None:
        assert self._start is not None
        dropped = (AWAIT_HEADER.lower().encode(), b"content-length")
        headers = [(name, value) for name, value in self._start["headers"] if name not in dropped]
        headers.append((b"content-length", str(len(body)).encode()))
        await self._send({**self._start, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})


def _awaited(headers: list[tuple[bytes, bytes]]) -> tuple[UUID, float] | None:
    for name, value in headers:
        if name == AWAIT_HEADER.lower().encode():
            return parse_await(value.decode())
    return None


def parse_await(text: str) -> tuple[UUID, float]:
    """`<instance id> <seconds>`, as the start route writes it."""
    id, seconds = text.split()
    return UUID(id), float(seconds)


async def _unless_gone(receive: Receive, wait: Awaitable[bool]) -> bool | None:
    """The result of `wait`, or None when the client hangs up first."""
    waiting = asyncio.ensure_future(wait)
    hung_up = asyncio.ensure_future(receive())
    try:
        await asyncio.wait({waiting, hung_up}, return_when=asyncio.FIRST_COMPLETED)
        return waiting.result() if waiting.done() else None
    finally:
        waiting.cancel()
        hung_up.cancel()


async def _read(receive: Receive, limit: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= limit:
            chunks.append(chunk)
        elif size > limit * _DRAINED:
            raise TooMuch
        else:
            chunks.clear()
        if not message.get("more_body", False):
            break
    if size > limit:
        raise TooMuch
    return b"".join(chunks)


def _replay(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _with_length(scope: Scope, body: bytes) -> Scope:
    """The body is known whole, also when it came in chunks."""
    dropped = (b"content-length", b"transfer-encoding")
    headers = [(name, value) for name, value in scope["headers"] if name not in dropped]
    if body or len(headers) != len(scope["headers"]):
        headers.append((b"content-length", str(len(body)).encode()))
    return {**scope, "headers": headers}


def _marked(wsgi: Callable[..., Any]) -> Callable[..., Any]:
    def app(environ: dict[str, Any], start_response: Any) -> Any:
        environ[IN_ASGI] = True
        return wsgi(environ, start_response)

    return app


def _problem(code: str, detail: str) -> Response:
    meaning = MEANINGS[code]
    return ProblemView(meaning.status, code, meaning.title, detail).as_response()


async def _send(send: Send, response: Response) -> None:
    headers = [(name.lower().encode(), value.encode()) for name, value in response.headers.items()]
    headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": response.get_data()})
