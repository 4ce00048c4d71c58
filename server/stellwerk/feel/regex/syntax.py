"""The text of a pattern -> a tree."""

from __future__ import annotations

from dataclasses import dataclass

from . import classes
from .classes import Intervals

MOST_NESTED = 40
LONGEST = 5000
_FLAGS = frozenset("smix")
_ESCAPED = frozenset("\\|.-^?*+{}()[]$")
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t"}


class PatternError(ValueError):
    """The text is no pattern, or the flags are none."""


@dataclass(frozen=True, slots=True)
class Set:
    """One character."""

    intervals: Intervals
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """`^` or `$`."""

    start: bool


@dataclass(frozen=True, slots=True)
class Back:
    """The text of a group again."""

    group: int


@dataclass(frozen=True, slots=True)
class Group:
    """`number` is 0 for (?:...)."""

    number: int
    inside: Tree


@dataclass(frozen=True, slots=True)
class Repeat:
    """`most` is -1 without a limit."""

    inside: Tree
    least: int
    most: int
    lazy: bool


@dataclass(frozen=True, slots=True)
class Sequence:
    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    options: tuple[Tree, ...]


Tree = Set | Edge | Back | Group | Repeat | Sequence | Choice


class Reader:
    """Reads one pattern. Raises PatternError."""

    def __init__(self, text: str, flags: str) -> None:
        if not _FLAGS.issuperset(flags):
            raise PatternError(f"the flags `{flags[:10]}` are not among s, m, i, x")
        if len(text) > LONGEST:
            raise PatternError(f"the pattern has more than {LONGEST} characters")
        self.text = _without_space(text) if "x" in flags else text
        self.ignores_case = "i" in flags
        self.dot_is_all = "s" in flags
        self.at = 0
        self.groups = 0
        self.closed: set[int] = set()
        self.nested = 0
        self.has_back = False

    def read(self) -> Tree:
        found = self._choice()
        if self.at < len(self.text):
            raise PatternError("a bracket is closed that was not opened")
        return found

    def _next(self) -> str:
        return self.text[self.at] if self.at < len(self.text) else ""

    def _take(self) -> str:
        if self.at >= len(self.text):
            raise PatternError("the pattern ends too early")
        self.at += 1
        return self.text[self.at - 1]

    def _accept(self, text: str) -> bool:
        found = self.text.startswith(text, self.at)
        self.at += len(text) * found
        return found

    def _choice(self) -> Tree:
        options = [self._sequence()]
        while self._accept("|"):
            options.append(self._sequence())
        return Choice(tuple(options)) if len(options) > 1 else options[0]

    def _sequence(self) -> Tree:
        parts: list[Tree] = []
        while self._next() not in ("", "|", ")"):
            parts.append(self._repeated(self._atom()))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _repeated(self, atom: Tree) -> Tree:
        bounds = {"?": (0, 1), "*": (0, -1), "+": (1, -1)}.get(self._next())
        if bounds is not None:
            self.at += 1
        elif self._accept("{"):
            bounds = self._bounds()
        else:
            return atom
        lazy = self._accept("?")
        if self._next() in ("?", "*", "+", "{") and self._next():
            raise PatternError("a quantifier follows a quantifier")
        return Repeat(atom, *bounds, lazy)

    def _bounds(self) -> tuple[int, int]:
        inside, closed, _ = self.text[self.at :].partition("}")
        low, comma, high = inside.partition(",")
        if not closed or not low.isdecimal() or (high and not high.isdecimal()) or len(inside) > 12:
            raise PatternError("a quantifier is {2}, {2,} or {2,5}")
        self.at += len(inside) + 1
        least = int(low)
        most = least if not comma else int(high) if high else -1
        if most != -1 and most < least:
            raise PatternError("a quantifier counts downwards")
        return least, most

    def _atom(self) -> Tree:
        character = self._take()
        if character == "(":
            return self._group()
        if character == "[":
            return self._class()
        if character == "\\":
            return self._escape()
        if character == ".":
            return Set((), negated=True) if self.dot_is_all else Set(classes.NEW_LINES, negated=True)
        if character in "^$":
            return Edge(character == "^")
        if character in "?*+{}]":
            raise PatternError(f"`{character}` has nothing before it")
        return _one(character)

    def _group(self) -> Tree:
        self.nested += 1
        if self.nested > MOST_NESTED:
            raise PatternError("the pattern is nested too deeply")
        number = 0
        if not self._accept("?:"):
            if self._next() == "?":
                raise PatternError("`(?` is not known")
            self.groups += 1
            number = self.groups
        inside = self._choice()
        if not self._accept(")"):
            raise PatternError("a bracket is not closed")
        self.nested -= 1
        self.closed.add(number)
        return Group(number, inside)

    def _escape(self) -> Tree:
        character = self._take()
        if character in "123456789":
            return self._back(int(character))
        if character == "$":
            return _one(character)
        return Set(self._set(character))

    def _back(self, number: int) -> Tree:
        """Digits belong to it as long as there is such a group."""
        while self._next().isdecimal() and number * 10 + int(self._next()) <= self.groups:
            number = number * 10 + int(self._take())
        if number not in self.closed:
            raise PatternError(f"there is no group {number} before `\\{number}`")
        self.has_back = True
        return Back(number)

    def _set(self, character: str) -> Intervals:
        """What is behind a backslash, as a set."""
        if character in _CONTROLS:
            return _points(_CONTROLS[character])
        if character in _ESCAPED:
            return _points(character)
        if character in "dDwWsSiIcC":
            return classes.escape(character)
        if character in "pP" and self._accept("{"):
            name, closed, _ = self.text[self.at :].partition("}")
            self.at += len(name) + 1
            found = classes.block(name[2:]) if name.startswith("Is") else classes.category(name)
            if not closed or found is None:
                raise PatternError(f"there is no category or block `{name[:40]}`")
            return found if character == "p" else classes.complement(found)
        raise PatternError(f"`\\{character}` has no meaning")

    def _class(self) -> Set:
        """[abc], [^a-z], [a-z-[aeiou]]."""
        self.nested += 1
        if self.nested > MOST_NESTED:
            raise PatternError("the pattern is nested too deeply")
        negated = self._accept("^")
        parts: list[tuple[int, int]] = []
        removed: Intervals | None = None
        while not self._accept("]"):
            if parts and self._accept("-["):
                removed = self._intervals(self._class())
                if not self._accept("]"):
                    raise PatternError("a subtraction is the last part of a class")
                break
            parts.extend(self._class_part())
        self.nested -= 1
        if not parts:
            raise PatternError("a class is empty")
        own = Set(classes.union(parts), negated)
        return own if removed is None else Set(classes.without(self._intervals(own), removed))

    def _intervals(self, found: Set) -> Intervals:
        own = classes.folded(found.intervals) if self.ignores_case else found.intervals
        return classes.complement(own) if found.negated else own

    def _class_part(self) -> Intervals:
        character = self._take()
        if character == "[":
            raise PatternError("`[` stands inside of a class")
        low = self._set(self._take()) if character == "\\" else _points(character)
        is_range = self._next() == "-" and self.text[self.at + 1 : self.at + 2] not in ("]", "[", "")
        if not is_range:
            return low
        self.at += 1
        character = self._take()
        high = self._set(self._take()) if character == "\\" else _points(character)
        if len(low) != 1 or len(high) != 1 or low[0][0] != low[0][1] or high[0][0] != high[0][1] or low > high:
            raise PatternError("a range in a class goes from one character to a later one")
        return ((low[0][0], high[0][0]),)


def _points(character: str) -> Intervals:
    return ((ord(character), ord(character)),)


def _one(character: str) -> Set:
    return Set(_points(character))


def _without_space(text: str) -> str:
    """Flag x: white space is dropped, but not inside of a class."""
    found: list[str] = []
    depth, escaped = 0, False
    for character in text:
        if character in " \t\n\r" and not depth:
            continue
        if not escaped:
            depth += (character == "[") - (character == "]" and depth > 0)
        escaped = character == "\\" and not escaped
        found.append(character)
    return "".join(found)
