"""How much one evaluation may take.

Operators cost nothing by themselves: their number is bounded by the length of the text. What can multiply is charged:
each round of a loop or filter costs as many steps as its body has tokens, each call costs a step, and whatever makes or
walks through long texts and lists costs a step for every few characters or items. Powers, logarithms and moments in
time zones take as long as several steps, and cost as many.
"""

from __future__ import annotations

from dataclasses import dataclass

from .errors import BudgetExceeded

CHARACTERS_PER_STEP = 64
ITEMS_PER_STEP = 4
POWER = 8  # steps of a power, an exponential or a logarithm with 34 digits
MOMENT = 8  # steps of a look at a date and time, which may be in a zone of the IANA database


@dataclass(frozen=True, slots=True)
class Budget:
    """`steps` in all; `size`: characters of one text and items of one list; `depth`: functions that call functions."""

    steps: int = 250_000
    size: int = 1_000_000
    depth: int = 150


DEFAULT = Budget()


class Meter:
    """Counts one evaluation. Each method raises BudgetExceeded when nothing is left."""

    __slots__ = ("depth", "size", "steps")

    def __init__(self, budget: Budget) -> None:
        self.steps = budget.steps
        self.size = budget.size
        self.depth = budget.depth

    def charge(self, steps: int) -> None:
        self.steps -= steps
        if self.steps < 0:
            raise BudgetExceeded("The expression takes too many steps")

    def text(self, length: int) -> None:
        """A text of this length is about to be made or searched."""
        self.fits(length)
        self.charge(1 + length // CHARACTERS_PER_STEP)

    def fits(self, length: int) -> None:
        """A text grows to this length."""
        if length > self.size:
            raise BudgetExceeded(f"The expression makes a text of more than {self.size} characters")

    def items(self, count: int) -> None:
        """A list of this length is about to be made or walked through."""
        if count > self.size:
            raise BudgetExceeded(f"The expression makes a list of more than {self.size} items")
        self.charge(1 + count // ITEMS_PER_STEP)

    def enter(self) -> None:
        self.depth -= 1
        if self.depth < 0:
            raise BudgetExceeded("Functions call each other too deeply")

    def leave(self) -> None:
        self.depth += 1
