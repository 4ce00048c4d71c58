"""Collaborations, conversations and choreographies (chapters 9 and 11), executed or not."""

from __future__ import annotations

from collections.abc import Iterator

from stellwerk.engine.diagram import XML, Diagram, is_bpmn, texts
from stellwerk.engine.diagram.normalise import is_true, local_name
from stellwerk.engine.lint.fixes import drop, put
from stellwerk.engine.lint.reference_table import CATCHING, CHOREOGRAPHY_ACTIVITIES, CONVERSATIONS, THROWING
from stellwerk.engine.lint.registry import Finding, rule
from stellwerk.engine.lint.words import kind_of, said, the
from stellwerk.engine.vocabulary import BPMN


def _number(text: str | None) -> int | None:
    """A whole number as XML Schema writes it; None if it is absent or something else."""
    text = (text or "").strip()
    digits = text.removeprefix("-").removeprefix("+")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def _multiplicities(diagram: Diagram) -> Iterator[tuple[XML, XML, int, int]]:
    for element in diagram.anywhere("participantMultiplicity"):
        owner = element.getparent()
        if owner is not None:
            least, most = _number(element.get("minimum", "0")), _number(element.get("maximum", "1"))
            if least is not None and most is not None:
                yield element, owner, least, most


@rule(
    "participant-minimum",
    "The minimum of a participant multiplicity is not negative.",
    clause="9.3",
    remedy="Write 0 or more as the minimum.",
)
def participant_minimum(diagram: Diagram) -> Iterator[Finding]:
    for element, owner, least, _ in _multiplicities(diagram):
        if least < 0:
            yield (
                element,
                f"The participant multiplicity of {the(owner)} has the minimum {least}: it is negative. Write 0.",
            )


@rule(
    "participant-maximum",
    "The maximum of a participant multiplicity is at least 1 and its minimum.",
    clause="9.3",
    remedy="Raise the maximum, or lower the minimum.",
)
def participant_maximum(diagram: Diagram) -> Iterator[Finding]:
    for element, owner, least, most in _multiplicities(diagram):
        if most < 1 or most < least:
            yield (
                element,
                f"The participant multiplicity of {the(owner)} has the maximum {most} and the minimum {least}. The "
                "maximum must be at least one and not below the minimum. Change one of them.",
            )


@rule(
    "message-flow-direction",
    "What sends is not the target of a message flow, what receives not its source.",
    clause="9.4",
    remedy="Turn the message flow around, or connect it with another element.",
)
def message_flow_direction(diagram: Diagram) -> Iterator[Finding]:
    for flow in diagram.anywhere("messageFlow"):
        for end, wrong, role in (("sourceRef", CATCHING, "source"), ("targetRef", THROWING, "target")):
            node = diagram.by_id.get(flow.get(end, ""))
            if node is None or local_name(node) not in wrong:
                continue
            what = "throw" if local_name(node) in THROWING else "catch"
            yield (
                flow,
                f"{said(node)} is a message {what} event and the {role} of {the(flow)}. A message {what} event must "
                f"not be the {role} of a message flow. Turn the flow around.",
            )


@rule(
    "message-flow-task",
    "A receive task is not the source of a message flow, a send task not its target.",
    "warning",
    clause="10.3.3",
    remedy="Turn the message flow around.",
)
def message_flow_task(diagram: Diagram) -> Iterator[Finding]:
    for flow in diagram.anywhere("messageFlow"):
        for end, wrong in (("sourceRef", "receiveTask"), ("targetRef", "sendTask")):
            node = diagram.by_id.get(flow.get(end, ""))
            if node is not None and local_name(node) == wrong:
                yield flow, f"{said(flow)} goes the wrong way at {the(node)}. Turn it around."


@rule(
    "message-flow-message",
    "A message flow carries the message that its ends send and receive.",
    "warning",
    clause="9.4",
    remedy="Let both ends name the same message, or connect others.",
)
def message_flow_message(diagram: Diagram) -> Iterator[Finding]:
    for flow in diagram.anywhere("messageFlow"):
        sent, received = (_messages(diagram, flow.get(end, "")) for end in ("sourceRef", "targetRef"))
        carried = _message_names(diagram, {flow.get("messageRef", "")} - {""}) or sent
        for one, how in ((sent, "sends"), (received, "waits for")):
            if one and carried and not one & carried:
                yield (
                    flow,
                    f"{said(flow)} carries '{min(carried)}', but its end {how} '{min(one)}'. Let both name the same "
                    "message.",
                )
                break


def _messages(diagram: Diagram, id: str) -> set[str]:
    """The names of the messages that a task or event sends or receives."""
    node = diagram.by_id.get(id)
    parts = (node, *node.findall(f"{{{BPMN}}}messageEventDefinition")) if node is not None else ()
    return _message_names(diagram, {part.get("messageRef", "") for part in parts} - {""})


def _message_names(diagram: Diagram, ids: set[str]) -> set[str]:
    """Messages are told apart by name."""
    named = {id: diagram.by_id.get(id) for id in ids}
    return {(message.get("name") or id) if message is not None else id for id, message in named.items()}


@rule(
    "message-flow-pool",
    "A message flow leads from one pool to another.",
    clause="9.4",
    remedy="Use a sequence flow inside of a pool; lead the message flow to another pool.",
)
def message_flow_pool(diagram: Diagram) -> Iterator[Finding]:
    home = _homes(diagram)
    for flow in diagram.anywhere("messageFlow"):
        source, target = home.get(flow.get("sourceRef", "")), home.get(flow.get("targetRef", ""))
        if source is not None and source == target:
            yield (
                flow,
                f"{said(flow)} connects two elements of the same pool. A message flow must lead to another pool. Use a "
                "sequence flow.",
            )


def _homes(diagram: Diagram) -> dict[str, str]:
    """Element id -> id of its process; participant id -> id of the process that it shows, or its own."""
    home: dict[str, str] = {
        p.get("id") or "": p.get("processRef") or p.get("id") or "" for p in diagram.anywhere("participant")
    }
    for process in diagram.anywhere("process"):
        key = process.get("id") or ""
        for element in process.iter(f"{{{BPMN}}}*"):
            id = element.get("id")
            if id and element is not process:
                home.setdefault(id, key)
    return home


@rule(
    "choreography-reference",
    "A choreography or global conversation references no choreography.",
    clause="9.5",
    remedy="Remove choreographyRef.",
)
def choreography_reference(diagram: Diagram) -> Iterator[Finding]:
    for element in diagram.anywhere("choreography", "globalConversation", "globalChoreographyTask"):
        if texts(element, "choreographyRef"):
            yield (
                element,
                f"{said(element)} references a choreography (choreographyRef). A choreography or a global conversation "
                "must not itself reference a choreography. Remove the reference.",
                drop(element, "choreographyRef", "Remove the reference"),
            )


_NOT_IN_GLOBAL = (
    *CONVERSATIONS,
    "group",
    "association",
    "textAnnotation",
    "participantAssociation",
    "messageFlowAssociation",
    "conversationAssociation",
)


@rule(
    "global-conversation",
    "A global conversation holds participants, message flows and keys only.",
    clause="9.5",
    remedy="Remove what may not stand there, or make it a collaboration.",
)
def global_conversation(diagram: Diagram) -> Iterator[Finding]:
    for element in diagram.anywhere("globalConversation"):
        for child in element:
            if is_bpmn(child) and local_name(child) in _NOT_IN_GLOBAL:
                yield (
                    element,
                    f"{said(element)} contains {the(child)}. A global conversation must not contain conversation "
                    "nodes, artifacts or associations of participants, message flows or conversations. Make it a "
                    "collaboration.",
                )
                break


@rule(
    "choreography-closed",
    "A collaboration is closed exactly if its choreography is.",
    clause="9.2",
    remedy="Set isClosed of both to the same value.",
)
def choreography_closed(diagram: Diagram) -> Iterator[Finding]:
    for element in diagram.anywhere("collaboration"):
        for ref in texts(element, "choreographyRef"):
            target = diagram.by_id.get(ref)
            if target is not None and is_true(target, "isClosed") != is_true(element, "isClosed"):
                yield (
                    element,
                    f"isClosed of {the(element)} differs from isClosed of {the(target)}, which it references. "
                    "Both must be equal. Change one of them.",
                    put(element, "isClosed", target.get("isClosed", "false"), "Do as the choreography"),
                )


@rule(
    "conversation-link",
    "A conversation link connects a conversation with a participant.",
    clause="9.5",
    remedy="Lead one end to a conversation and the other to a participant, activity or event.",
)
def conversation_link(diagram: Diagram) -> Iterator[Finding]:
    for link in diagram.anywhere("conversationLink"):
        ends = [diagram.by_id.get(link.get(name, "")) for name in ("sourceRef", "targetRef")]
        tags = [local_name(end) for end in ends if end is not None]
        if len(tags) == 2 and sum(tag in CONVERSATIONS for tag in tags) != 1:
            yield (
                link,
                f"{said(link)} must connect exactly one conversation node with a participant, activity or event. "
                "Connect it again.",
            )


@rule(
    "choreography-participants",
    "A choreography activity has two participants; one of them begins.",
    clause="11.5",
    remedy="Name both participants, and let one of them begin.",
)
def choreography_participants(diagram: Diagram) -> Iterator[Finding]:
    for element in diagram.anywhere(*CHOREOGRAPHY_ACTIVITIES):
        refs, first = texts(element, "participantRef"), element.get("initiatingParticipantRef")
        if len(set(refs)) < 2 or (local_name(element) == "choreographyTask" and len(set(refs)) != 2):
            yield element, f"{said(element)} must have two participants, but it has {len(set(refs))}. Name both."
        elif first and first not in refs:
            yield (
                element,
                f"The initiating participant '{first}' of {the(element)} is none of its participants. Choose one.",
            )


@rule(
    "choreography-messages",
    "A choreography task has one or two message flows between its participants.",
    clause="11.5",
    remedy="Name one or two message flows between the two participants.",
)
def choreography_messages(diagram: Diagram) -> Iterator[Finding]:
    for task in diagram.anywhere("choreographyTask"):
        refs, participants = texts(task, "messageFlowRef"), set(texts(task, "participantRef"))
        if not 1 <= len(refs) <= 2:
            yield (
                task,
                f"{said(task)} must have one or two message flows, but it has {len(refs)}. Correct messageFlowRef.",
            )
        for ref in refs:
            flow = diagram.by_id.get(ref)
            ends = [flow.get("sourceRef"), flow.get("targetRef")] if flow is not None else []
            if any(end not in participants for end in ends):
                yield (
                    task,
                    f"The message flow '{ref}' of {the(task)} does not connect its participants. Choose another.",
                )


@rule(
    "correlation-key",
    "A correlation key has properties, and a property tells how it is read.",
    clause="8.4.2",
    remedy="Add a property to the key, a retrieval expression to the property.",
)
def correlation_key(diagram: Diagram) -> Iterator[Finding]:
    for key in diagram.anywhere("correlationKey"):
        if not texts(key, "correlationPropertyRef"):
            yield key, f"{said(key)} has no correlation property. Add one (correlationPropertyRef)."
    for prop in diagram.anywhere("correlationProperty"):
        if prop.find(f"{{{BPMN}}}correlationPropertyRetrievalExpression") is None:
            yield prop, f"{said(prop)} has no retrieval expression. Add one for each message that carries it."


@rule(
    "operation-messages",
    "An operation of an interface has a message that goes in.",
    clause="8.5",
    remedy="Choose the message that goes into the operation.",
)
def operation_messages(diagram: Diagram) -> Iterator[Finding]:
    for element in diagram.anywhere("operation"):
        if not texts(element, "inMessageRef"):
            yield element, f"{said(element)} names no message that goes in (inMessageRef). Choose one."
    for element in diagram.anywhere("interface"):
        if element.find(f"{{{BPMN}}}operation") is None:
            yield element, f"{said(element)} has no {kind_of('operation')}. Add one, or remove the interface."


@rule(
    "signal-twice",
    "Two signals of a file do not have the same name.",
    clause="10.5.5",
    remedy="Keep one of the signals.",
)
def signal_twice(diagram: Diagram) -> Iterator[Finding]:
    seen: dict[str, XML] = {}
    for signal in diagram.anywhere("signal"):
        name = (signal.get("name") or "").strip()
        if name and seen.setdefault(name, signal) is not signal:
            yield (
                signal,
                f"There are two signals with the name '{name}': '{seen[name].get('id')}' and '{signal.get('id')}'. "
                "Signals are told apart by name: keep one of them, or rename it.",
            )
