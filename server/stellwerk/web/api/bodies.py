"""Bytes of a request -> validated values, or an error that says which field breaks which rule.

JSON is read strictly: no NaN, no Infinity, no repeated names, no text that UTF-8 or a database cannot hold.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping
from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from stellwerk.errors import FieldError, InvalidInput, TooLarge
from stellwerk.web.errors import WebError

M = TypeVar("M", bound=BaseModel)
MEGABYTE = 1024 * 1024


class _Refused(ValueError):
    """The text is JSON-like, but not what we take; the message is for the caller."""


def read_json(limit: int) -> Any:
    """The body of this request. Raises WebError (not JSON, wrong content type) or TooLarge."""
    if request.mimetype != "application/json" and request.mimetype:
        raise WebError("wrong-content-type", f"The body is {request.mimetype}. Send it as application/json in UTF-8.")
    if request.content_length is not None and request.content_length > limit:
        raise TooLarge(
            f"The body has {request.content_length:,} bytes; at most {limit:,} are read here. "
            "Send less, or raise STELLWERK_VARIABLE_LIMIT."
        )
    data = request.get_data(cache=True)
    if data and not request.mimetype:
        raise WebError("wrong-content-type", "The body has no Content-Type. Send it as application/json in UTF-8.")
    return parse_json(data) if data else None


def parse_json(data: bytes) -> Any:
    """Strict JSON. Raises WebError `malformed-json` with the place of the fault."""
    try:
        value = json.loads(data.decode(), parse_constant=_constant, parse_float=_float, object_pairs_hook=_object)
    except UnicodeDecodeError as error:
        raise WebError("malformed-json", f"Byte {error.start} of the body is not UTF-8. Send UTF-8.") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise WebError("malformed-json", f"The body is not JSON: {error.msg} at {place}.") from None
    except RecursionError:
        raise WebError("malformed-json", "The body is nested too deeply. Flatten it.") from None
    except ValueError as error:  # ours, and whole numbers with more digits than Python converts
        text = str(error) if isinstance(error, _Refused) else "a whole number has too many digits; send it as a text."
        raise WebError("malformed-json", f"The body cannot be taken: {text}") from None
    if b"\\u" in data:  # only an escape can bring a lone surrogate or a zero byte
        _check_texts(value)
    return value


def _constant(name: str) -> float:
    raise _Refused(f"{name} is not a JSON number. Send a number, a text or null.")


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _Refused(f"the number {text[:40]} is too large. Send it as a text.")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        repeated = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise _Refused(f"the name '{repeated[:80]}' occurs twice in one object.")
    return result


def _check_texts(value: Any) -> None:
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            stack.extend(item.keys())
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
        elif isinstance(item, str) and not storable(item):
            raise WebError("malformed-json", "A text holds a zero character or half a surrogate pair. Remove it.")


def storable(text: str) -> bool:
    """True when UTF-8 and a PostgreSQL text can hold it."""
    if "\0" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def validate(model: type[M], value: Any, *, what: str = "The body") -> M:
    """The value as `model`. Raises InvalidInput with one FieldError for each finding."""
    if not isinstance(value, Mapping):
        found = "missing" if value is None else f"a {_json_name(value)}"
        raise InvalidInput([FieldError("", "object", f"{what} is {found}. Send one JSON object.")])
    try:
        return model.model_validate(value)
    except ValidationError as error:
        found_errors = error.errors(include_url=False, include_context=True, include_input=False)
        raise InvalidInput([_field_error(model, detail) for detail in found_errors[:50]]) from None


def _json_name(value: Any) -> str:
    return {bool: "boolean", int: "number", float: "number", str: "text", list: "list"}.get(type(value), "value")


def _field_error(model: type[BaseModel], detail: ErrorDetails) -> FieldError:
    path = ".".join(str(part) for part in detail["loc"])
    rule, message = detail["type"], detail["msg"]
    if rule == "extra_forbidden":
        return FieldError(path, "unknown", f"There is no field '{path}'. {_known(model, detail['loc'])}")
    if rule == "missing":
        return FieldError(path, "required", f"The field '{path}' is missing.")
    text = message.removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return FieldError(path, rule, f"{path}: {text}." if path else f"{text}.")


def _known(model: type[BaseModel], location: tuple[int | str, ...]) -> str:
    owner = _owner(model, location)
    if owner is None:
        return "Remove it."
    names = sorted(_names(owner))
    return f"Known fields: {', '.join(names)}." if names else "It takes no fields."


def _owner(model: type[BaseModel], location: tuple[int | str, ...]) -> type[BaseModel] | None:
    """The body or the object in it that has no such field; None in lists and where there is a choice of types."""
    for part in location[:-1]:
        field = _names(model).get(str(part))
        if field is None or not isinstance(field.annotation, type) or not issubclass(field.annotation, BaseModel):
            return None
        model = field.annotation
    return model


def _names(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields by their names in JSON."""
    return {field.alias or name: field for name, field in model.model_fields.items()}
