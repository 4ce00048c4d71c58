"""Business rule tasks: which version of a decision is evaluated. The bindings are those of Camunda 7, as for calls."""

from __future__ import annotations

from stellwerk.engine import Binding
from stellwerk.errors import DecisionNotFound
from stellwerk.store import decisions
from stellwerk.store.db import Tx
from stellwerk.store.records import DecisionVersionRecord, DefinitionRecord


def find(tx: Tx, key: str, binding: Binding, caller: DefinitionRecord) -> DecisionVersionRecord:
    """The version of the decision `key` that a task means now. Raises DecisionNotFound.

    `deployment`: the one that was deployed together with the caller; one that was sent along unchanged made no new
    version, so that the newest up to then counts.
    """
    newest = decisions.find_latest(tx, key)
    if newest is None:
        raise DecisionNotFound(
            f"No decision '{key}' is deployed. Deploy a DMN file that has it and try again, or correct the decision of "
            "the business rule task and deploy its process again."
        )
    return _FINDERS[binding.kind](tx, newest, binding.value or "", caller)


def _latest(tx: Tx, newest: DecisionVersionRecord, value: str, caller: DefinitionRecord) -> DecisionVersionRecord:
    return newest


def _deployment(tx: Tx, newest: DecisionVersionRecord, value: str, caller: DefinitionRecord) -> DecisionVersionRecord:
    found = decisions.find_deployed_with(tx, newest.key, caller.deployment_id, caller.deployed_at)
    if found is None:
        raise DecisionNotFound(
            f"The decision '{newest.key}' was deployed only after version {caller.version} of '{caller.key}', which "
            "evaluates the one of its own deployment. Deploy both together, or bind the task to the latest version."
        )
    return found


def _version(tx: Tx, newest: DecisionVersionRecord, value: str, caller: DefinitionRecord) -> DecisionVersionRecord:
    number = int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else 0
    found = decisions.find_version(tx, newest.key, number) if number else None
    if found is None:
        raise DecisionNotFound(
            f"There is no version '{value[:60]}' of the decision '{newest.key}': its versions have the numbers 1 to "
            f"{newest.version}. Correct the version in the business rule task, or deploy up to it and try again."
        )
    return found


def _tagged(tx: Tx, newest: DecisionVersionRecord, value: str, caller: DefinitionRecord) -> DecisionVersionRecord:
    found = decisions.find_tagged(tx, newest.key, value)
    if found is None:
        raise DecisionNotFound(
            f"No version of the decision '{newest.key}' has the version tag '{value[:60]}'. Deploy one that has it "
            "and try again, or correct the tag in the business rule task."
        )
    return found


_FINDERS = {"latest": _latest, "deployment": _deployment, "version": _version, "versionTag": _tagged}
