"""Evaluate a decision of files that are not deployed: for who is editing them. Nothing is read and nothing is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stellwerk import dmn, feel
from stellwerk.engine import decision_told as told
from stellwerk.engine import values
from stellwerk.engine.expressions.dmn_python import DIALECTS
from stellwerk.errors import FieldError, InvalidInput, Problem, TooLarge
from stellwerk.usecases.access import Principal, require
from stellwerk.usecases.runtime import Runtime

MOST_FILES = 20
MOST_EXPRESSIONS = 200
BUDGET = feel.Budget()
BUDGET_OF_INPUT = feel.Budget(steps=10_000)  # each expression has its own
_XML_DECLARATION = re.compile(r"\A\ufeff?\s*<\?xml[^>]*\?>")


@dataclass(frozen=True)
class Try:
    """What is tried. Files are (name, text); `decision` is the name or id of a decision or decision service in them.

    `expressions` are inputs that are written in FEEL, by name: for values that JSON does not have, such as dates.
    """

    files: Sequence[tuple[str, str]]
    decision: str
    variables: Mapping[str, Any]
    expressions: Mapping[str, str]


@dataclass(frozen=True)
class Tried:
    """`result` and all values inside are JSON. `reached` is False where the value says nothing about the rules:
    something that it needs cannot be read, as `problems` and `warnings` tell."""

    reached: bool
    result: Any
    decisions: Mapping[str, Any]
    matched: tuple[Mapping[str, Any], ...]
    warnings: tuple[dmn.Notice, ...]
    problems: tuple[Problem, ...]


def try_decision(rt: Runtime, who: Principal, wanted: Try) -> Tried:
    """Raises InvalidInput that names the field, and TooLarge."""
    require(who, "definition.check")
    files = _read(rt, wanted.files)
    with rt.database.reading() as tx:
        now = rt.database.now(tx).astimezone(rt.settings.time_zone)
    inputs = {**values.check(wanted.variables), **computed(wanted.expressions, now)}
    library = dmn.load(files, DIALECTS)
    model = next((each for each in library.models.values() if wanted.decision in _callable(each)), None)
    if model is None:
        _refuse_unknown(library, wanted.decision)
        return Tried(False, None, {}, (), (), library.problems)
    return _tried(library, _evaluated(model, wanted.decision, inputs, now))


def _read(rt: Runtime, files: Sequence[tuple[str, str]]) -> list[tuple[str, bytes]]:
    if not files:
        raise InvalidInput([FieldError("files", "required", "There is no file. Send at least one DMN file.")])
    if len(files) > MOST_FILES:
        raise TooLarge(f"There are {len(files)} files. At most {MOST_FILES} are tried together.")
    most = rt.settings.upload_limit
    read = []
    for name, text in files:
        # What arrived as JSON has no encoding of its own any more, whatever the declaration says.
        content = _XML_DECLARATION.sub("", text).encode()
        if len(content) > most * 1024 * 1024:
            raise TooLarge(f"{name} has more than {most} MB. Make it smaller, or raise STELLWERK_UPLOAD_LIMIT.")
        read.append((name, content))
    return read


def computed(expressions: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """The values of inputs that are written in FEEL."""
    if len(expressions) > MOST_EXPRESSIONS:
        raise TooLarge(f"There are {len(expressions)} expressions. At most {MOST_EXPRESSIONS} are evaluated.")
    errors: list[FieldError] = []
    computed: dict[str, Any] = {}
    for name, text in expressions.items():
        path = f"expressions.{name}"
        try:
            result = feel.parse(text).run(budget=BUDGET_OF_INPUT, now=now)
        except feel.FeelError as error:
            errors.append(FieldError(path, "feel", f"The value of '{name}' cannot be read. {error}"))
            continue
        computed[name] = result.value
        if result.value is None and result.warnings:
            message = f"The value of '{name}' is null: {result.warnings[0].message}. Correct it, or write null."
            errors.append(FieldError(path, "feel", message))
    if errors:
        raise InvalidInput(errors)
    return computed


def _callable(model: dmn.Model) -> set[str]:
    nodes = model.definitions.nodes
    names = {*model.decisions, *model.services}
    return names | {node.place.id for node in nodes if node.name in names and node.place.id}


def _refuse_unknown(library: dmn.Library, decision: str) -> None:
    """Where files have errors, the decision may be in one of them; those are told instead."""
    if any(problem.severity == "error" for problem in library.problems):
        return
    known = sorted(name for model in library.models.values() for name in (*model.decisions, *model.services))
    there = f"There are: {', '.join(known[:20])}." if known else "The files have none."
    raise InvalidInput([FieldError("decision", "unknown", f"There is no decision '{decision}'. {there}")])


def _evaluated(model: dmn.Model, decision: str, inputs: Mapping[str, Any], now: datetime) -> dmn.Evaluation:
    """As in a process: an expression may also read what its decision does not declare."""
    try:
        if _is_service(model, decision):
            return model.evaluate_service(
                decision, inputs, decisions=inputs, surroundings=inputs, budget=BUDGET, now=now
            )
        return model.evaluate(decision, inputs, surroundings=inputs, budget=BUDGET, now=now)
    except feel.BudgetExceeded as error:
        message = f"The evaluation was stopped: {error}. Make the values or the lists in them smaller."
        raise InvalidInput([FieldError("decision", "budget", message)]) from None


def _is_service(model: dmn.Model, decision: str) -> bool:
    """By name before id, and decisions first, as the model looks them up."""
    if decision in model.decisions or decision in model.services:
        return decision not in model.decisions
    return any(node.place.id == decision and node.name in model.services for node in model.definitions.nodes)


def _tried(library: dmn.Library, found: dmn.Evaluation) -> Tried:
    return Tried(
        found.reached,
        told.shown(found.value),
        told.by_name(found.decisions),
        told.matched(found),
        found.warnings,
        library.problems,
    )
