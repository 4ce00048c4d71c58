"""Processes: what is deployed, in which versions; import and start."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from stellwerk.errors import InvalidDefinition, InvalidInput, NotFound, NotStartable, ProcessError
from stellwerk.store.records import DefinitionRecord
from stellwerk.usecases.access import require
from stellwerk.web.pages import filling
from stellwerk.web.pages.frame import port, who
from stellwerk.web.pages.port import FormView, InstanceFilter
from stellwerk.web.pages.words import _

pages = Blueprint("processes", __name__, url_prefix="/processes")
FEW = 10


@pages.get("/")
def index() -> str:
    text = request.args.get("q", "").strip()
    found = port().processes(who(), text, request.args.get("cursor"))
    drafts = () if request.args.get("cursor") else port().drafts(who(), text)
    return render_template("processes/index.html", page=found, text=text, drafts=drafts)


@pages.get("/import")
def choose_files() -> str:
    require(who(), "definition.deploy")
    return render_template("processes/import.html", problems=(), refusal=None)


@pages.post("/import")
def import_files() -> Response:
    """Deploy the files and show the report; when one has errors, nothing is stored."""
    person = who()
    files = [(file.filename, file.read()) for file in request.files.getlist("files") if file.filename]
    if not files:
        message = _("No file was chosen. Choose .bpmn, .dmn and .form files, or drop them on the page.")
        return make_response(render_template("processes/import.html", problems=(), refusal=ProcessError(message)), 422)
    try:
        deployed = port().deploy(person, files)
    except InvalidDefinition as error:
        return make_response(render_template("processes/import.html", problems=error.problems, refusal=error), 422)
    except ProcessError as error:
        return make_response(render_template("processes/import.html", problems=(), refusal=error), 422)
    return make_response(render_template("processes/deployed.html", deployed=deployed), 201)


@pages.get("/<key>")
def show(key: str) -> str:
    person = who()
    versions = port().versions(person, key)
    shown = _chosen(key, versions, request.args.get("version", type=int))
    running = port().instances(person, InstanceFilter(definition=shown.id), None).items[:FEW]
    return render_template("processes/show.html", definition=shown, versions=versions, instances=running)


@pages.post("/<key>/versions/<uuid:id>/activate")
def activate(key: str, id: UUID) -> Response:
    port().activate(who(), id)
    flash(_("New starts take this version from now on."), "good")
    return redirect(url_for(".show", key=key))


@pages.post("/<key>/versions/<uuid:id>/deactivate")
def deactivate(key: str, id: UUID) -> Response:
    port().deactivate(who(), id)
    flash(_("This version takes no new starts. Instances that run go on."), "good")
    taking = next((v.version for v in port().versions(who(), key) if v.takes_starts), None)
    if taking is not None:
        flash(_("New starts take version %(number)s now.", number=taking), "info")
    return redirect(url_for(".show", key=key))


@pages.get("/<key>/start")
def ask(key: str) -> str:
    definition = _startable(key)
    form = port().start_form(who(), definition.id)
    return _start_page(definition, form, filling.of(form))


@pages.post("/<key>/start")
def start(key: str) -> Response:
    person = who()
    definition = _startable(key)
    filled = filling.read()
    business_key = request.form.get("business_key", "").strip()
    form = port().start_form(person, definition.id)
    if filled.wrong:
        return make_response(_start_page(definition, form, filled, errors=filled.errors), 422)
    try:
        instance = port().start(person, definition.id, business_key or None, filled.values)
    except InvalidInput as error:
        return make_response(_start_page(definition, form, filled, errors=error.errors), 422)
    except NotStartable as error:
        return make_response(_start_page(definition, form, filled, refusal=error), 409)
    flash(_("“%(name)s” has started.", name=definition.name or key), "good")
    return redirect(url_for("pages.instances.show", id=instance.id))


def _start_page(definition: DefinitionRecord, form: FormView, filled: filling.Filled, **more: Any) -> str:
    values = {"errors": (), "refusal": None, "business_key": request.form.get("business_key", ""), **more}
    return render_template("processes/start.html", definition=definition, form=form, filled=filled, **values)


def _chosen(key: str, versions: tuple[DefinitionRecord, ...], number: int | None) -> DefinitionRecord:
    """The version that the address names; else the one that takes new starts; else the newest."""
    if number is not None:
        versions = tuple(v for v in versions if v.version == number)
    if not versions:
        raise NotFound("process", key if number is None else f"{key}, version {number}")
    return next((v for v in versions if v.takes_starts), versions[0])


def _startable(key: str) -> DefinitionRecord:
    definition = _chosen(key, port().versions(who(), key), None)
    if not definition.takes_starts:
        raise NotStartable(
            _(
                "New starts of “%(name)s” are stopped: none of its versions is active. "
                "An administrator can activate one on the page of the process.",
                name=definition.name or key,
            )
        )
    return definition
