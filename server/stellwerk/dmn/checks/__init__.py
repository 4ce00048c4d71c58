"""Checks of decision tables, before they run: `check_tables(library)` gives the findings, rule by rule.

A finding is made only where it is certain from the file. Sets of numbers, texts, dates, times, durations and truth
values are known exactly; a cell that reads names, or calls functions on its input, may match anything or nothing.
"""

from __future__ import annotations

from stellwerk.dmn.model import Library, Model
from stellwerk.errors import Problem

from . import constants, dead_rules, gaps, names, rules_that_meet
from .looked import Looked
from .registry import RULES, Rule, check

MODULES = (names, constants, rules_that_meet, gaps, dead_rules)

__all__ = ["MODULES", "RULES", "Rule", "check_tables"]


def check_tables(models: Library | Model) -> tuple[Problem, ...]:
    """What is wrong or suspicious in the tables; what the models have among their `problems` is not said again."""
    every = models.models.values() if isinstance(models, Library) else (models,)
    return tuple(problem for model in every for table in model.tables for problem in check(Looked(table, model)))
