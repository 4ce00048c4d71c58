"""10.3.4.2 Boolean function."""

from __future__ import annotations

from ..runtime import Run, Undefined, Value
from ..types import name_of
from .registry import builtin


@builtin("not(negand: any)")
def not_(run: Run, negand: Value) -> bool | None:
    """Table 51: anything but true and false gives null."""
    if negand is None:
        return None
    if isinstance(negand, bool):
        return not negand
    raise Undefined(f"not: `negand` must be a boolean, not {name_of(negand)}")
