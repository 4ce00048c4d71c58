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
_UNREADABLE = (ValueError, TypeError, ArithmeticError, AttributeError, LookupError, RecursionError, MemoryError)


def decode(text: object) -> Any:
    """The value in a text of the encoder in prelude.py. Raises ScriptFailed for anything else."""
    if not isinstance(text, str):
        raise _unreadable("it is no text")
    if len(text) > MAX_RESULT:
        raise ScriptFailed(f"The result is longer than {MAX_RESULT} characters. Keep less in variables.")
    try:
        value = values.unpack(orjson.loads(text))
        return values.check({"value": value}, "result")["value"]
    except InvalidInput as error:
        raise ScriptFailed(error.message.replace("result.value.", "").replace("result.value", "The result")) from None
    except _UNREADABLE as error:
        raise _unreadable(type(error).__name__) from None


def _unreadable(reason: str) -> ScriptFailed:
    return ScriptFailed(f"The result cannot be read ({reason}). Scripts must leave `bpmn_error` and the like alone.")


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
