"""What a page shows when something is in the way: what happened, why, what to do."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, Response, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from stellwerk.web.assets import AssetsMissing
from stellwerk.web.pages.frame import asker, back_here
from stellwerk.web.pages.words import _

log = logging.getLogger(__name__)


def register(app: Flask) -> None:
    app.extensions["stellwerk.error_page"] = show
    app.register_error_handler(AssetsMissing, without_files)


def show(view: Any) -> AnyResponse:
    """The page of a `web.errors.ProblemView`."""
    if view.status == 401 and view.code == "not-signed-in":
        return redirect(url_for("pages.sign_in.show", next=back_here()))
    title, advice = _words(view.status)
    try:
        page = render_template(
            "error.html", status=view.status, title=title, why=view.detail, advice=advice, known=asker()
        )
    except Exception:  # whatever keeps the frame from being made (no database, a bug in it): say the same without it
        log.exception("the frame of an error page cannot be made")
        page = render_template("bare.html", title=title, why=view.detail, advice=advice)
    return _answer(page, view.status, view.headers)


def without_files(error: AssetsMissing) -> Response:
    page = render_template("bare.html", title=_("The pages are not ready"), why=error.message, advice="")
    return _answer(page, 503, {})


def _answer(page: str, status: int, headers: Any) -> Response:
    response = make_response(page, status)
    response.headers.update(headers)
    response.cache_control.no_store = True
    return response


def _words(status: int) -> tuple[str, str]:
    """What happened and what to do; the reason comes with the error."""
    words = {
        400: (_("The request cannot be read"), _("Go back, check what you sent, and try again.")),
        401: (_("You are not signed in"), _("Sign in to go on.")),
        403: (_("You may not do this"), _("Ask an administrator, or sign in as somebody else.")),
        404: (_("There is nothing here"), _("Check the address, or look for it in the search above.")),
        405: (_("This cannot be done here"), _("Go back and use the buttons of the page.")),
        409: (_("This is not possible any more"), _("Go back and load the page again to see how things are now.")),
        413: (_("This is too large"), _("Send less, or ask an administrator to raise the limit.")),
        422: (_("Something has to be corrected first"), _("Go back, correct it, and try again.")),
        429: (_("Too many tries"), _("Wait a minute, then try again.")),
        503: (_("This is not available right now"), _("Nothing was changed. Try again in a moment.")),
    }
    return words.get(
        status,
        (_("The server made a mistake"), _("Try again. If it happens again, give the text below to an administrator.")),
    )
