"""Patterns that find: RE2 in linear time; references to groups by backtracking on the budget."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2

from ..budget import CHARACTERS_PER_STEP
from .classes import folded, holds, variants
from .syntax import Back, Choice, Edge, Group, PatternError, Reader, Repeat, Sequence, Set, Tree

Charge = Callable[[int], None]
Span = tuple[int, int]
_MOST_INSTRUCTIONS = 20_000
_MOST_WEIGHT = 500_000
# What RE2 does in the time of a step: characters that a small program looks at, parts of a program that it builds.
_CHARACTERS, _SMALL, _PARTS = 2048, 64, 8
_CASED = 4  # characters of a group that are compared in the time of a step, each with its variants


@dataclass(frozen=True, slots=True)
class Pattern:
    """`find(text, charge)` gives the spans of all groups (0 is the whole) of each match, from left to right."""

    groups: int
    find: Callable[[str, Charge], Iterator[list[Span]]]

    def is_found(self, text: str, charge: Charge) -> bool:
        return next(self.find(text, charge), None) is not None


def compiled(text: str, flags: str, charge: Charge) -> Pattern:
    """Charges what it takes to make it, also if it was kept from before. Raises PatternError."""
    charge(1 + len(text))
    _, tree = _read(text, flags)
    weight = _weight(tree)
    if weight > _MOST_WEIGHT:
        raise PatternError("the pattern is too large")
    charge(weight // _PARTS)
    return _made(text, flags)


@lru_cache(maxsize=256)
def _read(text: str, flags: str) -> tuple[Reader, Tree]:
    reader = Reader(text, flags)
    return reader, reader.read()


@lru_cache(maxsize=64)
def _made(text: str, flags: str) -> Pattern:
    reader, tree = _read(text, flags)
    if not reader.has_back:
        found = _linear(tree, flags, reader.groups)
        if found is not None:
            return found
    program = _Program(flags, reader.groups)
    program.add(tree)
    program.code.append(("match",))
    return Pattern(reader.groups, lambda text, charge: _all(program, reader.groups, text, charge))


def _weight(tree: Tree) -> int:
    """How many intervals of characters, and edges, a program has when all repetitions are written out."""
    if isinstance(tree, Set):
        return 1 + len(tree.intervals)
    if isinstance(tree, Group):
        return 1 + _weight(tree.inside)
    if isinstance(tree, Repeat):
        return 1 + _weight(tree.inside) * max(tree.least, tree.most, 1)
    if isinstance(tree, Sequence):
        return 1 + sum(map(_weight, tree.parts))
    return 1 + sum(map(_weight, tree.options)) if isinstance(tree, Choice) else 1


# RE2


def _linear(tree: Tree, flags: str, groups: int) -> Pattern | None:
    """None if RE2 refuses the pattern, for repetitions beyond a thousand or for its size."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 16 << 20
    prefix = "(?" + "".join(flag for flag in "im" if flag in flags) + ")" if set("im") & set(flags) else ""
    try:
        program = re2.compile(prefix + _written(tree), options)
    except re2.error:
        return None

    unit = max(1, _CHARACTERS // (1 + program.programsize // _SMALL))

    def find(text: str, charge: Charge) -> Iterator[list[Span]]:
        charge(1 + len(text) // CHARACTERS_PER_STEP + len(text) // unit)
        try:
            for match in program.finditer(text):
                # The search for the next one may look at all that is left.
                charge(1 + (len(text) - match.end()) // unit)
                yield [match.span(group) for group in range(groups + 1)]
        except UnicodeEncodeError:
            raise PatternError("the text has half a character") from None

    return Pattern(groups, find)


def _written(tree: Tree) -> str:
    """A tree as RE2 writes it."""
    if isinstance(tree, Set):
        return _class(tree)
    if isinstance(tree, Edge):
        return "^" if tree.start else "$"
    if isinstance(tree, Group):
        return ("(" if tree.number else "(?:") + _written(tree.inside) + ")"
    if isinstance(tree, Repeat):
        bounds = f"{{{tree.least},{'' if tree.most == -1 else tree.most}}}"
        return f"(?:{_written(tree.inside)}){bounds}" + "?" * tree.lazy
    if isinstance(tree, Sequence):
        return "".join(map(_written, tree.parts))
    assert isinstance(tree, Choice)
    return "(?:" + "|".join(map(_written, tree.options)) + ")"


def _class(found: Set) -> str:
    if not found.intervals:  # a dot for everything, or a class with nothing left
        return "(?s:.)" if found.negated else "[^\\x{0}-\\x{10FFFF}]"
    inside = "".join(rf"\x{{{low:x}}}-\x{{{high:x}}}" for low, high in found.intervals)
    return f"[{'^' * found.negated}{inside}]"


# Backtracking

Instruction = tuple[Any, ...]


class _Program:
    """Instructions for a machine that tries one way after the other."""

    def __init__(self, flags: str, groups: int) -> None:
        self.code: list[Instruction] = []
        self.slots = 2 * groups + 2  # where groups begin and end, and where the rounds of loops began
        self.ignores_case = "i" in flags
        self.lines = "m" in flags

    def add(self, tree: Tree) -> None:
        if len(self.code) > _MOST_INSTRUCTIONS:
            raise PatternError("the pattern is too large")
        if isinstance(tree, Set):
            intervals = folded(tree.intervals) if self.ignores_case else tree.intervals
            self.code.append(("set", intervals, tree.negated))
        elif isinstance(tree, Edge):
            self.code.append(("start" if tree.start else "end",))
        elif isinstance(tree, Back):
            self.code.append(("back", tree.group))
        elif isinstance(tree, Group):
            self._group(tree)
        elif isinstance(tree, Repeat):
            self._repeat(tree)
        elif isinstance(tree, Sequence):
            for part in tree.parts:
                self.add(part)
        else:
            self._choice(tree)

    def _group(self, tree: Group) -> None:
        if tree.number:
            self.code.append(("save", 2 * tree.number))
        self.add(tree.inside)
        if tree.number:
            self.code.append(("save", 2 * tree.number + 1))

    def _choice(self, tree: Choice) -> None:
        ends = []
        for option in tree.options[:-1]:
            split = self._reserve()
            self.add(option)
            ends.append(self._reserve())
            self.code[split] = ("split", split + 1, len(self.code))
        self.add(tree.options[-1])
        for end in ends:
            self.code[end] = ("jump", len(self.code))

    def _reserve(self) -> int:
        self.code.append(())
        return len(self.code) - 1

    def _repeat(self, tree: Repeat) -> None:
        if max(tree.least, tree.most) > _MOST_INSTRUCTIONS:
            raise PatternError("a quantifier is too large")
        for _ in range(tree.least):
            self.add(tree.inside)
        if tree.most == -1:
            split, slot = self._reserve(), self.slots
            self.slots += 1
            self.code.append(("save", slot))
            self.add(tree.inside)
            self.code.append(("loop", split, slot))
            self.code[split] = self._split(split + 1, len(self.code), tree.lazy)
            return
        splits = []
        for _ in range(tree.most - tree.least):
            splits.append(self._reserve())
            self.add(tree.inside)
        for split in splits:
            self.code[split] = self._split(split + 1, len(self.code), tree.lazy)

    def _split(self, inside: int, after: int, lazy: bool) -> Instruction:
        return ("split", after, inside) if lazy else ("split", inside, after)


def _all(program: _Program, groups: int, text: str, charge: Charge) -> Iterator[list[Span]]:
    start = 0
    while start <= len(text):
        found = _match(program, groups, text, start, charge)
        if found is None:
            start += 1
            continue
        yield found
        start = found[0][1] + (found[0][0] == found[0][1])


def _match(program: _Program, groups: int, text: str, start: int, charge: Charge) -> list[Span] | None:
    """The first way through, on a stack of its own: (instruction, position, slots)."""
    cost = 1 + program.slots // 16  # of copying them
    saves: tuple[int, ...] = (-1,) * program.slots
    waiting: list[tuple[int, int, tuple[int, ...]]] = [(0, start, saves)]
    while waiting:
        at, position, saves = waiting.pop()
        while True:
            charge(cost)
            name, *rest = program.code[at]
            if name == "match":
                pairs = [(saves[2 * number], saves[2 * number + 1]) for number in range(1, groups + 1)]
                return [(start, position), *pairs]
            if name == "split":
                waiting.append((rest[1], position, saves))
                at = rest[0]
            elif name in ("jump", "loop"):
                if name == "loop" and position == saves[rest[1]]:
                    break  # a round that takes nothing would go on for ever
                at = rest[0]
            elif name == "save":
                slot = rest[0]
                saves = (*saves[:slot], position, *saves[slot + 1 :])
                at += 1
            else:
                following = _step(program, program.code[at], text, position, saves)
                if name == "back":
                    charge((saves[2 * rest[0] + 1] - saves[2 * rest[0]]) // _CASED)
                if following < 0:
                    break
                at, position = at + 1, following
    return None


def _step(program: _Program, code: Instruction, text: str, position: int, saves: tuple[int, ...]) -> int:
    """The position behind what this instruction takes, or -1."""
    if code[0] == "set":
        is_inside = position < len(text) and holds(code[1], ord(text[position])) != code[2]
        return position + 1 if is_inside else -1
    if code[0] == "start":
        fits = position == 0 or (program.lines and text[position - 1] == "\n")
        return position if fits else -1
    if code[0] == "end":
        fits = position == len(text) or (program.lines and text[position] == "\n")
        return position if fits else -1
    group = code[1]
    low, high = saves[2 * group], saves[2 * group + 1]
    if low < 0 or high < 0:
        return position  # a group that took no part is empty
    wanted, found = text[low:high], text[position : position + high - low]
    if len(wanted) != len(found):
        return -1
    same = wanted == found or (program.ignores_case and all(map(_same_letter, wanted, found)))
    return position + len(found) if same else -1


def _same_letter(left: str, right: str) -> bool:
    return left in variants(right)
