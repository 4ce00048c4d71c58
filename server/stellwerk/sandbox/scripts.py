"""Run a script or an expression of a diagram: what goes in, what comes out, and which limits hold.

Results cross as one text only, and every feed ends with a statement of our own that makes it: a value that the host
had to rebuild could cost it minutes (a mapping whose keys collide) or be exponential (shared parts).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from stellwerk.engine.host import ScriptResult
from stellwerk.errors import SandboxUnavailable, ScriptFailed
from stellwerk.sandbox.failures import Source, translate
from stellwerk.sandbox.prelude import PRELUDE
from stellwerk.sandbox.results import decode, is_same
from stellwerk.sandbox.workers import Box, Workers

MAX_SOURCE = 20_000
"""Longest script, in characters."""
MAX_OUTPUT = 64_000
"""Most printed text that is kept, in characters; the rest is dropped."""

_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_WRONG_INPUT = (ValueError, TypeError, OverflowError, RecursionError)


class Sandbox:
    """Worker processes that run the Python of diagrams; one for each server process, shared by its threads.

    Nothing is started before the first script. `prelude_extra` is text in the sandboxed language that runs before
    each script: functions for test hosts, for example. Whoever needs values back from them lets them print;
    what was printed is `ScriptResult.output`, and `output` of ScriptFailed and ErrorThrown. Names that it defines,
    and names that begin with `_`, are never variables.
    """

    def __init__(
        self,
        workers: int = 2,
        seconds: float = 0.25,
        memory_mb: int = 32,
        prelude_extra: str = "",
        *,
        wait_seconds: float = 30.0,
    ) -> None:
        self._workers = Workers(workers, seconds, memory_mb, wait_seconds)
        self._prelude_extra = prelude_extra
        self._prepared: bytes | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the worker processes; later scripts raise SandboxUnavailable."""
        self._workers.close()

    def run_script(self, source: str, variables: Mapping[str, Any]) -> ScriptResult:
        """Run a script on the variables that it mentions.

        Raises ScriptFailed, ErrorThrown for `bpmn_error(...)`, or SandboxUnavailable.
        """
        # Two line ends: one could be eaten by a backslash at the end of the script.
        code = source + '\n\nf"{__stellwerk_many(locals(), __stellwerk_own)}"'
        sent = _mentioned(source, variables)
        output = _Output()
        found = decode(self._run(code, sent, output, self._source("script", source, 0, variables)))
        if not isinstance(found, dict):
            raise ScriptFailed("The result cannot be read (no mapping). Scripts must leave the sandbox's names alone.")
        changed = {k: v for k, v in found.items() if k not in sent or not is_same(v, sent[k])}
        return ScriptResult(changed, output.text)

    def evaluate(self, source: str, variables: Mapping[str, Any]) -> Any:
        """The value of one expression. Raises as run_script does."""
        code = f'_value = __stellwerk_one((\n{source}\n))\n\nf"{{_value}}"'
        sent = _mentioned(source, variables)
        return decode(self._run(code, sent, _Output(), self._source("expression", source, 1, variables)))

    def _source(self, what: str, text: str, lines_before: int, variables: Mapping[str, Any]) -> Source:
        if len(text) > MAX_SOURCE:
            raise ScriptFailed(f"The {what} has {len(text)} characters; at most {MAX_SOURCE} are allowed.")
        return Source(what, text, lines_before, variables, self._workers.seconds, self._workers.memory_mb)

    def _run(self, code: str, inputs: dict[str, Any], output: _Output, source: Source) -> object:
        import pydantic_monty

        for _ in range(2):  # a worker may have died while it was idle
            with self._workers.box() as box:
                if not self._prepare(box):
                    continue
                try:
                    return box.feed_run(code, inputs=inputs, print_callback=output)
                except pydantic_monty.MontyConversionError as error:
                    raise ScriptFailed(_not_sent(error)) from None
                except pydantic_monty.MontyError as error:
                    raise translate(error, source, output.text) from None
                except _WRONG_INPUT as error:
                    raise ScriptFailed(_not_sent(error)) from None
        raise SandboxUnavailable("The sandbox processes end by themselves. Look at the memory of this machine.")

    def _prepare(self, box: Box) -> bool:
        """Bring the prelude into a clean session; False when its worker is dead."""
        import pydantic_monty

        try:
            if self._prepared is not None:
                box.load_session(self._prepared)  # quicker than running it; bytes of our own making
            else:
                box.feed_run(f"{PRELUDE}\n{self._prelude_extra}\n\n__stellwerk_own = tuple(locals())\n\nNone")
                self._prepared = box.dump()
        except pydantic_monty.MontyCrashedError:
            return False
        return True


def _not_sent(error: Exception) -> str:
    return f"A variable cannot be sent to the sandbox: {error}. Change it before this step."


def _mentioned(source: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    """The variables whose names occur in a text: a process may carry megabytes that no script looks at."""
    return {name: variables[name] for name in set(_IDENTIFIER.findall(source)) if name in variables}


class _Output:
    """Collects what a script prints, up to a limit."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._left = MAX_OUTPUT

    def __call__(self, stream: str, text: str) -> None:
        if self._left > 0:
            self._parts.append(text[: self._left])
            self._left -= len(text)

    @property
    def text(self) -> str:
        return "".join(self._parts)
