"""Our values beside those of feelin, and the smallest parts of an expression that differ."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from stellwerk import feel
from stellwerk.feel.numbers import text_of
from stellwerk.feel.temporal import NANO

from .terms import CONTEXT, Question, Term

STATIC = Path(__file__).parents[3] / "static"
_BARE = ("test", "own", "steps")  # heads of what cannot stand alone


def tagged(value: Any) -> Any:
    """A value as static/test/feel-values.mjs writes it."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, list):
        return [tagged(item) for item in value]
    if isinstance(value, dict):
        return {"context": [[key, tagged(inner)] for key, inner in value.items()]}
    if isinstance(value, feel.Range):
        ends = [tagged(value.low), tagged(value.high)]
        return {"range": ["[" if value.low_included else "(", *ends, "]" if value.high_included else ")"]}
    return _TAGS.get(type(value), lambda _: {"function": ""})(value)


_TAGS: dict[type, Any] = {
    Decimal: lambda value: {"number": text_of(value)},
    str: lambda value: {"string": value},
    feel.Date: lambda value: {"date": str(value)},
    feel.Time: lambda value: {"time": str(value)},
    feel.DateTime: lambda value: {"date and time": str(value)},
    feel.MonthsDuration: lambda value: {"months": str(value.months)},
    feel.DaysDuration: lambda value: {"days": text_of(Decimal(value.nanos) / NANO)},
}


def kind_of(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return "list" if isinstance(value, list) else next(iter(value))


def agree(ours: Any, theirs: Any) -> bool:
    """The same value; numbers by their value, contexts in any order."""
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(agree, ours, theirs))
    if not (isinstance(ours, dict) and isinstance(theirs, dict) and kind_of(ours) == kind_of(theirs)):
        return bool(ours == theirs and type(ours) is type(theirs))
    kind = kind_of(ours)
    if kind == "range":
        return all(map(agree, ours[kind], theirs[kind]))
    if kind == "context":
        mine, other = dict(ours[kind]), dict(theirs[kind])
        return mine.keys() == other.keys() and all(agree(mine[key], other[key]) for key in mine)
    if kind in ("number", "days", "months"):
        return Decimal(ours[kind]) == Decimal(theirs[kind])
    return bool(ours == theirs)


def _read(question: Question) -> dict[str, Any]:
    """The variables that it may name."""
    return {name: value for name, value in CONTEXT.items() if name in question.term.text}


def our_value(question: Question) -> Any:
    text, context = question.term.text, _read(question)
    try:
        if question.is_test:
            return feel.unary_tests(text, context).run(question.input, context).value
        return tagged(feel.parse(text, context).run(context).value)
    except feel.FeelSyntaxError:
        return {"error": "syntax"}


def their_values(questions: Iterable[Question], node: str) -> list[Any]:
    asked = [
        {"text": each.term.text, "context": _read(each)} | ({"input": each.input} if each.is_test else {})
        for each in questions
    ]
    done = subprocess.run(
        [node, "test/feel-values.mjs"],
        cwd=STATIC,
        env={**os.environ, "TZ": "UTC"},
        input="\n".join(map(json.dumps, asked)),
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


@dataclass(frozen=True, eq=False)
class Leaf:
    """A smallest part that differs: all parts of it that can stand alone have the same values on both sides."""

    question: Question
    ours: Any
    theirs: Any
    values: tuple[Any, ...]  # of its parts, None for those that cannot stand alone

    def __str__(self) -> str:
        asked = f" of {self.question.input!r}" if self.question.is_test else ""
        return f"`{self.text}`{asked} is {json.dumps(self.ours)} here and {json.dumps(self.theirs)} there"

    @property
    def text(self) -> str:
        return self.question.term.text

    @property
    def head(self) -> str:
        return _head(self.question.term)

    @property
    def inner(self) -> list[str]:
        """The heads of all parts that cannot stand alone."""
        found: list[str] = []
        waiting = [self.question.term]
        while waiting:
            parts = [part for part in waiting.pop().parts if not part.free or part.head in _BARE]
            found += map(_head, parts)
            waiting += parts
        return found

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        return tuple(map(kind_of, self.values))

    @property
    def results(self) -> str:
        return f"{kind_of(self.ours)}, {kind_of(self.theirs)}"


def _head(term: Term) -> str:
    """`call date`, `path year`, `+`, `for`, ..."""
    if term.head == "call":
        return "call " + term.text.partition("(")[0]
    return "path " + term.text.rpartition(".")[2] if term.head == "path" else term.head


class Comparison:
    """The values of questions, and of the parts of those that differ."""

    def __init__(self, asked: list[Question], node: str) -> None:
        self.asked = asked
        self.values: dict[Key, tuple[Any, Any]] = {}
        self._leaves: dict[Key, dict[str, Leaf]] = {}
        unknown = {_key(each): each for each in asked}
        while unknown:
            self._ask(unknown, node)
            parts = {_key(part): part for each in unknown.values() if self.differs(each) for part in _parts(each.term)}
            unknown = {key: part for key, part in parts.items() if key not in self.values}

    def _ask(self, asked: dict[Key, Question], node: str) -> None:
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(their_values, asked.values(), node)
            ours = [our_value(each) for each in asked.values()]
            self.values.update(zip(asked, zip(ours, waiting.result(), strict=True), strict=True))

    def differs(self, question: Question) -> bool:
        return not agree(*self.values[_key(question)])

    def leaves(self, question: Question) -> dict[str, Leaf]:
        """The smallest parts that differ, by their texts; none if the question itself does not."""
        key = _key(question)
        if key not in self._leaves:
            self._leaves[key] = self._found(question) if self.differs(question) else {}
        return self._leaves[key]

    def _found(self, question: Question) -> dict[str, Leaf]:
        inner = {text: leaf for part in _parts(question.term) for text, leaf in self.leaves(part).items()}
        if inner:
            return inner
        ours, theirs = self.values[_key(question)]
        values = tuple(self.values.get(_key(Question(part)), (None,))[0] for part in question.term.parts)
        return {question.term.text: Leaf(question, ours, theirs, values)}


Key = tuple[str, bool, str]


def _key(question: Question) -> Key:
    return question.term.text, question.is_test, repr(question.input)


def _parts(term: Term) -> Iterable[Question]:
    """The nearest terms inside that can stand alone."""
    for part in term.parts:
        if part.free and part.head not in _BARE:
            yield Question(part)
        else:
            yield from _parts(part)
