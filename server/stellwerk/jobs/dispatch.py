"""Dispatch on one machine: threads of this process, woken after each commit, and a slow look for the rest."""

from __future__ import annotations

import logging
import time
from collections import deque
from threading import Condition, Event, Thread

from stellwerk.errors import ProcessError
from stellwerk.jobs.held import Held, Run
from stellwerk.jobs.owner import Owner
from stellwerk.jobs.worker import Worker
from stellwerk.store.jobs import ENGINE, TIMER, Lease, topic_queue
from stellwerk.usecases import jobs, messages
from stellwerk.usecases.runtime import Handlers, Runtime

GRACE_S = 10.0  # how long running handlers may go on when the process is told to stop
HOUSEKEEPING_S = 5.0
CHAIN = 20  # jobs of one instance that a thread does in a row before others get their turn
log = logging.getLogger(__name__)


def queues(handlers: Handlers) -> frozenset[str]:
    """What this process can run. Jobs of other topics stay in the table until somebody has their handler."""
    return frozenset({ENGINE, TIMER} | {topic_queue(topic) for topic in handlers.topics()})


def run_due(rt: Runtime, owner: str = "direct", limit: int = 10_000) -> int:
    """Run in this thread what is due until nothing is, at most `limit` jobs; return how many. For tools and tests."""
    worker = Worker(rt)
    lease = Lease(owner, rt.settings.lease, queues(rt.handlers))
    for done in range(limit):
        claimed = jobs.claim(rt, lease, 1)
        if not claimed:
            return done
        worker.run(claimed[0])
    return limit


class Executor:
    """The job threads of one process: `start` once, `stop` once."""

    def __init__(self, rt: Runtime, grace_s: float = GRACE_S) -> None:
        self._rt, self._grace_s = rt, grace_s
        self._worker = Worker(rt)
        self._owner = Owner(rt.settings.data)
        self._held = Held(rt, rt.settings.lease, self._give_up)
        self._wanted = max(1, rt.settings.workers)
        self._ready: deque[Run] = deque()
        self._idle = 0
        self._put_off = False  # the dispatcher was asked to look while no thread was free
        self._changed = Condition()
        self._woken, self._stopping = Event(), Event()
        self._dispatcher = Thread(target=self._dispatch, name="job-dispatch", daemon=True)
        self._threads: list[Thread] = []

    def start(self) -> None:
        """Free what a dead predecessor held, then begin."""
        self._free_dead()
        self._rt.woken.append(self._woken.set)
        for _ in range(self._wanted):
            self._add_thread()
        self._held.start()
        self._dispatcher.start()

    def stop(self) -> None:
        """Begin nothing new, let running handlers finish for a while, give back what is left."""
        self._rt.woken.remove(self._woken.set)
        self._stopping.set()
        self._woken.set()
        self._dispatcher.join()
        with self._changed:
            waiting = [self._ready.popleft() for _ in range(len(self._ready))]
            self._changed.notify_all()
        for run in waiting:
            self._held.let_go(run)
        until = time.monotonic() + self._grace_s
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        self._held.stop()
        left = self._held.take_all()
        if left:
            log.warning("%d handlers did not end in time; their jobs will be run again", len(left))
        try:
            jobs.give_back(self._rt, [run.claimed for run in (*waiting, *left)])
        except ProcessError as error:
            log.warning("leases could not be given back, they run out by themselves: %s", error.message)
        self._owner.release()

    # -- claiming
    def _dispatch(self) -> None:
        housekeeping_at = time.monotonic() + HOUSEKEEPING_S
        while not self._stopping.is_set():
            self._woken.clear()
            try:
                more = self._claim()
                if time.monotonic() >= housekeeping_at:
                    housekeeping_at = time.monotonic() + HOUSEKEEPING_S
                    self._free_dead()
                    messages.expire(self._rt)
            except ProcessError as error:
                more = False
                log.warning("no jobs could be claimed: %s", error.message)
            except Exception:  # without the dispatcher nothing moves any more: it must survive our mistakes
                more = False
                log.exception("no jobs could be claimed")
            if not more:
                self._woken.wait(self._rt.settings.poll)

    def _claim(self) -> bool:
        """Claim as many as there are threads free; True when there may be more."""
        with self._changed:
            free = self._idle - len(self._ready)
            self._put_off = free <= 0
        if free <= 0:
            return False  # the next thread that becomes free wakes the dispatcher
        claimed = jobs.claim(self._rt, self._lease(), free)
        runs = [Run(job, self._worker.limit_of(job)) for job in claimed]
        for run in runs:
            self._held.add(run)
        with self._changed:
            self._ready.extend(runs)
            self._changed.notify(len(runs))
        return len(claimed) == free

    def _lease(self) -> Lease:
        return Lease(self._owner.name, self._rt.settings.lease, queues(self._rt.handlers))

    def _free_dead(self) -> None:
        for name in self._owner.dead():
            if name == self._owner.name and self._threads:
                continue  # this process lives
            freed = jobs.give_back_all(self._rt, name)
            if freed:
                log.info("%d jobs of a worker that died are free again", freed)

    # -- running
    def _add_thread(self) -> None:
        thread = Thread(target=self._work, name=f"job-{len(self._threads)}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _work(self) -> None:
        while True:
            run = self._next()
            if run is None:
                return
            if not self._run_chain(run):
                return

    def _next(self) -> Run | None:
        with self._changed:
            self._idle += 1
            if self._put_off:
                self._woken.set()
            while not self._ready and not self._stopping.is_set():
                self._changed.wait()
            self._idle -= 1
            return self._ready.popleft() if self._ready else None

    def _run_chain(self, run: Run) -> bool:
        """Run the job, and then those that its commits leased to us. False: this thread was replaced meanwhile."""
        replaced = False
        for number in range(1, CHAIN + 1):
            lease = self._lease() if number < CHAIN and not self._stopping.is_set() else None
            run.begin()
            follow_up = self._worker.run(run.claimed, lease)
            self._held.let_go(run)
            replaced = replaced or run.over
            if follow_up is None:
                break
            run = Run(follow_up, self._worker.limit_of(follow_up))
            self._held.add(run)
        return not replaced

    def _give_up(self, run: Run) -> None:
        """The handler runs for too long: its thread is lost for us, another one takes its place."""
        self._worker.overrun(run.claimed, run.limit_s)
        self._threads = [thread for thread in self._threads if thread is not run.thread]
        self._add_thread()
