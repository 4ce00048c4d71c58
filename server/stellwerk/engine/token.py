"""A live token, on SpiffWorkflow's Task. Finished tokens are removed at once: the tree holds no history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from stellwerk.engine.events import ActivityEnded, ActivityStarted, VariablesChanged
from stellwerk.engine.variables import Layer, Variables

if TYPE_CHECKING:
    from stellwerk.engine.elements.base import Node
    from stellwerk.engine.scope import Scope

FUTURE: int = TaskState.FUTURE
WAITING: int = TaskState.WAITING
READY: int = TaskState.READY
STARTED: int = TaskState.STARTED
COMPLETED: int = TaskState.COMPLETED
ERROR: int = TaskState.ERROR
CANCELLED: int = TaskState.CANCELLED
OVER = COMPLETED | CANCELLED
_NOT_SHOWN = {"undoes", "reset"}


class Children(dict[int, None]):
    """Ordered child ids with removal in constant time, in the list protocol that Task uses."""

    def append(self, id: int) -> None:
        self[id] = None

    def remove(self, id: int) -> None:
        self.pop(id, None)


class Token(Task):
    """`id` is its number in the instance; `locals` are variables of its own, `hidden` values are its element's."""

    id: int
    workflow: Scope
    task_spec: Node
    internal_data: dict[str, Any]
    _state: int
    _parent: int | None

    def __init__(
        self, workflow: Scope, task_spec: Node, parent: Token | None = None, state: int = FUTURE, id: int | None = None
    ) -> None:
        self.locals: Layer | None = None
        self.hidden: Layer | None = None
        self.row: bytes | None = None
        super().__init__(workflow, task_spec, parent, state, id or workflow.top_workflow.new_id())
        self._children = Children()
        workflow.top_workflow.tokens[self.id] = self
        if parent is not None and parent is workflow.task_tree:
            workflow.arrives(self)
        workflow.touch(self.id)

    def touch(self) -> None:
        """Its row in the snapshot is no longer current."""
        self.row = None
        self.workflow.touch(self.id)

    # -- the interface of Task
    def _add_child(self, task_spec: Node, state: int = FUTURE) -> Token:
        return Token(self.workflow, task_spec, self, state)

    @property
    def data(self) -> Variables:
        return Variables(self.workflow.process, self)

    @data.setter
    def data(self, value: Mapping[str, Any]) -> None:
        """Task's constructor assigns an empty dictionary; variables live in layers instead."""

    @property
    def children(self) -> list[Token]:
        tokens = self.workflow.tasks
        return [tokens[id] for id in self._children]

    def _set_state(self, value: int) -> None:
        if self._state != CANCELLED:  # what it threw may have cancelled it while it ran
            self._state = value
            self.touch()

    def complete(self) -> None:
        if not self.has_state(OVER):
            super().complete()

    def cancel(self, reason: str = "") -> None:
        self.workflow.top_workflow.withdraw([self], reason)

    # -- its place
    @property
    def enclosing(self) -> Token | None:
        """The token around this one: a loop, a host, or the subprocess whose scope it is in; None at the top."""
        parent = cast("Token | None", self.parent)
        return parent if parent is not None else self.workflow.parent_task

    def adopt(self) -> None:
        """Leave the parent token and stand by itself in the scope."""
        self.parent._children.remove(self.id)
        self.workflow.task_tree._children.append(self.id)
        self._parent = self.workflow.task_tree.id
        self.workflow.arrives(self)
        self.touch()

    def move_to(self, node: Node) -> None:
        """Stand at another node, of another version of the diagram."""
        if node.name != self.task_spec.name:
            self.touch()
        by_itself = self.parent is self.workflow.task_tree
        if by_itself:
            self.workflow.leaves(self)
        self.task_spec = node
        if by_itself:
            self.workflow.arrives(self)

    def remember(self, **state: Any) -> None:
        """Keep JSON-able state of the element with the token."""
        self.internal_data.update(state)
        self.touch()

    def forget(self, *names: str) -> None:
        for name in names:
            self.internal_data.pop(name, None)
        self.touch()

    def set_locals(self, changed: Mapping[str, Any], *, silent: bool = False) -> None:
        """Write variables of the token itself. The values are checked already."""
        if self.locals is None:
            self.locals = Layer()
        self.locals.write(changed)
        self.workflow.top_workflow.dirty = True
        self.touch()
        if not silent:
            self.workflow.record(VariablesChanged(self.id, dict(changed)))

    def drop_locals(self, names: Iterable[str]) -> None:
        """Forget variables of the token itself; what they hid is seen again."""
        if self.locals is not None:
            self.locals.drop(names)
            self.workflow.top_workflow.dirty = True
            self.touch()

    def hide(self, name: str, value: Any) -> None:
        """Keep a value of any size with the token that no expression can see."""
        if self.hidden is None:
            self.hidden = Layer()
        self.hidden.write({name: value})
        self.touch()

    # -- history
    @property
    def is_shown(self) -> bool:
        """Whether it is a token of the diagram: not what undoes things or waits for a reset."""
        return not self.task_spec.silent and self.internal_data.keys().isdisjoint(_NOT_SHOWN)

    def started(self) -> None:
        if not self.is_shown:
            return
        spec, around = self.task_spec, self._around()
        self.workflow.record(ActivityStarted(self.id, spec.bpmn_id, spec.element_type, around))

    def ended(self, state: Any, reason: str = "") -> None:
        if self.is_shown:
            self.workflow.record(ActivityEnded(self.id, self.task_spec.bpmn_id, state, reason))

    def _around(self) -> int:
        """The token of the diagram that is around this one in the same process; 0 at its top."""
        around, outermost = self.enclosing, self.workflow.process.task_tree
        while around is not outermost and around is not None:
            if around is not around.workflow.task_tree and around.is_shown:
                return around.id
            around = around.enclosing
        return 0
