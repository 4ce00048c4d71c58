"""One function for each class of event: what it means for the rows of a commit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from stellwerk.engine import events
from stellwerk.engine.canonical import LONGEST, canonical
from stellwerk.engine.correlation import Expected
from stellwerk.store import jobs
from stellwerk.store.batch import Batch
from stellwerk.store.ids import new_id, task_id
from stellwerk.store.keys import key_shape, key_value
from stellwerk.store.projection import cut

if TYPE_CHECKING:
    from stellwerk.store.outcome import Change

END_OF_TIME = datetime(9999, 12, 31, tzinfo=UTC)  # orders tasks without a due date behind all others


def _activity_started(batch: Batch, event: events.ActivityStarted, change: Change) -> None:
    element = change.definition.elements.get(event.element_id)
    batch.activities[event.token] = {
        "instance_id": batch.instance_id,
        "token": event.token,
        "parent": event.parent,
        "element_id": event.element_id,
        "element_name": cut(element.name if element else "", 1000),
        "element_type": event.element_type,
        "state": "active",
        "started_at": batch.now,
        "ended_at": None,
        "reason": "",
        "waiting_for": "",
    }


def _activity_ended(batch: Batch, event: events.ActivityEnded, change: Change) -> None:
    ended = {"state": event.state, "ended_at": batch.now, "reason": cut(event.reason, 1000), "waiting_for": ""}
    if event.token in batch.activities:
        batch.activities[event.token] |= ended
        if event.token in batch.scopes:
            for key in [key for key in batch.variables if key[0] == event.token]:
                del batch.variables[key]
    else:
        batch.left[event.token] = ended


def _task_opened(batch: Batch, event: events.TaskOpened, change: Change) -> None:
    id = task_id(batch.instance_id, event.token)
    named = [("user", name) for name in event.candidate_users] + [("group", name) for name in event.candidate_groups]
    candidates = sorted({(kind, cut(name)) for kind, name in named})
    batch.tasks[event.token] = {
        "id": id,
        "instance_id": batch.instance_id,
        "definition_id": change.head.definition_id,
        "definition_key": change.head.definition_key,
        "token": event.token,
        "element_id": event.element_id,
        "name": cut(event.name),
        "state": "open",
        "assignee": cut(event.assignee) or None,
        "restricted": bool(candidates),
        "lane": cut(event.lane) or None,
        "form_key": cut(event.form_key) or None,
        "priority": max(-(2**31), min(event.priority, 2**31 - 1)),
        "created_at": batch.now,
        "due_at": event.due_at,
        "due_order": event.due_at or END_OF_TIME,
        "follow_up_at": event.follow_up_at,
        "closed_at": None,
        "closed_by": "",
        "reason": "",
        "documentation": cut(event.documentation, 20_000),
    }
    batch.candidates[event.token] = [{"task_id": id, "kind": kind, "name": name} for kind, name in candidates]
    batch.wait(event.token, "person")


def _task_closed(batch: Batch, event: events.TaskClosed, change: Change) -> None:
    by = cut(batch.by) if event.state == "completed" else ""
    closed = {"state": event.state, "closed_at": batch.now, "closed_by": by, "reason": cut(event.reason, 1000)}
    if event.token in batch.tasks:
        batch.tasks[event.token] |= closed
    else:
        batch.closed_tasks[event.token] = closed


def _job_requested(batch: Batch, event: events.JobRequested, change: Change) -> None:
    _add_job(
        batch,
        event.token,
        jobs.new_row(
            "service",
            batch.now,
            priority=event.priority,
            instance_id=batch.instance_id,
            definition_id=change.head.definition_id,
            token=event.token,
            element_id=event.element_id,
            topic=cut(event.topic, 200),
            business_key=change.head.business_key,
            tries=event.tries,
            retry_waits=list(event.retry_wait_s),
            payload=dict(event.variables),
        ),
    )
    batch.wait(event.token, "job")


def _job_withdrawn(batch: Batch, event: events.JobWithdrawn, change: Change) -> None:
    _remove_job(batch, "service", event.token)


def _continue_requested(batch: Batch, event: events.ContinueRequested, change: Change) -> None:
    _add_job(
        batch,
        0,
        jobs.new_row(
            "continue",
            batch.now,
            priority=jobs.LOW_PRIORITY,
            instance_id=batch.instance_id,
            definition_id=change.head.definition_id,
            payload={"completed": event.completed},
        ),
    )


def _timer_set(batch: Batch, event: events.TimerSet, change: Change) -> None:
    row = jobs.new_row(
        "timer",
        event.due,
        instance_id=batch.instance_id,
        definition_id=change.head.definition_id,
        token=event.token,
        element_id=event.element_id,
    )
    if event.token not in batch.activities:
        batch.gone_jobs.add(("timer", event.token))
    _add_job(batch, event.token, row)
    batch.wait(event.token, "timer")


def _timer_cleared(batch: Batch, event: events.TimerCleared, change: Change) -> None:
    _remove_job(batch, "timer", event.token)


def _add_job(batch: Batch, token: int, row: dict[str, Any]) -> None:
    batch.jobs[row["kind"], token] = row


def _remove_job(batch: Batch, kind: str, token: int) -> None:
    if batch.jobs.pop((kind, token), None) is None:
        batch.gone_jobs.add((kind, token))


def _subscription_opened(batch: Batch, event: events.SubscriptionOpened, change: Change) -> None:
    name = cut(event.name)
    batch.subscriptions[event.token, event.kind, name] = {
        "instance_id": batch.instance_id,
        "token": event.token,
        "kind": event.kind,
        "name": name,
        "element_id": event.element_id,
        "opened_at": batch.now,
    } | _key_columns(event.correlation_keys)
    batch.wait(event.token, event.kind)


def _key_columns(keys: Expected) -> dict[str, Any]:
    """One key that is set is indexed by its shape (properties and how they are read) and its value."""
    shape, value = "", ""
    if len(keys) == 1:
        [properties] = keys.values()
        if all(text is not None for text, _ in properties.values()):
            shape, value = key_shape(properties), key_value(properties, {n: t for n, (t, _) in properties.items()})
    return {
        "keys": {key: {n: list(found) for n, found in properties.items()} for key, properties in keys.items()},
        "key_shape": shape if len(shape) <= LONGEST else "",
        "key_value": value if len(shape) <= LONGEST else "",
    }


def _subscription_changed(batch: Batch, event: events.SubscriptionChanged, change: Change) -> None:
    key, columns = (event.token, event.kind, cut(event.name)), _key_columns(event.correlation_keys)
    if key in batch.subscriptions:
        batch.subscriptions[key] |= columns
    else:
        batch.changed_subscriptions[key] = columns


def _subscription_closed(batch: Batch, event: events.SubscriptionClosed, change: Change) -> None:
    key = (event.token, event.kind, cut(event.name))
    batch.changed_subscriptions.pop(key, None)
    if batch.subscriptions.pop(key, None) is None:
        batch.gone_subscriptions.add(key)


def _message_thrown(batch: Batch, event: events.MessageThrown, change: Change) -> None:
    """Routed by a job: no transaction moves two instances. It carries the business key of the instance that throws."""
    id = new_id()
    batch.messages.append(
        {
            "id": id,
            "name": cut(event.name),
            "business_key": change.head.business_key,
            "correlation_keys": event.correlation_keys,
            "variables": event.variables,
            "state": "waiting",
            "created_at": batch.now,
            "created_by": cut(batch.by),
            "source_instance_id": batch.instance_id,
        }
    )
    batch.jobs["message", -len(batch.messages)] = jobs.new_row(
        "message", batch.now, instance_id=batch.instance_id, definition_id=change.head.definition_id, message_id=id
    )


def _signal_thrown(batch: Batch, event: events.SignalThrown, change: Change) -> None:
    batch.signals.append((cut(event.name), event.variables))


def _variables_changed(batch: Batch, event: events.VariablesChanged, change: Change) -> None:
    batch.scopes.add(event.scope)
    for name, value in event.values.items():
        text = canonical(value)
        if text is None or len(name) > 255 or "\0" in name:
            _forget_variable(batch, event.scope, name)
        else:
            batch.gone_variables.discard((event.scope, name))
            batch.variables[event.scope, name] = text
    for name in event.removed:
        _forget_variable(batch, event.scope, name)


def _forget_variable(batch: Batch, scope: int, name: str) -> None:
    batch.variables.pop((scope, name), None)
    batch.gone_variables.add((scope, name.replace("\0", "")))


def _incident_raised(batch: Batch, event: events.IncidentRaised, change: Change) -> None:
    element = change.definition.elements.get(event.element_id)
    batch.incidents[event.token] = {
        "id": new_id(),
        "instance_id": batch.instance_id,
        "definition_id": change.head.definition_id,
        "definition_key": change.head.definition_key,
        "token": event.token,
        "element_id": event.element_id,
        "element_name": cut(element.name if element else "", 1000),
        "kind": event.kind,
        "message": cut(event.message, 4000),
        "detail": cut(event.detail, 20_000),
        "state": "open",
        "created_at": batch.now,
        "resolved_at": None,
        "resolved_by": "",
    }
    batch.wait(event.token, "incident")


def _incident_resolved(batch: Batch, event: events.IncidentResolved, change: Change) -> None:
    if batch.incidents.pop(event.token, None) is None:
        batch.resolved[event.token] = event.reason
    batch.wait(event.token, "")


def _instance_ended(batch: Batch, event: events.InstanceEnded, change: Change) -> None:
    batch.state, batch.end_reason = event.state, event.reason


def _instance_migrated(batch: Batch, event: events.InstanceMigrated, change: Change) -> None:
    batch.definition_id = UUID(event.definition_id)


def _token_moved(batch: Batch, event: events.TokenMoved, change: Change) -> None:
    element = change.definition.elements.get(event.element_id)
    name = cut(element.name if element else "", 1000)
    batch.moved[event.token] = {"element_id": event.element_id}
    batch.moved_activities[event.token] = {
        "element_id": event.element_id,
        "element_name": name,
        "element_type": event.element_type,
        "parent": event.parent,
    }


def _task_changed(batch: Batch, event: events.TaskChanged, change: Change) -> None:
    batch.changed_tasks[event.token] = {
        "name": cut(event.name),
        "form_key": cut(event.form_key) or None,
        "lane": cut(event.lane) or None,
        "documentation": cut(event.documentation, 20_000),
    }


def _history_only(batch: Batch, event: Any, change: Change) -> None:
    """FlowTaken, DecisionMade and InstanceStarted are told by their row of history alone."""


WRITERS: Mapping[type[Any], Callable[[Batch, Any, Change], None]] = {
    events.ActivityStarted: _activity_started,
    events.ActivityEnded: _activity_ended,
    events.FlowTaken: _history_only,
    events.TaskOpened: _task_opened,
    events.TaskClosed: _task_closed,
    events.JobRequested: _job_requested,
    events.JobWithdrawn: _job_withdrawn,
    events.ContinueRequested: _continue_requested,
    events.TimerSet: _timer_set,
    events.TimerCleared: _timer_cleared,
    events.SubscriptionOpened: _subscription_opened,
    events.SubscriptionChanged: _subscription_changed,
    events.SubscriptionClosed: _subscription_closed,
    events.MessageThrown: _message_thrown,
    events.SignalThrown: _signal_thrown,
    events.VariablesChanged: _variables_changed,
    events.DecisionMade: _history_only,
    events.IncidentRaised: _incident_raised,
    events.IncidentResolved: _incident_resolved,
    events.InstanceMigrated: _instance_migrated,
    events.TokenMoved: _token_moved,
    events.TaskChanged: _task_changed,
    events.InstanceStarted: _history_only,
    events.InstanceEnded: _instance_ended,
}
