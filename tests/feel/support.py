"""Short ways to ask FEEL."""

from __future__ import annotations

from typing import Any

from stellwerk import feel


def value(text: str, context: dict[str, Any] | None = None, names: Any = ()) -> Any:
    """The value in FEEL's classes."""
    return feel.parse(text, names).run(context or {}).value


def is_true(text: str, context: dict[str, Any] | None = None) -> bool:
    return value(text, context) is True


def kinds(text: str, context: dict[str, Any] | None = None) -> list[str]:
    """The kinds of the warnings; the value must be null."""
    result = feel.parse(text).run(context or {})
    assert result.value is None, result.value
    return [warning.kind.name for warning in result.warnings]
