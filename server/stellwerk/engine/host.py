"""What the engine may ask while a step runs. Asking changes nothing in the world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class ScriptResult:
    """What a script did to its variables: `assigned` are new or changed top-level names."""

    assigned: Mapping[str, Any]
    output: str = ""


class Host(Protocol):
    """Given to `execute`. Fakes in tests are a few lines; the server's is `usecases/host.py`."""

    def run_script(self, source: str, variables: Mapping[str, Any]) -> ScriptResult:
        """Run a Python script in the sandbox. Raises ScriptFailed, or ErrorThrown for `bpmn_error(...)`."""

    def evaluate(self, source: str, variables: Mapping[str, Any]) -> Any:
        """Evaluate one Python expression outside the in-process subset in the sandbox. Raises ScriptFailed."""

    def monotonic(self) -> float:
        """Seconds on a clock that never goes back: only for the time budget of a command."""


@dataclass(frozen=True)
class Budget:
    """How much one command may do before it stops between two elements and asks for a Continue."""

    steps: int = 10_000
    seconds: float = 1.0
    runaway: int = 250_000
    """Elements that an instance may complete in a row without waiting for anything; then it stops with an incident."""
