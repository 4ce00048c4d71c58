"""What every use case needs: one value for each application, made in app.py, shared by all its threads."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Protocol
from uuid import UUID

from stellwerk.engine import (
    Budget,
    Catchable,
    Compilation,
    Definition,
    Host,
    Library,
    Outcome,
    Preview,
    ScopeVariables,
    ScriptResult,
    Snapshot,
    UndoStep,
)
from stellwerk.engine.commands import Command
from stellwerk.settings import Settings
from stellwerk.store.db import Database
from stellwerk.store.records import DecisionVersionRecord, DefinitionRecord, JobRecord
from stellwerk.usecases.cache import Bounded, Definitions, LiveInstances, Locks, Models


class Engine(Protocol):
    """The module `stellwerk.engine`; tests may give another one."""

    @property
    def compile_bpmn(self) -> Compile: ...

    @property
    def execute(self) -> Execute: ...

    @property
    def read_variables(self) -> ReadVariables: ...

    @property
    def read_scopes(self) -> ReadScopes: ...

    @property
    def read_catchable(self) -> ReadCatchable: ...

    @property
    def read_undo_plan(self) -> ReadUndoPlan: ...

    @property
    def preview(self) -> DryRun: ...


class Compile(Protocol):
    def __call__(self, xml: bytes, *, filename: str) -> Compilation: ...


class Execute(Protocol):
    def __call__(
        self, definition: Definition, snapshot: Snapshot, command: Command, now: datetime, host: Host, budget: Budget, /
    ) -> Outcome: ...


class ReadVariables(Protocol):
    def __call__(
        self, definition: Definition, snapshot: Snapshot, library: Library, token: int = 0
    ) -> dict[str, Any]: ...


class ReadScopes(Protocol):
    def __call__(
        self, definition: Definition, snapshot: Snapshot, library: Library, call: int = 0, most: int = 100
    ) -> tuple[ScopeVariables, ...]: ...


class ReadCatchable(Protocol):
    def __call__(
        self, definition: Definition, snapshot: Snapshot, library: Library, token: int
    ) -> tuple[Catchable, ...]: ...


class ReadUndoPlan(Protocol):
    def __call__(
        self, definition: Definition, snapshot: Snapshot, library: Library, scope: int = 0
    ) -> tuple[UndoStep, ...]: ...


class DryRun(Protocol):
    def __call__(
        self, definition: Definition, snapshot: Snapshot, command: Command, now: datetime, host: Host, /
    ) -> Preview: ...


class Sandbox(Protocol):
    """Runs the Python of diagrams. Raises ScriptFailed, or ErrorThrown for `bpmn_error(...)`."""

    def run_script(self, source: str, variables: Mapping[str, Any]) -> ScriptResult: ...

    def evaluate(self, source: str, variables: Mapping[str, Any]) -> Any: ...

    def close(self) -> None: ...


class Permanent(Exception):
    """A handler, or what calls it, says that no further try would help."""


class Policed(Protocol):
    """What a handler may say of its tries; None: the settings decide."""

    @property
    def tries(self) -> int | None: ...

    @property
    def waits(self) -> tuple[float, ...] | None: ...

    @property
    def max_seconds(self) -> float | None: ...


class Handlers(Protocol):
    """The registered handlers of service tasks."""

    def topics(self) -> frozenset[str]: ...

    def policy(self, topic: str) -> Policed | None:
        """None: no handler is registered (any more)."""

    def run(self, topic: str, job: JobRecord, values: Mapping[str, Any]) -> Any:
        """Return the result. Raises ErrorThrown for a BPMN error, Permanent, or whatever the handler raises."""

    def describe(self) -> Sequence[Mapping[str, Any]]:
        """For each topic what a modeler shows: its description, and what goes in and out. Plain JSON."""


log = logging.getLogger(__name__)
Committed = Callable[[UUID], None]
Woken = Callable[[], None]


@dataclass
class Runtime:
    """`committed` is called with the instance's id after each commit that changed it; `woken` when jobs may be due."""

    settings: Settings
    database: Database
    engine: Engine
    sandbox: Sandbox
    handlers: Handlers
    definitions: Definitions = field(default_factory=Definitions)
    deployed: Bounded[UUID, DefinitionRecord] = field(default_factory=lambda: Bounded(10_000))
    decided: Bounded[UUID, DecisionVersionRecord] = field(default_factory=lambda: Bounded(10_000))
    models: Models = field(default_factory=Models)
    live: LiveInstances = field(default_factory=LiveInstances)
    locks: Locks = field(default_factory=Locks)
    committed: list[Committed] = field(default_factory=list)
    woken: list[Woken] = field(default_factory=list)

    def notify(self, instance_id: UUID) -> None:
        """Tell who watches that a commit changed the instance."""
        for listener in self.committed:
            _call(partial(listener, instance_id))

    def wake(self) -> None:
        """Tell the workers that a job may be due."""
        for listener in self.woken:
            _call(listener)

    def close(self) -> None:
        """Give back connections and sandbox processes. Workers must have stopped before."""
        self.sandbox.close()
        self.database.dispose()


def _call(listener: Callable[[], None]) -> None:
    try:
        listener()
    except Exception:  # the change is committed: a listener's mistake must not look like a failed command
        log.exception("a listener failed after a commit")
