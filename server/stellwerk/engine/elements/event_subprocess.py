"""Event subprocesses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stellwerk.engine.elements.catching import Catching
from stellwerk.engine.elements.subprocess import SubProcess
from stellwerk.engine.event_definitions import EventDefinition
from stellwerk.engine.token import FUTURE, Token

if TYPE_CHECKING:
    from stellwerk.engine.data import NodeData
    from stellwerk.engine.scope import Scope, SubInstance


class EventSubProcess(SubProcess, Catching):
    """BPMN 10.3.5, 13.3.4: listens while the scope around it is active; each occurrence of its event runs it.

    Interrupting: everything else in the scope is withdrawn, and no other event subprocess listens any more. Not
    interrupting: it runs beside the rest, as often as the event happens. Its token either listens or runs.
    """

    is_event_subprocess = True

    def __init__(
        self,
        wf_spec: Any,
        bpmn_id: str,
        *,
        event_definition: EventDefinition,
        start: str,
        interrupting: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(wf_spec, bpmn_id, event_definition=event_definition, **kwargs)
        self.start, self.interrupting = start, interrupting
        self.start_io: NodeData | None = None  # the data of its start event

    @property
    def event_id(self) -> str:
        return self.start

    def only_listens(self, task: Token) -> bool:
        return "listens" in task.internal_data

    def fire(self, task: Token, payload: Mapping[str, Any]) -> None:
        scope = task.workflow
        if not self.interrupting and self.kind == "timer":
            self.tick(task)
        self.catch_thrown(scope, payload)

    def catch_thrown(self, place: Scope, payload: Mapping[str, Any]) -> None:
        token = Token(place, self, place.task_tree, FUTURE)
        if self.interrupting:
            place.interrupted = True
            place.clear(f"event subprocess '{self.label}'", keep=token)
        if self.brings is not None:
            token.hide("caught", self.brings.caught(payload))
        elif payload:
            token.data.assign(payload)
        place.admit(token)

    @property
    def brings(self) -> NodeData | None:
        return self.start_io if self.start_io is not None and self.start_io.outputs else None

    def begin_inside(self, inner: SubInstance) -> None:
        hidden = inner.parent_task.hidden
        inner.begin(self.start, own=hidden.get("caught") if hidden is not None else None)

    def withdrawn(self, task: Token, reason: str) -> None:
        Catching.withdrawn(self, task, reason)
