"""The installation for the settings pages: handlers and topics, settings in force, health."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from stellwerk.settings import PREFIX
from stellwerk.store import jobs
from stellwerk.store.paging import PageRequest
from stellwerk.store.records import JobRecord
from stellwerk.usecases.access import Principal, require
from stellwerk.web.pages.live.base import Live
from stellwerk.web.pages.port import Fact, TopicView
from stellwerk.web.pages.words import _, ngettext

ADDRESSES = ("database_url", "smtp_url")  # may hold a password
LONG = timedelta(seconds=30)  # a due job that waits longer needs another worker


class LiveInstallation(Live):
    def topics(self, who: Principal) -> tuple[TopicView, ...]:
        """Every topic that has a handler or that jobs wait for."""
        require(who, "handler.read")
        handlers: Any = self.runtime.handlers
        known = {item["topic"]: item for item in handlers.describe()}
        with self.database.reading() as tx:
            waiting = jobs.count_by_topic(tx)
        return tuple(_topic(name, known.get(name, {}), waiting.get(name, 0)) for name in sorted({*known, *waiting}))

    def settings(self, who: Principal) -> tuple[Fact, ...]:
        require(who, "account.read")
        settings = self.runtime.settings
        return tuple(
            Fact(PREFIX + f.name.upper(), shown(f.name, getattr(settings, f.name)), f.metadata["meaning"])
            for f in fields(settings)
        )

    def health(self, who: Principal) -> tuple[Fact, ...]:
        require(who, "metrics.read")
        with self.database.reading() as tx:
            now = self.database.now(tx)
            dialect = tx.dialect.name
            first = jobs.list_jobs(tx, jobs.JobFilter(), PageRequest(1)).items
        missing = [topic.name for topic in self.topics(who) if topic.waiting and not topic.handler]
        return (
            Fact(_("Database"), {"sqlite": "SQLite"}.get(dialect, "PostgreSQL"), _("It answers."), "good"),
            _jobs(first, now),
            _handlers(missing),
            _workers(self.runtime.settings.workers),
        )


def shown(name: str, value: Any) -> str:
    """A setting without secrets."""
    if name == "secret_key":
        return _("set") if value else _("made by the server")
    if name in ADDRESSES and value:
        parts = urlsplit(value)
        if parts.password:
            return str(urlunsplit(parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", ":…@"))))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def _topic(name: str, described: dict[str, Any], waiting: int) -> TopicView:
    return TopicView(name, described.get("handler", ""), described.get("description", ""), waiting)


def _jobs(first: tuple[JobRecord, ...], now: datetime) -> Fact:
    if first and now - first[0].due_at > LONG:
        seconds = round((now - first[0].due_at).total_seconds())
        text = _(
            "The oldest job is due for %(seconds)s s. Look at the incidents, or start more workers.", seconds=seconds
        )
        return Fact(_("Jobs"), _("late"), text, "warn")
    return Fact(_("Jobs"), _("on time"), _("No job is due for longer than 30 seconds."), "good")


def _handlers(missing: list[str]) -> Fact:
    if missing:
        text = _("Jobs wait, and no function is registered. Register one, or let an external worker take them.")
        return Fact(_("Topics without a handler"), ", ".join(missing), text, "warn")
    return Fact(_("Topics without a handler"), "0", _("Every job that waits has somebody to run it."), "good")


def _workers(threads: int) -> Fact:
    text = ngettext("%(num)d thread of this server runs jobs.", "%(num)d threads of this server run jobs.", threads)
    if threads:
        return Fact(_("Workers"), str(threads), text, "good")
    return Fact(_("Workers"), "0", _("This server runs no jobs. Start `stellwerk worker` beside it."), "warn")
