"""The typed variable editor: rows of name, type and text <-> values. Pure; static/ui/typed.js checks the same."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import zip_longest
from typing import Any

from stellwerk.web.pages.words import _

TYPES = ("text", "number", "yes-no", "date", "json")
NAME = re.compile(r"[^\W\d]\w*")  # what expressions can name
NUMBER = re.compile(r"[+-]?(\d{1,400}(\.\d{0,400})?|\.\d{1,400})([eE][+-]?\d{1,3})?", re.ASCII)
WHOLE = re.compile(r"[+-]?\d{1,400}", re.ASCII)


@dataclass(frozen=True)
class Row:
    name: str = ""
    type: str = "text"
    text: str = ""
    wrong: str = ""  # what is wrong with it, for the reader
    was: str = ""  # digest of what the page showed first; empty: a row that somebody added

    @property
    def is_empty(self) -> bool:
        return not self.name and not self.text

    @property
    def is_touched(self) -> bool:
        """Untouched values are not sent back: they may have changed meanwhile, and text cannot hold every type."""
        return self.was != digest(self.name, self.type, self.text)


def digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


class Unreadable(ValueError):
    """The text is not of the type; the message says how to write it."""


def rows_of(values: Mapping[str, Any]) -> list[Row]:
    """Show values in the editor, in their order."""
    rows = (Row(name, *shown(value)) for name, value in values.items())
    return [replace(row, was=digest(row.name, row.type, row.text)) for row in rows]


def rows_from(
    names: Iterable[str], types: Iterable[str], texts: Iterable[str], before: Iterable[str] = ()
) -> list[Row]:
    """The rows that a form sent; three fields each, in order, and perhaps what they were."""
    fields = zip_longest(names, types, texts, before, fillvalue="")
    # Browsers end lines of a text area with CR LF.
    return [Row(name.strip(), type, text.replace("\r\n", "\n"), was=was) for name, type, text, was in fields]


def read(rows: Iterable[Row]) -> tuple[dict[str, Any], list[Row]]:
    """The values of `rows` without the empty ones, and the rows again, those that are wrong marked."""
    values: dict[str, Any] = {}
    marked: list[Row] = []
    for row in rows:
        if row.is_empty:
            continue
        try:
            _check_name(row.name, values)
            values[row.name] = _value(row)
            marked.append(row)
        except Unreadable as error:
            marked.append(replace(row, wrong=str(error)))
    return values, marked


def _check_name(name: str, taken: Mapping[str, Any]) -> None:
    if not name:
        raise Unreadable(_("This value has no name. Give it one, or clear the value."))
    if not NAME.fullmatch(name):
        raise Unreadable(
            _(
                "The name “%(name)s” cannot be used in expressions. Begin with a letter; then letters, digits and _.",
                name=name,
            )
        )
    if name in taken:
        raise Unreadable(_("The name “%(name)s” is there twice. Rename one or remove it.", name=name))


def _value(row: Row) -> Any:
    readers: dict[str, Callable[[str], Any]] = {
        "text": str,
        "number": _number,
        "yes-no": _yes_no,
        "date": _date,
        "json": _json,
    }
    if row.type not in readers:
        raise Unreadable(_("Choose a type for “%(name)s”.", name=row.name))
    return readers[row.type](row.text if row.type == "text" else row.text.strip())


def _number(text: str) -> int | Decimal:
    if WHOLE.fullmatch(text):
        return int(text)
    if not NUMBER.fullmatch(text):
        raise Unreadable(_("“%(text)s” is not a number. Write digits, with a point before decimals: 12.50", text=text))
    return Decimal(text)


def _yes_no(text: str) -> bool:
    if text.lower() in ("yes", "true", "ja", _("yes")):
        return True
    if text.lower() in ("no", "false", "nein", _("no")):
        return False
    raise Unreadable(_("Write yes or no."))


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unreadable(_("“%(text)s” is not a date. Write year-month-day: 2026-11-30", text=text)) from None


def _json(text: str) -> Any:
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise Unreadable(
            _(
                "This is not JSON: line %(line)s, column %(column)s is unexpected.",
                line=error.lineno,
                column=error.colno,
            )
        ) from None
    except (ValueError, InvalidOperation, RecursionError):
        raise Unreadable(
            _("This is not JSON that can be stored. NaN, Infinity and very deep nesting are not allowed.")
        ) from None


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def shown(value: Any) -> tuple[str, str]:
    """Type and text of a value."""
    if isinstance(value, bool):
        return "yes-no", "yes" if value else "no"
    if isinstance(value, int | float | Decimal):
        return "number", str(value)
    if isinstance(value, str):
        return "text", value
    if type(value) is date:
        return "date", value.isoformat()
    return "json", as_json(value)


def as_json(value: Any) -> str:
    """A value as somebody reads it: JSON, indented; exact numbers and times as they are written elsewhere."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        # A JSON number where the reader gets the same number back; else the exact text.
        whole = value == value.to_integral_value() and abs(value) < 2**53
        number = int(value) if whole else float(value)
        return number if Decimal(repr(number)) == value else str(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
