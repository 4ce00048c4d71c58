"""The plain subset of `${...}` of Camunda 7 (JUEL, the Expression Language of Jakarta EE), compiled to closures.

Paths (a.b, a['b'], a[0]), comparisons (also eq ne lt gt le ge), && || ! (also and or not), empty, the conditional
a ? b : c, + - * / % (also div mod), null true false, text and numbers. Method calls, beans, functions, assignments
and lambdas are refused by name. The conversions are those of the Expression Language 3.0, chapter 1.23, as far as
variables can have these types; where it would convert in a surprising way (text to number in +), it is done too, so
that a diagram means here what it means there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from stellwerk.engine.expressions.closures import Closure, Compiled, constant, read
from stellwerk.engine.expressions.juel_operators import BINARY, PREFIX, choice, entry
from stellwerk.engine.expressions.reads import Path
from stellwerk.errors import ExpressionInvalid

Kind = Literal["number", "text", "name", "mark", "end"]

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?)
      | (?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
      | (?P<name>[^\W\d]\w*)
      | (?P<mark>&&|\|\||[=!<>]=|->|\+=|[-+*/%<>!?:.,()\[\]=;{}])""",
    re.VERBOSE | re.DOTALL,
)
_WORDS = {"and": "&&", "or": "||", "not": "!", "eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">="}
_WORDS |= {"div": "/", "mod": "%"}
_CONSTANTS = {"true": True, "false": False, "null": None}
_LEVELS = (("||",), ("&&",), ("==", "!="), ("<", ">", "<=", ">="), ("+", "-"), ("*", "/", "%"))
"""Binary operators, the loosest first."""
_MAX_NESTING = 40
_MAX_TOKENS = 400


@dataclass(frozen=True)
class _Token:
    kind: Kind
    value: str
    offset: int


def end_of_expression(text: str, start: int) -> int:
    """The offset behind the } that closes the ${ at `start`; quoted text is skipped. Raises ExpressionInvalid."""
    quote, i = "", start + 2
    while i < len(text):
        character = text[i]
        if character == "\\" and quote:
            i += 1
        elif quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character == "}":
            return i + 1
        i += 1
    missing = f"the closing {quote}" if quote else "the closing }"
    raise ExpressionInvalid(f"In '{text[start : start + 60]}' {missing} is missing. Add it.", start)


def compile_juel(text: str, start: int, end: int) -> Compiled:
    """Compile `text[start:end]`, the part between the braces. Raises ExpressionInvalid that names the part."""
    parser = _Parser(text, _tokens(text, start, end))
    run = parser.choice()
    if parser.here.kind != "end":
        raise parser.refuse(f"'{parser.here.value}' is not expected here")
    return Compiled(run, frozenset(parser.names), False, tuple(parser.paths))


def _tokens(text: str, start: int, end: int) -> list[_Token]:
    tokens: list[_Token] = []
    while start < end:
        found = _TOKEN.match(text, start, end)
        if found is None:
            raise ExpressionInvalid(f"The character '{text[start]}' is not expected in ${{...}}. Remove it.", start)
        kind, value = found.lastgroup, found.group()
        if kind == "name" and value in _WORDS:
            kind, value = "mark", _WORDS[value]
        if kind != "space":
            tokens.append(_Token(kind, value, start))  # type: ignore[arg-type]
        if len(tokens) > _MAX_TOKENS:
            raise ExpressionInvalid(f"The expression has more than {_MAX_TOKENS} parts. Use a script task.", start)
        start = found.end()
    tokens.append(_Token("end", "", end))
    return tokens


class _Parser:
    """Recursive descent, one method for each level of precedence, the loosest first."""

    def __init__(self, text: str, tokens: list[_Token]) -> None:
        self.text, self.tokens, self.place = text, tokens, 0
        self.names: set[str] = set()
        self.paths: dict[Path, None] = {}
        self.depth = 0

    @property
    def here(self) -> _Token:
        return self.tokens[self.place]

    def refuse(self, reason: str, offset: int | None = None) -> ExpressionInvalid:
        supported = "Supported are paths, comparisons, && || !, empty, a ? b : c, + - * / %, text and numbers."
        at = self.here.offset if offset is None else offset
        return ExpressionInvalid(f"In ${{...}} {reason}. {supported} Write the rest in Python.", at)

    def take(self, *marks: str) -> str | None:
        """The mark that stands here, passed over, if it is one of these."""
        token = self.here
        if token.kind == "mark" and token.value in marks:
            self.place += 1
            return token.value
        return None

    def expect(self, mark: str) -> None:
        if not self.take(mark):
            raise self.refuse(f"'{mark}' is missing before '{self.here.value or 'the end'}'")

    def choice(self) -> Closure:
        self.depth += 1
        if self.depth > _MAX_NESTING:
            raise self.refuse("the nesting is too deep")
        test = self.chain(0)
        if self.take("?"):
            yes = self.choice()
            self.expect(":")
            test = choice(test, yes, self.choice())
        self.depth -= 1
        return test

    def chain(self, level: int) -> Closure:
        """Operators of one level, left to right."""
        if level == len(_LEVELS):
            return self.unary()
        left = self.chain(level + 1)
        while symbol := self.take(*_LEVELS[level]):
            left = BINARY[symbol](left, self.chain(level + 1))
        return left

    def unary(self) -> Closure:
        marks: list[str] = []
        while (mark := self.take("!", "-")) or self.is_empty_operator():
            marks.append(mark or "empty")
            if len(marks) > _MAX_NESTING:
                raise self.refuse("the nesting is too deep")
        value = self.path()
        for mark in reversed(marks):
            value = PREFIX[mark](value)
        return value

    def is_empty_operator(self) -> bool:
        if self.here.kind != "name" or self.here.value != "empty":
            return False
        self.place += 1
        return True

    def path(self) -> Closure:
        root = self.here.value if self.here.kind == "name" and self.here.value not in _CONSTANTS else None
        value = self.primary()
        path: list[str | int] = [root] if root is not None else []
        steps = 0
        while mark := self.take(".", "[", "("):
            steps += 1
            if len(path) == steps:
                path += self.constant_key(mark)
            if mark == "(":
                raise self.refuse_call()
            if steps > _MAX_NESTING:
                raise self.refuse("the path is too long")
            value = entry(value, self.key(mark))
        if path:
            self.paths[tuple(path)] = None
        return value

    def constant_key(self, mark: str) -> list[str | int]:
        """The key that stands here if it is written out; nothing is passed over."""
        token, after = self.here, self.tokens[min(self.place + 1, len(self.tokens) - 1)]
        if mark == ".":
            return [token.value]
        if after.value != "]" or token.kind not in ("text", "number"):
            return []
        return [token.value[1:-1]] if token.kind == "text" else [int(token.value)] if token.value.isdigit() else []

    def key(self, mark: str) -> Closure:
        if mark == "[":
            key = self.choice()
            self.expect("]")
            return key
        if self.here.kind != "name":
            raise self.refuse(f"a name is missing after '.', before '{self.here.value or 'the end'}'")
        self.place += 1
        return constant(self.tokens[self.place - 1].value)

    def refuse_call(self) -> ExpressionInvalid:
        name = self.tokens[self.place - 2]
        return self.refuse(f"the call {name.value}(...) is not supported", name.offset)

    def primary(self) -> Closure:
        token = self.here
        if self.take("("):
            value = self.choice()
            self.expect(")")
            return value
        if token.kind in ("mark", "end"):
            raise self.refuse(f"a value is missing before '{token.value or 'the end'}'")
        self.place += 1
        return self.operand(token)

    def operand(self, token: _Token) -> Closure:
        if token.kind == "number":
            is_whole = token.value.isdigit()
            if is_whole and len(token.value) > 100:
                raise self.refuse("a number is too long", token.offset)
            return constant(int(token.value) if is_whole else float(token.value))
        if token.kind == "text":
            return constant(re.sub(r"\\(.)", r"\1", token.value[1:-1], flags=re.DOTALL))
        if token.value in _CONSTANTS:
            return constant(_CONSTANTS[token.value])
        if self.here.value == ":" and self.tokens[self.place + 1].kind == "name" and self.is_function():
            raise self.refuse(f"the function {token.value}:{self.tokens[self.place + 1].value} is not supported")
        self.names.add(token.value)
        return read(token.value)

    def is_function(self) -> bool:
        """`prefix:name(`, which is not the middle of a ? b : c."""
        after = self.tokens[min(self.place + 2, len(self.tokens) - 1)]
        return after.kind == "mark" and after.value == "("
