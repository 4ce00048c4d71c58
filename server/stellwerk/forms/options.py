"""The values that may be chosen: as form-js reads them, whatever they come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from stellwerk.forms.schema import Component, number


def source(component: Component, data: Mapping[str, Any]) -> Any:
    """The list in the schema, or that of the variable that `valuesKey` names; what an expression gives is apart."""
    key = component.get("valuesKey")
    return data.get(key) if isinstance(key, str) and key else component.get("values")


def values_of(options: Any) -> Iterator[Any]:
    """The value of each option: a text, number or boolean, or an object with a value. The rest is left out."""
    for option in options if isinstance(options, list) else ():
        if _is_simple(option):
            yield option
        elif isinstance(option, Mapping):
            value = option.get("value")
            label = option.get("label")
            if _is_simple(value) or (isinstance(value, Mapping) and value and isinstance(label, str) and label):
                yield value


def _is_simple(value: Any) -> bool:
    if isinstance(value, bool | int | float | Decimal):
        return value == value  # NaN is none
    return isinstance(value, str) and value != ""


def offered(value: Any, options: Any) -> bool:
    return any(same(value, option) for option in values_of(options))


def same(one: Any, other: Any) -> bool:
    """Equal as JavaScript sees it: a text is not a number, true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    numbers = (int, float, Decimal)
    if isinstance(one, numbers) and isinstance(other, numbers):
        return number(one) == number(other)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and bool(one == other)
