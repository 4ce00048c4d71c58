"""Where everything is wired together: settings become a runtime, a runtime becomes a web application."""

from __future__ import annotations

from flask import Flask

from stellwerk import engine
from stellwerk.errors import SettingInvalid
from stellwerk.jobs.retry import default_policy
from stellwerk.settings import Settings
from stellwerk.store import migrations
from stellwerk.store.db import Clock, init_db
from stellwerk.store.outcome import HISTORY_LEVELS
from stellwerk.usecases.runtime import Engine, Handlers, Runtime, Sandbox
from stellwerk.web import wiring

_EXTENSION = "stellwerk.runtime"


def create_app(
    settings: Settings,
    *,
    clock: Clock | None = None,
    sandbox: Sandbox | None = None,
    handlers: Handlers | None = None,
    bpmn: Engine = engine,
) -> Flask:
    """The web application on an upgraded database. Tests give a clock, a sandbox, handlers or an engine of their own.

    Raises SettingInvalid, StorageUnavailable, WrongState (the database belongs to a newer Stellwerk).
    """
    app = Flask("stellwerk", static_folder=None)
    runtime = _runtime(app, settings, clock, sandbox, handlers, bpmn)
    app.extensions[_EXTENSION] = runtime
    wiring.register(app, runtime)
    return app


def create_runtime(
    settings: Settings,
    *,
    clock: Clock | None = None,
    sandbox: Sandbox | None = None,
    handlers: Handlers | None = None,
    bpmn: Engine = engine,
    upgrade: bool = True,
) -> Runtime:
    """The use cases without web: for workers, the command line and tools. `upgrade`: bring the database up to date."""
    return _runtime(Flask("stellwerk"), settings, clock, sandbox, handlers, bpmn, upgrade)


def runtime_of(app: Flask) -> Runtime:
    runtime: Runtime = app.extensions[_EXTENSION]
    return runtime


def _runtime(
    app: Flask,
    settings: Settings,
    clock: Clock | None,
    sandbox: Sandbox | None,
    handlers: Handlers | None,
    bpmn: Engine,
    upgrade: bool = True,
) -> Runtime:
    settings.data.mkdir(parents=True, exist_ok=True)
    check_settings(settings)
    database = init_db(app, settings, clock)
    if upgrade:
        migrations.upgrade(database)
    return Runtime(settings, database, bpmn, sandbox or _sandbox(settings), handlers or _handlers(settings))


def check_settings(settings: Settings) -> None:
    """Tell what is wrong at the start, not when it is needed first. Raises SettingInvalid."""
    default_policy(settings)
    if settings.history not in HISTORY_LEVELS:
        levels = ", ".join(HISTORY_LEVELS)
        raise SettingInvalid(f"STELLWERK_HISTORY is '{settings.history}'. It must be one of: {levels}.")


def _sandbox(settings: Settings) -> Sandbox:
    from stellwerk.sandbox import Sandbox as Processes

    return Processes(settings.sandbox_workers, settings.script_seconds, settings.script_memory)


def _handlers(settings: Settings) -> Handlers:
    from stellwerk.jobs.handlers import load

    return load(settings)
