"""Names of several words and symbols, found by the longest match against what is known (10.3.1.6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Any

from .errors import FeelSyntaxError
from .lexer import END, NAME, NUMBER, Token, tokens_of

# Words that may follow a complete operand: a name that nobody knows does not swallow them.
STOPS = frozenset({"then", "else", "return", "satisfies", "in", "and", "or", "between", "instance", "external"})
_FINAL = "\0"  # no token has this text, the last one has an empty one


@lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...]:
    """The tokens of a name; empty if it is none."""
    try:
        tokens = tokens_of(name)
    except FeelSyntaxError:
        return ()
    if not tokens or tokens[0].kind != NAME:
        return ()
    return tuple(token.text for token in tokens if token.kind != END)


class NameTable:
    """A set of names as a tree of their tokens: prepared once, it serves any number of texts."""

    __slots__ = ("_tree", "names")

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._tree: dict[str, Any] = {}
        self.names: set[str] = set()
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        self.names.add(name)
        node = self._tree
        for word in words_of(name):
            node = node.setdefault(word, {})
        if node is not self._tree:
            node[_FINAL] = name

    def longest(self, tokens: list[Token], at: int) -> tuple[int, str]:
        """How many tokens the longest known name has that begins there, and the name; (0, "") without one."""
        node: dict[str, Any] | None = self._tree.get(tokens[at].text)
        length, found, count = 0, "", 0
        while node is not None:
            count += 1
            if _FINAL in node:
                length, found = count, node[_FINAL]
            node = node.get(tokens[at + count].text) if at + count < len(tokens) else None
        return length, found


class KnownNames:
    """Variables with the names inside of them, prepared once for any number of texts. `size` counts all of these."""

    __slots__ = ("members", "size", "variables")

    def __init__(self, names: Mapping[str, Any], most: int | None = None) -> None:
        """Raises OverflowError if there are more than `most`."""
        self.variables, self.members, self.size = NameTable(), NameTable(), 0
        waiting: list[tuple[NameTable, Mapping[str, Any]]] = [(self.variables, names)]
        while waiting:
            table, level = waiting.pop()
            self.size += len(level)
            if most is not None and self.size > most:
                raise OverflowError(f"more than {most} names")
            for name, inside in level.items():
                table.add(name)
                nested = inside[0] if isinstance(inside, list) and inside else inside
                if isinstance(nested, Mapping):
                    waiting.append((self.members, nested))


Names = Iterable[str] | Mapping[str, Any] | NameTable | KnownNames
"""Variables: their names alone, or each with the names inside of it (`{"order": {"unit price": None}}`)."""


def names_of(names: Names) -> AbstractSet[str]:
    """The variables themselves."""
    if isinstance(names, KnownNames):
        return names.variables.names
    return names.names if isinstance(names, NameTable) else frozenset(names)


def joined(tokens: list[Token], at: int) -> tuple[int, str]:
    """A name that nobody knows: all words that follow each other, since nothing else could be meant by them."""
    words = [tokens[at].text]
    while tokens[at + len(words)].kind in (NAME, NUMBER) and tokens[at + len(words)].text not in STOPS:
        words.append(tokens[at + len(words)].text)
    return len(words), " ".join(words)


def tables_of(names: Names) -> tuple[NameTable, NameTable]:
    """The variables themselves, and all names inside of them."""
    if isinstance(names, NameTable):
        return names, NameTable()
    if isinstance(names, Mapping):
        names = KnownNames(names)
    return (names.variables, names.members) if isinstance(names, KnownNames) else (NameTable(names), NameTable())
