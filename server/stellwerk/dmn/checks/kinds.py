"""The kinds of values whose sets are known exactly: each is laid out on a line by a key.

Keys compare as the values do (`feel.comparison`). Where keys are whole numbers, nothing lies between two of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from typing import Any

from stellwerk.feel.numbers import WIDE
from stellwerk.feel.temporal import (
    COMPARED,
    DAY_NANOS,
    Date,
    DateTime,
    DaysDuration,
    MonthsDuration,
    Time,
    date_of_number,
    midnight,
)
from stellwerk.feel.types import BOOLEAN, DATE, DATE_TIME, DAYS, MONTHS, NUMBER, STRING, TIME, Type

from .spans import FIRST_VALUE, LAST, NULL, Cut, Span, Spans, before, behind, union

Value = Any


@dataclass(frozen=True, slots=True)
class Kind:
    """`key` of a value and `value` of a key. `ends`: the first and the last key, if there are such."""

    of: type
    type: Type
    key: Callable[[Any], Any]
    value: Callable[[Any], Value]
    is_discrete: bool = True
    is_ordered: bool = True
    ends: tuple[int, int] | None = None

    def before(self, key: Any) -> Cut:
        return before(key)

    def behind(self, key: Any) -> Cut:
        return before(key + 1) if self.is_discrete else behind(key)

    @property
    def values(self) -> Spans:
        """All values without null."""
        if self.ends is None:
            return ((FIRST_VALUE, LAST),)
        return ((self.before(self.ends[0]), self.behind(self.ends[1])),)

    @property
    def everything(self) -> Spans:
        return union(NULL, self.values)


def _same(key: Any) -> Any:
    return key


_DAY = DAY_NANOS // COMPARED
KINDS: dict[Type, Kind] = {
    kind.type: kind
    for kind in (
        Kind(Decimal, NUMBER, _same, _same, is_discrete=False),
        Kind(str, STRING, _same, _same, is_discrete=False),
        Kind(bool, BOOLEAN, int, bool, is_ordered=False, ends=(0, 1)),
        Kind(Date, DATE, lambda date: date.number, date_of_number),
        Kind(Time, TIME, lambda time: time.nanos // COMPARED, lambda key: Time(key * COMPARED), ends=(0, _DAY - 1)),
        Kind(DateTime, DATE_TIME, lambda at: at.instant() // COMPARED, lambda key: key),
        Kind(DaysDuration, DAYS, lambda span: span.nanos, DaysDuration),
        Kind(MonthsDuration, MONTHS, lambda span: span.months, MonthsDuration),
    )
}


def kind_of(value: Value) -> Kind | None:
    return next((kind for kind in KINDS.values() if type(value) is kind.of), None)


@dataclass(slots=True)
class Line:
    """The line of one column. `offsets` of the moments on it: with more than one, local times have no place (Table 54).

    Times of day with an offset compare with those of other offsets in a circle, which no line shows.
    """

    kind: Kind
    moments: dict[int | None, DateTime] = field(default_factory=dict)
    is_broken: bool = False
    is_whole: bool = False  # numbers without a fraction, as the name of the type says

    def key(self, value: Value) -> Any:
        """The key of a value of this kind; None for any other."""
        if self.kind.of is DateTime and isinstance(value, Date):
            value = midnight(value)
        if type(value) is not self.kind.of:
            self.is_broken |= self.kind.of is Date and isinstance(value, DateTime)
            return None
        if isinstance(value, DateTime):
            self.moments.setdefault(value.offset, value)
        self.is_broken |= isinstance(value, Time) and value.zone is not None
        return self.kind.key(value)

    @property
    def is_exact(self) -> bool:
        return not self.is_broken and len(self.moments) <= 1

    def has_value(self, span: Span) -> bool:
        """Is there one of this type in it? Between 10 and 11 lies no whole number."""
        low, high = span
        if not self.is_whole or low <= FIRST_VALUE or high >= LAST:
            return True
        return (0, self.whole_from(*low[1:]), 0) < high

    @staticmethod
    def whole_from(key: Decimal, is_behind: int) -> Decimal:
        """The first whole number behind a cut."""
        found = key.to_integral_value(ROUND_CEILING)
        return WIDE.add(found, Decimal(1)) if is_behind and found == key else found

    def value(self, key: Any) -> Value:
        if self.kind.of is DateTime:
            like = next(iter(self.moments.values()), midnight(Date(2000, 1, 1)))
            return like.at(key * COMPARED)
        return self.kind.value(key)
