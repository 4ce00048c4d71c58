"""XML -> specifications of nodes, on SpiffWorkflow's parsers.

Two passes for each scope, first the nodes, then the flows, so that nothing recurses along the flows of a diagram and
no node is planted that the diagram does not have. The rules of lint/ have passed before; what only parsing finds
(expressions, times) goes to the reader's problems.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.parser.event_parsers import EventDefinitionParser
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.util import full_tag

from stellwerk.engine import event_definitions as definitions
from stellwerk.engine import timers
from stellwerk.engine.diagram import XML, label
from stellwerk.engine.elements.activity import Activity
from stellwerk.engine.elements.adhoc import AdHocSubProcess
from stellwerk.engine.elements.base import Flow, Node
from stellwerk.engine.elements.boundary import BoundaryEvent
from stellwerk.engine.elements.catching import CatchEvent, Catching, EventPart, StartEvent
from stellwerk.engine.elements.complex_gateway import ComplexGateway
from stellwerk.engine.elements.event_gateway import EventBasedGateway
from stellwerk.engine.elements.event_subprocess import EventSubProcess
from stellwerk.engine.elements.gateways import ExclusiveGateway, InclusiveGateway, ParallelGateway
from stellwerk.engine.elements.jobs import JobTask
from stellwerk.engine.elements.messages import ReceiveTask, SendTask
from stellwerk.engine.elements.multi_instance import Loop, MultiInstance
from stellwerk.engine.elements.standard_loop import Rounds, StandardLoop
from stellwerk.engine.elements.subprocess import SubProcess
from stellwerk.engine.elements.tasks import PassTask, ScriptTask, UserTask
from stellwerk.engine.elements.throwing import EndEvent, ThrowEvent
from stellwerk.engine.elements.transaction import Transaction
from stellwerk.engine.expressions import parse_expression
from stellwerk.engine.inout import read_parameters
from stellwerk.engine.normalise import local_name
from stellwerk.engine.reader import Reader
from stellwerk.engine.scope_spec import ScopeSpec
from stellwerk.engine.templates import parse_template
from stellwerk.errors import ExpressionInvalid

FORM_DATA_PREFIX = "formData:"  # form keys of forms that are made of camunda:formData


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
        if isinstance(task, Activity):
            return self._activity(task)
        return task

    def create_task(self) -> Node:
        task: Node = self.spec_class(self.spec, self.bpmn_id, **self.bpmn_attributes)
        return task

    def _activity(self, task: Activity) -> Node:
        task.inputs = read_parameters(self.reader, self.node, "inputParameter")
        task.outputs = read_parameters(self.reader, self.node, "outputParameter")
        outer = self._looped(task)
        outer.for_compensation = self.reader.flag(self.node, "isForCompensation")
        outer.start_quantity = self.reader.number(self.node, "startQuantity")
        outer.completion_quantity = self.reader.number(self.node, "completionQuantity")
        return outer

    def _looped(self, task: Activity) -> Activity:
        """A loop takes the id, the flows and the boundary events; what is repeated gets a name that no id can be."""
        multi = self.node.find(full_tag("multiInstanceLoopCharacteristics"))
        standard = self.node.find(full_tag("standardLoopCharacteristics"))
        if multi is None and standard is None:
            return task
        del self.spec.task_specs[task.name]
        task.name, task.default = f"{task.name} [child]", None
        self.spec.task_specs[task.name] = task
        if multi is not None:
            outer: Any = MultiInstance(self.spec, self.bpmn_id, **self._loop_attributes("multiInstance"))
            outer.loop = self._loop(multi)
        elif standard is not None:
            outer = StandardLoop(self.spec, self.bpmn_id, **self._loop_attributes("standardLoop"))
            outer.rounds = self._rounds(standard)
        outer.inner, outer.default = task.name, self.node.get("default")
        looped: Activity = outer
        return looped

    def _loop_attributes(self, element_type: str) -> dict[str, Any]:
        return {**self.bpmn_attributes, "element_type": element_type}

    def _rounds(self, loop: XML) -> Rounds:
        maximum = self.reader.text(loop, "loopMaximum")
        return Rounds(
            condition=self.reader.expression(loop, "loopCondition"),
            test_before=self.reader.flag(loop, "testBefore"),
            maximum=int(maximum) if maximum else None,
        )

    def _loop(self, loop: XML) -> Loop:
        read = self.reader
        collection = read.text(loop, "camunda:collection") or read.text(loop, "loopDataInputRef")
        return Loop(
            sequential=read.flag(loop, "isSequential"),
            cardinality=read.expression(loop, "loopCardinality"),
            collection=read.parse(loop, "camunda:collection", collection),
            item=read.text(loop, "camunda:elementVariable") or read.item_name(loop, "inputDataItem"),
            output=read.text(loop, "loopDataOutputRef") or None,
            output_item=read.item_name(loop, "outputDataItem"),
            enough=read.expression(loop, "completionCondition"),
            **self._behaviour(loop),
        )

    def _behaviour(self, loop: XML) -> dict[str, Any]:
        """Which events the instances throw: None after each one, One after the first, Complex on conditions."""
        kind = self.reader.text(loop, "behavior")
        if kind == "One":
            return {"first": self._event_at(self.reader.text(loop, "oneBehaviorEventRef"))}
        if kind == "None":
            event = self._event_at(self.reader.text(loop, "noneBehaviorEventRef"))
            return {"each": ((None, event),) if event is not None else ()}
        found = [
            (self.reader.expression(complex, "condition"), self._event_in(event))
            for complex in loop.findall(full_tag("complexBehaviorDefinition"))
            for event in complex.findall(full_tag("event"))
        ]
        return {"each": tuple(found), "complex": True} if kind == "Complex" else {}

    def _event_at(self, id: str) -> definitions.EventDefinition | None:
        element = self.reader.diagram.by_id.get(id)
        return None if element is None else self._event_in([element])

    def _event_in(self, holder: Iterable[XML]) -> definitions.EventDefinition:
        parser = EventParser(self.process_parser, ThrowEvent, self.node, self.nsmap, lane=self.lane)
        return parser.defined(holder)


class EventParser(NodeParser):
    """Events with none, one or several definitions."""

    def create_task(self) -> Node:
        extra: dict[str, Any] = {}
        if self.spec_class is BoundaryEvent:
            extra["host"] = self.reader.text(self.node, "attachedToRef")
            extra["interrupting"] = self.reader.flag(self.node, "cancelActivity")
        task: Node = self.spec_class(
            self.spec, self.bpmn_id, event_definition=self.definition(), **extra, **self.bpmn_attributes
        )
        if isinstance(task, ThrowEvent):
            task.inputs = read_parameters(self.reader, self.node, "inputParameter")
        return task

    def definition(self) -> definitions.EventDefinition:
        return self.defined(self.node)

    def defined(self, holder: Iterable[XML]) -> definitions.EventDefinition:
        """What these elements define together."""
        found = [(self._READ[local_name(child)], child) for child in holder if local_name(child) in self._READ]
        parts = tuple(read(self, child) for read, child in found)
        if len(parts) < 2:
            return parts[0] if parts else definitions.NoneEventDefinition()
        catches = local_name(self.node) in ("startEvent", "intermediateCatchEvent", "boundaryEvent")
        return definitions.MultipleDefinition(parts, catches and self.reader.flag(self.node, "parallelMultiple"))

    def parse_message_event(self, message_event: XML) -> definitions.MessageEventDefinition:
        name = self.process_parser.parser.messages[self.reader.text(message_event, "messageRef")]
        return definitions.MessageEventDefinition(name, [])

    def _signal(self, signal: XML) -> definitions.SignalEventDefinition:
        return definitions.SignalEventDefinition(
            self.process_parser.parser.signals[self.reader.text(signal, "signalRef")]
        )

    def _compensation(self, compensation: XML) -> definitions.CompensationDefinition:
        activity = self.reader.text(compensation, "activityRef") or None
        return definitions.CompensationDefinition(activity, self.reader.flag(compensation, "waitForCompletion"))

    def _timer(self, timer: XML) -> definitions.TimerDefinition:
        kinds: tuple[timers.TimerKind, ...] = ("timeDate", "timeDuration", "timeCycle")
        kind = next(kind for kind in kinds if self.reader.text(timer, kind))
        expression = self.reader.parse(timer, kind, self.reader.text(timer, kind), timers.parse_timer)
        if expression is not None and expression.is_literal:
            try:
                timers.check_literal(kind, expression.text)
            except timers.TimerInvalid as error:
                self.reader.problem(timer, "timer-format", f"The time of '{label(self.node)}' cannot be used: {error}")
        return definitions.TimerDefinition(label(self.node), kind, expression)  # type: ignore[arg-type]

    def _error(self, error: XML) -> definitions.ErrorDefinition:
        ref = self.reader.text(error, "errorRef")
        declared = self.process_parser.parser.errors[ref] if ref else {}
        return definitions.ErrorDefinition(
            declared.get("name"),
            (declared.get("error_code") or ref) if ref else None,
            self.reader.text(error, "camunda:errorCodeVariable") or None,
            self.reader.text(error, "camunda:errorMessageVariable") or None,
        )

    def _escalation(self, escalation: XML) -> definitions.EscalationDefinition:
        ref = self.reader.text(escalation, "escalationRef")
        declared = self.process_parser.parser.escalations[ref] if ref else {}
        return definitions.EscalationDefinition(
            declared.get("name"),
            (declared.get("escalation_code") or ref) if ref else None,
            self.reader.text(escalation, "camunda:escalationCodeVariable") or None,
        )

    def _link(self, link: XML) -> definitions.LinkDefinition:
        return definitions.LinkDefinition(self.reader.text(link, "name"))

    def _condition(self, conditional: XML) -> definitions.ConditionDefinition:
        return definitions.ConditionDefinition(self.reader.expression(conditional, "condition"), name=label(self.node))

    def _terminate(self, terminate: XML) -> definitions.TerminateEventDefinition:
        return definitions.TerminateEventDefinition()

    def _cancel(self, cancel: XML) -> definitions.CancelEventDefinition:
        return definitions.CancelEventDefinition()

    _READ: ClassVar[dict[str, Callable[[Any, XML], definitions.EventDefinition]]] = {
        "messageEventDefinition": parse_message_event,
        "signalEventDefinition": _signal,
        "timerEventDefinition": _timer,
        "errorEventDefinition": _error,
        "escalationEventDefinition": _escalation,
        "linkEventDefinition": _link,
        "conditionalEventDefinition": _condition,
        "compensateEventDefinition": _compensation,
        "cancelEventDefinition": _cancel,
        "terminateEventDefinition": _terminate,
    }


class UserTaskParser(NodeParser):
    def create_task(self) -> Node:
        task = super().create_task()
        if isinstance(task, UserTask):
            read, node = self.reader, self.node
            task.assignee = read.template(node, "camunda:assignee")
            task.candidate_users = read.template(node, "camunda:candidateUsers")
            task.candidate_groups = read.template(node, "camunda:candidateGroups")
            task.due_date = read.template(node, "camunda:dueDate")
            task.follow_up_date = read.template(node, "camunda:followUpDate")
            task.priority = read.template(node, "camunda:priority")
            task.form_key = read.parse(node, "camunda:formKey", form_key(read, node), parse_template)
        return task


def form_key(reader: Reader, node: XML) -> str:
    """The key of a node's form: a deployed one comes before fields; empty if there is none."""
    fields = reader.extension(node, "camunda:formData")
    own = FORM_DATA_PREFIX + (node.get("id") or "") if fields is not None else ""
    return reader.text(node, "camunda:formKey") or reader.text(node, "camunda:formRef") or own


class ScriptParser(NodeParser):
    def create_task(self) -> Node:
        task = super().create_task()
        if isinstance(task, ScriptTask):
            script = self.node.find(full_tag("script"))
            task.script = (script.text or "") if script is not None else ""
            task.result_variable = self.reader.text(self.node, "camunda:resultVariable") or None
            if task.result_variable:
                try:
                    task.expression = parse_expression(task.script)
                except ExpressionInvalid:
                    task.expression = None  # statements: the script assigns `result`
        return task


class ServiceParser(NodeParser):
    def create_task(self) -> Node:
        task = super().create_task()
        if isinstance(task, JobTask):
            read = self.reader
            task.topic = read.template(self.node, "camunda:topic")  # type: ignore[assignment]
            task.result_variable = read.text(self.node, "camunda:resultVariable") or None
            task.priority = read.template(self.node, "camunda:taskPriority")
            cycle = read.text(self.node, "camunda:failedJobRetryTimeCycle")
            try:
                task.tries, task.retry_waits = timers.retries(cycle) if cycle else (None, ())
            except timers.TimerInvalid as error:
                read.problem(self.node, "retry-cycle", f"The retries of '{label(self.node)}' cannot be read: {error}")
        return task


class SendParser(ServiceParser):
    """With a topic a job, else a message."""

    def create_task(self) -> Node:
        if self.reader.text(self.node, "camunda:topic"):
            self.spec_class = JobTask
            return super().create_task()
        message = self.process_parser.parser.messages[self.reader.text(self.node, "messageRef")]
        return SendTask(self.spec, self.bpmn_id, message=message, **self.bpmn_attributes)


class ReceiveParser(NodeParser):
    def create_task(self) -> Node:
        ref = self.reader.text(self.node, "messageRef")
        message = definitions.MessageEventDefinition(self.process_parser.parser.messages[ref], []) if ref else None
        event = message or definitions.NoneEventDefinition()
        return ReceiveTask(self.spec, self.bpmn_id, event_definition=event, **self.bpmn_attributes)


class SubProcessParser(NodeParser):
    def create_task(self) -> Node:
        self.process_parser.parser.create_parser(self.node, filename=self.filename, lane=self.lane)
        if local_name(self.node) != "subProcess" or not self.reader.flag(self.node, "triggeredByEvent"):
            return super().create_task()
        start = self.node.find(full_tag("startEvent"))
        assert start is not None, "a rule has made sure of it"
        event = EventParser(self.process_parser, StartEvent, start, self.nsmap, lane=self.lane)
        return EventSubProcess(
            self.spec,
            self.bpmn_id,
            event_definition=event.definition(),
            start=start.get("id") or "",
            interrupting=self.reader.flag(start, "isInterrupting"),
            **self.bpmn_attributes,
        )


class AdHocParser(SubProcessParser):
    def create_task(self) -> Node:
        task = super().create_task()
        if isinstance(task, AdHocSubProcess):
            task.sequential = self.reader.text(self.node, "ordering") == "Sequential"
            task.cancel_remaining = self.reader.flag(self.node, "cancelRemainingInstances")
            task.condition = self.reader.expression(self.node, "completionCondition")
        return task


class ComplexGatewayParser(NodeParser):
    def create_task(self) -> Node:
        task = super().create_task()
        if isinstance(task, ComplexGateway):
            task.activation = self.reader.expression(self.node, "activationCondition")
        return task


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
    """Boundary events, handlers, event subprocesses and targets of links begin by what happens."""
    if isinstance(spec, Activity) and spec.for_compensation:
        return True
    return isinstance(spec, BoundaryEvent | EventSubProcess | EventPart) or (
        isinstance(spec, CatchEvent) and spec.kind == "link"
    )


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
            "task": (NodeParser, PassTask),
            "manualTask": (NodeParser, PassTask),
            "userTask": (UserTaskParser, UserTask),
            "scriptTask": (ScriptParser, ScriptTask),
            "serviceTask": (ServiceParser, JobTask),
            "sendTask": (SendParser, SendTask),
            "receiveTask": (ReceiveParser, ReceiveTask),
            "exclusiveGateway": (NodeParser, ExclusiveGateway),
            "inclusiveGateway": (NodeParser, InclusiveGateway),
            "parallelGateway": (NodeParser, ParallelGateway),
            "eventBasedGateway": (NodeParser, EventBasedGateway),
            "complexGateway": (ComplexGatewayParser, ComplexGateway),
            "subProcess": (SubProcessParser, SubProcess),
            "adHocSubProcess": (AdHocParser, AdHocSubProcess),
            "transaction": (SubProcessParser, Transaction),
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
