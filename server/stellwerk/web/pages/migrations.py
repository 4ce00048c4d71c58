"""Running instances go to another version: the mapping, what it would do, and the report of what it did."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from stellwerk.engine import Fate, MigrationPlan, Pairing
from stellwerk.errors import InvalidInput, NotFound
from stellwerk.store.records import DefinitionRecord
from stellwerk.usecases.access import require
from stellwerk.usecases.migrations import MigrationRequest, counted
from stellwerk.web.pages.frame import port, who
from stellwerk.web.pages.words import lazy

pages = Blueprint("migrations", __name__, url_prefix="/processes/<key>/migrate")
FIELD = "map."  # begins the names of fields that hold a counterpart; the rest is the element's id
MANY = 150  # elements from which those that are the same in both versions cannot be chosen otherwise on the page

KINDS: dict[str, Any] = {
    "token": lazy("Token"),
    "task": lazy("Task"),
    "job": lazy("Job"),
    "timer": lazy("Timer"),
    "subscription": lazy("Message or signal"),
    "condition": lazy("Condition"),
    "listener": lazy("Event"),
    "scope": lazy("Running activity"),
    "join": lazy("Token at a join"),
    "record": lazy("What can be undone"),
    "incident": lazy("Incident"),
}
BECOMES: dict[str, Any] = {
    "kept": lazy("stays as it is"),
    "moved": lazy("goes on at the counterpart"),
    "opened": lazy("begins to wait"),
    "closed": lazy("waits no longer"),
    "renamed": lazy("waits under its new name"),
    "anew": lazy("is asked for or set anew"),
    "begun": lazy("begins around what is inside"),
    "left": lazy("ends around what is inside"),
    "refused": lazy("cannot be migrated"),
}


@pages.get("/")
def show(key: str) -> str:
    """The generated mapping, and what it would do with the instances that run."""
    require(who(), "definition.migrate")
    versions = port().versions(who(), key)
    source = _version(versions, key, request.args.get("from", type=int)) or _from(versions, key)
    target = _version(versions, key, request.args.get("to", type=int)) or _to(versions, source)
    if target is None or target.id == source.id:
        return render_template("processes/migrate.html", source=source, target=None, versions=versions)
    return _plan_page(versions, source, target, MigrationRequest(source.id, target.id))


@pages.post("/")
def look(key: str) -> Response:
    """The same for a mapping that was changed."""
    versions, source, target, wanted = _sent(key)
    try:
        return make_response(_plan_page(versions, source, target, wanted))
    except InvalidInput as error:
        generated = MigrationRequest(source.id, target.id)
        return make_response(_plan_page(versions, source, target, generated, errors=error.errors), 422)


@pages.post("/run")
def run(key: str) -> Response:
    """Migrate one page of instances, and show what became of each."""
    _, source, target, wanted = _sent(key)
    report = port().migrate(who(), wanted, request.form.get("cursor") or None)
    return make_response(
        render_template(
            "processes/migrated.html", source=source, target=target, wanted=wanted, report=report, field=FIELD
        )
    )


def _plan_page(
    versions: tuple[DefinitionRecord, ...],
    source: DefinitionRecord,
    target: DefinitionRecord,
    wanted: MigrationRequest,
    **more: Any,
) -> str:
    person = who()
    plan = port().migration_plan(person, wanted)
    same = [p for p in plan.pairings if p.how == "id" and p.target is not None]
    return render_template(
        "processes/migrate.html",
        source=source,
        target=target,
        versions=versions,
        wanted=wanted,
        differ=[p for p in plan.pairings if p not in same],
        same=same,
        options=_options(plan, same),
        names=_names(plan),
        forecasts=port().forecast(person, wanted),
        KINDS=KINDS,
        BECOMES=BECOMES,
        counted=_counted,
        field=FIELD,
        **{"errors": (), **more},
    )


def _options(plan: MigrationPlan, same: list[Pairing]) -> dict[str, list[Any]]:
    """What can be chosen for each element; a list for every element of a large diagram would be no page."""
    fixed = {p.source.id for p in same} if len(plan.pairings) > MANY else set()
    return {id: elements for id, elements in plan.options.items() if id not in fixed}


def _names(plan: MigrationPlan) -> dict[str, str]:
    """What people call the elements of both versions."""
    elements = (plan.old.definition.elements, plan.new.definition.elements)
    return {id: element.name or id for version in elements for id, element in version.items()}


def _counted(fates: Iterable[Fate]) -> list[tuple[Any, int]]:
    return [(BECOMES[becomes], number) for becomes, number in counted(fates).items()]


def _sent(key: str) -> tuple[tuple[DefinitionRecord, ...], DefinitionRecord, DefinitionRecord, MigrationRequest]:
    """The two versions and the mapping of a form: what differs from the generated one."""
    require(who(), "definition.migrate")
    versions = port().versions(who(), key)
    source = _version(versions, key, request.form.get("from", type=int)) or _from(versions, key)
    target = _version(versions, key, request.form.get("to", type=int)) or _to(versions, source)
    if target is None:
        raise NotFound("version", key)
    generated = port().migration_plan(who(), MigrationRequest(source.id, target.id)).mapping
    chosen = {name.removeprefix(FIELD): text or None for name, text in request.form.items() if name.startswith(FIELD)}
    mapping = {id: counterpart for id, counterpart in chosen.items() if generated.get(id) != counterpart}
    return versions, source, target, MigrationRequest(source.id, target.id, mapping, "timers" in request.form)


def _version(versions: tuple[DefinitionRecord, ...], key: str, number: int | None) -> DefinitionRecord | None:
    if number is None:
        return None
    found = next((v for v in versions if v.version == number), None)
    if found is None:
        raise NotFound("version", f"{key}, version {number}")
    return found


def _from(versions: tuple[DefinitionRecord, ...], key: str) -> DefinitionRecord:
    """The newest but one in which instances run."""
    if not versions:
        raise NotFound("process", key)
    return next((v for v in versions[1:] if v.instances_active), versions[-1])


def _to(versions: tuple[DefinitionRecord, ...], source: DefinitionRecord) -> DefinitionRecord | None:
    return next((v for v in versions if v.id != source.id), None)
