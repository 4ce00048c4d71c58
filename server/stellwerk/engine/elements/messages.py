"""Send tasks with a message, and receive tasks."""

from __future__ import annotations

from typing import Any

from stellwerk.engine.elements.activity import Activity
from stellwerk.engine.elements.catching import Catching
from stellwerk.engine.elements.throwing import throw_message
from stellwerk.engine.token import Token


class SendTask(Activity):
    """BPMN 13.3.3: when it is active its message is sent, then it completes. It carries its inputs."""

    def __init__(self, wf_spec: Any, bpmn_id: str, *, message: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.message = message

    def perform(self, task: Token) -> bool:
        payload = dict(task.locals or {}) if self.inputs else {}
        if self.io is not None:
            payload |= self.io.values(task)
        throw_message(task, self.message, payload)
        return True


class ReceiveTask(Activity, Catching):
    """BPMN 13.3.3: when it is active it waits for its message; when that arrives it completes."""

    def begin(self, task: Token) -> None:
        self.wait(task)

    def withdrawn(self, task: Token, reason: str) -> None:
        Catching.withdrawn(self, task, reason)
