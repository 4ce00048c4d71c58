"""Tasks that need nobody (none, manual), a person (user) or the sandbox (script)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from stellwerk.engine.elements.activity import Activity
from stellwerk.engine.events import TaskClosed, TaskOpened
from stellwerk.engine.expressions import Expression
from stellwerk.engine.faults import Fault
from stellwerk.engine.script_engine import SCRIPT_ENGINE
from stellwerk.engine.times import timers
from stellwerk.engine.token import READY, Token


class PassTask(Activity):
    """BPMN 10.3.3, 13.3.3: a task without a kind, and a manual task, complete as soon as they are active."""


class UserTask(Activity):
    """BPMN 13.3.3: when it is active, it is given to people; it completes when one of them has completed it."""

    assignee: Expression | None = None
    candidate_users: Expression | None = None
    candidate_groups: Expression | None = None
    form_key: Expression | None = None
    due_date: Expression | None = None
    follow_up_date: Expression | None = None
    priority: Expression | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.manual = True  # the agenda leaves it alone; CompleteTask runs it

    def begin(self, task: Token) -> None:
        opened = self._opened(task)
        task._ready()
        task.workflow.record(opened)

    def told(self, task: Token) -> tuple[str, str | None, str | None, str]:
        """Name, form key, lane and documentation. Raises Fault."""
        return self.label, self._text(task, self.form_key, "form"), self.lane, self.documentation or ""

    def _opened(self, task: Token) -> TaskOpened:
        groups = self._names(task, self.candidate_groups, "list of candidate groups")
        if self.lane and self.lane not in groups:
            groups = (*groups, self.lane)
        return TaskOpened(
            token=task.id,
            element_id=self.bpmn_id,
            name=self.label,
            assignee=self._text(task, self.assignee, "assignee"),
            candidate_users=self._names(task, self.candidate_users, "list of candidates"),
            candidate_groups=groups,
            lane=self.lane,
            form_key=self._text(task, self.form_key, "form"),
            due_at=self._date(task, self.due_date, "due date"),
            follow_up_at=self._date(task, self.follow_up_date, "follow-up date"),
            priority=self.whole_number(task, self.priority, "priority", 50),
            documentation=self.documentation or "",
        )

    def _text(self, task: Token, expression: Expression | None, what: str) -> str | None:
        value = None if expression is None else self.given(task, expression, what)
        return None if value in (None, "") else str(value).strip()

    def _names(self, task: Token, expression: Expression | None, what: str) -> tuple[str, ...]:
        """Names separated by commas, or a list of names."""
        value = None if expression is None else self.given(task, expression, what)
        if value is None:
            return ()
        parts = value if isinstance(value, list | tuple) else str(value).split(",")
        return tuple(dict.fromkeys(name for part in parts if (name := str(part).strip())))

    def _date(self, task: Token, expression: Expression | None, what: str) -> datetime | None:
        value = None if expression is None else self.given(task, expression, what)
        if value in (None, ""):
            return None
        try:
            instance = task.workflow.top_workflow
            return timers.date_or_duration(value, instance.now, instance.host.zone)
        except timers.TimerInvalid as error:
            raise Fault("expression", f"The {what} of '{self.label}' cannot be read: {error}") from error

    def _run_hook(self, task: Token) -> bool | None:
        task.workflow.record(TaskClosed(task.id, "completed"))
        return True

    def withdrawn(self, task: Token, reason: str) -> None:
        if task.has_state(READY):
            task.workflow.record(TaskClosed(task.id, "withdrawn", reason))
        super().withdrawn(task, reason)


class ScriptTask(Activity):
    """BPMN 13.3.3: when it is active its script runs; when the script is done the task completes.

    With a result variable the script is one expression, or it assigns `result`. A script that fails writes nothing.
    FEEL is always one expression: without a result variable the entries of a context are variables.
    """

    script = ""
    expression: Expression | None = None
    result_variable: str | None = None

    def perform(self, task: Token) -> bool:
        if self.expression is not None:
            self._write(task, self.evaluate(task, self.expression))
            return True
        assigned = dict(SCRIPT_ENGINE.execute(task, self.script).assigned)
        if self.result_variable and "result" in assigned:
            assigned[self.result_variable] = assigned.pop("result")
        if assigned:
            self.give(task, assigned, "script")
        return True

    def _write(self, task: Token, value: Any) -> None:
        if self.result_variable:
            self.give(task, {self.result_variable: value}, "script")
        elif isinstance(value, dict):
            self.give(task, value, "script")
        elif value is not None:
            raise Fault(
                "script",
                f"The FEEL script of '{self.label}' gives no context, and no variable is named for its value. Set a "
                "result variable, or write a context whose entries are variables: { total: a + b }.",
            )
