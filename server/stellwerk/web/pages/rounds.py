"""Which round of a loop a token belongs to, in words: tokens at one element are told apart by it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from stellwerk.engine import ScopeVariables
from stellwerk.store.records import ActivityRecord
from stellwerk.web.pages.present import brief, facts_line
from stellwerk.web.pages.words import _

NUMBER = "loopCounter"  # of a round, from 0; what else the round has is its item


def rounds(activities: Iterable[ActivityRecord], scopes: Iterable[ScopeVariables]) -> dict[int, str]:
    """Token -> its round and those around it, the outermost first; tokens outside of loops are absent.

    A round is told by its item, else by its number, from 1.
    """
    told = {scope.token: _round(scope.variables) for scope in scopes if NUMBER in scope.variables}
    parents = {activity.token: activity.parent for activity in activities if activity.state == "active"}
    found = {token: [told[at] for at in around(token, parents) if at in told] for token in parents}
    return {token: " · ".join(reversed(chain)) for token, chain in found.items() if chain}


def around(token: int, parents: Mapping[int, int]) -> list[int]:
    """The token and what runs around it, the innermost first."""
    chain: list[int] = []
    while token in parents and token not in chain:
        chain.append(token)
        token = parents[token]
    return chain


def _round(variables: Mapping[str, Any]) -> str:
    items = {name: value for name, value in variables.items() if name != NUMBER}
    if items:
        return brief(next(iter(items.values())) if len(items) == 1 else facts_line(items), 60)
    number = variables[NUMBER]
    return _("No. %(number)s", number=number + 1 if isinstance(number, int) else brief(number, 60))
