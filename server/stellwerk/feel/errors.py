"""What goes wrong outside of FEEL's own rules. Inside of them the value is null, and a warning says why."""

from __future__ import annotations


class FeelError(Exception):
    """An expression cannot be read, or takes more than it may."""


class FeelSyntaxError(FeelError):
    """The text is not FEEL.

    `position` counts characters from 0; `line` and `column` count from 1; `expected` says what could stand there;
    `hint` is a way out, or empty.
    """

    def __init__(self, problem: str, text: str, position: int, *, expected: str = "", hint: str = "") -> None:
        before = text[:position]
        self.problem = problem
        self.position = position
        self.line = before.count("\n") + 1
        self.column = position - (before.rfind("\n") + 1) + 1
        self.expected = expected
        self.hint = hint
        parts = [f"{problem} (line {self.line}, column {self.column})"]
        if expected:
            parts.append(f"expected {expected}")
        message = ", ".join(parts) + "."
        super().__init__(f"{message} {hint}" if hint else message)


class BudgetExceeded(FeelError):
    """The expression needs more steps, space or nesting than it may take."""
