"""The pages alone, as an application: no database, no engine, the product's own headers and error handling."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from flask import Flask, Response

from stellwerk.settings import Settings
from stellwerk.usecases.access import Principal
from stellwerk.usecases.runtime import Runtime
from stellwerk.web import errors, headers, pages
from stellwerk.web.assets import Assets

from .fakes import BPMN, FakePort

NAMES = (
    "css/app.css",
    "ui/page.js",
    "tasks/page.js",
    "instances/page.js",
    "modeler/page.js",
    "modeler/page.css",
    "decisions/page.js",
    "decisions/page.css",
)
ISLANDS = (
    "viewer/index.js",
    "viewer/index.css",
    "forms/index.js",
    "forms/index.css",
    "form/index.js",
    "form/index.css",
)


def unbuilt(folder: Path) -> Assets:
    """A manifest as the bundler writes it, without the files: enough to render pages."""
    (folder / "manifest.json").write_text(json.dumps({name: name for name in NAMES + ISLANDS}))
    return Assets(folder)


def application(port: FakePort, who: Principal | None, files: Assets) -> Flask:
    app = Flask("pages")
    app.secret_key = "only for tests"
    runtime = SimpleNamespace(settings=Settings())
    errors.register(app)
    headers.register(app, runtime.settings)
    app.add_template_global(lambda: "the-token", "csrf_token")
    pages.register(app, cast(Runtime, runtime), port=cast(Any, port), principal=lambda: who, files=files)

    @app.get("/api/v1/definitions/<id>/xml")
    def xml(id: str) -> Response:
        return Response((BPMN / "order.bpmn").read_bytes(), mimetype="application/xml")

    return app
