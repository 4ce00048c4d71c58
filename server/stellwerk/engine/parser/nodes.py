"""What parsing a flow node has in common."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.parser.event_parsers import EventDefinitionParser

from stellwerk.engine.diagram import XML
from stellwerk.engine.diagram.normalise import local_name
from stellwerk.engine.diagram.reader import Reader
from stellwerk.engine.elements.base import Node
from stellwerk.engine.elements.complex_gateway import ComplexGateway
from stellwerk.engine.elements.event_gateway import EventBasedGateway


class NodeParser(EventDefinitionParser):
    """Base of all: makes the specification of one node. Flows are connected by the scope."""

    node: XML

    @property
    def reader(self) -> Reader:
        reader: Reader = self.process_parser.parser.reader
        return reader

    @property
    def bpmn_attributes(self) -> dict[str, Any]:
        return {
            "element_type": local_name(self.node),
            "lane": self.lane,
            "bpmn_name": self.node.get("name") or None,
            "documentation": self.reader.text(self.node, "documentation") or None,
        }

    def parse_node(self) -> Node:
        task = self.create_task()
        task.default = self.node.get("default")
        return task

    def create_task(self) -> Node:
        task: Node = self.spec_class(self.spec, self.bpmn_id, **self.bpmn_attributes)
        return task


class EventGatewayParser(NodeParser):
    def create_task(self) -> Node:
        task = super().create_task()
        if isinstance(task, EventBasedGateway):
            task.instantiate = self.reader.flag(self.node, "instantiate")
            task.parallel = task.instantiate and self.reader.text(self.node, "eventGatewayType") == "Parallel"
        return task


class ComplexGatewayParser(NodeParser):
    def create_task(self) -> Node:
        task = super().create_task()
        if isinstance(task, ComplexGateway):
            task.activation = self.reader.expression(self.node, "activationCondition")
        return task
