"""Functions that a text defines or a program gives (10.3.2.13)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .functions import Function
from .runtime import Closure, Frame, Kind, Run, Undefined, Value
from .types import ANY, NOT_CONVERTED, Type, converted


class Lambda(Function):
    """`function(a, b: number) body` with the names around it."""

    __slots__ = ("body", "frame", "name", "parameters", "result", "types", "weight")

    def __init__(
        self,
        parameters: Sequence[tuple[str, Type]],
        body: Closure,
        frame: Frame,
        weight: int,
        result: Type,
        *,
        name: str = "the function",
    ) -> None:
        self.name = name
        self.parameters = tuple(parameter for parameter, _ in parameters)
        self.types = tuple(kind for _, kind in parameters)
        self.result = result
        self.body = body
        self.frame = frame
        self.weight = weight

    def call(self, run: Run, arguments: list[Value]) -> Value:
        values = bound(self, run, arguments)
        run.charge(self.weight)
        run.enter()
        found = self.body(Frame(values, self.frame, run))
        run.leave()
        return found


class Native(Function):
    """A function that a program gives: `call(run, arguments)` with converted arguments, in the order of parameters."""

    __slots__ = ("implementation", "name", "parameters", "result", "types")

    def __init__(
        self,
        name: str,
        parameters: Sequence[tuple[str, Type]],
        implementation: Callable[[Run, dict[str, Value]], Value],
        result: Type,
    ) -> None:
        self.name = name
        self.parameters = tuple(parameter for parameter, _ in parameters)
        self.types = tuple(kind for _, kind in parameters)
        self.result = result
        self.implementation = implementation

    def call(self, run: Run, arguments: list[Value]) -> Value:
        values = bound(self, run, arguments)
        run.charge(1)
        run.enter()
        found = self.implementation(run, values)
        run.leave()
        return found


class External(Function):
    """`function(a) external {...}`: read, never run. There is no Java and no PMML here."""

    __slots__ = ("name", "parameters", "result", "types")

    def __init__(self, parameters: Sequence[tuple[str, Type]], result: Type) -> None:
        self.name = "the external function"
        self.parameters = tuple(parameter for parameter, _ in parameters)
        self.types = tuple(kind for _, kind in parameters)
        self.result = result

    def call(self, run: Run, arguments: list[Value]) -> Value:
        raise Undefined("External functions are not run", Kind.UNSUPPORTED)


def bound(function: Function, run: Run, arguments: list[Value]) -> dict[str, Value]:
    """Parameters with their values after implicit conversions. Raises Undefined if they do not fit."""
    if len(arguments) != len(function.parameters):
        raise Undefined(f"{function.name} takes {len(function.parameters)} arguments, not {len(arguments)}")
    values: dict[str, Any] = {}
    for name, kind, argument in zip(function.parameters, function.types, arguments, strict=True):
        value = argument if kind is ANY else converted(argument, kind, run)
        if value is NOT_CONVERTED:
            raise Undefined(f"{function.name}: `{name}` must be of type {kind.name}")
        values[name] = value
    return values
