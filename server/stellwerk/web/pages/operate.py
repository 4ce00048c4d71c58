"""Operate: what went wrong, and messages that nobody took."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from stellwerk.errors import NotFound, WrongState
from stellwerk.usecases.access import require
from stellwerk.web.pages.frame import counts, local_target, port, who
from stellwerk.web.pages.words import _, ngettext

pages = Blueprint("operate", __name__, url_prefix="/operate")


@pages.get("/")
def index() -> Response:
    figures = counts()
    quiet = figures.open_incidents == 0 and figures.waiting_messages > 0
    return redirect(url_for(".messages" if quiet else ".incidents"))


@pages.get("/incidents")
def incidents() -> str:
    person = require(who(), "incident.read")
    return render_template(
        "operate/incidents.html", page=port().incidents(person, request.args.get("cursor")), counts=counts()
    )


@pages.get("/messages")
def messages() -> str:
    person = require(who(), "message.read")
    return render_template(
        "operate/messages.html", page=port().messages(person, request.args.get("cursor")), counts=counts()
    )


@pages.post("/incidents/retry")
def retry() -> Response:
    """Retry the chosen incidents; each by itself, so that one that is gone does not stop the others."""
    done = gone = 0
    for text in request.form.getlist("id"):
        try:
            port().retry(who(), UUID(text))
            done += 1
        except (ValueError, NotFound, WrongState):
            gone += 1
    if done:
        flash(ngettext("%(num)d incident is tried again.", "%(num)d incidents are tried again.", done), "good")
    if gone:
        flash(
            ngettext("%(num)d incident was resolved meanwhile.", "%(num)d incidents were resolved meanwhile.", gone),
            "warn",
        )
    if not done and not gone:
        flash(_("No incident was chosen. Tick the ones to try again."), "warn")
    return redirect(local_target(request.form.get("next")))
