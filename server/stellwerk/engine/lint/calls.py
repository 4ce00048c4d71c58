"""Call activities: what they call and what they pass."""

from __future__ import annotations

from collections.abc import Iterator

from stellwerk.engine import vocabulary
from stellwerk.engine.diagram import XML, Diagram, FlowNode, label
from stellwerk.engine.diagram.normalise import is_true, local_name
from stellwerk.engine.lint.references import resolved
from stellwerk.engine.lint.registry import Finding, rule
from stellwerk.engine.vocabulary import CAMUNDA, qualified


@rule(
    "call-nothing",
    "A call activity says what it calls.",
    clause="10.3.6",
    remedy="Give the call activity the id of a process.",
)
def call_nothing(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("callActivity"):
        if not _text(node.element, "calledElement"):
            yield (
                node.element,
                f"The call activity '{label(node.element)}' calls nothing: it has no calledElement. Give it the id of "
                "a process.",
            )


@rule(
    "call-binding",
    "A call activity says which version it calls.",
    remedy="Choose latest, deployment, version or versionTag; with the last two also give the number or the tag.",
)
def call_binding(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("callActivity"):
        wrong = wrong_version(node.element, "camunda:calledElement")
        if wrong:
            yield node.element, wrong


def wrong_version(element: XML, what: str) -> str:
    """What is wrong with the attributes that say which version is called, such as camunda:calledElementBinding."""
    row = vocabulary.attribute(local_name(element), f"{what}Binding")
    known = row.choices if row is not None else ()
    binding = _text(element, f"{what}Binding") or "latest"
    if binding not in known:
        return f"'{label(element)}' calls the version '{binding}', which is none of {', '.join(known)}. Choose one."
    value = f"{what}{_upper(binding)}"
    if not binding.startswith("version") or _text(element, value):
        return ""
    return (
        f"'{label(element)}' is bound to one {binding}, but does not say which one. Give the "
        f"{'number' if binding == 'version' else 'tag'} of the version ({value}), or call the latest one."
    )


def _upper(word: str) -> str:
    return word[0].upper() + word[1:]


@rule(
    "call-passing",
    "What a call activity passes has a source and a target.",
    remedy="Give a source and a target, or pass all variables.",
)
def call_passing(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("callActivity"):
        for tag in ("in", "out"):
            for element in node.element.findall(f"./*/{{{CAMUNDA}}}{tag}"):
                missing = _missing(element, tag)
                if missing:
                    yield (
                        node.element,
                        f"'{label(node.element)}' has a camunda:{tag} {missing}. Give it a source or source "
                        'expression and a target, or variables="all".',
                    )


def _missing(element: XML, tag: str) -> str:
    """What is wrong with one camunda:in or camunda:out; empty if nothing is."""
    if tag == "in" and _text(element, "businessKey"):
        return ""
    variables = _text(element, "variables")
    if variables:
        return "" if variables == "all" else f"with variables='{variables}', which is not all"
    if not _text(element, "source") and not _text(element, "sourceExpression"):
        return "without a source"
    return "" if _text(element, "target") else "without a target"


@rule(
    "call-not-executable",
    "A process that is called can be executed.",
    "warning",
    clause="10.2",
    remedy="Set isExecutable of the called process to true.",
)
def call_not_executable(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("callActivity"):
        target = called(diagram, node)
        if target is not None and local_name(target) == "process" and not is_true(target, "isExecutable"):
            yield (
                node.element,
                f"'{label(node.element)}' calls the process '{label(target)}' of the same file, which is not "
                "executable, so it is not deployed with it. Set isExecutable there to true.",
            )


def called(diagram: Diagram, node: FlowNode) -> XML | None:
    """The element of the same file that a call activity calls."""
    ref = _text(node.element, "calledElement")
    return diagram.by_id.get(resolved(diagram, node.element, ref) or "") if ref else None


def _text(element: XML, name: str) -> str:
    return (element.get(qualified(name)) or "").strip()
