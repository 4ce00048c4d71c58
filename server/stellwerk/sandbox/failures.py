"""What goes wrong in the sandbox, said in the words of whoever wrote the script."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stellwerk.engine.expressions.closures import unknown_variable
from stellwerk.errors import ErrorThrown, ProcessError, ScriptFailed
from stellwerk.sandbox.prelude import ERROR_MARK

if TYPE_CHECKING:
    import pydantic_monty

_MAX_MESSAGE = 600
_PRELUDE_FILE = "<python-input-0>"
_MODULES = (
    "base64, collections, copy, csv, dataclasses, datetime, decimal, functools, hashlib, itertools, json, math, "
    "random and re"
)


@dataclass(frozen=True)
class Source:
    """The text that ran, for messages. `lines_before` were put before it."""

    what: str  # "script" or "expression"
    text: str
    lines_before: int
    variables: Mapping[str, Any]
    seconds: float
    memory_mb: int


def translate(error: pydantic_monty.MontyError, source: Source, output: str) -> ProcessError:
    """The ScriptFailed or ErrorThrown for an error of the sandbox."""
    thrown = _bpmn_error(error, output)
    if thrown is not None:
        return thrown
    line = _line(error, source)
    reason = _reason(error, source)
    where = f" in line {line}" if line is not None and source.what == "script" else ""
    return ScriptFailed(f"The {source.what} failed{where}: {reason}", line=line, output=output)


def _bpmn_error(error: pydantic_monty.MontyError, output: str) -> ErrorThrown | None:
    inner = error.exception()
    text = str(inner)
    if not isinstance(inner, SystemExit) or not text.startswith(ERROR_MARK):
        return None
    try:
        code, message = json.loads(text[len(ERROR_MARK) :])
    except (ValueError, TypeError, RecursionError):
        return None
    return ErrorThrown(_clip(str(code), 255), _clip(str(message)), output=output)


def _line(error: pydantic_monty.MontyError, source: Source) -> int | None:
    traceback = getattr(error, "traceback", None)
    if traceback is None:
        return None
    import pydantic_monty

    last = source.text.count("\n") + 1
    if isinstance(error, pydantic_monty.MontySyntaxError):
        # What is missing at the end is noticed in the statements that we put behind it.
        return max((min(int(frame.line) - source.lines_before, last) for frame in traceback()), default=None)
    for frame in reversed(traceback()):
        line = int(frame.line) - source.lines_before
        if frame.filename.startswith("<python-input-") and frame.filename != _PRELUDE_FILE and 1 <= line <= last:
            return line
    return None


def _reason(error: pydantic_monty.MontyError, source: Source) -> str:
    import pydantic_monty

    if isinstance(error, pydantic_monty.MontyCrashedError):
        return _stopped(source) if error.timed_out else _too_much_memory(source)
    inner = error.exception()
    kind, text = type(inner).__name__, _clip(str(inner))
    if isinstance(error, pydantic_monty.MontySyntaxError):
        return f"it is not Python: {text}. Correct it."
    for name, pattern, answer in _KNOWN:
        found = re.match(pattern, text) if kind == name else None
        if found:
            return str(answer(found.groups(), source))
    return f"{kind}: {text}. Correct it, or check the variables." if text else f"{kind}. Correct it."


def _stopped(source: Source) -> str:
    return (
        f"it ran longer than {source.seconds:g} s and was stopped. "
        "Do less in it, use a service task, or raise STELLWERK_SCRIPT_SECONDS."
    )


def _too_much_memory(source: Source) -> str:
    return (
        f"it used more than {source.memory_mb} MB of memory and was stopped. "
        "Keep less at once, use a service task, or raise STELLWERK_SCRIPT_MEMORY."
    )


def _unknown(name: str, source: Source) -> str:
    return unknown_variable(name, source.variables)


_OF_ENCODER = r"(The (?:variable '|value ).*)"  # prelude.py says it in full sentences
_KNOWN: tuple[tuple[str, str, Any], ...] = (
    ("TypeError", _OF_ENCODER, lambda found, source: found[0] + "."),
    ("ValueError", _OF_ENCODER, lambda found, source: found[0] + "."),
    ("TimeoutError", r"(?:feed|turn) time limit exceeded", lambda found, source: _stopped(source)),
    ("MemoryError", r"memory limit exceeded", lambda found, source: _too_much_memory(source)),
    ("NameError", r"name '(\w+)' is not defined", lambda found, source: _unknown(found[0], source)),
    (
        "AttributeError",
        r"'dict' object has no attribute '(\w+)'",
        lambda found, source: f"a mapping has no attribute '{found[0]}'. Write ['{found[0]}'] for its entry.",
    ),
    (
        "KeyError",
        r"(.+)",
        lambda found, source: f"there is no entry {found[0]}. Test with `in` first, or use .get(...).",
    ),
    (
        "ModuleNotFoundError",
        r"No module named '([\w.]+)'",
        lambda found, source: f"there is no module '{found[0]}' in the sandbox. There are {_MODULES}.",
    ),
    (
        "NotImplementedError",
        r"The monty syntax parser does not yet support (.+)",
        lambda found, source: f"the sandbox does not support {found[0]}. Write it in another way.",
    ),
    (
        "SystemExit",
        r"",
        lambda found, source: "it ended itself. Let it run to its end, or use bpmn_error(code, message).",
    ),
    (
        "RecursionError",
        r"",
        lambda found, source: "its functions call themselves too deeply. Use a loop.",
    ),
)


def _clip(text: str, length: int = _MAX_MESSAGE) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
