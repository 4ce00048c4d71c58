"""One function for each class of event: what it means for the rows of a commit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from stellwerk.engine import events
from stellwerk.engine.canonical import LONGEST, canonical
from stellwerk.engine.correlation import Expected
from stellwerk.store import jobs
from stellwerk.store.batch import At, Batch, Place
from stellwerk.store.ids import new_id, task_id
from stellwerk.store.keys import key_shape, key_value
from stellwerk.store.projection import cut
from stellwerk.store.records import EvaluationRecord
from stellwerk.store.stores import Written

END_OF_TIME = datetime(9999, 12, 31, tzinfo=UTC)  # orders tasks without a due date behind all others


def _activity_started(batch: Batch, event: events.ActivityStarted, place: Place) -> None:
    batch.activities[place.at(event.token)] = {
        "instance_id": place.instance_id,
        "token": event.token,
        "parent": event.parent,
        "element_id": event.element_id,
        "element_name": place.name_of(event.element_id),
        "element_type": event.element_type,
        "state": "active",
        "started_at": batch.now,
        "ended_at": None,
        "reason": "",
        "waiting_for": "",
    }


def _activity_ended(batch: Batch, event: events.ActivityEnded, place: Place) -> None:
    ended = {"state": event.state, "ended_at": batch.now, "reason": cut(event.reason, 1000), "waiting_for": ""}
    at = place.at(event.token)
    if at in batch.activities:
        batch.activities[at] |= ended
        if at in batch.scopes:
            for key in [key for key in batch.variables if key[0] == at]:
                del batch.variables[key]
    else:
        batch.left[at] = ended


def _task_opened(batch: Batch, event: events.TaskOpened, place: Place) -> None:
    id = task_id(place.instance_id, event.token)
    named = [("user", name) for name in event.candidate_users] + [("group", name) for name in event.candidate_groups]
    candidates = sorted({(kind, cut(name)) for kind, name in named})
    batch.tasks[place.at(event.token)] = {
        "id": id,
        "instance_id": place.instance_id,
        "definition_id": place.definition_id,
        "definition_key": place.definition_key,
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
    batch.candidates[place.at(event.token)] = [{"task_id": id, "kind": kind, "name": name} for kind, name in candidates]
    batch.wait(place.at(event.token), "person")


def _task_closed(batch: Batch, event: events.TaskClosed, place: Place) -> None:
    by = cut(batch.by) if event.state == "completed" else ""
    closed = {"state": event.state, "closed_at": batch.now, "closed_by": by, "reason": cut(event.reason, 1000)}
    at = place.at(event.token)
    if at in batch.tasks:
        batch.tasks[at] |= closed
    else:
        batch.closed_tasks[at] = closed


def _job_requested(batch: Batch, event: events.JobRequested, place: Place) -> None:
    _add_job(
        batch,
        place.at(event.token),
        jobs.new_row(
            "service",
            batch.now,
            priority=event.priority,
            instance_id=place.instance_id,
            definition_id=place.definition_id,
            token=event.token,
            element_id=event.element_id,
            topic=cut(event.topic, 200),
            business_key=place.business_key,
            tries=event.tries,
            retry_waits=list(event.retry_wait_s),
            payload=dict(event.variables),
        ),
    )
    batch.wait(place.at(event.token), "job")


def _job_withdrawn(batch: Batch, event: events.JobWithdrawn, place: Place) -> None:
    _remove_job(batch, "service", place.at(event.token))


def _continue_requested(batch: Batch, event: events.ContinueRequested, place: Place) -> None:
    _add_job(
        batch,
        place.at(0),
        jobs.new_row(
            "continue",
            batch.now,
            priority=jobs.LOW_PRIORITY,
            instance_id=place.instance_id,
            definition_id=place.definition_id,
            payload={"completed": event.completed},
        ),
    )


def _timer_set(batch: Batch, event: events.TimerSet, place: Place) -> None:
    """One that is due already is behind all that is due now, else a cycle that lags would be first again and again."""
    row = jobs.new_row(
        "timer",
        event.due,
        instance_id=place.instance_id,
        definition_id=place.definition_id,
        token=event.token,
        element_id=event.element_id,
    )
    row["next_at"] = max(event.due, batch.now)
    if place.at(event.token) not in batch.activities:
        batch.gone_jobs.add(("timer", place.at(event.token)))
    _add_job(batch, place.at(event.token), row)
    batch.wait(place.at(event.token), "timer")


def _timer_cleared(batch: Batch, event: events.TimerCleared, place: Place) -> None:
    _remove_job(batch, "timer", place.at(event.token))


def _add_job(batch: Batch, at: At, row: dict[str, Any]) -> None:
    batch.jobs[row["kind"], at] = row


def _remove_job(batch: Batch, kind: str, at: At) -> None:
    if batch.jobs.pop((kind, at), None) is None:
        batch.gone_jobs.add((kind, at))


def _subscription_opened(batch: Batch, event: events.SubscriptionOpened, place: Place) -> None:
    name = cut(event.name)
    batch.subscriptions[place.at(event.token), event.kind, name] = {
        "instance_id": place.instance_id,
        "token": event.token,
        "kind": event.kind,
        "name": name,
        "element_id": event.element_id,
        "opened_at": batch.now,
    } | _key_columns(event.correlation_keys)
    batch.wait(place.at(event.token), event.kind)


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


def _subscription_changed(batch: Batch, event: events.SubscriptionChanged, place: Place) -> None:
    key, columns = (place.at(event.token), event.kind, cut(event.name)), _key_columns(event.correlation_keys)
    if key in batch.subscriptions:
        batch.subscriptions[key] |= columns
    else:
        batch.changed_subscriptions[key] = columns


def _subscription_closed(batch: Batch, event: events.SubscriptionClosed, place: Place) -> None:
    key = (place.at(event.token), event.kind, cut(event.name))
    batch.changed_subscriptions.pop(key, None)
    if batch.subscriptions.pop(key, None) is None:
        batch.gone_subscriptions.add(key)


def _message_thrown(batch: Batch, event: events.MessageThrown, place: Place) -> None:
    """Routed by a job: no transaction moves two instances. It carries the business key of the instance that throws."""
    id = new_id()
    batch.messages.append(
        {
            "id": id,
            "name": cut(event.name),
            "business_key": place.business_key,
            "correlation_keys": event.correlation_keys,
            "variables": event.variables,
            "state": "waiting",
            "created_at": batch.now,
            "created_by": cut(batch.by),
            "source_instance_id": place.instance_id,
        }
    )
    batch.jobs["message", place.at(-len(batch.messages))] = jobs.new_row(
        "message", batch.now, instance_id=place.instance_id, definition_id=place.definition_id, message_id=id
    )


def _data_store_written(batch: Batch, event: events.DataStoreWritten, place: Place) -> None:
    """Of several writes of one command the last one counts; all of them rest on what was read before the first."""
    batch.stores[event.store] = Written(event.value, event.version)


def _signal_thrown(batch: Batch, event: events.SignalThrown, place: Place) -> None:
    batch.signals.append((cut(event.name), event.variables))


def _variables_changed(batch: Batch, event: events.VariablesChanged, place: Place) -> None:
    scope = place.at(event.scope)
    batch.scopes.add(scope)
    for name, value in event.values.items():
        text = canonical(value)
        if text is None or len(name) > 255 or "\0" in name:
            _forget_variable(batch, scope, name)
        else:
            batch.gone_variables.discard((scope, name))
            batch.variables[scope, name] = text
    for name in event.removed:
        _forget_variable(batch, scope, name)


def _forget_variable(batch: Batch, scope: At, name: str) -> None:
    batch.variables.pop((scope, name), None)
    batch.gone_variables.add((scope, name.replace("\0", "")))


def _decision_evaluated(batch: Batch, event: events.DecisionEvaluated, place: Place) -> None:
    batch.evaluations.append(
        EvaluationRecord(
            id=new_id(),
            at=batch.now,
            by=batch.by,
            decision_id=UUID(event.reference),
            key=event.key,
            version=event.version,
            instance_id=place.instance_id,
            root_id=batch.root_id,
            element_id=event.element_id,
            inputs=event.inputs,
            result=event.result,
            matched=event.matched,
            warnings=event.warnings,
            variable=event.variable,
        )
    )


def _incident_raised(batch: Batch, event: events.IncidentRaised, place: Place) -> None:
    batch.incidents[place.at(event.token)] = {
        "id": new_id(),
        "instance_id": place.instance_id,
        "definition_id": place.definition_id,
        "definition_key": place.definition_key,
        "token": event.token,
        "element_id": event.element_id,
        "element_name": place.name_of(event.element_id),
        "kind": event.kind,
        "message": cut(event.message, 4000),
        "detail": cut(event.detail, 20_000),
        "state": "open",
        "created_at": batch.now,
        "resolved_at": None,
        "resolved_by": "",
    }
    batch.wait(place.at(event.token), "incident")


def _incident_resolved(batch: Batch, event: events.IncidentResolved, place: Place) -> None:
    if batch.incidents.pop(place.at(event.token), None) is None:
        batch.resolved.add(place.at(event.token))
    batch.wait(place.at(event.token), "")


def _instance_called(batch: Batch, event: events.InstanceCalled, place: Place) -> None:
    """`place` is the caller. Who started the root has started what it calls."""
    called = batch.places[event.call]
    batch.instances[called.instance_id] = {
        "id": called.instance_id,
        "definition_id": called.definition_id,
        "definition_key": called.definition_key,
        "root_id": batch.root_id,
        "parent_id": place.instance_id,
        "call": event.call,
        "state": "active",
        "business_key": called.business_key,
        "started_at": batch.now,
        "started_by": batch.started_by,
        "ended_at": None,
        "end_reason": "",
        "incident_count": 0,
        "lock_version": 1,
        "history_count": 0,
    }
    batch.wait(place.at(event.token), "call")


def _instance_ended(batch: Batch, event: events.InstanceEnded, place: Place) -> None:
    ended = {"state": event.state, "ended_at": batch.now, "end_reason": cut(event.reason, 2000)}
    batch.states[place.instance_id] = ended
    if place.instance_id != batch.root_id:  # the root's are in its snapshot
        batch.ends[place.instance_id] = event.variables


def _instance_reopened(batch: Batch, event: events.InstanceReopened, place: Place) -> None:
    batch.states[place.instance_id] = {"state": "active", "ended_at": None, "end_reason": ""}


def _instance_migrated(batch: Batch, event: events.InstanceMigrated, place: Place) -> None:
    batch.migrated[place.instance_id] = UUID(event.definition_id)


def _token_moved(batch: Batch, event: events.TokenMoved, place: Place) -> None:
    at = place.at(event.token)
    batch.moved[at] = {"element_id": event.element_id}
    batch.moved_activities[at] = {
        "element_id": event.element_id,
        "element_name": place.name_of(event.element_id),
        "element_type": event.element_type,
        "parent": event.parent,
    }


def _task_changed(batch: Batch, event: events.TaskChanged, place: Place) -> None:
    batch.changed_tasks[place.at(event.token)] = {
        "name": cut(event.name),
        "form_key": cut(event.form_key) or None,
        "lane": cut(event.lane) or None,
        "documentation": cut(event.documentation, 20_000),
    }


def _instance_suspended(batch: Batch, event: events.InstanceSuspended, place: Place) -> None:
    batch.rests = True


def _instance_resumed(batch: Batch, event: events.InstanceResumed, place: Place) -> None:
    batch.rests = False


def _history_only(batch: Batch, event: Any, place: Place) -> None:
    """Told by its row of history alone."""


WRITERS: Mapping[type[Any], Callable[[Batch, Any, Place], None]] = {
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
    events.DataStoreWritten: _data_store_written,
    events.VariablesChanged: _variables_changed,
    events.DecisionMade: _history_only,
    events.DecisionEvaluated: _decision_evaluated,
    events.IncidentRaised: _incident_raised,
    events.IncidentResolved: _incident_resolved,
    events.InstanceMigrated: _instance_migrated,
    events.TokenMoved: _token_moved,
    events.TaskChanged: _task_changed,
    events.InstanceStarted: _history_only,
    events.InstanceEnded: _instance_ended,
    events.InstanceCalled: _instance_called,
    events.InstanceReopened: _instance_reopened,
    events.InstanceSuspended: _instance_suspended,
    events.InstanceResumed: _instance_resumed,
    events.OperatorActed: _history_only,
}
