"""Keys that no field of a form has, and values that cannot hold the fields below them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stellwerk.errors import FieldError
from stellwerk.forms import paths
from stellwerk.forms.paths import Path
from stellwerk.forms.schema import MAX_ROWS, Field

MAX_PLACES = 20_000  # fields of all rows together
# Key -> None (a value), a shape (an object), or a list with the shape of its rows.
Shape = dict[str, Any]


def strays(fields: tuple[Field, ...], sent: Mapping[str, Any], *, partial: bool = False) -> Iterator[FieldError]:
    """What is wrong with the shape of what was sent. `partial`: there may be other variables too."""
    shape: Shape = {}
    _lay(fields, shape)
    if partial:
        sent = {key: value for key, value in sent.items() if key in shape}
    yield from _of_object(shape, sent, ())
    if _places(shape, sent) > MAX_PLACES:
        yield FieldError("", "size", f"The form has more than {MAX_PLACES} values. Send fewer rows.")


def _lay(fields: tuple[Field, ...], shape: Shape) -> None:
    for one in fields:
        at = shape
        for part in one.path if not (one.is_input or one.repeats) else one.path[:-1]:
            at = at.setdefault(part, {})
        if one.is_input:
            at[one.path[-1]] = None
        elif one.repeats:
            rows: Shape = {}
            at[one.path[-1]] = [rows]
            _lay(one.fields, rows)
        else:
            _lay(one.fields, at)


def _of(shape: Any, value: Any, path: Path) -> Iterator[FieldError]:
    if isinstance(shape, list):
        yield from _of_rows(shape[0], value, path)
    elif shape is not None and isinstance(value, Mapping):
        yield from _of_object(shape, value, path)
    elif shape is not None and value is not None:
        message = f"'{paths.text(path)}' must be an object: names and their values."
        yield FieldError(paths.text(path), "type", message)


def _of_object(shape: Shape, sent: Mapping[str, Any], path: Path) -> Iterator[FieldError]:
    for key, value in sent.items():
        if key in shape:
            yield from _of(shape[key], value, (*path, key))
        else:
            names = ", ".join(sorted(paths.text((*path, name)) for name in shape)) or "none"
            place = paths.text((*path, str(key)[:80]))
            yield FieldError(place, "unknown", f"The form has no field '{place}'. Its fields are: {names[:500]}.")


def _of_rows(shape: Shape, value: Any, path: Path) -> Iterator[FieldError]:
    place = paths.text(path)
    if not isinstance(value, list):
        if value is not None:
            yield FieldError(place, "type", f"'{place}' must be a list of rows.")
    elif len(value) > MAX_ROWS:
        yield FieldError(place, "size", f"'{place}' has more than {MAX_ROWS} rows. Send fewer.")
    else:
        for at, row in enumerate(value):
            yield from _of(shape, row, (*path, at))


def _places(shape: Any, value: Any) -> int:
    if isinstance(shape, list):
        return sum(_places(shape[0], row) for row in value) if isinstance(value, list) else 0
    if isinstance(shape, dict):
        held = value if isinstance(value, Mapping) else {}
        return sum(_places(inner, held.get(key)) for key, inner in shape.items())
    return 1
