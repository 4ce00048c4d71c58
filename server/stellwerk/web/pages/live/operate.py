"""Trouble for the pages: incidents, and messages that nobody took."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from stellwerk.store import incidents as incident_store
from stellwerk.store import messages as message_store
from stellwerk.store.messages import StoredMessage
from stellwerk.store.records import DataStoreRecord, IncidentRecord, MessageRecord, Page
from stellwerk.usecases import data_stores, inbox, incidents
from stellwerk.usecases.access import Principal, require
from stellwerk.usecases.inbox import Candidate
from stellwerk.web.pages.live.base import Live, page


class LiveOperate(Live):
    def data_stores(self, who: Principal, cursor: str | None) -> Page[DataStoreRecord]:
        return data_stores.search(self.runtime, who, page(cursor))

    def data_store(self, who: Principal, name: str) -> DataStoreRecord:
        return data_stores.get(self.runtime, who, name)

    def write_store(self, who: Principal, name: str, value: Any, version: int) -> None:
        data_stores.put(self.runtime, who, name, value, version=version)

    def incidents(self, who: Principal, cursor: str | None) -> Page[IncidentRecord]:
        require(who, "incident.read")
        with self.database.reading() as tx:
            return incident_store.list_incidents(tx, incident_store.IncidentFilter(state="open"), page(cursor))

    def retry(self, who: Principal, id: UUID) -> None:
        incidents.retry(self.runtime, who, id)

    def messages(self, who: Principal, cursor: str | None, name: str = "") -> Page[MessageRecord]:
        require(who, "message.read")
        wanted = message_store.MessageFilter(name=name or None, state="waiting")
        with self.database.reading() as tx:
            return message_store.list_messages(tx, wanted, page(cursor))

    def message(self, who: Principal, id: UUID) -> StoredMessage:
        return inbox.get(self.runtime, who, id)

    def candidates(self, who: Principal, id: UUID) -> tuple[Candidate, ...]:
        return inbox.candidates(self.runtime, who, id)

    def correlate(self, who: Principal, id: UUID, instance: UUID, token: int, reason: str) -> None:
        inbox.correlate(self.runtime, who, id, instance, token, reason)

    def drop(self, who: Principal, id: UUID, reason: str) -> None:
        inbox.drop(self.runtime, who, id, reason)
