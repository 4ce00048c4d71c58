"""A handler's signature is its contract: it checks what goes in and what comes out, and describes both.

Variables are values of `engine/values.py`. Parameters are filled by name and converted by pydantic, so a handler may
ask for models, dataclasses, Decimal, dates, enumerations. A result becomes a variable value again.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any, get_args, get_type_hints
from uuid import UUID

from pydantic import BaseModel, PydanticUserError, TypeAdapter, ValidationError
from pydantic.errors import PydanticInvalidForJsonSchema, PydanticSchemaGenerationError

from stellwerk.engine import values
from stellwerk.errors import InvalidInput
from stellwerk.handlers import Declaration, Job

_SHOWN = 60
_MOST_ERRORS = 5
_MISSING = inspect.Parameter.empty


class SignatureInvalid(Exception):
    """A function cannot be a handler; the message says why and what to do."""


class Misfit(Exception):
    """Values do not fit the signature; the message names parameter, value and rule."""


@dataclass(frozen=True)
class Parameter:
    """One variable that a handler takes."""

    name: str
    hint: Any
    adapter: TypeAdapter[Any]
    default: Any

    @property
    def required(self) -> bool:
        return self.default is _MISSING


@dataclass(frozen=True)
class Signature:
    """What a handler takes and gives."""

    parameters: tuple[Parameter, ...]
    job_names: tuple[str, ...]
    takes_rest: bool
    output: TypeAdapter[Any] | None
    output_hint: Any

    def arguments(self, job: Job, given: Mapping[str, Any]) -> dict[str, Any]:
        """The keyword arguments of the call. Raises Misfit."""
        arguments: dict[str, Any] = {name: job for name in self.job_names}
        problems: list[str] = []
        for parameter in self.parameters:
            if parameter.name in given:
                _convert(parameter, given[parameter.name], arguments, problems)
            elif parameter.required:
                problems.append(
                    f"the variable '{parameter.name}' ({type_name(parameter.hint)}) is missing; "
                    "set it before this task, or give it as an input parameter"
                )
        if problems:
            more = f"; and {len(problems) - _MOST_ERRORS} more" if len(problems) > _MOST_ERRORS else ""
            raise Misfit("; ".join(problems[:_MOST_ERRORS]) + more)
        if self.takes_rest:
            arguments |= {name: value for name, value in given.items() if name not in arguments}
        return arguments

    def result(self, value: Any) -> Any:
        """The variable value of what the function returned. Raises Misfit."""
        if self.output is not None:
            try:
                value = self.output.validate_python(value)
            except ValidationError as error:
                rules = "; ".join(_rules(error))
                raise Misfit(f"its signature promises {type_name(self.output_hint)}, but {rules}") from None
        try:
            return values.check({"result": to_value(value)}, "")["result"]
        except InvalidInput as error:
            raise Misfit(error.message.removeprefix(".result").lstrip(". ") or error.message) from None
        except (TypeError, RecursionError) as error:
            raise Misfit(str(error) or "it is nested too deeply") from None


def _convert(parameter: Parameter, value: Any, arguments: dict[str, Any], problems: list[str]) -> None:
    try:
        arguments[parameter.name] = parameter.adapter.validate_python(value)
    except ValidationError as error:
        problems += [f"'{parameter.name}'{rule}" for rule in _rules(error)]


def _rules(error: ValidationError) -> list[str]:
    """What is wrong in a value, where: ".lines[0].sku is 3: Input should be a valid string"."""
    found = []
    for problem in error.errors(include_url=False, include_context=False):
        place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in problem["loc"])
        given = "" if problem["type"] == "missing" else f" is {shorten(problem['input'])}"
        found.append(f"{place}{given}: {problem['msg']}")
    return found


def shorten(value: Any) -> str:
    """A value in a message, without the rest of a long one."""
    if isinstance(value, str):
        value = value[: _SHOWN + 1]
    elif isinstance(value, list | tuple | dict):
        return f"{'a mapping' if isinstance(value, dict) else 'a list'} of {len(value)}"
    text = repr(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def type_name(hint: Any) -> str:
    """A type as its writer would say it: `Decimal`, `list[str]`, `str | None`."""
    if hint is _MISSING or hint is Any:
        return "any"
    if hint is None or hint is type(None):
        return "None"
    if isinstance(hint, type) and not get_args(hint):
        return hint.__name__
    return str(hint).replace("typing.", "").replace("typing_extensions.", "")


# -- reading a signature
def read(declaration: Declaration) -> Signature:
    """The signature of a declared function. Raises SignatureInvalid."""
    function = declaration.function
    try:
        hints = get_type_hints(function, include_extras=True)
        found = inspect.signature(function)
    except (NameError, TypeError, ValueError, AttributeError) as error:
        raise SignatureInvalid(f"its annotations cannot be read: {error}") from error
    parameters: list[Parameter] = []
    job_names: list[str] = []
    takes_rest = False
    for name, parameter in found.parameters.items():
        _check_kind(parameter)
        if parameter.kind is parameter.VAR_KEYWORD:
            takes_rest = True
        elif _is_job(hints.get(name)):
            job_names.append(name)
        else:
            parameters.append(_parameter(name, hints.get(name, Any), parameter.default))
    hint = hints.get("return", _MISSING)
    output = None if hint is _MISSING or hint is Any else _adapter("the result", hint)
    return Signature(tuple(parameters), tuple(job_names), takes_rest, output, hint)


def _check_kind(parameter: inspect.Parameter) -> None:
    if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.VAR_POSITIONAL):
        raise SignatureInvalid(
            f"its parameter '{parameter.name}' has no name that a variable could have; "
            "parameters are filled by name, so write them without / and *"
        )


def _is_job(hint: Any) -> bool:
    return hint is Job or Job in get_args(hint)


def _parameter(name: str, hint: Any, default: Any) -> Parameter:
    return Parameter(name, hint, _adapter(f"'{name}'", hint), default)


def _adapter(what: str, hint: Any) -> TypeAdapter[Any]:
    try:
        return TypeAdapter(hint)
    except (PydanticSchemaGenerationError, PydanticUserError, NameError, TypeError) as error:
        first = str(error).splitlines()[0].rstrip(".")
        raise SignatureInvalid(f"the type of {what} ({type_name(hint)}) is not supported: {first}") from error


# -- results
def to_value(value: Any, depth: int = 0) -> Any:
    """A value as lists, mappings and scalars. Raises TypeError for what no variable can hold."""
    if depth > values.MAX_DEPTH:
        raise TypeError(f"it is nested deeper than {values.MAX_DEPTH} levels")
    if isinstance(value, Enum):
        return to_value(value.value, depth + 1)
    if value is None or isinstance(value, str | int | float | Decimal):
        return value
    if isinstance(value, Mapping):
        return {_key(key): to_value(item, depth + 1) for key, item in value.items()}
    for kind, convert in _CONVERSIONS:
        if isinstance(value, kind):
            return convert(value, depth)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return {field.name: to_value(getattr(value, field.name), depth + 1) for field in fields}
    return value  # dates and durations; anything else is refused by values.check


def _key(key: Any) -> Any:
    if isinstance(key, Enum):
        key = key.value
    return str(key) if isinstance(key, UUID) else key


def _model(value: BaseModel, depth: int) -> dict[str, Any]:
    dumped = value.model_dump(mode="python", by_alias=True)
    return {key: to_value(item, depth + 1) for key, item in dumped.items()}


def _items(value: Iterable[Any], depth: int) -> Any:
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return to_value(value._asdict(), depth)
    return [to_value(item, depth + 1) for item in value]


_CONVERSIONS: tuple[tuple[Any, Callable[[Any, int], Any]], ...] = (
    (BaseModel, _model),
    ((list, tuple, set, frozenset), _items),
    ((UUID, PurePath), lambda value, depth: str(value)),
)


# -- describing
def describe(signature: Signature) -> dict[str, Any]:
    """Parameters and output as JSON, with JSON schemas."""
    return {
        "parameters": [
            {
                "name": parameter.name,
                "type": type_name(parameter.hint),
                "required": parameter.required,
                "schema": _schema(parameter.adapter),
            }
            for parameter in signature.parameters
        ],
        "output": {
            "type": type_name(signature.output_hint),
            "schema": {} if signature.output is None else _schema(signature.output, "serialization"),
        },
    }


def _schema(adapter: TypeAdapter[Any], mode: Any = "validation") -> dict[str, Any]:
    try:
        return adapter.json_schema(mode=mode)
    except (PydanticInvalidForJsonSchema, PydanticUserError):
        return {}  # a type that pydantic can check but JSON Schema cannot say
