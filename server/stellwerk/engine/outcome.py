"""What `execute` takes and gives: the state as named parts of bytes, and what one command changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stellwerk.engine.events import Event

if TYPE_CHECKING:
    from stellwerk.engine.instance import Instance


@dataclass(frozen=True)
class Snapshot:
    """The state of one instance. `parts` is the truth; `live` is the instance made from it, so that it need not load.

    A snapshot with a live instance is used up by the `execute` that it is given to; go on with `Outcome.snapshot`.
    A snapshot without one can be used again. `Snapshot()` is an instance that has not started.
    """

    parts: Mapping[str, bytes] = field(default_factory=dict)
    live: Instance | None = field(default=None, repr=False, compare=False)

    @property
    def size(self) -> int:
        """Bytes of all parts."""
        return sum(map(len, self.parts.values()))

    def cold(self) -> Snapshot:
        """The same state without the live instance: the next step loads it."""
        return Snapshot(dict(self.parts))


@dataclass(frozen=True)
class ScopeVariables:
    """The variables that one token has for itself; what is inside of it sees them too."""

    token: int
    element_id: str
    variables: Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What one command did. `put` and `dropped` are the parts to write and to delete; `events` tell the rest, in order.

    They are those of the whole tree of calls: `calls` runs parallel and gives for each the number of the call in whose
    process it happened, 0 for the root. `paused`: the budget was spent; the last event is ContinueRequested.
    """

    put: Mapping[str, bytes]
    dropped: frozenset[str]
    events: tuple[Event, ...]
    snapshot: Snapshot
    paused: bool = False
    calls: tuple[int, ...] = ()
