"""`http-request`: call an HTTP service that an administrator has allowed."""

from __future__ import annotations

import json
from typing import Any

import httpcore
import httpx
from pydantic import BaseModel

from stellwerk.engine.values import to_json
from stellwerk.handlers import MARK, Declaration, Job, Permanent, service
from stellwerk.jobs.connectors.allowed import AllowList, NotAllowed
from stellwerk.jobs.connectors.network import Deadline, Resolve, TooBig, Transport, resolve
from stellwerk.settings import Settings

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
MOST_REDIRECTS = 5
_OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "accept-encoding", "upgrade", "te"})
_TRY_AGAIN = frozenset({408, 425, 429})
_LOOK_UP_S = 30.0  # a name server that does not answer is not covered by the deadline of the call


class Answer(BaseModel):
    """`headers` have names in lower case; `body` is JSON as a value, or text."""

    status: int
    headers: dict[str, str]
    body: Any


class Unavailable(Exception):
    """The service did not answer, or asked to be called again later: the job is tried again."""


def connector(settings: Settings, look_up: Resolve = resolve) -> Declaration:
    allowed = AllowList.parse(settings.http_allow)
    limit = settings.http_limit << 20

    @service("http-request", max_seconds=settings.http_timeout + _LOOK_UP_S)
    def http_request(
        url: str, job: Job, method: str = "GET", headers: dict[str, str] | None = None, body: Any = None
    ) -> Answer:
        """Call an HTTP service and return status, headers and body.

        The host must be in STELLWERK_HTTP_ALLOW. A text as `body` is sent as it is, anything else as JSON. The header
        Idempotency-Key is the same in every try. Status 408, 425, 429 and 5xx are tried again; all others are results.
        """
        request = _request(url, method, headers or {}, body, job)
        transport = Transport(allowed, Deadline(settings.http_timeout), limit, look_up)
        return _answer(_send(transport, request))

    made: Declaration = getattr(http_request, MARK)[0]
    return made


def _request(url: str, method: str, headers: dict[str, str], body: Any, job: Job) -> httpx.Request:
    if method.upper() not in METHODS:
        raise Permanent(f"The method '{method}' is not known. Use one of {', '.join(METHODS)}.")
    ours = sorted(_OURS & {name.lower() for name in headers})
    if ours:
        raise Permanent(f"The header '{ours[0]}' cannot be set: it follows from the address and the body. Remove it.")
    content, kind = _content(body)
    defaults = {"Idempotency-Key": job.idempotency_key, "Accept-Encoding": "identity", "User-Agent": "Stellwerk"}
    if kind:
        defaults["Content-Type"] = kind
    try:
        made = httpx.Request(method.upper(), url, headers={**defaults, **_lower(headers, defaults)}, content=content)
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise Permanent(
            f"The request to '{url[:200]}' cannot be made: {error}. Correct address and headers."
        ) from error
    if made.url.userinfo:
        raise Permanent("The address holds a user or password. Send them in the header Authorization.")
    if not made.url.host:
        raise Permanent(f"The address '{url[:200]}' names no host. Write it like https://example.com/path.")
    return made


def _lower(headers: dict[str, str], defaults: dict[str, str]) -> dict[str, str]:
    """The given headers, spelled like a default that they replace."""
    spelled = {name.lower(): name for name in defaults}
    return {spelled.get(name.lower(), name): value for name, value in headers.items()}


def _content(body: Any) -> tuple[bytes | None, str]:
    if body is None:
        return None, ""
    if isinstance(body, str):
        return body.encode(), "text/plain; charset=utf-8"
    return json.dumps(to_json(body), ensure_ascii=False, allow_nan=False).encode(), "application/json"


def _send(transport: Transport, request: httpx.Request) -> httpx.Response:
    try:
        with httpx.Client(
            transport=transport, trust_env=False, follow_redirects=True, max_redirects=MOST_REDIRECTS, timeout=None
        ) as client:
            return client.send(request)
    except (NotAllowed, TooBig) as error:
        raise Permanent(str(error)) from error
    except httpx.TooManyRedirects as error:
        raise Permanent(
            f"'{request.url.host}' redirects more than {MOST_REDIRECTS} times. Correct the address."
        ) from error
    except (httpcore.LocalProtocolError, httpcore.UnsupportedProtocol, httpx.InvalidURL, ValueError) as error:
        raise Permanent(f"The request to '{request.url.host}' cannot be sent: {error}. Correct it.") from error
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, httpx.HTTPError) as error:
        reason = str(error) or type(error).__name__
        raise Unavailable(f"The call to '{request.url.host}' failed: {reason}") from error


def _answer(response: httpx.Response) -> Answer:
    if response.status_code >= 500 or response.status_code in _TRY_AGAIN:
        shown = response.content[:200].decode(errors="replace")
        raise Unavailable(f"'{response.request.url.host}' answered {response.status_code}: {shown}")
    return Answer(status=response.status_code, headers=dict(response.headers), body=_body(response))


def _body(response: httpx.Response) -> Any:
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not response.content:
        return None
    try:
        if kind == "application/json" or kind.endswith("+json"):
            return json.loads(response.content)
        return response.content.decode(response.charset_encoding or "utf-8")
    except (ValueError, LookupError, RecursionError) as error:
        raise Permanent(
            f"The answer of '{response.request.url.host}' ({kind or 'of no type'}) cannot be a variable: {error}. "
            "Only JSON and text can."
        ) from error
