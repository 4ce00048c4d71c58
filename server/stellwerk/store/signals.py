"""Signals: each becomes one job for each instance that waits for it now, and for each process that it starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import select

from stellwerk.store import definitions, jobs
from stellwerk.store.db import Tx
from stellwerk.store.records import MOVING
from stellwerk.store.tables import InstanceRow, SubscriptionRow


@dataclass(frozen=True)
class Reached:
    """How many instances (each with all that it called) get the signal, and how many it starts."""

    instances: int
    starts: int

    def __bool__(self) -> bool:
        return bool(self.instances or self.starts)


def fan_out(
    tx: Tx, name: str, variables: Mapping[str, Any], now: datetime, source_root_id: UUID | None = None
) -> Reached:
    """Let jobs bring the signal to all who wait for it in this moment; the tree in which it was thrown has it.

    One job for each tree: all who wait in it get the signal in one step.
    """
    s, i = SubscriptionRow, InstanceRow
    waiting = select(i.root_id, s.token).join(i, i.id == s.instance_id)
    waiting = waiting.where(s.kind == "signal", s.name == name, i.state.in_(MOVING))
    if source_root_id is not None:
        waiting = waiting.where(i.root_id != source_root_id)
    found = tx.execute(waiting.order_by(i.root_id, s.token)).all()
    carried = {"name": name, "variables": dict(variables)}
    rows = []
    for instance_id, tokens in groupby(found, key=lambda row: row[0]):
        payload = carried | {"tokens": [token for _, token in tokens]}
        rows.append(jobs.new_row("signal", now, instance_id=instance_id, payload=payload))
    starts = [
        jobs.new_row("signal", now, definition_id=s.definition_id, element_id=s.element_id, payload=carried)
        for s in definitions.list_starts(tx, "signal", name)
    ]
    jobs.insert_jobs(tx, rows)
    jobs.insert_jobs(tx, starts)
    return Reached(len(rows), len(starts))
