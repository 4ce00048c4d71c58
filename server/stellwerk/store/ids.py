"""Ids of rows: UUIDv7, so that rows lie in the order of their making."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID, uuid5

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    return uuid7()


def called_id(root_id: UUID, call: int) -> UUID:
    """The id of an instance that the tree of `root_id` called: a pure function, so that no table is needed to know it.

    Its first half is the root's, so that a tree has one `tree_of`; the other half is a hash. Version and variant fit.
    """
    low = int.from_bytes(sha256(root_id.bytes + call.to_bytes(8)).digest()[:8])
    return UUID(int=root_id.int >> 64 << 64 | 0b10 << 62 | low >> 2)


def tree_of(id: UUID) -> int:
    """The same number for all instances of a tree. Two trees that began in one moment may share it, rarely."""
    return id.int >> 64


def task_id(instance_id: UUID, token: int) -> UUID:
    """The public id of the task at a token: no table is needed to know it."""
    return uuid5(instance_id, f"task {token}")


def job_key(instance_id: UUID, token: int) -> str:
    """The idempotency key that a handler gets: the same in every try."""
    return f"{instance_id}:{token}"
