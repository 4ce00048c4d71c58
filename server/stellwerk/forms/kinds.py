"""What may be wrong with a value that is not empty, for each kind of field.

A number stays as it was sent; with `serializeToString` it comes as text and becomes a Decimal, so that no digit is
lost. Limits are compared as Decimals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, localcontext
from typing import Any

from stellwerk.forms import moments, options, patterns
from stellwerk.forms.schema import OPTIONS, Component, Field, number

MAX_TEXT = 100_000  # UTF-16 units of one text field
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_EMAIL = rf"^[a-zA-Z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_LABEL}(?:\.{_LABEL})*$"
# An international number after ITU E.164: + or 00, a country code, the rest. Like the browser's, it is a search.
_PHONE = r"(?:\+|00)[1-9]\d{5,29}$"
Found = tuple[str, str]  # rule, message


@dataclass(frozen=True)
class Asked:
    """A field, its rules with their limits evaluated, the options that it offers, and the day."""

    field: Field
    rules: Component
    options: Any = None
    today: date | None = None

    @property
    def label(self) -> str:
        return self.field.label

    @property
    def component(self) -> Component:
        return self.field.component


def fault_of(one: Asked, value: Any) -> tuple[Any, Found | None]:
    """The clean value, and what is wrong with it."""
    return _KINDS[one.field.type](one, value)


def required_of(field: Field) -> str:
    if field.type == "checkbox":
        return f"'{field.label}' must be ticked."
    return f"Choose '{field.label}'." if field.type in OPTIONS else f"Fill in '{field.label}'."


# -- one function for each kind: (what is asked, value that is not empty) -> the clean value, what is wrong


def _text(one: Asked, value: Any) -> tuple[Any, Found | None]:
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


def _number(one: Asked, value: Any) -> tuple[Any, Found | None]:
    exact = number(value)
    as_text = one.component.get("serializeToString") is True
    if exact is None or (isinstance(value, str) and not as_text):
        return value, ("type", f"'{one.label}' must be a number.")
    return (exact if as_text else value), next(_of_number(one, exact), None)


def _of_number(one: Asked, value: Decimal) -> Iterator[Found]:
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


def _checkbox(one: Asked, value: Any) -> tuple[Any, Found | None]:
    return value, None if isinstance(value, bool) else ("type", f"'{one.label}' must be true or false.")


def _choice(one: Asked, value: Any) -> tuple[Any, Found | None]:
    return value, None if options.offered(value, one.options) else _no_option(one, value)


def _choices(one: Asked, value: Any) -> tuple[Any, Found | None]:
    if not isinstance(value, list):
        return value, ("type", f"'{one.label}' must be a list of options.")
    known = list(options.values_of(one.options))
    for at, item in enumerate(value):
        if not any(options.same(item, option) for option in known):
            return value, _no_option(one, item)
        if any(options.same(item, other) for other in value[:at]):
            return value, ("option", f"'{one.label}' has {str(item)[:80]!r} twice. Choose each option once.")
    return value, None


def _no_option(one: Asked, value: Any) -> Found:
    return "option", f"'{one.label}' has no option {str(value)[:80]!r}. Choose one of those that it offers."


def _moment(one: Asked, value: Any) -> tuple[Any, Found | None]:
    kind, clock = one.component.get("subtype", "date"), one.component.get("timeSerializingFormat")
    day = moments.day_of(value, kind, clock)
    if day is None:
        how = moments.example(kind, clock)
        return value, ("date", f"'{one.label}' must be a {moments.NAMES[kind]} that exists, written {how}.")
    if kind == "time" or one.today is None or not one.component.get("disallowPassedDates"):
        return value, None
    if day >= one.today - timedelta(days=1):  # the reader's own day may be one earlier than the server's
        return value, None
    return value, ("passed", f"'{one.label}' must not lie in the past.")


_KINDS: Mapping[str, Callable[[Asked, Any], tuple[Any, Found | None]]] = {
    "textfield": _text,
    "textarea": _text,
    "number": _number,
    "checkbox": _checkbox,
    "select": _choice,
    "radio": _choice,
    "checklist": _choices,
    "taglist": _choices,
    "datetime": _moment,
}
