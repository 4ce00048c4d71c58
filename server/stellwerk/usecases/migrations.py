"""Running instances go on under another version of their process.

A migration says first what it will do: the plan for a pair of versions, then what becomes of each thing that waits in
an instance. Each instance moves in a commit of its own; one that has moved is no longer in the version it came from, so
that a run over many can be repeated until none is left but those that are refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from stellwerk import engine
from stellwerk.engine import Definition, Fate, MigrationPlan
from stellwerk.engine.commands import MigrateInstance
from stellwerk.errors import FieldError, InvalidInput, ProcessError, WrongState
from stellwerk.store import definitions, instances
from stellwerk.store.instances import InstanceFilter
from stellwerk.store.paging import PageRequest
from stellwerk.store.records import DefinitionRecord, InstanceRecord, Page
from stellwerk.usecases import step
from stellwerk.usecases.access import InstanceSubject, Principal, require
from stellwerk.usecases.host import ServerHost
from stellwerk.usecases.library import definition_of
from stellwerk.usecases.runtime import Runtime

MOST = 100  # instances of one call
Mapped = Mapping[str, "str | None"]


@dataclass(frozen=True)
class MigrationRequest:
    """From one version to another of the same process. `mapping`: see commands.MigrateInstance."""

    source: UUID
    target: UUID
    mapping: Mapped = field(default_factory=dict)
    update_timers: bool = False


@dataclass(frozen=True)
class Versions:
    """The two versions, compiled."""

    source: DefinitionRecord
    target: DefinitionRecord
    old: Definition
    new: Definition


@dataclass(frozen=True)
class Forecast:
    """What would become of one instance. `problem`: why nothing can be said, such as that it has ended."""

    instance: InstanceRecord
    fates: tuple[Fate, ...] = ()
    problem: str = ""

    @property
    def refusals(self) -> tuple[Fate, ...]:
        return tuple(fate for fate in self.fates if fate.becomes == "refused")

    @property
    def can_migrate(self) -> bool:
        return not self.problem and not self.refusals


@dataclass(frozen=True)
class Migrated:
    """What became of one instance of many: it was migrated, or `problem` says why not, and nothing was changed."""

    instance: InstanceRecord
    problem: str = ""


def plan(rt: Runtime, who: Principal, request: MigrationRequest) -> tuple[Versions, MigrationPlan]:
    """Which element stands for which. Raises NotFound, InvalidInput."""
    require(who, "definition.migrate")
    versions = _versions(rt, request)
    return versions, engine.plan(versions.old, versions.new, request.mapping)


def dry_run(rt: Runtime, who: Principal, request: MigrationRequest, page: PageRequest) -> Page[Forecast]:
    """What would become of the version's active and suspended instances, the last started first. Nothing is changed."""
    command = _command(*plan(rt, who, request), request)
    found = _moving(rt, request, page)
    return Page(tuple(_forecast(rt, record, command) for record in found.items), found.next_cursor)


def version_of(rt: Runtime, who: Principal, id: UUID) -> UUID:
    """Which version the instance runs. Raises NotFound."""
    return _permitted(rt, who, id).definition_id


def dry_run_one(rt: Runtime, who: Principal, id: UUID, request: MigrationRequest) -> Forecast:
    """What would become of one instance. Raises NotFound, InvalidInput, WrongState."""
    record = _permitted(rt, who, id)
    return _forecast(rt, record, _command_for(rt, record, request))


def migrate(rt: Runtime, who: Principal, id: UUID, request: MigrationRequest) -> InstanceRecord:
    """Move one instance. Raises NotFound, InvalidInput, WrongState, MigrationRefused, ChangedMeanwhile."""
    record = _permitted(rt, who, id)
    _move(rt, who, record, _command_for(rt, record, request))
    with rt.database.reading() as tx:
        return instances.get_instance(tx, id)


def migrate_many(rt: Runtime, who: Principal, request: MigrationRequest, page: PageRequest) -> Page[Migrated]:
    """Move the version's active and suspended instances, the last started first, `page.limit` at most; each alone."""
    command = _command(*plan(rt, who, request), request)
    found = _moving(rt, request, page)
    return Page(tuple(_try(rt, who, record, command) for record in found.items), found.next_cursor)


def _try(rt: Runtime, who: Principal, record: InstanceRecord, command: MigrateInstance) -> Migrated:
    try:
        _move(rt, who, record, command)
    except ProcessError as error:  # told in the report; the others go on
        return Migrated(record, error.message)
    return Migrated(record)


def _move(rt: Runtime, who: Principal, record: InstanceRecord, command: MigrateInstance) -> None:
    step.run(rt, record.id, step.Move(replace(command, call=record.call), who.name))


def _forecast(rt: Runtime, record: InstanceRecord, command: MigrateInstance) -> Forecast:
    head, definition, snapshot = step.snapshot_of(rt, record.id)
    if str(head.asked_definition_id) != command.before:
        return Forecast(record, problem="It runs another version meanwhile.")
    with rt.database.reading() as tx:
        now = rt.database.now(tx)
    try:
        host = ServerHost(rt, str(head.definition_id))
        fates = engine.dry_run(definition, snapshot, replace(command, call=record.call), now, host)
    except WrongState as error:
        return Forecast(record, problem=error.message)
    return Forecast(record, fates)


def _command(versions: Versions, plan: MigrationPlan, request: MigrationRequest) -> MigrateInstance:
    """`plan` has made sure that the mapping is one."""
    return MigrateInstance(
        versions.new, str(request.target), str(request.source), request.mapping, request.update_timers
    )


def _command_for(rt: Runtime, record: InstanceRecord, request: MigrationRequest) -> MigrateInstance:
    if record.definition_id != request.source:
        message = f"The instance runs version {record.version} and not the one to migrate from. Plan from its version."
        raise WrongState(message)
    versions = _versions(rt, request)
    return _command(versions, engine.plan(versions.old, versions.new, request.mapping), request)


def _versions(rt: Runtime, request: MigrationRequest) -> Versions:
    with rt.database.reading() as tx:
        source = definitions.get_definition(tx, request.source)
        target = definitions.get_definition(tx, request.target)
    if source.key != target.key:
        message = f"'{target.key}' is another process than '{source.key}'. Name another version of the same process."
        raise InvalidInput([FieldError("targetDefinitionId", "key", message)])
    if source.id == target.id:
        message = f"Version {source.version} is the one to migrate from. Name another one."
        raise InvalidInput([FieldError("targetDefinitionId", "other", message)])
    old = definition_of(rt, source.source_hash, source.key)
    new = definition_of(rt, target.source_hash, target.key)
    return Versions(source, target, old, new)


def _moving(rt: Runtime, request: MigrationRequest, page: PageRequest) -> Page[InstanceRecord]:
    with rt.database.reading() as tx:
        wanted = InstanceFilter(definition_id=request.source, moving=True, called=None)
        return instances.list_instances(tx, wanted, PageRequest(min(page.limit, MOST), page.cursor, page.sort))


def _permitted(rt: Runtime, who: Principal, id: UUID) -> InstanceRecord:
    with rt.database.reading() as tx:
        record = instances.get_instance(tx, id)
    require(who, "instance.migrate", InstanceSubject.of(record, takes_part=False))
    return record


def counted(fates: Iterable[Fate]) -> dict[str, int]:
    """How many things each of the outcomes has."""
    counts: dict[str, int] = {}
    for fate in fates:
        counts[fate.becomes] = counts.get(fate.becomes, 0) + 1
    return counts
