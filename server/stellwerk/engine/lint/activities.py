"""Tasks and loops."""

from __future__ import annotations

from collections.abc import Iterator

from stellwerk.engine.diagram import XML, Diagram, label, text_of
from stellwerk.engine.diagram.languages import language_of_script
from stellwerk.engine.lint.fixes import put
from stellwerk.engine.lint.registry import Finding, rule
from stellwerk.engine.vocabulary import ACTIVITIES, BPMN, JOBS, qualified

ELSEWHERE = ("camunda:class", "camunda:expression", "camunda:delegateExpression")


@rule(
    "topic-missing",
    "A service task has a topic.",
    remedy="Set the type to external and give the task the topic of a handler.",
)
def topic_missing(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("serviceTask"):
        if not _topic(node.element):
            other = next((name for name in ELSEWHERE if node.element.get(qualified(name))), None)
            why = f" It has {other}, which only runs inside of a Java engine." if other else ""
            yield (
                node.element,
                f"The service task '{label(node.element)}' has no topic, so no handler can do it.{why} "
                "Give it the topic of a handler.",
            )


def _topic(element: XML) -> str:
    return (element.get(qualified("camunda:topic")) or "").strip()


@rule("job-type", "A job is of the type external.", remedy="Set the type to external and give a topic.")
def job_type(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of(*JOBS):
        kind = node.element.get(qualified("camunda:type"))
        if kind is not None and kind != "external":
            text = f"'{label(node.element)}' is of the type '{kind}'. Use external, and a topic."
            yield node.element, text, put(node.element, "camunda:type", "external", "Make it external")


@rule("send-nothing", "A send task has a message or a topic.", remedy="Choose a message, or give a topic.")
def send_nothing(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("sendTask"):
        if not _topic(node.element) and not node.element.get("messageRef"):
            yield (
                node.element,
                f"The send task '{label(node.element)}' has neither a message nor a topic. Give it one of them.",
            )


@rule(
    "receive-nothing",
    "A receive task names its message.",
    "warning",
    remedy="Choose the message that the task waits for.",
)
def receive_nothing(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("receiveTask"):
        if not node.element.get("messageRef"):
            yield (
                node.element,
                f"The receive task '{label(node.element)}' names no message, so no message can reach it.",
            )


@rule("script-empty", "A script task has a script.", clause="10.3.3", remedy="Write a script, or make it a plain task.")
def script_empty(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("scriptTask"):
        if not text_of(node.element, "script"):
            yield (
                node.element,
                f"The script task '{label(node.element)}' has no script. Write one, or make it a plain task.",
            )


@rule(
    "script-format",
    "A script is written in Python or FEEL.",
    remedy="Rewrite the script in Python or FEEL, or use a service task.",
)
def script_format(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("scriptTask"):
        language = language_of_script(node.element)
        if language not in ("python", "feel"):
            yield (
                node.element,
                f"The script of '{label(node.element)}' is in {language}. Only Python and FEEL are run: rewrite it, "
                "or use a service task.",
            )


@rule(
    "loop-source",
    "A multi-instance activity has either a cardinality or a collection.",
    clause="10.3.8",
    remedy="Give a number (loopCardinality) or a collection, one of them.",
)
def loop_source(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of(*ACTIVITIES):
        for loop in node.element.findall(f"{{{BPMN}}}multiInstanceLoopCharacteristics"):
            count = bool(text_of(loop, "loopCardinality"))
            items = bool(loop.get(qualified("camunda:collection")) or text_of(loop, "loopDataInputRef"))
            if not count and not items:
                yield (
                    loop,
                    f"The multi-instance activity '{label(node.element)}' does not say how often it is done: it needs "
                    "a loopCardinality (a number) or a collection (loopDataInputRef, camunda:collection). Give one.",
                )
            elif count and items:
                yield loop, f"'{label(node.element)}' has a collection and a number of instances. Keep one of them."


@rule(
    "loop-end",
    "A standard loop has a condition or a largest number of rounds.",
    clause="10.3.8",
    remedy="Write a loop condition or a largest number of rounds.",
)
def loop_end(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of(*ACTIVITIES):
        for loop in node.element.findall(f"{{{BPMN}}}standardLoopCharacteristics"):
            most = (loop.get("loopMaximum") or "").strip()
            if not text_of(loop, "loopCondition") and not most:
                yield loop, f"The loop of '{label(node.element)}' never ends. Give it a condition or a largest number."
            elif most and not (most.isascii() and most.isdigit() and len(most) < 10):
                yield (
                    loop,
                    f"The largest number of rounds of '{label(node.element)}' is '{most}'. Write a whole number.",
                )


@rule(
    "loop-twice",
    "An activity has one loop marker at most.",
    clause="10.3.8",
    remedy="Keep one loop marker.",
    drawn=True,
)
def loop_twice(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of(*ACTIVITIES):
        loops = [
            *node.element.findall(f"{{{BPMN}}}multiInstanceLoopCharacteristics"),
            *node.element.findall(f"{{{BPMN}}}standardLoopCharacteristics"),
        ]
        if len(loops) > 1:
            yield loops[1], f"'{label(node.element)}' has several loop markers. Keep one of them."


@rule(
    "quantity",
    "Token quantities are whole numbers from 1 on.",
    clause="10.3",
    remedy="Write a whole number between 1 and 1000.",
    drawn=True,
)
def quantity(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of(*ACTIVITIES):
        for name in ("startQuantity", "completionQuantity"):
            text = (node.element.get(name) or "1").strip()
            if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= 1000 or len(text) > 9:
                message = f"{name} of '{label(node.element)}' is '{text}'. It must be between 1 and 1000."
                yield node.element, message, put(node.element, name, "1", f"Set {name} to 1")
