"""What a handler of service tasks needs: the decorator, the job, and two errors. Importing this is cheap.

    import stellwerk

    @stellwerk.service("charge-card", tries=5)
    def charge(order_id: str, amount: Decimal, job: stellwerk.Job) -> Receipt:
        ...

See docs/handlers.md. How handlers are found and called is in `jobs/handlers.py`.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, TypeVar

from stellwerk.errors import ErrorThrown

_Function = TypeVar("_Function", bound=Callable[..., Any])
MARK = "__stellwerk_services__"
FILE_MODULE = "_stellwerk_handlers_"
"""Begins the names of modules that were loaded from a file, which has no module name of its own."""


@dataclass(frozen=True)
class Declaration:
    """A function that does the work of service tasks with this topic. What is None is decided by the settings.

    `tries` in all, `retry_waits` in seconds between them (the last one repeats), `max_seconds` for one try.
    """

    topic: str
    function: Callable[..., Any]
    tries: int | None = None
    retry_waits: tuple[float, ...] | None = None
    max_seconds: float | None = None
    description: str = ""

    @property
    def name(self) -> str:
        """Where it is, for messages and pages: `shop.payments.charge`, or `handlers.py: charge` for a file."""
        function = self.function.__qualname__.rpartition("<locals>.")[2]
        if not self.function.__module__.startswith(FILE_MODULE):
            return f"{self.function.__module__}.{function}"
        return f"{PurePath(inspect.getfile(self.function)).name}: {function}"


def service(
    topic: str,
    *,
    tries: int | None = None,
    retry_waits: Sequence[float] | None = None,
    max_seconds: float | None = None,
    description: str | None = None,
) -> Callable[[_Function], _Function]:
    """Declare the handler of a topic; the function itself stays as it is. Raises ValueError for a wrong policy."""
    if not topic or topic != topic.strip():
        raise ValueError(f"The topic {topic!r} must be a text without spaces around it.")
    if tries is not None and tries < 1:
        raise ValueError(f"tries={tries} of '{topic}': there must be at least one.")
    if max_seconds is not None and max_seconds <= 0:
        raise ValueError(f"max_seconds={max_seconds} of '{topic}' must be more than 0.")
    waits = None if retry_waits is None else tuple(float(wait) for wait in retry_waits)
    if waits is not None and any(wait < 0 for wait in waits):
        raise ValueError(f"retry_waits={retry_waits} of '{topic}' must not be negative.")

    def declare(function: _Function) -> _Function:
        text = description if description is not None else (function.__doc__ or "").strip()
        made = Declaration(topic, function, tries, waits, max_seconds, text)
        setattr(function, MARK, (*getattr(function, MARK, ()), made))
        return function

    return declare


@dataclass(frozen=True)
class Job:
    """The job that a handler works on: give it a parameter with this annotation."""

    id: str
    idempotency_key: str
    """The same in every try: give it to whoever must not do things twice."""
    attempt: int
    """1 in the first try."""
    instance_id: str
    element_id: str
    topic: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    """All variables that the job was given, as they are, also those that are no parameter."""
    business_key: str | None = None

    @property
    def key(self) -> str:
        """Short for `idempotency_key`."""
        return self.idempotency_key

    def log(self, text: str, level: int = logging.INFO) -> None:
        """Write a line to the server's log, with the instance and element that it belongs to."""
        line = " ".join(str(text).splitlines())
        where = {"job": self.id, "instance": self.instance_id, "element": self.element_id, "attempt": self.attempt}
        _log.log(level, "%s [%s of %s]: %s", self.topic, self.element_id, self.instance_id, line, extra=where)


_log = logging.getLogger("stellwerk.handlers")


class BpmnError(ErrorThrown):
    """Raise it to end the service task with a BPMN error: BpmnError(code, message, variables)."""


class Permanent(Exception):
    """Raise it when no further try would help: it becomes an incident at once."""
