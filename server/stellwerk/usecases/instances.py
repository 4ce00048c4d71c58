"""Start, watch, change, cancel and delete instances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from stellwerk import forms
from stellwerk.engine import ScopeVariables, values
from stellwerk.engine.commands import CancelInstance, ChangeVariables, StartInstance
from stellwerk.errors import FieldError, InvalidInput, NotFound, NotStartable, WrongState
from stellwerk.store import definitions, jobs
from stellwerk.store import instances as store
from stellwerk.store.db import Tx
from stellwerk.store.records import MOVING, DefinitionRecord, InstanceRecord, Scope
from stellwerk.usecases import step
from stellwerk.usecases.access import Action, InstanceSubject, Principal, require
from stellwerk.usecases.forms import start_form
from stellwerk.usecases.library import Library
from stellwerk.usecases.runtime import Runtime


@dataclass(frozen=True)
class StartRequest:
    """By `definition_id`; or by `definition_key`, and perhaps `version`: else the version that takes new starts.

    `from_form`: a person filled in the start form, so that what it requires must be there. A program may leave fields
    of the form out; those that it sends must keep the form's rules.
    """

    definition_key: str | None = None
    definition_id: UUID | None = None
    version: int | None = None
    business_key: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    from_form: bool = False


def start(rt: Runtime, who: Principal, request: StartRequest) -> InstanceRecord:
    """Begin an instance at its none start event. Raises NotFound, NotStartable, InvalidInput."""
    require(who, "definition.start")
    business_key = checked_key(request.business_key, "businessKey")
    variables = values.check(request.variables)
    with rt.database.reading() as tx:
        record = _wanted(tx, request)
        schema = start_form(rt, tx, record)
        now = rt.database.now(tx)
    if record.state != "active":
        raise NotStartable(
            f"Version {record.version} of '{record.key}' is not active: new starts are stopped. "
            "Activate it, or start another version."
        )
    if schema is not None:
        variables = _checked(schema, variables, now.astimezone(rt.settings.time_zone), request.from_form)
    command = StartInstance(variables, business_key=business_key)
    id, saved = step.start(rt, record, step.Move(command, who.name), now)
    if saved.begun is None or saved.opened:  # a message that came before may have found it already
        return read(rt, id)
    return store.as_begun(saved.begun, record, settled=not saved.goes_on)


def _checked(schema: Mapping[str, Any], sent: Mapping[str, Any], now: datetime, strict: bool) -> dict[str, Any]:
    """What the form asks for, checked; a program may send more than that, and not all of it."""
    if strict:
        return forms.check(schema, sent, {}, now=now)
    named = forms.variables(schema)
    others = {name: value for name, value in sent.items() if name not in named}
    return others | forms.check(schema, sent, {}, now=now, partial=True)


def _wanted(tx: Tx, request: StartRequest) -> DefinitionRecord:
    if request.definition_id is not None:
        return definitions.get_definition(tx, request.definition_id)
    key = request.definition_key
    if not key:
        message = "Name the process: definitionKey, or definitionId."
        raise InvalidInput([FieldError("definitionKey", "required", message)])
    if request.version is not None:
        found = definitions.find_version(tx, key, request.version)
        if found is None:
            raise NotFound("definition", f"{key} version {request.version}")
        return found
    found = definitions.find_startable(tx, key)
    if found is not None:
        return found
    if definitions.find_latest(tx, key) is None:
        raise NotFound("definition", key)
    raise NotStartable(f"No version of '{key}' is active: new starts are stopped. Activate one.")


def checked_key(text: str | None, path: str) -> str | None:
    """A business key or name that fits into its column. Raises InvalidInput."""
    if text is None or text == "":
        return None
    if len(text) > 255 or not _is_text(text):
        message = f"{path} must have at most 255 characters, without NUL and halves of surrogate pairs."
        raise InvalidInput([FieldError(path, "length", message)])
    return text


def _is_text(text: str) -> bool:
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


def read(rt: Runtime, id: UUID) -> InstanceRecord:
    with rt.database.reading() as tx:
        return store.get_instance(tx, id)


def get(rt: Runtime, who: Principal, id: UUID) -> InstanceRecord:
    return permitted(rt, who, "instance.read", id)


def variables(rt: Runtime, who: Principal, id: UUID) -> dict[str, Any]:
    """The variables of the process itself, with their types; also of an instance that has ended."""
    return variables_of(rt, permitted(rt, who, "instance.read", id))


def variables_of(rt: Runtime, record: InstanceRecord) -> dict[str, Any]:
    """For those who may see them."""
    if record.parent_id is not None and record.state not in MOVING:
        with rt.database.reading() as tx:
            return store.read_end(tx, record.id)
    head, definition, snapshot = step.snapshot_of(rt, record.id)
    return rt.engine.read_variables(definition, snapshot, Library(rt), head.call)


def scopes(rt: Runtime, who: Principal, id: UUID) -> tuple[ScopeVariables, ...]:
    """The variables of what runs inside: subprocesses, loops, activities with inputs."""
    permitted(rt, who, "instance.read", id)
    head, definition, snapshot = step.snapshot_of(rt, id)
    return rt.engine.read_scopes(definition, snapshot, Library(rt), head.call)


def change_variables(rt: Runtime, who: Principal, id: UUID, changed: Mapping[str, Any]) -> None:
    """Write variables of the process itself. Raises InvalidInput, WrongState when it has ended."""
    record = permitted(rt, who, "instance.change-variables", id)
    if record.state not in MOVING:
        raise WrongState(f"The instance is {record.state} already; nothing can change it.")
    step.run(rt, id, step.Move(ChangeVariables(values.check(changed), record.call), who.name))


def cancel(rt: Runtime, who: Principal, id: UUID, reason: str = "") -> None:
    """Stop an instance with all that it called. Raises WrongState for one that was called itself."""
    require_root(permitted(rt, who, "instance.cancel", id), "cancelled")
    step.run(rt, id, step.Move(CancelInstance(reason), who.name))


def delete(rt: Runtime, who: Principal, id: UUID) -> None:
    """Remove an ended instance with all that it called, with their history, and what they were sent.

    Messages that they have thrown go on. Raises WrongState for one that was called itself.
    """
    record = permitted(rt, who, "instance.delete", id)
    require_root(record, "deleted")
    if record.state in MOVING:
        raise WrongState(f"The instance is {record.state}. Cancel it first; only ended instances can be deleted.")
    with rt.database.transaction() as tx:
        jobs.detach(tx, id)
        store.delete_instance(tx, id)
    rt.live.drop(id)
    rt.notify(id)


def require_root(record: InstanceRecord, what: str) -> None:
    """Raise WrongState for an instance that a call activity called."""
    if record.parent_id is not None:
        raise WrongState(
            f"The instance was called by '{record.parent_element_id}' of instance {record.parent_id}, and belongs to "
            f"it: it is not {what} alone. Do that with instance {record.root_id}, where it all began."
        )


def callers(rt: Runtime, who: Principal, id: UUID) -> list[InstanceRecord]:
    """Who called the instance: the root first, the one whose call activity it was last. Empty for a root."""
    record = permitted(rt, who, "instance.read", id)
    with rt.database.reading() as tx:
        return store.callers(tx, record)


def permitted(rt: Runtime, who: Principal, action: Action, id: UUID) -> InstanceRecord:
    """The instance, if `who` may do this. Who may not even see it gets NotFound."""
    with rt.database.reading() as tx:
        record = store.get_instance(tx, id)
        part = not who.is_administrator and store.takes_part(tx, id, Scope(who.name, who.groups))
    require(who, action, InstanceSubject.of(record, takes_part=part))
    return record
