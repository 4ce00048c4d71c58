"""Who waits for an instance to settle, without holding a thread.

`changed(id)` comes from any thread after a commit. One task asks the database about all instances that are waited for
and may have settled, in one query: at once for those that changed here, every `poll_s` for those that another server
process may have moved.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Collection
from uuid import UUID

log = logging.getLogger("stellwerk.web")

Settled = Callable[[Collection[UUID]], set[UUID]]
"""Which of these instances have settled: ended, or only wait for people, messages, timers or an operator."""
POLL_S = 0.5


class Hub:
    """For one event loop. `wait` runs in it; `changed` and `close` may be called from any thread."""

    def __init__(self, settled: Settled, poll_s: float = POLL_S) -> None:
        self._settled, self._poll_s = settled, poll_s
        self._waiters: dict[UUID, set[asyncio.Future[bool]]] = defaultdict(set)
        self._changed: set[UUID] = set()
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._publisher: asyncio.Task[None] | None = None
        self._closed = False

    async def wait(self, id: UUID, seconds: float) -> bool:
        """True as soon as the instance has settled, False when the time is over or the server stops."""
        if self._closed:
            return False
        self._loop = asyncio.get_running_loop()
        future: asyncio.Future[bool] = self._loop.create_future()
        self._waiters[id].add(future)
        self._note(id)  # it may have settled before anybody waited
        if self._publisher is None or self._publisher.done():
            self._publisher = asyncio.create_task(self._publish())
        try:
            async with asyncio.timeout(seconds):
                return await future
        except TimeoutError:
            return False
        finally:
            self._waiters[id].discard(future)
            if not self._waiters[id]:
                del self._waiters[id]

    def changed(self, id: UUID) -> None:
        """The instance was committed here."""
        if self._loop is not None and id in self._waiters and not self._loop.is_closed():
            with contextlib.suppress(RuntimeError):  # the loop closes at this very moment: nobody waits any more
                self._loop.call_soon_threadsafe(self._note, id)

    def close(self) -> None:
        """Let everybody go, so that the server can stop."""
        self._closed = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._release)

    def _note(self, id: UUID) -> None:
        self._changed.add(id)
        self._wake.set()

    def _release(self) -> None:
        for futures in list(self._waiters.values()):
            for future in futures:
                _resolve(future, False)

    async def _publish(self) -> None:
        while self._waiters:
            asked = await self._next()
            if not asked:
                continue
            try:
                settled = await asyncio.to_thread(self._settled, asked)
            except Exception:  # whoever waits is better served by the next look than by losing the publisher
                log.exception("cannot ask which instances have settled")
                continue
            for id in settled:
                for future in self._waiters.get(id, ()):
                    _resolve(future, True)
            await asyncio.sleep(0)  # those who were waked leave the table first

    async def _next(self) -> set[UUID]:
        """Those that changed here, as soon as there is one; all of them when nothing changed for `poll_s`."""
        try:
            async with asyncio.timeout(self._poll_s):
                await self._wake.wait()
            return self._changed & self._waiters.keys()
        except TimeoutError:
            return set(self._waiters)
        finally:
            self._wake.clear()
            self._changed.clear()


def _resolve(future: asyncio.Future[bool], value: bool) -> None:
    if not future.done():
        future.set_result(value)


class ThreadWaiter:
    """The same for servers without an event loop (the test client, plain WSGI): the asking thread waits."""

    def __init__(self, settled: Settled, poll_s: float = POLL_S) -> None:
        self._settled, self._poll_s = settled, poll_s
        self._condition = threading.Condition()

    def wait(self, id: UUID, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while not self._settled([id]):
            rest = end - time.monotonic()
            if rest <= 0:
                return False
            with self._condition:
                self._condition.wait(min(rest, self._poll_s))
        return True

    def changed(self, id: UUID) -> None:
        with self._condition:
            self._condition.notify_all()
