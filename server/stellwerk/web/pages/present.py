"""How values look: relative times, short ids, the words and shapes of states. Pure, but for the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from flask_babel import format_date, format_datetime, lazy_gettext, ngettext
from flask_babel import gettext as _

from stellwerk.errors import FieldError
from stellwerk.web.pages.typed import as_json


@dataclass(frozen=True)
class State:
    """Word, tone (colour) and icon (shape) of a state: colour is never the only sign."""

    word: Any
    tone: str
    icon: str


STATES: dict[str, State] = {
    "active": State(lazy_gettext("Active"), "live", "disc"),
    "suspended": State(lazy_gettext("Suspended"), "warn", "pause"),
    "completed": State(lazy_gettext("Completed"), "good", "check"),
    "cancelled": State(lazy_gettext("Cancelled"), "off", "stop"),
    "failed": State(lazy_gettext("Failed"), "bad", "cross"),
    "incident": State(lazy_gettext("Incident"), "bad", "triangle"),
    "inactive": State(lazy_gettext("Inactive"), "off", "pause"),
    "open": State(lazy_gettext("Open"), "live", "disc"),
    "withdrawn": State(lazy_gettext("Withdrawn"), "off", "stop"),
    "resolved": State(lazy_gettext("Resolved"), "good", "check"),
    "waiting": State(lazy_gettext("Waiting"), "warn", "clock"),
    "delivering": State(lazy_gettext("On its way"), "live", "disc"),
    "delivered": State(lazy_gettext("Delivered"), "good", "check"),
    "expired": State(lazy_gettext("Expired"), "off", "stop"),
    "error": State(lazy_gettext("Error"), "bad", "cross"),
    "warning": State(lazy_gettext("Warning"), "warn", "triangle"),
    "info": State(lazy_gettext("Note"), "off", "info"),
    "good": State(lazy_gettext("In order"), "good", "check"),
    "warn": State(lazy_gettext("Look at this"), "warn", "triangle"),
    "bad": State(lazy_gettext("Wrong"), "bad", "cross"),
}

WAITS: dict[str, State] = {
    "person": State(lazy_gettext("waits for a person"), "live", "person"),
    "job": State(lazy_gettext("waits for a program"), "live", "gear"),
    "timer": State(lazy_gettext("waits for a time"), "live", "clock"),
    "message": State(lazy_gettext("waits for a message"), "live", "envelope"),
    "signal": State(lazy_gettext("waits for a signal"), "live", "envelope"),
    "incident": State(lazy_gettext("stands at an incident"), "bad", "triangle"),
    "": State(lazy_gettext("at work"), "live", "disc"),
}

# What happened, in the order in which engine/events.py states it.
EVENTS: dict[str, Any] = {
    "ActivityStarted": lazy_gettext("Entered"),
    "ActivityEnded": lazy_gettext("Left"),
    "FlowTaken": lazy_gettext("Flow taken"),
    "TaskOpened": lazy_gettext("Task opened"),
    "TaskClosed": lazy_gettext("Task closed"),
    "TaskClaimed": lazy_gettext("Task claimed"),
    "TaskUnclaimed": lazy_gettext("Task given back"),
    "JobRequested": lazy_gettext("Job requested"),
    "JobWithdrawn": lazy_gettext("Job withdrawn"),
    "ContinueRequested": lazy_gettext("Paused, goes on by itself"),
    "TimerSet": lazy_gettext("Timer set"),
    "TimerCleared": lazy_gettext("Timer cleared"),
    "SubscriptionOpened": lazy_gettext("Waits for a message"),
    "SubscriptionClosed": lazy_gettext("Waits no longer"),
    "MessageThrown": lazy_gettext("Message sent"),
    "VariablesChanged": lazy_gettext("Variables changed"),
    "DecisionMade": lazy_gettext("Decided"),
    "IncidentRaised": lazy_gettext("Incident"),
    "IncidentResolved": lazy_gettext("Incident resolved"),
    "InstanceStarted": lazy_gettext("Started"),
    "InstanceEnded": lazy_gettext("Ended"),
}

TYPES: dict[str, Any] = {
    "text": lazy_gettext("Text"),
    "number": lazy_gettext("Number"),
    "yes-no": lazy_gettext("Yes or no"),
    "date": lazy_gettext("Date"),
    "json": lazy_gettext("JSON"),
}


ROLES: dict[str, Any] = {"administrator": lazy_gettext("Administrator"), "user": lazy_gettext("User")}


def relative(at: datetime, now: datetime) -> str:
    """ "3 min ago", "in 2 days"; further than a week away the date."""
    delta = now - at
    ahead = delta < timedelta(0)
    size = abs(delta)
    if size < timedelta(seconds=45):
        return _("in a moment") if ahead else _("just now")
    if size >= timedelta(days=7):
        return str(format_date(at, "medium"))
    span = _span(size)
    return _("in %(span)s", span=span) if ahead else _("%(span)s ago", span=span)


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
    text = value if isinstance(value, str) else as_json(value)
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def facts_line(values: Mapping[str, Any]) -> str:
    """ "name: value, ..." of what is worth a word, for one line of a table."""
    shown = ((name, value) for name, value in values.items() if value not in (None, "", (), [], {}))
    return brief(", ".join(f"{name}: {brief(value, 60)}" for name, value in shown))


def plain_errors(errors: Iterable[FieldError]) -> list[dict[str, str]]:
    """Errors for the form island."""
    return [{"path": error.path, "message": error.message} for error in errors]


def register(app: Flask, now: Callable[[], datetime]) -> None:
    app.add_template_test(lambda at: at is not None and at < now(), "past")
    app.add_template_filter(lambda at: relative(at, now()), "relative")
    for filter in (exact, short, brief, as_json, facts_line, plain_errors):
        app.add_template_filter(filter)
    tables = {"STATES": STATES, "WAITS": WAITS, "EVENTS": EVENTS, "TYPES": TYPES, "role_words": ROLES}
    app.jinja_env.globals.update(tables, duration=duration)
