"""The worker processes: started when the first script comes, replaced when they die, given back at the end."""

from __future__ import annotations

import os
import sys
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from stellwerk.errors import SandboxUnavailable

if TYPE_CHECKING:
    import pydantic_monty


class Box(Protocol):
    """One clean session in a worker."""

    def feed_run(self, code: str, *, inputs: dict[str, Any] | None = None, print_callback: Any = None) -> Any: ...

    def load_session(self, state: bytes) -> None: ...

    def dump(self) -> bytes: ...


MAX_SCRIPTS_PER_WORKER = 500  # a worker that leaks is replaced in time

_runtime_process: int | None = None
"""The process in which the library runs. Its threads do not survive a fork, and a child that used it would hang."""


class Workers:
    """A pool of sandbox processes; thread-safe. Nothing runs before the first `box()`."""

    def __init__(self, count: int, seconds: float, memory_mb: int, wait_seconds: float) -> None:
        self.count, self.seconds, self.memory_mb, self.wait_seconds = max(1, count), seconds, memory_mb, wait_seconds
        self._limits: pydantic_monty.ResourceLimits = {
            "max_feed_duration_secs": seconds,
            "max_memory": memory_mb << 20,
            "max_recursion_depth": 100,
            "max_suspensions": 200,
            "max_total_sleep_secs": 0,
        }
        self._start = threading.Lock()
        self._pool: pydantic_monty.Monty | None = None
        self._closed = False
        _all.add(self)

    def forget(self) -> None:
        """In a forked child: the parent's workers are not ours to use or to end."""
        self._start = threading.Lock()  # another thread of the parent may have held it
        if self._pool is not None:
            _abandoned.append(self._pool)
            self._pool = None

    @contextmanager
    def box(self) -> Iterator[Box]:
        """A clean session for one script. Raises SandboxUnavailable when none is free in time or none starts."""
        session, box = self._enter()
        try:
            yield box
        finally:
            session.__exit__(None, None, None)

    def _enter(self) -> tuple[pydantic_monty.MontySession, Box]:
        import pydantic_monty

        pool = self._running()
        for _ in range(self.count + 1):  # each process that died while it was idle is met once
            session = pool.checkout(limits=self._limits, os_policy={"sleep": "zero"}, assert_message_annotations=False)
            try:
                return session, session.__enter__()
            except pydantic_monty.MontyCrashedError:
                continue
            except TimeoutError:
                raise SandboxUnavailable(
                    f"All {self.count} sandbox processes were busy for {self.wait_seconds:g} s. "
                    "Try again later, or raise STELLWERK_SANDBOX_WORKERS."
                ) from None
            except (OSError, pydantic_monty.MontyError) as error:
                raise _cannot_start(error) from error
        raise SandboxUnavailable("The sandbox processes end by themselves. Look at the memory of this machine.")

    def _running(self) -> pydantic_monty.Monty:
        with self._start:
            if self._closed:
                raise SandboxUnavailable("The sandbox is closed, since the server stops. Repeat it when it is back.")
            if self._pool is None:
                self._pool = self._open()
            return self._pool

    def _open(self) -> pydantic_monty.Monty:
        global _runtime_process
        import pydantic_monty  # 60 ms and some memory: only where scripts run

        if _runtime_process not in (None, os.getpid()):
            raise SandboxUnavailable(
                "This process was forked after a script had run in its parent. "
                "Fork before the first script, or start the process anew."
            )
        pool = pydantic_monty.Monty(
            min_processes=0,
            max_processes=self.count,
            checkout_timeout=self.wait_seconds,
            request_timeout=max(2.0, 4 * self.seconds),
            max_checkouts_per_worker=MAX_SCRIPTS_PER_WORKER,
            # str() of a structure that shares its parts is not stopped by the worker itself.
            feed_duration_limit_grace=0.1,
        )
        _runtime_process = os.getpid()
        _remember_missing("opentelemetry")
        try:
            return pool.__enter__()
        except (OSError, pydantic_monty.MontyError) as error:
            raise _cannot_start(error) from error

    def close(self) -> None:
        """End the processes. Scripts that come later are refused. Calling it again does nothing."""
        with self._start:
            pool, self._pool, self._closed = self._pool, None, True
        if pool is not None:
            pool.__exit__(None, None, None)


_all: weakref.WeakSet[Workers] = weakref.WeakSet()
_abandoned: list[Any] = []
"""Pools of a parent process, kept so that nothing is cleaned up that belongs to the parent."""


def _forget_all() -> None:
    for workers in list(_all):
        workers.forget()


os.register_at_fork(after_in_child=_forget_all)


def _remember_missing(module: str) -> None:
    """The library tries to import it in every call; where it is not installed, each try would search the whole path.

    None in `sys.modules` is Python's own way to say so: an import fails as it would anyway, at once.
    """
    if module not in sys.modules and find_spec(module) is None:
        sys.modules[module] = None  # type: ignore[assignment]


def _cannot_start(error: Exception) -> SandboxUnavailable:
    found = " It needs the program `monty`." if not _program_found() else ""
    return SandboxUnavailable(f"No sandbox process starts: {error}.{found} Install pydantic-monty again.")


def _program_found() -> bool:
    folders = os.environ.get("PATH", "").split(os.pathsep)
    return any((Path(folder) / "monty").exists() for folder in folders)
