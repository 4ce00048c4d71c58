"""One evaluation: its budget, what it noticed on the way, and which rules matched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from stellwerk import feel
from stellwerk.feel.convert import deep, moment
from stellwerk.feel.runtime import Frame, Run

from .tree import Place

MOST_NOTICES = 100
MOST_MATCHED = 10_000
Value = Any


class Kind(StrEnum):
    """Why a value became null. With all but the first two the value says nothing about the rules of the model."""

    EVALUATION = feel.Kind.EVALUATION.value
    VIOLATION = "hit policy violated"  # the rules that match contradict the hit policy, or cannot be aggregated
    FAILED = "expression failed"  # in a language that has errors
    UNKNOWN_NAME = feel.Kind.UNKNOWN_NAME.value
    UNSUPPORTED = feel.Kind.UNSUPPORTED.value
    BROKEN = "broken model"  # the reader said why: a syntax error, a missing reference, ...


REACHED = frozenset({Kind.EVALUATION, Kind.VIOLATION})


@dataclass(frozen=True, slots=True)
class Notice:
    """What made null of a value, and where: file, id and line of the element, characters of its text from 0."""

    kind: Kind
    message: str
    file: str
    element_id: str
    line: int | None
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Matched:
    """One evaluation of a decision table.

    The decision is the one that holds the table, or the business knowledge model. `inputs` are the values of the input
    columns; `rules` are the matching ones counted from 1, also by their ids; `outputs` has the values of the output
    columns for each of them. Values are in FEEL's classes.
    """

    table_id: str
    decision_id: str
    decision_name: str
    inputs: tuple[Value, ...]
    rules: tuple[int, ...]
    rule_ids: tuple[str, ...]
    outputs: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in one of the files."""

    file: str
    place: Place


class Surroundings(Mapping[str, Any]):
    """Values that no input declares. `read` are those that were."""

    __slots__ = ("_values", "read")

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values
        self.read: dict[str, Any] = {}

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __getitem__(self, name: str) -> Any:
        self.read[name] = self._values[name]
        return self.read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class DmnRun(Run):
    """A run of FEEL that also keeps what belongs to the model.

    `around`: what a decision may read of what it does not require; None: nothing, as 10.4 has it. `reached`: no notice,
    kept or not, is of a kind that says nothing about the rules of the model.
    """

    __slots__ = ("_room", "around", "frame", "matched", "notices", "reached")

    def __init__(
        self, budget: feel.Budget | None, now: dt.datetime | None, surroundings: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(budget or feel.Budget(), None if now is None else moment(now))
        self.around = None if surroundings is None else Surroundings(surroundings)
        self.frame = None if self.around is None else Frame(self.around, None, self)
        self.notices: list[Notice] = []
        self._room = {False: MOST_NOTICES, True: MOST_NOTICES}  # those that only say why something is null, and others
        self.matched: list[Matched] = []
        self.reached = True

    def warn(self, message: str, place: tuple[int, int], kind: feel.Kind = feel.Kind.EVALUATION) -> None:
        self.reached = self.reached and kind is feel.Kind.EVALUATION
        super().warn(message, place, kind)

    def note(self, message: str, spot: Spot, kind: Kind = Kind.EVALUATION) -> None:
        """Note why the value is null. Only the first hundred are kept, and apart from them of other kinds as many."""
        self.reached = self.reached and kind in REACHED
        self._keep(Notice(kind, message, spot.file, spot.place.id, spot.place.line))

    def take(self, before: int, spot: Spot) -> None:
        """The warnings of an expression since then have their place in the model now."""
        for warning in self.warnings[before:]:
            kind, place = Kind(warning.kind.value), spot.place
            self._keep(Notice(kind, warning.message, spot.file, place.id, place.line, warning.start, warning.end))
        del self.warnings[before:]

    def _keep(self, notice: Notice) -> None:
        self.charge(1)
        is_other = notice.kind is not Kind.EVALUATION
        if self._room[is_other]:
            self._room[is_other] -= 1
            self.notices.append(notice)

    def match(self, matched: Matched) -> None:
        """Only the first ten thousand evaluations of tables are told."""
        self.charge(1 + len(matched.inputs) + len(matched.rules))
        if len(self.matched) < MOST_MATCHED:
            self.matched.append(matched)

    def told(self) -> tuple[Matched, ...]:
        """What matched, with all that is inside of lists and contexts in FEEL's classes: each of them is made once."""
        made: dict[int, Value] = {}

        def whole(value: Value) -> Value:
            if not isinstance(value, list | dict):
                return value
            if id(value) not in made:
                made[id(value)] = deep(value, self)
            return made[id(value)]

        def told(matched: Matched) -> Matched:
            kinds = {type(value) for values in (matched.inputs, *matched.outputs) for value in values}
            if kinds.isdisjoint((list, dict)):
                return matched
            outputs = tuple(tuple(map(whole, each)) for each in matched.outputs)
            return replace(matched, inputs=tuple(map(whole, matched.inputs)), outputs=outputs)

        return tuple(map(told, self.matched))


Closure = Callable[[Frame], Value]


@dataclass(frozen=True, slots=True)
class Box:
    """A compiled boxed expression: `weight` in steps of one evaluation; `reads`: names in it, bound or not.

    `expression` is the text of a literal expression, for who looks at it without evaluating it.
    """

    closure: Closure
    weight: int
    reads: frozenset[str]
    expression: feel.Expression | None = None


def holds(tests: feel.UnaryTests, value: Value, frame: Frame) -> bool:
    """Does the value satisfy the tests? Their warnings are not kept: who asks says what it means if it does not."""
    warnings = frame.run.warnings
    before = len(warnings)
    found = tests.verdict(frame, value) is True
    del warnings[before:]
    return found


def run_of(frame: Frame) -> DmnRun:
    """The run of a frame: those of a model are never evaluated on another one."""
    run = frame.run
    assert isinstance(run, DmnRun)
    return run
