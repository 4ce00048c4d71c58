"""Versions of decisions, and the DMN files that they are in."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import aliased

from stellwerk.errors import NotFound
from stellwerk.store.db import Tx
from stellwerk.store.paging import AnyRow, AnySelect, Order, PageRequest, contains, paged
from stellwerk.store.records import DecisionVersionRecord, DefinitionRecord, ModelRecord, Page
from stellwerk.store.sql import insert_rows
from stellwerk.store.tables import DecisionModelRow, DecisionRow


@dataclass(frozen=True)
class DecisionFilter:
    """All that are given must hold. `text` is looked for in key and name. `latest`: one version of each key."""

    key: str | None = None
    text: str | None = None
    kind: str | None = None
    version: int | None = None
    version_tag: str | None = None
    deployment_id: UUID | None = None
    latest: bool = False


_D, _M = DecisionRow, DecisionModelRow
_OWN = ("id", "key", "name", "version", "version_tag", "kind", "deployment_id", "deployed_at", "deployed_by")
_OF_MODEL = tuple(column.name for column in _M.__table__.c)
_MODEL: AnySelect = select(*_M.__table__.c)
_RECORD: AnySelect = select(
    *(getattr(_D, name) for name in _OWN), *(column.label(f"model_{column.name}") for column in _M.__table__.c)
).join(_M, _M.id == _D.model_id)
_ORDER = Order(
    {"deployedAt": _D.deployed_at, "name": _D.name, "key": _D.key, "version": _D.version}, "-deployedAt", _D.id
)


def get_decision(tx: Tx, id: UUID) -> DecisionVersionRecord:
    row = tx.execute(_RECORD.where(_D.id == id)).first()
    if row is None:
        raise NotFound("decision", str(id))
    return _record(row)


def find_version(tx: Tx, key: str, version: int) -> DecisionVersionRecord | None:
    return _first(tx, _RECORD.where(_D.key == key, _D.version == version))


def find_latest(tx: Tx, key: str) -> DecisionVersionRecord | None:
    return _first(tx, _RECORD.where(_D.key == key).order_by(_D.version.desc()))


def find_tagged(tx: Tx, key: str, tag: str) -> DecisionVersionRecord | None:
    """The newest version with this version tag."""
    return _first(tx, _RECORD.where(_D.key == key, _D.version_tag == tag).order_by(_D.version.desc()))


def find_deployed_with(tx: Tx, key: str, other: DefinitionRecord) -> DecisionVersionRecord | None:
    """The version that came with the deployment of `other`, else the newest that was there at that time."""
    together = _D.deployment_id == other.deployment_id
    there = _RECORD.where(_D.key == key, or_(together, _D.deployed_at <= other.deployed_at))
    return _first(tx, there.order_by(together.desc(), _D.version.desc()))


def known_keys(tx: Tx, keys: Collection[str]) -> set[str]:
    """Which of these decisions are deployed."""
    if not keys:
        return set()
    return set(tx.execute(select(_D.key).where(_D.key.in_(sorted(keys))).distinct()).scalars())


def list_keys(tx: Tx, most: int) -> list[str]:
    """Keys of deployed decisions, in their order."""
    return list(tx.execute(select(_D.key).distinct().order_by(_D.key).limit(most)).scalars())


def list_decisions(tx: Tx, filter: DecisionFilter, request: PageRequest) -> Page[DecisionVersionRecord]:
    """Newest first by default."""
    return paged(tx, _RECORD.where(*_conditions(filter)), request, _ORDER, lambda rows: [_record(row) for row in rows])


def _conditions(filter: DecisionFilter) -> list[ColumnElement[bool]]:
    wanted: tuple[tuple[Any, Any], ...] = (
        (_D.key, filter.key),
        (_D.kind, filter.kind),
        (_D.version, filter.version),
        (_D.version_tag, filter.version_tag),
        (_D.deployment_id, filter.deployment_id),
    )
    found = [column == value for column, value in wanted if value is not None]
    if filter.text:
        found.append(or_(contains(_D.key, filter.text), contains(_D.name, filter.text)))
    if filter.latest:
        later = aliased(_D)
        found.append(~exists().where(later.key == _D.key, later.version > _D.version))
    return found


def _first(tx: Tx, statement: AnySelect) -> DecisionVersionRecord | None:
    row = tx.execute(statement.limit(1)).first()
    return None if row is None else _record(row)


def _record(row: AnyRow) -> DecisionVersionRecord:
    values = row._mapping
    model = _model({name: values[f"model_{name}"] for name in _OF_MODEL})
    return DecisionVersionRecord(**{name: values[name] for name in _OWN}, model=model)


# -- files
def find_model(tx: Tx, namespace: str, filename: str | None = None) -> ModelRecord | None:
    """The newest deployed file of this namespace, and perhaps of this name."""
    wanted = _MODEL.where(_M.namespace == namespace)
    if filename is not None:
        wanted = wanted.where(_M.filename == filename)
    row = tx.execute(wanted.order_by(_M.deployed_at.desc(), _M.id.desc()).limit(1)).first()
    return None if row is None else _model({name: row._mapping[name] for name in _OF_MODEL})


def get_model(tx: Tx, namespace: str, filename: str) -> ModelRecord:
    found = find_model(tx, namespace, filename)
    if found is None:
        raise NotFound("decision model", filename)
    return found


def _model(values: Mapping[str, Any]) -> ModelRecord:
    imports = tuple((name, hash) for name, hash in values["imports"])
    return ModelRecord(**{**values, "imports": imports})


# -- deploying
def insert_models(tx: Tx, records: Sequence[ModelRecord]) -> None:
    insert_rows(tx, _M, [{name: getattr(record, name) for name in _OF_MODEL} for record in records])


def insert_decisions(tx: Tx, records: Sequence[DecisionVersionRecord]) -> None:
    rows = [{name: getattr(record, name) for name in _OWN} | {"model_id": record.model.id} for record in records]
    insert_rows(tx, _D, rows)
