"""Checks of decision tables, before they run: `check_tables(library)` gives the findings, rule by rule.

A finding is made only where it is certain from the file. Sets of numbers, texts, dates, times, durations and truth
values are known exactly; a cell that reads names, or calls functions on its input, may match anything or nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from stellwerk.dmn.model import Library, Model
from stellwerk.errors import Problem

from . import constants, dead_rules, gaps, names, rules_that_meet
from .looked import Looked
from .registry import RULES, TOO_LARGE, Rule, check
from .space import Purse

MOST_OF_FILE = 2_000_000  # weighted steps
MODULES = (names, constants, rules_that_meet, gaps, dead_rules)

__all__ = ["MODULES", "RULES", "Rule", "check_tables"]


def check_tables(models: Library | Model) -> tuple[Problem, ...]:
    """What is wrong or suspicious in the tables; what the models have among their `problems` is not said again."""
    every = models.models.values() if isinstance(models, Library) else (models,)
    return tuple(problem for model in every for problem in _of_model(model, MOST_OF_FILE))


def _of_model(model: Model, most: int) -> Iterator[Problem]:
    purse = Purse(most)
    for number, table in enumerate(model.tables):
        yield from check(Looked(table, model, purse=purse))
        if purse.left < 0:
            rest = len(model.tables) - number - 1
            also = f" {rest} more tables are not looked at." if rest else ""
            text = f"The tables of the file are too large to check everything.{also} Divide the file."
            file = model.definitions
            yield Problem(file.file, None, None, file.name, TOO_LARGE, text, "info")
            return
