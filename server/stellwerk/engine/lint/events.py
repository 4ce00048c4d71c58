"""Events."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stellwerk.engine import vocabulary
from stellwerk.engine.diagram import Diagram, FlowNode, ScopeElement, label, text_of
from stellwerk.engine.diagram.normalise import is_true, local_name
from stellwerk.engine.lint.event_places import LEGAL, in_event_subprocess, kinds
from stellwerk.engine.lint.fixes import drop
from stellwerk.engine.lint.registry import Finding, rule
from stellwerk.engine.lint.words import a, kind_of

_TIMES = ("timeDate", "timeDuration", "timeCycle")


@rule(
    "unsupported-event",
    "An event is of a kind that is executed where it stands.",
    remedy="Use an event of another kind there.",
)
def unsupported_event(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of(*vocabulary.EVENT_NODES):
        for kind in () if in_event_subprocess(node) else kinds(node):
            places = vocabulary.EVENT_PLACES.get(kind) if kind in LEGAL.get(node.tag, ()) else None
            if places is not None and node.tag not in places:
                yield (
                    node.element,
                    f"'{label(node.element)}' is {a(kind_of(node.tag))} of the kind {kind}, which is not executed "
                    f"yet. It may stand as: {', '.join(kind_of(place) for place in places)}.",
                )


@rule(
    "subprocess-start",
    "A subprocess begins at none start events.",
    clause="10.5.2",
    remedy="Use a none start event, or make it an event subprocess.",
    drawn=True,
)
def subprocess_start(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("startEvent"):
        inside = node.scope.node
        if inside is not None and not is_true(inside.element, "triggeredByEvent") and node.definitions:
            yield (
                node.element,
                f"The start event '{label(node.element)}' of a subprocess that is not an event subprocess has an "
                "event definition. The subprocess is started by its flow: use a none start event.",
            )


@rule(
    "message-missing", "A message event names its message.", clause="10.5.5", remedy="Choose a message, or create one."
)
def message_missing(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of(*vocabulary.EVENT_NODES):
        for definition in node.definitions:
            if local_name(definition) == "messageEventDefinition" and not definition.get("messageRef"):
                yield definition, f"'{label(node.element)}' names no message. Choose one, or create it."


@rule("message-name", "A message that is used has a name.", remedy="Give the message a name.")
def message_name(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of():
        for element in (node.element, *node.definitions):
            message = diagram.by_id.get(element.get("messageRef", ""))
            if message is not None and local_name(message) == "message" and not (message.get("name") or "").strip():
                yield (
                    message,
                    f"The message of '{label(node.element)}' has no name. Messages are told apart by name: give one.",
                )


@rule(
    "message-start-twice",
    "Two start events of a process do not wait for the same message.",
    remedy="Use another message for one of the start events.",
)
def message_start_twice(diagram: Diagram) -> Iterator[Finding]:
    for scope in diagram.scopes:
        seen: dict[str, str] = {}
        for node in instantiating(scope):
            for ref in filter(None, (element.get("messageRef") for element in (node.element, *node.definitions))):
                if ref not in seen:
                    seen[ref] = node.id
                else:
                    yield (
                        node.element,
                        f"'{label(node.element)}' waits for the same message as '{seen[ref]}'. Use another message.",
                    )


def instantiating(scope: ScopeElement) -> Iterator[FlowNode]:
    """What waits for events that start the process: start events, receive tasks, events behind a gateway (13.2)."""
    by_id = {node.id: node for node in scope.nodes}
    for node in scope.nodes if scope.node is None else ():
        if node.tag == "startEvent" or (node.tag == "receiveTask" and is_true(node.element, "instantiate")):
            yield node
        elif node.tag == "eventBasedGateway" and is_true(node.element, "instantiate"):
            yield from (by_id[target] for flow in node.outgoing if (target := flow.get("targetRef")) in by_id)


@rule(
    "start-waits",
    "What starts a process waits for a message, a signal or a time.",
    clause="13.2",
    remedy="Name the message, or use another event.",
)
def start_waits(diagram: Diagram) -> Iterator[Finding]:
    for scope in diagram.scopes:
        for node in instantiating(scope):
            if node.tag == "receiveTask" and not node.element.get("messageRef"):
                yield (
                    node.element,
                    f"The receive task '{label(node.element)}' starts the process, but it names no message, so that "
                    "nothing can start it. Choose a message, or create one.",
                )
            elif node.tag == "intermediateCatchEvent" and "conditional" in kinds(node):
                yield (
                    node.element,
                    f"'{label(node.element)}' stands behind an event-based gateway that starts the process, but a "
                    "condition cannot start one: there are no variables yet. Wait for a message, signal or timer.",
                )


@rule(
    "timer-missing",
    "A timer has one date, duration or cycle.",
    clause="10.5.5",
    remedy="Write one of date, duration and cycle.",
)
def timer_missing(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of(*vocabulary.EVENT_NODES):
        for definition in node.definitions:
            if local_name(definition) == "timerEventDefinition":
                given = [name for name in _TIMES if text_of(definition, name)]
                if not given:
                    yield (
                        definition,
                        f"The timer of '{label(node.element)}' has no time. Write a date, duration or cycle.",
                    )
                elif len(given) > 1:
                    yield (
                        definition,
                        f"The timer of '{label(node.element)}' has {' and '.join(given)}. Keep one of them.",
                    )


_NO_TIME = re.compile(r"P(?=.)[YMWDTHS0.,]*")


@rule(
    "timer-zero",
    "A timer waits for some time.",
    "warning",
    clause="10.5.5",
    remedy="Write a duration, or delete the timer.",
)
def timer_zero(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of(*vocabulary.EVENT_NODES):
        for definition in node.definitions:
            text = text_of(definition, "timeDuration")
            if _NO_TIME.fullmatch(text) and "0" in text:
                yield definition, f"The timer of '{label(node.element)}' waits for no time at all ({text}). Write one."


@rule(
    "start-interrupts",
    "Only start events of event subprocesses interrupt something, or do not.",
    "warning",
    clause="10.5.2",
    remedy="Remove the attribute, or put the event into an event subprocess.",
    drawn=True,
)
def start_interrupts(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("startEvent"):
        if not in_event_subprocess(node) and not is_true(node.element, "isInterrupting", default=True):
            yield (
                node.element,
                f"The start event '{label(node.element)}' is marked non-interrupting (isInterrupting is false), but "
                "nothing runs yet when it happens, so the mark has no effect. Remove it.",
                drop(node.element, "isInterrupting", "Remove the mark"),
            )


@rule(
    "escalation-thrown",
    "An escalation that is thrown is named.",
    clause="8.4.4",
    remedy="Choose an escalation, or create one.",
)
def escalation_thrown(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("endEvent", "intermediateThrowEvent"):
        for definition in node.definitions:
            if local_name(definition) == "escalationEventDefinition" and not definition.get("escalationRef"):
                yield (
                    node.element,
                    f"The {kind_of(node.tag)} '{label(node.element)}' throws an escalation, but it has no "
                    "escalationRef. In an executable process the escalation must be referenced. Choose or create one.",
                )


@rule("event-condition", "A conditional event has a condition.", clause="10.5.5", remedy="Write a condition.")
def event_condition(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of(*vocabulary.EVENT_NODES):
        for definition in node.definitions:
            if local_name(definition) == "conditionalEventDefinition" and not text_of(definition, "condition"):
                yield definition, f"The condition of '{label(node.element)}' is empty. Write one."


@rule("error-end", "An error end event names its error.", clause="10.5.5", remedy="Choose an error, or create one.")
def error_end(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("endEvent"):
        for definition in node.definitions:
            if local_name(definition) == "errorEventDefinition" and not definition.get("errorRef"):
                yield (
                    definition,
                    f"The error end event '{label(node.element)}' names no error. Choose one, or create it.",
                )


@rule(
    "boundary-twice", "An activity has one boundary event for each error.", remedy="Delete one of the boundary events."
)
def boundary_twice(diagram: Diagram) -> Iterator[Finding]:
    seen: dict[tuple[str | None, str | None], str] = {}
    for node in diagram.of("boundaryEvent"):
        if node.kind == "error":
            ref = node.definitions[0].get("errorRef")
            error = diagram.by_id.get(ref or "")
            code = (error.get("errorCode") or ref) if error is not None else None
            if seen.setdefault((node.element.get("attachedToRef"), code), node.id) != node.id:
                which = f"the error '{code}'" if code else "every error"
                yield (
                    node.element,
                    f"Two boundary events of one activity catch {which}. Delete '{label(node.element)}'.",
                )
