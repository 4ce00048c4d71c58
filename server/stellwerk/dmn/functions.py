"""Functions that a model defines: function definitions, business knowledge models, decision services."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from stellwerk.feel.callables import Declared
from stellwerk.feel.runtime import Frame, Kind, Run, Undefined

from .item_types import ANYTHING, Item, coerced
from .run import Box, DmnRun, Value


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    item: Item


class ModelFunction(Declared):
    """Arguments are converted to the types of the parameters; one that does not fit makes the value null."""

    __slots__ = ("items",)

    def __init__(self, name: str, parameters: Sequence[Parameter], result: Item = ANYTHING) -> None:
        super().__init__(name, [(each.name, each.item.feel) for each in parameters], result.feel)
        self.items = tuple(each.item for each in parameters)

    def bound(self, run: Run, arguments: list[Value]) -> dict[str, Value]:
        """Raises Undefined also outside of an evaluation of models."""
        if not isinstance(run, DmnRun):
            raise Undefined(f"{self.name} can be called in a decision model only", Kind.UNSUPPORTED)
        return super().bound(run, arguments)

    def fitted(self, at: int, argument: Value, run: Run) -> Value:
        return coerced(argument, self.items[at], run)

    def type_name(self, at: int) -> str:
        return self.items[at].name

    def evaluated(self, body: Box, arguments: list[Value], around: Frame, run: Run) -> Value:
        """The body with the arguments as names. Raises as `bound` does."""
        values = self.bound(run, arguments)
        run.charge(body.weight)
        run.enter()
        found = body.closure(Frame(values, around, run))
        run.leave()
        return found


class BoxedFunction(ModelFunction):
    """A body that sees the names around its definition."""

    __slots__ = ("body", "frame")

    def __init__(self, name: str, parameters: Sequence[Parameter], body: Box, frame: Frame) -> None:
        super().__init__(name, parameters)
        self.body = body
        self.frame = frame

    def call(self, run: Run, arguments: list[Value]) -> Value:
        return self.evaluated(self.body, arguments, self.frame, run)


class KnowledgeFunction(ModelFunction):
    """A business knowledge model: it sees its own name and the functions that it requires (10.4)."""

    __slots__ = ("body", "known")

    def __init__(self, name: str, parameters: Sequence[Parameter], result: Item, body: Box) -> None:
        super().__init__(name, parameters, result)
        self.body = body
        self.known: dict[str, Value] = {}

    def call(self, run: Run, arguments: list[Value]) -> Value:
        return self.evaluated(self.body, arguments, Frame(self.known, None, run), run)


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
