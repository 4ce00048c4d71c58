"""What events and tasks exchange: messages, signals, errors, escalations, their items and operations (10.3.3, 10.5)."""

from __future__ import annotations

from collections.abc import Iterator

from stellwerk.engine.diagram import XML, Diagram, FlowNode, children, label, texts
from stellwerk.engine.diagram.normalise import local_name
from stellwerk.engine.lint.fixes import drop
from stellwerk.engine.lint.reference_table import CATCHING, EVENTS, THROWING
from stellwerk.engine.lint.registry import Finding, rule
from stellwerk.engine.lint.words import kind_of, said, the

# event definition -> (its reference, the attribute of what it names that names an item definition)
_ITEMS = {
    "messageEventDefinition": ("messageRef", "itemRef"),
    "signalEventDefinition": ("signalRef", "structureRef"),
    "errorEventDefinition": ("errorRef", "structureRef"),
    "escalationEventDefinition": ("escalationRef", "structureRef"),
}


def _named(diagram: Diagram, ref: str | None) -> XML | None:
    return diagram.by_id.get((ref or "").rpartition(":")[2])


def _data(node: FlowNode) -> list[XML]:
    return children(node.element, "dataInput" if node.tag in THROWING else "dataOutput")


@rule(
    "event-data",
    "An event has data for each of its event definitions, or none.",
    clause="10.5.1",
    remedy="Add or remove data inputs or outputs until each event definition has one.",
    drawn=True,
)
def event_data(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of(*EVENTS):
        data, definitions = _data(node), node.definitions
        carrying = [d for d in definitions if local_name(d) in _ITEMS]
        if not data or not definitions or len(data) in (len(definitions), len(carrying)):
            continue
        what = "data inputs" if node.tag in THROWING else "data outputs"
        way = "throw" if node.tag in THROWING else "catch"
        yield (
            node.element,
            f"The {kind_of(node.tag)} '{label(node.element)}' ({way}) has {len(definitions)} event definitions and "
            f"{len(data)} {what}. An event that has {what} must have exactly one for each of its event definitions.",
        )


@rule(
    "event-item",
    "The data of an event has the item definition of what it sends or receives.",
    clause="10.5.1",
    remedy="Give the data and the message, signal, error or escalation the same item definition.",
    drawn=True,
)
def event_item(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of(*EVENTS):
        data, definitions = _data(node), node.definitions
        if len(data) != len(definitions):
            definitions = [d for d in definitions if local_name(d) in _ITEMS]
        if len(data) == len(definitions):
            for item, definition in zip(data, definitions, strict=True):
                yield from _matching(diagram, node, definition, item)


def _matching(diagram: Diagram, node: FlowNode, definition: XML, data: XML) -> Iterator[Finding]:
    ref, attribute = _ITEMS.get(local_name(definition), ("", ""))
    carried = _named(diagram, definition.get(ref)) if ref else None
    if carried is not None and not same_item(diagram, carried.get(attribute), data.get("itemSubjectRef")):
        yield (
            definition,
            f"The item definition of the {kind_of(local_name(definition))} of '{label(node.element)}' (of "
            f"{the(carried)}) does not match that of {the(data)}, the corresponding data of the event. Both must "
            f"have the same item definition. Change one of them.",
        )


def same_item(diagram: Diagram, one: str | None, other: str | None) -> bool:
    """Whether two references lead to the same item definition, or to two of the same structure; absent: any."""
    first, second = _named(diagram, one), _named(diagram, other)
    if first is None or second is None or first is second:
        return True
    structures = (first.get("structureRef"), second.get("structureRef"))
    return structures[0] is not None and structures[0] == structures[1]


@rule(
    "escalation-code",
    "An escalation that is thrown has a code.",
    clause="8.4.4",
    remedy="Write a code at the escalation.",
)
def escalation_code(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("endEvent", "intermediateThrowEvent"):
        for definition in node.definitions:
            if local_name(definition) != "escalationEventDefinition" or not definition.get("escalationRef"):
                continue
            escalation = _named(diagram, definition.get("escalationRef"))
            if escalation is not None and not (escalation.get("escalationCode") or "").strip():
                yield (
                    node.element,
                    f"The {kind_of(node.tag)} '{label(node.element)}' throws the escalation '{label(escalation)}', "
                    "which has no escalationCode. In an executable process an escalation that is thrown must have one. "
                    "Write it.",
                )


@rule("error-code", "An error that is thrown has a code.", clause="8.4.3", remedy="Write a code at the error.")
def error_code(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("endEvent"):
        for definition in node.definitions:
            error = _named(diagram, definition.get("errorRef"))
            known = error is not None and local_name(error) == "error"
            if error is not None and known and not (error.get("errorCode") or "").strip():
                yield (
                    node.element,
                    f"The end event '{label(node.element)}' throws the error '{label(error)}', which has no errorCode. "
                    "In an executable process an error that is thrown must have one. Write it.",
                )


@rule(
    "event-operation",
    "An event with a typed message names the operation that the message belongs to.",
    clause="10.5.5",
    remedy="Name the operation, or remove itemRef of the message.",
)
def event_operation(diagram: Diagram) -> Iterator[Finding]:
    """Only where the message has an item definition: without, messages are told apart by name and need no interface."""
    for node in diagram.of(*EVENTS):
        for definition in node.definitions:
            message = _named(diagram, definition.get("messageRef"))
            typed = message is not None and local_name(message) == "message" and message.get("itemRef")
            if typed and not any(texts(definition, "operationRef")):
                yield (
                    definition,
                    f"The message event definition of '{label(node.element)}' names a message with an item definition, "
                    "but no operationRef. In an executable process it must have an operationRef: name the operation of "
                    f"an interface that has this message, or remove itemRef of the message.",
                )


@rule(
    "operation-message",
    "A message belongs to the operation that is named with it.",
    clause="10.5.5",
    remedy="Choose an operation that has the message, or another message.",
    drawn=True,
)
def operation_message(diagram: Diagram) -> Iterator[Finding]:
    messages = {
        operation.get("id"): frozenset((*texts(operation, "inMessageRef"), *texts(operation, "outMessageRef")))
        for operation in diagram.anywhere("operation")
    }
    for element, message, operation in _exchanges(diagram):
        if operation is None or message is None or local_name(operation) != "operation":
            continue
        if message.get("id") not in messages[operation.get("id")]:
            yield (
                element,
                f"{said(message)} of {the(element)} is none of the messages of {the(operation)}. Choose "
                "another operation, or another message.",
            )


def _exchanges(diagram: Diagram) -> Iterator[tuple[XML, XML | None, XML | None]]:
    """(what names both, the message, the operation) of executable processes."""
    for element in diagram.anywhere("sendTask", "receiveTask", "messageEventDefinition"):
        if element in diagram.executable:
            ref = element.get("operationRef") or next(iter(texts(element, "operationRef")), None)
            yield element, _named(diagram, element.get("messageRef")), _named(diagram, ref)


_MOST_SETS = {"receiveTask": "outputSet", "sendTask": "inputSet", "serviceTask": "outputSet"}


@rule(
    "task-sets",
    "A task that exchanges one message has one set of data for it at most.",
    clause="10.3.3",
    remedy="Keep one set.",
    drawn=True,
)
def task_sets(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of(*_MOST_SETS):
        sets = _MOST_SETS[node.tag]
        wanted = ("inputSet", "outputSet") if node.tag == "serviceTask" else (sets,)
        for spec in children(node.element, "ioSpecification"):
            for one in wanted:
                if len(children(spec, one)) > 1 and (
                    node.element.get("messageRef") or node.element.get("operationRef")
                ):
                    yield (
                        node.element,
                        f"The {kind_of(node.tag)} '{label(node.element)}' references a message or operation, so it "
                        f"must have at most one {kind_of(one)}, but it has {len(children(spec, one))}. Keep one.",
                    )


@rule(
    "task-item",
    "The data of a task has the item definition of the message that it sends or receives.",
    clause="10.3.3",
    remedy="Give the data and the message the same item definition.",
    drawn=True,
)
def task_item(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("sendTask", "receiveTask", "serviceTask"):
        for spec in children(node.element, "ioSpecification"):
            for message, tag in _messages(diagram, node):
                data = children(spec, tag)
                if message is None or not data:
                    continue
                several = len(data) > 1 and node.tag != "serviceTask"
                item = message.get("itemRef")
                if several or not any(same_item(diagram, item, d.get("itemSubjectRef")) for d in data):
                    yield (
                        node.element,
                        f"The {kind_of(node.tag)} '{label(node.element)}' must have a single {kind_of(tag)} with the "
                        f"item definition of {the(message)}. Change the data or the message.",
                    )


def _messages(diagram: Diagram, node: FlowNode) -> Iterator[tuple[XML | None, str]]:
    """(message, kind of data) that a task exchanges."""
    operation = _named(diagram, node.element.get("operationRef"))
    if node.tag == "sendTask":
        yield _named(diagram, node.element.get("messageRef")), "dataInput"
    elif node.tag == "receiveTask":
        yield _named(diagram, node.element.get("messageRef")), "dataOutput"
    elif operation is not None:
        yield _named(diagram, next(iter(texts(operation, "inMessageRef")), None)), "dataInput"
        yield _named(diagram, next(iter(texts(operation, "outMessageRef")), None)), "dataOutput"


@rule("event-sets", "An event has one set of data at most.", clause="10.5.1", remedy="Keep one set.", drawn=True)
def event_sets(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of(*EVENTS):
        right, wrong = ("inputSet", "outputSet") if node.tag in THROWING else ("outputSet", "inputSet")
        if len(children(node.element, right)) > 1 or children(node.element, wrong):
            yield (
                node.element,
                f"The {kind_of(node.tag)} '{label(node.element)}' may have one {kind_of(right)} and no "
                f"{kind_of(wrong)}. Remove the others.",
            )


@rule(
    "compensation-caught",
    "Who catches a compensation does not say which activity is compensated.",
    clause="10.5.5",
    remedy="Remove activityRef from what catches.",
    drawn=True,
)
def compensation_caught(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of(*CATCHING):
        for definition in node.definitions:
            if local_name(definition) == "compensateEventDefinition" and definition.get("activityRef"):
                yield (
                    definition,
                    f"The compensation event '{label(node.element)}' catches, but it names an activity (activityRef). "
                    "Only an event that throws a compensation names one. Remove the reference.",
                    drop(definition, "activityRef", "Remove the reference"),
                )
