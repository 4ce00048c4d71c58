"""Limits that are FEEL: `min`, `max`, `minLength` and `maxLength` of one field, evaluated. null is no limit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stellwerk.forms.expressions import Evaluator, Failed
from stellwerk.forms.schema import is_expression, number
from stellwerk.forms.state import Instance

LIMITS = ("min", "max", "minLength", "maxLength")


def evaluated(one: Instance, evaluator: Evaluator) -> Mapping[str, Any]:
    """The field's rules with numbers for their limits. Raises Failed."""
    rules = one.field.rules
    asked = [name for name in LIMITS if is_expression(rules.get(name))]
    return {**rules, **{name: _limit(name, rules[name], one, evaluator) for name in asked}} if asked else rules


def _limit(name: str, text: str, one: Instance, evaluator: Evaluator) -> Any:
    value = evaluator.value(text, one.scope.context)
    if value is None or number(value) is not None:
        return number(value) if isinstance(value, str) else value
    kind = "a text that is no number" if isinstance(value, str) else f"a {type(value).__name__}"
    raise Failed(f"The limit '{name}' must be a number, and '{text}' gives {kind}.")
