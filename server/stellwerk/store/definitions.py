"""Deployments, versions of processes, forms, and the start events that wait."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, delete, exists, func, insert, or_, select, update
from sqlalchemy.orm import aliased

from stellwerk.errors import NotFound
from stellwerk.store.db import Tx
from stellwerk.store.paging import AnyRow, AnySelect, Order, PageRequest, contains, paged
from stellwerk.store.records import DefinitionRecord, Page
from stellwerk.store.sql import insert_rows
from stellwerk.store.tables import (
    DefinitionRow,
    DeploymentRow,
    FormRow,
    InstanceRow,
    JobRow,
    ResourceRow,
    StartSubscriptionRow,
)


@dataclass(frozen=True)
class DefinitionFilter:
    """All that are given must hold. `text` is looked for in key and name. `latest`: one version of each key."""

    key: str | None = None
    text: str | None = None
    state: str | None = None
    takes_starts: bool | None = None
    version: int | None = None
    latest: bool = False


@dataclass(frozen=True)
class StartSubscription:
    """`element_id` is the trigger: with a number where the element waits for several events."""

    definition_id: UUID
    definition_key: str
    element_id: str
    kind: str
    name: str


_D = DefinitionRow
_COLUMNS = [column for column in _D.__table__.c if column.name != "activation"]
_NAMES = [column.name for column in _COLUMNS]
_ORDER = Order(
    {"deployedAt": _D.deployed_at, "name": _D.name, "key": _D.key, "version": _D.version}, "-deployedAt", _D.id
)
# Making a statement costs more than running it, so those of every start are made once.
_BY_ID: AnySelect = select(*_COLUMNS).where(_D.id == bindparam("at_id", type_=_D.id.type))
_STARTABLE: AnySelect = select(*_COLUMNS).where(_D.key == bindparam("at_key"), _D.takes_starts.is_(True))


def get_definition(tx: Tx, id: UUID) -> DefinitionRecord:
    row = tx.execute(_BY_ID, {"at_id": id}).first()
    if row is None:
        raise NotFound("definition", str(id))
    return _record(row)


def find_version(tx: Tx, key: str, version: int) -> DefinitionRecord | None:
    row = tx.execute(select(*_COLUMNS).where(_D.key == key, _D.version == version)).first()
    return _record(row) if row else None


def find_latest(tx: Tx, key: str) -> DefinitionRecord | None:
    """The version with the highest number, active or not."""
    row = tx.execute(select(*_COLUMNS).where(_D.key == key).order_by(_D.version.desc()).limit(1)).first()
    return _record(row) if row else None


def find_tagged(tx: Tx, key: str, tag: str) -> DefinitionRecord | None:
    """The newest version with this version tag."""
    tagged = select(*_COLUMNS).where(_D.key == key, _D.version_tag == tag)
    row = tx.execute(tagged.order_by(_D.version.desc()).limit(1)).first()
    return _record(row) if row else None


def find_deployed_with(tx: Tx, key: str, other: DefinitionRecord) -> DefinitionRecord | None:
    """The version that came with the deployment of `other`, else the newest that was there at that time."""
    together = _D.deployment_id == other.deployment_id
    there = select(*_COLUMNS).where(_D.key == key, or_(together, _D.deployed_at <= other.deployed_at))
    row = tx.execute(there.order_by(together.desc(), _D.version.desc()).limit(1)).first()
    return _record(row) if row else None


def known_keys(tx: Tx, keys: Collection[str]) -> set[str]:
    """Which of these processes are deployed."""
    if not keys:
        return set()
    return set(tx.execute(select(_D.key).where(_D.key.in_(sorted(keys))).distinct()).scalars())


def list_versions(tx: Tx, key: str) -> tuple[DefinitionRecord, ...]:
    """All versions of a process, the newest first."""
    rows = tx.execute(select(*_COLUMNS).where(_D.key == key).order_by(_D.version.desc()))
    return tuple(_record(row) for row in rows)


def find_startable(tx: Tx, key: str) -> DefinitionRecord | None:
    """The version that new starts by key take."""
    row = tx.execute(_STARTABLE, {"at_key": key}).first()
    return _record(row) if row else None


def list_definitions(tx: Tx, filter: DefinitionFilter, request: PageRequest) -> Page[DefinitionRecord]:
    """Newest first by default, with the numbers of active instances and of those with incidents."""

    def make(rows: list[AnyRow]) -> list[DefinitionRecord]:
        counts = _counts(tx, [row.id for row in rows])
        return [_record(row, *counts.get(row.id, (0, 0))) for row in rows]

    return paged(tx, select(*_COLUMNS).where(*_conditions(filter)), request, _ORDER, make)


def _conditions(filter: DefinitionFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for column, value in ((_D.key, filter.key), (_D.state, filter.state), (_D.version, filter.version)):
        if value is not None:
            found.append(column == value)
    if filter.takes_starts is not None:
        found.append(_D.takes_starts.is_(filter.takes_starts))
    if filter.text:
        found.append(or_(contains(_D.key, filter.text), contains(_D.name, filter.text)))
    if filter.latest:
        later = aliased(_D)
        found.append(~exists().where(later.key == _D.key, later.version > _D.version))
    return found


def counts_of_keys(tx: Tx, keys: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Active instances of all versions of each process, and those of them with incidents."""
    i = InstanceRow
    live = select(i.definition_key, func.count()).where(i.definition_key.in_(list(keys)), i.state == "active")
    live = live.group_by(i.definition_key)
    active = dict(tx.execute(live).all())
    troubled = dict(tx.execute(live.where(i.incident_count > 0)).all())
    return {key: (active.get(key, 0), troubled.get(key, 0)) for key in keys}


def count_active(tx: Tx, id: UUID) -> int:
    """Active instances of one version."""
    return _counts(tx, [id])[id][0]


def _counts(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
    if not ids:
        return {}
    i = InstanceRow
    live = select(i.definition_id, func.count()).where(i.definition_id.in_(ids), i.state == "active")
    stuck = select(i.definition_id, func.count()).where(
        i.definition_id.in_(ids), i.incident_count > 0, i.state == "active"
    )
    active = dict(tx.execute(live.group_by(i.definition_id)).all())
    troubled = dict(tx.execute(stuck.group_by(i.definition_id)).all())
    return {id: (active.get(id, 0), troubled.get(id, 0)) for id in ids}


def _record(row: AnyRow, active: int = 0, troubled: int = 0) -> DefinitionRecord:
    values = dict(zip(_NAMES, row, strict=False))  # rows of a list have more columns behind these
    return DefinitionRecord(**values, instances_active=active, instances_with_incidents=troubled)


# -- files
def get_source(tx: Tx, hash: str) -> bytes:
    data = tx.execute(select(ResourceRow.data).where(ResourceRow.hash == hash)).scalar_one_or_none()
    if data is None:
        raise NotFound("file", hash)
    return data


def insert_resources(tx: Tx, files: Mapping[str, bytes]) -> None:
    """Store contents (sha256 -> bytes) that are not there yet."""
    there = set(tx.execute(select(ResourceRow.hash).where(ResourceRow.hash.in_(list(files)))).scalars())
    missing = [{"hash": hash, "data": data} for hash, data in files.items() if hash not in there]
    if missing:
        tx.execute(insert(ResourceRow), missing)


# -- deploying
def insert_deployment(tx: Tx, *, id: UUID, at: datetime, by: str, report: list[dict[str, Any]]) -> None:
    tx.execute(insert(DeploymentRow).values(id=id, at=at, by=by, report=report))


def insert_definitions(tx: Tx, records: Sequence[DefinitionRecord]) -> None:
    """New versions, the last to be activated."""
    rows = [
        {name: getattr(record, name) for name in _NAMES} | {"activation": _next_activation(tx, record.key)}
        for record in records
    ]
    insert_rows(tx, _D, rows)


def set_activation(tx: Tx, record: DefinitionRecord, *, active: bool) -> None:
    values: dict[str, Any] = {"state": "active" if active else "inactive"}
    if active:
        values["activation"] = _next_activation(tx, record.key)
    tx.execute(update(_D).where(_D.id == record.id).values(**values))


def _next_activation(tx: Tx, key: str) -> int:
    return 1 + (tx.execute(select(func.max(_D.activation)).where(_D.key == key)).scalar_one() or 0)


def choose_startable(tx: Tx, key: str) -> UUID | None:
    """Let the active version that was activated last take new starts; return it, None when no version is active."""
    active = select(_D.id).where(_D.key == key, _D.state == "active")
    chosen = tx.execute(active.order_by(_D.activation.desc()).limit(1)).scalar_one_or_none()
    tx.execute(update(_D).where(_D.key == key, _D.takes_starts.is_(True), _D.id != chosen).values(takes_starts=False))
    tx.execute(update(_D).where(_D.id == chosen).values(takes_starts=True))
    return chosen


# -- start events
def replace_starts(tx: Tx, key: str, starts: Iterable[StartSubscription]) -> None:
    """Start events of all versions of `key` stop to wait; those in `starts` begin to."""
    versions = select(_D.id).where(_D.key == key)
    tx.execute(delete(StartSubscriptionRow).where(StartSubscriptionRow.definition_id.in_(versions)))
    tx.execute(delete(JobRow).where(JobRow.kind == "timer-start", JobRow.definition_id.in_(versions)))
    rows = [
        {"definition_id": s.definition_id, "element_id": s.element_id, "kind": s.kind, "name": s.name} for s in starts
    ]
    if rows:
        tx.execute(insert(StartSubscriptionRow), rows)


def list_starts(tx: Tx, kind: str, name: str) -> list[StartSubscription]:
    """Start events that wait for the message or signal `name`."""
    s = StartSubscriptionRow
    joined = select(s.definition_id, _D.key, s.element_id, s.kind, s.name).join(_D, _D.id == s.definition_id)
    rows = tx.execute(joined.where(s.kind == kind, s.name == name).order_by(_D.key))
    return [StartSubscription(*row) for row in rows]


# -- forms
def insert_forms(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        tx.execute(insert(FormRow), [dict(row) for row in rows])


def find_form(tx: Tx, key: str, deployment_id: UUID) -> bytes | None:
    """The form for `key`: the one deployed together with the process, else the newest of all."""
    f = FormRow
    chosen: AnySelect = select(ResourceRow.data).join(f, f.source_hash == ResourceRow.hash)
    named = or_(f.key == key, f.filename.in_((key, f"{key}.form")))
    together = (f.deployment_id == deployment_id).desc()
    statement = chosen.where(named).order_by(together, f.deployed_at.desc(), f.id.desc()).limit(1)
    return tx.execute(statement).scalar_one_or_none()


def known_forms(tx: Tx, keys: Iterable[str]) -> set[str]:
    """Which of these form keys are deployed."""
    wanted = list(keys)
    if not wanted:
        return set()
    by_key = set(tx.execute(select(FormRow.key).where(FormRow.key.in_(wanted))).scalars())
    names = [n for key in wanted for n in (key, f"{key}.form")]
    by_file = set(tx.execute(select(FormRow.filename).where(FormRow.filename.in_(names))).scalars())
    return {key for key in wanted if key in by_key or key in by_file or f"{key}.form" in by_file}


def list_form_keys(tx: Tx, most: int) -> list[str]:
    """Keys of deployed forms, in their order."""
    return list(tx.execute(select(FormRow.key).distinct().order_by(FormRow.key).limit(most)).scalars())


def get_form_deployment(tx: Tx, key: str) -> UUID:
    """The deployment that brought the newest form of this key."""
    newest = select(FormRow.deployment_id).where(FormRow.key == key)
    return tx.execute(newest.order_by(FormRow.deployed_at.desc(), FormRow.id.desc()).limit(1)).scalar_one()


def find_form_source(tx: Tx, key: str) -> str | None:
    """Hash of the newest form that was deployed under this key."""
    newest = select(FormRow.source_hash).where(FormRow.key == key)
    return tx.execute(newest.order_by(FormRow.deployed_at.desc(), FormRow.id.desc()).limit(1)).scalar_one_or_none()
