"""Decisions for the pages."""

from __future__ import annotations

from uuid import UUID

from stellwerk.dmn import tree
from stellwerk.store import decisions as store
from stellwerk.store import drafts
from stellwerk.store.evaluations import EvaluationFilter
from stellwerk.store.paging import PageRequest
from stellwerk.store.records import DecisionVersionRecord, DraftRecord, EvaluationRecord, Page
from stellwerk.usecases import decisions, models
from stellwerk.usecases.access import Principal, may, require
from stellwerk.web.pages.live.base import Live, page
from stellwerk.web.pages.live.processes import MOST_DRAFTS, MOST_VERSIONS


class LiveDecisions(Live):
    def decision_versions(self, who: Principal, text: str, cursor: str | None) -> Page[DecisionVersionRecord]:
        """The newest version of each decision."""
        wanted = store.DecisionFilter(latest=True, text=text or None)
        return decisions.search(self.runtime, who, wanted, page(cursor, "name"))

    def versions_of_decision(self, who: Principal, key: str) -> tuple[DecisionVersionRecord, ...]:
        """Newest first."""
        return decisions.versions(self.runtime, who, key, PageRequest(MOST_VERSIONS, None, "-version")).items

    def decision(self, who: Principal, id: UUID) -> DecisionVersionRecord:
        require(who, "decision.read")
        with self.database.reading() as tx:
            return store.get_decision(tx, id)

    def decision_files(self, who: Principal, record: DecisionVersionRecord) -> tuple[tree.Definitions, ...]:
        """The file that it is in, and behind it those that this one imports."""
        require(who, "decision.read")
        return models.files(self.runtime, record.model)

    def decision_drafts(self, who: Principal, text: str) -> tuple[DraftRecord, ...]:
        """Decisions that somebody edits; the last changed first. None for those who may not draw."""
        if not may(who, "draft.read"):
            return ()
        with self.database.reading() as tx:
            wanted = drafts.DraftFilter(kind="dmn", text=text or None)
            return drafts.list_drafts(tx, wanted, PageRequest(MOST_DRAFTS)).items

    def evaluations(
        self, who: Principal, *, key: str | None = None, instance: UUID | None = None, cursor: str | None = None
    ) -> Page[EvaluationRecord]:
        """Those that `who` may see, the newest first."""
        return decisions.search_evaluations(
            self.runtime, who, EvaluationFilter(key=key, instance_id=instance), page(cursor)
        )

    def evaluation(self, who: Principal, id: UUID) -> EvaluationRecord:
        return decisions.get_evaluation(self.runtime, who, id)
