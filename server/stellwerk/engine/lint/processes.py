"""Processes, call activities, subprocesses and loops (10.2, 10.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stellwerk.engine.diagram import XML, Diagram, FlowNode, is_bpmn, label, text_of
from stellwerk.engine.diagram.normalise import is_true, local_name
from stellwerk.engine.lint.calls import called
from stellwerk.engine.lint.fixes import drop, put
from stellwerk.engine.lint.reference_table import (
    ACTIVITIES,
    CHOREOGRAPHY_ACTIVITIES,
    GLOBAL_TASKS,
    ITEM_AWARE,
    SUBPROCESSES,
    TASKS,
)
from stellwerk.engine.lint.registry import Finding, rule
from stellwerk.engine.lint.words import a, kind_of, said, the
from stellwerk.engine.vocabulary import BPMN

_EVENT = re.compile("EventDefinition(Ref)?$", re.IGNORECASE)
_CONVERSATION = frozenset(("conversation", "subConversation", "callConversation", "conversationLink"))


@rule(
    "process-type",
    "A process that is executed is not public.",
    clause="10.2.1",
    remedy="Make the process private, or not executable.",
)
def process_type(diagram: Diagram) -> Iterator[Finding]:
    for process in diagram.processes:
        if process.get("processType") == "Public":
            yield (
                process,
                f"{said(process)} is of the type Public, and a public process must not be executable. Make it Private, "
                "or remove the tick at 'Executable' (isExecutable).",
                put(process, "processType", "Private", "Make it private"),
            )


@rule(
    "choreography-inside",
    "A process holds no choreography activities.",
    clause="10.2.1",
    remedy="Replace the choreography activity by tasks that send and receive.",
    drawn=True,
)
def choreography_inside(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of(*CHOREOGRAPHY_ACTIVITIES):
        where = "a process" if node.scope.node is None else f"a {kind_of(node.scope.node.tag)}"
        yield (
            node.element,
            f"The {kind_of(node.tag)} '{label(node.element)}' is a choreography activity, and {where} must not contain "
            "choreography activities. Replace it by tasks that send and receive messages.",
        )


@rule(
    "call-start",
    "A process that is called has a none start event, or no start event at all.",
    clause="10.3.6",
    remedy="Add a none start event to the process that is called.",
    drawn=True,
)
def call_start(diagram: Diagram) -> Iterator[Finding]:
    by_events = {process for process in diagram.anywhere("process") if _starts_by_events(process)}
    for node in diagram.of("callActivity"):
        target = called(diagram, node)
        if target is not None and target in by_events:
            yield (
                node.element,
                f"The call activity '{label(node.element)}' calls the process '{label(target)}', which has no "
                "none start event. A called process must have at least one none start event. Add one there.",
            )


def _starts_by_events(process: XML) -> bool:
    starts = process.findall(f"{{{BPMN}}}startEvent")
    return bool(starts) and all(any(_EVENT.search(local_name(part)) for part in start) for start in starts)


@rule(
    "call-target",
    "A call activity calls a process or a global task.",
    clause="10.3.6",
    remedy="Choose a process or a global task.",
    drawn=True,
)
def call_target(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("callActivity"):
        target = called(diagram, node)
        if target is not None and local_name(target) not in GLOBAL_TASKS | {"process"}:
            yield (
                node.element,
                f"The reference calledElement of the call activity '{label(node.element)}' names "
                f"{a(kind_of(local_name(target)))}. It must be of the type process or global task. Choose one.",
            )


@rule(
    "ad-hoc-content",
    "An ad-hoc subprocess has activities, but no start and end events.",
    clause="10.3.5",
    remedy="Add an activity, remove start and end events.",
    drawn=True,
)
def ad_hoc_content(diagram: Diagram) -> Iterator[Finding]:
    for scope in diagram.scopes:
        if local_name(scope.element) != "adHocSubProcess":
            continue
        if not any(node.tag in ACTIVITIES for node in scope.nodes):
            yield scope.element, f"{said(scope.element)} has no activity, but it must contain at least one. Add it."
        for node in scope.nodes:
            if node.tag in ("startEvent", "endEvent"):
                yield (
                    node.element,
                    f"{said(scope.element)} contains the {kind_of(node.tag)} '{label(node.element)}'. An ad-hoc "
                    "subprocess must not contain start or end events. Remove it.",
                )


@rule(
    "conversation-inside",
    "A process holds no conversations.",
    clause="10.3.5",
    remedy="Remove the conversation.",
    drawn=True,
)
def conversation_inside(diagram: Diagram) -> Iterator[Finding]:
    for element in diagram.anywhere(*_CONVERSATION):
        if element in diagram.executable:
            yield element, f"{said(element)} stands in a process, which must not contain conversations. Remove it."


@rule(
    "loop-input",
    "The collection of a multi-instance task is a data input of the task.",
    clause="10.3.8",
    remedy="Choose a data input of the task, or name a variable.",
)
def loop_input(diagram: Diagram) -> Iterator[Finding]:
    """A name that is no element of the file is a variable, as in Camunda 7."""
    for node, loop in _multi_instances(diagram):
        target = diagram.by_id.get(text_of(loop, "loopDataInputRef"))
        if target is not None and not _may_be_collection(node, target):
            wanted = "a data input of that task" if node.tag in TASKS else "a data object, data input or property"
            yield (
                loop,
                f"loopDataInputRef of the multi-instance {kind_of(node.tag)} '{label(node.element)}' names "
                f"{the(target)}. In an executable process it must name {wanted}. Choose one.",
            )


def _may_be_collection(node: FlowNode, target: XML) -> bool:
    if node.tag in TASKS:
        return local_name(target) == "dataInput" and _owns(node, target)
    return local_name(target) in ITEM_AWARE


@rule(
    "loop-output",
    "The results of a multi-instance activity go into data.",
    clause="10.3.8",
    remedy="Choose a data output or data object, or name a variable.",
)
def loop_output(diagram: Diagram) -> Iterator[Finding]:
    """A name that is no element of the file is a variable, as in Camunda 7."""
    for node, loop in _multi_instances(diagram):
        target = diagram.by_id.get(text_of(loop, "loopDataOutputRef"))
        if target is not None and local_name(target) not in ITEM_AWARE:
            yield (
                loop,
                f"loopDataOutputRef of the multi-instance {kind_of(node.tag)} '{label(node.element)}' names "
                f"{the(target)}. It must name a data output or a data object. Choose one.",
            )


def _owns(node: FlowNode, data: XML) -> bool:
    around = data.getparent()
    return around is not None and around.getparent() is node.element


def _multi_instances(diagram: Diagram) -> Iterator[tuple[FlowNode, XML]]:
    for node in diagram.of(*ACTIVITIES):
        for child in node.element:
            if is_bpmn(child) and local_name(child) == "multiInstanceLoopCharacteristics":
                yield node, child


@rule(
    "loop-behaviour",
    "A multi-instance activity that throws events names them.",
    "warning",
    clause="10.3.8",
    remedy="Name the event that is thrown, or choose the behavior All.",
)
def loop_behaviour(diagram: Diagram) -> Iterator[Finding]:
    for node, loop in _multi_instances(diagram):
        behaviour = loop.get("behavior", "All")
        missing = {
            "None": loop.get("noneBehaviorEventRef") is None and "noneBehaviorEventRef",
            "One": loop.get("oneBehaviorEventRef") is None and "oneBehaviorEventRef",
            "Complex": loop.find(f"{{{BPMN}}}complexBehaviorDefinition") is None and "complexBehaviorDefinition",
        }.get(behaviour)
        if missing:
            yield (
                loop,
                f"The multi-instance marker of '{label(node.element)}' has the behavior {behaviour}, but no {missing}. "
                "Name the event that is thrown, or choose the behavior All.",
            )


# What the event of a loop may throw, and the attribute without which there is nothing to throw.
_THROWN = {
    "messageEventDefinition": "messageRef",
    "signalEventDefinition": "signalRef",
    "errorEventDefinition": "errorRef",
    "escalationEventDefinition": "",
    "compensateEventDefinition": "",
    "cancelEventDefinition": "",
    "terminateEventDefinition": "",
}


@rule(
    "loop-event",
    "An event that instances of a loop throw can be thrown, and names what is thrown.",
    clause="10.3.8",
    remedy="Choose a message, signal, error or escalation for the event, or create one.",
)
def loop_event(diagram: Diagram) -> Iterator[Finding]:
    for node, loop in _multi_instances(diagram):
        for definition in _events_of(diagram, loop):
            kind = local_name(definition)
            what = f"The event that the instances of '{label(node.element)}' throw"
            if kind not in _THROWN:
                yield definition, f"{what} is a {kind_of(kind)}, which cannot be thrown. Make it a signal or a message."
            elif _THROWN[kind] and not definition.get(_THROWN[kind]):
                name = kind.removesuffix("EventDefinition")
                yield definition, f"{what} names no {name}. Choose one, or create it."


def _events_of(diagram: Diagram, loop: XML) -> Iterator[XML]:
    """The event definitions that the behaviour of a loop may throw."""
    referred = [diagram.by_id.get(loop.get(name, "")) for name in ("oneBehaviorEventRef", "noneBehaviorEventRef")]
    yield from (element for element in referred if element is not None)
    for event in loop.iterfind(f"{{{BPMN}}}complexBehaviorDefinition/{{{BPMN}}}event"):
        yield from (child for child in event if local_name(child).endswith("EventDefinition"))


@rule(
    "receive-start",
    "A receive task that starts a process has no incoming flow.",
    clause="10.3.3",
    remedy="Remove the flow, or set instantiate to false.",
    drawn=True,
)
def receive_start(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("receiveTask"):
        if is_true(node.element, "instantiate") and node.incoming:
            yield (
                node.element,
                f"The receive task '{label(node.element)}' has instantiate set to true, so it must not have an "
                "incoming sequence flow. Remove the flow, or set instantiate to false.",
                drop(node.element, "instantiate", "Let it start no process"),
            )


@rule(
    "subprocess-data",
    "A subprocess has no input/output specification.",
    clause="10.4.1",
    remedy="Remove the specification: a subprocess sees the data around it.",
    drawn=True,
)
def subprocess_data(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of(*SUBPROCESSES):
        if node.element.find(f"{{{BPMN}}}ioSpecification") is not None:
            yield (
                node.element,
                f"The {kind_of(node.tag)} '{label(node.element)}' must not have an input/output specification "
                "(ioSpecification): what is inside of it sees the data around it. Remove the specification.",
                drop(node.element, "ioSpecification", "Remove the specification"),
            )


@rule(
    "lane-process",
    "A lane names nodes of its own process, each in one lane of a lane set.",
    clause="10.8",
    remedy="Remove the node from the lane.",
    drawn=True,
)
def lane_process(diagram: Diagram) -> Iterator[Finding]:
    home = {node.id: scope.process for scope in diagram.scopes for node in scope.nodes}
    for lane in diagram.anywhere("lane"):
        if lane not in diagram.executable:
            continue
        process = next((p for p in lane.iterancestors(f"{{{BPMN}}}process")), None)
        for ref in lane.findall(f"{{{BPMN}}}flowNodeRef"):
            node = (ref.text or "").strip()
            if node in home and home[node] is not process:
                yield ref, f"{said(lane)} names '{node}', which is in another process. Remove it from the lane."
