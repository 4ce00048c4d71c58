"""The part before Flask, spoken to in ASGI messages; behind it small WSGI applications."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Collection, Iterable
from typing import Any
from uuid import UUID

from flask import Flask, Response, request

from stellwerk.web.asgi import AWAIT_HEADER, IN_ASGI, Front
from stellwerk.web.hub import Hub

ONE = UUID(int=1)
LIMIT = 1000


def flask_app() -> Flask:
    app = Flask(__name__)

    @app.post("/echo")
    def echo() -> dict[str, Any]:
        return {
            "body": request.get_data().decode(),
            "length": request.content_length,
            "asgi": IN_ASGI in request.environ,
        }

    @app.post("/start")
    def start() -> Response:
        headers = {AWAIT_HEADER: f"{ONE} {request.args.get('seconds', '30')}", "Location": "/x"}
        return Response(b'{"settled": null, "text": "a longer body than the later one"}', 201, headers=headers)

    return app


def nothing_settled(ids: Collection[UUID]) -> set[UUID]:
    return set()


def all_settled(ids: Collection[UUID]) -> set[UUID]:
    return set(ids)


class Client:
    """One request. `gone` says when the client hangs up: after its body, or never."""

    def __init__(self, front: Front) -> None:
        self.front = front
        self.sent: list[Any] = []

    async def ask(
        self, path: str, chunks: Iterable[bytes] = (b"",), *, query: bytes = b"", gone: bool = False, headers: Any = ()
    ) -> None:
        waiting = list(chunks)
        last_read = asyncio.Event()

        async def receive() -> dict[str, Any]:
            if waiting:
                body = waiting.pop(0)
                return {"type": "http.request", "body": body, "more_body": bool(waiting)}
            if not gone:
                await last_read.wait()  # for ever
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            self.sent.append(message)

        scope = {
            "type": "http",
            "method": "POST",
            "path": path,
            "query_string": query,
            "headers": list(headers),
            "http_version": "1.1",
            "scheme": "http",
            "server": ("127.0.0.1", 1),
            "client": ("127.0.0.1", 2),
        }
        await self.front(scope, receive, send)

    @property
    def status(self) -> int:
        status: int = self.sent[0]["status"]
        return status

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.sent[0]["headers"]}

    @property
    def json(self) -> Any:
        body = b"".join(message.get("body", b"") for message in self.sent[1:])
        assert int(self.headers["content-length"]) == len(body)
        return json.loads(body)


def front(settled: Callable[[Collection[UUID]], set[UUID]] = nothing_settled, poll_s: float = 0.01) -> Front:
    def finish(id: UUID, has_settled: bool) -> bytes:
        return json.dumps({"id": str(id), "settled": has_settled}).encode()

    return Front(flask_app().wsgi_app, Hub(settled, poll_s), finish, limit=LIMIT, threads=2)


def ask(path: str, to: Front | None = None, **request_parts: Any) -> Client:
    client = Client(to or front())
    asyncio.run(client.ask(path, **request_parts))
    return client


def test_a_body_in_chunks_arrives_whole_and_with_its_length() -> None:
    found = ask("/echo", chunks=[b"one ", b"two ", b"three"], headers=[(b"transfer-encoding", b"chunked")])
    assert found.json == {"body": "one two three", "length": 13, "asgi": True}


def test_a_body_that_is_too_large_is_read_to_its_end_and_refused() -> None:
    found = ask("/echo", chunks=[b"x" * 600, b"x" * 600])
    assert (found.status, found.json["code"]) == (413, "too-large")
    assert found.headers["content-type"] == "application/problem+json"


def test_a_body_without_end_is_refused_before_its_end() -> None:
    def endless() -> Iterable[bytes]:
        yield from [b"x" * 900] * 6

    found = ask("/echo", chunks=endless())
    assert found.status == 413


def test_a_client_that_hangs_up_while_sending_gets_nothing() -> None:
    client = Client(front())

    async def scene() -> None:
        async def receive() -> dict[str, Any]:
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            client.sent.append(message)

        await client.front({"type": "http", "query_string": b"", "headers": []}, receive, send)

    asyncio.run(scene())
    assert client.sent == []


def test_a_query_that_is_not_ascii_is_a_bad_request() -> None:
    found = ask("/echo", query="a=é".encode())
    assert (found.status, found.json["code"]) == (400, "bad-request")


def test_an_answer_waits_until_the_instance_has_settled() -> None:
    found = ask("/start", front(all_settled))
    assert found.status == 201
    assert found.json == {"id": str(ONE), "settled": True}
    assert found.headers["location"] == "/x"
    assert AWAIT_HEADER.lower() not in found.headers


def test_an_answer_comes_unsettled_when_the_time_is_over() -> None:
    assert ask("/start", query=b"seconds=0").json == {"id": str(ONE), "settled": False}


def test_a_client_that_hangs_up_while_waiting_is_forgotten() -> None:
    found = ask("/start", front(nothing_settled, poll_s=30), gone=True)
    assert found.sent == []


def test_waiting_clients_hold_no_thread() -> None:
    """Ten wait on a server with two threads, and an eleventh is served meanwhile."""

    async def scene() -> None:
        settled: set[UUID] = set()
        hub = Hub(lambda ids: settled.intersection(ids), poll_s=30)
        server = Front(flask_app().wsgi_app, hub, lambda id, done: b"{}", limit=LIMIT, threads=2)
        waiting = [Client(server) for _ in range(10)]
        tasks = [asyncio.create_task(client.ask("/start")) for client in waiting]
        other = Client(server)
        await other.ask("/echo", [b"hello"])
        assert other.json["body"] == "hello"
        assert not any(task.done() for task in tasks)
        while sum(len(futures) for futures in hub._waiters.values()) < 10:
            await asyncio.sleep(0.001)
        settled.add(ONE)
        hub.changed(ONE)
        await asyncio.gather(*tasks)
        assert [client.status for client in waiting] == [201] * 10

    asyncio.run(scene())
