"""Call activities: which version of a process is called, and what the store must know of what was called.

BPMN 2.0, 10.3.6 leaves open how a called element is found; the bindings are those of Camunda 7.
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
from stellwerk.usecases.library import Library


def find(tx: Tx, key: str, binding: Binding, caller: DefinitionRecord) -> DefinitionRecord:
    """The version of the process `key` that a call means now. Raises CalledNotFound.

    `latest`: the one that takes new starts. `deployment`: the one that was deployed together with the caller; one that
    was sent along unchanged made no new version, so that the newest up to then counts.
    """
    newest = definitions.find_latest(tx, key)
    if newest is None:
        raise CalledNotFound(
            f"No process '{key}' is deployed. Deploy it and try again, or correct the called element of the call "
            "activity and deploy the calling process again."
        )
    found = _FINDERS[binding.kind](tx, newest, binding.value or "", caller)
    if found.state != "active":
        raise CalledNotFound(
            f"Version {found.version} of '{key}' is called, but it is not active: new starts are stopped. "
            "Activate it, and try again."
        )
    return found


def _latest(tx: Tx, newest: DefinitionRecord, value: str, caller: DefinitionRecord) -> DefinitionRecord:
    return definitions.find_startable(tx, newest.key) or newest


def _deployment(tx: Tx, newest: DefinitionRecord, value: str, caller: DefinitionRecord) -> DefinitionRecord:
    found = definitions.find_deployed_with(tx, newest.key, caller)
    if found is None:
        raise CalledNotFound(
            f"'{newest.key}' was deployed only after version {caller.version} of '{caller.key}', which calls the one "
            "of its own deployment. Deploy both together, or bind the call to the latest version."
        )
    return found


def _version(tx: Tx, newest: DefinitionRecord, value: str, caller: DefinitionRecord) -> DefinitionRecord:
    number = int(value) if value.isdecimal() and len(value) < 10 else 0
    found = definitions.find_version(tx, newest.key, number) if number else None
    if found is None:
        raise CalledNotFound(
            f"There is no version '{value}' of '{newest.key}': its versions have the numbers 1 to {newest.version}. "
            "Correct the version in the call activity, or deploy up to it and try again."
        )
    return found


def _tagged(tx: Tx, newest: DefinitionRecord, value: str, caller: DefinitionRecord) -> DefinitionRecord:
    found = definitions.find_tagged(tx, newest.key, value)
    if found is None:
        raise CalledNotFound(
            f"No version of '{newest.key}' has the version tag '{value}'. Deploy one that has it and try again, or "
            "correct the tag in the call activity."
        )
    return found


_FINDERS = {"latest": _latest, "deployment": _deployment, "version": _version, "versionTag": _tagged}


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
