"""How values look: relative times, short ids, the words and shapes of states. Pure, but for the reader's language."""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from flask_babel import format_date, format_datetime

from stellwerk.errors import FieldError
from stellwerk.usecases.passwords import SHORTEST
from stellwerk.web.pages.decision_view import POLICIES
from stellwerk.web.pages.island_texts import island_texts
from stellwerk.web.pages.typed import as_json, shown
from stellwerk.web.pages.words import _, lazy, ngettext


@dataclass(frozen=True)
class State:
    """Word, tone (colour) and icon (shape) of a state: colour is never the only sign."""

    word: Any
    tone: str
    icon: str


STATES: dict[str, State] = {
    "active": State(lazy("Active"), "live", "disc"),
    "suspended": State(lazy("Suspended"), "warn", "pause"),
    "completed": State(lazy("Completed"), "good", "check"),
    "cancelled": State(lazy("Cancelled"), "off", "stop"),
    "failed": State(lazy("Failed"), "bad", "cross"),
    "incident": State(lazy("Incident"), "bad", "triangle"),
    "inactive": State(lazy("Inactive"), "off", "pause"),
    "startable": State(lazy("Takes new starts"), "live", "disc"),
    "stopped": State(lazy("New starts are stopped"), "off", "pause"),
    "open": State(lazy("Open"), "live", "disc"),
    "withdrawn": State(lazy("Withdrawn"), "off", "stop"),
    "resolved": State(lazy("Resolved"), "good", "check"),
    "waiting": State(lazy("Waiting"), "warn", "clock"),
    "delivering": State(lazy("On its way"), "live", "disc"),
    "delivered": State(lazy("Delivered"), "good", "check"),
    "expired": State(lazy("Expired"), "off", "stop"),
    "error": State(lazy("Error"), "bad", "cross"),
    "warning": State(lazy("Warning"), "warn", "triangle"),
    "info": State(lazy("Note"), "off", "info"),
    "good": State(lazy("In order"), "good", "check"),
    "warn": State(lazy("Look at this"), "warn", "triangle"),
    "bad": State(lazy("Wrong"), "bad", "cross"),
}

WAITS: dict[str, State] = {
    "person": State(lazy("waits for a person"), "live", "person"),
    "job": State(lazy("waits for a program"), "live", "gear"),
    "timer": State(lazy("waits for a time"), "live", "clock"),
    "message": State(lazy("waits for a message"), "live", "envelope"),
    "signal": State(lazy("waits for a signal"), "live", "envelope"),
    "call": State(lazy("waits for the process that it called"), "live", "instances"),
    "event": State(lazy("waits for the first of several events"), "live", "clock"),
    "incident": State(lazy("stands at an incident"), "bad", "triangle"),
    "": State(lazy("at work"), "live", "disc"),
}

# What happened, in the order in which engine/events.py states it.
EVENTS: dict[str, Any] = {
    "ActivityStarted": lazy("Entered"),
    "ActivityEnded": lazy("Left"),
    "FlowTaken": lazy("Flow taken"),
    "TaskOpened": lazy("Task opened"),
    "TaskClosed": lazy("Task closed"),
    "TaskClaimed": lazy("Task claimed"),
    "TaskUnclaimed": lazy("Task given back"),
    "JobRequested": lazy("Job requested"),
    "JobWithdrawn": lazy("Job withdrawn"),
    "ContinueRequested": lazy("Paused, goes on by itself"),
    "TimerSet": lazy("Timer set"),
    "TimerCleared": lazy("Timer cleared"),
    "SubscriptionOpened": lazy("Waits for a message"),
    "SubscriptionChanged": lazy("Waits with other correlation keys"),
    "SubscriptionClosed": lazy("Waits no longer"),
    "MessageThrown": lazy("Message sent"),
    "DataStoreWritten": lazy("Data store written"),
    "VariablesChanged": lazy("Variables changed"),
    "DecisionMade": lazy("Decided"),
    "DecisionEvaluated": lazy("Decision evaluated"),
    "IncidentRaised": lazy("Incident"),
    "IncidentResolved": lazy("Incident resolved"),
    "InstanceMigrated": lazy("Goes on in another version"),
    "TokenMoved": lazy("Goes on at another element"),
    "TaskChanged": lazy("Task changed"),
    "InstanceStarted": lazy("Started"),
    "InstanceEnded": lazy("Ended"),
    "InstanceCalled": lazy("Process called"),
    "InstanceReopened": lazy("Opened again"),
    "OperatorActed": lazy("Somebody intervened"),
}

TYPES: dict[str, Any] = {
    "text": lazy("Text"),
    "number": lazy("Number"),
    "yes-no": lazy("Yes or no"),
    "date": lazy("Date"),
    "json": lazy("JSON"),
}


# What a row of the history shows in other columns, and numbers of the engine that are of no use to readers.
_IDS = ("flow_id", "source_id", "target_id", "definition_id", "before")
INSIDE = ("token", "parent", "scope", "element_type", "call", *_IDS)
ROLES: dict[str, Any] = {"administrator": lazy("Administrator"), "user": lazy("User")}


def relative(at: datetime, now: datetime) -> str:
    """ "3 min ago", "in 2 days"; further than a week away the date."""
    delta = now - at
    ahead = delta < timedelta(0)
    size = abs(delta)
    if size < timedelta(seconds=45):
        return _("in a moment") if ahead else _("just now")
    if size >= timedelta(days=7):
        return _day(at)
    span = _span(size)
    return _("in %(span)s", span=span) if ahead else _("%(span)s ago", span=span)


def lateness(at: datetime, now: datetime) -> str:
    """ "2 days late" """
    size = now - at
    return _("%(span)s late", span=_span(size)) if size < timedelta(days=7) else _("late since %(day)s", day=_day(at))


def _day(at: datetime) -> str:
    return str(format_date(at, "medium"))


def _span(size: timedelta) -> str:
    minutes = round(size / timedelta(minutes=1))
    if minutes < 60:
        return ngettext("%(num)d min", "%(num)d min", max(1, minutes))
    hours = round(size / timedelta(hours=1))
    if hours < 24:
        return ngettext("%(num)d h", "%(num)d h", hours)
    days = size.days if size.days else 1
    return ngettext("%(num)d day", "%(num)d days", days)


def duration(start: datetime, end: datetime) -> str:
    """How long something took, with the unit that fits."""
    seconds = (end - start).total_seconds()
    if seconds < 1:
        return _("%(number)d ms", number=round(seconds * 1000))
    if seconds < 90:
        return _("%(number)d s", number=round(seconds))
    return _span(end - start)


def exact(at: datetime) -> str:
    """The time to the second, in UTC; the browser shows it in its own zone."""
    return str(format_datetime(at, "yyyy-MM-dd HH:mm:ss")) + " UTC"


def short(id: UUID) -> str:
    """The part of an id that tells ids of one minute apart: its random end."""
    return str(id)[-8:]


def brief(value: Any, limit: int = 160) -> str:
    """A value on one line of a table."""
    type, text = shown(value)
    if type == "yes-no":
        text = _("yes") if value else _("no")
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def shown_value(value: Any) -> str:
    """A value of the history as FEEL writes it: texts in quotes."""
    return json.dumps(value, ensure_ascii=False)


def type_word(value: Any) -> str:
    """The word for a value's type, as in the editor."""
    return str(TYPES[shown(value)[0]])


def facts_line(values: Mapping[str, Any], without: Container[str] = ()) -> str:
    """ "name: value, ..." of what is worth a word, for one line of a table."""
    told = ((name, value) for name, value in values.items() if name not in without and value not in (None, "", [], {}))
    return brief(", ".join(f"{name.replace('_', ' ')}: {brief(value, 60)}" for name, value in told))


def values_line(value: Any) -> str:
    """What a decision read or gave, on one line: "name: value, ..." of an object, also of what has no value."""
    if not isinstance(value, Mapping):
        return brief(value)
    return brief(", ".join(f"{name}: {brief(one, 60)}" for name, one in value.items()))


def keys_line(keys: Mapping[str, Mapping[str, str | None]]) -> str:
    """Correlation keys of somebody who waits: "claim = 17, year = 2026"; a property without a value takes any."""
    told = {name: value for properties in keys.values() for name, value in properties.items()}
    words = (f"{name} = {brief(_('any') if value is None else value, 60)}" for name, value in told.items())
    return ", ".join(words)


def plain_errors(errors: Iterable[FieldError]) -> list[dict[str, str]]:
    """Errors for the form island."""
    return [{"path": error.path, "message": error.message} for error in errors]


def register(app: Flask, now: Callable[[], datetime]) -> None:
    app.add_template_test(lambda at: at is not None and at < now(), "past")
    app.add_template_filter(lambda at: relative(at, now()), "relative")
    app.add_template_filter(lambda at: lateness(at, now()), "lateness")
    lines = (facts_line, keys_line, values_line)
    for filter in (exact, short, brief, as_json, *lines, plain_errors, shown_value, type_word):
        app.add_template_filter(filter)
    tables: dict[str, Any] = {"STATES": STATES, "WAITS": WAITS, "EVENTS": EVENTS, "TYPES": TYPES, "INSIDE": INSIDE}
    tables |= {"role_words": ROLES, "SHORTEST_PASSWORD": SHORTEST, "POLICIES": POLICIES}
    app.jinja_env.globals.update(tables, duration=duration, island_texts=island_texts)
