"""dmn: decision models of the DMN TCK. Each result of a test is one verdict, in a group for its level and kind.

An evaluator that answers null to everything passes nothing: results with a value and results that are null are
counted apart, and a null counts only if
- the evaluation came to it by the rules of FEEL: no part was unreadable, unknown or unsupported;
- the evaluator noticed an error, where the test says that there is one;
- nine tenths of the results with a value in its folder are right; of all folders of the level, if it has none itself.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from stellwerk import dmn, feel

from . import dmn_values as values
from .dmn_values import Neutral, local
from .isolate import Lost, run_isolated
from .report import Verdict

ENOUGH = 0.9  # of a folder's results with a value must be right before its nulls count
EXTERNAL = re.compile(r"\bexternal\s*\{")
EXTERNAL_CLAUSE = "10.3.2.13: functions in Java are not run"
CLAUSES = {
    "non-compliant/0015-all-any": "10.3.2.9.4: outside of the standard, its numbers are given as texts",
}  # by folder, for what fails


@dataclass(frozen=True)
class Wanted:
    """One resultNode: the decision of this name, in another model if there is a namespace."""

    name: str
    namespace: str
    value: Neutral
    is_error: bool


@dataclass(frozen=True)
class Case:
    """One testCase. `inputs`: name, namespace, value."""

    id: str
    model: str
    kind: str
    invocable: str
    inputs: tuple[tuple[str, str, Neutral], ...]
    wanted: tuple[Wanted, ...]

    @property
    def level(self) -> str:
        return self.id.split("/")[0]

    @property
    def folder(self) -> str:
        return "/".join(self.id.split("/")[:2])


@dataclass(frozen=True)
class Seen:
    """What one result was: its value, whether it was reached by the rules, whether an error was noticed."""

    value: Neutral
    reached: bool
    noticed: bool
    warnings: tuple[str, ...]
    external: bool = False

    def as_json(self) -> dict[str, Any]:
        return {"value": values.as_json(self.value), "reached": self.reached, "warnings": list(self.warnings)}


Observed = Mapping[str, Mapping[str, Seen]]
"""By the id of the case, then by the name of the result."""
Observe = Callable[[Path], Observed]


def run(folder: Path, machines: object, only: str = "") -> list[Verdict]:
    """The verdicts of all test folders below this one; decisions need no machine."""
    return verdicts(folder, only, evaluated)


def verdicts(folder: Path, only: str, observe: Observe) -> list[Verdict]:
    folders = sorted({path.parent for path in folder.rglob("*.dmn") if only in path.parent.as_posix()})
    found = run_isolated(folders, observe, timeout_s=120)
    results = [result for path, seen in zip(folders, found, strict=True) for result in _results(path, seen)]
    shares = Shares(results)
    return [_verdict(*result, shares) for result in results]


# -- the tests


def cases_of(folder: Path) -> Iterator[Case]:
    for path in sorted(folder.glob("*.xml")):
        root = etree.parse(
            str(path), etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
        ).getroot()
        if local(root) != "testCases":
            continue
        model = next((each.text or "" for each in root if local(each) == "modelName"), "")
        for each in root:
            if local(each) == "testCase":
                yield _case(each, f"{folder.parent.name}/{folder.name}/{path.stem}/{each.get('id')}", model.strip())


def _case(element: etree._Element, id: str, model: str) -> Case:
    inputs = [
        (_name(each), each.get("namespace") or "", values.of_xml(each))
        for each in element
        if local(each) == "inputNode"
    ]
    wanted = [_wanted(each) for each in element if local(each) == "resultNode"]
    kind, invocable = element.get("type") or "decision", element.get("invocableName") or ""
    return Case(id, model, kind, invocable, tuple(inputs), tuple(wanted))


def _name(element: etree._Element) -> str:
    return " ".join((element.get("name") or "").split())


def _wanted(element: etree._Element) -> Wanted:
    expected = values.of_xml(values.child(element, "expected"))
    is_error = element.get("errorResult") in ("true", "1")
    return Wanted(_name(element), element.get("namespace") or "", expected, is_error)


# -- the product


def evaluated(folder: Path) -> Observed:
    """Load the models of a folder once, and evaluate every result of its tests."""
    files = {path.name: path.read_bytes() for path in sorted(folder.glob("*.dmn"))}
    library = dmn.load(files.items())
    by_file = {model.definitions.file: model for model in library.models.values()}
    found: dict[str, dict[str, Seen]] = {}
    for case in cases_of(folder):
        model = by_file.get(case.model) or (next(iter(by_file.values())) if len(by_file) == 1 else None)
        found[case.id] = {wanted.name: _seen(library, model, case, wanted) for wanted in case.wanted}
    return found


def _seen(library: dmn.Library, model: dmn.Model | None, case: Case, wanted: Wanted) -> Seen:
    if model is None:
        return Seen(None, False, False, (f"the model {case.model} cannot be read",))
    target = library.models.get(wanted.namespace, model)
    try:
        evaluation = _evaluation(model, target, case, wanted)
    except (dmn.NoSuchDecision, feel.FeelError) as error:
        return Seen(None, False, False, (f"{type(error).__name__}: {error}",))
    value = evaluation.value
    if case.kind == "decisionService" and wanted.name in evaluation.decisions and wanted.name != case.invocable:
        value = _output(model, case, wanted, evaluation)
    warnings = tuple(f"{each.kind}: {each.message} ({each.element_id or each.line})" for each in evaluation.warnings)
    noticed = any(each.kind in (dmn.Kind.EVALUATION, dmn.Kind.VIOLATION) for each in evaluation.warnings)
    external = _is_external(target, wanted.name)
    return Seen(values.of_product(value), evaluation.reached, noticed, warnings, external)


def _evaluation(model: dmn.Model, target: dmn.Model, case: Case, wanted: Wanted) -> dmn.Evaluation:
    inputs, decisions = _given(model, case)
    if case.kind == "decisionService":
        return model.evaluate_service(case.invocable or wanted.name, inputs, decisions=decisions)
    if case.kind == "bkm":
        return model.call(case.invocable or wanted.name, inputs)
    if wanted.name in target.services and wanted.name not in target.decisions:
        return target.evaluate_service(wanted.name, inputs, decisions=decisions)
    return target.evaluate(wanted.name, inputs, decisions=decisions)


def _output(model: dmn.Model, case: Case, wanted: Wanted, evaluation: dmn.Evaluation) -> Any:
    """Of a service with several outputs that of the decision; of one with a single output the value of the service."""
    outputs = evaluation.value
    if isinstance(outputs, dict) and outputs.keys() <= evaluation.decisions.keys() and wanted.name in outputs:
        return outputs[wanted.name]
    return outputs


def _given(model: dmn.Model, case: Case) -> tuple[dict[str, Any], dict[str, Any]]:
    """Values of inputs and of decisions; those of an imported model under the name of the import."""
    inputs: dict[str, Any] = {}
    decisions: dict[str, Any] = {}
    imports = {each.namespace: each.name for each in model.definitions.imports}
    for name, namespace, value in case.inputs:
        into = decisions if name in model.decisions else inputs
        prefix = imports.get(namespace)
        if namespace and prefix:
            into = into.setdefault(prefix, {})
        into[name] = values.to_product(value)
    return inputs, decisions


def _is_external(model: dmn.Model, name: str) -> bool:
    """Does the decision itself define a function that Java or PMML would have to run?"""
    node = next((each for each in model.definitions.nodes if each.name == name), None)
    return any(
        (isinstance(each, str) and EXTERNAL.search(each) is not None)
        or (getattr(each, "kind", "FEEL").upper() in ("JAVA", "PMML"))
        for each in _parts(node)
    )


def _parts(node: object) -> Iterator[object]:
    """Everything in a tree of dataclasses and tuples."""
    waiting = [node]
    while waiting:
        at = waiting.pop()
        yield at
        if dataclasses.is_dataclass(at) and not isinstance(at, type):
            waiting += [getattr(at, field.name) for field in dataclasses.fields(at)]
        elif isinstance(at, tuple):
            waiting += at


# -- verdicts


Result = tuple[Case, Wanted, Seen]


def _results(folder: Path, seen: Observed | Lost) -> Iterator[Result]:
    for case in cases_of(folder):
        for wanted in case.wanted:
            lost = Seen(None, False, False, (seen.reason,)) if isinstance(seen, Lost) else seen[case.id][wanted.name]
            yield case, wanted, lost


class Shares:
    """How many of the results with a value are right, by folder and by level."""

    def __init__(self, results: Iterable[Result]) -> None:
        self._right: dict[str, list[bool]] = {}
        for case, wanted, found in results:
            if wanted.value is not None:
                for key in (case.folder, case.level):
                    self._right.setdefault(key, []).append(values.equal(found.value, wanted.value))

    def doubt(self, case: Case) -> str:
        """Why a null of this case means nothing, or ""."""
        right = self._right.get(case.folder) or self._right.get(case.level, [])
        if right and sum(right) >= ENOUGH * len(right):
            return ""
        return f"only {sum(right)} of {len(right)} values here are right, so that null means nothing"

    def is_alone(self, case: Case) -> bool:
        """Has the folder only nulls?"""
        return case.folder not in self._right


def _verdict(case: Case, wanted: Wanted, found: Seen, shares: Shares) -> Verdict:
    kind = "null" if wanted.value is None else "value"
    if found.external:
        kind = "external functions"
    elif shares.is_alone(case):
        kind = "null alone"
    reason = _fault(wanted, found) or (shares.doubt(case) if wanted.value is None else "")
    unasked = wanted.value is None and not wanted.is_error and found.noticed
    marks = {"an error that the test does not ask for": unasked}
    level = case.level.removeprefix("compliance-").replace("-", " ")
    note = EXTERNAL_CLAUSE if found.external else CLAUSES.get(case.folder, "")
    return Verdict(case.id, f"{level}, {kind}", reason, {wanted.name: found.as_json()}, marks, wanted.name, note)


def _fault(wanted: Wanted, found: Seen) -> str:
    said = f" ({'; '.join(found.warnings[:2])})" if found.warnings else ""
    if not values.equal(found.value, wanted.value):
        return f"expected {values.as_json(wanted.value)!r}, found {values.as_json(found.value)!r}{said}"
    if wanted.value is None and not found.reached:
        return f"null, but not by the rules of FEEL{said}"
    if wanted.value is None and wanted.is_error and not found.noticed:
        return "null as expected, without the error that is expected"
    return ""
