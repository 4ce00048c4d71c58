"""Run one claimed job, whatever its kind: the outside world with no transaction open, then one commit."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable

from stellwerk.errors import Conflict, EngineFault, ErrorThrown, InvalidInput, ProcessError, StorageUnavailable
from stellwerk.jobs.retry import default_policy, policy_of
from stellwerk.jobs.texts import storable, text_of
from stellwerk.store.jobs import Claimed, Lease
from stellwerk.store.outcome import Saved
from stellwerk.usecases import jobs
from stellwerk.usecases.runtime import Permanent, Runtime

CODE_LENGTH = 255  # characters of a BPMN error's code
MOST_DEATHS = 20  # workers that died over one job before it becomes an incident
COMMIT_WAITS_S = (0.1, 0.5, 2.0, 5.0)  # a result in hand is worth waiting for a database that is away
log = logging.getLogger(__name__)


class Worker:
    """Runs claimed jobs, one call each; shared by the threads of a process."""

    def __init__(self, rt: Runtime, pause: Callable[[float], None] = time.sleep) -> None:
        self._rt, self._handlers, self._pause = rt, rt.handlers, pause
        self._default = default_policy(rt.settings)

    def limit_of(self, job: Claimed) -> float:
        """The longest run of this job in seconds."""
        policy = self._handlers.policy(job.job.topic) if job.job.topic else None
        own = policy.max_seconds if policy else None
        return self._rt.settings.job_max_seconds if own is None else own

    def run(self, job: Claimed, lease: Lease | None = None) -> Claimed | None:
        """Run the job and commit; return the job that the commit leased to this worker, if any. Never raises."""
        try:
            saved = self._service(job, lease) if job.job.kind == "service" else jobs.run_own(self._rt, job, lease)
        except ProcessError as error:
            self._postpone(job, error)
            return None
        except Exception as error:  # a mistake of ours must not end the thread
            log.exception("job %s (%s) failed by a mistake in Stellwerk", job.id, job.job.kind)
            self._postpone(job, EngineFault(f"{type(error).__name__}: {error}"))
            return None
        return saved.follow_up if saved else None

    def overrun(self, job: Claimed, limit_s: float) -> None:
        """The handler runs for longer than it may. It cannot be stopped; the job goes on without it."""
        message = f"The handler of '{job.job.topic}' ran for longer than {limit_s:g} s and was given up."
        log.warning("%s Job %s, attempt %d.", message, job.id, job.job.attempt)
        try:
            self._failed(job, message, "")
        except ProcessError as error:
            log.warning("job %s could not be given up: %s", job.id, error.message)

    def _service(self, job: Claimed, lease: Lease | None) -> Saved | None:
        topic = job.job.topic or ""
        if self._handlers.policy(topic) is None:
            jobs.give_back(self._rt, [job])  # its handler was taken away since the claim
            return None
        if job.job.attempt - job.job.failures > MOST_DEATHS:
            message = f"The worker died {MOST_DEATHS} times while it ran '{topic}'. Look into the handler's memory use."
            return jobs.fail(self._rt, job, message)
        return self._handle(job, topic, lease)

    def _handle(self, job: Claimed, topic: str, lease: Lease | None) -> Saved | None:
        try:
            result = self._handlers.run(topic, job.job, job.job.payload)
        except ErrorThrown as error:
            return self._throw(job, topic, error)
        except Permanent as error:
            return jobs.fail(self._rt, job, _text(error), _trace(error.__cause__ or error))
        except Exception as error:  # noqa: BLE001  whatever a handler of somebody else raises is a failed try
            self._failed(job, _text(error), _trace(error))
            return None
        try:
            return self._insist(lambda: jobs.finish(self._rt, job, result, lease))
        except InvalidInput as error:
            return jobs.fail(self._rt, job, f"The handler of '{topic}' returned what cannot be stored. {error.message}")

    def _throw(self, job: Claimed, topic: str, thrown: ErrorThrown) -> Saved | None:
        code, message = storable(thrown.error_code)[:CODE_LENGTH], storable(thrown.message)
        try:
            return self._insist(lambda: jobs.throw(self._rt, job, code, message, thrown.variables))
        except InvalidInput as error:
            told = f"The handler of '{topic}' threw BPMN error '{code}' with what cannot be stored. {error.message}"
            return jobs.fail(self._rt, job, told)

    def _insist(self, commit: Callable[[], Saved | None]) -> Saved | None:
        """The effect outside has happened: try more than once to commit it, so that it need not happen again."""
        for wait_s in COMMIT_WAITS_S:
            try:
                return commit()
            except (StorageUnavailable, Conflict) as error:
                log.warning("a job's result could not be stored, trying again in %s s: %s", wait_s, error.message)
                self._pause(wait_s)
        return commit()

    def _failed(self, job: Claimed, message: str, detail: str) -> None:
        handler = self._handlers.policy(job.job.topic or "")
        policy = policy_of(job, handler, self._default) if handler else self._default
        wait_s = policy.wait_after(job.job.failures + 1)
        if wait_s is None:
            jobs.fail(self._rt, job, f"{message} (after {job.job.failures + 1} tries)", detail)
        else:
            jobs.try_later(self._rt, job, wait_s, message, detail)

    def _postpone(self, job: Claimed, error: ProcessError) -> None:
        try:
            jobs.postpone(self._rt, job, error)
        except ProcessError as worse:
            log.warning("job %s waits for the end of its lease: %s", job.id, worse.message)


def _text(error: BaseException) -> str:
    text = text_of(error)
    return text if isinstance(error, Permanent | ProcessError) and text else f"{type(error).__name__}: {text}"


def _trace(error: BaseException) -> str:
    return storable("".join(traceback.format_exception(error)))
