"""Processes for the pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from stellwerk.store import definitions as store
from stellwerk.store import drafts
from stellwerk.store.paging import PageRequest
from stellwerk.store.records import DefinitionRecord, DraftRecord, InstanceRecord, Page
from stellwerk.usecases import definitions, forms, instances, samples
from stellwerk.usecases.access import Principal, may, require
from stellwerk.web.pages.live.base import Live, page
from stellwerk.web.pages.port import DeploymentView, FormView

MOST_VERSIONS = 200
MOST_DRAFTS = 50


class LiveProcesses(Live):
    def processes(self, who: Principal, text: str, cursor: str | None) -> Page[DefinitionRecord]:
        """One row for each process: the version that takes new starts, else the latest; the numbers are of all."""
        require(who, "definition.read")
        filter = store.DefinitionFilter(latest=True, text=text or None)
        with self.database.reading() as tx:
            found = store.list_definitions(tx, filter, page(cursor, "name"))
            counts = store.counts_of_keys(tx, [d.key for d in found.items])
            shown = [d if d.takes_starts else store.find_startable(tx, d.key) or d for d in found.items]
        rows = (replace(d, instances_active=counts[d.key][0], instances_with_incidents=counts[d.key][1]) for d in shown)
        return Page(tuple(rows), found.next_cursor)

    def versions(self, who: Principal, key: str) -> tuple[DefinitionRecord, ...]:
        """Newest first, each with its numbers."""
        require(who, "definition.read")
        newest = PageRequest(MOST_VERSIONS, None, "-version")
        with self.database.reading() as tx:
            return store.list_definitions(tx, store.DefinitionFilter(key=key), newest).items

    def drafts(self, who: Principal, text: str) -> tuple[DraftRecord, ...]:
        """Diagrams that somebody draws; the last changed first. None for those who may not draw."""
        if not may(who, "draft.read"):
            return ()
        with self.database.reading() as tx:
            filter = drafts.DraftFilter(kind="bpmn", text=text or None)
            return drafts.list_drafts(tx, filter, PageRequest(MOST_DRAFTS)).items

    def deploy(self, who: Principal, files: Sequence[tuple[str, bytes]]) -> DeploymentView:
        return _view(definitions.deploy(self.runtime, who, list(files)))

    def load_samples(self, who: Principal) -> DeploymentView:
        return _view(samples.load(self.runtime, who))

    def activate(self, who: Principal, id: UUID) -> None:
        definitions.activate(self.runtime, who, id)

    def deactivate(self, who: Principal, id: UUID) -> None:
        definitions.deactivate(self.runtime, who, id)

    def start_form(self, who: Principal, id: UUID) -> FormView:
        require(who, "definition.start")
        with self.database.reading() as tx:
            return FormView(forms.start_form(self.runtime, tx, store.get_definition(tx, id)))

    def start(self, who: Principal, id: UUID, business_key: str | None, variables: Mapping[str, Any]) -> InstanceRecord:
        request = instances.StartRequest(
            definition_id=id, business_key=business_key, variables=variables, from_form=True
        )
        return instances.start(self.runtime, who, request)


def _view(deployed: definitions.Deployment) -> DeploymentView:
    return DeploymentView(deployed.definitions, deployed.decisions, deployed.report)
