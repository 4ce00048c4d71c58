"""What form-js holds before anybody typed: the variables, made to fit the fields, and their defaults."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from stellwerk.engine import values
from stellwerk.forms import options
from stellwerk.forms.paths import ABSENT, Path, get, put
from stellwerk.forms.schema import LISTS, MAX_ROWS, TEXTS, Field, as_number, number

_DATES = {"date": re.compile(r"[^T]*-[^T]*-[^T]*"), "datetime": re.compile(r"[^T]*-[^T]*-[^T]*T[^T]*")}


def initial(fields: tuple[Field, ...], context: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a form that was opened with these variables.

    They are seen as the browser sees them: as JSON, where a Decimal and a date are texts.
    """
    data: dict[str, Any] = values.to_json(context)
    _fill(fields, data, (), dict(data))
    return data


def fresh_row(of: Field, context: Mapping[str, Any]) -> dict[str, Any]:
    """What a row holds that was added to the list."""
    row: dict[str, Any] = {}
    _fill(of.fields, row, (), context)
    return row


def _fill(fields: tuple[Field, ...], data: dict[str, Any], base: Path, context: Mapping[str, Any]) -> None:
    for one in fields:
        path = (*base, *one.path)
        if one.is_input:
            put(data, path, _value(one, get(data, path, ABSENT), context))
        elif one.repeats:
            rows = _rows(one, get(data, path))
            put(data, path, rows)
            for at in range(len(rows)):
                _fill(one.fields, data, (*path, at), context)
        else:
            _fill(one.fields, data, path, context)


def _rows(one: Field, held: Any) -> list[Any]:
    if not isinstance(held, list):
        return [{} for _ in range(one.component.get("defaultRepetitions", 1))]
    return [row if isinstance(row, dict) else {} for row in held[:MAX_ROWS]]


def _value(one: Field, held: Any, context: Mapping[str, Any]) -> Any:
    if held is not ABSENT:
        return _FITTED.get(one.type, _as_it_is)(one, held, context)
    return default_of(one, empty(one))


def default_of(one: Field, otherwise: Any = ABSENT) -> Any:
    """The default as its type: a number may be written as text."""
    value = one.component.get("defaultValue", ABSENT)
    if value is ABSENT:
        return otherwise
    return as_number(one.component, value) if one.type == "number" else value


def empty(one: Field) -> Any:
    """What a field holds that holds nothing."""
    if one.type in TEXTS:
        return ""
    if one.type == "checkbox":
        return False
    return [] if one.type in LISTS else None


# -- one function for each kind: (field, the variable's value, all variables) -> the value that the field takes


def _as_it_is(one: Field, held: Any, context: Mapping[str, Any]) -> Any:
    return held


def _text(one: Field, held: Any, context: Mapping[str, Any]) -> Any:
    if held is None or isinstance(held, list | Mapping):
        return ""
    if isinstance(held, bool):
        return str(held).lower()
    text = repr(held).removesuffix(".0") if isinstance(held, float) else str(held)
    return re.sub(r"[\r\n\t]", " ", text) if one.type == "textfield" else text


def _number(one: Field, held: Any, context: Mapping[str, Any]) -> Any:
    if number(held) is None:
        return None
    if one.component.get("serializeToString") is True:
        return str(held)
    return as_number(one.component, held)


def _checkbox(one: Field, held: Any, context: Mapping[str, Any]) -> Any:
    return held is True


def _choice(one: Field, held: Any, context: Mapping[str, Any]) -> Any:
    if one.component.get("valuesExpression"):
        return held
    return held if options.offered(held, options.source(one.component, context)) else None


def _choices(one: Field, held: Any, context: Mapping[str, Any]) -> Any:
    if one.component.get("valuesExpression"):
        return held
    known = options.source(one.component, context)
    return [item for item in held if options.offered(item, known)] if isinstance(held, list) else []


def _date(one: Field, held: Any, context: Mapping[str, Any]) -> Any:
    pattern = _DATES.get(one.component.get("subtype", "date"))
    fits = isinstance(held, str) and held != "" and (pattern is None or pattern.fullmatch(held))
    return held if fits else None


_FITTED: Mapping[str, Callable[[Field, Any, Mapping[str, Any]], Any]] = {
    "textfield": _text,
    "textarea": _text,
    "number": _number,
    "checkbox": _checkbox,
    "select": _choice,
    "radio": _choice,
    "checklist": _choices,
    "taglist": _choices,
    "datetime": _date,
}
