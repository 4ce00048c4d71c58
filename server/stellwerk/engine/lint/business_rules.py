"""Business rule tasks: one decision, or one job; in which version, and what takes its result."""

from __future__ import annotations

from collections.abc import Iterator

from stellwerk.engine import vocabulary
from stellwerk.engine.diagram import XML, Diagram, label
from stellwerk.engine.lint.activities import ELSEWHERE
from stellwerk.engine.lint.calls import wrong_version
from stellwerk.engine.lint.fixes import put
from stellwerk.engine.lint.registry import Finding, rule
from stellwerk.engine.vocabulary import BPMN, qualified

_TAG = "businessRuleTask"
_ATTRIBUTES = ("camunda:decisionRef", "camunda:topic")
_EXTENSIONS = ("zeebe:calledDecision", "spiffworkflow:calledDecisionId")


def _implementations(element: XML) -> list[str]:
    """The names of all that says how the task decides."""
    found = [name for name in _ATTRIBUTES if _text(element, name)]
    return found + [name for name in _EXTENSIONS if _extension(element, name) is not None]


def _text(element: XML, name: str) -> str:
    return (element.get(qualified(name)) or "").strip()


def _extension(element: XML, name: str) -> XML | None:
    return element.find(f"{{{BPMN}}}extensionElements/{qualified(name)}")


@rule(
    "decision-missing",
    "A business rule task says which decision it calls.",
    clause="10.3.3",
    remedy="Give the task the id of a decision (camunda:decisionRef), or the topic of a handler.",
)
def decision_missing(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of(_TAG):
        called = _called(node.element)
        if called == "":
            where = "names no decision"
        elif called is None and not _text(node.element, "camunda:topic"):
            other = next((name for name in ELSEWHERE if node.element.get(qualified(name))), None)
            where = f"has {other}, which only runs inside of a Java engine" if other else "does not say what decides"
        else:
            continue
        yield (
            node.element,
            f"The business rule task '{label(node.element)}' {where}. Give it the id of a decision "
            "(camunda:decisionRef), or the topic of a handler.",
        )


def _called(element: XML) -> str | None:
    """The decision that it names; empty if there is none where it should be, None if there is no place for it."""
    if element.get(qualified("camunda:decisionRef")) is not None:
        return _text(element, "camunda:decisionRef")
    zeebe, spiff = (_extension(element, name) for name in _EXTENSIONS)
    if zeebe is not None:
        return (zeebe.get("decisionId") or "").strip()
    return None if spiff is None else (spiff.text or "").strip()


@rule(
    "decision-several",
    "A business rule task is implemented in one way.",
    clause="10.3.3",
    remedy="Keep one of the decisions, or the topic.",
)
def decision_several(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of(_TAG):
        found = _implementations(node.element)
        if len(found) > 1:
            yield (
                node.element,
                f"The business rule task '{label(node.element)}' is implemented in several ways: {', '.join(found)}. "
                "Keep one of them.",
            )


@rule(
    "decision-version",
    "A business rule task says which version of the decision it calls.",
    remedy="Choose latest, deployment, version or versionTag; with the last two also give the number or the tag.",
)
def decision_version(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of(_TAG):
        called = _extension(node.element, "zeebe:calledDecision")
        wrong = wrong_version(node.element, "camunda:decisionRef") or (
            "" if called is None else _wrong_zeebe(node.element, called)
        )
        if wrong:
            yield node.element, wrong


def _wrong_zeebe(element: XML, called: XML) -> str:
    row = vocabulary.attribute("zeebe:calledDecision", "bindingType")
    known = row.choices if row is not None else ()
    binding = (called.get("bindingType") or "latest").strip()
    if binding not in known:
        return f"'{label(element)}' calls the version '{binding}', which is none of {', '.join(known)}. Choose one."
    if binding == "versionTag" and not (called.get("versionTag") or "").strip():
        return f"'{label(element)}' is bound to one versionTag, but does not say which one. Give the tag."
    return ""


@rule(
    "decision-mapping",
    "The result of a decision is mapped in a way that exists.",
    remedy="Choose singleEntry, singleResult, collectEntries or resultList.",
)
def decision_mapping(diagram: Diagram) -> Iterator[Finding]:
    row = vocabulary.attribute(_TAG, "camunda:mapDecisionResult")
    known = row.choices if row is not None else ()
    for node in diagram.of(_TAG):
        mapper = _text(node.element, "camunda:mapDecisionResult")
        if mapper and mapper not in known:
            yield (
                node.element,
                f"'{label(node.element)}' maps its result by '{mapper}', which is none of {', '.join(known)}. "
                "Choose one of them.",
                put(node.element, "camunda:mapDecisionResult", "resultList", "Take the list of rows"),
            )


@rule(
    "decision-unused",
    "Something takes the result of a decision.",
    "warning",
    remedy="Give the task a result variable, or output parameters that read decisionResult.",
)
def decision_unused(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of(_TAG):
        if _is_unused(node.element):
            yield (
                node.element,
                f"Nothing takes the result of the business rule task '{label(node.element)}'. Give it a result "
                "variable.",
            )


def _is_unused(element: XML) -> bool:
    zeebe = _extension(element, "zeebe:calledDecision")
    if zeebe is not None:
        return not (zeebe.get("resultVariable") or "").strip()
    if not _text(element, "camunda:decisionRef") or _text(element, "camunda:resultVariable"):
        return False
    mapping = _extension(element, "camunda:inputOutput")
    return mapping is None or mapping.find(qualified("camunda:outputParameter")) is None
