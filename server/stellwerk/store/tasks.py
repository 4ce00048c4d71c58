"""User tasks: search, claiming, and who they concern."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select, update

from stellwerk.errors import NotFound
from stellwerk.store.db import Tx
from stellwerk.store.paging import AnyRow, AnySelect, Order, PageRequest, contains, paged
from stellwerk.store.records import Page, Scope, TaskRecord
from stellwerk.store.sql import update_where, where, written
from stellwerk.store.tables import DefinitionRow, InstanceRow, TaskCandidateRow, TaskRow


@dataclass(frozen=True)
class TaskFilter:
    """All that are given must hold. `visible_to`: only tasks that this person may see."""

    instance_id: UUID | None = None
    root_id: UUID | None = None  # in this instance and in all that was called in its tree
    definition_key: str | None = None
    definition_id: UUID | None = None
    business_key: str | None = None
    state: str | None = None  # open, completed, withdrawn
    assignee: str | None = None
    unassigned: bool = False
    candidate_user: str | None = None
    candidate_group: str | None = None
    name: str | None = None  # exactly
    text: str | None = None  # somewhere in the name or the business key
    element_id: str | None = None
    due_before: datetime | None = None
    visible_to: Scope | None = None


_T, _C = TaskRow, TaskCandidateRow
_RECORD: AnySelect = (
    select(
        _T.id,
        _T.instance_id,
        _T.definition_id,
        _T.definition_key,
        DefinitionRow.name.label("definition_name"),
        InstanceRow.business_key,
        _T.token,
        _T.element_id,
        _T.name,
        _T.state,
        _T.assignee,
        _T.lane,
        _T.form_key,
        _T.priority,
        _T.created_at,
        _T.due_at,
        _T.follow_up_at,
        _T.closed_at,
        _T.closed_by,
        _T.reason,
        _T.documentation,
        _T.restricted,
    )
    .join(InstanceRow, InstanceRow.id == _T.instance_id)
    .join(DefinitionRow, DefinitionRow.id == _T.definition_id)
)
_NAMES = [column.name for column in _RECORD.selected_columns if column.name != "restricted"]
# Making a statement costs more than running it, so those of every completion are made once.
_ONE = _RECORD.where(_T.id == bindparam("at_id", type_=_T.id.type))
_CANDIDATES: AnySelect = (
    select(_C.task_id, _C.kind, _C.name)
    .where(_C.task_id.in_(bindparam("tasks", type_=_C.task_id.type, expanding=True)))
    .order_by(_C.name)
)
_ORDER = Order(
    {"createdAt": _T.created_at, "dueAt": _T.due_order, "priority": _T.priority, "name": _T.name}, "-createdAt", _T.id
)


def concerns(scope: Scope) -> ColumnElement[bool]:
    """Tasks that somebody holds, has closed, is a candidate of, or that are open and free for all."""
    groups = and_(_C.kind == "group", _C.name.in_(sorted(scope.groups)))
    candidate = exists().where(_C.task_id == _T.id, or_(and_(_C.kind == "user", _C.name == scope.name), groups))
    free = and_(_T.state == "open", _T.assignee.is_(None), _T.restricted.is_(False))
    return or_(_T.assignee == scope.name, _T.closed_by == scope.name, candidate, free)


def get_task(tx: Tx, id: UUID) -> TaskRecord:
    row = tx.execute(_ONE, {"at_id": id}).first()
    if row is None:
        raise NotFound("task", str(id))
    return _records(tx, [row])[0]


def list_tasks(tx: Tx, filter: TaskFilter, request: PageRequest) -> Page[TaskRecord]:
    """Newest first by default."""
    return paged(tx, _RECORD.where(*_conditions(filter)), request, _ORDER, lambda rows: _records(tx, rows))


def count_tasks(tx: Tx, filter: TaskFilter, most: int = 1_000) -> int:
    """How many there are, counted up to `most`."""
    found = (
        select(_T.id)
        .join(InstanceRow, InstanceRow.id == _T.instance_id)
        .where(*_conditions(filter))
        .limit(most)
        .subquery()
    )
    return tx.execute(select(func.count()).select_from(found)).scalar_one()


def _conditions(filter: TaskFilter) -> list[ColumnElement[bool]]:
    equal = (
        (_T.instance_id, filter.instance_id),
        (InstanceRow.root_id, filter.root_id),
        (_T.definition_key, filter.definition_key),
        (_T.definition_id, filter.definition_id),
        (InstanceRow.business_key, filter.business_key),
        (_T.state, filter.state),
        (_T.assignee, filter.assignee),
        (_T.name, filter.name),
        (_T.element_id, filter.element_id),
    )
    found: list[ColumnElement[bool]] = [column == value for column, value in equal if value is not None]
    if filter.unassigned:
        found.append(_T.assignee.is_(None))
    if filter.text:
        found.append(or_(contains(_T.name, filter.text), contains(InstanceRow.business_key, filter.text)))
    if filter.due_before is not None:
        found.append(_T.due_order < filter.due_before)
    for kind, name in (("user", filter.candidate_user), ("group", filter.candidate_group)):
        if name is not None:
            found.append(exists().where(_C.task_id == _T.id, _C.kind == kind, _C.name == name))
    if filter.visible_to is not None:
        found.append(concerns(filter.visible_to))
    return found


def _records(tx: Tx, rows: Sequence[AnyRow]) -> list[TaskRecord]:
    names: dict[tuple[UUID, str], list[str]] = defaultdict(list)
    restricted = [row.id for row in rows if row.restricted]  # only these have candidates
    if restricted:
        for task_id, kind, name in tx.execute(_CANDIDATES, {"tasks": restricted}):
            names[task_id, kind].append(name)
    return [
        TaskRecord(
            **dict(zip(_NAMES, row, strict=False)),
            candidate_users=tuple(names[row.id, "user"]),
            candidate_groups=tuple(names[row.id, "group"]),
        )
        for row in rows
    ]


def set_assignee(tx: Tx, id: UUID, *, assignee: str | None, before: str | None) -> bool:
    """Change the assignee of an open task that had `before`; False when that was no longer so."""
    held = _T.assignee.is_(None) if before is None else _T.assignee == before
    changed = tx.execute(update(_T).where(_T.id == id, _T.state == "open", held).values(assignee=assignee))
    return changed.rowcount == 1


def confirm_assignee(tx: Tx, id: UUID, *, before: str | None, closed_by: str) -> bool:
    """Whether the task is still held by `before`; nobody's becomes that of who closes it."""
    if before is None:
        return tx.execute(_TAKEN, where(id=id) | written({"assignee": closed_by})).rowcount == 1
    return tx.execute(_KEPT, where(id=id, assignee=before) | written({"assignee": before})).rowcount == 1


_TAKEN = update_where(TaskRow, ("assignee",), ("id",)).where(_T.assignee.is_(None))
_KEPT = update_where(TaskRow, ("assignee",), ("id", "assignee"))
