"""What every answer says to the browser, and which host names are ours.

The Content-Security-Policy allows our own files only. Editor pages (CodeMirror, the form editor, the modeler with its
panel) insert `<style>` elements and have no way to give them a nonce; their views carry `@editor_styles`.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, Response, g, request

from stellwerk.settings import Settings
from stellwerk.web.errors import WebError

P = ParamSpec("P")
R = TypeVar("R")

_SOURCES = (
    "default-src 'self'; script-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; form-action 'self'; "
)
PLAIN_POLICY = _SOURCES + "style-src-elem 'self'; style-src-attr 'unsafe-inline'"
EDITOR_POLICY = _SOURCES + "style-src 'self' 'unsafe-inline'"
API_POLICY = "default-src 'none'; frame-ancestors 'none'"


def editor_styles(view: Callable[P, R]) -> Callable[P, R]:
    """Let this page's editors insert style elements."""

    @wraps(view)
    def with_policy(*args: P.args, **kwargs: P.kwargs) -> R:
        g.stellwerk_policy = EDITOR_POLICY
        return view(*args, **kwargs)

    return with_policy


def is_loopback(host: str) -> bool:
    """True for `localhost` and loopback addresses, with or without brackets."""
    name = host.strip("[]").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def host_name(host: str) -> str:
    """`localhost` of `localhost:8080`, `[::1]` of `[::1]:8080`."""
    return host[: host.index("]") + 1] if host.startswith("[") and "]" in host else host.partition(":")[0]


def register(app: Flask, settings: Settings) -> None:
    named = {name.strip().lower() for name in settings.hosts.split(",") if name.strip()}
    checked = is_loopback(settings.host) or bool(named)

    @app.before_request
    def refuse_foreign_host() -> None:
        # A page of another site that lets its name point to 127.0.0.1 (DNS rebinding) sends its own name as Host.
        name = host_name(request.host).lower()
        if checked and name not in named and not is_loopback(name):
            raise WebError(
                "misdirected",
                f"This server is not '{request.host[:100]}'. Use the address that it printed at its start, "
                "or name the host in STELLWERK_HOSTS.",
            )

    @app.after_request
    def add(response: Response) -> Response:
        headers = response.headers
        is_html = response.mimetype == "text/html"
        policy = g.get("stellwerk_policy", PLAIN_POLICY) if is_html else API_POLICY
        headers.setdefault("Content-Security-Policy", policy)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if "Cache-Control" not in headers:  # pages and answers show what this user may see
            headers["Cache-Control"] = "no-store"
        return response
