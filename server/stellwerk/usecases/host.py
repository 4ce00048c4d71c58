"""What the engine may ask while a step runs, answered by the sandbox and by this process's clock."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stellwerk.engine import ScriptResult
from stellwerk.usecases.runtime import Sandbox


@dataclass(frozen=True)
class ServerHost:
    """The engine's Host. It changes nothing in the world: the sandbox can reach nothing."""

    sandbox: Sandbox

    def run_script(self, source: str, variables: Mapping[str, Any]) -> ScriptResult:
        return self.sandbox.run_script(source, variables)

    def evaluate(self, source: str, variables: Mapping[str, Any]) -> Any:
        return self.sandbox.evaluate(source, variables)

    def monotonic(self) -> float:
        return time.monotonic()
