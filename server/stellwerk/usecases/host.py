"""What the engine may ask while a step runs, answered by the sandbox, what is deployed, and this process's clock."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from stellwerk.engine import Binding, Decision, ScriptResult, Stored
from stellwerk.errors import DecisionNotFound
from stellwerk.store import stores
from stellwerk.usecases import calls
from stellwerk.usecases.cache import STORES
from stellwerk.usecases.library import Library


@dataclass(frozen=True)
class ServerHost(Library):
    """The engine's Host for one step. It changes nothing in the world: the sandbox can reach nothing.

    `root`: reference of the root's definition. All calls of one step that name the same get the same version.
    """

    root: str
    chosen: dict[tuple[str, Binding, str], str] = field(default_factory=dict)

    def run_script(self, source: str, variables: Mapping[str, Any]) -> ScriptResult:
        return self.rt.sandbox.run_script(source, variables)

    def evaluate(self, source: str, variables: Mapping[str, Any]) -> Any:
        return self.rt.sandbox.evaluate(source, variables)

    def resolve(self, key: str, binding: Binding, caller: str | None) -> str:
        wanted = key, binding, caller or self.root
        if wanted not in self.chosen:
            calling = self.record(caller or self.root)
            with self.rt.database.reading() as tx:
                self.chosen[wanted] = str(calls.find(tx, key, binding, calling).id)
        return self.chosen[wanted]

    def resolve_decision(self, key: str, binding: Binding, caller: str | None) -> str:
        raise DecisionNotFound(f"There is no decision '{key}'. Deploy a file that has it, and retry.")

    def decision(self, reference: str) -> Decision:
        raise DecisionNotFound(f"There is no decision {reference}.")

    @property
    def zone(self) -> ZoneInfo:
        return self.rt.settings.time_zone

    def read_store(self, name: str) -> Stored:
        with self.rt.locks.hold(STORES), self.rt.database.reading() as tx:
            return stores.read(tx, name)

    def monotonic(self) -> float:
        return time.monotonic()
