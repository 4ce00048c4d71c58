"""10.3.4.11 Context functions."""

from __future__ import annotations

from ..convert import lift
from ..runtime import Run, Undefined, Value
from ..types import name_of
from .registry import builtin, each

Context = dict[str, Value]


@builtin("get value(m: context, key: string)")
def get_value(run: Run, m: Context, key: str) -> Value:
    return lift(m.get(key))


@builtin("get entries(m: context)")
def get_entries(run: Run, m: Context) -> Value:
    run.items(len(m))
    return [{"key": key, "value": lift(value)} for key, value in m.items()]


@builtin("context(entries: list)")
def context(run: Run, entries: list[Value]) -> Value:
    """From a list of contexts with `key` and `value`."""
    found: Context = {}
    for entry in each(run, entries):
        if not (isinstance(entry, dict) and "key" in entry and "value" in entry):
            raise Undefined("context: each entry needs `key` and `value`")
        key = entry["key"]
        if not isinstance(key, str):
            raise Undefined(f"context: `key` must be a string, not {name_of(lift(key))}")
        if key in found:
            raise Undefined(f"context: the key `{key}` stands twice")
        found[key] = lift(entry["value"])
    return found


@builtin("context put(context: context, key: string, value: any)")
def context_put(run: Run, context: Context, key: str, value: Value) -> Value:
    run.items(len(context))
    return {**context, key: value}


@builtin("context put(context: context, keys: list, value: any)")
def context_put_keys(run: Run, context: Context, keys: list[Value], value: Value) -> Value:
    """Nested: the value goes to the place that the keys lead to."""
    path = each(run, keys)
    if not path or not all(isinstance(key, str) for key in path):
        raise Undefined("context put: `keys` must be a list of one or more strings")
    levels: list[Context] = [context]
    for key in path[:-1]:
        inner = lift(levels[-1].get(key))
        if not isinstance(inner, dict):
            raise Undefined(f"context put: there is no context `{key}`")
        levels.append(inner)
    for level, key in zip(reversed(levels), reversed(path), strict=True):
        run.items(len(level))
        value = {**level, key: value}
    return value


@builtin("context merge(contexts: list)")
def context_merge(run: Run, contexts: list[Value]) -> Value:
    """Later entries override earlier ones."""
    found: Context = {}
    for context in each(run, contexts):
        if not isinstance(context, dict):
            raise Undefined(f"context merge: a {name_of(context)} is no context")
        run.items(len(context))
        found.update(context)
    return found
