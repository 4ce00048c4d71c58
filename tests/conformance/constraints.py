"""constraints: models that break one rule each. A refusal counts when it names that rule's subject and the element.

It counts only together with the valid models of the corpus, and ours: the rule may refuse none of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from .adapt import adapt
from .isolate import Lost, run_isolated
from .machine import Machines, problem_as_json
from .report import Verdict

OWN_VALID = Path(__file__).parents[2] / "bpmn"
FEWEST_SHARED, LEAST_SHARE = 2, 0.25  # words of the rule's sentence that a message must have
FILLER = """
a an all also among and any are as at be behind besides but by called can each end every exactly for from has have if in
inside into is it its itself least less like may must needs needed never no nor not of on one only or other own same set
should so such than that the their them then there these this to two under very when where which while with without
allowed call element process executable therefore remove add give either name named
"""
Found = list[dict[str, Any]]


def run(folder: Path, machines: Machines, only: str = "") -> list[Verdict]:
    models = [m for m in json.loads((folder / "constraints.json").read_bytes()) if only in m["name"]]
    sentences = json.loads((folder / "rules.json").read_bytes()) if (folder / "rules.json").exists() else {}
    valid = sorted((folder / "bpmn").glob("*.bpmn")) + sorted(OWN_VALID.glob("**/*.bpmn"))
    files = [folder / model["file"] for model in models]
    found = run_isolated([*files, *valid], partial(errors_of, machines))
    refusing = {p["rule"] for seen in found[len(files) :] if not isinstance(seen, Lost) for p in seen}
    return [
        verdict(model, sentences.get(model["constraint"], {}).get("rule", ""), seen, refusing)
        for model, seen in zip(models, found[: len(files)], strict=True)
    ]


def errors_of(machines: Machines, path: Path) -> Found:
    """The errors that the product's check finds in one file."""
    with machines() as machine:
        _, problems = machine.check([(path.name, adapt(path.read_bytes()))])
    return [problem_as_json(problem) for problem in problems if problem.severity == "error"]


def verdict(model: Mapping[str, Any], sentence: str, found: Found | Lost, refusing: set[str]) -> Verdict:
    """`refusing` are the rules that refuse valid models."""
    group = model["constraint"]
    if isinstance(found, Lost):
        return Verdict(model["name"], group, found.reason, {"crashed": found.reason})
    observed = {"refused": [{key: p[key] for key in ("rule", "elementId", "message")} for p in found]}
    right = [p for p in found if p["rule"] not in refusing and names(p, model["offending"], sentence)]
    if right:
        return Verdict(model["name"], group, "", observed)
    said = ", ".join(f"{p['rule']} at {p['elementId']}" for p in found) or "nothing"
    return Verdict(model["name"], group, f"expected {group} at {model['offending']}, refused for {said}", observed)


def names(problem: Mapping[str, Any], offending: Sequence[str] | None, sentence: str) -> bool:
    """Whether the refusal names the offending element, and speaks of what the rule speaks of."""
    if offending and problem["elementId"] not in offending and not _mentions(problem["message"], offending):
        return False
    subject, said = words(sentence), words(f"{problem['rule']} {problem['message']}")
    shared = len(subject & said)
    return not subject or shared >= FEWEST_SHARED or shared >= LEAST_SHARE * len(subject)


def _mentions(message: str, ids: Sequence[str]) -> bool:
    return any(f"'{id}'" in message for id in ids)


def words(text: str) -> set[str]:
    """The words that carry meaning, in the singular; `eventBasedGateway` is three."""
    split = re.sub(r"([a-z])([A-Z])", r"\1 \2", text).replace("sub-process", "subprocess").lower()
    found = re.findall(r"[a-z]{3,}", split)
    return {word.removesuffix("s") for word in found} - set(FILLER.split())
