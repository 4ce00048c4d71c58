"""Functions as values (10.3.2.8, 10.3.2.13)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .runtime import Run, Undefined, Value

if TYPE_CHECKING:
    from .types import Type


class Function:
    """What can be called. Raises Undefined from `call` and `call_named` where the value is null."""

    __slots__ = ()
    name: str
    parameters: tuple[str, ...]
    types: tuple[Type, ...]
    result: Type

    def call(self, run: Run, arguments: list[Value]) -> Value:
        raise NotImplementedError

    def call_named(self, run: Run, names: tuple[str, ...], arguments: list[Value]) -> Value:
        """Parameters that are not given are null (10.3.2.13.5)."""
        given = dict(zip(names, arguments, strict=True))
        unknown = [name for name in names if name not in self.parameters]
        if unknown or len(given) < len(names):
            raise Undefined(wrong_names(self, unknown))
        return self.call(run, [given.get(name) for name in self.parameters])


def wrong_names(function: Function, unknown: Sequence[str]) -> str:
    if not unknown:
        return f"{function.name} gets a parameter twice"
    return f"{function.name} has no parameter `{unknown[0]}`"
