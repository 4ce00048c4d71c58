"""What the engine may ask while a step runs, answered by the sandbox, what is deployed, and this process's clock."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from stellwerk.engine import Binding, ScriptResult, Stored
from stellwerk.store import stores
from stellwerk.usecases import called_decisions, calls
from stellwerk.usecases.cache import STORES
from stellwerk.usecases.library import Library


@dataclass(frozen=True)
class ServerHost(Library):
    """The engine's Host for one step. It changes nothing in the world: the sandbox can reach nothing.

    `root`: reference of the root's definition. What one step calls by the same name is the same
    version, processes and decisions.
    """

    root: str
    chosen: dict[tuple[str, Binding, str], str] = field(default_factory=dict)
    decided: dict[tuple[str, Binding, str], str] = field(default_factory=dict)

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
        wanted = key, binding, caller or self.root
        if wanted not in self.decided:
            calling = self.record(caller or self.root)
            with self.rt.database.reading() as tx:
                found = called_decisions.find(tx, key, binding, calling)
            self.rt.decided.put(found.id, found)
            self.decided[wanted] = str(found.id)
        return self.decided[wanted]

    @property
    def zone(self) -> ZoneInfo:
        return self.rt.settings.time_zone

    def read_store(self, name: str) -> Stored:
        with self.rt.locks.hold(STORES), self.rt.database.reading() as tx:
            return stores.read(tx, name)

    def monotonic(self) -> float:
        return time.monotonic()
