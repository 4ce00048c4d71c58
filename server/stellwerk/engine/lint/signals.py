"""Signals (10.5.1)."""

from __future__ import annotations

from collections.abc import Iterator

from stellwerk.engine import vocabulary
from stellwerk.engine.diagram import Diagram, ScopeElement, label
from stellwerk.engine.diagram.normalise import is_true, local_name
from stellwerk.engine.lint.registry import Finding, rule


@rule("signal-missing", "A signal event names its signal.", clause="10.5.5", remedy="Choose a signal, or create one.")
def signal_missing(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of(*vocabulary.EVENT_NODES):
        for definition in node.definitions:
            if local_name(definition) == "signalEventDefinition" and not definition.get("signalRef"):
                yield definition, f"'{label(node.element)}' names no signal. Choose one, or create it."


@rule("signal-name", "A signal that is used has a name.", remedy="Give the signal a name.")
def signal_name(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of(*vocabulary.EVENT_NODES):
        for definition in node.definitions:
            signal = diagram.by_id.get(definition.get("signalRef", ""))
            if signal is not None and local_name(signal) == "signal" and not (signal.get("name") or "").strip():
                yield (
                    signal,
                    f"The signal of '{label(node.element)}' has no name. Signals are told apart by name: give one.",
                )


@rule(
    "signal-interrupts-twice",
    "Two interrupting event subprocesses of one scope do not wait for the same signal.",
    remedy="Delete one of the event subprocesses, or use another signal.",
)
def signal_interrupts_twice(diagram: Diagram) -> Iterator[Finding]:
    seen: dict[tuple[ScopeElement, str], str] = {}
    for node in diagram.of("startEvent"):
        inside = node.scope.node
        if inside is None or not is_true(inside.element, "triggeredByEvent"):
            continue
        if not is_true(node.element, "isInterrupting", default=True):
            continue
        for definition in node.definitions:
            ref = definition.get("signalRef")
            if ref and seen.setdefault((inside.scope, ref), node.id) != node.id:
                yield (
                    node.element,
                    f"'{label(node.element)}' waits for the same signal as '{seen[inside.scope, ref]}', and both "
                    "interrupt everything around them. Delete one of the event subprocesses, or use another signal.",
                )
