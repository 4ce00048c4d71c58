"""Values inside of values: `("client", "name")`, `("rows", 0, "amount")`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Path = tuple[str | int, ...]
ABSENT: Any = object()


def get(data: Any, path: Path, default: Any = None) -> Any:
    """What lies there; the default where nothing does."""
    for part in path:
        if isinstance(part, int):
            if not isinstance(data, list) or part >= len(data):
                return default
        elif not isinstance(data, Mapping) or part not in data:
            return default
        data = data[part]
    return data


def put(data: dict[str, Any], path: Path, value: Any) -> None:
    """Set it. What stands in the way and holds nothing becomes an object; positions of lists must be there."""
    at: Any = data
    for part in path[:-1]:
        inner = at[part] if isinstance(part, int) else at.get(part)
        if not isinstance(inner, dict | list):
            inner = at[part] = {}
        at = inner
    at[path[-1]] = value


def remove(data: dict[str, Any], path: Path) -> None:
    """Take it out, and every object and list around it that is empty then. A position of a list becomes null."""
    while path:
        around = get(data, path[:-1])
        if isinstance(around, list) and isinstance(path[-1], int) and path[-1] < len(around):
            around[path[-1]] = None
        elif isinstance(around, dict):
            around.pop(str(path[-1]), None)
        path = path[:-1]
        if not path or not _is_empty(get(data, path)):
            return


def _is_empty(value: Any) -> bool:
    return isinstance(value, dict | list) and (
        not value or (isinstance(value, list) and all(item is None for item in value))
    )


def text(path: Path) -> str:
    """`client.name`, `rows[0].amount`."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).removeprefix(".")
