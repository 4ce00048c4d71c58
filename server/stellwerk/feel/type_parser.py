"""Types in a text (rule 52)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .lexer import NAME
from .names import NameTable, joined
from .types import BUILT_IN, Type, context_of, function_of, list_of, range_of

if TYPE_CHECKING:
    from .parser import Parser

_KNOWN = NameTable(BUILT_IN)


def type_of(parser: Parser) -> Type | None:
    """The type that follows; None if no type has this name, or if parameters are missing (`list` alone)."""
    parser.deeper()
    is_constructed = parser.token.kind == NAME and parser.tokens[parser.at + 1].text == "<"
    found = _constructed(parser) if is_constructed else _named(parser)
    parser.nested -= 1
    return found


def _constructed(parser: Parser) -> Type | None:
    word = parser.token.text
    if word not in ("list", "range", "context", "function"):
        return _named(parser)
    parser.at += 1
    parser.expect("<")
    if word == "function":
        return _function(parser)
    if word == "context":
        return _context(parser)
    inner = type_of(parser)
    parser.expect(">", "of the type")
    if inner is None:
        return None
    return list_of(inner) if word == "list" else range_of(inner)


def _context(parser: Parser) -> Type | None:
    fields: dict[str, Type | None] = {}
    while True:
        name = parser.name_until(":", "the name of an entry")
        parser.expect(":", "behind the name")
        fields[name] = type_of(parser)
        if not parser.accept(","):
            break
    parser.expect(">", "of the type")
    known = {name: kind for name, kind in fields.items() if kind is not None}
    return context_of(known) if len(known) == len(fields) else None


def _function(parser: Parser) -> Type | None:
    parameters: list[Type | None] = []
    while not parser.is_next(">"):
        parameters.append(type_of(parser))
        if not parser.accept(","):
            break
    parser.expect(">", "of the parameters")
    parser.expect("->", "and the type of the result")
    result = type_of(parser)
    known = tuple(kind for kind in parameters if kind is not None)
    return function_of(known, result) if result is not None and len(known) == len(parameters) else None


def _named(parser: Parser) -> Type | None:
    """A built-in type, or a qualified name (rule 18) that the caller knows."""
    if parser.token.kind != NAME:
        raise parser.unexpected("a type")
    own = NameTable(parser.types)
    length, name = max(_KNOWN.longest(parser.tokens, parser.at), own.longest(parser.tokens, parser.at))
    if length:
        parser.at += length
        return parser.types.get(name) or BUILT_IN.get(name)
    while True:
        length, _ = joined(parser.tokens, parser.at)
        parser.at += length
        if not parser.accept("."):
            return None
        if parser.token.kind != NAME:
            raise parser.unexpected("a name behind the point")
