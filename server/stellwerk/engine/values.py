"""Values of variables: JSON, plus Decimal, datetime (aware), date, time, timedelta and MonthsDuration (P1Y2M).

Three crossings: `check` at the border to the outside, `encode`/`decode` for snapshot parts (tagged, exact),
`to_json` for REST and pages (Decimal as string, dates ISO 8601).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import orjson

from stellwerk.errors import FieldError, InvalidInput
from stellwerk.feel import MonthsDuration

MAX_DEPTH = 50
TAG = "$"  # a mapping whose first key is this one is a tagged value: {"$": "decimal", "v": "1.10"}
_PLAIN = (str, bool, int, float, Decimal, date, time, timedelta, MonthsDuration, type(None))  # datetime is a date
_BIG = 1 << 53


def check(values: Any, path: str = "variables") -> dict[str, Any]:
    """Return an own copy of variables from outside. Raises InvalidInput that names each wrong path.

    Tuples and sets become lists. Keys must be texts; floats must be finite; datetimes must know their offset.
    """
    if not isinstance(values, Mapping):
        raise InvalidInput([FieldError(path, "object", f"{path} must be an object: names and their values.")])
    errors: list[FieldError] = []
    copy = _copy(values, path, 0, errors)
    if errors:
        raise InvalidInput(errors)
    return dict(copy)


def _copy(value: Any, path: str, depth: int, errors: list[FieldError]) -> Any:
    if len(errors) >= 20:
        return None
    if depth > MAX_DEPTH:
        errors.append(FieldError(path, "depth", f"{path} is nested deeper than {MAX_DEPTH} levels. Flatten it."))
        return None
    if isinstance(value, Mapping):
        return {
            k: v if _is_simple(v) else _copy(v, f"{path}.{k}", depth + 1, errors)
            for k, v in value.items()
            if _text_key(k, path, errors)
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [v if _is_simple(v) else _copy(v, f"{path}[{i}]", depth + 1, errors) for i, v in enumerate(value)]
    problem = _scalar_problem(value)
    if problem:
        errors.append(FieldError(path, "type", f"{path} {problem}"))
    return value


def _is_simple(value: Any) -> bool:
    """Nothing can be wrong with it. Lists hold a million of these, so that a look at the type must do."""
    kind = type(value)
    if kind is str:
        return value.isascii()  # type: ignore[no-any-return]
    return kind is bool or value is None or (kind is int and -_BIG < value < _BIG)


def _text_key(key: Any, path: str, errors: list[FieldError]) -> bool:
    if isinstance(key, str) and _utf8(key):
        return True
    errors.append(FieldError(path, "key", f"{path} has the key {key!r}. Keys must be texts."))
    return False


def _scalar_problem(value: Any) -> str | None:
    """What is wrong with a value that is neither mapping nor list; None if nothing."""
    if not isinstance(value, _PLAIN):
        return (
            f"is a {type(value).__name__}. Only texts, numbers, booleans, null, dates, lists and objects can be stored."
        )
    if isinstance(value, float) and not math.isfinite(value):
        return "is not a finite number. Send a number or null."
    if isinstance(value, Decimal) and (not value.is_finite() or abs(value.adjusted()) > 6000):
        return "is not a decimal number of reasonable size."
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 4096:
        return "is a whole number with more than 4096 bits. Send it as a text."
    if isinstance(value, datetime):
        return _moment_problem(value)
    if isinstance(value, str) and not _utf8(value):
        return "holds characters that are no text (lone surrogates)."
    return None


def _moment_problem(value: datetime) -> str | None:
    if value.tzinfo is None:
        return "is a date and time without an offset. Add one, for example '+00:00'."
    try:
        value.astimezone(UTC)
    except OverflowError:
        return "lies outside the years 1 to 9999 in UTC. Take a time that is not at their ends."
    return None


def _utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


# -- snapshot parts
def encode(value: Any) -> bytes:
    """Tagged JSON that `decode` turns into an equal value of the same types."""
    return orjson.dumps(pack(value))


def decode(data: bytes) -> Any:
    return unpack(orjson.loads(data))


def pack(value: Any) -> Any:
    """The value with tags instead of what JSON has no form for."""
    kind = type(value)
    if kind is str or kind is bool or value is None or kind is float:
        return value
    if kind is int:
        return value if -_BIG < value < _BIG else {TAG: "int", "v": str(value)}
    if kind is list or kind is tuple:
        return [pack(v) for v in value]
    if kind is dict:
        packed = {k: pack(v) for k, v in value.items()}
        return {TAG: "map", "v": packed} if TAG in packed else packed
    return _pack_tagged(value)


def _pack_tagged(value: Any) -> Any:
    if isinstance(value, Decimal):
        return {TAG: "decimal", "v": str(value)}
    if isinstance(value, datetime):
        return {TAG: "datetime", "v": value.isoformat()}
    if isinstance(value, date):
        return {TAG: "date", "v": value.isoformat()}
    if isinstance(value, time):
        return {TAG: "time", "v": value.isoformat()}
    if isinstance(value, timedelta):
        return {TAG: "duration", "v": [value.days, value.seconds, value.microseconds]}
    if isinstance(value, MonthsDuration):
        return {TAG: "months", "v": value.months}
    raise TypeError(f"a {type(value).__name__} cannot be stored in a snapshot")


_UNTAG: dict[str, Callable[[Any], Any]] = {
    "int": int,
    "decimal": Decimal,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "duration": lambda v: timedelta(days=v[0], seconds=v[1], microseconds=v[2]),
    "months": MonthsDuration,
    "map": lambda v: {k: unpack(x) for k, x in v.items()},
}


def unpack(value: Any) -> Any:
    if isinstance(value, list):
        return [unpack(v) for v in value]
    if isinstance(value, dict):
        tag = value.get(TAG)
        if tag is None:
            return {k: unpack(v) for k, v in value.items()}
        return _UNTAG[tag](value["v"])
    return value


# -- REST and pages
def to_json(value: Any) -> Any:
    """The value as plain JSON: Decimal and whole numbers beyond 2^53 as text, dates and durations as ISO 8601."""
    if isinstance(value, Mapping):
        return {k: to_json(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(v) for v in value]
    if isinstance(value, int) and not isinstance(value, bool) and not -_BIG < value < _BIG:
        return str(value)
    if isinstance(value, Decimal | MonthsDuration):
        return str(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return iso_duration(value)
    return value


def iso_duration(value: timedelta) -> str:
    """`P1DT2H3M4.5S`; a negative one begins with a minus sign."""
    sign = "-" if value < timedelta(0) else ""
    value = abs(value)
    hours, rest = divmod(value.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    fraction = f".{value.microseconds:06d}".rstrip("0") if value.microseconds else ""
    clock = "".join(f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M")) if n)
    clock += f"{seconds}{fraction}S" if seconds or fraction else ""
    days = f"{value.days}D" if value.days else ""
    text = days + (f"T{clock}" if clock else "")
    return f"{sign}P{text}" if text else "PT0S"
