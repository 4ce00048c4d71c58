"""Functions that a text defines or a program gives (10.3.2.13)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .functions import Function
from .runtime import Closure, Frame, Kind, Run, Undefined, Value
from .types import ANY, NOT_CONVERTED, Type, converted

NOT_RUN = "External functions are not run"


class Declared(Function):
    """A function with one list of typed parameters."""

    __slots__ = ("name", "parameters", "result", "types")

    def __init__(self, name: str, parameters: Sequence[tuple[str, Type]], result: Type) -> None:
        self.name = name
        self.parameters = tuple(parameter for parameter, _ in parameters)
        self.types = tuple(kind for _, kind in parameters)
        self.result = result

    def bound(self, run: Run, arguments: list[Value]) -> dict[str, Value]:
        """Parameters with their values after implicit conversions. Raises Undefined if they do not fit."""
        if len(arguments) != len(self.parameters):
            raise Undefined(f"{self.name} takes {len(self.parameters)} arguments, not {len(arguments)}")
        values: dict[str, Any] = {}
        for at, (name, argument) in enumerate(zip(self.parameters, arguments, strict=True)):
            value = self.fitted(at, argument, run)
            if value is NOT_CONVERTED:
                raise Undefined(f"{self.name}: `{name}` must be of type {self.type_name(at)}")
            values[name] = value
        return values

    def fitted(self, at: int, argument: Value, run: Run) -> Value:
        """The argument in the type of the parameter at this place, counted from 0, or NOT_CONVERTED."""
        kind = self.types[at]
        return argument if kind is ANY else converted(argument, kind, run)

    def type_name(self, at: int) -> str:
        return self.types[at].name


class Lambda(Declared):
    """`function(a, b: number) body` with the names around it."""

    __slots__ = ("body", "frame", "weight")

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
        super().__init__(name, parameters, result)
        self.body = body
        self.frame = frame
        self.weight = weight

    def call(self, run: Run, arguments: list[Value]) -> Value:
        values = self.bound(run, arguments)
        run.charge(self.weight)
        run.enter()
        found = self.body(Frame(values, self.frame, run))
        run.leave()
        return found


class Native(Declared):
    """A function that a program gives: `implementation(run, values)` gets converted arguments by their names."""

    __slots__ = ("implementation",)

    def __init__(
        self,
        name: str,
        parameters: Sequence[tuple[str, Type]],
        implementation: Callable[[Run, dict[str, Value]], Value],
        result: Type,
    ) -> None:
        super().__init__(name, parameters, result)
        self.implementation = implementation

    def call(self, run: Run, arguments: list[Value]) -> Value:
        values = self.bound(run, arguments)
        run.charge(1)
        run.enter()
        found = self.implementation(run, values)
        run.leave()
        return found


class External(Declared):
    """`function(a) external {...}`: read, never run. There is no Java and no PMML here."""

    __slots__ = ()

    def __init__(self, parameters: Sequence[tuple[str, Type]], result: Type) -> None:
        super().__init__("the external function", parameters, result)

    def call(self, run: Run, arguments: list[Value]) -> Value:
        raise Undefined(NOT_RUN, Kind.UNSUPPORTED)
