"""What all bodies and answers of the API have in common: camelCase names, strict input, paging.

Input models refuse unknown fields and convert nothing; output models are read from records.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer
from pydantic.alias_generators import to_camel

from stellwerk.engine import values

T = TypeVar("T")


class Input(BaseModel):
    """A body. Unknown fields are refused and types are not converted."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        strict=True,
        frozen=True,
        allow_inf_nan=False,
        validate_by_name=False,
        use_attribute_docstrings=True,
    )


class Output(BaseModel):
    """An answer, built from a record or by name."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        from_attributes=True,
        frozen=True,
        validate_by_name=True,
        validate_by_alias=True,
        use_attribute_docstrings=True,
    )


def _text(value: Any) -> Any:
    if not isinstance(value, str | UUID | datetime):
        raise ValueError("must be a text")
    return value


def _in_utc(value: datetime) -> datetime:
    """The first and the last hours of the calendar do not exist in every time zone: no row can hold them."""
    try:
        value.astimezone(UTC)
    except OverflowError:
        raise ValueError("lies outside the years 1 to 9999 in UTC") from None
    return value


Id = Annotated[UUID, BeforeValidator(_text), Field(strict=False)]
Instant = Annotated[AwareDatetime, BeforeValidator(_text), AfterValidator(_in_utc), Field(strict=False)]
Text = Annotated[str, Field(min_length=1, max_length=255)]
Key = Annotated[str, Field(min_length=1, max_length=255)]

Variables = Annotated[dict[str, Any], Field(description="Names and their values, as plain JSON.")]
JsonOut = Annotated[Any, PlainSerializer(values.to_json)]
VariablesOut = Annotated[
    dict[str, Any],
    PlainSerializer(values.to_json),
    Field(description="Exact decimals and whole numbers beyond 2^53 are texts; dates are ISO 8601."),
]


class PageIn(Input):
    """How many items; `cursor` is the `nextCursor` of the page before."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, Field(max_length=1000)] | None = None


class PageOut(Output):
    """`nextCursor` is null on the last page."""

    next_cursor: str | None = None


class ItemsOut(Output, Generic[T]):
    """One page of a list."""

    items: list[T]
    page: PageOut


Order = Literal["asc", "desc"]


class CatchableOut(Output):
    """`code` null: every code. `name` is that of the event that catches it; `interrupting`: it ends the activity."""

    kind: Literal["error", "escalation"]
    code: str | None
    element_id: str
    name: str
    interrupting: bool


class CatchablesOut(Output):
    items: list[CatchableOut]


class FieldErrorOut(Output):
    path: str
    rule: str
    message: str


class FixOut(Output):
    """A change of the element with this id: `property`, an attribute or a child, becomes `value`, or goes (null).

    Without a `property` the element itself goes. `label` says it to people.
    """

    element_id: str
    property: str
    value: str | None
    label: str


class FileProblemOut(Output):
    """One finding about a file: where it is, which rule it breaks, what to do, and a change that certainly does it."""

    file: str
    line: int | None
    element_id: str | None
    element_name: str | None
    rule: str
    message: str
    severity: Literal["error", "warning", "info"]
    fix: FixOut | None = None


class ProblemOut(Output):
    """RFC 9457 problem details; `code` says which, `errors`, `problems`, `reasons` and `warnings` say where."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldErrorOut] | None = None
    problems: list[FileProblemOut] | None = None
    state: str | None = None
    reason: str | None = None
    reasons: list[str] | None = None
    warnings: list[str] | None = None
    error_id: str | None = None
