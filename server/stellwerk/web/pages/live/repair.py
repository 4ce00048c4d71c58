"""An operator's commands for the pages."""

from __future__ import annotations

from uuid import UUID

from stellwerk.engine import Catchable, Element, Preview, UndoStep, Way, ways
from stellwerk.engine.commands import ResumeInstance, SuspendInstance
from stellwerk.errors import TokenNotWaiting
from stellwerk.store.records import InstanceRecord, Page
from stellwerk.usecases import instances, operate
from stellwerk.usecases.access import Principal
from stellwerk.usecases.library import Library
from stellwerk.usecases.operate import Done, Operation, RestartRequest
from stellwerk.web.pages.live.base import Live, page


class LiveRepair(Live):
    def operate_all(
        self, who: Principal, version: UUID, command: SuspendInstance | ResumeInstance, cursor: str | None
    ) -> Page[Done]:
        return operate.do_all(self.runtime, who, version, command, page(cursor))

    def elements(self, who: Principal, id: UUID) -> tuple[Element, ...]:
        """The flow nodes of its diagram, in the order of the file."""
        record = instances.get(self.runtime, who, id)
        return tuple(Library(self.runtime).definition(str(record.definition_id)).elements.values())

    def ways(self, who: Principal, id: UUID) -> tuple[Way, ...]:
        """The sequence flows of its diagram."""
        record = instances.get(self.runtime, who, id)
        return ways(Library(self.runtime).definition(str(record.definition_id)))

    def catchable(self, who: Principal, id: UUID, token: int) -> tuple[Catchable, ...]:
        try:
            return operate.catchable(self.runtime, who, id, token)
        except TokenNotWaiting:  # it went on between two reads
            return ()

    def undo_plan(self, who: Principal, id: UUID, scope: int = 0) -> tuple[UndoStep, ...]:
        return operate.undo_plan(self.runtime, who, id, scope)

    def foresee(self, who: Principal, id: UUID, command: Operation | RestartRequest) -> Preview:
        if isinstance(command, RestartRequest):
            return operate.preview_restart(self.runtime, who, id, command)
        return operate.preview(self.runtime, who, id, command)

    def operate(self, who: Principal, id: UUID, command: Operation | RestartRequest) -> InstanceRecord:
        if isinstance(command, RestartRequest):
            return operate.restart(self.runtime, who, id, command)
        return operate.do(self.runtime, who, id, command)
