"""Which form belongs to a task or a start, and what it is filled with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stellwerk.store import definitions
from stellwerk.store.db import Tx
from stellwerk.store.records import DefinitionRecord
from stellwerk.usecases import library
from stellwerk.usecases.runtime import Runtime


@dataclass(frozen=True)
class TaskForm:
    """A form-js schema and the values to show. Without a schema any variables may be sent."""

    schema: Mapping[str, Any] | None
    data: Mapping[str, Any]


def find_schema(rt: Runtime, tx: Tx, record: DefinitionRecord, key: str | None) -> Mapping[str, Any] | None:
    """The schema for a form key: generated from camunda:formData, else deployed. None: there is no such form."""
    if not key:
        return None
    compilation = rt.definitions.get(record.source_hash)
    if compilation is None:
        compilation = library.compile_source(rt, record.source_hash, definitions.get_source(tx, record.source_hash))
    for definition in compilation.definitions:
        if definition.key == record.key and key in definition.forms:
            return definition.forms[key]
    deployed = definitions.find_form(tx, key, record.deployment_id)
    return None if deployed is None else json.loads(deployed)


def start_form(rt: Runtime, tx: Tx, record: DefinitionRecord) -> Mapping[str, Any] | None:
    """The form of the none start event."""
    return find_schema(rt, tx, record, record.start_form_key)


def local_now(rt: Runtime, tx: Tx) -> datetime:
    """What `now()` and `today()` in a form are: the time in the zone of this server."""
    return rt.database.now(tx).astimezone(rt.settings.time_zone)
