"""The jobs that this process has claimed, and their leases."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Lock, Thread, current_thread
from uuid import UUID

from stellwerk.errors import ProcessError
from stellwerk.store.jobs import Claimed
from stellwerk.usecases import jobs
from stellwerk.usecases.runtime import Runtime

log = logging.getLogger(__name__)


@dataclass
class Run:
    """A claimed job. `began`: monotonic seconds, None while it waits for a thread; `over`: it ran for too long."""

    claimed: Claimed
    limit_s: float
    began: float | None = None
    thread: Thread | None = None
    over: bool = False

    def begin(self) -> None:
        """The thread that calls this runs the job."""
        self.began, self.thread = time.monotonic(), current_thread()


class Held:
    """Claims of this process by job id. Each is renewed until it is let go, or runs longer than it may."""

    def __init__(self, rt: Runtime, lease_s: float, on_over: Callable[[Run], None]) -> None:
        self._rt, self._lease_s, self._on_over = rt, lease_s, on_over
        self._runs: dict[UUID, Run] = {}
        self._lock = Lock()
        self._renew_at = 0.0
        self._stop = Event()
        self._thread = Thread(target=self._beat, name="job-leases", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def add(self, run: Run) -> None:
        with self._lock:
            self._runs[run.claimed.id] = run

    def let_go(self, run: Run) -> None:
        with self._lock:
            if self._runs.get(run.claimed.id) is run:
                del self._runs[run.claimed.id]

    def take_all(self) -> list[Run]:
        """Let everything go; return what was held."""
        with self._lock:
            runs, self._runs = list(self._runs.values()), {}
            return runs

    def __len__(self) -> int:
        return len(self._runs)

    def check(self, now_s: float) -> None:
        """Renew leases; jobs that have run for too long are reported and held no more."""
        with self._lock:
            runs = list(self._runs.values())
        for run in runs:
            if run.began is not None and now_s - run.began > run.limit_s:
                run.over = True
                self.let_go(run)
                self._on_over(run)
        alive = [run for run in runs if not run.over]
        if now_s < self._renew_at:
            return
        self._renew_at = now_s + self._lease_s / 4
        kept = jobs.renew(self._rt, [run.claimed for run in alive], self._lease_s) if alive else set()
        for run in alive:
            if run.claimed.id not in kept:
                log.info("job %s was withdrawn or taken by another worker while it ran here", run.claimed.id)
                self.let_go(run)

    def _beat(self) -> None:
        # Several chances within a lease, since one renewal may fail; limits of run time are noticed within a second.
        while not self._stop.wait(min(self._lease_s / 5, 1.0)):
            try:
                self.check(time.monotonic())
            except ProcessError as error:
                log.warning("leases could not be renewed: %s", error.message)
            except Exception:  # the heartbeat must go on, or every lease of this process runs out
                log.exception("leases could not be renewed")
