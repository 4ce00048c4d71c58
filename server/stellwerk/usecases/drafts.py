"""Keep what somebody draws and has not deployed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from stellwerk.errors import ChangedMeanwhile, FieldError, InvalidInput, NotFound
from stellwerk.store import drafts as store
from stellwerk.store.ids import new_id
from stellwerk.store.records import DraftRecord
from stellwerk.usecases.access import Principal, require
from stellwerk.usecases.instances import checked_key
from stellwerk.usecases.runtime import Runtime


@dataclass(frozen=True)
class NewDraft:
    kind: Literal["bpmn", "dmn", "form"]
    name: str
    content: str
    definition_key: str | None = None


@dataclass(frozen=True)
class DraftChange:
    name: str
    content: str
    definition_key: str | None = None


def create(rt: Runtime, who: Principal, new: NewDraft) -> DraftRecord:
    require(who, "draft.write")
    name, key = _name(new.name), checked_key(new.definition_key, "definitionKey")
    with rt.database.transaction() as tx:
        now = rt.database.now(tx)
        draft = DraftRecord(new_id(), new.kind, name, _content(new.content), 1, now, who.name, key)
        store.insert_draft(tx, draft)
    return draft


def get(rt: Runtime, who: Principal, id: UUID) -> DraftRecord:
    require(who, "draft.read")
    with rt.database.reading() as tx:
        return store.get_draft(tx, id)


def save(rt: Runtime, who: Principal, id: UUID, change: DraftChange, *, version: int | None) -> DraftRecord:
    """Write over version `version` (None: over any). Raises ChangedMeanwhile when the draft has another one."""
    require(who, "draft.write")
    name, key = _name(change.name), checked_key(change.definition_key, "definitionKey")
    content = _content(change.content)
    with rt.database.transaction() as tx:
        now = rt.database.now(tx)
        current = store.get_draft(tx, id)
        before = current.version if version is None else version
        if not store.save_draft(
            tx, id, name=name, content=content, version=before, at=now, by=who.name, definition_key=key
        ):
            raise ChangedMeanwhile(
                f"'{current.name}' was changed by {current.updated_by} and has version {current.version} now, you read "
                f"{version}. Nothing was changed: read it again and merge, or save yours as a new draft."
            )
        return store.get_draft(tx, id)


def delete(rt: Runtime, who: Principal, id: UUID) -> None:
    require(who, "draft.write")
    with rt.database.transaction() as tx:
        if not store.delete_draft(tx, id):
            raise NotFound("draft", str(id))


def _name(text: str) -> str:
    name = checked_key(text.strip(), "name")
    if name is None:
        raise InvalidInput([FieldError("name", "required", "Give the draft a name.")])
    return name


def _content(text: str) -> str:
    if "\0" in text:
        raise InvalidInput([FieldError("content", "text", "The content holds a NUL character, which no diagram has.")])
    return text
