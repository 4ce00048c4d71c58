"""What evaluating a deployed decision and trying one that is not have in common: inputs in FEEL, errors as problems."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from stellwerk import dmn, feel
from stellwerk.dmn import tree
from stellwerk.engine.decision import evaluate
from stellwerk.errors import DecisionTooCostly, FieldError, InvalidInput, TooLarge

MOST_EXPRESSIONS = 200
BUDGET_OF_INPUT = feel.Budget(steps=10_000)  # each expression has its own


def computed(expressions: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """The values of inputs that are written in FEEL."""
    if len(expressions) > MOST_EXPRESSIONS:
        raise TooLarge(f"There are {len(expressions)} expressions. At most {MOST_EXPRESSIONS} are evaluated.")
    errors: list[FieldError] = []
    computed: dict[str, Any] = {}
    for name, text in expressions.items():
        path = f"expressions.{name}"
        try:
            result = feel.parse(text).run(budget=BUDGET_OF_INPUT, now=now)
        except feel.FeelError as error:
            errors.append(FieldError(path, "feel", f"The value of '{name}' cannot be read. {error}"))
            continue
        computed[name] = result.value
        if result.value is None and result.warnings:
            message = f"The value of '{name}' is null: {result.warnings[0].message}. Correct it, or write null."
            errors.append(FieldError(path, "feel", message))
    if errors:
        raise InvalidInput(errors)
    return computed


def evaluated(
    model: dmn.Model, node: tree.Decision | tree.Service, variables: Mapping[str, Any], now: datetime
) -> dmn.Evaluation:
    """Raises DecisionTooCostly, and InvalidInput for a variable that FEEL has no value for."""
    try:
        return evaluate(model, node, variables, now)
    except feel.BudgetExceeded as error:
        name = node.place.id or node.name
        raise DecisionTooCostly(
            f"The evaluation of '{name}' was stopped: {error}. Send less, or simplify the decision."
        ) from error
    except feel.FeelError as error:
        raise InvalidInput([FieldError("variables", "type", f"A variable cannot be taken: {error}.")]) from error
