"""A full disk: a clear answer, nothing half done, and the server goes on when there is room again."""

from __future__ import annotations

import random

import pytest

from .world import ORDER, Person, World


def limit_pages(world: World, pages: int | None) -> None:
    """Let the database file grow by at most `pages` pages; None: as it likes."""
    with world.runtime.database.writer.connect() as connection:
        used = connection.exec_driver_sql("pragma page_count").scalar_one()
        most = used + pages if pages is not None else 1_000_000
        connection.exec_driver_sql(f"pragma max_page_count = {most}")


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "k"}])
def test_a_full_disk_is_told_and_changes_nothing(world: World, admin: Person, headers: dict[str, str]) -> None:
    admin.deploy(ORDER)
    incompressible = random.Random(7).randbytes(200_000).hex()
    large = {"definitionKey": "order", "variables": {"text": incompressible}}
    limit_pages(world, 1)
    with world.unchanged():
        answer = admin.post("/instances", large, headers)
    assert (answer.status_code, answer.json["code"]) == (503, "storage-unavailable")
    assert "disk is full" in answer.json["detail"]
    assert int(answer.headers["Retry-After"]) > 0
    assert admin.post("/definitions/search").status_code == 200
    limit_pages(world, None)
    assert admin.post("/instances", large, headers).status_code == 201
