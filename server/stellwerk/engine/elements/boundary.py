"""Boundary events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stellwerk.engine.elements.catching import Catching
from stellwerk.engine.token import FUTURE, Token


class BoundaryEvent(Catching):
    """BPMN 10.5.4, 13.5.3: listens while its activity is active.

    Interrupting: the activity with all that is inside it is withdrawn, then a token leaves from the event. Not
    interrupting: a token leaves beside the running activity, each time that the event happens. A subscription is a
    child of the activity's token; the token that leaves is a new one.
    """

    def __init__(self, wf_spec: Any, bpmn_id: str, *, host: str, interrupting: bool, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.host, self.interrupting = host, interrupting

    @property
    def reason(self) -> str:
        return f"{self.kind} '{self.label}'"

    def enter(self, task: Token) -> None:
        task._ready()

    def fire(self, task: Token, payload: Mapping[str, Any]) -> None:
        host: Token = task.parent
        if not self.interrupting and self.kind == "timer":
            self.tick(task)
        self._occur(host, {**(task.locals or {}), **payload})

    def only_listens(self, task: Token) -> bool:
        return task.parent is not task.workflow.task_tree

    def catch_thrown(self, place: Token, payload: Mapping[str, Any]) -> None:
        self._occur(place, payload)

    def _occur(self, host: Token, payload: Mapping[str, Any]) -> None:
        scope = host.workflow
        token = Token(scope, self, scope.task_tree, FUTURE)
        around = host.parent
        if "telling" in host.internal_data and self.kind != "error":
            if self.interrupting:
                host.task_spec.was_caught(host)
        elif self.interrupting:
            host.cancel(self.reason)
            if around.task_spec.silent:  # it was a handler: the compensation goes on without it
                around.task_spec.child_finished(around, host)
        self.take_in(token, payload)
        scope.admit(token)
