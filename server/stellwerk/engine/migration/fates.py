"""What becomes of everything that waits in an instance when it goes to another version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "token", "task", "job", "timer", "subscription", "condition", "listener", "scope", "join", "record", "incident"
]
Becomes = Literal["kept", "moved", "opened", "closed", "renamed", "anew", "begun", "left", "refused"]

_SAID: dict[Becomes, str] = {
    "kept": "stays as it is",
    "moved": "goes to '{target}'",
    "opened": "is new and begins to wait",
    "closed": "waits no longer",
    "renamed": "waits under another name",
    "anew": "is asked for anew",
    "begun": "begins around what is inside of it now",
    "left": "ends around what was inside of it",
    "refused": "cannot be migrated",
}
_NOUNS: dict[Kind, str] = {
    "token": "The token",
    "task": "The task",
    "job": "The job",
    "timer": "The timer",
    "subscription": "The subscription",
    "condition": "The condition",
    "listener": "The event",
    "scope": "The running activity",
    "join": "The token that waits for others",
    "record": "What can be undone",
    "incident": "The token with an incident",
}


@dataclass(frozen=True)
class Fate:
    """One thing that waits. `source` is None for what is new, `target` for what goes nowhere.

    `token` is its number; of a record the record's. `detail` is the reason of a refusal, or what else changes.
    """

    token: int
    kind: Kind
    source: str | None
    target: str | None
    becomes: Becomes
    detail: str = ""

    @property
    def message(self) -> str:
        """One sentence, or two."""
        where = self.source if self.source is not None else self.target
        text = f"{_NOUNS[self.kind]} at '{where}' {_SAID[self.becomes].format(target=self.target)}."
        return f"{text} {self.detail}".strip()
