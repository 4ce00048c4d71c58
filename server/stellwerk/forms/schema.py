"""What a form asks for, and whether this version can check it.

The schema is form-js's (`{"type": "default", "components": [...]}`). What decides something (which values are
allowed, whether a field is shown) must be checkable on the server, so an expression there is refused at deployment.
Expressions and templates that only show something (labels, help, texts) stay with the browser.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from stellwerk.errors import Problem, Severity
from stellwerk.forms.patterns import PatternError, compiled

Component = Mapping[str, Any]

TEXTS = frozenset({"textfield", "textarea"})
CHOICES = frozenset({"select", "radio"})
INPUTS = TEXTS | CHOICES | {"number", "checkbox", "datetime"}
SHOWN = frozenset({"text", "separator", "spacer", "button"})  # they hold no value
SUPPORTED = INPUTS | SHOWN | {"group"}

MAX_COMPONENTS = 500
MAX_DEPTH = 10
MAX_OPTIONS = 2_000
_RULES = frozenset(
    {"required", "min", "max", "minLength", "maxLength", "pattern", "patternErrorMessage", "validationType"}
)
# Rule -> the component types that it means something for.
_RULE_TYPES: Mapping[str, frozenset[str]] = {
    "min": frozenset({"number"}),
    "max": frozenset({"number"}),
    "minLength": TEXTS,
    "maxLength": TEXTS,
    "pattern": TEXTS,
    "validationType": TEXTS,
}
# A form-js schema may say with these that something is decided while the form is filled in.
_DECIDING = ("readonly", "disabled", "defaultValue", "decimalDigits", "increment", "subtype", "valuesKey")


@dataclass(frozen=True)
class Field:
    """One input of a form. `type` is form-js's component type; `options` are static ones only."""

    key: str
    type: str
    label: str
    required: bool = False
    readonly: bool = False
    disabled: bool = False
    component: Component = field(default_factory=dict, repr=False)

    @property
    def rules(self) -> Component:
        rules = self.component.get("validate")
        return rules if isinstance(rules, Mapping) else {}


def fields(schema: Mapping[str, Any]) -> tuple[Field, ...]:
    """The inputs in the order of the schema; a group's are in place of the group."""
    return tuple(_field(c) for c, _ in _walk(schema) if c.get("type") in INPUTS and isinstance(c.get("key"), str))


def label_of(component: Component) -> str:
    """The words above the input, as a message names it."""
    words = component.get("label") or component.get("dateLabel") or component.get("key") or ""
    return str(words)


def _field(component: Component) -> Field:
    rules = component.get("validate")
    return Field(
        key=component["key"],
        type=component["type"],
        label=label_of(component),
        required=isinstance(rules, Mapping) and rules.get("required") is True,
        readonly=component.get("readonly") is True,
        disabled=component.get("disabled") is True,
        component=component,
    )


def _walk(container: Mapping[str, Any], depth: int = 0) -> Iterator[tuple[Component, int]]:
    components = container.get("components")
    for component in components if isinstance(components, list) else ():
        if not isinstance(component, Mapping):
            continue
        yield component, depth
        if component.get("type") == "group" and depth < MAX_DEPTH:
            yield from _walk(component, depth + 1)


def validate_schema(schema: Any, *, file: str = "") -> tuple[Problem, ...]:
    """All that stands against using this form, by name; empty when it can be used."""
    shape = _shape(schema)
    if shape:
        return (_problem(file, {}, "form-shape", shape),)
    found: list[Problem] = []
    seen: set[str] = set()
    for component, depth in _walk(schema):
        found += [_problem(file, component, rule, text) for rule, text in _of_component(component, depth)]
        key = component.get("key")
        if component.get("type") in INPUTS and isinstance(key, str):
            if key in seen:
                found.append(
                    _problem(file, component, "form-key-twice", f"uses the key '{key}' again. Give it another.")
                )
            seen.add(key)
    return tuple(found)


def _shape(schema: Any) -> str | None:
    if not isinstance(schema, Mapping):
        return "The form is not a JSON object. Export it again as a form-js schema."
    components = schema.get("components")
    if not isinstance(components, list) or any(not isinstance(c, Mapping) for c in components):
        return "The form has no list 'components'. Export it again as a form-js schema."
    if sum(1 for _ in _walk(schema)) > MAX_COMPONENTS:
        return f"The form has more than {MAX_COMPONENTS} components. Split it into several tasks."
    return None


def _problem(file: str, component: Component, rule: str, text: str, severity: Severity = "error") -> Problem:
    name = label_of(component) or None
    id = component.get("id") or component.get("key")
    if component:
        text = f"Form field '{name or id or component.get('type')}' {text}"
    return Problem(file, None, str(id) if id else None, name, rule, text, severity)


def _of_component(component: Component, depth: int) -> Iterator[tuple[str, str]]:
    kind = component.get("type")
    if kind not in SUPPORTED:
        names = ", ".join(sorted(SUPPORTED))
        yield "form-type", f"is of type '{kind}', which is not supported yet. Supported are: {names}."
        return
    yield from _of_layout(component, depth)
    if kind not in INPUTS:
        return
    yield from _of_key(component)
    for name in _DECIDING:
        if _is_expression(component.get(name)):
            yield (
                "form-expression",
                f"decides '{name}' by an expression, which is not supported yet. Write a fixed value.",
            )
    yield from _of_kind(component)
    yield from _of_rules(component)


def _of_layout(component: Component, depth: int) -> Iterator[tuple[str, str]]:
    conditional = component.get("conditional")
    if isinstance(conditional, Mapping) and conditional.get("hide"):
        yield (
            "form-condition",
            "is hidden by a condition, which is not supported yet. Show it always, or use two tasks.",
        )
    if component.get("type") != "group":
        return
    if component.get("path"):
        yield "form-path", "is a group with a path, which is not supported yet. Remove the path."
    if component.get("isRepeating"):
        yield "form-repeat", "is a list of fields, which is not supported yet. Use single fields."
    if not isinstance(component.get("components", []), list):
        yield "form-shape", "is a group without a list 'components'. Export the form again."
    if depth >= MAX_DEPTH:
        yield "form-depth", f"is nested deeper than {MAX_DEPTH} groups. Flatten the form."


def _of_key(component: Component) -> Iterator[tuple[str, str]]:
    key = component.get("key")
    if not isinstance(key, str) or not key or len(key) > 200:
        yield "form-key", "has no key. Give it the name of the variable that it fills."
    elif "." in key:
        yield "form-key", f"has the key '{key}'; nested values are not supported yet. Use a key without a dot."


def _of_kind(component: Component) -> Iterator[tuple[str, str]]:
    kind = component["type"]
    if kind == "datetime" and component.get("subtype", "date") != "date":
        yield "form-date", f"asks for '{component.get('subtype')}'; only the subtype 'date' is supported yet."
    if kind == "number":
        digits = component.get("decimalDigits")
        if digits is not None and not _is_expression(digits) and (not _whole(digits) or digits > 100):
            yield "form-number", "has a number of decimal digits that is no whole number from 0 to 100."
        increment = component.get("increment")
        if increment not in (None, "") and not _is_expression(increment) and not _positive(increment):
            yield "form-number", f"has the increment '{increment}', which is no number above 0."
    if kind in CHOICES:
        yield from _of_options(component)


def _of_options(component: Component) -> Iterator[tuple[str, str]]:
    if component.get("valuesExpression"):
        yield "form-expression", "takes its options from an expression, which is not supported yet. List them."
        return
    if component.get("valuesKey"):
        return
    options = component.get("values")
    if not isinstance(options, list) or not options:
        yield "form-options", "has no options. List at least one under 'values'."
    elif len(options) > MAX_OPTIONS:
        yield "form-options", f"has more than {MAX_OPTIONS} options. Split the question."


def _of_rules(component: Component) -> Iterator[tuple[str, str]]:
    rules = component.get("validate")
    if rules is None:
        return
    if not isinstance(rules, Mapping):
        yield "form-rule", "has rules that are no object. Export the form again."
        return
    for name, value in rules.items():
        if name not in _RULES:
            yield "form-rule", f"has the rule '{name}', which is not supported."
        elif _is_expression(value) and name not in ("pattern", "patternErrorMessage"):
            yield (
                "form-expression",
                f"decides '{name}' by an expression, which is not supported yet. Write a fixed value.",
            )
        elif component["type"] not in _RULE_TYPES.get(name, INPUTS) and value not in (None, ""):
            yield "form-rule", f"has the rule '{name}', which means nothing for the type '{component['type']}'."
        else:
            yield from _of_rule(name, value)


def _of_rule(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    if name in ("min", "max") and value != "" and number(value) is None:
        yield "form-rule", f"has the limit '{name}' '{value}', which is no number."
    elif name in ("minLength", "maxLength") and value != "" and not _whole(value):
        yield "form-rule", f"has the limit '{name}' '{value}', which is no whole number."
    elif name == "required" and not isinstance(value, bool):
        yield "form-rule", "has a rule 'required' that is neither true nor false."
    elif name == "validationType" and value not in ("", "custom", "email", "phone"):
        yield "form-rule", f"has the validation type '{value}'. Known are: custom, email, phone."
    elif name == "pattern":
        yield from _of_pattern(value)


def _of_pattern(pattern: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(pattern, str):
        yield "form-pattern", "has a pattern that is no text."
        return
    try:
        compiled(pattern)
    except PatternError as error:
        yield "form-pattern", f"has the pattern '{pattern[:80]}', which {error}."


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


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _positive(value: Any) -> bool:
    found = number(value)
    return found is not None and found > 0


def _is_expression(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("=")
