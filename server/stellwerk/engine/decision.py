"""What a business rule task calls: one decision, or decision service, of a deployed model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from stellwerk import dmn
from stellwerk.dmn import tree


@dataclass(frozen=True)
class Decision:
    """One version of it; immutable, shared by threads. `key` is the id of its element in the file."""

    key: str
    name: str
    version: int
    model: dmn.Model

    @cached_property
    def node(self) -> tree.Decision | tree.Service:
        """Its element. Raises NoSuchDecision."""
        for node in self.model.definitions.nodes:
            if node.place.id == self.key and isinstance(node, tree.Decision | tree.Service):
                return node
        raise dmn.NoSuchDecision(f"The model has no decision or decision service with the id '{self.key}'.")

    def evaluate(self, variables: Mapping[str, Any], now: datetime) -> dmn.Evaluation:
        """Its value on these variables. An expression may also read those that are no inputs of its decision.

        `now` is the time of the step, in the time zone whose date is today's. Raises NoSuchDecision, BudgetExceeded,
        and FeelError for a variable that FEEL has no value for.
        """
        return evaluate(self.model, self.node, variables, now)


def evaluate(
    model: dmn.Model, node: tree.Decision | tree.Service, variables: Mapping[str, Any], now: datetime
) -> dmn.Evaluation:
    """The same for a decision or service of any model. Raises BudgetExceeded and FeelError."""
    if isinstance(node, tree.Service):  # its input decisions are given too
        return model.evaluate_service(node.name, variables, decisions=variables, surroundings=variables, now=now)
    return model.evaluate(node.name, variables, surroundings=variables, now=now)
