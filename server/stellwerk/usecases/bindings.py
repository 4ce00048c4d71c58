"""Which version of a process or decision a task means. The bindings are those of Camunda 7.

`latest` is the newest version. `deployment` is the one that was deployed together with the caller; one that was sent
along unchanged made no new version, so that the newest up to then counts. `version` is a number, `versionTag` the
newest one with a tag.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from stellwerk.engine import Binding
from stellwerk.errors import ProcessError
from stellwerk.store.db import Tx
from stellwerk.store.records import DecisionVersionRecord, DefinitionRecord

R = TypeVar("R", DefinitionRecord, DecisionVersionRecord)
MOST_DIGITS = 9  # of the number of a version


@dataclass(frozen=True)
class Versions(Generic[R]):
    """How the versions of `noun` are found, and which error tells a `task` that there is none."""

    noun: str
    task: str
    missing: type[ProcessError]
    numbered: Callable[[Tx, str, int], R | None]
    tagged: Callable[[Tx, str, str], R | None]
    deployed_with: Callable[[Tx, str, DefinitionRecord], R | None]

    def bound(self, tx: Tx, newest: R, binding: Binding, caller: DefinitionRecord) -> R:
        """Raises the error if there is no such version. `newest` is the one with the highest number."""
        value = binding.value or ""
        if binding.kind == "deployment":
            return self._deployed_with(tx, newest, caller)
        if binding.kind == "version":
            return self._numbered(tx, newest, value)
        return self._tagged(tx, newest, value) if binding.kind == "versionTag" else newest

    def _deployed_with(self, tx: Tx, newest: R, caller: DefinitionRecord) -> R:
        found = self.deployed_with(tx, newest.key, caller)
        if found is None:
            raise self.missing(
                f"The {self.noun} '{newest.key}' was deployed only after version {caller.version} of '{caller.key}', "
                f"whose {self.task} means the one of its own deployment. Deploy both together, or bind the {self.task} "
                "to the latest version."
            )
        return found

    def _numbered(self, tx: Tx, newest: R, value: str) -> R:
        is_number = value.isascii() and value.isdecimal() and len(value) <= MOST_DIGITS
        found = self.numbered(tx, newest.key, int(value)) if is_number else None
        if found is None:
            raise self.missing(
                f"There is no version '{value[:60]}' of the {self.noun} '{newest.key}': its versions have the numbers "
                f"1 to {newest.version}. Correct the version in the {self.task}, or deploy up to it and try again."
            )
        return found

    def _tagged(self, tx: Tx, newest: R, value: str) -> R:
        found = self.tagged(tx, newest.key, value)
        if found is None:
            raise self.missing(
                f"No version of the {self.noun} '{newest.key}' has the version tag '{value[:60]}'. Deploy one that has "
                f"it and try again, or correct the tag in the {self.task}."
            )
        return found
