"""python -m bench.growth [--json FILE]: does a step cost the same at the ten-thousandth loop as at the tenth?

A step completes the user task of a loop and runs to the next one. Function calls (Python and C, of a step warm in
memory, and of one that loads its snapshot first) and bytes are exact; times are medians of the last steps.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

from stellwerk.engine import Budget, ScriptResult, Snapshot, Stored, compile_bpmn, execute
from stellwerk.engine.commands import Command, CompleteTask, StartInstance
from stellwerk.engine.decision import Decision
from stellwerk.engine.definition import Definition
from stellwerk.engine.events import TaskOpened
from stellwerk.engine.outcome import Outcome
from stellwerk.engine.times.zones import UTC_ZONE

from .models import LOOPS

MARKS = (10, 100, 1_000, 10_000)
MOST_GROWTH = 1.05
WINDOW = 9
ALL = Budget(steps=1_000_000, seconds=1e9)
NOW = datetime(2030, 1, 1, tzinfo=UTC)


class Files:
    """The host: files whose first one is run. None holds a script, so that the engine alone is measured."""

    def __init__(self, *xmls: bytes) -> None:
        found = [compile_bpmn(xml, filename=f"file {number}") for number, xml in enumerate(xmls)]
        wrong = [problem for compilation in found for problem in compilation.errors]
        if wrong:
            raise RuntimeError(f"{wrong[0]}")
        self.definitions = {d.key: d for compilation in found for d in compilation.definitions}
        self.first = next(iter(self.definitions.values()))

    def resolve(self, key: str, binding: Any, caller: str | None) -> str:
        return key

    def definition(self, reference: str) -> Definition:
        return self.definitions[reference]

    def resolve_decision(self, key: str, binding: Any, caller: str | None) -> str:
        raise AssertionError(key)

    def decision(self, reference: str) -> Decision:
        raise AssertionError(reference)

    def run_script(self, source: str, variables: Mapping[str, Any]) -> ScriptResult:
        raise AssertionError(source)

    def evaluate(self, source: str, variables: Mapping[str, Any]) -> Any:
        raise AssertionError(source)

    zone = UTC_ZONE

    def read_store(self, name: str) -> Stored:
        return Stored(None, 0)

    def monotonic(self) -> float:
        return 0.0


def step(files: Files, snapshot: Snapshot, command: Command, turn: int) -> Outcome:
    return execute(files.first, snapshot, command, NOW + timedelta(seconds=turn), files, ALL)


def opened(outcome: Outcome) -> int:
    (task,) = [event for event in outcome.events if isinstance(event, TaskOpened)]
    return task.token


def calls_of(work: Callable[[], Any]) -> tuple[int, Any]:
    """How many functions are called, in Python and in C."""
    count = 0

    def hear(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(hear)
    try:
        outcome = work()
    finally:
        sys.setprofile(None)
    return count, outcome


def scenario(name: str, xmls: tuple[bytes, ...]) -> list[dict[str, Any]]:
    files = Files(*xmls)
    outcome = step(files, Snapshot(), StartInstance({"stop": False}), 0)
    rows, times = [], []
    for turn in range(1, MARKS[-1] + 1):
        command = CompleteTask(opened(outcome))
        if turn not in MARKS:
            begin = time.perf_counter()
            outcome = step(files, outcome.snapshot, command, turn)
            times.append(time.perf_counter() - begin)
            continue
        cold_calls, _ = calls_of(lambda c=command, o=outcome, t=turn: step(files, o.snapshot.cold(), c, t))
        calls, outcome = calls_of(lambda c=command, o=outcome, t=turn: step(files, o.snapshot, c, t))
        rows.append(
            {
                "name": name,
                "iterations": turn,
                "stepMs": round(statistics.median(times[-WINDOW:]) * 1000, 4),
                "calls": calls,
                "coldCalls": cold_calls,
                "snapshotBytes": outcome.snapshot.size,
            }
        )
    return rows


def growth(rows: list[dict[str, Any]], key: str) -> float:
    """The largest over the first."""
    return max(row[key] for row in rows) / float(rows[0][key])


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args(arguments)
    scenarios = []
    flat = True
    for name, xmls in LOOPS.items():
        rows = scenario(name, xmls)
        scenarios += rows
        grown = {key: growth(rows, key) for key in ("calls", "coldCalls", "snapshotBytes")}
        flat &= max(grown.values()) <= MOST_GROWTH
        print(f"{name}: " + ", ".join(f"{key} x{value:.3f}" for key, value in grown.items()))
        for row in rows:
            counts = f"{row['calls']} calls ({row['coldCalls']} when loaded), {row['snapshotBytes']} bytes"
            print(f"  {row['iterations']:6}: {row['stepMs']:.3f} ms, {counts}")
    if options.json:
        options.json.write_text(json.dumps({"scenarios": scenarios}, indent=1) + "\n")
    return 0 if flat else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
