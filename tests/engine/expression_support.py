"""A host for expression tests: it records what is sent to the sandbox and answers with what it was given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stellwerk.engine.host import ScriptResult


class SentToSandbox(Exception):
    """The expression left the process."""


class NoSandbox:
    """Every question to the sandbox raises, so that a test sees whether an expression stayed in process."""

    def run_script(self, source: str, variables: Mapping[str, Any]) -> ScriptResult:
        raise SentToSandbox(source)

    def evaluate(self, source: str, variables: Mapping[str, Any]) -> Any:
        raise SentToSandbox(source)

    def monotonic(self) -> float:
        return 0.0
