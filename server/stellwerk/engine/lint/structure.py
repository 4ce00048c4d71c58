"""Where processes begin, and what a token can reach."""

from __future__ import annotations

from collections.abc import Iterator

from stellwerk.engine.diagram import Diagram, FlowNode, ScopeElement, is_activity, label
from stellwerk.engine.diagram.normalise import is_true
from stellwerk.engine.lint.registry import Finding, rule


@rule(
    "no-executable-process",
    "A file that is deployed holds an executable process.",
    remedy="Tick 'Executable' at a process.",
)
def no_executable_process(diagram: Diagram) -> Iterator[Finding]:
    if not diagram.processes:
        yield diagram.root, "No process of this file is executable. Tick 'Executable' (isExecutable) at the process."


@rule(
    "process-id", "An executable process has an id: the key by which it is started.", remedy="Give the process an id."
)
def process_id(diagram: Diagram) -> Iterator[Finding]:
    for process in diagram.processes:
        if not process.get("id"):
            yield process, "The process has no id. Give it one: it is the key by which the process is started."


def entries(scope: ScopeElement) -> list[FlowNode]:
    """Where a token may begin: start events, or, without any, the nodes to which no flow leads."""
    starts = [node for node in scope.nodes if node.tag == "startEvent"]
    return starts or [node for node in scope.nodes if not node.incoming and not _begins_otherwise(node)]


def _begins_otherwise(node: FlowNode) -> bool:
    """Boundary events, event subprocesses, compensation handlers and targets of links begin by what happens."""
    flags = ("triggeredByEvent", "isForCompensation")
    return node.tag == "boundaryEvent" or _is_link_target(node) or any(is_true(node.element, flag) for flag in flags)


def _is_link_target(node: FlowNode) -> bool:
    return node.tag == "intermediateCatchEvent" and node.kind == "link"


@rule(
    "no-start",
    "A process or subprocess has a place where a token begins.",
    clause="10.5.2",
    remedy="Add a start event.",
)
def no_start(diagram: Diagram) -> Iterator[Finding]:
    for scope in diagram.scopes:
        if not entries(scope) and (scope.nodes or scope.node is None):
            what = "subprocess" if scope.node else "process"
            yield scope.element, f"The {what} '{label(scope.element)}' has nowhere to begin. Add a start event."


@rule(
    "subprocess-empty",
    "A subprocess holds something.",
    "warning",
    clause="10.3.5",
    remedy="Draw what is done inside of the subprocess, or make it a task.",
)
def subprocess_empty(diagram: Diagram) -> Iterator[Finding]:
    for scope in diagram.scopes:
        if scope.node is not None and scope.node.tag != "adHocSubProcess" and not scope.nodes:
            yield (
                scope.element,
                f"The subprocess '{label(scope.element)}' is empty: it is done at once. Draw what is done inside of "
                "it, or make it a task.",
            )


@rule(
    "unreachable",
    "A token can reach every element.",
    "warning",
    remedy="Connect the element, or delete it.",
    drawn=True,
)
def unreachable(diagram: Diagram) -> Iterator[Finding]:
    for scope in diagram.scopes:
        reached = _reached(diagram, scope)
        for node in scope.nodes:
            if node not in reached and not _begins_otherwise(node):
                yield node.element, f"No token can reach '{label(node.element)}'. Connect it, or delete it."


def _reached(diagram: Diagram, scope: ScopeElement) -> set[FlowNode]:
    attached: dict[str, list[FlowNode]] = {}
    for node in scope.nodes:
        if node.tag == "boundaryEvent":
            attached.setdefault(node.element.get("attachedToRef", ""), []).append(node)
    reached, todo = set(), [*entries(scope), *(node for node in scope.nodes if _is_link_target(node))]
    while todo:
        node = todo.pop()
        if node not in reached:
            reached.add(node)
            targets = [diagram.nodes.get(flow.get("targetRef", "")) for flow in node.outgoing]
            todo.extend(target for target in targets if target is not None)
            todo.extend(attached.get(node.id, ()))
    return reached


@rule(
    "boundary-host",
    "A boundary event is attached to an activity of the same process or subprocess.",
    clause="10.5.4",
    remedy="Put the boundary event onto an activity beside it.",
    drawn=True,
)
def boundary_host(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("boundaryEvent"):
        ref = node.element.get("attachedToRef")
        host = diagram.nodes.get(ref or "")
        if host is not None and is_activity(host.tag) and host.scope is not node.scope:
            yield (
                node.element,
                f"The boundary event '{label(node.element)}' is attached to '{label(host.element)}', "
                "which is an activity of another process or subprocess. Put it onto an activity beside it.",
            )
