"""FEEL, the expression language of DMN 1.5 (formal/2024-08-01, chapter 10): exact, bounded, without side effects.

    import datetime
    from stellwerk import feel

    expression = feel.parse("sum(items[unit price > 10].amount) * rate")
    expression.names                         # ("items", "rate")
    expression.evaluate({"items": [], "rate": 2}, now=datetime.datetime.now().astimezone())
    expression.run({...}).warnings           # why something is null

Usable alone: it imports nothing else of Stellwerk. docs/feel.md says what is supported, clause by clause.
"""

from __future__ import annotations

from .budget import Budget
from .callables import Native
from .convert import to_python
from .errors import BudgetExceeded, FeelError, FeelSyntaxError
from .expression import Expression, Result, UnaryTests, parse, unary_tests
from .functions import Function
from .names import NameTable
from .ranges import Range
from .runtime import Kind, Warning
from .temporal import Date, DateTime, DaysDuration, MonthsDuration, Time, Zone

__all__ = [
    "Budget",
    "BudgetExceeded",
    "Date",
    "DateTime",
    "DaysDuration",
    "Expression",
    "FeelError",
    "FeelSyntaxError",
    "Function",
    "Kind",
    "MonthsDuration",
    "NameTable",
    "Native",
    "Range",
    "Result",
    "Time",
    "UnaryTests",
    "Warning",
    "Zone",
    "parse",
    "to_python",
    "unary_tests",
]
