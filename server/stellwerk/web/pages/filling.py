"""What somebody filled in: the form island's JSON, or the rows of the typed variable editor."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request

from stellwerk.errors import FieldError
from stellwerk.web.pages import typed
from stellwerk.web.pages.port import FormView
from stellwerk.web.pages.words import _


@dataclass(frozen=True)
class Filled:
    """`values` are complete only when `wrong` is false; of the editor those that somebody touched."""

    values: Mapping[str, Any] = field(default_factory=dict)
    rows: tuple[typed.Row, ...] = ()
    errors: tuple[FieldError, ...] = ()

    @property
    def wrong(self) -> bool:
        return bool(self.errors)


def of(form: FormView) -> Filled:
    """The state before anybody typed."""
    return Filled(dict(form.data), tuple(typed.rows_of(form.data)))


def read() -> Filled:
    """What the request holds."""
    sent = request.form.get("variables")
    return _island(sent) if sent else _editor()


def _island(text: str) -> Filled:
    try:
        values = json.loads(text, parse_constant=lambda name: None)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        message = _(
            "What the page sent cannot be read. Load the page again; if that does not help, tell your administrator."
        )
        return Filled(errors=(FieldError("variables", "json", message),))
    return Filled(values)


def _editor() -> Filled:
    form = request.form
    sent = typed.rows_from(form.getlist("name"), form.getlist("type"), form.getlist("value"), form.getlist("was"))
    values, rows = typed.read(sent)
    errors = tuple(
        FieldError(f"value-{number}", "type", row.wrong) for number, row in enumerate(rows, start=1) if row.wrong
    )
    touched = {row.name for row in rows if row.is_touched}
    return Filled({name: value for name, value in values.items() if name in touched}, tuple(rows), errors)
