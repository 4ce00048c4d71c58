"""Values as the database keeps them for search and history; the snapshot is the truth."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import orjson

from stellwerk.engine.canonical import canonical
from stellwerk.engine.values import to_json

HISTORY_LIMIT = 4096  # bytes of one value in the history
EXACT = 2**53  # smallest whole number that other readers of JSON may not hold
SHOWN = 200  # characters of a value that was cut

MASK = "•••"

__all__ = ["Masks", "canonical", "cut", "for_history"]


class Masks:
    """Names whose values nobody shall find in the history, as patterns: `*password*`. Case does not matter."""

    def __init__(self, patterns: str) -> None:
        wanted = [pattern.strip() for pattern in patterns.split(",") if pattern.strip()]
        texts = (".*".join(map(re.escape, pattern.split("*"))) for pattern in wanted)
        self._pattern = re.compile("|".join(texts), re.IGNORECASE | re.DOTALL) if wanted else None

    @classmethod
    @cache
    def of(cls, patterns: str) -> Masks:
        return cls(patterns)

    def hide(self, name: str) -> bool:
        return self._pattern is not None and self._pattern.fullmatch(name) is not None

    def apply(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Plain JSON of these values, with the mask in place of those that have such a name, however deep."""
        return {name: MASK if self.hide(name) else self._inside(value) for name, value in values.items()}

    def _inside(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return self.apply(value)
        return [self._inside(item) for item in value] if isinstance(value, list) else value


def for_history(value: Any) -> Any:
    """The value as plain JSON; what is larger than 4 KB is cut to its size and its beginning."""
    kind = type(value)  # nearly all values are plain, and short however they are escaped
    if (kind is int and -EXACT < value < EXACT) or (kind is str and len(value) < HISTORY_LIMIT // 6) or value is None:
        return value
    plain = to_json(value)
    data = orjson.dumps(plain)
    if len(data) <= HISTORY_LIMIT:
        return plain
    return {"cut": True, "bytes": len(data), "begins": data[:SHOWN].decode(errors="ignore")}


def cut(text: str | None, length: int = 255) -> str:
    """Text from a diagram that fits into a column: NUL, which PostgreSQL refuses, replaced; the rest cut off."""
    text = (text or "").replace("\0", "\N{REPLACEMENT CHARACTER}")
    return text if len(text) <= length else text[: length - 1] + "…"
