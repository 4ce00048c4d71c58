"""python -m bench.engine [--json FILE]: what the engine costs, beside SpiffWorkflow as it comes, in one run.

Loops, multi-instance, long rows, wide splits, deep nesting and calls, many open tasks, a waiting inclusive join,
conditions. Function calls and bytes are exact; times are medians, of both sides in turns where they are compared.
Exit code 1 when a count or a ratio misses its aim; times alone never fail, since machines differ.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from stellwerk.engine import Outcome, Snapshot
from stellwerk.engine.commands import CancelInstance, CompleteTask, StartInstance
from stellwerk.engine.events import InstanceEnded, TaskOpened
from stellwerk.engine.expressions import Expression, parse_expression

from . import models, raw
from .growth import MARKS, MOST_GROWTH, Files, calls_of, growth, opened, scenario, step

RAW_SECONDS = 5.0  # how long the other side may take for one loop
ROUNDS = 200


@dataclass(frozen=True)
class Aim:
    """`exact`: a count or a ratio of one run, which decides about the exit code."""

    what: str
    value: float
    limit: float
    at_least: bool = False
    exact: bool = False

    @property
    def met(self) -> bool:
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def __str__(self) -> str:
        sign = "at least" if self.at_least else "at most"
        return f"{'ok  ' if self.met else 'MISS'} {self.what}: {self.value:.4g} (aim: {sign} {self.limit:g})"


def judged(results: dict[str, Any], aims: list[Aim], file: Path | None) -> int:
    """Tell the aims, write everything to the file, and give the exit code: 1 when an exact aim is missed."""
    for aim in aims:
        print(aim)
    if file is not None:
        results["aims"] = [asdict(aim) | {"met": aim.met} for aim in aims]
        file.write_text(json.dumps(results, indent=1) + "\n")
    return 1 if any(aim.exact and not aim.met for aim in aims) else 0


def ms(work: Callable[..., Any], *arguments: Any) -> tuple[float, Any]:
    begin = time.perf_counter()
    result = work(*arguments)
    return (time.perf_counter() - begin) * 1000, result


def begin(files: Files, **variables: Any) -> Outcome:
    return step(files, Snapshot(), StartInstance(variables), 0)


def tasks_of(outcome: Outcome) -> list[int]:
    return [event.token for event in outcome.events if isinstance(event, TaskOpened)]


def ended(outcome: Outcome) -> bool:
    return any(isinstance(event, InstanceEnded) for event in outcome.events)


def must_end(outcome: Outcome) -> Outcome:
    if not ended(outcome):
        raise RuntimeError("the instance did not end")
    return outcome


def run_to_end(files: Files, variables: dict[str, Any]) -> None:
    must_end(begin(files, **variables))


# -- the questions
def loops() -> tuple[dict[str, Any], list[Aim]]:
    rows: dict[str, Any] = {}
    aims = []
    for name, xmls in models.LOOPS.items():
        ours = scenario(name, xmls)
        others, why = raw.loop(xmls[0], MARKS, RAW_SECONDS) if len(xmls) == 1 else ([], "not compared")
        rows[name] = {"ours": ours, "raw": others, "rawStopped": why}
        aims += [
            Aim(f"loop {name}: {key} from {MARKS[0]} to {MARKS[-1]}", growth(ours, key), MOST_GROWTH, exact=True)
            for key in ("calls", "coldCalls", "snapshotBytes")
        ]
    aims.append(Aim("plain loop: ms of a step", rows["plain"]["ours"][-1]["stepMs"], 0.1))
    return rows, aims


def cycles() -> tuple[dict[str, Any], list[Aim]]:
    """Load, complete, run, save a process of ten nodes; both sides in turns. And the same step warm in memory."""
    files, variables = Files(models.TEN_NODES), {"k": "v" * 20, "n": 5}
    started = begin(files, **variables)
    command = CompleteTask(opened(started), {"ok": True})
    text = raw.saved(raw.begun(raw.parsed(models.TEN_NODES), variables))
    ours, others, warm = [], [], []
    for _ in range(ROUNDS):
        ours.append(ms(step, files, started.snapshot.cold(), command, 1)[0])
        others.append(ms(raw.cycle, text)[0])
        warm.append(ms(step, files, begin(files, **variables).snapshot, command, 1)[0])
    found = {
        "oursMs": statistics.median(ours),
        "rawMs": statistics.median(others),
        "warmMs": statistics.median(warm),
        "oursBytes": started.snapshot.size,
        "rawBytes": len(text),
    }
    return found, [
        Aim("ten nodes: raw / ours", found["rawMs"] / found["oursMs"], 8, at_least=True, exact=True),
        Aim("ten nodes: ms of a step warm in memory", found["warmMs"], 0.1),
    ]


def instances() -> tuple[dict[str, Any], list[Aim]]:
    """Multi-instance activities that complete by themselves: 2,000 cost ten times as much as 200."""
    found: dict[str, Any] = {}
    aims = []
    for name, xml in models.MULTI_INSTANCES.items():
        files = Files(xml)
        specs, why = raw.tried(raw.parsed, xml)
        times: dict[int, float] = {}
        others: dict[int, float] = {}
        for n in (200, 500, 1000, 2000):
            variables = {"items": list(range(n))}
            times[n], _ = ms(run_to_end, files, variables)
            if not why and sum(others.values()) < RAW_SECONDS * 1000:
                took, (_, why) = ms(raw.tried, raw.run_to_end, specs, variables)
                others |= {} if why else {n: took}
        found[name] = {"oursMs": times, "rawMs": others, "rawStopped": why}
        few, many = (calls_of(lambda f=files, n=n: begin(f, items=list(range(n))))[0] for n in (200, 2000))
        aims.append(Aim(f"multi-instance {name}: calls for 2,000 / 10 x 200", many / few / 10, MOST_GROWTH, exact=True))
    return found, aims


def open_tasks() -> tuple[dict[str, Any], list[Aim]]:
    """2,000 open user tasks: what completing one of them costs and writes."""
    files, found = Files(models.OPEN_TASKS), {}
    for n in (200, 2000):
        outcome = begin(files, items=list(range(n)))
        tokens, snapshot = tasks_of(outcome), outcome.snapshot
        times, put = [], []
        for turn, token in enumerate(tokens[: n // 2], 1):
            took, result = ms(step, files, snapshot, CompleteTask(token), turn)
            snapshot = result.snapshot
            times.append(took)
            put.append(sum(map(len, result.put.values())))
        cold, _ = ms(step, files, snapshot.cold(), CompleteTask(tokens[-1]), 0)
        found[n] = {"ms": statistics.median(times), "bytesWritten": statistics.median(put), "coldMs": cold}
    few, many = found[200], found[2000]
    return found, [
        Aim("2,000 open tasks: ms of a completion", many["ms"], 1),
        Aim("2,000 open tasks: bytes written, beside 200", many["bytesWritten"] / few["bytesWritten"], 1.1, exact=True),
    ]


def row() -> tuple[dict[str, Any], list[Aim]]:
    """5,000 nodes in a row cost ten times as much as 500."""
    found: dict[int, dict[str, Any]] = {}
    for n in (500, 5000):
        xml = models.row(n)
        compiling, files = ms(Files, xml)
        running, _ = ms(run_to_end, files, {})
        specs, why = raw.tried(raw.parsed, xml)
        if not why:
            _, why = raw.tried(raw.run_to_end, specs, {})
        found[n] = {
            "compileMs": compiling,
            "runMs": running,
            "compileCalls": calls_of(lambda x=xml: Files(x))[0],
            "runCalls": calls_of(lambda f=files: begin(f))[0],
            "rawStopped": why,
        }
    few, many = found[500], found[5000]
    return found, [
        Aim(f"5,000 nodes in a row: {key} / 10 x 500", many[key] / few[key] / 10, MOST_GROWTH, exact=True)
        for key in ("compileCalls", "runCalls")
    ]


def splits() -> tuple[dict[str, Any], list[Aim]]:
    """A split into 40 branches and their join."""
    found, aims = {}, []
    for kind in ("parallel", "inclusive"):
        xml = models.split(kind, 40)
        files, (specs, why) = Files(xml), raw.tried(raw.parsed, xml)
        ours = statistics.median(ms(run_to_end, files, {})[0] for _ in range(20))
        others = 0.0
        if not why:
            others, (_, why) = ms(raw.tried, raw.run_to_end, specs, {})
        found[kind] = {"oursMs": ours, "rawMs": others, "rawStopped": why}
        if not why:
            aims.append(Aim(f"40-way {kind} split: raw / ours", others / ours, 1, at_least=True, exact=True))
    return found, aims


def depth() -> tuple[dict[str, Any], list[Aim]]:
    """300 subprocesses in each other, 300 calls in each other: begun, loaded and completed, cancelled."""
    found: dict[str, Any] = {}
    for name, xml in (("nested", models.nested(300)), ("calls", models.CALLS_ITSELF)):
        files = Files(xml)
        start, outcome = ms(step, files, Snapshot(), StartInstance({"depth": 300}), 0)
        (token,) = tasks_of(outcome)
        finish, done = ms(step, files, outcome.snapshot.cold(), CompleteTask(token), 1)
        cancel, gone = ms(step, files, outcome.snapshot.cold(), CancelInstance(), 1)
        must_end(done)
        must_end(gone)
        found[name] = {"startMs": start, "loadAndCompleteMs": finish, "loadAndCancelMs": cancel}
    specs, why = raw.tried(raw.parsed, models.nested(300))
    if not why:
        _, why = raw.tried(raw.begun, specs, {})
    found["nested"]["rawStopped"] = why
    return found, []


def turns(files: Files, rounds: int = ROUNDS) -> float:
    """Milliseconds of one turn of a loop."""
    outcome, times = begin(files, stop=False), []
    for turn in range(1, rounds + 1):
        took, outcome = ms(step, files, outcome.snapshot, CompleteTask(opened(outcome)), turn)
        times.append(took)
    return statistics.median(times)


def waiting_join() -> tuple[dict[str, Any], list[Aim]]:
    """A loop beside an inclusive join at which 1,600 tokens wait, and the same loop alone."""
    beside, alone = turns(Files(models.WAITING_JOIN)), turns(Files(*models.LOOPS["plain"]))
    return {"stepMs": beside, "aloneMs": alone}, [
        Aim("1,600 tokens at an inclusive join: ms more of a step", beside - alone, 0.05)
    ]


def conditions() -> tuple[dict[str, Any], list[Aim]]:
    found, aims = {}, []
    variables = {"amount": 1200, "country": "DE", "items": [1, 2, 3], "order": {"total": 12}}
    python = ("amount > 1000", "amount > 1000 and country == 'DE'", "len(items) > 2")
    feel = ("= amount > 1000", '= amount > 1000 and country = "DE"', "= count(items) > 2", "= order.total < 20")
    for text in (*python, "${order.total < 20}", *feel):
        expression = parse_expression(text)
        rounds = [ms(_thousand_times, expression, variables)[0] for _ in range(9)]
        found[text] = statistics.median(rounds)  # ms for 1,000 are microseconds for one
        aims.append(Aim(f"condition {text}: microseconds", found[text], 5))
    return found, aims


def _thousand_times(expression: Expression, variables: dict[str, Any]) -> None:
    for _ in range(1000):
        expression.evaluate_condition(variables, None)


QUESTIONS: dict[str, Callable[[], tuple[Any, list[Aim]]]] = {
    "cycle": cycles,
    "conditions": conditions,
    "openTasks": open_tasks,
    "waitingJoin": waiting_join,
    "multiInstance": instances,
    "row": row,
    "split": splits,
    "depth": depth,
    "loops": loops,
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.engine", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--only", choices=sorted(QUESTIONS), action="append", help="one question; may be repeated")
    options = parser.parse_args(arguments)
    results: dict[str, Any] = {}
    aims: list[Aim] = []
    for name, ask in QUESTIONS.items():
        if options.only and name not in options.only:
            continue
        results[name], found = ask()
        aims += found
        print(f"{name}: {json.dumps(results[name], default=str)}")
    print()
    return judged(results, aims, options.json)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
