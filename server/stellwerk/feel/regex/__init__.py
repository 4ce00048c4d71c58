"""Regular expressions of XPath (10.3.4.3; F&O 7.6, XML Schema 2 appendix F), in linear time or on the budget."""

from __future__ import annotations

from .matching import Pattern, compiled
from .syntax import PatternError

__all__ = ["Pattern", "PatternError", "compiled"]
