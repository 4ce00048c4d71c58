"""The HTML pages: one module for each noun. `port.py` says what they need, `live.py` where it comes from."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Flask

from stellwerk.usecases.access import Principal
from stellwerk.usecases.runtime import Runtime
from stellwerk.web import assets, auth
from stellwerk.web.pages import (
    data_stores,
    decision_editor,
    decisions,
    errors,
    frame,
    instances,
    language,
    many,
    migrations,
    modeler,
    operate,
    preferences,
    processes,
    repair,
    search,
    settings,
    sign_in,
    start,
    tasks,
    variables,
)
from stellwerk.web.pages.live import LivePort
from stellwerk.web.pages.port import Port
from stellwerk.web.pages.secret import secret_key

NOUNS = (
    start,
    sign_in,
    tasks,
    processes,
    decisions,
    migrations,
    many,
    modeler,
    decision_editor,
    instances,
    repair,
    variables,
    operate,
    data_stores,
    settings,
    search,
    preferences,
)


def register(
    app: Flask,
    runtime: Runtime,
    *,
    port: Port | None = None,
    principal: Callable[[], Principal | None] | None = None,
    files: assets.Assets | None = None,
) -> None:
    """Add all pages to the application. `port`, `principal` and `files` are replaced in tests."""
    app.secret_key = app.secret_key or secret_key(runtime.settings)
    app.config.update(SESSION_COOKIE_NAME="stellwerk_notes", SESSION_COOKIE_SAMESITE="Lax")
    app.extensions[frame.EXTENSION] = frame.Frame(port or LivePort(runtime), principal or auth.principal)
    assets.register(app, files or assets.Assets())
    language.register(app, runtime.settings.language)
    pages = Blueprint("pages", __name__, template_folder="../templates")
    for noun in NOUNS:
        pages.register_blueprint(noun.pages)
    frame.register(app, pages)
    errors.register(app)
    app.register_blueprint(pages)
