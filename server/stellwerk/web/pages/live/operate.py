"""Trouble for the pages: incidents, and messages that nobody took."""

from __future__ import annotations

from uuid import UUID

from stellwerk.store import incidents as incident_store
from stellwerk.store import messages as message_store
from stellwerk.store.records import IncidentRecord, MessageRecord, Page
from stellwerk.usecases import incidents
from stellwerk.usecases.access import Principal, require
from stellwerk.web.pages.live.base import Live, page


class LiveOperate(Live):
    def incidents(self, who: Principal, cursor: str | None) -> Page[IncidentRecord]:
        require(who, "incident.read")
        with self.database.reading() as tx:
            return incident_store.list_incidents(tx, incident_store.IncidentFilter(state="open"), page(cursor))

    def retry(self, who: Principal, id: UUID) -> None:
        incidents.retry(self.runtime, who, id)

    def messages(self, who: Principal, cursor: str | None) -> Page[MessageRecord]:
        require(who, "message.read")
        with self.database.reading() as tx:
            return message_store.list_messages(tx, message_store.MessageFilter(state="waiting"), page(cursor))
