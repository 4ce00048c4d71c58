"""What is known of each element of a running diagram, as label and value for the box beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from stellwerk.store.records import ActivityRecord, JobRecord
from stellwerk.web.pages.present import brief, duration, exact
from stellwerk.web.pages.words import _

Lines = list[tuple[str, str]]


def element_facts(activities: Iterable[ActivityRecord], jobs: Iterable[JobRecord]) -> dict[str, Lines]:
    """Lines by element id: how often, the last run, and the job that it waits for."""
    runs: dict[str, list[ActivityRecord]] = defaultdict(list)
    for activity in activities:
        runs[activity.element_id].append(activity)
    facts = {element: _runs(found) for element, found in runs.items()}
    for job in jobs:
        if job.element_id in facts:
            facts[job.element_id] += _job(job)
    return facts


def _runs(found: list[ActivityRecord]) -> Lines:
    last = max(found, key=lambda activity: activity.token)
    lines: Lines = [(_("Runs"), str(len(found))), (_("Began"), exact(last.started_at))]
    if last.ended_at is not None:
        lines.append((_("Took"), duration(last.started_at, last.ended_at)))
    if last.reason:
        lines.append((_("Reason"), brief(last.reason)))
    return lines


def _job(job: JobRecord) -> Lines:
    lines: Lines = [(_("Due"), exact(job.due_at))]
    if job.topic:
        lines = [(_("Topic"), job.topic), (_("Tries begun"), str(job.attempt))]
    if job.last_error:
        lines.append((_("Last error"), brief(job.last_error)))
    return lines
