"""What a form asks for: its fields as a tree, read from form-js's schema (`{"components": [...]}`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

Component = Mapping[str, Any]

TEXTS = frozenset({"textfield", "textarea"})
CHOICES = frozenset({"select", "radio"})
LISTS = frozenset({"checklist", "taglist"})  # several of the options
OPTIONS = CHOICES | LISTS
COMPUTED = "expression"
INPUTS = TEXTS | OPTIONS | {"number", "checkbox", "datetime", COMPUTED}
GROUPS = frozenset({"group", "dynamiclist"})
SHOWN = frozenset({"text", "html", "image", "table", "separator", "spacer", "button"})  # they hold no value
SUPPORTED = INPUTS | GROUPS | SHOWN

MAX_DEPTH = 10
MAX_ROWS = 1_000


@dataclass(frozen=True)
class Field:
    """A component that holds data: an input, a group, or a list of rows.

    `path` is its own part of the place of its value: of an input never empty, of a group mostly.
    """

    type: str
    path: tuple[str, ...]
    component: Component = field(default_factory=dict, repr=False)
    fields: tuple[Field, ...] = ()

    @property
    def key(self) -> str:
        return ".".join(self.path)

    @property
    def label(self) -> str:
        return label_of(self.component)

    @property
    def is_input(self) -> bool:
        return self.type in INPUTS

    @property
    def repeats(self) -> bool:
        return self.type == "dynamiclist" and self.component.get("isRepeating", True) is True

    @property
    def is_computed(self) -> bool:
        return self.type == COMPUTED

    @property
    def rules(self) -> Component:
        rules = self.component.get("validate")
        return rules if isinstance(rules, Mapping) else {}

    @property
    def required(self) -> bool:
        return self.rules.get("required") is True

    @property
    def disabled(self) -> bool:
        return self.component.get("disabled") is True

    @property
    def readonly(self) -> bool:
        """Always; whether it is now may also be an expression."""
        return self.component.get("readonly") is True

    @property
    def hide(self) -> str | None:
        conditional = self.component.get("conditional")
        hide = conditional.get("hide") if isinstance(conditional, Mapping) else None
        return hide if isinstance(hide, str) and hide else None


def read(container: Component, depth: int = 0) -> tuple[Field, ...]:
    """What holds data below a form or a group, as a tree."""
    if depth > MAX_DEPTH:
        return ()
    return tuple(
        Field(c["type"], path_of(c), c, read(c, depth + 1) if c["type"] in GROUPS else ())
        for c in components(container)
        if c.get("type") in GROUPS or (c.get("type") in INPUTS and path_of(c))
    )


def fields(schema: Component) -> tuple[Field, ...]:
    """The inputs in the order of the schema; those of groups and lists are in place of these."""
    return tuple(_inputs(read(schema)))


def _inputs(found: tuple[Field, ...]) -> Iterator[Field]:
    for one in found:
        if one.is_input:
            yield one
        else:
            yield from _inputs(one.fields)


def variables(schema: Component) -> frozenset[str]:
    """The variables that a form sets, in whole or in part."""
    return frozenset(_first(read(schema)))


def _first(found: tuple[Field, ...]) -> Iterator[str]:
    for one in found:
        if one.path:
            yield one.path[0]
        else:
            yield from _first(one.fields)


def components(container: Component) -> Iterator[Component]:
    found = container.get("components")
    for component in found if isinstance(found, list) else ():
        if isinstance(component, Mapping):
            yield component


def path_of(component: Component) -> tuple[str, ...]:
    text = component.get("path" if component.get("type") in GROUPS else "key")
    return tuple(text.split(".")) if isinstance(text, str) and text else ()


def label_of(component: Component) -> str:
    """The words above the input, as a message names it; its key where they are made by an expression."""
    for name in ("label", "dateLabel", "timeLabel"):
        words = component.get(name)
        if isinstance(words, str) and words and not words.startswith("=") and "{{" not in words:
            return words
    return str(component.get("key") or component.get("path") or "")


def number(value: Any) -> Decimal | None:
    """A JSON number, or a text that JavaScript's `Number` reads, exactly; None when it is neither, or not finite."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    if isinstance(value, str) and ("_" in value or not value.isascii() or len(value) > 400):
        return None
    if isinstance(value, int) and value.bit_length() > 1300:  # more digits than a text may have
        return None
    try:
        found = Decimal(str(value).strip()) if isinstance(value, str | float) else Decimal(value)
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found.adjusted()) <= 400 else None


def as_number(component: Component, value: Any) -> Any:
    """A number that is written as text, as the field holds it."""
    exact = number(value)
    if exact is None or not isinstance(value, str) or component.get("serializeToString") is True:
        return exact if isinstance(value, str) else value
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def is_expression(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("=")
