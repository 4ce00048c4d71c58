"""Values of the DMN test format and of the product in one neutral form, compared as the TCK says.

null is None; text, numbers, booleans, dates, ... are pairs of their kind and a value of Python; lists and contexts are
lists and dicts of these. Dates and times are compared by their text, since zone and offset belong to the value.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from lxml import etree

from stellwerk import feel
from stellwerk.feel import temporal_text

TOLERANCE = Decimal("0.00000001")
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_DURATION = re.compile(r"(-?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")
_FRACTION = re.compile(r"\.(\d*?)0*(?=$|[Z+@-])")
Neutral = Any


def local(element: etree._Element) -> str:
    return etree.QName(element).localname


def child(element: etree._Element, name: str) -> etree._Element | None:
    return next((each for each in element if local(each) == name), None)


def is_nil(element: etree._Element) -> bool:
    return element.get(f"{XSI}nil") in ("true", "1")


def of_xml(element: etree._Element | None) -> Neutral:
    """The value inside of an inputNode, expected, item or component."""
    if element is None or is_nil(element):
        return None
    components = [each for each in element if local(each) == "component"]
    if components:
        return {each.get("name"): of_xml(each) for each in components}
    values = child(element, "list")
    if values is not None:
        return None if is_nil(values) else [of_xml(each) for each in values if local(each) == "item"]
    value = child(element, "value")
    if value is None or is_nil(value):
        return None
    kind = (value.get(f"{XSI}type") or "string").rpartition(":")[2]
    text = value.text or ""
    return of_text(kind, text if kind == "string" else text.strip())


def of_text(kind: str, text: str) -> Neutral:
    if kind in ("decimal", "double", "integer", "int", "float", "long"):
        return "number", Decimal(text)
    if kind == "boolean":
        return "boolean", text in ("true", "1")
    if kind == "duration":
        return _duration(text)
    return kind, _moment(text) if kind in ("date", "time", "dateTime") else text


def _duration(text: str) -> Neutral:
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(f"no duration: {text}")
    sign = -1 if match[1] else 1
    if match[2] or match[3]:
        return "months", sign * (int(match[2] or 0) * 12 + int(match[3] or 0))
    days, hours, minutes = (int(match[part] or 0) for part in (4, 5, 6))
    return "seconds", sign * (days * 86_400 + hours * 3600 + minutes * 60 + Decimal(match[7] or 0))


def _moment(text: str) -> str:
    """Without zeros at the end of a fraction, and UTC as Z."""
    text = _FRACTION.sub(lambda match: f".{match[1]}" if match[1] else "", text)
    return re.sub(r"[+-]00:00$", "Z", text)


def of_product(value: Any) -> Neutral:
    if value is None:
        return None
    if isinstance(value, list):
        return [of_product(each) for each in value]
    if isinstance(value, dict):
        return {key: of_product(each) for key, each in value.items()}
    kind = _KINDS.get(type(value))
    if kind is None:
        return "other", str(value)
    if kind in ("number", "boolean", "string"):
        return kind, value
    return of_text(kind, str(value))


_KINDS = {
    bool: "boolean",
    str: "string",
    Decimal: "number",
    feel.Date: "date",
    feel.Time: "time",
    feel.DateTime: "dateTime",
    feel.DaysDuration: "duration",
    feel.MonthsDuration: "duration",
}


def to_product(value: Neutral) -> Any:
    """An input as FEEL has it."""
    if isinstance(value, list):
        return [to_product(each) for each in value]
    if isinstance(value, dict):
        return {key: to_product(each) for key, each in value.items()}
    if value is None:
        return None
    kind, inner = value
    read = _READ.get(kind)
    return inner if read is None else read(inner)


_READ = {
    "date": temporal_text.date_of,
    "time": temporal_text.time_of,
    "dateTime": temporal_text.date_time_of,
    "months": feel.MonthsDuration,
    "seconds": lambda seconds: feel.DaysDuration(int(seconds * 10**9)),
}


def equal(found: Neutral, wanted: Neutral) -> bool:
    if isinstance(found, list) and isinstance(wanted, list):
        return len(found) == len(wanted) and all(equal(*pair) for pair in zip(found, wanted, strict=True))
    if isinstance(found, dict) and isinstance(wanted, dict):
        return found.keys() == wanted.keys() and all(equal(found[key], wanted[key]) for key in found)
    if isinstance(found, tuple) and isinstance(wanted, tuple) and found[0] == wanted[0] == "number":
        return abs(found[1] - wanted[1]) < TOLERANCE
    return bool(found == wanted)


def as_json(value: Neutral) -> Any:
    """Plain JSON: numbers as numbers, dates, times and durations as text."""
    if isinstance(value, list):
        return [as_json(each) for each in value]
    if isinstance(value, dict):
        return {key: as_json(each) for key, each in value.items()}
    if value is None:
        return None
    kind, inner = value
    if kind == "number":
        return int(inner) if inner == inner.to_integral_value() and abs(inner) < 10**40 else float(inner)
    return inner if isinstance(inner, str | bool) else f"{inner} {kind}"
