"""What every page has: who asks, the rail, the theme, filters for times and ids, and an ETag for polling."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Flask, Response, current_app, g, redirect, request, url_for
from flask_babel import get_locale
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from stellwerk.errors import NotSignedIn
from stellwerk.usecases.access import Principal, may
from stellwerk.web.pages import present
from stellwerk.web.pages.port import Counts, Port
from stellwerk.web.pages.words import _

EXTENSION = "stellwerk.pages"
THEMES = ("light", "dark")
OPEN_PAGES = ("pages.sign_in.", "pages.preferences.")  # what somebody may see before signing in


@dataclass(frozen=True)
class Frame:
    port: Port
    principal: Callable[[], Principal | None]


@dataclass(frozen=True)
class Place:
    """An entry of the rail."""

    name: str
    text: str
    url: str
    key: str  # after g
    count: int = 0


def port() -> Port:
    frame: Frame = current_app.extensions[EXTENSION]
    return frame.port


def asker() -> Principal | None:
    frame: Frame = current_app.extensions[EXTENSION]
    return frame.principal()


def who() -> Principal:
    """The person at the browser. Raises NotSignedIn."""
    person = asker()
    if person is None:
        raise NotSignedIn(_("You are not signed in. Sign in to go on."))
    return person


def counts() -> Counts:
    """The figures of this request, read once."""
    if "counts" not in g:
        g.counts = port().counts(who())
    found: Counts = g.counts
    return found


def now() -> datetime:
    """The moment that all times of this page are relative to."""
    if "now" not in g:
        g.now = port().now()
    found: datetime = g.now
    return found


def places() -> list[Place]:
    """The rail: only what the person may see."""
    person = who()
    figures = counts()
    rail = [
        Place("tasks", _("Tasks"), url_for("pages.tasks.index"), "t", figures.my_tasks),
        Place("processes", _("Processes"), url_for("pages.processes.index"), "p"),
        Place("decisions", _("Decisions"), url_for("pages.decisions.index"), "d"),
        Place("instances", _("Instances"), url_for("pages.instances.index"), "i"),
    ]
    if may(person, "incident.read"):
        trouble = figures.open_incidents + figures.waiting_messages
        rail.append(Place("operate", _("Operate"), url_for("pages.operate.index"), "o", trouble))
    if may(person, "account.read"):
        rail.append(Place("settings", _("Settings"), url_for("pages.settings.people"), "s"))
    return rail


def theme() -> str | None:
    """The theme that the reader chose; None: what their system says."""
    chosen = request.cookies.get("theme")
    return chosen if chosen in THEMES else None


def local_target(address: str | None) -> str:
    """`address` if it is a path on this server, else the start page: a redirect never leaves."""
    if address and address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable():
        return address
    return url_for("pages.start.index")


def ask_to_sign_in() -> AnyResponse | None:
    """Send who is not signed in to the sign-in page and back afterwards."""
    if (request.endpoint or "").startswith(OPEN_PAGES) or asker() is not None:
        return None
    return redirect(url_for("pages.sign_in.show", next=back_here()))


def back_here() -> str | None:
    """Where somebody goes on after signing in: this page, or the page with the form that was sent from it."""
    if request.method == "GET":
        here = request.full_path.rstrip("?")
        return here if here != "/" else None
    pages = current_app.url_map.bind("")
    for path in (request.path, request.path.rpartition("/")[0]):
        try:
            pages.match(path, method="GET")
        except HTTPException:
            continue
        return path
    return None


def polled(response: Response) -> Response:
    """Pages name their content, so that a poll that finds nothing new gets an empty 304."""
    if request.method == "GET" and response.status_code == 200 and response.mimetype == "text/html":
        response.add_etag(weak=True)
        response.cache_control.no_cache = True
        response.cache_control.private = True
        response.make_conditional(request)
    return response


def register(app: Flask, pages: Blueprint) -> None:
    pages.before_request(ask_to_sign_in)
    pages.after_request(polled)
    present.register(app, now)

    @app.context_processor
    def frame_values() -> dict[str, Any]:
        return {"me": asker, "may": may_, "places": places, "theme": theme(), "language": str(get_locale() or "en")}


def may_(action: Any, subject: Any = None) -> bool:
    """For templates: may the person at the browser do this?"""
    return may(asker(), action, subject)
