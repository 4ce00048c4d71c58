"""Ids of rows: UUIDv7, so that rows lie in the order of their making."""

from __future__ import annotations

from uuid import UUID, uuid5

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    return uuid7()


def task_id(instance_id: UUID, token: int) -> UUID:
    """The public id of the task at a token: no table is needed to know it."""
    return uuid5(instance_id, f"task {token}")


def job_key(instance_id: UUID, token: int) -> str:
    """The idempotency key that a handler gets: the same in every try."""
    return f"{instance_id}:{token}"
