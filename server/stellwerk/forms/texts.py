"""The FEEL of a form, read when the form is deployed: which texts are expressions, and what is wrong with them."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator
from typing import Any

from stellwerk import feel
from stellwerk.errors import Severity
from stellwerk.forms.expressions import Names, condition, expression
from stellwerk.forms.schema import Component, is_expression
from stellwerk.forms.templates import TemplateError, parts_of

# What form-js evaluates, by the place in a component.
CONDITIONS = ("conditional.hide", "readonly")
VALUES = ("expression", "valuesExpression", "dataSource", "columnsExpression")
LIMITS = ("validate.min", "validate.max", "validate.minLength", "validate.maxLength")
TEMPLATES = (
    *("label", "dateLabel", "timeLabel", "description", "text", "content", "source", "alt"),
    *("appearance.prefixAdorner", "appearance.suffixAdorner"),
)
# What it takes as it is: an expression there is a text like another.
FIXED = (
    *("disabled", "defaultValue", "decimalDigits", "increment", "subtype", "valuesKey", "validate.required"),
    *(
        "validate.validationType",
        "defaultRepetitions",
        "isRepeating",
        "allowAddRemove",
        "rowCount",
        "disallowPassedDates",
    ),
)
_ALWAYS = frozenset({"this", "parent", "i", "_this_", "_parent_", "_i_", "item", "partial", "?"})
Finding = tuple[str, str, Severity]  # rule, what is wrong, severity


def place(component: Component, name: str) -> Any:
    """`validate.min` of a component."""
    found: Any = component
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def of_texts(component: Component, names: Names, known: Collection[str]) -> Iterator[Finding]:
    """`names` need the longest match to be read; `known` are all that the form has."""
    for name in FIXED:
        if is_expression(place(component, name)):
            text = f"decides '{name}' by an expression, which form-js does not evaluate. Write a fixed value."
            yield "form-expression", text, "error"
    for name in (*CONDITIONS, *VALUES):
        value = place(component, name)
        if isinstance(value, str) and value and not value.startswith("="):
            text = f"has the '{name}' '{value[:80]}', which is no expression. Begin it with '=': '={value[:80]}'."
            yield "form-expression", text, "error"
    for name in (*CONDITIONS, *VALUES, *LIMITS):
        value = place(component, name)
        if is_expression(value):
            yield from _of_feel(name, value, names, known)
    for name in TEMPLATES:
        value = place(component, name)
        if isinstance(value, str):
            yield from _of_template(name, value, names, known)


def _of_feel(name: str, text: str, names: Names, known: Collection[str], inner: bool = False) -> Iterator[Finding]:
    try:
        reads = condition(text, names).names if name in CONDITIONS else expression(text, names).names
    except feel.FeelSyntaxError as error:
        yield "form-feel", f"has the '{name}' '{text[:200]}', which is not FEEL: {error}", "error"
        return
    for unknown in reads:
        meant = None if inner else _meant(unknown, known)
        if meant:
            text = f"reads '{unknown}' in '{name}', which is no field. If it is no variable, '{meant}' is meant."
            yield "form-name", text, "warning"


def _meant(name: str, known: Collection[str]) -> str | None:
    """The field that was nearly named. A plural is another name."""
    if name in known or name in _ALWAYS:
        return None
    found = next(iter(difflib.get_close_matches(name, known, 1, 0.8)), None)
    return None if found is None or found.rstrip("s") == name.rstrip("s") else found


def _of_template(name: str, text: str, names: Names, known: Collection[str]) -> Iterator[Finding]:
    try:
        for part in parts_of(text):
            yield from _of_feel(name, part.text, names, known, part.inner)
    except TemplateError as error:
        yield "form-template", f"has the '{name}' '{text[:80]}', in which {error}.", "error"
