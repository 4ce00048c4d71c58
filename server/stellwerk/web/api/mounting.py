"""Which nouns the API has, and how they come into an application."""

from __future__ import annotations

from flask import Blueprint, Flask

from stellwerk.usecases.runtime import Runtime
from stellwerk.web.api import (
    data_stores,
    decision_tries,
    decisions,
    definitions,
    deployments,
    documents,
    drafts,
    engine,
    incidents,
    instances,
    messages,
    migrations,
    operate,
    signals,
    tasks,
)
from stellwerk.web.api.routing import Noun, mount

NOUNS: tuple[Noun, ...] = (
    deployments.api,
    definitions.api,
    decisions.api,
    decisions.history,
    instances.api,
    migrations.api,
    operate.api,
    tasks.api,
    messages.api,
    signals.api,
    incidents.api,
    decision_tries.api,
    data_stores.api,
    drafts.api,
    engine.api,
)


def register(app: Flask, rt: Runtime) -> None:
    blueprint = Blueprint("api", __name__, url_prefix="/api/v1", template_folder="templates")
    for noun in NOUNS:
        for operation in noun.operations:
            mount(blueprint, rt, operation)
    documents.mount(blueprint, NOUNS)
    app.register_blueprint(blueprint)
