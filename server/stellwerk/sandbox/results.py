"""What comes back from the sandbox is a text that a stranger may have made: believed in nothing, read with limits."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson

from stellwerk.engine import values
from stellwerk.errors import InvalidInput, ScriptFailed

MAX_RESULT = 2_000_000
"""Longest text of results, in characters."""
MAX_DIGITS = 1_000
"""Most digits of a number, and largest power of ten of an exact number."""
_UNREADABLE = (ValueError, TypeError, ArithmeticError, LookupError, RecursionError, MemoryError)


def decode(text: object) -> Any:
    """The value in a text of the encoder in prelude.py. Raises ScriptFailed for anything else."""
    if not isinstance(text, str):
        raise _unreadable("it is no text")
    if len(text) > MAX_RESULT:
        raise ScriptFailed(f"The result is longer than {MAX_RESULT} characters. Keep less in variables.")
    try:
        value = values.unpack(orjson.loads(text))
        checked = values.check({"value": value}, "result")["value"]
        _check_numbers(checked)
    except InvalidInput as error:
        raise ScriptFailed(error.message.replace("result.value.", "").replace("result.value", "The result")) from None
    except _UNREADABLE as error:
        raise _unreadable(type(error).__name__) from None
    return checked


def _unreadable(reason: str) -> ScriptFailed:
    return ScriptFailed(f"The result cannot be read ({reason}). Scripts must leave `bpmn_error` and the like alone.")


def _check_numbers(value: Any) -> None:
    if isinstance(value, dict):
        for item in value.values():
            _check_numbers(item)
    elif isinstance(value, list):
        for item in value:
            _check_numbers(item)
    elif type(value) is int and value.bit_length() > 4 * MAX_DIGITS:
        raise ScriptFailed(f"A whole number in the result has more than {MAX_DIGITS} digits. Keep it as text.")
    elif isinstance(value, Decimal):
        _check_decimal(value)


def _check_decimal(value: Decimal) -> None:
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or abs(exponent) > MAX_DIGITS or abs(value.adjusted()) > MAX_DIGITS:
        raise ScriptFailed(f"An exact number in the result has more than {MAX_DIGITS} digits. Keep it as text.")


def is_same(one: Any, other: Any) -> bool:
    """Equal in value and type: 1, 1.0 and True are three values, and so are 1.0 and 1.00 as Decimals."""
    if isinstance(one, list | tuple):
        return isinstance(other, list | tuple) and len(one) == len(other) and all(map(is_same, one, other))
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(is_same(item, other[key]) for key, item in one.items())
    if isinstance(one, Decimal):
        return bool(one.as_tuple() == other.as_tuple())
    if isinstance(one, datetime):
        return bool(one.isoformat() == other.isoformat())
    return bool(one == other)
