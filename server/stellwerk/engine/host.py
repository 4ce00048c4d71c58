"""What the engine may ask while a step runs. Asking changes nothing in the world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from stellwerk.engine.decision import Decision
    from stellwerk.engine.definition import Definition


@dataclass(frozen=True)
class ScriptResult:
    """What a script did to its variables: `assigned` are new or changed top-level names."""

    assigned: Mapping[str, Any]
    output: str = ""


BindingKind = Literal["latest", "deployment", "version", "versionTag"]


@dataclass(frozen=True)
class Binding:
    """Which version of a called process or decision is meant: `value` is the number of a version, or its tag."""

    kind: BindingKind = "latest"
    value: str | None = None


class Library(Protocol):
    """Definitions by their references; the engine keeps references only."""

    def definition(self, reference: str) -> Definition:
        """The definition that `Host.resolve` named. Called often: it is compiled and cached already."""


class Evaluator(Protocol):
    """What expressions and scripts may ask."""

    def run_script(self, source: str, variables: Mapping[str, Any]) -> ScriptResult:
        """Run a Python script in the sandbox. Raises ScriptFailed, or ErrorThrown for `bpmn_error(...)`."""

    def evaluate(self, source: str, variables: Mapping[str, Any]) -> Any:
        """Evaluate one Python expression outside the in-process subset in the sandbox. Raises ScriptFailed."""


@dataclass(frozen=True)
class Stored:
    """The value of a data store. `version` counts its writes, 0: nothing was written yet; None: it was not read."""

    value: Any
    version: int | None


class Host(Library, Evaluator, Protocol):
    """Given to `execute`. Fakes in tests are a few lines; the server's is `usecases/host.py`."""

    def resolve(self, key: str, binding: Binding, caller: str | None) -> str:
        """Which definition of the process `key` is called now, as an opaque reference.

        `caller`: the reference of the calling definition, None for that of the root. Raises CalledNotFound.
        """

    def resolve_decision(self, key: str, binding: Binding, caller: str | None) -> str:
        """Which version of the decision `key` is evaluated now, as an opaque reference. Raises DecisionNotFound.

        `key` is the id of a decision or decision service in its file; `caller` as in `resolve`.
        """

    def decision(self, reference: str) -> Decision:
        """The decision that `resolve_decision` named. Called often: it is compiled and cached already."""

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of local times, days and cron expressions that name none."""

    def read_store(self, name: str) -> Stored:
        """What all instances have in common under this name, as it is committed now."""

    def monotonic(self) -> float:
        """Seconds on a clock that never goes back: only for the time budget of a command."""


@dataclass(frozen=True)
class Budget:
    """How much one command may do before it stops between two elements and asks for a Continue."""

    steps: int = 10_000
    seconds: float = 1.0
    runaway: int = 250_000
    """Elements that an instance may complete in a row without waiting for anything; then it stops with an incident."""
