"""camunda: scenarios of steps and checks. Each step runs to rest; after each the state is written down."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from .adapt import adapt
from .diagram import Diagram
from .isolate import Lost, run_isolated
from .machine import Machine, Machines, Refused, State, StepFailed, names_a_rule, problem_as_json, refusal_as_text
from .report import Verdict

Step = Mapping[str, Any]


@dataclass(frozen=True)
class Seen:
    """`faults` are the steps and checks that did not do what the case says, in order; `done` the kinds of steps
    that the engine did, `refusals` those that it was to refuse and did."""

    observed: dict[str, Any]
    faults: list[str]
    done: frozenset[str] = frozenset()
    refusals: frozenset[str] = frozenset()


def start(machine: Machine, step: Step) -> None:
    """A start that ends in an incident is refused: nothing of it may go on."""
    try:
        machine.start(step["process"], step.get("variables", {}))
    except StepFailed:
        machine.cancel_failed()
        raise


OPERATIONS: dict[str, Callable[[Machine, Step], None]] = {
    "start": start,
    "complete": lambda machine, step: machine.complete(step["task"], step.get("variables", {})),
    "message": lambda machine, step: machine.message(
        step["name"], step.get("variables", {}), step.get("activity"), step.get("index", 0)
    ),
    "signal": lambda machine, step: machine.signal(step["name"]),
    "trigger": lambda machine, step: machine.trigger(step["activity"]),
    "fire_timer": lambda machine, step: machine.fire_timer(step["activity"]),
    "advance": lambda machine, step: machine.advance(step["seconds"]),
    "set_variables": lambda machine, step: machine.set_variables(step["variables"]),
    "expect": lambda machine, step: None,
}


def run(folder: Path, machines: Machines, only: str = "") -> list[Verdict]:
    cases = [case for case in json.loads((folder / "cases.json").read_bytes()) if only in case["id"]]
    results = run_isolated(cases, partial(observe, folder, machines))
    pairs = list(zip(cases, results, strict=True))
    refusing = {rule for case, seen in pairs if not must_be_refused(case) for rule in rules(seen)}
    able = {step for seen in results if isinstance(seen, Seen) for step in seen.done}
    return [verdict(folder, case, seen, refusing, able) for case, seen in pairs]


def must_be_refused(case: Mapping[str, Any]) -> bool:
    return any(step["op"] == "deploy" and step.get("expect_error") for step in case["steps"])


def rules(seen: Seen | Lost) -> set[str]:
    """The rules by which files were refused."""
    refused = seen.observed["refused"] if isinstance(seen, Seen) else None
    return {problem["rule"] for problem in refused or () if problem["severity"] == "error"}


def verdict(folder: Path, case: Mapping[str, Any], seen: Seen | Lost, refusing: set[str], able: set[str]) -> Verdict:
    """An engine that refuses everything passes nothing: no refusal counts by a rule that refuses good files too
    (`refusing`), and none of a kind of step that never succeeds in the whole run (not in `able`)."""
    marks = {"standard": case["standard"]}
    if isinstance(seen, Lost):
        return Verdict(case["id"], case["group"], seen.reason, {"crashed": seen.reason}, marks)
    faults = list(seen.faults)
    if must_be_refused(case) and seen.observed["refused"]:
        ids = set().union(*(Diagram((folder / name).read_bytes()).ids for name in case["bpmn"]))
        refused = seen.observed["refused"]
        if not any(names_a_rule(problem, ids) and problem["rule"] not in refusing for problem in refused):
            faults.append(f"{refusal_as_text(refused)}: no element and rule that only this model breaks")
    faults += [f"no step {step} ever succeeds, so that a refusal means nothing" for step in seen.refusals - able]
    return Verdict(case["id"], case["group"], "; ".join(faults), seen.observed, marks)


def observe(folder: Path, machines: Machines, case: Mapping[str, Any]) -> Seen:
    steps = [*case["steps"], *case.get("expect", [])]
    deploying = steps[0] if steps and steps[0]["op"] == "deploy" else {"op": "deploy"}
    files = [(Path(name).name, adapt((folder / name).read_bytes())) for name in case["bpmn"]]
    with machines() as machine:
        try:
            machine.deploy(files)
        except Refused as error:
            refused = [problem_as_json(problem) for problem in error.problems]
            faults = [] if deploying.get("expect_error") else [refusal_as_text(refused)]
            return Seen({"refused": refused, "steps": []}, faults)
        run = Seen({"refused": None, "steps": []}, [])
        if deploying.get("expect_error"):
            run.faults.append("deployed, though the model breaks a rule")
        for step in steps[1:] if deploying in steps else steps:
            run = _do(machine, step, run)
        run.faults.extend(_at_rest(machine.state()))
    return run


def _do(machine: Machine, step: Step, run: Seen) -> Seen:
    """Do one step as often as it says, and write down the engine's error, the state, and what is wrong with them."""
    operation = OPERATIONS[step["op"]]
    before, error = machine.state(), None
    try:
        for _ in range(step.get("times", 1)):
            operation(machine, step)
    except StepFailed as failure:
        error = str(failure)
    after = machine.state()
    run.observed["steps"].append(_state(step["op"], error, after))
    run.faults.extend(_step_faults(step, error, before, after))
    if error is None:
        return replace(run, done=run.done | {step["op"]})
    return replace(run, refusals=run.refusals | {step["op"]})


def _step_faults(step: Step, error: str | None, before: State, after: State) -> list[str]:
    if step.get("expect_error"):
        if error is None:
            return [f"{_text(step)} must be refused"]
        return [] if _same(step, before, after) else [f"{_text(step)} was refused and left a changed state"]
    if error is not None:
        return [f"{_text(step)}: {error}"]
    return check(step, after) if step["op"] == "expect" else []


def _same(step: Step, before: State, after: State) -> bool:
    if step["op"] == "start":
        return sum(run.running for run in after.runs) == sum(run.running for run in before.runs)
    return (before.active, before.ended, before.executed) == (after.active, after.ended, after.executed)


# -- checks
def check(step: Step, state: State) -> list[str]:
    """What does not hold of one `expect`."""
    faults = []
    for field, wanted in step.items():
        if field in CHECKS and (found := CHECKS[field](step, state, wanted)) is not None:
            faults.append(f"{field}: expected {wanted}, found {found}")
        elif field not in CHECKS and field not in ("op", "process", "expect_error"):
            faults.append(f"unknown check {field}")
    return faults


def _multiset(found: list[str], wanted: list[str]) -> list[str] | None:
    return None if Counter(found) == Counter(wanted) else found


def _executed(step: Step, state: State, wanted: Mapping[str, int]) -> Any:
    found = {id: state.executed.get(id, 0) for id in wanted}
    return None if found == dict(wanted) else found


def _variables(step: Step, state: State, wanted: Mapping[str, Any]) -> Any:
    """The values of running instances come before those of ended ones, those of callers before those of the called."""
    known: dict[str, Any] = {}
    for run in sorted(state.runs, key=lambda run: (run.running, not run.called)):
        if step.get("process") in (None, run.process):
            known.update(run.variables)
    found = {name: known.get(name) for name in wanted}
    return None if found == dict(wanted) else found


CHECKS: dict[str, Callable[[Step, State, Any], Any]] = {
    "tasks": lambda step, state, wanted: _multiset(state.tasks, wanted),
    "active": lambda step, state, wanted: _multiset(state.active, wanted),
    "active_includes": lambda step, state, wanted: state.active if Counter(wanted) - Counter(state.active) else None,
    "not_active": lambda step, state, wanted: state.active if set(wanted) & set(state.active) else None,
    "ended": lambda step, state, wanted: None if state.ended == wanted else state.ended,
    "executed": _executed,
    "variables": _variables,
}


def _at_rest(state: State) -> list[str]:
    """The stricter reading: no incident is open, and every running instance has something it waits for."""
    faults = [f"an incident is open: {incident['message']}" for incident in state.incidents]
    waiting = {visit.instance for visit in state.leaves}
    faults += [f"nothing in {run.process} waits" for run in state.runs if run.running and run.id not in waiting]
    return faults


def _state(op: str, error: str | None, state: State) -> dict[str, Any]:
    return {
        "op": op,
        "error": error,
        "tasks": state.tasks,
        "active": state.active,
        "ended": state.ended,
        "executed": state.executed,
        "variables": [{"process": run.process, "running": run.running, "values": run.variables} for run in state.runs],
    }


def _text(step: Step) -> str:
    return " ".join(str(step[key]) for key in ("op", "process", "task", "name", "activity") if step.get(key))
