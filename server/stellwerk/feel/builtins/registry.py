"""How a built-in function is declared, found by its arguments, and called (10.3.2.13.1, 10.3.4).

    @builtin("substring(string: string, start position: number, length?: number)")
    def substring(run, string, start, length=None): ...

Types: number, string, boolean, date, time, datetime, days, months, list, context, function, range, any, or several with
`|`. `?` behind a name: may be left out, or null. `...`: any number of arguments, given to Python as one list.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from ..convert import lift
from ..functions import Function, wrong_names
from ..ranges import Range
from ..runtime import Run, Undefined, Value
from ..temporal import Date, DateTime, DaysDuration, MonthsDuration, Time
from ..types import ANY, Type, name_of

Implementation = Callable[..., Value]
_F = TypeVar("_F", bound=Implementation)
_CLASSES: dict[str, tuple[type, ...]] = {
    "number": (Decimal,),
    "string": (str,),
    "boolean": (bool,),
    "date": (Date,),
    "time": (Time,),
    "datetime": (DateTime,),
    "days": (DaysDuration,),
    "months": (MonthsDuration,),
    "list": (list,),
    "context": (dict,),
    "function": (Function,),
    "range": (Range,),
}
_SHOWN = {"datetime": "date and time", "days": "days and time duration", "months": "years and months duration"}


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    classes: tuple[type, ...]  # empty: any value
    optional: bool
    wanted: str  # for messages

    def fit(self, function: str, value: Value) -> Value:
        """The value after implicit conversion from and to a list of one item (10.3.2.9.4). Raises Undefined."""
        if not self.classes or isinstance(value, self.classes) or (value is None and self.optional):
            return value
        if isinstance(value, list) and len(value) == 1:
            only = lift(value[0])
            if isinstance(only, self.classes):
                return only
        if self.classes == (list,) and value is not None:
            return [value]
        quotes = ": texts stand in quotes" if str in self.classes and isinstance(value, Decimal) else ""
        raise Undefined(f"{function}: `{self.name}` must be a {self.wanted}, not {name_of(value)}{quotes}")


@dataclass(frozen=True, slots=True)
class Signature:
    parameters: tuple[Parameter, ...]
    rest: Parameter | None
    implementation: Implementation

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(parameter.name for parameter in self.parameters)

    @property
    def least(self) -> int:
        return sum(not parameter.optional for parameter in self.parameters) + (self.rest is not None)

    def takes(self, count: int) -> bool:
        return self.least <= count and (self.rest is not None or count <= len(self.parameters))

    def call(self, run: Run, function: str, arguments: list[Value]) -> Value:
        """Raises Undefined."""
        own = len(self.parameters)
        fitted = [
            parameter.fit(function, value) for parameter, value in zip(self.parameters, arguments[:own], strict=False)
        ]
        if self.rest is not None:
            fitted.append([self.rest.fit(function, value) for value in arguments[own:]])
        return self.implementation(run, *fitted)

    def ordered(self, given: dict[str, Value]) -> list[Value] | None:
        """Named arguments in the order of the parameters; None if a name is not one of them.

        What is not given is null (10.3.2.13.5), so that a parameter that may not be null makes the result null.
        """
        names = list(self.names)
        if self.rest is not None or not given.keys() <= set(names):
            return None
        while names and names[-1] not in given and self.parameters[len(names) - 1].optional:
            names.pop()
        return [given.get(name) for name in names]


class Builtin(Function):
    """A built-in function with its signatures; the first that the arguments fit is called."""

    __slots__ = ("name", "parameters", "result", "signatures", "types")

    def __init__(self, name: str) -> None:
        self.name = name
        self.signatures: list[Signature] = []
        self.parameters: tuple[str, ...] = ()
        self.types: tuple[Type, ...] = ()
        self.result = ANY

    def add(self, signature: Signature) -> None:
        self.signatures.append(signature)
        if not self.parameters:
            self.parameters = tuple(parameter.name for parameter in signature.parameters)
            self.types = (ANY,) * len(self.parameters)

    def call(self, run: Run, arguments: list[Value]) -> Value:
        fitting = [(signature, arguments) for signature in self.signatures if signature.takes(len(arguments))]
        if not fitting:
            raise Undefined(f"{self.name} does not take {len(arguments)} arguments")
        return self._first(run, fitting)

    def call_named(self, run: Run, names: tuple[str, ...], arguments: list[Value]) -> Value:
        given = dict(zip(names, arguments, strict=True))
        if len(given) < len(names):
            raise Undefined(wrong_names(self, ()))
        fitting = []
        # Those whose parameters come in the order of the names are the first: before(range, point) is not its mirror.
        for signature in sorted(self.signatures, key=lambda each: each.names != names):
            values = signature.ordered(given)
            if values is not None:
                fitting.append((signature, values))
        if not fitting:
            known = {parameter.name for signature in self.signatures for parameter in signature.parameters}
            unknown = [name for name in names if name not in known]
            raise Undefined(wrong_names(self, unknown) if unknown else f"{self.name} does not take these together")
        return self._first(run, fitting)

    def _first(self, run: Run, fitting: list[tuple[Signature, list[Value]]]) -> Value:
        run.charge(1)
        for signature, values in fitting[:-1]:
            try:
                for parameter, value in zip(signature.parameters, values, strict=False):
                    parameter.fit(self.name, value)
            except Undefined:
                continue
            return self._run(run, signature, values)
        return self._run(run, *fitting[-1])

    def _run(self, run: Run, signature: Signature, values: list[Value]) -> Value:
        try:
            return signature.call(run, self.name, values)
        except ArithmeticError:
            raise Undefined(f"{self.name}: the result cannot be represented") from None


FUNCTIONS: dict[str, Function] = {}


def builtin(*declarations: str) -> Callable[[_F], _F]:
    """Declare a built-in function, with one or more signatures that Python sees alike."""

    def declare(implementation: _F) -> _F:
        for declaration in declarations:
            name, _, inside = declaration.rstrip(")").partition("(")
            function = FUNCTIONS.setdefault(name, Builtin(name))
            assert isinstance(function, Builtin)
            function.add(_signature(inside, implementation))
        return implementation

    return declare


def _signature(inside: str, implementation: Implementation) -> Signature:
    parameters: list[Parameter] = []
    rest: Parameter | None = None
    for part in filter(None, inside.split(", ")):
        name, _, kinds = part.partition(": ")
        bare = name.rstrip("?.")
        shown = " or ".join(_SHOWN.get(kind, kind) for kind in kinds.split("|"))
        classes = () if kinds == "any" else tuple(each for kind in kinds.split("|") for each in _CLASSES[kind])
        parameter = Parameter(bare, classes, name.endswith("?"), shown)
        if name.endswith("..."):
            rest = parameter
        else:
            parameters.append(parameter)
    return Signature(tuple(parameters), rest, implementation)


def each(run: Run, values: list[Any]) -> list[Value]:
    """The items of a list as FEEL's values. Charges them."""
    run.items(len(values))
    return [lift(value) for value in values]


def whole(number: Decimal) -> int:
    """A number where a position, length or scale is wanted: what is behind the point is dropped. Bounded."""
    bound = Decimal(10) ** 12
    return int(max(-bound, min(bound, number)))
