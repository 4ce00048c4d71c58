"""10.3.4.12 Miscellaneous functions: the clock is what the caller says."""

from __future__ import annotations

from ..runtime import Run, Undefined, Value
from .registry import builtin


@builtin("now()")
def now(run: Run) -> Value:
    if run.now is None:
        raise Undefined("now: this evaluation was given no clock")
    return run.now


@builtin("today()")
def today(run: Run) -> Value:
    if run.now is None:
        raise Undefined("today: this evaluation was given no clock")
    return run.now.date
