"""What the model does wrong while an instance runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stellwerk.engine import values
from stellwerk.errors import InvalidInput


class Fault(Exception):
    """Something in the diagram failed at one token; the instance records an incident there and goes on elsewhere.

    `kind` is one of the kinds of `events.IncidentRaised`.
    """

    def __init__(self, kind: str, message: str, detail: str = "") -> None:
        self.kind, self.message, self.detail = kind, message, detail
        super().__init__(message)


def storable(changed: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """An own copy of variables that an element made. Raises Fault of `kind` for values that cannot be stored."""
    try:
        return values.check(changed)
    except InvalidInput as error:
        raise Fault(kind, error.message) from error
