"""What the engine may ask while a step runs, answered by the sandbox and by this process's clock."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stellwerk.engine import Binding, Definition, ScriptResult
from stellwerk.errors import CalledNotFound
from stellwerk.usecases.runtime import Sandbox


@dataclass(frozen=True)
class ServerHost:
    """The engine's Host. It changes nothing in the world: the sandbox can reach nothing."""

    sandbox: Sandbox

    def run_script(self, source: str, variables: Mapping[str, Any]) -> ScriptResult:
        return self.sandbox.run_script(source, variables)

    def evaluate(self, source: str, variables: Mapping[str, Any]) -> Any:
        return self.sandbox.evaluate(source, variables)

    def resolve(self, key: str, binding: Binding, caller: str | None) -> str:
        raise CalledNotFound(f"The process '{key}' cannot be called: this server runs no called processes yet.")

    def definition(self, reference: str) -> Definition:
        raise LookupError(f"nothing was called by the reference {reference}")

    def monotonic(self) -> float:
        return time.monotonic()
