"""What is known of each element of a running diagram, as label and value for the box beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from flask import url_for

from stellwerk.store.records import (
    ActivityRecord,
    DecisionRecord,
    EvaluationRecord,
    InstanceRecord,
    JobRecord,
    SubscriptionRecord,
)
from stellwerk.web.pages.present import STATES, brief, duration, exact, keys_line, values_line
from stellwerk.web.pages.words import _

Lines = list[tuple[str, ...]]
MOST_CALLED = 5  # links at one call activity: the newest


def element_facts(
    activities: Iterable[ActivityRecord],
    jobs: Iterable[JobRecord],
    called: Mapping[int, InstanceRecord],
    decisions: Iterable[DecisionRecord],
    awaited: Iterable[SubscriptionRecord] = (),
    evaluations: Iterable[EvaluationRecord] = (),
) -> dict[str, Lines]:
    """Lines by element id: label, value, perhaps an address.

    How often, the last run, why a token came there, what it waits for, called or was given by a decision.
    `decisions` and `evaluations`: the last one first.
    """
    runs: dict[str, list[ActivityRecord]] = defaultdict(list)
    for activity in activities:
        runs[activity.element_id].append(activity)
    facts = {element: _runs(found) for element, found in runs.items()}
    for element, lines in _reasons(decisions).items():
        if element in facts:
            facts[element] += lines
    for given in _given(evaluations):
        facts.get(given.element_id or "", []).append(_gave(given))
    for job in jobs:
        if job.element_id in facts:
            facts[job.element_id] += _job(job)
    for one in awaited:
        if one.element_id in facts:
            facts[one.element_id] += _awaited(one)
    for element, found in runs.items():
        facts[element] += _called([called[run.token] for run in found if run.token in called])
    return facts


def _given(evaluations: Iterable[EvaluationRecord]) -> Iterable[EvaluationRecord]:
    """The last one of each element."""
    last: dict[str | None, EvaluationRecord] = {}
    for one in evaluations:
        last.setdefault(one.element_id, one)
    return last.values()


def _gave(one: EvaluationRecord) -> tuple[str, ...]:
    return (_("Decided"), values_line(one.result), url_for("pages.decisions.evaluation", id=one.id))


def _awaited(one: SubscriptionRecord) -> Lines:
    lines: Lines = [(_("Message") if one.kind == "message" else _("Signal"), one.name)]
    return lines + ([(_("With"), keys_line(one.correlation_keys))] if one.correlation_keys else [])


def _called(found: list[InstanceRecord]) -> Lines:
    newest = sorted(found, key=lambda instance: instance.call, reverse=True)[:MOST_CALLED]
    return [
        (_("Called"), f"{one.definition_name}: {STATES[one.state].word}", url_for("pages.instances.show", id=one.id))
        for one in newest
    ]


def _runs(found: list[ActivityRecord]) -> Lines:
    last = max(found, key=lambda activity: activity.token)
    lines: Lines = [(_("Runs"), str(len(found))), (_("Began"), exact(last.started_at))]
    if last.ended_at is not None:
        lines.append((_("Took"), duration(last.started_at, last.ended_at)))
    if last.reason:
        lines.append((_("Reason"), brief(last.reason)))
    return lines


def _reasons(decisions: Iterable[DecisionRecord]) -> dict[str, Lines]:
    """The last decision that led to each element, and the last one that each element made by itself."""
    reasons: dict[str, Lines] = {}
    made: dict[str, Lines] = {}
    for decision in decisions:
        for target in decision.targets:
            reasons.setdefault(target, [(_("Because"), _told(decision))])
        if not decision.targets and decision.expression:
            yes = _("yes") if decision.result is True else _("no")
            made.setdefault(decision.element_id, [(_("Decided"), f"{_told(decision)}: {yes}")])
    return {element: reasons.get(element, []) + made.get(element, []) for element in {**reasons, **made}}


def _told(decision: DecisionRecord) -> str:
    if not decision.expression:
        return _("no other condition was true")
    read = ", ".join(f"{name} = {brief(value, 60)}" for name, value in decision.values.items())
    return brief(f"{decision.expression} ({read})" if read else decision.expression)


def _job(job: JobRecord) -> Lines:
    lines: Lines = [(_("Due"), exact(job.due_at))]
    if job.topic:
        lines = [(_("Topic"), job.topic), (_("Tries begun"), str(job.attempt))]
    if job.last_error:
        lines.append((_("Last error"), brief(job.last_error)))
    return lines
