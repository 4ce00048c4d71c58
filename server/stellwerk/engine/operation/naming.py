"""Which token a command names, and how a command says that it was given or cannot be done."""

from __future__ import annotations

from typing import Any, NoReturn

from stellwerk.engine.elements.catching import Catching
from stellwerk.engine.events import OperatorActed
from stellwerk.engine.instance import Instance
from stellwerk.engine.scope import Process
from stellwerk.engine.token import Token
from stellwerk.errors import FieldError, InvalidInput, TokenNotWaiting


def step_at(instance: Instance, token_id: int) -> Token:
    """The token, if it is at a node of the diagram: not one that only listens. Raises TokenNotWaiting."""
    token = instance.find(token_id)
    if token is None or not is_step(token):
        raise TokenNotWaiting(token_id)
    return token


def is_step(token: Token) -> bool:
    return not (token.task_spec.silent or "reset" in token.internal_data or only_listens(token))


def only_listens(token: Token) -> bool:
    """A boundary event, an event subprocess that does not run, an event behind an event-based gateway."""
    return isinstance(token.task_spec, Catching) and token.task_spec.only_listens(token)


def refused(path: str, rule: str, message: str) -> NoReturn:
    raise InvalidInput([FieldError(path, rule, message)])


def acted(place: Token | Process, action: Any, reason: str) -> None:
    """The command was given, and why."""
    if isinstance(place, Token):
        place.workflow.record(OperatorActed(action, place.id, place.task_spec.bpmn_id, reason))
    else:
        place.record(OperatorActed(action, reason=reason))
