"""betsy: processes whose scripts log tokens. The stricter verdict of its README decides; the laxer one is a mark."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from .adapt import adapt
from .completion import completion_faults
from .diagram import Diagram, Node, done
from .isolate import Lost, run_isolated
from .machine import Machines, Refused, State, StepFailed, names_a_rule, problem_as_json, refusal_as_text
from .report import Verdict

ERRORS = ("ERROR_deployment", "ERROR_runtime")
MARKER = "MARKER_exists"
SHORT_TIMERS_S = 5.0
NOT_STARTED = {"elementId": None, "kind": "start"}


@dataclass(frozen=True)
class Seen:
    """What the engine did, without a look at what was expected."""

    observed: dict[str, Any]
    state: State | None


def run(folder: Path, machines: Machines, only: str = "") -> list[Verdict]:
    cases = [case for case in json.loads((folder / "cases.json").read_bytes()) if only in case["id"]]
    results = run_isolated(cases, partial(observe, folder, machines))
    pairs = list(zip(cases, results, strict=True))
    refusing = {rule for case, seen in pairs if not may_fail(case) for rule in rules(seen)}
    return [verdict(folder, case, seen, refusing) for case, seen in pairs]


def may_fail(case: dict[str, Any]) -> bool:
    return any(token in ("ERROR", *ERRORS) for token in case["expected_trace"])


def rules(seen: Seen | Lost) -> set[str]:
    """The rules by which a file was refused."""
    refused = None if isinstance(seen, Lost) else seen.observed["refused"]
    return {problem["rule"] for problem in refused or () if problem["severity"] == "error"}


def observe(folder: Path, machines: Machines, case: dict[str, Any]) -> Seen:
    path = folder / case["bpmn"]
    with machines() as machine:
        try:
            machine.deploy([(path.name, adapt(path.read_bytes()))])
        except Refused as error:
            refused = [problem_as_json(problem) for problem in error.problems]
            observed = {"refused": refused, "trace": ["ERROR_deployment"], "ended": False, "waiting": []}
            return Seen({**observed, "incidents": [], "beforeClock": []}, None)
        faults = []
        for process in case["start"]:
            try:
                machine.start(process, case["inputs"])
            except StepFailed as error:
                faults.append(str(error))
        before = list(machine.trace.tokens)
        machine.advance(case["delay_ms"] / 1000 or SHORT_TIMERS_S)
        state = machine.state()
        trace = list(machine.trace.tokens)
        trace += ["EXECUTION_parallel"] * machine.trace.overlapping
        trace += ["ERROR_runtime"] * bool(faults or state.incidents)
        trace += ["ERROR_thrownErrorEvent"] * any(run.state == "failed" and not run.called for run in state.runs)
    observed = {
        "refused": None,
        "trace": trace,
        "ended": state.ended,
        "waiting": sorted(visit.element_id for visit in state.leaves),
        "incidents": list(map(dict, state.incidents)) or [NOT_STARTED | {"message": fault} for fault in faults],
        "beforeClock": before,
    }
    return Seen(observed, state)


# -- the verdict
def verdict(folder: Path, case: dict[str, Any], seen: Seen | Lost, refusing: set[str]) -> Verdict:
    """`refusing` are rules by which good files are refused: no refusal by them counts."""
    if isinstance(seen, Lost):
        return Verdict(case["id"], case["group"], seen.reason, {"crashed": seen.reason}, {"upstream verdict": False})
    trace, expected = seen.observed["trace"], case["expected_trace"]
    same = comparable(trace, expected) == comparable(expected, expected)
    faults = [] if same else [f"trace {trace} instead of {expected}"]
    diagram = Diagram((folder / case["bpmn"]).read_bytes())
    refused = seen.observed["refused"]
    if refused is not None:
        named = any(names_a_rule(problem, diagram.ids) and problem["rule"] not in refusing for problem in refused)
        faults = [] if same and named else [refusal_as_text(refused)]
    else:
        faults += order_faults(diagram, trace) + trigger_faults(diagram, seen.observed["beforeClock"])
        if not may_fail(case):
            faults += [f"an incident is open: {i['message']}" for i in seen.observed["incidents"]]
            assert seen.state is not None
            faults += completion_faults(diagram, seen.state)
    return Verdict(case["id"], case["group"], "; ".join(faults), seen.observed, {"upstream verdict": same})


def comparable(trace: list[str], expected: list[str]) -> Counter[str]:
    """The trace as a multiset. The marker counts once, and not at all when nobody asks; ERROR is either error."""
    tokens = Counter(trace)
    if MARKER in tokens:
        tokens[MARKER] = 1
        if MARKER not in expected:
            del tokens[MARKER]
    if "ERROR" in expected:
        for error in ERRORS:
            if tokens.pop(error, 0):
                tokens["ERROR"] = 1
    return tokens


def loggers(diagram: Diagram) -> dict[str, list[Node]]:
    tokens: dict[str, list[Node]] = {}
    for node in diagram.nodes.values():
        for token in node.tokens:
            tokens.setdefault(token, []).append(node)
    return tokens


def order_faults(diagram: Diagram, trace: list[str]) -> list[str]:
    """Where all that log B come after some task that logs A, the first B comes after an A."""
    found = loggers(diagram)
    first = {token: trace.index(token) for token in trace if token in found}
    faults = []
    for token, position in first.items():
        before = [diagram.before(node.id) for node in found[token]]
        for other in first:
            needed = all(any(done(node.id) in names for node in found[other]) for names in before)
            if other != token and needed and first[other] > position:
                faults.append(f"{token} was logged before {other}")
    return faults


def trigger_faults(diagram: Diagram, before_clock: list[str]) -> list[str]:
    """What stands behind a timer may not be logged before the clock has moved."""
    found = loggers(diagram)
    early = {t for t in before_clock if t in found and all(diagram.behind_timer(node) for node in found[t])}
    return [f"{token} was logged before its timer" for token in sorted(early)]
