"""Standard loops: the outer token counts, each round is a child token of the inner activity."""

from __future__ import annotations

from dataclasses import dataclass

from stellwerk.engine.elements.activity import Activity
from stellwerk.engine.expressions import Expression
from stellwerk.engine.token import ERROR, FUTURE, STARTED, Token


@dataclass(frozen=True)
class Rounds:
    """What standardLoopCharacteristics says."""

    condition: Expression | None
    test_before: bool
    maximum: int | None


class StandardLoop(Activity):
    """BPMN 13.3.6: repeats its activity while the condition is true, `maximum` times at most.

    The condition is tried before each round, or (`test_before` false) after it, so that there is one round at least.
    A round sees `loopCounter`, from 0; the condition sees how many rounds there were.
    """

    rounds: Rounds
    inner: str

    @property
    def reopened(self) -> str:
        return ""

    def perform(self, task: Token) -> bool | None:
        task.remember(done=0)
        task.set_locals({"loopCounter": 0}, silent=True)
        if self.rounds.maximum == 0 or (self.rounds.test_before and not self._goes_on(task)):
            return True
        task._set_state(STARTED)
        self._spawn(task)
        return None

    def _goes_on(self, task: Token) -> bool:
        done: int = task.internal_data["done"]
        if self.rounds.maximum is not None and done >= self.rounds.maximum:
            return False
        return self.rounds.condition is None or self.decide(task, self.rounds.condition)

    def _spawn(self, task: Token) -> None:
        child = task._add_child(task.workflow.spec.task_specs[self.inner], FUTURE)
        child.set_locals({"loopCounter": task.internal_data["done"]}, silent=True)
        task.workflow.admit(child)

    def child_finished(self, task: Token, child: Token) -> None:
        if child.task_spec.name == self.inner:
            task.remember(done=task.internal_data["done"] + 1)
            if not task.has_state(ERROR):
                self.proceed(task)

    def again(self, task: Token, stage: str) -> None:
        if stage == "proceed":
            self.proceed(task)
        else:
            super().again(task, stage)

    def proceed(self, task: Token) -> None:
        """After a round. Raises Fault; it can be repeated."""
        task.set_locals({"loopCounter": task.internal_data["done"]}, silent=True)
        if self._goes_on(task):
            self._spawn(task)
        else:
            task.workflow.top_workflow.agenda.append(task)
