"""Equality of values, as text that an index can hold."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from stellwerk.feel import MonthsDuration

LONGEST = 250


def canonical(value: Any) -> str | None:
    """`s:abc`, `n:12.5`, `b:true`, `0` for null; None for lists and mappings. 17, 17.0 and Decimal("17.00") are equal.

    A text that is longer than 250 characters is represented by its beginning and a hash.
    """
    if value is None:
        return "0"
    if isinstance(value, bool):
        return "b:true" if value else "b:false"
    if isinstance(value, int | float | Decimal):
        return "n:" + _short(_number(value))
    if isinstance(value, str):
        return "s:" + _short(value)
    return _moment(value)


def _moment(value: Any) -> str | None:
    if isinstance(value, datetime):
        return "d:" + value.astimezone(UTC).isoformat()
    if isinstance(value, date | time):
        return "d:" + value.isoformat()
    if isinstance(value, timedelta):
        return f"p:{value.total_seconds()}"
    if isinstance(value, MonthsDuration):
        return f"p:{value}"
    return None


def canonical_keys(values: Mapping[str, Any]) -> dict[str, str]:
    """Correlation keys as canonical text. A list or mapping cannot be a key and equals nothing."""
    return {name: canonical(value) or "-" for name, value in values.items()}


def _number(value: float | Decimal) -> str:
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    if exact == 0:
        return "0"
    if abs(exact.adjusted()) >= LONGEST:  # written out it would be mostly zeros
        sign, digits, _ = exact.as_tuple()
        return "-" * sign + "".join(map(str, digits)).rstrip("0") + f"E{exact.adjusted()}"
    text = f"{exact:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _short(text: str) -> str:
    text = text.replace("\0", "\N{REPLACEMENT CHARACTER}")
    if len(text) <= LONGEST:
        return text
    return text[: LONGEST - 33] + "…" + hashlib.sha256(text.encode()).hexdigest()[:32]


def readable(text: str | None, most: int = 40) -> str:
    """A canonical text for a message to people, cut: `17`, `'abc'`, `nothing`."""
    if text is None or text == "0":
        return "nothing"
    kind, _, value = text.partition(":")
    shown = value if len(value) <= most else value[: most - 1] + "…"
    return f"'{shown}'" if kind == "s" else shown or "a list or object"


def plain(text: str | None) -> str | None:
    """The value of a canonical text without its kind: `17`, `abc`; None for none."""
    return None if text is None or text == "0" else text.partition(":")[2]
