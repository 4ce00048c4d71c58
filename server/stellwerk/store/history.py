"""What happened in an instance: activities (also the live picture) and events."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from stellwerk.store.db import Tx
from stellwerk.store.paging import AnyRow, AnySelect, Order, PageRequest, paged
from stellwerk.store.records import ActivityRecord, DecisionRecord, HistoryRecord, Page
from stellwerk.store.tables import ActivityRow, HistoryRow

_A, _H = ActivityRow, HistoryRow
_ACTIVITY: AnySelect = select(
    _A.token,
    _A.element_id,
    _A.element_name,
    _A.element_type,
    _A.state,
    _A.started_at,
    _A.ended_at,
    _A.reason,
    _A.waiting_for,
    _A.parent,
)
_HISTORY: AnySelect = select(_H.number, _H.at, _H.kind, _H.element_id, _H.data, _H.by)
_BY_TOKEN = Order({"token": _A.token}, "token", _A.token)
_BY_NUMBER = Order({"number": _H.number}, "number", _H.number)


def list_activities(
    tx: Tx, instance_id: UUID, request: PageRequest, *, state: str | None = None
) -> Page[ActivityRecord]:
    """In the order in which the tokens came into being."""
    statement = _ACTIVITY.where(_A.instance_id == instance_id)
    if state is not None:
        statement = statement.where(_A.state == state)
    return paged(tx, statement, request, _BY_TOKEN, _activities)


def count_activities(tx: Tx, instance_id: UUID) -> dict[tuple[str, str], int]:
    """How often a token was at each element: (element id, state) -> number. What a diagram shows.

    The token that holds the rounds of a loop or of several instances together is not counted: its rounds are.
    """
    held = aliased(_A)
    same = and_(held.instance_id == _A.instance_id, held.token == _A.parent, held.element_id == _A.element_id)
    holders = select(_A.parent).join(held, same).where(_A.instance_id == instance_id)
    counted = select(_A.element_id, _A.state, func.count()).where(
        _A.instance_id == instance_id, _A.token.not_in(holders)
    )
    rows = tx.execute(counted.group_by(_A.element_id, _A.state))
    return {(element, state): number for element, state, number in rows}


def elements_of(tx: Tx, instance_id: UUID, tokens: Collection[int]) -> dict[int, str]:
    """Token -> the element at which it is or was."""
    if not tokens:
        return {}
    found = select(_A.token, _A.element_id).where(_A.instance_id == instance_id, _A.token.in_(sorted(tokens)))
    return dict(tx.execute(found).all())


def list_history(tx: Tx, instance_id: UUID, request: PageRequest) -> Page[HistoryRecord]:
    """In the order of the events."""
    return paged(tx, _HISTORY.where(_H.instance_id == instance_id), request, _BY_NUMBER, _events)


def flows_taken(tx: Tx, instance_id: UUID, most: int = 1_000) -> set[str]:
    """Flows that tokens went along: of the first and the last `most` steps, so that a long loop costs no more."""
    steps = select(_H.data).where(_H.instance_id == instance_id, _H.kind == "FlowTaken").limit(most)
    found: set[str] = set()
    for order in (_H.number.asc(), _H.number.desc()):
        found.update(data["flow_id"] for data in tx.execute(steps.order_by(order)).scalars())
    return found


def last_decisions(tx: Tx, instance_id: UUID, most: int = 1_000) -> tuple[DecisionRecord, ...]:
    """What was decided in the last `most` decisions and steps along flows, the last one first."""
    told = select(_H.kind, _H.element_id, _H.data).where(
        _H.instance_id == instance_id, _H.kind.in_(("DecisionMade", "FlowTaken"))
    )
    targets: dict[str, str] = {}
    decisions = []
    for kind, element, data in tx.execute(told.order_by(_H.number.desc()).limit(most)):
        if kind == "FlowTaken":
            targets[data["flow_id"]] = data["target_id"]
        else:
            to = tuple(targets[flow] for flow in data["flows"] if flow in targets)
            decisions.append(DecisionRecord(element, data["expression"], data["values"], data["result"], to))
    return tuple(decisions)


def start_variables(tx: Tx, instance_id: UUID) -> dict[str, Any] | None:
    """The variables with which the instance was started, as the history keeps them; None: it does not know."""
    first = select(_H.kind, _H.data).where(_H.instance_id == instance_id, _H.number <= 3).order_by(_H.number)
    rows = [row for row in tx.execute(first).all() if row.kind != "OperatorActed"]  # says why it was started
    if not rows or rows[0].kind != "InstanceStarted":
        return None
    told = rows[1].kind == "VariablesChanged" and rows[1].data["scope"] == 0 if len(rows) > 1 else False
    return dict(rows[1].data["values"]) if told else {}


def _activities(rows: list[AnyRow]) -> list[ActivityRecord]:
    return [ActivityRecord(*row[:-2]) for row in rows]


def _events(rows: list[AnyRow]) -> list[HistoryRecord]:
    return [HistoryRecord(*row[:-2]) for row in rows]
