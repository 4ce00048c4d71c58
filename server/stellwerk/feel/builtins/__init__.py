"""The built-in functions by the clauses of 10.3.4: one module, one clause."""

from __future__ import annotations

from . import boolean, clock, context, conversion, list, numeric, range, sort, string, temporal
from .registry import FUNCTIONS

__all__ = [
    "FUNCTIONS",
    "boolean",
    "clock",
    "context",
    "conversion",
    "list",
    "numeric",
    "range",
    "sort",
    "string",
    "temporal",
]
