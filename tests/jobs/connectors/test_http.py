"""The HTTP connector against a server on loopback."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from tests.jobs.handler_support import INSTANCE, record

from stellwerk.jobs.connectors import http
from stellwerk.jobs.connectors.http import Unavailable
from stellwerk.jobs.handlers import Registry
from stellwerk.settings import Settings
from stellwerk.usecases.runtime import Permanent


@dataclass
class Service:
    """A small HTTP service; `answers` says what a path gives, `seen` what was asked."""

    port: int = 0
    answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    seen: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    go_on: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"


def reply(status: int, body: bytes = b"", **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(body)

    return answer


@contextmanager
def serving(service: Service) -> Iterator[Service]:
    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            service.seen.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            service.answers.get(self.path, reply(404, b"nothing here", Content_Type="text/plain"))(self)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = handle_any

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        service.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield service
        finally:
            service.go_on.set()
            server.shutdown()
            thread.join()


@pytest.fixture
def service() -> Iterator[Service]:
    with serving(Service()) as service:
        yield service


def request(
    url: str, allow: str = "127.0.0.1", *, timeout: float = 10, limit: int = 1, look_up: Any = None, **values: Any
) -> Any:
    settings = Settings(http_allow=allow, http_timeout=timeout, http_limit=limit)
    connector = http.connector(settings, look_up) if look_up else http.connector(settings)
    given = {"url": url, **values}
    return Registry(own=[connector]).run("http-request", record("http-request"), given)


def test_status_headers_and_a_json_body_come_back(service: Service) -> None:
    body = json.dumps({"rates": [1.5, {"a": None}]}).encode()
    service.answers["/rates?x=1"] = reply(200, body, Content_Type="application/json", X_One="1")
    answer = request(service.url("/rates?x=1"))
    assert answer["status"] == 200
    assert answer["headers"]["x-one"] == "1"
    assert answer["body"] == {"rates": [1.5, {"a": None}]}


def test_a_text_comes_back_as_text_and_nothing_as_nothing(service: Service) -> None:
    service.answers["/text"] = reply(200, "Grüße".encode("latin-1"), Content_Type="text/plain; charset=iso-8859-1")
    service.answers["/empty"] = reply(204)
    assert request(service.url("/text"))["body"] == "Grüße"
    assert request(service.url("/empty"))["body"] is None
    assert request(service.url("/text"), method="head")["body"] is None


def test_a_body_is_sent_as_json_or_as_text(service: Service) -> None:
    service.answers["/in"] = reply(201)
    request(service.url("/in"), method="POST", body={"price": 1.5, "tags": ["ä"]}, headers={"X-Token": "t"})
    request(service.url("/in"), method="PUT", body="plain", headers={"content-type": "text/csv"})
    (method, _, headers, body), (_, _, headers2, body2) = service.seen
    assert (method, headers["content-type"], json.loads(body)) == (
        "POST",
        "application/json",
        {"price": 1.5, "tags": ["ä"]},
    )
    assert headers["x-token"] == "t"
    assert (headers2["content-type"], body2) == ("text/csv", b"plain")


def test_the_idempotency_key_of_the_job_is_sent_and_can_be_replaced(service: Service) -> None:
    request(service.url("/"))
    request(service.url("/"), headers={"idempotency-key": "mine"})
    assert [headers["idempotency-key"] for _, _, headers, _ in service.seen] == [f"{INSTANCE}:7", "mine"]


def test_refusals_of_the_service_are_results(service: Service) -> None:
    assert request(service.url("/missing"))["status"] == 404


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_a_service_in_trouble_is_tried_again(service: Service, status: int) -> None:
    service.answers["/"] = reply(status, b"later")
    with pytest.raises(Unavailable, match=f"answered {status}: later"):
        request(service.url("/"))


def test_nobody_there_is_tried_again(service: Service) -> None:
    url = service.url("/")
    service.port = 1
    with pytest.raises(Unavailable, match="failed"):
        request(service.url("/"))
    assert url != service.url("/")


def test_an_empty_list_refuses_everything_and_names_the_setting(service: Service) -> None:
    with pytest.raises(Permanent, match=r"adding 127\.0\.0\.1 to STELLWERK_HTTP_ALLOW"):
        request(service.url("/"), allow="")
    assert service.seen == []


def test_a_name_of_a_private_address_is_refused_unless_the_address_is_listed_too(service: Service) -> None:
    def look_up(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    with pytest.raises(Permanent, match=r"'api.example.com' is at 127\.0\.0\.1, which is an address of this machine"):
        request(service.url(host="api.example.com"), allow="api.example.com", look_up=look_up)
    assert service.seen == []
    answer = request(service.url(host="api.example.com"), allow="api.example.com, 127.0.0.1", look_up=look_up)
    assert answer["status"] == 404


def test_the_checked_address_is_the_one_that_is_connected_to(service: Service) -> None:
    """A name server that answers differently the second time gains nothing: there is no second time."""
    answers = [["127.0.0.1"], ["10.255.255.1"]]
    hosts: list[str] = []

    def look_up(host: str, port: int) -> list[str]:
        hosts.append(host)
        return answers.pop(0)

    request(service.url(host="rebind.example"), allow="rebind.example, 127.0.0.1", look_up=look_up)
    assert hosts == ["rebind.example"]
    assert service.seen[0][2]["host"] == f"rebind.example:{service.port}"


def test_one_private_address_among_several_is_enough_to_refuse(service: Service) -> None:
    with pytest.raises(Permanent, match=r"at 169\.254\.169\.254"):
        request(
            service.url(host="mixed.example"),
            allow="mixed.example, 127.0.0.1",
            look_up=lambda host, port: ["127.0.0.1", "169.254.169.254"],
        )
    assert service.seen == []


def test_an_unknown_host_is_tried_again() -> None:
    def look_up(host: str, port: int) -> list[str]:
        raise OSError("no such host")

    with pytest.raises(Unavailable, match=r"the host 'nix\.example' is not found"):
        request("http://nix.example/", allow="nix.example", look_up=look_up)


def test_redirects_are_followed_and_each_is_checked(service: Service) -> None:
    service.answers["/a"] = reply(302, Location="/b")
    service.answers["/b"] = reply(200, b"there", Content_Type="text/plain")
    assert request(service.url("/a"))["body"] == "there"
    service.answers["/out"] = reply(302, Location="http://169.254.169.254/latest/meta-data")
    with pytest.raises(Permanent, match=r"Calls to|169\.254\.169\.254"):
        request(service.url("/out"))
    service.answers["/file"] = reply(302, Location="file:///etc/passwd")
    with pytest.raises(Permanent, match="scheme 'file'"):
        request(service.url("/file"))
    service.answers["/loop"] = reply(302, Location="/loop")
    with pytest.raises(Permanent, match="redirects more than 5 times"):
        request(service.url("/loop"))


def test_an_authorization_does_not_follow_to_another_host(service: Service) -> None:
    service.answers["/a"] = reply(302, Location=service.url("/b", host="other.example"))
    headers = {"Authorization": "Bearer secret"}
    allow = "first.example, other.example, 127.0.0.1"
    request(service.url("/a", "first.example"), allow, headers=headers, look_up=lambda host, port: ["127.0.0.1"])
    assert [("authorization" in seen) for _, _, seen, _ in service.seen] == [True, False]


def test_a_large_answer_is_refused(service: Service) -> None:
    service.answers["/"] = reply(200, b"x" * ((1 << 20) + 1))
    with pytest.raises(Permanent, match=r"larger than 1 MB.*STELLWERK_HTTP_LIMIT"):
        request(service.url("/"))
    service.answers["/redirect"] = reply(302, b"x" * ((1 << 20) + 1), Location="/small")
    with pytest.raises(Permanent, match="larger than 1 MB"):
        request(service.url("/redirect"))


def test_a_compressed_answer_is_refused(service: Service) -> None:
    service.answers["/"] = reply(200, gzip.compress(b"0" * 10_000_000), Content_Encoding="gzip")
    with pytest.raises(Permanent, match="compressed"):
        request(service.url("/"))
    assert service.seen[0][2]["accept-encoding"] == "identity"


def test_an_endless_answer_ends_at_the_deadline(service: Service) -> None:
    """One byte at a time keeps every single wait short; the call as a whole has one deadline."""

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while not service.go_on.wait(0.02):
                handler.wfile.write(b"x")
                handler.wfile.flush()
        except OSError:
            return

    service.answers["/"] = drip
    with pytest.raises(Unavailable, match=r"no complete answer within 0\.3 s|timed out"):
        request(service.url("/"), timeout=0.3)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"method": "TRACE"}, "The method 'TRACE' is not known"),
        ({"headers": {"Host": "x"}}, "The header 'host' cannot be set"),
        ({"headers": {"Transfer-Encoding": "chunked"}}, "The header 'transfer-encoding' cannot be set"),
        ({"headers": {"X-A": "a\r\nX-B: b"}}, "cannot be"),
        ({"headers": {"X A": "a"}}, "cannot be"),
        ({"headers": {"X-A": "ä€"}}, "cannot be"),
        ({"headers": {"X-A": 3}}, "Input should be a valid string"),
        ({"url": "http://user:pw@127.0.0.1/"}, "holds a user or password"),
        ({"url": "ftp://127.0.0.1/"}, "scheme 'ftp'"),
        ({"url": "file:///etc/passwd"}, "names no host"),
        ({"url": "/relative"}, "names no host"),
        ({"url": "http://"}, "names no host"),
        ({"url": "http://127.0.0.1:99999/"}, "the port 99999"),
        ({"url": "http://[::1"}, "cannot be made"),
        ({"url": "http://\x00/"}, "cannot be made"),
        ({"url": 5}, "'url' is 5: Input should be a valid string"),
    ],
)
def test_a_request_that_cannot_be_made_is_a_permanent_error(
    service: Service, values: dict[str, Any], message: str
) -> None:
    with pytest.raises(Permanent) as failed:
        request(**{"url": service.url("/"), **values})
    assert message in str(failed.value)
    assert service.seen == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [("application/json", b"{"), ("image/png", b"\x89PNG\xff"), ("application/json", b"[" * 100_000)],
)
def test_an_answer_that_no_variable_can_hold_is_a_permanent_error(service: Service, kind: str, body: bytes) -> None:
    service.answers["/"] = reply(200, body, Content_Type=kind)
    with pytest.raises(Permanent, match="Only JSON and text can"):
        request(service.url("/"))
