"""The registry of handlers: which function does the work of which topic, and how it is called."""

from __future__ import annotations

import asyncio
import inspect
import logging
import os
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType, ModuleType
from typing import Any

from stellwerk import handlers as public
from stellwerk.errors import SettingInvalid
from stellwerk.handlers import Declaration, Job
from stellwerk.jobs import sources
from stellwerk.jobs.connectors import builtin
from stellwerk.jobs.signature import Misfit, Signature, SignatureInvalid, describe, read
from stellwerk.jobs.sources import Source
from stellwerk.jobs.texts import text_of
from stellwerk.settings import Settings
from stellwerk.store.records import JobRecord
from stellwerk.usecases import samples
from stellwerk.usecases.runtime import Permanent

log = logging.getLogger("stellwerk.handlers")


@dataclass(frozen=True)
class Handler:
    """One registered function, with what it says of its tries (None: the settings decide)."""

    declaration: Declaration
    signature: Signature

    @property
    def tries(self) -> int | None:
        return self.declaration.tries

    @property
    def waits(self) -> tuple[float, ...] | None:
        return self.declaration.retry_waits

    @property
    def max_seconds(self) -> float | None:
        return self.declaration.max_seconds

    def run(self, job: Job, values: Mapping[str, Any]) -> Any:
        """Call the function and return a variable value.

        Raises ErrorThrown, Permanent (also for a signature that does not fit), or what the function raises.
        """
        topic = self.declaration.topic
        try:
            arguments = self.signature.arguments(job, values)
        except Misfit as misfit:
            raise Permanent(f"The handler of '{topic}' cannot be called: {misfit}.") from None
        result = self._call(arguments)
        try:
            return self.signature.result(result)
        except Misfit as misfit:
            raise Permanent(
                f"The handler of '{topic}' has run, but what it returned cannot be used: {misfit}. "
                f"Correct {self.declaration.name}."
            ) from None

    def _call(self, arguments: dict[str, Any]) -> Any:
        try:
            result = self.declaration.function(**arguments)
            return asyncio.run(_finished(result)) if inspect.isawaitable(result) else result
        except public.Permanent as error:
            raise Permanent(str(error) or "The handler said that no further try would help.") from error
        except Exception:
            raise
        except BaseException as error:  # sys.exit(), KeyboardInterrupt and the like would end the worker's thread
            raise RuntimeError(f"The handler ended itself with {type(error).__name__}: {text_of(error)}") from error

    def describe(self) -> dict[str, Any]:
        """Plain JSON for the modeler and the pages."""
        declaration = self.declaration
        return {
            "topic": declaration.topic,
            "handler": declaration.name,
            "description": inspect.cleandoc(declaration.description),
            "tries": declaration.tries,
            "retryWaits": None if declaration.retry_waits is None else list(declaration.retry_waits),
            "maxSeconds": declaration.max_seconds,
            **describe(self.signature),
        }


async def _finished(result: Any) -> Any:
    return await result


class Registry:
    """All handlers of a process; thread-safe. Later layers go before earlier ones for the same topic.

    In developer mode the files are looked at whenever somebody asks for the topics, and loaded again when one has
    changed. Code that cannot be imported leaves everything as it was; `problem` then says why.
    """

    def __init__(
        self, layers: Iterable[Iterable[Source]] = (), own: Iterable[Declaration] = (), *, dev: bool = False
    ) -> None:
        self._layers = [list(layer) for layer in layers]
        self._own, self._registered = _layer(list(own)), dict[str, Handler]()
        self._dev = dev
        self._lock = threading.Lock()
        self.problem: str | None = None
        self._handlers = self._load()
        self._seen = self._times()

    def register(self, declaration: Declaration) -> None:
        """Add one handler, before any other of its topic. Raises SettingInvalid for an unusable signature."""
        with self._lock:
            self._registered = self._registered | _layer([declaration])
            self._handlers = self._handlers | self._registered

    def topics(self) -> frozenset[str]:
        if self._dev:
            self.reload_if_changed()
        return frozenset(self._handlers)

    def get(self, topic: str) -> Handler | None:
        return self._handlers.get(topic)

    policy = get

    def describe(self) -> list[dict[str, Any]]:
        """Every handler as plain JSON, by topic."""
        return [handler.describe() for _, handler in sorted(self._handlers.items())]

    def run(self, topic: str, job: JobRecord, values: Mapping[str, Any]) -> Any:
        """Run the handler of a topic. Raises ErrorThrown, Permanent, or what the handler raises."""
        handler = self.get(topic)
        if handler is None:
            raise Permanent(f"No handler of '{topic}' is registered here. Name its file in {sources.SETTING}.")
        return handler.run(_job(topic, job, values), values)

    def reload_if_changed(self) -> bool:
        """Load everything again if a file has changed; tell whether it did. Errors are logged, and in `problem`."""
        with self._lock:
            times = self._times()
            if times == self._seen:
                return False
            self._seen = times
            return self._reload()

    def _reload(self) -> bool:
        kept: dict[str, ModuleType] = {}
        for source in self._sources():
            kept |= sources.forget(source)
        try:
            self._handlers = self._load()
        except SettingInvalid as error:
            sources.remember(kept)
            self.problem = error.message
            log.error("The handlers stay as they were. %s", error.message)
            return False
        self.problem = None
        self._seen = self._times()
        log.info("Handlers loaded again: %s.", ", ".join(sorted(self._handlers)))
        return True

    def _sources(self) -> list[Source]:
        return [source for layer in self._layers for source in layer]

    def _times(self) -> dict[str, int]:
        files = {file for source in self._sources() for file in sources.files_of(source)}
        return {file: _changed_at(file) for file in files}

    def _load(self) -> dict[str, Handler]:
        found = dict(self._own)
        for layer in self._layers:
            found |= _layer([declaration for source in layer for declaration in sources.load(source)])
        return found | self._registered


def _changed_at(file: str) -> int:
    try:
        return os.stat(file).st_mtime_ns
    except OSError:
        return 0


def _layer(declarations: list[Declaration]) -> dict[str, Handler]:
    """Handlers by topic. Two functions for one topic are a mistake: nobody could say which one runs."""
    found: dict[str, Handler] = {}
    for declaration in declarations:
        other = found.get(declaration.topic)
        if other is not None and other.declaration is not declaration:
            raise SettingInvalid(
                f"Two handlers have the topic '{declaration.topic}': {other.declaration.name} and {declaration.name}. "
                "Take one away, or give it another topic."
            )
        found[declaration.topic] = Handler(declaration, _signature(declaration))
    return found


def _signature(declaration: Declaration) -> Signature:
    try:
        return read(declaration)
    except SignatureInvalid as error:
        raise SettingInvalid(
            f"{declaration.name} cannot be the handler of '{declaration.topic}': {error}. Correct its signature."
        ) from error


def _job(topic: str, job: JobRecord, values: Mapping[str, Any]) -> Job:
    return Job(
        id=str(job.id),
        idempotency_key=f"{job.instance_id}:{job.token}",
        attempt=job.attempt,
        instance_id=str(job.instance_id),
        element_id=job.element_id or "",
        topic=topic,
        variables=MappingProxyType(dict(values)),
        business_key=job.business_key,
    )


def load(settings: Settings) -> Registry:
    """The registry of this installation: connectors, samples, installed packages, STELLWERK_HANDLERS; the last wins.

    Raises SettingInvalid when code cannot be imported, a signature cannot be used, or a topic is there twice.
    """
    sample = samples.folder() / "handlers.py"
    layers = [
        [Source(str(sample), "The samples' folder")] if sample.is_file() else [],
        sources.from_entry_points(),
        sources.from_setting(settings.handlers),
    ]
    return Registry(layers, builtin(settings), dev=settings.dev)
