"""Runs what is due: timers, messages, continuations, service tasks."""

from stellwerk.jobs.dispatch import Executor, run_due

__all__ = ["Executor", "run_due"]
