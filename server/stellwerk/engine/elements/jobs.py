"""Work for programs: service tasks, and send tasks with a topic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stellwerk.engine.elements.activity import Activity
from stellwerk.engine.events import JobRequested, JobWithdrawn
from stellwerk.engine.expressions import Expression
from stellwerk.engine.faults import Fault
from stellwerk.engine.times import timers
from stellwerk.engine.token import STARTED, Token


class JobTask(Activity):
    """BPMN 13.3.3, service task: when it is active its operation is called; when the answer comes it completes.

    The operation is a job of a topic, done by a handler outside of the step.
    """

    topic: Expression
    result_variable: str | None = None
    retries: Expression | None = None
    priority: Expression | None = None

    def perform(self, task: Token) -> None:
        tries, waits = self._retries(task)
        job = JobRequested(
            token=task.id,
            element_id=self.bpmn_id,
            topic=self.topic_of(task),
            variables=dict(task.locals or {}) if self.inputs else task.data.flat(),
            tries=tries,
            retry_wait_s=waits,
            priority=self.whole_number(task, self.priority, "priority", 50),
        )
        task.remember(job=True)
        task.workflow.record(job)

    def topic_of(self, task: Token) -> str:
        """Raises Fault for an empty one."""
        return self.text_of(task, self.topic, "topic", "expression")

    def _retries(self, task: Token) -> tuple[int | None, tuple[float, ...]]:
        """How many tries there are in all, and the seconds between them; None: as the handler says."""
        cycle = None if self.retries is None else self.given(task, self.retries, "retry cycle")
        if cycle in (None, ""):
            return None, ()
        try:
            return timers.retries(str(cycle).strip())
        except timers.TimerInvalid as error:
            raise Fault("expression", f"The retries of '{self.label}' cannot be read: {error}") from error

    def waits(self, task: Token) -> bool:
        return task.has_state(STARTED) and bool(task.internal_data.get("job"))

    def is_at_work(self, task: Token) -> bool:
        return self.waits(task) or super().is_at_work(task)

    def finish(self, task: Token, result: Any) -> None:
        """The handler is done. Raises Fault for a result that cannot be written."""
        task.forget("job")
        if self.result_variable:
            self.give(task, {self.result_variable: result}, "job")
        elif isinstance(result, Mapping):
            self.give(task, result, "job")
        elif result is not None:
            raise Fault(
                "job",
                f"The handler of '{self.label}' returned a {type(result).__name__}, and no variable is named for it. "
                "Set a result variable, or return an object whose names are variables.",
            )

    def withdrawn(self, task: Token, reason: str) -> None:
        if self.waits(task):
            task.workflow.record(JobWithdrawn(task.id, reason))
        super().withdrawn(task, reason)
