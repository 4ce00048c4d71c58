"""miwg: files of many modelling tools. Every well-formed one is read; an executable one is deployed, or refused by
a rule with a place in the file. A file that is not well-formed is refused with the line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from .adapt import BPMN, parse
from .constraints import OWN_VALID, errors_of
from .isolate import Lost, run_isolated
from .machine import Machines, problem_as_json
from .report import Verdict

UNREADABLE = "xml"  # the product's rules about the file itself, not about the model, begin with this


def run(folder: Path, machines: Machines, only: str = "") -> list[Verdict]:
    files = [file for file in json.loads((folder / "manifest.json").read_bytes()) if only in file["file"]]
    results = run_isolated(files, partial(observe, folder, machines))
    valid = run_isolated(sorted(OWN_VALID.glob("**/*.bpmn")), partial(errors_of, machines))
    refusing = {problem["rule"] for seen in valid if not isinstance(seen, Lost) for problem in seen}
    return [verdict(folder, file, seen, refusing) for file, seen in zip(files, results, strict=True)]


def observe(folder: Path, machines: Machines, file: Mapping[str, Any]) -> dict[str, Any]:
    """`report` says what would be deployed; the file is given as it is, under its own name."""
    path = folder / file["file"]
    with machines() as machine:
        definitions, found = machine.check([(path.name, path.read_bytes())])
    problems = [problem_as_json(problem) for problem in found]
    unreadable = [p for p in problems if p["severity"] == "error" and p["rule"].startswith(UNREADABLE)]
    report = {"definitions": list(definitions), "findings": len(problems)}
    return {"readable": not unreadable, "problems": problems, "report": report}


def verdict(folder: Path, file: Mapping[str, Any], seen: dict[str, Any] | Lost, refusing: set[str]) -> Verdict:
    """`refusing` are the rules that refuse valid models: no refusal by them counts."""
    marks = {"executable": file["executable"] > 0, "schema-valid": file["xsd_valid"]}
    if isinstance(seen, Lost):
        return Verdict(file["file"], file["kind"], seen.reason, {"crashed": seen.reason}, marks)
    judge = _well_formed if file["well_formed"] else _broken
    reason = judge(folder, file, seen)
    empty = [p["rule"] for p in seen["problems"] if p["severity"] == "error" and p["rule"] in refusing]
    if empty:
        reason = f"refused by {empty[0]}, which refuses valid models too"
    return Verdict(file["file"], file["kind"], reason, seen, marks)


def _broken(folder: Path, file: Mapping[str, Any], seen: Mapping[str, Any]) -> str:
    if seen["readable"]:
        return "is not well-formed, and was read"
    return "" if any(p["line"] and p["message"] for p in seen["problems"]) else "refused without a line"


def _well_formed(folder: Path, file: Mapping[str, Any], seen: Mapping[str, Any]) -> str:
    """A reader that does nothing finds no process and no problem: then a file with content was not read."""
    if not seen["readable"]:
        return f"not read: {seen['problems'][0]['message']}"
    root = parse((folder / file["file"]).read_bytes())
    processes = root.findall(f"{{{BPMN}}}process")
    executable = {p.get("id") for p in processes if p.get("isExecutable") in ("true", "1")}
    errors = [p for p in seen["problems"] if p["severity"] == "error"]
    if not executable:
        return "" if seen["problems"] else "the report says nothing of a file in which nothing can be started"
    if not errors:
        missing = executable - set(seen["report"]["definitions"])
        return f"neither deployed nor refused: {sorted(map(str, missing))}" if missing else ""
    placed = [p for p in errors if p["rule"] and p["message"] and (p["line"] or p["elementId"])]
    return "" if len(placed) == len(errors) else "a refusal without a rule or a place"
