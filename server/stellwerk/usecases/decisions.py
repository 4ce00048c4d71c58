"""Decisions: look at their versions, evaluate them, and look at what they gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from difflib import get_close_matches
from typing import Any
from uuid import UUID

from stellwerk.engine import decision_told as told
from stellwerk.engine import values
from stellwerk.engine.expressions.feel_values import to_variable
from stellwerk.errors import (
    DecisionNotEvaluated,
    FieldError,
    InvalidInput,
    NotFound,
    ScriptFailed,
)
from stellwerk.store import decisions as store
from stellwerk.store import evaluations
from stellwerk.store.db import Tx
from stellwerk.store.decisions import DecisionFilter
from stellwerk.store.definitions import get_source
from stellwerk.store.evaluations import EvaluationFilter
from stellwerk.store.ids import new_id
from stellwerk.store.paging import PageRequest
from stellwerk.store.projection import Masks
from stellwerk.store.records import DecisionVersionRecord, EvaluationRecord, Page
from stellwerk.usecases.access import Principal, require, scope
from stellwerk.usecases.evaluating import computed, evaluated
from stellwerk.usecases.models import decision_of
from stellwerk.usecases.runtime import Runtime

MOST_NAMES = 500  # known keys among which a similar one is looked for
KEPT = "full"  # the level of history at which evaluations are kept: they are values


@dataclass(frozen=True)
class EvaluateRequest:
    """The newest version, unless `version` or `version_tag` names another one.

    `expressions` are inputs that are written in FEEL, by name: for values that JSON does not have, such as dates.
    """

    key: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    expressions: Mapping[str, str] = field(default_factory=dict)
    version: int | None = None
    version_tag: str | None = None


@dataclass(frozen=True)
class Evaluated:
    """`result` is a value of a variable, those of `decisions` (all that were evaluated, by name) are plain JSON.
    `evaluation_id`: under which the history keeps it; None if it does not."""

    decision: str
    version: int
    result: Any
    decisions: Mapping[str, Any]
    matched: tuple[Mapping[str, Any], ...]
    warnings: tuple[str, ...]
    evaluation_id: UUID | None


def search(rt: Runtime, who: Principal, filter: DecisionFilter, page: PageRequest) -> Page[DecisionVersionRecord]:
    require(who, "decision.read")
    with rt.database.reading() as tx:
        return store.list_decisions(tx, filter, page)


def versions(rt: Runtime, who: Principal, key: str, page: PageRequest) -> Page[DecisionVersionRecord]:
    """The versions of a decision. Raises NotFound."""
    require(who, "decision.read")
    with rt.database.reading() as tx:
        _wanted(tx, EvaluateRequest(key))
        return store.list_decisions(tx, DecisionFilter(key=key), page)


def get(
    rt: Runtime, who: Principal, key: str, *, version: int | None = None, version_tag: str | None = None
) -> DecisionVersionRecord:
    """One version; without either the newest. Raises NotFound, InvalidInput."""
    require(who, "decision.read")
    with rt.database.reading() as tx:
        return _wanted(tx, EvaluateRequest(key, version=version, version_tag=version_tag))


def source(rt: Runtime, who: Principal, record: DecisionVersionRecord) -> bytes:
    """The file that it is in, as it was deployed."""
    require(who, "decision.read")
    with rt.database.reading() as tx:
        return get_source(tx, record.model.source_hash)


def evaluate(rt: Runtime, who: Principal, request: EvaluateRequest) -> Evaluated:
    """The value of a decision, which the history keeps as it does those of processes.

    Raises NotFound, InvalidInput, DecisionTooCostly, and DecisionNotEvaluated where a process would have an incident:
    the model is not complete, or its rules contradict each other.
    """
    require(who, "decision.evaluate")
    variables = values.check(request.variables)
    with rt.database.reading() as tx:
        record = _wanted(tx, request)
        now = rt.database.now(tx).astimezone(rt.settings.time_zone)
    variables |= computed(request.expressions, now)
    decision = decision_of(rt, record)
    evaluation = evaluated(decision.model, decision.node, variables, now)
    warnings = told.warnings(evaluation)
    doubts = told.doubts(evaluation)
    if doubts:
        raise DecisionNotEvaluated(f"The decision '{record.key}' has no value: {' '.join(doubts)}", warnings)
    found = Evaluated(
        record.key,
        record.version,
        _result(rt, record, evaluation.value),
        told.by_name(evaluation.decisions),
        told.matched(evaluation),
        warnings,
        None,
    )
    return replace(found, evaluation_id=_keep(rt, who, record, told.by_name(evaluation.read), found, now))


def _result(rt: Runtime, record: DecisionVersionRecord, value: Any) -> Any:
    try:
        return to_variable(value, rt.settings.time_zone)
    except ScriptFailed as error:
        text = f"The decision '{record.key}' gives no value that can leave it: {error.message}"
        raise DecisionNotEvaluated(text, (error.message,)) from error


def _keep(
    rt: Runtime,
    who: Principal,
    record: DecisionVersionRecord,
    inputs: Mapping[str, Any],
    found: Evaluated,
    at: datetime,
) -> UUID | None:
    if rt.settings.history != KEPT:
        return None
    kept = EvaluationRecord(
        id=new_id(),
        at=at,
        by=who.name,
        decision_id=record.id,
        key=record.key,
        version=record.version,
        instance_id=None,
        root_id=None,
        element_id=None,
        inputs=inputs,
        result=found.result,
        matched=found.matched,
        warnings=found.warnings,
    )
    row = evaluations.kept(kept, Masks.of(rt.settings.history_masked))
    with rt.database.transaction() as tx:
        evaluations.insert_evaluations(tx, [row])
    return kept.id


def _wanted(tx: Tx, request: EvaluateRequest) -> DecisionVersionRecord:
    key, number, tag = request.key, request.version, request.version_tag
    if number is not None and tag is not None:
        message = "Name a version by its number or by its tag, not by both."
        raise InvalidInput([FieldError("versionTag", "either", message)])
    latest = store.find_latest(tx, key)
    if latest is None:
        raise NotFound("decision", key[:100], _hint(tx, key))
    if number is not None:
        found = store.find_version(tx, key, number)
        if found is None:
            raise NotFound(
                "decision", f"{key} version {number}", f"Its versions have the numbers 1 to {latest.version}."
            )
        return found
    if tag is not None:
        found = store.find_tagged(tx, key, tag)
        if found is None:
            raise NotFound(
                "decision", f"{key} with the version tag {tag}", "Deploy one that has it, or correct the tag."
            )
        return found
    return latest


def _hint(tx: Tx, key: str) -> str:
    near = get_close_matches(key, store.list_keys(tx, MOST_NAMES), 3, 0.6)
    if not near:
        return "Deploy a DMN file that has it. A decision's key is the id of its element."
    return f"Do you mean {' or '.join(repr(name) for name in near)}?"


# -- what they gave
def search_evaluations(
    rt: Runtime, who: Principal, filter: EvaluationFilter, page: PageRequest
) -> Page[EvaluationRecord]:
    """Those that `who` may see: of instances that they see, and those that they asked for."""
    require(who, "decision-evaluation.read")
    with rt.database.reading() as tx:
        return evaluations.list_evaluations(tx, replace(filter, scope=scope(who)), page)


def get_evaluation(rt: Runtime, who: Principal, id: UUID) -> EvaluationRecord:
    """Raises NotFound, also for one that `who` may not see."""
    require(who, "decision-evaluation.read")
    with rt.database.reading() as tx:
        return evaluations.get_evaluation(tx, id, scope(who))
