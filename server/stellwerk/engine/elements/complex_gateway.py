"""Complex gateways."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from stellwerk.engine.elements.base import Flow
from stellwerk.engine.elements.gateways import InclusiveGateway
from stellwerk.engine.expressions import Expression
from stellwerk.engine.token import FUTURE, WAITING, Token

if TYPE_CHECKING:
    from stellwerk.engine.scope import Scope

RESET = " [reset]"  # behind a gateway's name: its token that waits for the reset


class ComplexGateway(InclusiveGateway):
    """BPMN 10.6.5, 13.4.5: passes as soon as its activation condition is true; the condition knows `activationCount`,

    the number of tokens that wait here. It consumes one token from each flow that has one. Then it waits for its reset:
    a token on each other flow, as far as one can still come, is consumed and leads to nothing. At the reset only flows
    whose condition names `waitingForStart` are tried again; it is true at the activation, false at the reset.

    A token of its own, which is none of the diagram's, waits for the reset.
    """

    activation: Expression | None = None

    def enter(self, task: Token) -> None:
        """Raises Fault for the activation condition."""
        scope = task.workflow
        task._set_state(WAITING)
        self.rejoin(task)
        reset = self._reset(scope)
        if reset is None:
            self.activate(scope)
        else:
            self._consume(scope, reset)

    def rejoin(self, task: Token) -> None:
        scope = task.workflow
        if "reset" in task.internal_data:
            scope.joins[self.name + RESET] = {"": {task.id: task}}
            scope.top_workflow.patient[scope.scope_id, self.name] = scope
        elif not self.incoming:
            scope.joins.setdefault(self.name, {}).setdefault("", {})[task.id] = task
        else:
            super().rejoin(task)

    def forget(self, task: Token) -> None:
        if "reset" in task.internal_data:
            task.workflow.joins.pop(self.name + RESET, None)
        else:
            super().forget(task)

    def _reset(self, scope: Scope) -> Token | None:
        waiting = scope.joins.get(self.name + RESET)
        return next(iter(waiting[""].values())) if waiting else None

    # -- waiting for the start
    def activate(self, scope: Scope) -> None:
        """Pass if the condition is true of the tokens that wait. Raises Fault."""
        waiting = self.waiting(scope)
        count = sum(map(len, waiting.values()))
        first, *others = self.firsts(scope)
        first.set_locals({"activationCount": count, "waitingForStart": True}, silent=True)
        if self.activation is not None and not self.decide(first, self.activation):
            return
        flows = list(waiting)
        self.merge(first, others)
        if len(flows) < len(self.incoming):
            self._wait_for_reset(scope, flows)
        first._ready()

    def _wait_for_reset(self, scope: Scope, flows: list[str]) -> None:
        token = Token(scope, self, scope.task_tree, FUTURE)
        token.remember(reset=flows)
        token._set_state(WAITING)
        self.rejoin(token)

    # -- waiting for the reset
    def _consume(self, scope: Scope, reset: Token) -> None:
        seen: list[str] = reset.internal_data["reset"]
        for flow, tokens in list(self.waiting(scope).items()):
            if flow not in seen:
                token = next(iter(tokens.values()))
                self.forget(token)
                scope.merge(token)
                seen = [*seen, flow]
        reset.remember(reset=seen)
        if len(seen) == len(self.incoming):
            self._begin_anew(reset)

    def reconsider(self, scope: Scope) -> bool:
        reset = self._reset(scope)
        if reset is None:
            if not self.waiting(scope):
                scope.top_workflow.patient.pop((scope.scope_id, self.name), None)
            return False
        if self._may_still_come(scope, reset.internal_data["reset"]):
            return False
        self._begin_anew(reset)
        return True

    def _begin_anew(self, reset: Token) -> None:
        self.forget(reset)
        reset.set_locals({"activationCount": 0, "waitingForStart": False}, silent=True)
        reset._ready()

    # -- leaving
    def take(self, task: Token) -> Sequence[Flow]:
        if "reset" not in task.internal_data:
            return super().take(task)
        asking = [f for f in self.flows if f.condition is not None and "waitingForStart" in f.condition.names]
        return [flow for flow in asking if self.passes(task, flow)]

    def leave(self, task: Token, flows: Sequence[Flow]) -> None:
        super().leave(task, flows)
        if "reset" in task.internal_data and self.waiting(task.workflow):
            self.activate(task.workflow)
