"""What BPMN has and this engine does not execute: refused by name, never treated as something else."""

from __future__ import annotations

from collections.abc import Iterator

from stellwerk.engine import vocabulary
from stellwerk.engine.diagram import XML, Diagram, children, is_bpmn, label
from stellwerk.engine.diagram.normalise import is_true, local_name
from stellwerk.engine.lint.registry import Finding, rule


@rule(
    "unsupported",
    "Every element of a process is of a kind that is executed.",
    remedy="The message says what to use instead.",
)
def unsupported(diagram: Diagram) -> Iterator[Finding]:
    for scope in diagram.scopes:
        for child in scope.element:
            if is_bpmn(child):
                yield from _refused(child)
                yield from _references(child)
    yield from _repeated(diagram)


def _refused(element: XML) -> Iterator[Finding]:
    local = local_name(element)
    if local in vocabulary.REFUSED:
        name, way_out = vocabulary.REFUSED[local]
        yield element, f"'{label(element)}' is a {name}, which is not executed yet. {way_out}"
    elif vocabulary.element(local) is None:
        yield element, f"'{label(element)}' is a {local}, which is not executed. Remove it."


def _references(node: XML) -> Iterator[Finding]:
    for child in children(node, "eventDefinitionRef"):
        yield (
            child,
            f"'{label(node)}' refers to an event definition elsewhere. Put the definition into the event itself.",
        )


def _repeated(diagram: Diagram) -> Iterator[Finding]:
    """Receive tasks with a loop behind an event-based gateway: which message takes its token is not clear (10.6.6)."""
    gateways = [n for n in diagram.of("eventBasedGateway") if not is_true(n.element, "instantiate")]
    behind = {flow.get("targetRef") for node in gateways for flow in node.outgoing}
    for node in diagram.of("receiveTask"):
        if node.id in behind and any(local_name(child).endswith("LoopCharacteristics") for child in node.element):
            yield (
                node.element,
                f"'{label(node.element)}' is repeated and stands behind an event-based gateway, which is not executed "
                "yet. Put a receive task without a loop there, and the repeated one behind it.",
            )


_FROM_INSIDE = tuple(f"{kind}EventDefinition" for kind in ("error", "escalation", "cancel", "compensate"))


@rule(
    "unsupported-flag",
    "Attributes do not ask for what is not executed.",
    remedy="The message says what to use instead.",
)
def unsupported_flag(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of():
        if is_true(node.element, "parallelMultiple") and any(
            d in _FROM_INSIDE for d in map(local_name, node.definitions)
        ):
            yield (
                node.element,
                f"'{label(node.element)}' waits for all of its events. An error, escalation, cancel or compensation "
                "happens inside: give it an event of its own.",
            )
