"""Operate: what went wrong, and messages that nobody took."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from stellwerk.errors import Conflict, InvalidInput, NotFound, ProcessError, TokenNotWaiting, WrongState
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
    name = request.args.get("name", "").strip()
    found = port().messages(person, request.args.get("cursor"), name)
    return render_template("operate/messages.html", page=found, name=name, counts=counts())


@pages.get("/messages/<uuid:id>")
def message(id: UUID) -> Response:
    """One message: what it carries, why nobody took it, and who is nearest to taking it."""
    require(who(), "message.read")
    return _message(id)


@pages.post("/messages/<uuid:id>/correlate")
def correlate(id: UUID) -> Response:
    """Give it to the chosen token."""
    require(who(), "message.operate")
    instance, _dot, token = request.form.get("to", "").partition("/")
    try:
        to = UUID(instance), int(token)
    except ValueError:
        return _message(id, refusal=WrongState(_("No instance was chosen. Choose who shall get the message.")))
    try:
        port().correlate(who(), id, *to, request.form.get("reason", "").strip())
    except (Conflict, InvalidInput, NotFound, TokenNotWaiting, WrongState) as error:
        return _message(id, refusal=error)
    flash(_("The message is delivered."), "good")
    return redirect(url_for("pages.instances.show", id=to[0]))


@pages.post("/messages/<uuid:id>/drop")
def drop(id: UUID) -> Response:
    require(who(), "message.operate")
    try:
        port().drop(who(), id, request.form.get("reason", "").strip())
    except (Conflict, InvalidInput) as error:
        return _message(id, refusal=error)
    flash(_("The message is dropped."), "good")
    return redirect(url_for(".messages"))


def _message(id: UUID, refusal: ProcessError | None = None) -> Response:
    found = port().message(who(), id)
    waiting = found.record.state == "waiting"
    html = render_template(
        "operate/message.html",
        message=found.record,
        variables=found.variables,
        waiting=waiting,
        candidates=port().candidates(who(), id) if waiting else (),
        refusal=refusal,
        counts=counts(),
    )
    return make_response(html, 409 if refusal else 200)


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
