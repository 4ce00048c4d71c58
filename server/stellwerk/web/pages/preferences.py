"""How the pages look for this browser: theme and language, kept in cookies."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from stellwerk.web.pages.frame import THEMES, local_target
from stellwerk.web.pages.language import LANGUAGES

pages = Blueprint("preferences", __name__)
YEAR_S = 31_536_000


@pages.post("/preferences")
def change() -> Response:
    response = redirect(local_target(request.form.get("next")))
    _keep(response, "theme", THEMES)
    _keep(response, "language", tuple(LANGUAGES))
    return response


def _keep(response: Response, name: str, allowed: tuple[str, ...]) -> None:
    """Keep a choice; a value that is not offered means: as the system or the browser says."""
    if name not in request.form:
        return
    if request.form[name] in allowed:
        response.set_cookie(name, request.form[name], max_age=YEAR_S, httponly=True, samesite="Lax")
    else:
        response.delete_cookie(name)
