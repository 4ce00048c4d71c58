"""One evaluation: its names, its budget, its warnings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from .budget import Budget, Meter
from .temporal import DateTime

if TYPE_CHECKING:
    from .regex import Pattern

Value = Any
"""A value of the semantic domain (10.3.2.1).

None, bool, str, Decimal, Date, Time, DateTime, DaysDuration, MonthsDuration, Range, Function; a list; a dict with text
keys. Lists and dicts may hold values of Python as they were given: `convert.lift` is applied where an element is read.
"""
MOST_WARNINGS = 100


class Kind(StrEnum):
    """Why a value became null."""

    EVALUATION = "evaluation error"  # what the specification calls null: a wrong type, outside of the domain, ...
    UNKNOWN_NAME = "unknown name"  # no variable, function or parameter has this name
    UNSUPPORTED = "unsupported"  # right FEEL that is not done here: external functions


@dataclass(frozen=True, slots=True)
class Warning:
    """What made null of a value. `start` and `end` are characters of the expression's text."""

    kind: Kind
    message: str
    start: int
    end: int


class Run(Meter):
    """Budget, clock and warnings of one evaluation."""

    __slots__ = ("now", "patterns", "warnings")

    def __init__(self, budget: Budget, now: DateTime | None = None) -> None:
        self.steps = budget.steps
        self.size = budget.size
        self.depth = budget.depth
        self.now = now
        self.patterns: dict[tuple[str, str], Pattern] = {}  # those of this evaluation, by their text and flags
        self.warnings: list[Warning] = []

    def warn(self, message: str, place: tuple[int, int], kind: Kind = Kind.EVALUATION) -> None:
        """Note why the value is null. Only the first hundred are kept."""
        self.steps -= 1
        if len(self.warnings) < MOST_WARNINGS:
            self.warnings.append(Warning(kind, message, *place))


class Frame:
    """The innermost names and those around them (10.3.2.11)."""

    __slots__ = ("parent", "run", "values")

    def __init__(self, values: Mapping[str, Value], parent: Frame | None, run: Run) -> None:
        self.values = values
        self.parent = parent
        self.run = run


class ItemFrame(Frame):
    """The frame of `item` in a filter. `beside`: what is filtered."""

    __slots__ = ("beside",)

    def __init__(self, item: Value, beside: Items, parent: Frame) -> None:
        super().__init__({"item": item}, parent, parent.run)
        self.beside = beside


class Items:
    """The items that a filter looks at, and the keys of those that are contexts: gathered where one lacks a key."""

    __slots__ = ("_keys", "values")

    def __init__(self, values: list[Value]) -> None:
        self.values = values
        self._keys: set[str] | None = None

    def has(self, key: str, run: Run) -> bool:
        if self._keys is None:
            contexts = [each for each in self.values if isinstance(each, Mapping)]
            run.items(len(self.values) + sum(map(len, contexts)))
            self._keys = {str(each) for context in contexts for each in context}
        return key in self._keys


def is_key(frame: Frame, name: str) -> bool:
    """Is an unbound name a key of other items of a filter around? Then it is missing, and not unknown."""
    at: Frame | None = frame
    while at is not None:
        if isinstance(at, ItemFrame) and at.beside.has(name, at.run):
            return True
        at = at.parent
    return False


Closure = Callable[[Frame], Value]
"""A compiled expression. Raises BudgetExceeded; everything else is null and a warning."""


class Undefined(Exception):
    """The value of this call is null. The text says why."""

    def __init__(self, message: str, kind: Kind = Kind.EVALUATION) -> None:
        super().__init__(message)
        self.kind = kind
