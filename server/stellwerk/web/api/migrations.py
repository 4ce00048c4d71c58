"""Running instances go to another version: the plan, what it would do, one instance, many."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from stellwerk.engine import Fate, Pairing
from stellwerk.store.paging import PageRequest
from stellwerk.usecases import migrations
from stellwerk.usecases.migrations import Forecast, Migrated, MigrationRequest
from stellwerk.web.api.instances import InstanceOut
from stellwerk.web.api.models import Id, Input, ItemsOut, Key, Output
from stellwerk.web.api.routing import Call, Noun
from stellwerk.web.api.searching import items

api = Noun("migrations", "instance", "Running instances go to another version of their process.")

Mapping = Annotated[
    dict[Key, Key | None],
    Field(
        max_length=10_000,
        description="Element of the source version -> element of the target version, or null for no counterpart. "
        "What is left out is mapped by id, or by kind and name.",
    ),
]


class PairIn(Input):
    """Two versions of one process."""

    source_definition_id: Id
    target_definition_id: Id
    mapping: Mapping = {}


class MigrationIn(PairIn):
    """`updateTimers`: timers are set anew from now on as the target version says; else they keep their time."""

    update_timers: bool = False


class MigrationPageIn(Input):
    """How many instances; each is migrated by itself."""

    limit: Annotated[int, Field(ge=1, le=migrations.MOST)] = 50
    cursor: Annotated[str, Field(max_length=1000)] | None = None


class ManyIn(MigrationIn):
    """The active and suspended instances of the source version, the last started first."""

    page: MigrationPageIn = MigrationPageIn()

    def request(self) -> PageRequest:
        return PageRequest(self.page.limit, self.page.cursor)


class MigrateIn(Input):
    """`sourceDefinitionId`, if given, must be the version that the instance runs: else nothing is changed."""

    target_definition_id: Id
    source_definition_id: Id | None = None
    mapping: Mapping = {}
    update_timers: bool = False


class PlaceOut(Output):
    """An element of a diagram."""

    id: str
    name: str | None
    type: str


class PairingOut(Output):
    """`target` null: no counterpart; `problem` says why if the same id was no counterpart."""

    source: PlaceOut
    target: PlaceOut | None
    how: Literal["id", "name", "given", ""]
    problem: str


class PlanOut(Output):
    """Which element of the target version stands for which of the source version."""

    source_definition_id: UUID
    target_definition_id: UUID
    pairings: list[PairingOut]


class FateOut(Output):
    """What becomes of one thing that waits. `message` is a sentence; `token` is its number in the instance."""

    token: int
    kind: str
    source: str | None
    target: str | None
    becomes: str
    message: str


class ForecastOut(Output):
    """`problem` says why nothing can be told. An instance with one refusal is refused as a whole."""

    instance: InstanceOut
    can_migrate: bool
    problem: str
    fates: list[FateOut]


class MigratedOut(Output):
    """`problem`: why it was not migrated; then nothing of it was changed."""

    instance_id: UUID
    migrated: bool
    problem: str


@api.post("/migrations/plan", access="definition.migrate", body=PairIn, answer=PlanOut)
def plan(call: Call, body: PairIn) -> PlanOut:
    """Map the elements of one version to those of another. Nothing is changed."""
    request = MigrationRequest(body.source_definition_id, body.target_definition_id, body.mapping)
    versions, found = migrations.plan(call.rt, call.who, request)
    return PlanOut(
        source_definition_id=versions.source.id,
        target_definition_id=versions.target.id,
        pairings=[_pairing(pairing) for pairing in found.pairings],
    )


@api.post("/migrations/dry-run", access="definition.migrate", body=ManyIn, answer=ItemsOut[ForecastOut])
def dry_run(call: Call, body: ManyIn) -> ItemsOut[ForecastOut]:
    """Say what would become of each thing that waits in the active and suspended instances. Nothing is changed."""
    found = migrations.dry_run(call.rt, call.who, _request(body), body.request())
    return items(ItemsOut[ForecastOut], found, _forecast)


@api.post("/migrations", access="definition.migrate", body=ManyIn, answer=ItemsOut[MigratedOut], changes=True)
def migrate_many(call: Call, body: ManyIn) -> ItemsOut[MigratedOut]:
    """Migrate active and suspended instances of the source version, each in a transaction of its own.

    Send `nextCursor` for the next ones. What was migrated has left the source version, so it is harmless to begin anew.
    """
    found = migrations.migrate_many(call.rt, call.who, _request(body), body.request())
    return items(ItemsOut[MigratedOut], found, _migrated)


@api.post("/instances/<id>/migrate", access="instance.migrate", body=MigrateIn, answer=InstanceOut, changes=True)
def migrate(call: Call, id: UUID, body: MigrateIn) -> Any:
    """Migrate one instance, or say with `reasons` why it cannot be; then nothing was changed."""
    source = body.source_definition_id or migrations.version_of(call.rt, call.who, id)
    request = MigrationRequest(source, body.target_definition_id, body.mapping, body.update_timers)
    return migrations.migrate(call.rt, call.who, id, request)


@api.post("/instances/<id>/migrate/dry-run", access="instance.migrate", body=MigrateIn, answer=ForecastOut)
def dry_run_one(call: Call, id: UUID, body: MigrateIn) -> ForecastOut:
    """Say what would become of each thing that waits in one instance. Nothing is changed."""
    source = body.source_definition_id or migrations.version_of(call.rt, call.who, id)
    request = MigrationRequest(source, body.target_definition_id, body.mapping, body.update_timers)
    return _forecast(migrations.dry_run_one(call.rt, call.who, id, request))


def _request(body: MigrationIn) -> MigrationRequest:
    return MigrationRequest(body.source_definition_id, body.target_definition_id, body.mapping, body.update_timers)


def _pairing(pairing: Pairing) -> PairingOut:
    target = PlaceOut.model_validate(pairing.target) if pairing.target is not None else None
    source = PlaceOut.model_validate(pairing.source)
    return PairingOut(source=source, target=target, how=pairing.how, problem=pairing.problem)


def _fate(fate: Fate) -> FateOut:
    return FateOut.model_validate(fate)


def _forecast(forecast: Forecast) -> ForecastOut:
    return ForecastOut(
        instance=InstanceOut.model_validate(forecast.instance),
        can_migrate=forecast.can_migrate,
        problem=forecast.problem,
        fates=[_fate(fate) for fate in forecast.fates],
    )


def _migrated(migrated: Migrated) -> MigratedOut:
    return MigratedOut(instance_id=migrated.instance.id, migrated=not migrated.problem, problem=migrated.problem)
