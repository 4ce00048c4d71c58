"""Run each case in a process of its own, so that one that crashes, hangs or eats memory fails alone.

The processes are forked from a clean one that has only imported what is needed: they share nothing, not even caches,
and it does not matter what this process has done before (the sandbox cannot be used after a fork behind its back).
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

Case = TypeVar("Case")
Result = TypeVar("Result")
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["stellwerk.app", "stellwerk.jobs.worker", "lxml.etree", "pytest"])


@dataclass(frozen=True)
class Lost:
    """The case gave no result: it crashed, or took longer than it may."""

    reason: str


@dataclass
class _Running(Generic[Case]):
    index: int
    process: Any
    until: float


def run_isolated(
    cases: Sequence[Case],
    work: Callable[[Case], Result],
    *,
    processes: int = 2,
    timeout_s: float = 30.0,
) -> list[Result | Lost]:
    """The result of `work` for each case, in their order. `work`, cases and results must pickle."""
    results: dict[int, Result | Lost] = {}
    running: dict[Connection, _Running[Case]] = {}
    waiting = list(enumerate(cases))[::-1]
    while waiting or running:
        while waiting and len(running) < processes:
            index, case = waiting.pop()
            receiver, sender = CONTEXT.Pipe(duplex=False)
            process = CONTEXT.Process(target=_child, args=(sender, work, case), daemon=False)
            process.start()
            sender.close()
            running[receiver] = _Running(index, process, time.monotonic() + timeout_s)
        ready = wait(list(running), timeout=0.2)
        for receiver, run in list(running.items()):
            if receiver in ready:
                results[run.index] = _receive(receiver, run)
            elif time.monotonic() > run.until:
                run.process.kill()
                results[run.index] = Lost(f"took longer than {timeout_s:.0f} s")
            else:
                continue
            run.process.join()
            receiver.close()
            del running[receiver]
    return [results[index] for index in range(len(cases))]


def _child(sender: Connection, work: Callable[[Case], Result], case: Case) -> None:
    """Send the result; an exception is a result too, since the parent must hear of it."""
    try:
        sender.send(work(case))
    except Exception as error:  # noqa: BLE001 - whatever a case breaks is the finding
        sender.send(Lost(f"{type(error).__name__}: {error}"))


def _receive(receiver: Connection, run: _Running[Case]) -> Any:
    try:
        return receiver.recv()
    except EOFError:
        run.process.join()
        return Lost(f"the process ended with code {run.process.exitcode}")
