"""Exclusive and parallel gateways."""

from __future__ import annotations

from collections.abc import Sequence

from stellwerk.engine.elements.base import Flow, Joining, Node
from stellwerk.engine.token import WAITING, Token


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
