"""The nodes of one process or subprocess, on SpiffWorkflow's process specification."""

from __future__ import annotations

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from stellwerk.engine.elements.base import Node
from stellwerk.engine.elements.compensation import UNDO, Undoing

ROOT = "$scope"  # no BPMN id can be this


class ScopeSpec(BpmnProcessSpec):
    """`entries` are the nodes where a token begins when nothing particular starts the scope."""

    task_specs: dict[str, Node]
    start: Node

    def __init__(self, name: str, description: str | None, filename: str | None) -> None:
        super().__init__(name=name, description=description, filename=filename)
        # The library plants nodes named Start and End here; a diagram may use these ids.
        self.task_specs.clear()
        self.start = Node(self, ROOT)
        Undoing(self, UNDO)
        self.end = None
        self.entries: tuple[str, ...] = ()
        self.listeners: list[str] = []  # event subprocesses that subscribe: message, timer, conditional
        self.catchers: list[str] = []  # event subprocesses that what happens inside is thrown to: error, escalation
        self.declared: tuple[str, ...] = ()  # variables that exist from its beginning: data objects, properties
        self.inputs: tuple[str, ...] = ()  # of a process: the variables that are its data inputs, and its outputs
        self.outputs: tuple[str, ...] = ()
        self.undo_subprocess: str | None = None  # the event subprocess that compensates the whole
        self._reach: dict[str, dict[str, frozenset[str]]] = {}

    def reach(self, gateway: str) -> dict[str, frozenset[str]]:
        """For each flow into the gateway: the nodes from which a token can come along it, not through the gateway."""
        if gateway not in self._reach:
            before = self._edges_back()
            self._reach[gateway] = {
                flow.id: _reaching(node.name, gateway, before)
                for node in self.nodes
                for flow in node.flows
                if flow.target == gateway
            }
        return self._reach[gateway]

    def _edges_back(self) -> dict[str, list[str]]:
        """Node -> the nodes one step before it: along a flow, or from an activity to its boundary event."""
        before: dict[str, list[str]] = {}
        for node in self.nodes:
            attached = [*getattr(node, "listeners", ()), *getattr(node, "catchers", ())]
            for target in [*(flow.target for flow in node.flows), *attached]:
                before.setdefault(target, []).append(node.name)
        return before

    @property
    def nodes(self) -> list[Node]:
        return [node for name, node in self.task_specs.items() if name not in (ROOT, UNDO)]


def _reaching(node: str, gateway: str, before: dict[str, list[str]]) -> frozenset[str]:
    seen: set[str] = set()
    todo = [node]
    while todo:
        name = todo.pop()
        if name not in seen and name != gateway:
            seen.add(name)
            todo.extend(before.get(name, ()))
    return frozenset(seen)
