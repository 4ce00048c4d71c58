"""Ranges as values (10.3.2.7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Range:
    """Two ends, or a comparison with one (`operator` is then set, and the other end None)."""

    low: Any
    high: Any
    low_included: bool
    high_included: bool
    operator: str = ""


def half_open(operator: str, point: Any) -> Range:
    """`< 10`, `>= 10`, `= 10`, ... (Table 42): what is not given is null and not included."""
    if operator in ("<", "<="):
        return Range(None, point, False, operator == "<=", operator)
    if operator in (">", ">="):
        return Range(point, None, operator == ">=", False, operator)
    included = operator == "="
    return Range(point, point, included, included, operator)
