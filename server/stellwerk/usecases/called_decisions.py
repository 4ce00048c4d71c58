"""Business rule tasks: which version of a decision is evaluated."""

from __future__ import annotations

from stellwerk.engine import Binding
from stellwerk.errors import DecisionNotFound
from stellwerk.store import decisions
from stellwerk.store.db import Tx
from stellwerk.store.records import DecisionVersionRecord, DefinitionRecord
from stellwerk.usecases.bindings import Versions

_VERSIONS = Versions(
    "decision",
    "business rule task",
    DecisionNotFound,
    decisions.find_version,
    decisions.find_tagged,
    decisions.find_deployed_with,
)


def find(tx: Tx, key: str, binding: Binding, caller: DefinitionRecord) -> DecisionVersionRecord:
    """The version of the decision `key` that a task means now. Raises DecisionNotFound."""
    newest = decisions.find_latest(tx, key)
    if newest is None:
        raise DecisionNotFound(
            f"No decision '{key}' is deployed. Deploy a DMN file that has it and try again, or correct the decision of "
            "the business rule task and deploy its process again."
        )
    return _VERSIONS.bound(tx, newest, binding, caller)
