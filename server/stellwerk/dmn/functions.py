"""Functions that a model defines: function definitions, business knowledge models, decision services."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from stellwerk.feel.functions import Function
from stellwerk.feel.runtime import Frame, Kind, Run, Undefined
from stellwerk.feel.types import NOT_CONVERTED

from .item_types import ANYTHING, Item, coerced
from .run import Box, DmnRun, Value


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    item: Item


class ModelFunction(Function):
    """Arguments are converted to the types of the parameters; one that does not fit makes the value null."""

    __slots__ = ("items", "name", "parameters", "result", "types")

    def __init__(self, name: str, parameters: Sequence[Parameter], result: Item = ANYTHING) -> None:
        self.name = name
        self.parameters = tuple(each.name for each in parameters)
        self.items = tuple(each.item for each in parameters)
        self.types = tuple(each.item.feel for each in parameters)
        self.result = result.feel

    def bound(self, run: Run, arguments: list[Value]) -> dict[str, Value]:
        """Parameters with their values. Raises Undefined if they do not fit, or outside of an evaluation of models."""
        if not isinstance(run, DmnRun):
            raise Undefined(f"{self.name} can be called in a decision model only", Kind.UNSUPPORTED)
        if len(arguments) != len(self.parameters):
            raise Undefined(f"{self.name} takes {len(self.parameters)} arguments, not {len(arguments)}")
        values: dict[str, Value] = {}
        for name, item, argument in zip(self.parameters, self.items, arguments, strict=True):
            found = coerced(argument, item, run)
            if found is NOT_CONVERTED:
                raise Undefined(f"{self.name}: `{name}` must be of type {item.name}")
            values[name] = found
        return values


class BoxedFunction(ModelFunction):
    """A body that sees the names around its definition."""

    __slots__ = ("body", "frame")

    def __init__(self, name: str, parameters: Sequence[Parameter], body: Box, frame: Frame) -> None:
        super().__init__(name, parameters)
        self.body = body
        self.frame = frame

    def call(self, run: Run, arguments: list[Value]) -> Value:
        values = self.bound(run, arguments)
        run.charge(self.body.weight)
        run.enter()
        found = self.body.closure(Frame(values, self.frame, run))
        run.leave()
        return found


class KnowledgeFunction(ModelFunction):
    """A business knowledge model: it sees its own name and the functions that it requires (10.4)."""

    __slots__ = ("body", "known")

    def __init__(self, name: str, parameters: Sequence[Parameter], result: Item, body: Box) -> None:
        super().__init__(name, parameters, result)
        self.body = body
        self.known: dict[str, Value] = {}

    def call(self, run: Run, arguments: list[Value]) -> Value:
        values = self.bound(run, arguments)
        run.charge(self.body.weight)
        run.enter()
        found = self.body.closure(Frame(values, Frame(self.known, None, run), run))
        run.leave()
        return found


class ServiceFunction(ModelFunction):
    """A decision service: its input data, then its input decisions are the parameters (6.3.13, 10.4)."""

    __slots__ = ("evaluate",)

    def __init__(
        self,
        name: str,
        parameters: Sequence[Parameter],
        result: Item,
        evaluate: Callable[[DmnRun, list[Value]], Value],
    ) -> None:
        super().__init__(name, parameters, result)
        self.evaluate = evaluate

    def call(self, run: Run, arguments: list[Value]) -> Value:
        values = self.bound(run, arguments)
        assert isinstance(run, DmnRun)
        run.charge(1)
        run.enter()
        found = self.evaluate(run, list(values.values()))
        run.leave()
        return found
