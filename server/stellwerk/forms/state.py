"""What a form shows for what was sent: which fields there are, and the values that it computes.

The order is form-js's. Its conditions are evaluated twice: first on all values, to take out the values of the fields
that this hides (the variables that the form was opened with take their place), then on the values that are left. The
second answer decides what is shown, checked and sent; limits, options and computed fields see the same values. Inside
of a list `this` is the row, `parent` what `this` is around it, and `i` the positions, counted from 1.

Computed fields are computed again until nothing changes; the browser does it once for each thing that is typed.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from stellwerk.engine import values as variables
from stellwerk.errors import FieldError, InvalidInput
from stellwerk.forms import paths
from stellwerk.forms.expressions import STEPS_EACH, Evaluator, Failed
from stellwerk.forms.initial import fresh_row, initial
from stellwerk.forms.options import same
from stellwerk.forms.paths import ABSENT, Path
from stellwerk.forms.schema import Field


@dataclass(frozen=True)
class Scope:
    """What an expression sees: all values by name, and where it stands."""

    data: Mapping[str, Any]
    this: Any
    parent: Any = None
    i: tuple[int, ...] = ()

    @cached_property
    def context(self) -> dict[str, Any]:
        return self._of(self.data)

    def row(self, row: Any, at: int) -> Scope:
        return Scope(self.data, row, self._around, (*self.i, at + 1))

    def plain_row(self, row: Any, at: int) -> Scope:
        """As form-js has it in its first round: `parent` is the value alone."""
        return Scope(self.data, row, self.this, (*self.i, at + 1))

    @cached_property
    def _around(self) -> dict[str, Any]:
        return self._of(self.this)

    def _of(self, data: Any) -> dict[str, Any]:
        here = {"this": self.this, "parent": self.parent, "i": list(self.i)}
        named = data if isinstance(data, Mapping) else {}
        return {**here, **named, **{f"_{name}_": value for name, value in here.items()}}


@dataclass(frozen=True)
class Instance:
    """A field at its place; one of a list stands once in each row. A hidden one has neither value nor rules."""

    field: Field
    path: Path
    scope: Scope
    hidden: bool
    fixed: bool  # inside of something that is read-only or disabled
    unsure: str | None = None  # the condition by which it is hidden, when that is null

    @property
    def place(self) -> str:
        return paths.text(self.path)


@dataclass(frozen=True)
class Around:
    """What a field lies in."""

    scope: Scope
    path: Path = ()
    fixed: bool = False
    hidden: bool = False
    unsure: str | None = None


class State:
    """The data of a form. `initial` is what it was opened with."""

    def __init__(
        self,
        fields: tuple[Field, ...],
        sent: Mapping[str, Any],
        context: Mapping[str, Any],
        evaluator: Evaluator,
        *,
        partial: bool = False,
    ) -> None:
        """`partial`: a list that was not sent has no rows; else it has those that it was opened with."""
        self.fields = fields
        self._partial = partial
        self.evaluator = evaluator
        self.initial = initial(fields, context)
        self.data = copy.deepcopy(self.initial)
        self.computed: dict[Path, Any] = {}
        self._lay(fields, variables.to_json(sent), self.data, ())
        every = list(_all(fields))
        self._has_conditions = any(one.hide for one in every)
        self._rounds = 2 * sum(one.is_computed for one in every) + 1

    def settle(self) -> list[Instance]:
        """Compute what is computed; the fields that there are then. Raises InvalidInput."""
        changed: list[Instance] = []
        for _ in range(self._rounds):
            seen = self._seen()
            found = list(self._walk(self.fields, Around(Scope(seen, seen)), raw=False))
            changed = self._compute(found)
            if not changed or not self._can_go_on(found):
                break
        if not changed:
            return found
        names = ", ".join(sorted({f"'{one.place}'" for one in changed})[:5])
        message = f"The form's expressions change each other without end: {names}. The form has to be corrected."
        raise InvalidInput([FieldError(changed[0].place, "expression", message)])

    def _can_go_on(self, found: list[Instance]) -> bool:
        try:
            self.evaluator.charge(STEPS_EACH * len(found))
        except Failed:
            return False
        return True

    # -- what was sent, over what there was

    def _lay(self, fields: tuple[Field, ...], sent: Any, data: dict[str, Any], base: Path) -> None:
        for one in fields:
            path = (*base, *one.path)
            given = paths.get(sent, path, ABSENT)
            if one.repeats:
                if isinstance(given, list):
                    self._lay_rows(one, sent, data, path, given)
                elif self._partial:
                    paths.put(data, path, [])
            elif not one.is_input:
                self._lay(one.fields, sent, data, path)
            elif given is not ABSENT and not (one.is_computed or one.disabled or one.readonly):
                paths.put(data, path, given)

    def _lay_rows(self, one: Field, sent: Any, data: dict[str, Any], path: Path, given: list[Any]) -> None:
        """A row is over the one that was at its place; one more begins with the defaults."""
        before = paths.get(data, path)
        more = [fresh_row(one, self.initial) for _ in range(len(given) - len(before))]
        paths.put(data, path, [*before[: len(given)], *more])
        for at in range(len(given)):
            self._lay(one.fields, sent, data, (*path, at))

    # -- what is shown

    def _seen(self) -> dict[str, Any]:
        """The values that expressions see: those of hidden fields are taken out."""
        if not self._has_conditions:
            return self.data
        left = copy.deepcopy(self.data)
        for one in self._walk(self.fields, Around(Scope(self.data, self.data)), raw=True):
            if one.hidden:
                paths.remove(left, one.path)
        return {**self.initial, **left}

    def _walk(self, fields: tuple[Field, ...], around: Around, *, raw: bool) -> Iterator[Instance]:
        """Every input and list at its place. `raw`: in form-js's first round, on all values."""
        for one in fields:
            path = (*around.path, *one.path)
            found = self._instance(one, path, around)
            if one.is_input or one.repeats:
                yield found
            if one.is_input or (one.repeats and found.hidden):
                continue
            fixed = around.fixed or one.readonly or one.disabled
            if not one.repeats:
                yield from self._walk(
                    one.fields, Around(around.scope, path, fixed, found.hidden, found.unsure), raw=raw
                )
                continue
            for at, row in enumerate(paths.get(self.data, path) or ()):
                inner = around.scope.plain_row(row, at) if raw else around.scope.row(row, at)
                yield from self._walk(one.fields, Around(inner, (*path, at), fixed), raw=raw)

    def _instance(self, one: Field, path: Path, around: Around) -> Instance:
        if around.hidden:
            return Instance(one, path, around.scope, True, around.fixed, around.unsure)
        verdict = self._hides(one, path, around.scope)
        unsure = one.hide if verdict is None else None
        return Instance(one, path, around.scope, verdict is not False, around.fixed, unsure)

    def _hides(self, one: Field, path: Path, scope: Scope) -> bool | None:
        if one.hide is None:
            return False
        try:
            return self.evaluator.verdict(one.hide, scope.context)
        except Failed as error:
            message = f"Whether '{one.label}' is shown cannot be decided: {error} Its condition is '{one.hide}'."
            raise InvalidInput([FieldError(paths.text(path), "expression", message)]) from error

    # -- what is computed

    def _compute(self, found: list[Instance]) -> list[Instance]:
        """All on the same values; those whose value is another one now."""
        made = [(one, self._computed(one)) for one in found if one.field.is_computed and not one.hidden]
        changed = []
        for one, value in made:
            seen = _seen(value)
            if not same(paths.get(self.data, one.path), seen):
                changed.append(one)
            self.computed[one.path] = value
            paths.put(self.data, one.path, seen)
        return changed

    def _computed(self, one: Instance) -> Any:
        if one.field.disabled or one.field.readonly or one.fixed:
            return paths.get(self.data, one.path)
        text = one.field.component["expression"]
        try:
            return self.evaluator.value(text, one.scope.context)
        except Failed as error:
            message = f"'{one.field.label}' cannot be computed: {error} Its expression is '{text}'."
            raise InvalidInput([FieldError(one.place, "expression", message)]) from error


def _seen(value: Any) -> Any:
    """A computed value as other expressions see it: as JSON, but a Decimal is a number."""
    if isinstance(value, Mapping):
        return {key: _seen(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_seen(item) for item in value]
    return value if isinstance(value, Decimal) else variables.to_json(value)


def _all(fields: tuple[Field, ...]) -> Iterator[Field]:
    for one in fields:
        yield one
        yield from _all(one.fields)
