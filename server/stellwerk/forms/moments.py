"""A day, a time, or both, as form-js writes them: `2026-11-23T09:30Z`."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

NAMES = {"date": "date", "time": "time", "datetime": "date and time"}
_DAY = r"(?P<day>\d{4}-\d{2}-\d{2})"
_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d"
# `timeSerializingFormat` -> what follows hours and minutes, and how it looks.
_OFFSETS = {"utc_offset": (r"[+-](?:0\d|1[0-4]):[0-5]\d", "+hh:mm"), "utc_normalized": ("Z", "Z")}
_NO_OFFSET = ("", "")


def day_of(value: Any, kind: str, clock: str | None) -> date | None:
    """The day of a value that is written as it should be; of a time any day. None: it is not."""
    offset, _ = _OFFSETS.get(str(clock), _NO_OFFSET)
    patterns = {"date": _DAY, "time": _CLOCK + offset, "datetime": f"{_DAY}T{_CLOCK}{offset}"}
    found = re.fullmatch(patterns[kind], value, re.ASCII) if isinstance(value, str) else None
    if found is None:
        return None
    try:
        return date.min if kind == "time" else date.fromisoformat(found["day"])
    except ValueError:
        return None


def example(kind: str, clock: str | None) -> str:
    _, offset = _OFFSETS.get(str(clock), _NO_OFFSET)
    return {"date": "YYYY-MM-DD", "time": f"hh:mm{offset}", "datetime": f"YYYY-MM-DDThh:mm{offset}"}[kind]
