"""Check and deploy diagrams, decisions and forms; say which versions take new starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from stellwerk.engine import Difference, compare, variables_in
from stellwerk.errors import InvalidDefinition, Problem
from stellwerk.store import definitions as store
from stellwerk.store.db import Tx
from stellwerk.store.ids import new_id
from stellwerk.store.records import DecisionVersionRecord, DefinitionRecord
from stellwerk.store.sql import lock_names
from stellwerk.usecases import library, new_decisions, starts
from stellwerk.usecases.access import Principal, require
from stellwerk.usecases.examine import BPMN, Examined, Files, Process, examine
from stellwerk.usecases.runtime import Runtime


@dataclass(frozen=True)
class Report:
    """What deploying these files would do. `keys`: the processes; none of them is deployed if there is an error.
    `variables`: names that something in the diagrams writes.
    """

    keys: tuple[str, ...]
    problems: tuple[Problem, ...]
    variables: tuple[str, ...]


@dataclass(frozen=True)
class Deployment:
    """`definitions`: the versions in force after it, also those whose content was there already."""

    id: UUID
    definitions: tuple[DefinitionRecord, ...]
    decisions: tuple[DecisionVersionRecord, ...]
    forms: tuple[str, ...]
    report: tuple[Problem, ...]


@dataclass(frozen=True)
class Change:
    """What deploying a process would change. `version`: the newest one so far, None for a new process; the same content
    makes no new version. `active` instances run in that version, `older` ones in earlier ones.
    """

    key: str
    version: int | None
    same: bool
    active: int
    older: int
    added: tuple[Difference, ...] = ()
    removed: tuple[Difference, ...] = ()
    changed: tuple[Difference, ...] = ()


def check(rt: Runtime, who: Principal, files: Files) -> Report:
    """Every finding about these files; nothing is stored."""
    require(who, "definition.check")
    found = examine(rt, files)
    names = {name for file, content in files if file.endswith(BPMN) for name in variables_in(content)}
    keys = tuple(process.definition.key for process in found.processes)
    return Report(keys, found.problems, tuple(sorted(names)))


def changes(rt: Runtime, who: Principal, files: Files) -> tuple[Change, ...]:
    """Each process of these files beside its newest version; a process with errors is told by `check` alone."""
    require(who, "definition.check")
    found = examine(rt, files)
    with rt.database.reading() as tx:
        return tuple(_change(tx, process) for process in found.processes)


def _change(tx: Tx, process: Process) -> Change:
    key = process.definition.key
    latest = store.find_latest(tx, key)
    if latest is None:
        return Change(key, None, same=False, active=0, older=0)
    every, active = store.counts_of_keys(tx, [key])[key][0], store.count_active(tx, latest.id)
    same = _same(latest, process.hash)
    found = compare(store.get_source(tx, latest.source_hash), process.source, key)
    return Change(key, latest.version, same, active, every - active, found.added, found.removed, found.changed)


def deploy(rt: Runtime, who: Principal, files: Files) -> Deployment:
    """Store all of the files, or nothing when one has an error. What is the same as the latest makes no new version.

    Raises InvalidDefinition, TooLarge.
    """
    require(who, "definition.deploy")
    found = examine(rt, files)
    if found.errors:
        raise InvalidDefinition(found.problems)
    with rt.database.transaction() as tx:
        lock_names(tx, "definition", [process.definition.key for process in found.processes])
        new_decisions.lock(tx, found.decisions)
        deployment = _store(rt, tx, who, found)
    rt.wake()
    return deployment


def _store(rt: Runtime, tx: Tx, who: Principal, found: Examined) -> Deployment:
    now = rt.database.now(tx)
    latest = {p.definition.key: store.find_latest(tx, p.definition.key) for p in found.processes}
    fresh = [p for p in found.processes if not _same(latest[p.definition.key], p.hash)]
    new_forms = [form for form in found.forms if store.find_form_source(tx, form.key) != form.hash]
    models = new_decisions.plan(tx, found.decisions)
    anything = fresh or new_forms or models.anything
    id = new_id() if anything else _deployment_of(tx, found, latest)
    if anything:
        files = {p.hash: p.source for p in fresh} | {form.hash: form.source for form in new_forms} | models.contents
        store.insert_resources(tx, files)
        store.insert_deployment(tx, id=id, at=now, by=who.name, report=[asdict(p) for p in found.problems])
        store.insert_forms(tx, [form.row(id, now) for form in new_forms])
        models.store(tx, id, now, who.name)
    records = [_record(p, latest[p.definition.key], id, now, who) for p in fresh]
    before = {p.definition.key: store.find_startable(tx, p.definition.key) for p in found.processes}
    store.insert_definitions(tx, records)
    for process in found.processes:
        _take_starts(rt, tx, process.definition.key, before[process.definition.key], now, latest)
    keys = [p.definition.key for p in found.processes]
    in_force = tuple(record for key in keys if (record := store.find_latest(tx, key)))
    forms = tuple(form.key for form in found.forms)
    return Deployment(id, in_force, new_decisions.in_force(tx, found.decisions), forms, found.problems)


def _same(latest: DefinitionRecord | None, hash: str) -> bool:
    return latest is not None and latest.source_hash == hash


def _deployment_of(tx: Tx, found: Examined, latest: dict[str, DefinitionRecord | None]) -> UUID:
    """Everything is there already: the deployment that brought it."""
    for record in latest.values():
        if record is not None:
            return record.deployment_id
    if found.decisions:
        return new_decisions.deployment_of(tx, found.decisions[0])
    return store.get_form_deployment(tx, found.forms[0].key)


def _record(
    process: Process, before: DefinitionRecord | None, deployment_id: UUID, now: datetime, who: Principal
) -> DefinitionRecord:
    definition = process.definition
    return DefinitionRecord(
        id=new_id(),
        key=definition.key,
        name=process.name,
        version=before.version + 1 if before else 1,
        version_tag=process.version_tag,
        state="active",
        takes_starts=False,
        deployment_id=deployment_id,
        deployed_at=now,
        deployed_by=who.name,
        filename=process.filename,
        source_hash=process.hash,
        documentation=process.documentation,
        start_form_key=process.start_form_key,
    )


def _take_starts(
    rt: Runtime,
    tx: Tx,
    key: str,
    before: DefinitionRecord | None,
    now: datetime,
    latest: dict[str, DefinitionRecord | None],
) -> None:
    """Deploying activates, also a version that was there and had been stopped."""
    current = store.find_latest(tx, key)
    known = latest[key]
    if current is not None and known is not None and current.id == known.id and current.state != "active":
        store.set_activation(tx, current, active=True)
    _choose(rt, tx, key, before, now)


def _choose(rt: Runtime, tx: Tx, key: str, before: DefinitionRecord | None, now: datetime) -> None:
    """Let the right version take new starts, and its start events wait, if it is another one than before."""
    chosen = store.choose_startable(tx, key)
    if chosen == (before.id if before else None):
        return
    if chosen is None:
        store.replace_starts(tx, key, ())
        return
    record = store.get_definition(tx, chosen)
    source = store.get_source(tx, record.source_hash)
    compilation = library.compile_source(rt, record.source_hash, source)
    definition = next(d for d in compilation.definitions if d.key == key)
    starts.wait_for(tx, record, definition, now, rt.settings.time_zone)


def activate(rt: Runtime, who: Principal, id: UUID) -> None:
    """Let this version take new starts from now on."""
    _switch(rt, who, id, active=True)


def deactivate(rt: Runtime, who: Principal, id: UUID) -> None:
    """Stop new starts of this version; the one that was activated before it takes them, if there is one."""
    _switch(rt, who, id, active=False)


def _switch(rt: Runtime, who: Principal, id: UUID, *, active: bool) -> None:
    require(who, "definition.activate")
    with rt.database.transaction() as tx:
        record = store.get_definition(tx, id)
        lock_names(tx, "definition", [record.key])
        before = store.find_startable(tx, record.key)
        now = rt.database.now(tx)
        store.set_activation(tx, record, active=active)
        _choose(rt, tx, record.key, before, now)
    rt.wake()


def versions(rt: Runtime, who: Principal, key: str) -> Sequence[DefinitionRecord]:
    """All versions of a process, the newest first."""
    require(who, "definition.read")
    with rt.database.reading() as tx:
        return store.list_versions(tx, key)
