"""The scopes: nodes first, then what connects them."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.util import full_tag

from stellwerk.engine import event_definitions as definitions
from stellwerk.engine.diagram import XML
from stellwerk.engine.diagram.reader import Reader
from stellwerk.engine.elements.activity import Activity
from stellwerk.engine.elements.base import Flow, Node
from stellwerk.engine.elements.boundary import BoundaryEvent
from stellwerk.engine.elements.catching import CatchEvent, Catching, EventPart, StartEvent
from stellwerk.engine.elements.event_subprocess import EventSubProcess
from stellwerk.engine.elements.multi_instance import MultiInstance
from stellwerk.engine.elements.standard_loop import StandardLoop
from stellwerk.engine.elements.throwing import ThrowEvent
from stellwerk.engine.scope_spec import ScopeSpec


class ScopeParser(ProcessParser):
    """The nodes of one process or subprocess, then its flows and boundary events."""

    spec: ScopeSpec

    def _index_process_nodes(self) -> None:
        """The library's index of all descendants is not needed."""

    def _parse(self) -> None:
        self.spec = ScopeSpec(self.bpmn_id, self.get_name(), self.filename)
        self.add_tasks()

    def add_tasks(self) -> None:
        for child in self.node:
            if self.parser._get_parser_class(child.tag)[0] is not None:
                self.parse_node(child)
        specs = self.spec.task_specs
        for flow in self.node.findall(full_tag("sequenceFlow")):
            self._connect(flow, specs[flow.get("sourceRef")], specs[flow.get("targetRef")])
        for spec in self.spec.nodes:
            if isinstance(spec, BoundaryEvent):
                self._attach(spec)
            elif isinstance(spec, EventSubProcess):
                self._listen(spec)
        self._link()
        places = self.parser.reader.places
        self.spec.declared = places.declared(self.node)
        self.spec.inputs, self.spec.outputs = (places.data_of(self.node, tag) for tag in ("dataInput", "dataOutput"))
        self.spec.entries = self._entries()

    def _connect(self, flow: XML, source: Node, target: Node) -> None:
        reader: Reader = self.parser.reader
        condition = reader.expression(flow, "conditionExpression")
        source.flows.append(Flow(flow.get("id") or "", target.name, condition))
        target.incoming.append(flow.get("id") or "")
        source.connect(target)

    def _attach(self, boundary: BoundaryEvent) -> None:
        host = self.spec.task_specs[boundary.host]
        if boundary.kind == "compensate":
            handler = self.parser.reader.diagram.associated(boundary.bpmn_id)
            host.handler = handler
            if isinstance(host, MultiInstance | StandardLoop):
                self.spec.task_specs[host.inner].handler, host.handler = handler, None
            return
        self._register(boundary, host)

    def _listen(self, spec: EventSubProcess) -> None:
        if spec.kind == "compensate":
            self.spec.undo_subprocess = spec.name
        else:
            self._register(spec, self.spec)

    def _register(self, catcher: Catching, place: Any) -> None:
        """At the activity or scope whose events it catches."""
        kinds = {definitions.kind_of(definition) for definition in catcher.definitions}
        if kinds & set(definitions.SUBSCRIBING):
            place.listeners.append(catcher.name)
        if kinds & set(definitions.THROWN):
            place.catchers.append(catcher.name)

    def _link(self) -> None:
        """A link leads from its sources to its one target like a flow that is not drawn."""
        catches = [s for s in self.spec.nodes if isinstance(s, CatchEvent) and s.kind == "link"]
        targets = {spec.event_definition.name: spec for spec in catches}
        for source in self.spec.nodes:
            if isinstance(source, ThrowEvent) and isinstance(source.event_definition, definitions.LinkDefinition):
                source.flows.append(Flow("", targets[source.event_definition.name].name, None))

    def _entries(self) -> tuple[str, ...]:
        """BPMN 10.5.2: none start events; a scope without any start event begins where no flow leads to."""
        starts = [spec for spec in self.spec.nodes if isinstance(spec, StartEvent)]
        if starts:
            return tuple(spec.name for spec in starts if spec.kind == "none")
        inner = {spec.inner for spec in self.spec.nodes if isinstance(spec, MultiInstance | StandardLoop)}
        return tuple(
            spec.name
            for spec in self.spec.nodes
            if not spec.incoming and spec.name not in inner and not _is_entered_otherwise(spec)
        )


def _is_entered_otherwise(spec: Node) -> bool:
    """Boundary events, handlers, event subprocesses, targets of links and what starts a process by its event."""
    if spec.instantiate or (isinstance(spec, Activity) and spec.for_compensation):
        return True
    return isinstance(spec, BoundaryEvent | EventSubProcess | EventPart) or (
        isinstance(spec, CatchEvent) and spec.kind == "link"
    )
