"""What takes long costs steps: powers, logarithms, and moments in time zones."""

from __future__ import annotations

import pytest

from stellwerk import feel

SMALL = feel.Budget(steps=1_000)
ROUNDS = 100  # each costs a handful of steps where the operation is a plain one


@pytest.mark.parametrize(
    "text",
    [
        "log(i)",
        "exp(i / 100)",
        "1.001 ** i",
        '@"2026-01-01T00:00:00@Europe/Berlin" < @"2026-06-01T00:00:00Z"',
        '@"2026-01-01T00:00:00@Europe/Berlin" - @"2026-06-01T00:00:00Z"',
    ],
)
def test_what_takes_long_uses_up_the_budget_sooner(text: str) -> None:
    with pytest.raises(feel.BudgetExceeded):
        feel.parse(f"for i in 1..{ROUNDS} return {text}").evaluate({}, budget=SMALL)


@pytest.mark.parametrize("text", ["i + 1", "i / 3", '@"2026-01-01" < @"2026-06-01"'])
def test_plain_operations_do_not(text: str) -> None:
    assert len(feel.parse(f"for i in 1..{ROUNDS} return {text}").evaluate({}, budget=SMALL)) == ROUNDS
