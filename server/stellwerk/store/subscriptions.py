"""Who waits for messages and signals, for people who look at an instance."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from stellwerk.engine.canonical import plain
from stellwerk.engine.correlation import Expected
from stellwerk.store.db import Tx
from stellwerk.store.paging import AnyRow, Order, PageRequest, paged
from stellwerk.store.records import Page, SubscriptionRecord
from stellwerk.store.tables import SubscriptionRow

_S = SubscriptionRow
_COLUMNS = (_S.token, _S.element_id, _S.kind, _S.name, _S.opened_at, _S.keys)
_ORDER = Order({"token": _S.token}, "token", _S.token)


def list_subscriptions(tx: Tx, instance_id: UUID, request: PageRequest) -> Page[SubscriptionRecord]:
    """In the order in which the tokens came into being."""
    return paged(tx, select(*_COLUMNS).where(_S.instance_id == instance_id), request, _ORDER, _records)


def _records(rows: list[AnyRow]) -> list[SubscriptionRecord]:
    return [
        SubscriptionRecord(row.token, row.element_id, row.kind, row.name, row.opened_at, _plain(row.keys))
        for row in rows
    ]


def _plain(keys: Expected) -> dict[str, dict[str, str | None]]:
    return {key: {name: plain(text) for name, (text, _) in found.items()} for key, found in keys.items()}
