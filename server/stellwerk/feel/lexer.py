"""Text -> tokens (10.3.1.2 rules 26 to 37 and 61 to 65, 10.3.1.4).

White space and comments separate tokens. A name of several words is a sequence of tokens; `names` puts it together.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from . import hints
from .errors import FeelSyntaxError

NAME, NUMBER, STRING, AT, OPERATOR, END = "name", "number", "string", "at literal", "operator", "end"

_START = (
    "?A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_SPACE = "\u0009-\u000d\u0020\u0085\u00a0\u1680\u180e\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"
# White space that lies inside of the ranges of name characters is white space.
_SPACE_IN_NAMES = "\u1680\u180e\u3000"
_NAME_START = f"(?![{_SPACE_IN_NAMES}])[{_START}]"
_NAME_PART = f"(?![{_SPACE_IN_NAMES}])[{_START}0-9\u00b7\u0300-\u036f\u203f-\u2040]"
_TOKEN = re.compile(
    rf"""
    (?P<space>[{_SPACE}]+|//[^\n\r]*|/\*(?:[^*]|\*(?!/))*\*/)
    |(?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    |(?P<name>{_NAME_START}(?:{_NAME_PART})*)
    |(?P<at>@[{_SPACE}]*"(?:[^"\\]|\\.)*")
    |(?P<string>"(?:[^"\\]|\\.)*")
    |(?P<operator>\.\.|\*\*|<=|>=|!=|->|[-+*/()\[\]{{}},:.<>='’])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(
    r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|(.))",
    re.DOTALL,
)
_ESCAPES = {"'": "'", '"': '"', "\\": "\\", "n": "\n", "r": "\r", "t": "\t"}


class Token(NamedTuple):
    """`text` as it stands, `value` decoded for strings; positions count characters."""

    kind: str
    text: str
    start: int
    end: int
    value: str = ""


def tokens_of(text: str) -> list[Token]:
    """All tokens and one of kind END. Raises FeelSyntaxError."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _unreadable(text, at)
        if text.startswith("/*", at) and match.lastgroup != "space":
            raise FeelSyntaxError("A comment does not end", text, at, expected="`*/`")
        if match.lastgroup != "space":
            found.append(_token(match, text))
        at = match.end()
    found.append(Token(END, "", len(text), len(text)))
    return found


def _token(match: re.Match[str], text: str) -> Token:
    group = match.lastgroup or ""
    kind = AT if group == "at" else group
    word = match.group()
    value = _decoded(word[word.index('"') + 1 : -1], text, match.start()) if kind in (STRING, AT) else ""
    return Token(kind, word, match.start(), match.end(), value)


def _decoded(inner: str, text: str, at: int) -> str:
    if "\\" not in inner:
        return inner

    def character(match: re.Match[str]) -> str:
        high, low, short, long, other = match.groups()
        if high:
            return chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00)
        if short or long:
            return _code_point(int(short or long, 16), text, at)
        # Any other escape stays as it is written, so that patterns such as "\d" need no second backslash.
        return _ESCAPES.get(other, "\\" + other)

    return _ESCAPE.sub(character, inner)


def _code_point(code: int, text: str, at: int) -> str:
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        raise FeelSyntaxError(f"There is no character {code:X}", text, at, expected="a code point up to 10FFFF")
    return chr(code)


def _unreadable(text: str, at: int) -> FeelSyntaxError:
    if text[at] == '"' or text.startswith('@"', at):
        return FeelSyntaxError("A text does not end", text, at, hint="A text ends with a double quote.")
    return FeelSyntaxError(f"`{text[at]}` has no meaning here", text, at, hint=hints.of_place(text, at))
