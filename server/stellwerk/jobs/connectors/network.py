"""Connections of the HTTP connector: to allowed addresses only, within one deadline, up to one size."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from ipaddress import ip_address
from typing import Any

import httpcore
import httpx

from stellwerk.jobs.connectors.allowed import AllowList, NotAllowed

Clock = Callable[[], float]
Resolve = Callable[[str, int], list[str]]


class TooBig(Exception):
    """The answer is larger than allowed, or cannot be measured."""


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Deadline:
    """The moment at which the whole call must have ended, redirects included."""

    def __init__(self, seconds: float, clock: Clock = time.monotonic) -> None:
        self.seconds, self._clock = seconds, clock
        self._end = clock() + seconds

    def left(self) -> float:
        """Seconds that are left. Raises httpcore.ReadTimeout when there are none."""
        left = self._end - self._clock()
        if left <= 0:
            raise httpcore.ReadTimeout(f"no complete answer within {self.seconds:g} s")
        return left


class Backend(httpcore.NetworkBackend):
    """Looks a host up once, checks each address, and connects to just that address: a second look-up could differ."""

    def __init__(self, allowed: AllowList, deadline: Deadline, look_up: Resolve = resolve) -> None:
        self._allowed, self._deadline, self._look_up = allowed, deadline, look_up
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            addresses = self._look_up(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"the host '{host}' is not found: {error}") from error
        for address in addresses:
            self._allowed.check_address(host, ip_address(address.partition("%")[0]))
        problem: Exception = httpcore.ConnectError(f"the host '{host}' has no address")
        for address in addresses:
            try:
                stream = self._sockets.connect_tcp(address, port, self._deadline.left(), None, socket_options)
                return _Stream(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error
        raise problem

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        raise NotAllowed("Local sockets are not allowed.")


class _Stream(httpcore.NetworkStream):
    """A connection on which no single wait goes beyond the deadline of the whole call."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, self._deadline.left()), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class Transport(httpx.BaseTransport):
    """Every request passes here, redirects too, so here the host is checked and the answer measured."""

    def __init__(self, allowed: AllowList, deadline: Deadline, limit: int, look_up: Resolve = resolve) -> None:
        self._allowed, self._limit = allowed, limit
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            network_backend=Backend(allowed, deadline, look_up),
            max_connections=2,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Raises NotAllowed, TooBig, or errors of httpcore."""
        if request.url.scheme not in ("http", "https"):
            raise NotAllowed(f"The address has the scheme '{request.url.scheme}'. Only http and https are allowed.")
        if not 0 < (request.url.port or 80) < 65536:
            raise NotAllowed(f"The address has the port {request.url.port}. A port is a number up to 65535.")
        self._allowed.check_host(request.url.host)
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
            )
        )
        stream = _Measured(answer, self._limit)
        response = httpx.Response(answer.status, headers=answer.headers, stream=stream)
        if response.headers.get("content-encoding", "identity").lower() not in ("identity", ""):
            stream.close()
            # A few packed kilobytes can unfold to gigabytes.
            raise TooBig("The answer is compressed, although this was not asked for.")
        return response

    def close(self) -> None:
        self._pool.close()


class _Measured(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response, limit: int) -> None:
        self._answer, self._limit = answer, limit

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for part in self._answer.iter_stream():
            size += len(part)
            if size > self._limit:
                raise TooBig(
                    f"The answer is larger than {self._limit >> 20} MB. "
                    "Ask for less, or let an administrator raise STELLWERK_HTTP_LIMIT."
                )
            yield part

    def close(self) -> None:
        self._answer.close()
