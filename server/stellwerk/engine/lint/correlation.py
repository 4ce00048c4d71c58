"""How correlation keys are read from messages and from the data of a process (8.4.2)."""

from __future__ import annotations

from collections.abc import Iterator

from stellwerk.engine.diagram import Diagram, children, text_of, texts
from stellwerk.engine.lint.registry import Finding, rule
from stellwerk.engine.lint.words import said, the


@rule(
    "correlation-path",
    "A correlation property is read from each of its messages, by an expression.",
    clause="8.4.2",
    remedy="Name the message, and the variable of the message that holds the property.",
)
def correlation_path(diagram: Diagram) -> Iterator[Finding]:
    for retrieval in diagram.anywhere("correlationPropertyRetrievalExpression"):
        if not retrieval.get("messageRef"):
            yield retrieval, "A retrieval expression of a correlation property names no message (messageRef). Name one."
        if not text_of(retrieval, "messagePath"):
            yield (
                retrieval,
                "A retrieval expression of a correlation property has no messagePath, so that nothing is read from "
                "the message. Write for example the name of a variable that the message carries.",
            )
    for binding in diagram.anywhere("correlationPropertyBinding"):
        if binding.get("correlationPropertyRef") and not text_of(binding, "dataPath"):
            yield (
                binding,
                "A correlation property binding has no dataPath, so that its property never has a value. Write for "
                "example the name of a variable of the process.",
            )


@rule(
    "correlation-partial",
    "A message carries all properties of a correlation key or none.",
    "warning",
    clause="8.4.2",
    remedy="Add a retrieval expression for the message to the property.",
)
def correlation_partial(diagram: Diagram) -> Iterator[Finding]:
    read = {
        prop.get("id"): {r.get("messageRef", "") for r in children(prop, "correlationPropertyRetrievalExpression")}
        for prop in diagram.anywhere("correlationProperty")
    }
    for key in diagram.anywhere("correlationKey"):
        messages = [read[ref] for ref in texts(key, "correlationPropertyRef") if ref in read]
        for ref in sorted({ref for refs in messages for ref in refs if any(ref not in others for others in messages)}):
            message = diagram.by_id.get(ref)
            if message is not None:
                yield (
                    key,
                    f"{said(key)} is not carried by {the(message)}: one of its properties has no retrieval expression "
                    "for that message, so that the key has no value in it. Add the expression.",
                )
