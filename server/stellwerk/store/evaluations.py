"""What decisions gave: in processes, and for who asked for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select

from stellwerk.engine.values import to_json
from stellwerk.errors import NotFound
from stellwerk.store.db import Tx
from stellwerk.store.instances import visible_to
from stellwerk.store.paging import AnyRow, AnySelect, Order, PageRequest, paged
from stellwerk.store.projection import MASK, Masks, cut, for_history
from stellwerk.store.records import EvaluationRecord, Page, Scope
from stellwerk.store.sql import insert_rows
from stellwerk.store.tables import DecisionEvaluationRow, InstanceRow


@dataclass(frozen=True)
class EvaluationFilter:
    """All that are given must hold. `scope`: those of instances that they may see, and those that they asked for."""

    key: str | None = None
    version: int | None = None
    decision_id: UUID | None = None
    instance_id: UUID | None = None
    root_id: UUID | None = None
    element_id: str | None = None
    at_from: datetime | None = None  # inclusive
    at_to: datetime | None = None  # exclusive
    scope: Scope | None = None


_E, _I = DecisionEvaluationRow, InstanceRow
_RECORD: AnySelect = select(*_E.__table__.c)
_ORDER = Order({"at": _E.at}, "-at", _E.id)


def get_evaluation(tx: Tx, id: UUID, scope: Scope | None = None) -> EvaluationRecord:
    """Raises NotFound, also for one that they may not see."""
    row = tx.execute(_RECORD.where(_E.id == id, *_visible(scope))).first()
    if row is None:
        raise NotFound("decision evaluation", str(id))
    return _record(row)


def list_evaluations(tx: Tx, filter: EvaluationFilter, request: PageRequest) -> Page[EvaluationRecord]:
    """Newest first by default."""
    return paged(tx, _RECORD.where(*_conditions(filter)), request, _ORDER, lambda rows: [_record(row) for row in rows])


def _conditions(filter: EvaluationFilter) -> list[ColumnElement[bool]]:
    wanted: tuple[tuple[Any, Any], ...] = (
        (_E.key, filter.key),
        (_E.version, filter.version),
        (_E.decision_id, filter.decision_id),
        (_E.instance_id, filter.instance_id),
        (_E.root_id, filter.root_id),
        (_E.element_id, filter.element_id),
    )
    found = [column == value for column, value in wanted if value is not None]
    if filter.at_from is not None:
        found.append(_E.at >= filter.at_from)
    if filter.at_to is not None:
        found.append(_E.at < filter.at_to)
    return [*found, *_visible(filter.scope)]


def _visible(scope: Scope | None) -> list[ColumnElement[bool]]:
    if scope is None:
        return []
    asked = and_(_E.instance_id.is_(None), _E.by == scope.name)
    return [or_(asked, exists().where(_I.id == _E.instance_id, visible_to(scope)))]


def _record(row: AnyRow) -> EvaluationRecord:
    values = {column.name: row._mapping[column.name] for column in _E.__table__.c}
    return EvaluationRecord(**values | {"matched": tuple(values["matched"]), "warnings": tuple(values["warnings"])})


def insert_evaluations(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    insert_rows(tx, _E, rows)


# -- what is kept
def kept(record: EvaluationRecord, masks: Masks) -> dict[str, Any]:
    """The row: masked, each value within bounds. Where one is masked, those of tables are too: they have no names."""
    inputs, result = _masked(record.inputs, masks), _masked({record.key: record.result}, masks)
    if masks.hide(record.variable or ""):
        result = {record.key: MASK}
    hidden = inputs != to_json(record.inputs) or result != to_json({record.key: record.result})
    hidden = hidden or any(masks.hide(one[name]) for one in record.matched for name in ("decisionId", "decisionName"))
    return {
        "id": record.id,
        "at": record.at,
        "by": cut(record.by),
        "decision_id": record.decision_id,
        "key": record.key,
        "version": record.version,
        "instance_id": record.instance_id,
        "root_id": record.root_id,
        "element_id": record.element_id,
        "inputs": {name: for_history(value) for name, value in inputs.items()},
        "result": for_history(result[record.key]),
        "matched": [_table(one, hidden=hidden) for one in record.matched],
        "warnings": [cut(text, 1000) for text in record.warnings],
    }


def _masked(values: Mapping[str, Any], masks: Masks) -> dict[str, Any]:
    return masks.apply(to_json(values))


def _table(one: Mapping[str, Any], *, hidden: bool) -> dict[str, Any]:
    def told(values: Sequence[Any]) -> list[Any]:
        return [MASK if hidden else for_history(value) for value in values]

    return {**one, "inputs": told(one["inputs"]), "outputs": [told(row) for row in one["outputs"]]}
