"""Exclusive, parallel and inclusive gateways."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from stellwerk.engine.elements.base import Flow, Joining, Node
from stellwerk.engine.token import WAITING, Token

if TYPE_CHECKING:
    from stellwerk.engine.scope import Scope


class ExclusiveGateway(Node):
    """BPMN 13.3.2: each token passes by itself; the first flow in the order of the file whose condition is true."""

    def take(self, task: Token) -> Sequence[Flow]:
        for flow in self.flows:
            if flow.id != self.default and self.passes(task, flow):
                return [flow]
        return self.take_default(task)


class ParallelGateway(Joining):
    """BPMN 13.3.1: activated by at least one token on *each* incoming flow; it consumes exactly one from each.

    A second token on the same flow stays and counts for the next activation.
    """

    def enter(self, task: Token) -> None:
        if len(self.incoming) < 2:
            task._ready()
            return
        waiting = self.waiting(task.workflow)
        self.rejoin(task)
        if len(waiting) < len(self.incoming):
            task._set_state(WAITING)
            return
        for first in [next(iter(tokens.values())) for tokens in waiting.values()]:
            self.forget(first)
            if first is not task:
                task.workflow.merge(first)
        task._ready()

    def take(self, task: Token) -> Sequence[Flow]:
        return self.flows


class InclusiveGateway(Joining):
    """BPMN 13.3.3: waits as long as a token that is elsewhere in the scope can still come along an incoming flow that

    has none, unless that token can just as well come along a flow that has one already. Then it consumes one token
    from each flow that has one, and takes every flow whose condition is true, else the default flow.
    """

    def enter(self, task: Token) -> None:
        if len(self.incoming) < 2:
            task._ready()
            return
        task._set_state(WAITING)
        self.rejoin(task)

    def rejoin(self, task: Token) -> None:
        super().rejoin(task)
        scope = task.workflow
        scope.top_workflow.patient[scope.scope_id, self.name] = scope

    def reconsider(self, scope: Scope) -> bool:
        """Called when nothing else can move. Whether a token has passed."""
        waiting = self.waiting(scope)
        if not waiting:
            scope.top_workflow.patient.pop((scope.scope_id, self.name), None)
            return False
        if self._may_still_come(scope, waiting):
            return False
        self.pass_on(scope)
        return True

    def pass_on(self, scope: Scope) -> None:
        """One token of each flow that has one is consumed."""
        first, *others = self.firsts(scope)
        self.merge(first, others)
        first._ready()

    def firsts(self, scope: Scope) -> list[Token]:
        """The token that has waited longest on each flow that has one, the oldest first."""
        waiting = self.waiting(scope)
        return sorted((next(iter(tokens.values())) for tokens in waiting.values()), key=lambda token: token.id)

    def merge(self, first: Token, others: Sequence[Token]) -> None:
        """The first one waits no longer, and the others are consumed."""
        self.forget(first)
        for token in others:
            self.forget(token)
            token.workflow.merge(token)

    def _may_still_come(self, scope: Scope, waiting: Collection[str]) -> bool:
        empty = self._before(scope, waiting)
        return not empty.isdisjoint(scope.occupied)

    def _before(self, scope: Scope, waiting: Collection[str]) -> frozenset[str]:
        """The nodes from which a token can come along a flow that has none, and along no other one."""
        reach = scope.spec.reach(self.name)
        full = frozenset().union(*(reach[flow] for flow in waiting))
        return frozenset().union(*(reach[flow] for flow in self.incoming if flow not in waiting)) - full

    def awaited(self, scope: Scope) -> frozenset[str]:
        """The nodes whose tokens it waits for."""
        return self._before(scope, self.waiting(scope)).intersection(scope.occupied)


def break_circle(joins: Sequence[tuple[str, Scope]]) -> bool:
    """13.3.3 lets joins that wait only for each other wait for ever; here the first of them passes. Whether one has."""
    several = Counter(scope.scope_id for _, scope in joins)
    waits: dict[tuple[int, str], tuple[Scope, frozenset[str]]] = {}
    for name, scope in joins:
        join = scope.spec.task_specs[name]
        if several[scope.scope_id] > 1 and type(join) is InclusiveGateway and join.waiting(scope):
            waits[scope.scope_id, name] = scope, join.awaited(scope)
    before = 0
    while len(waits) != before:
        before = len(waits)
        waits = {at: (s, nodes) for at, (s, nodes) in waits.items() if all((at[0], node) in waits for node in nodes)}
    for (_, name), (scope, _nodes) in waits.items():
        join = scope.spec.task_specs[name]
        assert isinstance(join, InclusiveGateway)
        join.pass_on(scope)
        return True
    return False
