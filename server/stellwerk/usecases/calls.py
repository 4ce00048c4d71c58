"""Call activities: which version of a process is called, and what the store must know of what was called.

BPMN 2.0, 10.3.6 leaves open how a called element is found: see bindings.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from stellwerk.engine import Binding, Outcome
from stellwerk.engine.events import InstanceCalled, InstanceMigrated
from stellwerk.errors import CalledNotFound
from stellwerk.store import definitions, instances
from stellwerk.store.batch import Place
from stellwerk.store.db import Tx
from stellwerk.store.ids import called_id
from stellwerk.store.instances import Head
from stellwerk.store.records import DefinitionRecord
from stellwerk.usecases.bindings import Versions
from stellwerk.usecases.library import Library

_VERSIONS = Versions(
    "process",
    "call activity",
    CalledNotFound,
    definitions.find_version,
    definitions.find_tagged,
    definitions.find_deployed_with,
)


def find(tx: Tx, key: str, binding: Binding, caller: DefinitionRecord) -> DefinitionRecord:
    """The version of the process `key` that a call means now. Raises CalledNotFound.

    `latest` is the one that takes new starts, if one does.
    """
    newest = definitions.find_latest(tx, key)
    if newest is None:
        raise CalledNotFound(
            f"No process '{key}' is deployed. Deploy it and try again, or correct the called element of the call "
            "activity and deploy the calling process again."
        )
    startable = definitions.find_startable(tx, key) if binding.kind == "latest" else None
    found = startable or _VERSIONS.bound(tx, newest, binding, caller)
    if found.state != "active":
        raise CalledNotFound(
            f"Version {found.version} of '{key}' is called, but it is not active: new starts are stopped. "
            "Activate it, and try again."
        )
    return found


# -- for the store
def places(library: Library, head: Head, result: Outcome) -> dict[int, Place]:
    """The called processes in which something happened, by the numbers of their calls; none in most steps."""
    found = {
        event.call: _place(library, head, event.call, event.definition_id, event.business_key)
        for event in result.events
        if type(event) is InstanceCalled
    }
    earlier = set(result.calls) - found.keys() - {0}
    if not earlier:
        return found
    migrated = {
        call: event.definition_id
        for event, call in zip(result.events, result.calls, strict=True)
        if type(event) is InstanceMigrated
    }
    return found | _before(library, head, earlier, migrated)


def _before(library: Library, head: Head, numbers: Iterable[int], migrated: Mapping[int, str]) -> dict[int, Place]:
    """Those that were called in an earlier step, each under the version that it has now."""
    with library.rt.database.reading() as tx:
        rows = instances.read_called(tx, {called_id(head.id, call) for call in numbers})
    return {
        row.call: _place(library, head, row.call, migrated.get(row.call, str(row.definition_id)), row.business_key)
        for row in rows
    }


def _place(library: Library, head: Head, call: int, reference: str, business_key: str | None) -> Place:
    record = library.record(reference)
    definition = library.definition(reference)
    return Place(called_id(head.id, call), record.id, record.key, business_key, definition)
