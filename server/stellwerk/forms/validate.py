"""Whether this version can show and check a form: asked when it is deployed.

What decides something (which values are allowed, whether a field is shown) must be checkable on the server, so what
cannot be checked is refused by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stellwerk.errors import Problem, Severity
from stellwerk.forms.claims import double_claims
from stellwerk.forms.cycles import cycles
from stellwerk.forms.expressions import special
from stellwerk.forms.patterns import PatternError, compiled
from stellwerk.forms.schema import (
    COMPUTED,
    GROUPS,
    INPUTS,
    MAX_DEPTH,
    MAX_ROWS,
    OPTIONS,
    SUPPORTED,
    TEXTS,
    Component,
    Field,
    components,
    is_expression,
    label_of,
    number,
    read,
    whole,
)
from stellwerk.forms.texts import of_texts

MAX_COMPONENTS = 500
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
_WHY_NOT = {
    "filepicker": "Files cannot be kept with an instance. Ask for an address or a name instead",
    "documentPreview": "Files cannot be kept with an instance. Show a link instead",
    "iframe": "Pages show nothing of other sites. Show a link instead",
}
Finding = tuple[str, str, Severity]


def validate_schema(schema: Any, *, file: str = "") -> tuple[Problem, ...]:
    """All that stands against using this form, by name, and warnings; empty when there is nothing to say."""
    shape = _shape(schema)
    if shape:
        return (_problem(file, {}, "form-shape", shape),)
    tree = read(schema)
    known = {*names_in(tree), *_keys(schema)}
    names = special(known)
    found: list[Problem] = []
    for component, above in _walk(schema):
        for rule, text in _of_component(component, above):
            found.append(_problem(file, component, rule, text))
        for rule, text, severity in of_texts(component, names, known):
            found.append(_problem(file, component, rule, text, severity))
    for component, text in double_claims(tree):
        found.append(_problem(file, component, "form-key-twice", text))
    if not found:
        found += [_problem(file, component, "form-cycle", text) for component, text in cycles(tree)]
    return tuple(found)


def names_in(fields: tuple[Field, ...]) -> Iterator[str]:
    """All names that the fields have in the data, at any depth."""
    for one in fields:
        yield from one.path
        yield from names_in(one.fields)


def _keys(schema: Component) -> Iterator[str]:
    """The variables that options come from."""
    for component, _ in _walk(schema):
        if isinstance(component.get("valuesKey"), str):
            yield component["valuesKey"]


def _walk(container: Component, above: tuple[Component, ...] = ()) -> Iterator[tuple[Component, tuple[Component, ...]]]:
    for component in components(container):
        yield component, above
        if component.get("type") in GROUPS and len(above) < MAX_DEPTH:
            yield from _walk(component, (*above, component))


def _shape(schema: Any) -> str | None:
    if not isinstance(schema, Mapping):
        return "The form is not a JSON object. Export it again as a form-js schema."
    found = schema.get("components")
    if not isinstance(found, list) or any(not isinstance(c, Mapping) for c in found):
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


def _of_component(component: Component, above: tuple[Component, ...]) -> Iterator[tuple[str, str]]:
    kind = component.get("type")
    if kind not in SUPPORTED:
        names = ", ".join(sorted(SUPPORTED))
        why = _WHY_NOT.get(str(kind), f"Supported are: {names}")
        yield "form-type", f"is of type '{kind}', which is not supported. {why}."
        return
    if kind in GROUPS:
        yield from _of_group(component, len(above))
    if kind not in INPUTS:
        return
    yield from _of_path(component, "key")
    yield from _of_readonly(component, above)
    yield from _of_kind(component)
    yield from _of_rules(component)


def _of_group(component: Component, depth: int) -> Iterator[tuple[str, str]]:
    is_list = component["type"] == "dynamiclist"
    if is_list or component.get("path"):
        yield from _of_path(component, "path")
    if not is_list and component.get("isRepeating"):
        yield "form-repeat", "is a group that repeats. Use the type 'dynamiclist'."
    repetitions = component.get("defaultRepetitions", 1)
    if not is_expression(repetitions) and not (whole(repetitions) and repetitions <= MAX_ROWS):
        yield "form-repeat", f"has a 'defaultRepetitions' that is no whole number from 0 to {MAX_ROWS}."
    if not isinstance(component.get("components", []), list):
        yield "form-shape", "is a group without a list 'components'. Export the form again."
    if depth >= MAX_DEPTH:
        yield "form-depth", f"is nested deeper than {MAX_DEPTH} groups. Flatten the form."


def _of_path(component: Component, name: str) -> Iterator[tuple[str, str]]:
    path = component.get(name)
    if not isinstance(path, str) or not path or len(path) > 200:
        yield f"form-{name}", f"has no {name}. Give it the name of the variable that it fills."
    elif not all(path.split(".")):
        yield f"form-{name}", f"has the {name} '{path}', of which a part is empty. Remove the dot."


def _of_readonly(component: Component, above: tuple[Component, ...]) -> Iterator[tuple[str, str]]:
    held = [component, *above]
    if any(c.get("readonly") for c in held) and any(
        c["type"] == "dynamiclist" and c.get("allowAddRemove", True) for c in above
    ):
        yield (
            "form-readonly",
            "is read-only in a list whose rows can be removed: nobody could tell which value it had. "
            "Set 'allowAddRemove' of the list to false, or show the value in a text.",
        )


def _of_kind(component: Component) -> Iterator[tuple[str, str]]:
    kind = component["type"]
    if kind == "datetime" and component.get("subtype", "date") not in ("date", "time", "datetime"):
        yield "form-date", f"asks for '{component.get('subtype')}'. The subtypes are: date, time, datetime."
    if kind == COMPUTED and not component.get("expression"):
        yield "form-expression", "has no expression. Write how it is computed, beginning with '='."
    if kind == "number":
        yield from _of_digits(component)
    if kind in OPTIONS:
        yield from _of_options(component)


def _of_digits(component: Component) -> Iterator[tuple[str, str]]:
    digits = component.get("decimalDigits")
    if digits is not None and not is_expression(digits) and (not whole(digits) or digits > 100):
        yield "form-number", "has a number of decimal digits that is no whole number from 0 to 100."
    increment = component.get("increment")
    if increment not in (None, "") and not is_expression(increment) and not _positive(increment):
        yield "form-number", f"has the increment '{increment}', which is no number above 0."


def _of_options(component: Component) -> Iterator[tuple[str, str]]:
    sources = [name for name in ("values", "valuesKey", "valuesExpression") if component.get(name)]
    if len(sources) > 1:
        yield "form-options", f"takes its options from {' and '.join(sources)}. Keep one of them."
    if "values" not in sources:
        if not sources:
            yield "form-options", "has no options. List at least one under 'values'."
        return
    options = component["values"]
    if not isinstance(options, list):
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
        elif is_expression(value) and name not in ("pattern", "patternErrorMessage"):
            continue  # `texts` reads it
        elif component["type"] not in _types_of(name) and value not in (None, "", False):
            yield "form-rule", f"has the rule '{name}', which means nothing for the type '{component['type']}'."
        else:
            yield from _of_rule(name, value)


def _types_of(rule: str) -> frozenset[str]:
    return _RULE_TYPES.get(rule, INPUTS - {COMPUTED})


def _of_rule(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    if name in ("min", "max") and value != "" and number(value) is None:
        yield "form-rule", f"has the limit '{name}' '{value}', which is no number."
    elif name in ("minLength", "maxLength") and value != "" and not whole(value):
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


def _positive(value: Any) -> bool:
    found = number(value)
    return found is not None and found > 0
