"""A request -> who asks. Sessions by cookie for browsers, API tokens for programs; protection against forged requests.

A request that changes something and is authenticated by cookie must come from our own pages: its Origin (where the
browser sends one) is ours, and it carries the session's CSRF token. Requests with an API token need neither, because
no browser adds that header by itself.
"""

from __future__ import annotations

import hmac
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from flask import Blueprint, Flask, current_app, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from stellwerk.errors import NotSignedIn
from stellwerk.usecases import accounts
from stellwerk.usecases.access import Principal
from stellwerk.usecases.accounts import Issued, Session, TooManyTries
from stellwerk.usecases.runtime import Runtime
from stellwerk.web.errors import WebError

COOKIE = "stellwerk_session"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_RUNTIME = "stellwerk.runtime"
_THROTTLE = "stellwerk.sign_in_throttle"


@dataclass(frozen=True)
class _Asker:
    """What was found out about this request."""

    principal: Principal | None
    session: Session | None = None


def principal() -> Principal | None:
    """Who asks, or None."""
    return _asker().principal


def required() -> Principal:
    """Who asks. Raises NotSignedIn."""
    who = principal()
    if who is None:
        raise NotSignedIn("You are not signed in. Sign in, or send an API token in the Authorization header.")
    return who


def session() -> Session | None:
    """The browser's session; None for programs and strangers."""
    return _asker().session


def csrf_token() -> str:
    """What forms send as `csrf_token` and scripts as `X-CSRF-Token`; empty before sign-in, where Origin decides."""
    found = session()
    return found.csrf_token if found else ""


def _asker() -> _Asker:
    if "stellwerk_asker" not in g:
        g.stellwerk_asker = _identify(_runtime())
    asker: _Asker = g.stellwerk_asker
    return asker


def _runtime() -> Runtime:
    runtime: Runtime = current_app.extensions[_RUNTIME]
    return runtime


def _identify(rt: Runtime) -> _Asker:
    """An Authorization header decides alone: a wrong token is not saved by a cookie. Raises NotSignedIn."""
    header = request.headers.get("Authorization")
    if header is not None:
        return _Asker(_by_token(rt, header))
    cookie = request.cookies.get(COOKIE)
    found = accounts.principal_of_session(rt, cookie) if cookie else None
    return _Asker(found.principal, found) if found else _Asker(None)


def _by_token(rt: Runtime, header: str) -> Principal:
    scheme, _, secret = header.partition(" ")
    if scheme.lower() != "bearer":
        raise NotSignedIn("The Authorization header is not understood. Send 'Bearer' and an API token.")
    who = accounts.principal_of_token(rt, secret.strip())
    if who is None:
        raise NotSignedIn("The API token is unknown, revoked or too old. Make one with `stellwerk token create`.")
    return who


# -- forged requests
def refuse_forged() -> None:
    """Raises WebError `csrf` for a change that did not come from our pages."""
    if request.method in SAFE or "Authorization" in request.headers:
        return
    if not _is_own_origin():
        raise WebError("csrf", "The request comes from another site. Open this page here and repeat it.")
    found = session()
    if found is None:  # nothing to abuse but the sign-in itself, which Origin protects
        return
    sent = request.headers.get("X-CSRF-Token") or _form_field("csrf_token")
    if not hmac.compare_digest(sent.encode(), found.csrf_token.encode()):
        raise WebError("csrf", "The page is older than your session. Reload it and repeat what you did.")


def _is_own_origin() -> bool:
    """True when the browser says it is ours, or says nothing; `null` is a stranger."""
    if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        return False
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc.lower() == request.host.lower()


def _form_field(name: str) -> str:
    if request.mimetype not in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return ""
    return request.form.get(name, "")


# -- sign in and out
@dataclass
class Throttle:
    """Failed sign-ins of one address: at most `most` in `window_s`. Holds the latest thousand addresses."""

    most: int = 20
    window_s: float = 600.0
    clock: Callable[[], float] = time.monotonic
    _failures: OrderedDict[str, deque[float]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def check(self, address: str) -> None:
        """Raises TooManyTries."""
        with self._lock:
            failures = self._failures.get(address, deque())
            now = self.clock()
            while failures and failures[0] <= now - self.window_s:
                failures.popleft()
            if len(failures) >= self.most:
                raise TooManyTries(int(failures[0] + self.window_s - now) + 1)

    def failed(self, address: str) -> None:
        with self._lock:
            self._failures.setdefault(address, deque(maxlen=self.most)).append(self.clock())
            self._failures.move_to_end(address)
            while len(self._failures) > 1000:
                self._failures.popitem(last=False)


def sign_in(name: str, password: str) -> Issued:
    """Password sign-in of this request's address. Raises SignInFailed or TooManyTries."""
    return _throttled(lambda: accounts.sign_in(_runtime(), name, password))


def _throttled(attempt: Callable[[], Issued]) -> Issued:
    throttle: Throttle = current_app.extensions[_THROTTLE]
    address = request.remote_addr or ""
    throttle.check(address)
    try:
        return attempt()
    except accounts.SignInFailed:
        throttle.failed(address)
        raise


def begin_session(response: BaseResponse, issued: Issued) -> None:
    """Give the browser its cookie. A session that it had before ends: the token is a new one at each sign-in."""
    _forget_old()
    response.set_cookie(
        COOKIE,
        issued.token,
        expires=issued.expires_at,
        httponly=True,
        secure=request.is_secure,
        samesite="Lax",
        path="/",
    )


def end_session(response: BaseResponse) -> None:
    """Sign this browser out."""
    _forget_old()
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="Lax", secure=request.is_secure)


def _forget_old() -> None:
    old = request.cookies.get(COOKIE)
    if old:
        accounts.sign_out(_runtime(), old)


def register(app: Flask, rt: Runtime, throttle: Throttle | None = None) -> None:
    app.extensions[_RUNTIME] = rt
    app.extensions[_THROTTLE] = throttle or Throttle()
    app.before_request(refuse_forged)
    app.add_template_global(csrf_token)
    doors = Blueprint("sign_in_link", __name__)

    @doors.get("/sign-in/link/<secret>")
    def follow_link(secret: str) -> BaseResponse:
        issued = _throttled(lambda: accounts.sign_in_by_link(rt, secret))
        response = redirect("/")
        begin_session(response, issued)
        return response

    app.register_blueprint(doors)
