"""`{filter, sort, page}` of a search -> what the store's lists take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from stellwerk.errors import FieldError, InvalidInput
from stellwerk.store.paging import PageRequest
from stellwerk.store.records import Page
from stellwerk.web.api.models import Input, ItemsOut, PageIn, PageOut

R = TypeVar("R")


def page_request(sort: list[Any], page: PageIn) -> PageRequest:
    """Raises InvalidInput for more than one sort field: lists are served from indexes."""
    if len(sort) > 1:
        raise InvalidInput([FieldError("sort", "sort", "Lists are sorted by one field. Send one entry in `sort`.")])
    key = "".join(("-" if item.order == "desc" else "") + item.field for item in sort)
    return PageRequest(page.limit, page.cursor, key)


def items(model: type[ItemsOut[Any]], page: Page[R], make: Callable[[R], Any] | None = None) -> ItemsOut[Any]:
    """A page of records as the answer's model."""
    found = [make(record) for record in page.items] if make else list(page.items)
    return model.model_validate({"items": found, "page": PageOut(next_cursor=page.next_cursor)})


def given(filter: Input) -> dict[str, Any]:
    """The fields of a filter that were sent and are not null."""
    return {name: value for name in filter.model_fields_set if (value := getattr(filter, name)) is not None}
