"""The nodes of one process or subprocess, on SpiffWorkflow's process specification."""

from __future__ import annotations

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from stellwerk.engine.elements.base import Node

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
        self.end = None
        self.entries: tuple[str, ...] = ()
        self.scopes: dict[str, ScopeSpec] = {}

    @property
    def nodes(self) -> list[Node]:
        return [node for name, node in self.task_specs.items() if name != ROOT]
