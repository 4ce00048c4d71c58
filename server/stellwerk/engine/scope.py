"""What a process instance and each running subprocess have in common: a root with live tokens under it.

A process that a call activity calls is a scope as well, with a definition and variables of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow

from stellwerk.engine.events import Event, FlowTaken, InstanceEnded, InstanceStarted
from stellwerk.engine.faults import Fault
from stellwerk.engine.token import CANCELLED, ERROR, FUTURE, OVER, STARTED, Token
from stellwerk.engine.variables import Layer

if TYPE_CHECKING:
    from stellwerk.engine.correlation import Keys
    from stellwerk.engine.data import NodeData
    from stellwerk.engine.definition import Definition, StartEvent
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
    process: Process  # in whose diagram it is

    def open(self) -> None:
        # joins: node -> incoming flow -> the tokens that wait there, in order of arrival
        self.joins: dict[str, dict[str, dict[int, Token]]] = {}
        self.occupied: dict[str, int] = {}  # node -> how many tokens are there, without those inside of others
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
        self.top_workflow.calls_of_events.append(self.process.call)

    def touch(self, token_id: int) -> None:
        """The token (0: the scope itself) is not as in the last snapshot."""
        self.changed.add(token_id)

    def plant(self) -> None:
        self.task_tree = Token(self, self.spec.start, state=STARTED)

    def begin(self, *starts: str, own: Mapping[str, Any] | None = None) -> None:
        """Listen for event subprocesses, then put a token on each of these nodes, or wherever a token begins.

        `own` are variables of these tokens alone: what the start event has caught.
        """
        self.listen()
        for name in starts or self.spec.entries:
            token = self.emit(name)
            if own:
                token.set_locals(own)
        self.check_complete()

    def listen(self) -> None:
        """Event subprocesses wait for their events."""
        for name in self.spec.listeners:
            self._listen(name)

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
    def emit(self, name: str, flow: str | None = None, own: Mapping[str, Any] | None = None) -> Token:
        """A new token arrives at a node, perhaps with variables of its own.

        What the model does wrong there is an incident of that token.
        """
        spec = self.spec.task_specs[name]
        token = Token(self, spec, self.task_tree, FUTURE)
        if own:
            token.set_locals(own)
        if flow is not None and spec.joins:
            token.internal_data["flow"] = flow
        self.admit(token)
        return token

    def admit(self, token: Token) -> None:
        """The token, which is new, arrives at its node. What the model does wrong there is an incident of the token."""
        try:
            token.task_spec._update(token)
        except Fault as fault:
            self.top_workflow.incident(token, fault, "enter")

    def goes_on(self, token: Token) -> bool:
        """Whether the token, which has done its work here, takes its flows."""
        host = self.parent_task
        return host is None or token.parent is not self.task_tree or host.task_spec.inner_goes_on(host, token)

    def follow(self, source: str, flows: Any) -> None:
        for flow in flows:
            if flow.id:  # a link is no flow of the diagram
                self.record(FlowTaken(flow.id, source, flow.target))
            self.emit(flow.target, flow.id)

    def arrives(self, token: Token) -> None:
        """Count a token that stands by itself in the scope."""
        name = token.task_spec.name
        self.occupied[name] = self.occupied.get(name, 0) + 1

    # -- tokens go
    def leaves(self, token: Token) -> None:
        name = token.task_spec.name
        self.occupied[name] -= 1
        if not self.occupied[name]:
            del self.occupied[name]

    def discard(self, token: Token) -> None:
        """Take a finished token out of the tree."""
        if self.tasks.pop(token.id, None) is None:
            return
        top = self.top_workflow
        top.tokens.pop(token.id, None)
        self.listening.discard(token.id)
        if top.results.pages:
            top.results.drop(token.id)
        if top.event_manager.awaiting:
            top.event_manager.awaiting.pop(token.id, None)
        self.touch(token.id)
        parent = self.tasks.get(token._parent or 0)
        if parent is not None:
            parent._children.remove(token.id)
        if parent is self.task_tree:
            self.leaves(token)

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

    @property
    def is_empty(self) -> bool:
        """Whether no token is left in it but those that listen."""
        return len(self.task_tree._children) == len(self.listening)

    def check_complete(self) -> None:
        """A scope is complete when it is empty, also after conditions have seen what was written last."""
        if self.completed or not self.is_empty:
            return
        if self.top_workflow.dirty:
            self.top_workflow.check_conditions()
            if self.completed or not self.is_empty:
                return
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


class Process(Scope):
    """The scope of a whole process: of the instance itself, or of one that a call activity has called.

    `call` is the number of the call, 0 for the instance itself; `reference` is what Host.resolve gave for it.
    """

    definition: Definition
    variables: Layer
    call = 0
    level = 0  # calls around it
    reference: str | None = None
    business_key: str | None = None
    keys: Keys  # what the conversations of the process have set
    bound: Keys | None = None  # what its correlation subscriptions give; None: not computed since variables changed

    def start(self, variables: Mapping[str, Any], start: StartEvent | None = None) -> None:
        """Begin at this start event, or wherever a token begins."""
        told = start or next((s for s in self.definition.starts if s.kind == "none"), None)
        self.record(InstanceStarted(told.element_id if told is not None else None))
        caught = self._caught(variables, start) if start is not None else None
        self.plant_with(variables if caught is None else {})
        self.begin(*([start.entry] if start is not None else []), own=caught)

    def plant_with(self, variables: Mapping[str, Any]) -> None:
        """The root of all tokens, with these variables and those that are declared."""
        self.plant()
        known = {**dict.fromkeys(self.spec.declared), **variables}
        if known:
            self.task_tree.data.assign(known)

    def _caught(self, payload: Mapping[str, Any], start: StartEvent) -> dict[str, Any] | None:
        """What goes to the data outputs of the event that starts the process; None: it has none."""
        spec: Any = self.spec.task_specs[start.entry]
        if spec.io is None or not spec.io.outputs:
            return None
        parts: list[str] = getattr(spec, "parts", [])
        io: NodeData = spec.io
        return io.caught(payload, parts.index(start.trigger) if start.trigger in parts else 0)


class SubInstance(Scope, BpmnSubWorkflow):
    """A running subprocess; its variables are the locals of `parent_task`."""

    parent_task: Token

    def __init__(self, spec: ScopeSpec, parent_task: Token, top: Instance) -> None:
        self.parent_task = parent_task
        self.process = parent_task.workflow.process
        BpmnSubWorkflow.__init__(self, spec, parent_task.id, top, deserializing=True)
        self.open()

    @property
    def parent_workflow(self) -> Scope:
        return self.parent_task.workflow

    def _calculate_depth(self) -> int:
        return self.parent_task.workflow.depth + 1

    def scope_completed(self) -> None:
        self.top_workflow.agenda.append(self.parent_task)

    def withdrawn(self, reason: str) -> None:
        """The activity whose inside this is has been taken away."""


class CalledProcess(Process, SubInstance):
    """A process that a call activity has called: it sees its own variables only. `parent_task` is the call's."""

    def __init__(self, parent_task: Token, definition: Definition, top: Instance) -> None:
        SubInstance.__init__(self, definition.process, parent_task, top)
        self.level = self.process.level + 1
        self.process = self
        self.definition, self.variables, self.keys = definition, Layer(), {}
        self.reference, self.business_key = parent_task.internal_data["called"]
        self.call: int = parent_task.internal_data.get("undoes", parent_task.id)
        self.left_by: str | None = None  # the code of the error that is about to leave it

    def scope_completed(self) -> None:
        self.record(InstanceEnded("completed", "", dict(self.variables)))
        super().scope_completed()

    def withdrawn(self, reason: str) -> None:
        if not self.completed:
            failed = self.left_by is not None
            state, why = ("failed", self.left_by or "") if failed else ("cancelled", reason)
            self.record(InstanceEnded(state, why, dict(self.variables)))  # type: ignore[arg-type]
