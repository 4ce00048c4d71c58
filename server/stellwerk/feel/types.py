"""Types, and which values are instances of them (10.3.2.9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .convert import lift
from .functions import Function
from .ranges import Range
from .runtime import Run
from .temporal import Date, DateTime, DaysDuration, MonthsDuration, Time, midnight


@dataclass(frozen=True, slots=True)
class Type:
    """A node of the lattice. `Any` and `Null` are its ends."""

    name: str


@dataclass(frozen=True, slots=True)
class ListType(Type):
    of: Type


@dataclass(frozen=True, slots=True)
class RangeType(Type):
    of: Type


@dataclass(frozen=True, slots=True)
class ContextType(Type):
    fields: tuple[tuple[str, Type], ...]


@dataclass(frozen=True, slots=True)
class FunctionType(Type):
    parameters: tuple[Type, ...]
    result: Type


ANY, NULL = Type("Any"), Type("Null")
NUMBER, STRING, BOOLEAN = Type("number"), Type("string"), Type("boolean")
DATE, TIME, DATE_TIME = Type("date"), Type("time"), Type("date and time")
DAYS, MONTHS = Type("days and time duration"), Type("years and months duration")
_CLASSES: dict[type, Type] = {
    Decimal: NUMBER,
    str: STRING,
    bool: BOOLEAN,
    Date: DATE,
    Time: TIME,
    DateTime: DATE_TIME,
    DaysDuration: DAYS,
    MonthsDuration: MONTHS,
    type(None): NULL,
}
BUILT_IN: dict[str, Type] = {kind.name: kind for kind in (*_CLASSES.values(), ANY)} | {
    # Names of these types in DMN files of all versions.
    "dateTime": DATE_TIME,
    "dayTimeDuration": DAYS,
    "yearMonthDuration": MONTHS,
}


def list_of(item: Type) -> ListType:
    return ListType(f"list<{item.name}>", item)


def range_of(point: Type) -> RangeType:
    return RangeType(f"range<{point.name}>", point)


def context_of(fields: Mapping[str, Type]) -> ContextType:
    inside = ", ".join(f"{key}: {kind.name}" for key, kind in fields.items())
    return ContextType(f"context<{inside}>", tuple(fields.items()))


def function_of(parameters: tuple[Type, ...], result: Type) -> FunctionType:
    inside = ", ".join(kind.name for kind in parameters)
    return FunctionType(f"function<{inside}> -> {result.name}", parameters, result)


def name_of(value: Any) -> str:
    """The kind of a value, for messages."""
    found = _CLASSES.get(type(value))
    if found is not None:
        return "null" if found is NULL else found.name
    if isinstance(value, list):
        return "list"
    if isinstance(value, dict):
        return "context"
    return "range" if isinstance(value, Range) else "function"


def conforms(value: Any, wanted: Type, run: Run) -> bool:
    """Is type(value) <: wanted? null conforms to every type. Charges the items it looks at."""
    if value is None or wanted is ANY or _CLASSES.get(type(value)) is wanted:
        return True
    if isinstance(wanted, ListType):
        return isinstance(value, list) and _all_conform(value, wanted.of, run)
    if isinstance(wanted, ContextType):
        return isinstance(value, dict) and all(
            key in value and conforms(lift(value[key]), kind, run) for key, kind in wanted.fields
        )
    if isinstance(wanted, RangeType):
        return isinstance(value, Range) and all(conforms(end, wanted.of, run) for end in (value.low, value.high))
    if isinstance(wanted, FunctionType):
        return isinstance(value, Function) and _function_conforms(value, wanted)
    return _CLASSES.get(type(value)) == wanted


def _all_conform(values: list[Any], wanted: Type, run: Run) -> bool:
    run.items(len(values))
    return all(conforms(lift(value), wanted, run) for value in values)


def _function_conforms(function: Function, wanted: FunctionType) -> bool:
    """Arguments are contravariant. What a function returns is not known before it runs: Any."""
    own = function.types
    return (
        len(own) == len(wanted.parameters)
        and all(is_subtype(theirs, mine) for theirs, mine in zip(wanted.parameters, own, strict=True))
        and is_subtype(function.result, wanted.result)
    )


def is_subtype(narrow: Type, wide: Type) -> bool:
    """narrow <: wide (10.3.2.9.2)."""
    if wide == ANY or narrow in (wide, NULL):
        return True
    if isinstance(narrow, ListType) and isinstance(wide, ListType):
        return is_subtype(narrow.of, wide.of)
    if isinstance(narrow, RangeType) and isinstance(wide, RangeType):
        return is_subtype(narrow.of, wide.of)
    if isinstance(narrow, ContextType) and isinstance(wide, ContextType):
        own = dict(narrow.fields)
        return all(key in own and is_subtype(own[key], kind) for key, kind in wide.fields)
    if isinstance(narrow, FunctionType) and isinstance(wide, FunctionType):
        pairs = list(zip(wide.parameters, narrow.parameters, strict=False))
        fits = len(wide.parameters) == len(narrow.parameters) and all(is_subtype(*pair) for pair in pairs)
        return fits and is_subtype(narrow.result, wide.result)
    return False


NOT_CONVERTED = object()


def converted(value: Any, wanted: Type, run: Run) -> Any:
    """The value after the implicit conversions of 10.3.2.9.4, or NOT_CONVERTED.

    To and from a list of one item, and from a date to the date and time of its midnight in UTC.
    """
    if conforms(value, wanted, run):
        return value
    if isinstance(value, list) and len(value) == 1 and conforms(lift(value[0]), wanted, run):
        return lift(value[0])
    if isinstance(wanted, ListType) and not isinstance(value, list) and conforms(value, wanted.of, run):
        return [value]
    if wanted == DATE_TIME and isinstance(value, Date):
        return midnight(value)
    return NOT_CONVERTED
