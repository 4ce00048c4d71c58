"""Data stores of diagrams, for administrators: read and write what all instances share."""

from __future__ import annotations

from typing import Any

from stellwerk.engine import values
from stellwerk.errors import ChangedMeanwhile, FieldError, InvalidInput
from stellwerk.store import stores
from stellwerk.store.db import Tx
from stellwerk.store.paging import PageRequest
from stellwerk.store.records import DataStoreRecord, Page
from stellwerk.store.stores import Written
from stellwerk.usecases.access import Principal, require
from stellwerk.usecases.instances import checked_key
from stellwerk.usecases.runtime import Runtime


def search(rt: Runtime, who: Principal, page: PageRequest) -> Page[DataStoreRecord]:
    """Those that have been written, by name."""
    require(who, "data-store.read")
    with rt.database.reading() as tx:
        return stores.list_stores(tx, page)


def get(rt: Runtime, who: Principal, name: str) -> DataStoreRecord:
    """Raises NotFound for one that nobody has written."""
    require(who, "data-store.read")
    with rt.database.reading() as tx:
        return stores.get_store(tx, name)


def put(rt: Runtime, who: Principal, name: str, value: Any, *, version: int | None) -> DataStoreRecord:
    """Write over version `version` (0: it must be new, None: over any). Raises ChangedMeanwhile, InvalidInput.

    Instances that have it read meanwhile begin their step again, as when another instance writes.
    """
    require(who, "data-store.write")
    if checked_key(name, "name") is None:
        raise InvalidInput([FieldError("name", "required", "Name the data store as the diagram does.")])
    new = values.check({"value": value}, "body")["value"]
    with rt.database.transaction() as tx:
        if not _write(tx, rt, who, name, Written(new, version)):
            raise ChangedMeanwhile(
                f"The data store '{name}' was written meanwhile. Nothing was changed: read it again and repeat."
            )
        return stores.get_store(tx, name)


def _write(tx: Tx, rt: Runtime, who: Principal, name: str, written: Written) -> bool:
    return stores.write(tx, {name: written}, rt.database.now(tx), who.name)
