"""The check of what a form sent: the client's rules again, and what the client does not check.

How each kind of field is treated:
- `disabled`: the browser shows it and sends nothing; whatever is sent is dropped.
- `readonly`: the browser sends what it showed; the task's own value (or the default) takes its place.
- a key that no field has is refused, so that a misspelt or an unwanted variable is never set through a form.
- a field that was not sent counts as empty: an error if it is required, else its variable is left alone.

A number stays as it was sent; with `serializeToString` it comes as text and becomes a Decimal, so that no digit is
lost. Limits are compared as Decimals.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal, localcontext
from typing import Any

from stellwerk.errors import FieldError, InvalidInput
from stellwerk.forms import patterns
from stellwerk.forms.schema import CHOICES, TEXTS, Component, Field, fields, number, validate_schema

MAX_TEXT = 100_000  # UTF-16 units of one text field
MAX_ERRORS = 50
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_EMAIL = rf"^[a-zA-Z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_LABEL}(?:\.{_LABEL})*$"
# An international number after ITU E.164: + or 00, a country code, the rest. Like the browser's, it is a search.
_PHONE = r"(?:\+|00)[1-9]\d{5,29}$"
_ABSENT = object()
Found = tuple[str, str]  # rule, message


def check(
    schema: Mapping[str, Any],
    values: Mapping[str, Any],
    context: Mapping[str, Any] | None = None,
    *,
    today: date | None = None,
) -> dict[str, Any]:
    """Return the variables to set. Raises InvalidInput with one error for each wrong field, in the form's order.

    `context` holds the variables that the form was opened with; `today` is needed by `disallowPassedDates`.
    """
    unusable = validate_schema(schema)
    if unusable:
        raise InvalidInput([FieldError("", "form", f"The form cannot be checked: {unusable[0].message}")])
    context = context or {}
    asked = fields(schema)
    errors = _unknown(asked, values)
    clean: dict[str, Any] = {}
    for one in asked:
        value, found = _field(one, values.get(one.key, _ABSENT), context, today)
        if found:
            errors.append(FieldError(one.key, *found))
        elif value is not _ABSENT:
            clean[one.key] = value
    if errors:
        raise InvalidInput(errors[:MAX_ERRORS])
    return clean


def _unknown(asked: tuple[Field, ...], values: Mapping[str, Any]) -> list[FieldError]:
    known = {one.key for one in asked}
    names = ", ".join(sorted(known)) or "none"
    return [
        FieldError(str(key), "unknown", f"The form has no field '{str(key)[:80]}'. Its fields are: {names[:500]}.")
        for key in values
        if key not in known
    ]


def _field(one: Field, sent: Any, context: Mapping[str, Any], today: date | None) -> tuple[Any, Found | None]:
    if one.disabled:
        return _ABSENT, None
    if one.readonly:
        return context.get(one.key, _default(one)), None
    empty = sent is _ABSENT or _is_empty(one, sent)
    if empty:
        if one.required:
            return sent, ("required", _required(one))
        return (_ABSENT if sent is _ABSENT else _empty_value(one)), None
    value, found = _KINDS[one.type](one, sent, context)
    if found is None and one.type == "datetime":
        found = _passed(one, value, today)
    return value, found


def _default(one: Field) -> Any:
    """The default as its type: a number may be written as text."""
    value = one.component.get("defaultValue", _ABSENT)
    if one.type != "number" or not isinstance(value, str):
        return value
    exact = number(value)
    if exact is None or one.component.get("serializeToString") is True:
        return exact
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def _is_empty(one: Field, value: Any) -> bool:
    """What form-js holds for unset; a checkbox that is false is unset only for `required`."""
    return value is None or value == "" or (one.type == "checkbox" and value is False)


def _empty_value(one: Field) -> Any:
    return "" if one.type in TEXTS else False if one.type == "checkbox" else None


def _required(one: Field) -> str:
    if one.type == "checkbox":
        return f"'{one.label}' must be ticked."
    return f"Choose '{one.label}'." if one.type in CHOICES else f"Fill in '{one.label}'."


# -- one function for each kind: (field, value that is not empty, context) -> the clean value, what is wrong


def _text(one: Field, value: Any, context: Mapping[str, Any]) -> tuple[Any, Found | None]:
    if not isinstance(value, str):
        return value, ("type", f"'{one.label}' must be a text.")
    return value, next(_of_text(one.label, one.rules, value), None)


def _of_text(label: str, rules: Component, text: str) -> Iterator[Found]:
    size = patterns.length(text.strip(patterns.WHITE_SPACE))
    if patterns.length(text) > MAX_TEXT:
        yield "size", f"'{label}' is longer than {MAX_TEXT} characters. Shorten it."
        return
    if rules.get("pattern") and not patterns.search(rules["pattern"], text):
        yield "pattern", rules.get("patternErrorMessage") or f"'{label}' does not have the form '{rules['pattern']}'."
    if _limit(rules, "minLength") is not None and size < rules["minLength"]:
        yield "minLength", f"'{label}' must have at least {rules['minLength']} characters; it has {size}."
    if _limit(rules, "maxLength") is not None and size > rules["maxLength"]:
        yield "maxLength", f"'{label}' may have at most {rules['maxLength']} characters; it has {size}."
    kind = rules.get("validationType")
    if kind == "phone" and not patterns.search(_PHONE, text):
        yield "phone", f"'{label}' must be an international phone number, for example +4930664040900."
    if kind == "email" and not patterns.search(_EMAIL, text):
        yield "email", f"'{label}' must be an e-mail address, for example name@example.com."


def _limit(rules: Component, name: str) -> Any:
    value = rules.get(name)
    return None if value == "" else value


def _number(one: Field, value: Any, context: Mapping[str, Any]) -> tuple[Any, Found | None]:
    exact = number(value)
    as_text = one.component.get("serializeToString") is True
    if exact is None or (isinstance(value, str) and not as_text):
        return value, ("type", f"'{one.label}' must be a number.")
    return (exact if as_text else value), next(_of_number(one, exact), None)


def _of_number(one: Field, value: Decimal) -> Iterator[Found]:
    digits = one.component.get("decimalDigits")
    if digits is not None and -_exponent(value) > digits:
        yield (
            "decimalDigits",
            f"'{one.label}' must be a whole number."
            if digits == 0
            else (f"'{one.label}' may have at most {digits} digits after the point."),
        )
    increment = one.component.get("increment")
    if increment not in (None, "") and not _is_multiple(value, Decimal(str(increment))):
        yield "increment", f"'{one.label}' must be a multiple of {increment}."
    low, high = _limit(one.rules, "min"), _limit(one.rules, "max")
    if low is not None and value < Decimal(str(low)):
        yield "min", f"'{one.label}' must be at least {low}."
    if high is not None and value > Decimal(str(high)):
        yield "max", f"'{one.label}' may be at most {high}."


def _exponent(value: Decimal) -> int:
    """The power of ten of the last digit that counts: 1.50 has -1."""
    if not value:
        return 0
    _, digits, exponent = value.as_tuple()
    trailing = len(digits) - len("".join(map(str, digits)).rstrip("0"))
    return int(exponent) + trailing


def _is_multiple(value: Decimal, step: Decimal) -> bool:
    with localcontext() as exact:
        exact.prec = 1_700  # both are within 10**±400, and their digits are counted
        return value % step == 0


def _checkbox(one: Field, value: Any, context: Mapping[str, Any]) -> tuple[Any, Found | None]:
    return value, None if isinstance(value, bool) else ("type", f"'{one.label}' must be true or false.")


def _choice(one: Field, value: Any, context: Mapping[str, Any]) -> tuple[Any, Found | None]:
    if any(_same(value, option) for option in options(one.component, context)):
        return value, None
    return value, ("option", f"'{one.label}' has no option {str(value)[:80]!r}. Choose one of those that it offers.")


def options(component: Component, context: Mapping[str, Any]) -> Iterator[Any]:
    """The values that may be chosen: the schema's own, or those of the variable that `valuesKey` names."""
    source = context.get(component["valuesKey"]) if component.get("valuesKey") else component.get("values")
    for option in source if isinstance(source, list) else ():
        value = option.get("value") if isinstance(option, Mapping) else option
        if value is not None and value != "":
            yield value


def _same(value: Any, option: Any) -> bool:
    """Equal as JavaScript sees it: a text is not a number, true is not 1."""
    if isinstance(value, bool) or isinstance(option, bool):
        return value is option
    numbers = (int, float, Decimal)
    if isinstance(value, numbers) and isinstance(option, numbers):
        return number(value) == number(option)
    return type(value) is type(option) and bool(value == option)


def _date(one: Field, value: Any, context: Mapping[str, Any]) -> tuple[Any, Found | None]:
    wrong = ("date", f"'{one.label}' must be a date that exists, written YYYY-MM-DD.")
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return value, wrong
    try:
        date.fromisoformat(value)
    except ValueError:
        return value, wrong
    return value, None


def _passed(one: Field, value: Any, today: date | None) -> Found | None:
    """The reader's own day may be one earlier than the server's."""
    if today is None or not one.component.get("disallowPassedDates"):
        return None
    if date.fromisoformat(value) >= today - timedelta(days=1):
        return None
    return "passed", f"'{one.label}' must not lie in the past."


_KINDS: Mapping[str, Callable[[Field, Any, Mapping[str, Any]], tuple[Any, Found | None]]] = {
    "textfield": _text,
    "textarea": _text,
    "number": _number,
    "checkbox": _checkbox,
    "select": _choice,
    "radio": _choice,
    "datetime": _date,
}
