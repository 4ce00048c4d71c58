"""Values as the database keeps them for search and history; the snapshot is the truth."""

from __future__ import annotations

from typing import Any

import orjson

from stellwerk.engine.canonical import canonical
from stellwerk.engine.values import to_json

HISTORY_LIMIT = 4096  # bytes of one value in the history
SHOWN = 200  # characters of a value that was cut

__all__ = ["canonical", "cut", "for_history"]


def for_history(value: Any) -> Any:
    """The value as plain JSON; what is larger than 4 KB is cut to its size and its beginning."""
    plain = to_json(value)
    data = orjson.dumps(plain)
    if len(data) <= HISTORY_LIMIT:
        return plain
    return {"cut": True, "bytes": len(data), "begins": data[:SHOWN].decode(errors="ignore")}


def cut(text: str | None, length: int = 255) -> str:
    """Text from a diagram that fits into a column: NUL, which PostgreSQL refuses, replaced; the rest cut off."""
    text = (text or "").replace("\0", "\N{REPLACEMENT CHARACTER}")
    return text if len(text) <= length else text[: length - 1] + "…"
