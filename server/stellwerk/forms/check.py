"""The check of what a form sent: the client's rules again, and what the client does not check.

How each field is treated:
- hidden, or `disabled`: the browser sends nothing; whatever is sent is dropped.
- `readonly`: the browser sends what it showed; the task's own value (or the default) takes its place. What an
  expression makes read-only must have kept its value.
- computed: computed here again; whatever is sent is dropped.
- a key that no field has is refused, so that a misspelt or an unwanted variable is never set through a form.
- a field that was not sent counts as empty: an error if it is required, else its variable is left alone.
- a rule that cannot be evaluated is an error, never a rule less.

A path such as `client.name` sets that part of the variable; a list is set as a whole.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from stellwerk.errors import FieldError, InvalidInput
from stellwerk.forms import options, paths
from stellwerk.forms.expressions import Evaluator, Failed
from stellwerk.forms.initial import default_of, empty
from stellwerk.forms.kinds import Asked, Found, fault_of, required_of
from stellwerk.forms.limits import evaluated
from stellwerk.forms.paths import ABSENT, Path
from stellwerk.forms.schema import LISTS, OPTIONS, Field, is_expression, read
from stellwerk.forms.state import Instance, State
from stellwerk.forms.strays import strays
from stellwerk.forms.validate import names_in, validate_schema

MAX_ERRORS = 50


def check(
    schema: Mapping[str, Any],
    values: Mapping[str, Any],
    context: Mapping[str, Any] | None = None,
    *,
    now: datetime | None = None,
    partial: bool = False,
) -> dict[str, Any]:
    """Return the variables to set. Raises InvalidInput with one error for each wrong field, in the form's order.

    `context` holds the variables that the form was opened with; `now`, aware, is needed by `disallowPassedDates` and
    by expressions that ask for the time. `partial`: required fields may be missing, and variables that the form does
    not name are passed over.
    """
    unusable = [one for one in validate_schema(schema) if one.severity == "error"]
    if unusable:
        raise InvalidInput([FieldError("", "form", f"The form cannot be checked: {unusable[0].message}")])
    return _Check(read(schema), values, context or {}, now, partial).run()


class _Check:
    def __init__(
        self,
        fields: tuple[Field, ...],
        values: Mapping[str, Any],
        context: Mapping[str, Any],
        now: datetime | None,
        partial: bool,
    ) -> None:
        self.fields = fields
        self.values = values
        self.context = context
        self.today = None if now is None else now.date()
        self.partial = partial
        self.evaluator = Evaluator([*names_in(fields), *context], now)
        self.clean: dict[str, Any] = {}

    def run(self) -> dict[str, Any]:
        errors = list(strays(self.fields, self.values, partial=self.partial))
        if any(one.rule != "unknown" for one in errors):  # what is no row or no object has no fields
            raise InvalidInput(errors[:MAX_ERRORS])
        self.state = State(self.fields, self.values, self.context, self.evaluator, partial=self.partial)
        for one in self.state.settle():
            found = self._place(one)
            if found:
                errors.append(FieldError(one.place, *found))
        if errors:
            raise InvalidInput(errors[:MAX_ERRORS])
        return self.clean

    def _place(self, one: Instance) -> Found | None:
        if one.hidden:
            return self._hidden(one)
        if one.field.disabled:
            return None
        return self._rows(one) if one.field.repeats else self._input(one)

    def _hidden(self, one: Instance) -> Found | None:
        """Dropped, but not what was typed where nobody can tell whether the field was shown."""
        sent = paths.get(self.values, one.path)
        if (
            one.unsure is None
            or one.field.is_computed
            or one.field.disabled
            or _is_empty(one.field, sent)
            or sent == []
        ):
            return None
        return (
            "expression",
            f"'{one.field.label}' was sent, but its condition '{one.unsure}' is null, which hides it. "
            "The form has to be corrected: a condition should be true or false.",
        )

    def _rows(self, one: Instance) -> Found | None:
        """The list itself; its rows are filled by their fields."""
        rows = paths.get(self.state.data, one.path)
        before = paths.get(self.state.initial, one.path)
        if paths.get(self.values, one.path) is not None:
            self._set(one, [{} for _ in rows])
        fixed = one.fixed or one.field.readonly or one.field.component.get("allowAddRemove", True) is False
        if fixed and isinstance(before, list) and len(rows) != len(before):
            return "rows", f"'{one.field.label or one.place}' must keep its {len(before)} rows; {len(rows)} were sent."
        return None

    def _input(self, one: Instance) -> Found | None:
        try:
            value, found = self._value(one, paths.get(self.values, one.path, ABSENT))
        except Failed as error:
            return "expression", f"'{one.field.label}' cannot be checked: {error}"
        if found is None and value is not ABSENT:
            self._set(one, value)
        return found

    def _value(self, one: Instance, sent: Any) -> tuple[Any, Found | None]:
        field = one.field
        if field.is_computed:
            return self.state.computed.get(one.path, ABSENT), None
        if field.readonly or one.fixed:
            return self._own(one), None
        if is_expression(field.component.get("readonly")) and self._holds(one, field.component["readonly"]):
            return self._own(one), self._kept(one, sent)
        if sent is ABSENT or _is_empty(field, sent):
            if field.required and not self.partial:
                return sent, ("required", required_of(field))
            return (ABSENT if sent is ABSENT else empty(field)), None
        return fault_of(Asked(field, evaluated(one, self.evaluator), self._options(one), self.today), sent)

    def _own(self, one: Instance) -> Any:
        own = paths.get(self.context, one.path, ABSENT)
        return default_of(one.field) if own is ABSENT else own

    def _kept(self, one: Instance, sent: Any) -> Found | None:
        if sent is ABSENT or options.same(sent, paths.get(self.state.initial, one.path)):
            return None
        return "readonly", f"'{one.field.label}' is read-only now: it must keep the value that it had."

    def _holds(self, one: Instance, text: str) -> bool:
        return self.evaluator.holds(text, one.scope.context)

    def _options(self, one: Instance) -> Any:
        if one.field.type not in OPTIONS:
            return None
        text = one.field.component.get("valuesExpression")
        if text and one.field.component.get("valuesKey") is None and one.field.component.get("values") is None:
            return self.evaluator.value(text, one.scope.context)
        return options.source(one.field.component, self.state.initial)

    def _set(self, one: Instance, value: Any) -> None:
        """Into a copy of the variable's own value where only a part of it is asked for or sent."""
        first = str(one.path[0])
        if len(one.path) > 1 and first not in self.clean:
            held = self.context.get(first)
            self.clean[first] = copy.deepcopy(held) if isinstance(held, dict | list) else {}
        for size, part in enumerate(one.path):
            if isinstance(part, int):
                self._make_rows(one.path[:size])
        paths.put(self.clean, one.path, value)

    def _make_rows(self, path: Path) -> None:
        """As many rows as the form shows; those that are there stay."""
        rows = paths.get(self.clean, path)
        rows = [row if isinstance(row, dict) else {} for row in rows] if isinstance(rows, list) else []
        rows += [{} for _ in range(len(paths.get(self.state.data, path)) - len(rows))]
        paths.put(self.clean, path, rows)


def _is_empty(field: Field, value: Any) -> bool:
    """What form-js holds for unset; a checkbox that is false is unset only for `required`."""
    if value is None or value == "":
        return True
    return (field.type == "checkbox" and value is False) or ((field.repeats or field.type in LISTS) and value == [])
