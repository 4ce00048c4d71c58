"""An engine between whose steps a test can do something else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from stellwerk import engine
from stellwerk.engine import Budget, Compilation, Definition, Host, Library, Outcome, ScopeVariables, Snapshot
from stellwerk.engine.commands import Command


@dataclass
class MeddlingEngine:
    """The real engine; before each step it lets the test do something else."""

    before: Callable[[Command], None] = lambda command: None
    compiled: list[str] = field(default_factory=list)

    def compile_bpmn(self, xml: bytes, *, filename: str) -> Compilation:
        self.compiled.append(filename)
        return engine.compile_bpmn(xml, filename=filename)

    def execute(
        self, definition: Definition, snapshot: Snapshot, command: Command, now: datetime, host: Host, budget: Budget
    ) -> Outcome:
        self.before(command)
        return engine.execute(definition, snapshot, command, now, host, budget)

    def read_variables(
        self, definition: Definition, snapshot: Snapshot, library: Library, token: int = 0
    ) -> dict[str, Any]:
        return engine.read_variables(definition, snapshot, library, token)

    def read_scopes(
        self, definition: Definition, snapshot: Snapshot, library: Library, call: int = 0, most: int = 100
    ) -> tuple[ScopeVariables, ...]:
        return engine.read_scopes(definition, snapshot, library, call, most)
