"""BPMN errors on their way out, from where they are thrown to the nearest boundary event that catches them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stellwerk.engine.faults import Fault
from stellwerk.engine.token import Token

if TYPE_CHECKING:
    from stellwerk.engine.elements.boundary import BoundaryEvent


def throw_error(task: Token | None, code: str, message: str, variables: Mapping[str, Any]) -> None:
    """BPMN 10.5.1, 13.5.3: the innermost activity with a matching error boundary event catches, and is interrupted.

    A boundary event with this code comes before one for every error. Raises Fault when nothing catches.
    """
    host = task
    while host is not None:
        catcher = _catcher(host, code)
        if catcher is not None:
            catcher.catch_error(host, code, message, variables)
            return
        host = host.enclosing
    raise Fault(
        "unhandled-error",
        f"The BPMN error '{code}' is not caught: {message} "
        "Add an error boundary event with this code, or correct the cause and retry.",
    )


def is_caught(task: Token, code: str) -> bool:
    host: Token | None = task
    while host is not None:
        if _catcher(host, code) is not None:
            return True
        host = host.enclosing
    return False


def _catcher(host: Token, code: str) -> BoundaryEvent | None:
    names = getattr(host.task_spec, "catchers", ())
    specs = host.workflow.spec.task_specs
    found: list[BoundaryEvent] = [specs[name] for name in names if specs[name].event_definition.code in (None, code)]
    return min(found, key=lambda b: b.event_definition.code is None, default=None)
