"""JavaScript regular expressions on a linear-time engine.

form-js tests `validate.pattern` with `new RegExp(pattern).test(value)`: a search, without flags. Python's `re` means
other things by the same text and can be made to run for ever; RE2 runs in linear time, so a pattern is translated to
it. What RE2 cannot do (look-around, back-references) is refused when the form is deployed.

Without the flag `u`, JavaScript sees UTF-16 units: an emoji is two characters. Both sides are therefore turned into
units; a surrogate, which RE2 cannot hold, becomes a character of the private plane 16.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import re2

MAX_PATTERN = 1_000
_MAX_MEMORY = 4 << 20  # bytes of a compiled pattern
# What JavaScript means by white space in `\s` and in `trim()`.
WHITE_SPACE = "\t\n\v\f\r \xa0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200B)))
_SPACE = "".join(f"\\x{{{ord(c):x}}}" for c in WHITE_SPACE)
_NO_LINE_END = r"[^\n\r\x{2028}\x{2029}]"
_CONTROL = {"t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r"}
_SURROGATES, _PLANE_16 = range(0xD800, 0xE000), 0x100000
# One step through a pattern: an escape, the start of a group, or one character.
_TOKEN = re.compile(
    r"\\u(?P<u>[0-9a-fA-F]{4})|\\x(?P<x>[0-9a-fA-F]{2})|\\c(?P<c>[a-zA-Z])|\\(?P<e>.)|(?P<group>\(\?)(?P<kind>:|<[A-Za-z_]\w*>)?"
    r"|(?P<one>.)",
    re.DOTALL,
)


class PatternError(ValueError):
    """The pattern is not JavaScript, or needs what no linear-time engine can do; the text says which."""


def units(text: str) -> str:
    """The text as its UTF-16 units, surrogates moved to plane 16."""
    return "".join(_unit(ord(c)) for c in text) if any(c > "\ud7ff" for c in text) else text


def _unit(code: int) -> str:
    if code > 0xFFFF:
        code -= 0x10000
        return _unit(0xD800 + (code >> 10)) + _unit(0xDC00 + (code & 0x3FF))
    return chr(_PLANE_16 + code - 0xD800) if code in _SURROGATES else chr(code)


def length(text: str) -> int:
    """The length that JavaScript sees."""
    return len(text) + sum(c > "\uffff" for c in text)


def search(pattern: str, text: str) -> bool:
    """Whether `new RegExp(pattern).test(text)`. Raises PatternError."""
    return compiled(pattern).search(units(text)) is not None


@lru_cache(maxsize=512)
def compiled(pattern: str) -> Any:
    """The pattern for RE2. Raises PatternError."""
    if len(pattern) > MAX_PATTERN:
        raise PatternError(f"is longer than {MAX_PATTERN} characters")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MAX_MEMORY
    try:
        return re2.compile(_translate(units(pattern)), options)
    except re2.error as error:
        detail = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
        raise PatternError(f"cannot be used ({detail})") from error


def _translate(pattern: str) -> str:
    out: list[str] = []
    in_class = False
    for token in _TOKEN.finditer(pattern):
        one = token["one"]
        if token["group"]:
            out.append(_group(token, in_class))
        elif one is None:
            out.append(_escape(token, in_class))
        elif in_class:
            in_class = one != "]"
            out.append("\\[" if one == "[" else one)
        elif one == "[":
            in_class = True
            out.append(_class_start(pattern, token.end()))
        else:
            out.append(_NO_LINE_END if one == "." else one)
    return "".join(out)


def _class_start(pattern: str, after: int) -> str:
    if pattern.startswith(("]", "^]"), after):
        raise PatternError("holds an empty character class. Name the characters")
    return "["


def _group(token: re.Match[str], in_class: bool) -> str:
    if in_class:
        return token[0]
    if not token["kind"]:
        raise PatternError("uses look-around or another group that needs backtracking. Write it with plain groups")
    return token[0]


def _escape(token: re.Match[str], in_class: bool) -> str:
    if token["u"] or token["x"]:
        return _literal(int(token["u"] or token["x"], 16))
    if token["c"]:
        return _literal(ord(token["c"]) % 32)
    letter = token["e"]
    if letter in "dDwW":
        return token[0]
    if letter in "sS":
        return _space(letter, in_class)
    if letter in "bB":
        return _literal(8) if in_class and letter == "b" else token[0]
    if letter in "123456789k":
        raise PatternError("uses a back-reference, which needs backtracking. Repeat the group instead")
    return _literal(0 if letter == "0" else ord(_CONTROL.get(letter, letter)))


def _space(letter: str, in_class: bool) -> str:
    if not in_class:
        return f"[{'^' if letter == 'S' else ''}{_SPACE}]"
    if letter == "S":
        raise PatternError(r"uses \S inside [...]. Write the characters that are meant")
    return _SPACE


def _literal(code: int) -> str:
    return f"\\x{{{ord(_unit(code)):x}}}"
