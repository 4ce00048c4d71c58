"""XML -> specifications of nodes, on SpiffWorkflow's parsers.

Two passes for each scope, first the nodes, then the flows, so that nothing recurses along the flows of a diagram and
no node is planted that the diagram does not have. The rules of lint/ have passed before; what only parsing finds
(expressions, times) goes to the reader's problems.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.parser.util import full_tag

from stellwerk.engine.diagram import XML
from stellwerk.engine.diagram.reader import Reader
from stellwerk.engine.elements.adhoc import AdHocSubProcess
from stellwerk.engine.elements.boundary import BoundaryEvent
from stellwerk.engine.elements.business_rule import BusinessRuleTask
from stellwerk.engine.elements.call_activity import CallActivity
from stellwerk.engine.elements.catching import CatchEvent, StartEvent
from stellwerk.engine.elements.complex_gateway import ComplexGateway
from stellwerk.engine.elements.event_gateway import EventBasedGateway
from stellwerk.engine.elements.gateways import ExclusiveGateway, InclusiveGateway, ParallelGateway
from stellwerk.engine.elements.jobs import JobTask
from stellwerk.engine.elements.messages import ReceiveTask, SendTask
from stellwerk.engine.elements.subprocess import SubProcess
from stellwerk.engine.elements.tasks import PassTask, ScriptTask, UserTask
from stellwerk.engine.elements.throwing import EndEvent, ThrowEvent
from stellwerk.engine.elements.transaction import Transaction
from stellwerk.engine.parser.activities import (
    ActivityParser,
    ReceiveParser,
    ScriptParser,
    SendParser,
    ServiceParser,
    UserTaskParser,
)
from stellwerk.engine.parser.calls import CallParser
from stellwerk.engine.parser.events import EventParser
from stellwerk.engine.parser.nodes import ComplexGatewayParser, EventGatewayParser, NodeParser
from stellwerk.engine.parser.rules import RuleParser
from stellwerk.engine.parser.scopes import ScopeParser
from stellwerk.engine.parser.subprocesses import AdHocParser, SubProcessParser
from stellwerk.engine.scope_spec import ScopeSpec


class Parser(BpmnParser):
    """All executable processes of one file."""

    PROCESS_PARSER_CLASS = ScopeParser
    PARSER_CLASSES: dict[str, Any] = {}
    OVERRIDE_PARSER_CLASSES = {
        full_tag(tag): classes
        for tag, classes in {
            "startEvent": (EventParser, StartEvent),
            "endEvent": (EventParser, EndEvent),
            "intermediateCatchEvent": (EventParser, CatchEvent),
            "intermediateThrowEvent": (EventParser, ThrowEvent),
            "boundaryEvent": (EventParser, BoundaryEvent),
            "task": (ActivityParser, PassTask),
            "manualTask": (ActivityParser, PassTask),
            "userTask": (UserTaskParser, UserTask),
            "scriptTask": (ScriptParser, ScriptTask),
            "serviceTask": (ServiceParser, JobTask),
            "businessRuleTask": (RuleParser, BusinessRuleTask),
            "sendTask": (SendParser, SendTask),
            "receiveTask": (ReceiveParser, ReceiveTask),
            "exclusiveGateway": (NodeParser, ExclusiveGateway),
            "inclusiveGateway": (NodeParser, InclusiveGateway),
            "parallelGateway": (NodeParser, ParallelGateway),
            "eventBasedGateway": (EventGatewayParser, EventBasedGateway),
            "complexGateway": (ComplexGatewayParser, ComplexGateway),
            "subProcess": (SubProcessParser, SubProcess),
            "adHocSubProcess": (AdHocParser, AdHocSubProcess),
            "transaction": (SubProcessParser, Transaction),
            "callActivity": (CallParser, CallActivity),
        }.items()
    }

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = reader

    def parse(self) -> dict[str, dict[str, ScopeSpec]]:
        """The scopes of each process by their ids."""
        root, file = self.reader.diagram.root, self.reader.diagram.file
        self._add_diagram_indexes(root)
        self._add_messages(root)
        self._add_signals(root)
        self._add_errors(root)
        self._add_escalations(root)
        found = {}
        for process in self.reader.diagram.processes:
            self.process_parsers: dict[str, ScopeParser] = {}
            self.create_parser(process, file)
            found[process.get("id") or ""] = self._scopes()
        return found

    def _scopes(self) -> dict[str, ScopeSpec]:
        """Parsing a scope adds the parsers of the subprocesses in it."""
        scopes: dict[str, ScopeSpec] = {}
        while len(scopes) < len(self.process_parsers):
            for id, parser in list(self.process_parsers.items()):
                if id not in scopes:
                    scopes[id] = parser.get_spec()
        return scopes

    def _add_diagram_indexes(self, bpmn: XML) -> None:
        """The innermost lane of each node: inner lanes come later in the file."""
        lanes: dict[str, str | None] = {}
        for lane in bpmn.iter(full_tag("lane")):
            for ref in lane.findall(full_tag("flowNodeRef")):
                lanes[(ref.text or "").strip()] = lane.get("name") or None
        self.document_lanes[id(bpmn)] = lanes
        self.document_positions[id(bpmn)] = {}
