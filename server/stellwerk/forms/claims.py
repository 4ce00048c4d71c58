"""Two fields may not fill the same place: nor one a part of what the other fills."""

from __future__ import annotations

from collections.abc import Iterator

from stellwerk.forms.schema import Component, Field

Place = tuple[str, ...]


def double_claims(fields: tuple[Field, ...]) -> Iterator[tuple[Component, str]]:
    """The component that comes too late, and what is wrong with it."""
    yield from _of(fields, (), {}, set())


def _of(
    fields: tuple[Field, ...], base: Place, closed: dict[Place, Field], around: set[Place]
) -> Iterator[tuple[Component, str]]:
    """`closed` are the places of inputs and lists, `around` those that something lies in."""
    for one in fields:
        path = (*base, *one.path)
        begins = [path[:size] for size in range(1, len(path) + 1)]
        if any(begin in closed for begin in begins) or (path in around and (one.is_input or one.repeats)):
            name = "key" if one.is_input else "path"
            yield one.component, f"uses the {name} '{one.key}' again. Give it another."
            continue
        around.update(begins[:-1])
        if one.repeats:
            closed[path] = one
            yield from _of(one.fields, (), {}, set())
        elif one.is_input:
            closed[path] = one
        else:
            around.update([path] if path else [])
            yield from _of(one.fields, path, closed, around)
