"""After a failed try: when is the next one, or is it an incident? Pure."""

from __future__ import annotations

from dataclasses import dataclass

from stellwerk.errors import SettingInvalid
from stellwerk.settings import Settings
from stellwerk.store.jobs import Claimed
from stellwerk.usecases.runtime import Policed


@dataclass(frozen=True)
class Policy:
    """`waits` in seconds between tries; the last one repeats."""

    tries: int
    waits: tuple[float, ...]

    def wait_after(self, failures: int) -> float | None:
        """Seconds until the next try after so many failed ones; None: there is no next one."""
        if failures >= self.tries:
            return None
        return self.waits[min(failures, len(self.waits)) - 1] if self.waits else 0.0


def default_policy(settings: Settings) -> Policy:
    """Raises SettingInvalid when STELLWERK_JOB_RETRY_WAITS cannot be read."""
    texts = [text.strip() for text in settings.job_retry_waits.split(",") if text.strip()]
    try:
        waits = tuple(float(text) for text in texts)
    except ValueError:
        waits = (-1.0,)
    if any(not 0 <= wait < 1e9 for wait in waits):
        raise SettingInvalid(
            f"STELLWERK_JOB_RETRY_WAITS is '{settings.job_retry_waits}'. It must be seconds, such as 5,30."
        )
    return Policy(max(1, settings.job_tries), waits)


def policy_of(job: Claimed, handler: Policed, default: Policy) -> Policy:
    """The diagram goes before the handler, the handler before the settings."""
    tries = job.job.tries or handler.tries or default.tries
    waits = job.retry_waits or (default.waits if handler.waits is None else handler.waits)
    return Policy(max(1, tries), tuple(waits))
