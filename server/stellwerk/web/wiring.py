"""Adds everything that answers requests to an application."""

from __future__ import annotations

from flask import Flask

from stellwerk.store import idempotency
from stellwerk.usecases.runtime import Runtime
from stellwerk.web import auth, errors, headers, health, pages, waiting
from stellwerk.web.api import mounting
from stellwerk.web.api.bodies import MEGABYTE

FILES_PER_DEPLOYMENT = 10
"""How many files of the largest size one request may carry."""


def register(app: Flask, runtime: Runtime) -> None:
    """The REST API and the pages."""
    register_api(app, runtime)
    pages.register(app, runtime)


def register_api(app: Flask, runtime: Runtime) -> None:
    """Everything but the pages. The order matters: foreign hosts are refused before anybody is identified."""
    settings = runtime.settings
    app.config["MAX_CONTENT_LENGTH"] = body_limit(settings.upload_limit)
    app.config["MAX_FORM_MEMORY_SIZE"] = 2 * settings.variable_limit * MEGABYTE
    app.config["MAX_FORM_PARTS"] = 1000
    runtime.database.before_commit.append(idempotency.mark)
    errors.register(app)
    headers.register(app, settings)
    health.register(app, runtime)
    auth.register(app, runtime)
    waiting.register(app, runtime)
    mounting.register(app, runtime)


def body_limit(upload_limit: int) -> int:
    """Bytes of the largest request that is read at all."""
    return FILES_PER_DEPLOYMENT * upload_limit * MEGABYTE + MEGABYTE
