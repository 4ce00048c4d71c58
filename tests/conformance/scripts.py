"""What scripts of the corpora call: `log`, `throw_error`, `sleep`, `log_interval`, written in the sandboxed language.

They print what was called; after the script the trace and the clock follow. A script runs alone: it takes no time
of its own, and one that sleeps moves the clock when it is over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from stellwerk.engine import ScriptResult
from stellwerk.errors import ErrorThrown, ScriptFailed
from stellwerk.usecases.runtime import Sandbox

from .machine import Trace

MARK = "conformance\t"
FUNCTIONS = f"""
def log(token):
    print({MARK!r} + "log\\t" + str(token))

def sleep(seconds):
    print({MARK!r} + "sleep\\t" + str(seconds))

def log_interval(number, seconds):
    print({MARK!r} + "interval\\t" + str(number) + "\\t" + str(seconds))

def throw_error(code):
    bpmn_error(code)

"""


class HostFunctions:
    """A sandbox whose scripts know these functions."""

    def __init__(
        self, inner: Sandbox, trace: Trace, clock: Callable[[], datetime], sleep: Callable[[float], None]
    ) -> None:
        self.inner, self.trace, self.clock, self.sleep = inner, trace, clock, sleep

    def run_script(self, source: str, variables: Mapping[str, Any]) -> ScriptResult:
        try:
            result = self.inner.run_script(source, variables)
        except (ErrorThrown, ScriptFailed) as error:
            self._follow(error.output)
            raise
        self._follow(result.output)
        return result

    def _follow(self, output: str) -> None:
        for line in output.splitlines():
            if line.startswith(MARK):
                self._called(*line.removeprefix(MARK).split("\t"))

    def _called(self, function: str, *arguments: str) -> None:
        if function == "log":
            self.trace.tokens.append(arguments[0])
        elif function == "sleep":
            self.sleep(float(arguments[0]))
        else:
            begin = self.clock()
            self.sleep(float(arguments[1]))
            self.trace.intervals[int(arguments[0])] = (begin, self.clock())

    def evaluate(self, source: str, variables: Mapping[str, Any]) -> Any:
        return self.inner.evaluate(source, variables)

    def close(self) -> None:
        self.inner.close()
