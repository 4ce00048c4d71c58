"""What all parts of the live port share."""

from __future__ import annotations

from stellwerk.store.db import Database
from stellwerk.store.paging import PageRequest
from stellwerk.usecases.runtime import Runtime

ROWS = 50  # of a list on one page


class Live:
    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime

    @property
    def database(self) -> Database:
        return self.runtime.database


def page(cursor: str | None, sort: str = "") -> PageRequest:
    return PageRequest(ROWS, cursor, sort)
