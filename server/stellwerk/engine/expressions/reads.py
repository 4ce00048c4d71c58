"""What an expression reads: the paths that stand in its text, and their values for the history."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence
from typing import Any

Path = tuple[str | int, ...]
"""A variable, then keys and indexes: ("order", "items", 0)."""
SHOWN = 200  # characters of a text
MOST = 20  # values of one expression, items of one list or object


def python_paths(tree: ast.AST, names: Collection[str | int]) -> tuple[Path, ...]:
    """The longest constant paths that begin with one of these variables, in the order of the text."""
    inner: set[int] = set()
    found: dict[Path, None] = {}
    for node in ast.walk(tree):  # outer nodes come first
        path = None if id(node) in inner else _path(node, inner)
        if path is not None and path[0] in names:
            found[path] = None
    return tuple(found)


def _path(node: ast.AST, inner: set[int]) -> Path | None:
    keys: list[str | int] = []
    passed = []
    while not isinstance(node, ast.Name):
        key = _key(node)
        if key is None:
            return None
        keys.append(key)
        node = node.value  # type: ignore[attr-defined]
        passed.append(id(node))
    inner.update(passed)
    return (node.id, *reversed(keys))


def _key(node: ast.AST) -> str | int | None:
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        key = node.slice.value
        return key if isinstance(key, str | int) and not isinstance(key, bool) else None
    return None


def written(path: Path) -> str:
    """order.items[0]"""
    steps = [f".{key}" if isinstance(key, str) and key.isidentifier() else f"[{key!r}]" for key in path[1:]]
    return str(path[0]) + "".join(steps)


def values_read(paths: Sequence[Path], variables: Mapping[str, Any]) -> dict[str, Any]:
    """The values at these paths by how they are written; paths that lead nowhere are left out."""
    found = {}
    for path in paths[:MOST]:
        steps, value = _followed(path, variables)
        if steps == len(path) or (steps and isinstance(value, list)):
            found[written(path[:steps])] = shown(value)
    return found


def _followed(path: Path, variables: Mapping[str, Any]) -> tuple[int, Any]:
    """How many steps lead somewhere, and where. FEEL goes on from a list to the entries of its items."""
    value: Any = variables
    for steps, key in enumerate(path):
        try:
            value = value[key]
        except (LookupError, TypeError):
            return steps, value
    return len(path), value


def shown(value: Any) -> Any:
    """A value as history keeps it: small ones as they are, long texts cut, large lists and objects by their size."""
    if isinstance(value, str):
        return value if len(value) <= SHOWN else value[: SHOWN - 1] + "…"
    if not isinstance(value, list | dict):
        return value
    items = value.values() if isinstance(value, dict) else value
    if len(value) <= MOST and all(_is_small(item) for item in items):
        return value
    return f"{'list' if isinstance(value, list) else 'object'} of {len(value)}"


def _is_small(value: Any) -> bool:
    return len(value) <= SHOWN if isinstance(value, str) else not isinstance(value, list | dict)
