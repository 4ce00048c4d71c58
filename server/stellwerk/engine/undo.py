"""What has completed and can be undone: records, kept by the scope in which it completed, and the plan that they make.

BPMN 10.7, 13.5.5: an activity with a compensation handler is recorded when it completes, with its own variables of
that moment. A subprocess or loop in which something was recorded is recorded as a whole. Records are flat, each names
its owner, so that nothing recurses however deep a diagram nests.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stellwerk.engine.variables import Layer

if TYPE_CHECKING:
    from stellwerk.engine.definition import Definition
    from stellwerk.engine.host import Library
    from stellwerk.engine.instance import Instance
    from stellwerk.engine.scope import Process

PAGE_BITS = 6  # records of one part of the snapshot share their number without the lowest bits


@dataclass(eq=False)
class Record:
    """One completed activity. `owner`: 0 for the process, else the number of a subprocess, loop or compensation.

    `node` is what undoes it: its handler; the subprocess itself, reopened; empty for a loop: its instances are undone.
    `inner` owns the records of what completed inside. Of a called process `called` is [reference, business key], and
    `process` are the variables that it had at its end.
    """

    id: int
    owner: int
    activity: str  # its BPMN id
    node: str
    began: int  # the number of the activity's token: higher than the records of all that had completed before
    inner: int = 0
    variables: Layer = field(default_factory=Layer)
    called: list[Any] | None = None
    process: Layer = field(default_factory=Layer)
    row: bytes | None = None


class Records:
    """All records of an instance; the number of a record tells when its activity completed."""

    def __init__(self) -> None:
        self.all: dict[int, Record] = {}
        self.changed: set[int] = set()  # pages, since the last snapshot
        self._of: dict[int, dict[int, Record]] = {}

    def add(self, record: Record) -> None:
        self.all[record.id] = record
        self._of.setdefault(record.owner, {})[record.id] = record
        self.touch(record)

    def touch(self, record: Record) -> None:
        record.row = None
        self.changed.add(record.id >> PAGE_BITS)

    def of(self, owner: int) -> list[Record]:
        """In the order of completion, in which they were added."""
        return list(self._of.get(owner, {}).values())

    def next(self, owner: int, began: int) -> list[Record]:
        """Those that may be undone now, the last one first: nothing that is left began after they had completed.

        `began`: the latest beginning of what is being undone already.
        """
        found = []
        for record in reversed(self._of.get(owner, {}).values()):
            if record.id <= began:
                break
            found.append(record)
            began = max(began, record.began)
        return [record for record in found if record.id > began]

    def has(self, owner: int) -> bool:
        return owner in self._of

    def move(self, record: Record, owner: int) -> None:
        self._take_from_owner(record)
        record.owner = owner
        self.add(record)

    def remove(self, record: Record) -> None:
        """It is about to be undone; what is recorded inside stays."""
        self._take_from_owner(record)
        del self.all[record.id]
        self.touch(record)

    def drop(self, owner: int) -> None:
        """Forget what was recorded for this owner, with all that is inside."""
        todo = [owner] if owner in self._of else []
        while todo:
            for record in self.of(todo.pop()):
                self.remove(record)
                if record.inner:
                    todo.append(record.inner)

    def _take_from_owner(self, record: Record) -> None:
        mine = self._of[record.owner]
        del mine[record.id]
        if not mine:
            del self._of[record.owner]


@dataclass(frozen=True)
class UndoStep:
    """One line of the plan: the activity that would be undone, and what would do it (None: the steps below it).

    `call` is the number of the call in whose process it is, 0 for the instance itself.
    """

    element_id: str
    handler_id: str | None
    depth: int
    variables: dict[str, Any]
    call: int = 0


def plan(instance: Instance, library: Library, owner: int) -> tuple[UndoStep, ...]:
    """What a compensation of everything in this scope would do now, in its order."""
    steps: list[UndoStep] = []
    process = _process_of(instance, owner)
    todo = [(record, 0, process.definition, process.call) for record in instance.records.of(owner)]
    while todo:
        record, depth, definition, call = todo.pop()
        inside = library.definition(record.called[0]) if record.called else definition
        handler = _handler(inside, record)
        steps.append(UndoStep(record.activity, handler, depth, dict(record.variables), call))
        if record.inner and handler is None:
            within = record.inner if record.called else call
            todo += [(found, depth + 1, inside, within) for found in instance.records.of(record.inner)]
    return tuple(steps)


def _process_of(instance: Instance, owner: int) -> Process:
    """The process in whose diagram the owner's activities are."""
    if owner in instance.calls:
        return instance.calls[owner]
    host = instance.find(owner)
    return host.workflow.process if host is not None else instance


def _handler(definition: Definition, record: Record) -> str | None:
    if not record.inner:
        return record.node
    if record.called:
        return definition.process.undo_subprocess
    scope = definition.scopes.get(record.activity) if record.node else None
    return scope.undo_subprocess if scope is not None else None
