"""What a process instance and each running subprocess have in common: a root with live tokens under it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow

from stellwerk.engine.events import Event, FlowTaken
from stellwerk.engine.faults import Fault
from stellwerk.engine.token import CANCELLED, ERROR, FUTURE, OVER, STARTED, Token

if TYPE_CHECKING:
    from stellwerk.engine.elements.event_subprocess import EventSubProcess
    from stellwerk.engine.instance import Instance
    from stellwerk.engine.scope_spec import ScopeSpec


class Scope:
    """Mixed into SpiffWorkflow's workflows; replaces prediction and tree walks by events of single tokens."""

    spec: ScopeSpec
    tasks: dict[int, Token]
    task_tree: Token
    completed: bool
    parent_task: Token | None
    depth: int
    top_workflow: Instance

    def open(self) -> None:
        # joins: node -> incoming flow -> the tokens that wait there, in order of arrival
        self.joins: dict[str, dict[str, dict[int, Token]]] = {}
        self.listening: set[int] = set()  # tokens that only listen, for event subprocesses
        self.interrupted = False  # by an event subprocess: the others listen no longer
        self.changed: set[int] = {0}
        self.pages: set[int] = set()  # parts that hold tokens of this scope, while it has many

    @property
    def scope_id(self) -> int:
        """The token whose scope this is; 0 for the process."""
        return self.parent_task.id if self.parent_task is not None else 0

    def record(self, event: Event) -> None:
        """Something has happened in this scope."""
        self.top_workflow.events.append(event)

    def touch(self, token_id: int) -> None:
        """The token (0: the scope itself) is not as in the last snapshot."""
        self.changed.add(token_id)

    def plant(self) -> None:
        self.task_tree = Token(self, self.spec.start, state=STARTED)

    def begin(self, *starts: str) -> None:
        """Listen for event subprocesses, then put a token on each of these nodes, or wherever a token begins."""
        for name in self.spec.listeners:
            self._listen(name)
        for name in starts or self.spec.entries:
            self.emit(name)
        self.check_complete()

    def _listen(self, name: str) -> None:
        spec: EventSubProcess = self.spec.task_specs[name]
        token = Token(self, spec, self.task_tree, FUTURE)
        token.internal_data["listens"] = 1
        self.listening.add(token.id)
        try:
            spec.wait(token)
        except Fault as fault:
            self.top_workflow.incident(token, fault, "enter")

    def undo_subprocess_of(self, host: Token) -> str | None:
        """The event subprocess that compensates what the host has done inside."""
        sub = self.top_workflow.subprocesses.get(host.id)
        return sub.spec.undo_subprocess if sub is not None else None

    # -- tokens come
    def emit(self, name: str, flow: str | None = None) -> Token:
        """A new token arrives at a node. What the model does wrong there is an incident of that token."""
        spec = self.spec.task_specs[name]
        token = Token(self, spec, self.task_tree, FUTURE)
        if flow is not None and spec.joins:
            token.internal_data["flow"] = flow
        try:
            spec._update(token)
        except Fault as fault:
            self.top_workflow.incident(token, fault, "enter")
        return token

    def follow(self, source: str, flows: Any) -> None:
        for flow in flows:
            if flow.id:  # a link is no flow of the diagram
                self.record(FlowTaken(flow.id, source, flow.target))
            self.emit(flow.target, flow.id)

    # -- tokens go
    def discard(self, token: Token) -> None:
        """Take a finished token out of the tree."""
        if self.tasks.pop(token.id, None) is None:
            return
        self.top_workflow.tokens.pop(token.id, None)
        self.listening.discard(token.id)
        self.top_workflow.results.drop(token.id)
        self.touch(token.id)
        parent = self.tasks.get(token._parent or 0)
        if parent is not None:
            parent._children.remove(token.id)

    def merge(self, token: Token) -> None:
        """The token is consumed by a join that another token passes."""
        token._set_state(CANCELLED)
        token.ended("merged")
        self.discard(token)

    def clear(self, reason: str, keep: Token | None = None) -> None:
        self.top_workflow.withdraw([t for t in self.task_tree.children if t is not keep], reason)

    def _task_completed_notify(self, token: Token) -> None:
        """Called by SpiffWorkflow when a token has left its node."""
        parent = token.parent
        self.discard(token)
        if parent is not self.task_tree and not parent.has_state(OVER):
            try:
                parent.task_spec.child_finished(parent, token)
            except Fault as fault:
                self.top_workflow.incident(parent, fault, "proceed")
        elif parent is self.task_tree and self.parent_task is not None and not self.completed:
            try:
                self.parent_task.task_spec.inner_finished(self.parent_task, self, token)
            except Fault as fault:
                self.top_workflow.incident(self.parent_task, fault, "proceed")
        if self.parent_task is None or not self.parent_task.has_state(ERROR):  # else when it is tried again
            self.check_complete()

    def check_complete(self) -> None:
        """A scope is complete when no token is left in it but those that listen."""
        if not self.completed and len(self.task_tree._children) == len(self.listening):
            self.completed = True
            self.touch(0)
            self.clear("")
            self.scope_completed()

    def scope_completed(self) -> None:
        raise NotImplementedError

    def is_completed(self) -> bool:
        return self.completed

    def update_waiting_tasks(self) -> None:
        """Nothing: whatever waits is told when its event happens."""


class SubInstance(Scope, BpmnSubWorkflow):
    """A running subprocess; its variables are the locals of `parent_task`."""

    parent_task: Token

    def __init__(self, spec: ScopeSpec, parent_task: Token, top: Instance) -> None:
        self.parent_task = parent_task
        BpmnSubWorkflow.__init__(self, spec, parent_task.id, top, deserializing=True)
        self.open()

    @property
    def parent_workflow(self) -> Scope:
        return self.parent_task.workflow

    def _calculate_depth(self) -> int:
        return self.parent_task.workflow.depth + 1

    def scope_completed(self) -> None:
        self.top_workflow.agenda.append(self.parent_task)
