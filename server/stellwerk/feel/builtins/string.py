"""10.3.4.3 String functions. Positions and lengths count code points."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import wraps

from ..regex import Pattern, PatternError, compiled
from ..runtime import Run, Undefined, Value
from ..types import name_of
from .registry import Implementation, builtin, each, whole


@builtin("substring(string: string, start position: number, length?: number)")
def substring(run: Run, string: str, start: Decimal, length: Decimal | None = None) -> str:
    """A length that reaches beyond the end takes what is there."""
    at = whole(start)
    if not 1 <= abs(at) <= len(string):
        raise Undefined(f"substring: the text has no position {at}")
    first = at - 1 if at > 0 else len(string) + at
    size = len(string) if length is None else whole(length)
    if size < 1:
        raise Undefined("substring: `length` must be 1 or more")
    run.text(len(string))
    return string[first : first + size]


@builtin("string length(string: string)")
def string_length(run: Run, string: str) -> Decimal:
    return Decimal(len(string))


@builtin("upper case(string: string)")
def upper_case(run: Run, string: str) -> str:
    run.text(len(string))
    return string.upper()


@builtin("lower case(string: string)")
def lower_case(run: Run, string: str) -> str:
    run.text(len(string))
    return string.lower()


@builtin("substring before(string: string, match: string)")
def substring_before(run: Run, string: str, match: str) -> str:
    run.text(len(string))
    before, found, _ = string.partition(match) if match else ("", "", "")
    return before if found else ""


@builtin("substring after(string: string, match: string)")
def substring_after(run: Run, string: str, match: str) -> str:
    run.text(len(string))
    return string.partition(match)[2] if match else string


@builtin("contains(string: string, match: string)")
def contains(run: Run, string: str, match: str) -> bool:
    run.text(len(string))
    return match in string


@builtin("starts with(string: string, match: string)")
def starts_with(run: Run, string: str, match: str) -> bool:
    run.text(len(match))
    return string.startswith(match)


@builtin("ends with(string: string, match: string)")
def ends_with(run: Run, string: str, match: str) -> bool:
    run.text(len(match))
    return string.endswith(match)


def _with_patterns(implementation: Implementation) -> Implementation:
    """What is wrong with a pattern, or with the text it looks at, is seen when it is read or while it finds."""

    @wraps(implementation)
    def guarded(run: Run, *arguments: Value) -> Value:
        try:
            return implementation(run, *arguments)
        except PatternError as error:
            raise Undefined(f"{implementation.__name__}: {error}") from None

    return guarded


def _pattern(run: Run, text: str, flags: str | None = None) -> Pattern:
    """Each pattern is charged once in an evaluation, so that a loop over many texts is cheap."""
    key = text, flags or ""
    found = run.patterns.get(key)
    if found is None:
        found = run.patterns[key] = compiled(*key, run.charge)
    return found


@builtin("matches(input: string, pattern: string, flags?: string)")
@_with_patterns
def matches(run: Run, string: str, pattern: str, flags: str | None = None) -> bool:
    """Somewhere in the input, unless the pattern says ^ or $."""
    run.text(len(string))
    return _pattern(run, pattern, flags).is_found(string, run.charge)


_REFERENCE = re.compile(r"\\(.?)|\$([0-9]*)", re.DOTALL)


@builtin("replace(input: string, pattern: string, replacement: string, flags?: string)")
@_with_patterns
def replace(run: Run, string: str, pattern: str, replacement: str, flags: str | None = None) -> str:
    """`$1` is the first group, `$0` all that was found, `\\$` and `\\\\` are characters."""
    found = _pattern(run, pattern, flags)
    _refuse_empty("replace", found, run)
    parts = _parts(replacement, found.groups)
    pieces: list[str] = []
    end, length = 0, len(string)
    for spans in found.find(string, run.charge):
        made = [part if isinstance(part, str) else _group(string, spans[part]) for part in parts]
        pieces += [string[end : spans[0][0]], *made]
        end = spans[0][1]
        length += sum(map(len, made)) - (end - spans[0][0])
        run.charge(1 + len(made))
        run.fits(length)
    pieces.append(string[end:])
    run.text(length)
    return "".join(pieces)


def _group(string: str, span: tuple[int, int]) -> str:
    """Empty if the group took no part."""
    return string[slice(*span)] if span[0] >= 0 else ""


def _refuse_empty(name: str, pattern: Pattern, run: Run) -> None:
    if pattern.is_found("", run.charge):
        raise Undefined(f"{name}: the pattern matches an empty text")


def _parts(replacement: str, groups: int) -> list[str | int]:
    """The texts and group numbers of a replacement."""
    parts: list[str | int] = []
    end = 0
    for match in _REFERENCE.finditer(replacement):
        parts.append(replacement[end : match.start()])
        escaped, digits = match.groups()
        end = match.end()
        if escaped is not None:
            if escaped not in ("\\", "$"):
                raise Undefined("replace: behind a backslash stands `$` or a backslash")
            parts.append(escaped)
            continue
        if not digits:
            raise Undefined("replace: behind `$` stands the number of a group")
        number, length = int(digits[0]), 1
        while length < len(digits) and number * 10 + int(digits[length]) <= groups:
            number, length = number * 10 + int(digits[length]), length + 1
        parts.append(number if number <= groups else "")
        end = match.start() + 1 + length
        parts.append(replacement[end : match.end()])
        end = match.end()
    parts.append(replacement[end:])
    return [part for part in parts if part != ""]


@builtin("split(string: string, delimiter: string)")
@_with_patterns
def split(run: Run, string: str, delimiter: str) -> Value:
    found = _pattern(run, delimiter)
    _refuse_empty("split", found, run)
    pieces: list[Value] = []
    end = 0
    for spans in found.find(string, run.charge):
        pieces.append(string[end : spans[0][0]])
        end = spans[0][1]
    pieces.append(string[end:])
    run.items(len(pieces))
    return pieces


@builtin("string join(list: list, delimiter?: string)")
def string_join(run: Run, values: list[Value], delimiter: str | None = None) -> str:
    """null items are left out."""
    items = [item for item in each(run, values) if item is not None]
    for item in items:
        if not isinstance(item, str):
            raise Undefined(f"string join: a {name_of(item)} is no string")
    run.text(sum(map(len, items)) + len(delimiter or "") * len(items))
    return (delimiter or "").join(items)
