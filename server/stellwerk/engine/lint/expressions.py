"""Expressions: formal, in a language that is named as a URI, and Boolean where a decision is made (8.4.6)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stellwerk.engine.diagram import XML, Diagram
from stellwerk.engine.diagram.normalise import local_name
from stellwerk.engine.lint.conditions import constant
from stellwerk.engine.lint.fixes import drop, put
from stellwerk.engine.lint.registry import Finding, rule
from stellwerk.engine.lint.words import a, kind_of, the
from stellwerk.engine.vocabulary import XSI

# A character of a URI (RFC 3986), or one beyond ASCII (RFC 3987): a percent sign begins two hexadecimal digits.
_URI = re.compile(r"(?:[\w\-.~:/?#\[\]@!$&'()*+,;= ]|%[0-9A-Fa-f]{2})*")
_CONDITIONS = ("conditionExpression", "completionCondition", "loopCondition", "condition", "activationCondition")
_TIMES = ("timeDate", "timeDuration", "timeCycle")
# Expressions that no corpus of a modelling tool writes as natural language.
_FORMAL = ("loopCondition", "activationCondition", "from", "to")


def is_uri(text: str) -> bool:
    return _URI.fullmatch(text.strip()) is not None


def _is_formal(expression: XML) -> bool:
    """`messagePath` and `dataPath` are formal by the schema; elsewhere xsi:type says so."""
    kind = expression.get(f"{{{XSI}}}type", "")
    return kind.rpartition(":")[2] == "tFormalExpression" or local_name(expression) in ("messagePath", "dataPath")


def _told(expression: XML) -> str:
    owner = expression.getparent()
    return the(owner) if owner is not None else "the process"


@rule(
    "expression-formal",
    "An expression of an executable process is formal.",
    clause="8.4.6",
    remedy='Write the expression as a formal one: xsi:type="tFormalExpression".',
)
def expression_formal(diagram: Diagram) -> Iterator[Finding]:
    for expression in _must_be_formal(diagram):
        if expression in diagram.executable and not _is_formal(expression):
            yield (
                expression,
                f"The {kind_of(local_name(expression))} expression of {_told(expression)} is a natural-language one. "
                "In an executable process expressions (conditions, assignments, loop and timer expressions) must be "
                'formal expressions: write xsi:type="tFormalExpression".',
            )


def _must_be_formal(diagram: Diagram) -> Iterator[XML]:
    yield from (e for e in diagram.anywhere(*_FORMAL) if (e.text or "").strip())
    for expression in diagram.anywhere("completionCondition"):
        parent = expression.getparent()
        if parent is not None and local_name(parent) == "adHocSubProcess":
            yield expression


@rule(
    "expression-language",
    "The language of an expression is a URI.",
    clause="8.4.6",
    remedy="Name the language by a URI, or remove the attribute.",
)
def expression_language(diagram: Diagram) -> Iterator[Finding]:
    for name in ("language", "expressionLanguage", "typeLanguage"):
        for element in _with(diagram, name):
            text = element.get(name, "")
            if not is_uri(text):
                yield (
                    element,
                    f"The attribute {name} of the {kind_of(local_name(element))} of {_told(element)} is '{text}', "
                    "which is not a valid URI. Name the language of a formal expression by a URI, or remove it.",
                )


def _with(diagram: Diagram, name: str) -> Iterator[XML]:
    if name != "language":
        yield diagram.root
        return
    for tag in (*_CONDITIONS, *_TIMES, "loopCardinality", "from", "to", "transformation", "messagePath", "dataPath"):
        yield from (element for element in diagram.anywhere(tag) if element.get(name) is not None)


@rule(
    "condition-boolean",
    "A condition is a Boolean expression.",
    clause="8.4.6",
    remedy="Write an expression that is true or false.",
)
def condition_boolean(diagram: Diagram) -> Iterator[Finding]:
    for expression in diagram.anywhere(*_CONDITIONS):
        value = constant((expression.text or "").strip()) if expression in diagram.executable else None
        if value is not None and not isinstance(value, bool):
            yield (
                expression,
                f"The {kind_of(local_name(expression))} of {_told(expression)} is always {value!r}: {a(_kind(value))}. "
                "A condition must be a Boolean expression, which is true or false: write one, such as amount > 1.",
            )


def _kind(value: object) -> str:
    """What a value is called that is no truth."""
    return {str: "text", int: "number", float: "number", list: "list"}.get(type(value), type(value).__name__)


@rule(
    "method-uri",
    "The method of a transaction is a URI, or one that BPMN defines.",
    clause="10.3.5",
    remedy="Use ##Compensate, ##Store, ##Image or a URI.",
)
def method_uri(diagram: Diagram) -> Iterator[Finding]:
    for element in diagram.anywhere("transaction"):
        method = element.get("method", "")
        if not is_uri(method):
            yield (
                element,
                f"The method of {the(element)} is '{method}', which is not a valid URI. Use ##Compensate, ##Store, "
                "##Image or a URI, or remove the attribute.",
                drop(element, "method", "Remove the method"),
            )


_MIME = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+(?:\s*;.*)?")


@rule(
    "text-format",
    "The format of a text is a MIME type.",
    clause="8.4.1",
    remedy="Write a MIME type such as text/plain.",
)
def text_format(diagram: Diagram) -> Iterator[Finding]:
    for element in diagram.anywhere("textAnnotation", "documentation"):
        format = element.get("textFormat")
        if format is not None and not _MIME.fullmatch(format.strip()):
            yield (
                element,
                f"textFormat of {the(element)} is '{format}', which is not a valid MIME type. Write text/plain.",
                put(element, "textFormat", "text/plain", "Write text/plain"),
            )
