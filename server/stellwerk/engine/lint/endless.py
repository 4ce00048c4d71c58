"""Loops that never end."""

from __future__ import annotations

from collections.abc import Iterator

from stellwerk.engine.diagram import Diagram, FlowNode, label
from stellwerk.engine.lint.registry import Finding, rule
from stellwerk.engine.vocabulary import BPMN

_FOLLOWED = ("task", "manualTask", "scriptTask", "exclusiveGateway", "intermediateThrowEvent")


@rule(
    "endless-loop",
    "A loop has a way out, or waits somewhere.",
    "warning",
    remedy="Lead a flow out of the loop, or let it wait.",
)
def endless_loop(diagram: Diagram) -> Iterator[Finding]:
    """Told only for loops of steps that are done at once, out of which nothing leads."""
    hosts = {node.element.get("attachedToRef") for node in diagram.of("boundaryEvent")}
    for scope in diagram.scopes:
        nodes = {node.id: node for node in scope.nodes}
        targets = {id: [flow.get("targetRef", "") for flow in node.outgoing] for id, node in nodes.items()}
        for loop in _loops(targets):
            inner = set(loop)
            if all(_goes_on(nodes[id]) and id not in hosts and inner.issuperset(targets[id]) for id in loop):
                first = nodes[loop[0]]
                yield (
                    first.element,
                    f"'{label(first.element)}' is part of a loop that goes round for ever: nothing leads out of it, "
                    "and nothing in it waits. Lead a flow out of the loop, or let it wait.",
                )


def _goes_on(node: FlowNode) -> bool:
    linked = node.element.find(f"{{{BPMN}}}linkEventDefinition") is not None
    return node.tag in _FOLLOWED and bool(node.outgoing) and not linked


def _loops(targets: dict[str, list[str]]) -> Iterator[list[str]]:
    """The strongly connected parts that hold a cycle (Tarjan's algorithm with a stack of its own)."""
    search = _Search(targets)
    for root in targets:
        for part in search.parts(root):
            if len(part) > 1 or part[0] in targets[part[0]]:
                yield part


class _Search:
    def __init__(self, targets: dict[str, list[str]]) -> None:
        self.targets = targets
        self.numbers: dict[str, int] = {}
        self.lowest: dict[str, int] = {}
        self.path: dict[str, None] = {}  # in the order in which they were found
        self.todo: list[tuple[str, Iterator[str]]] = []

    def parts(self, root: str) -> Iterator[list[str]]:
        """The strongly connected parts that can be reached from here and were not given before."""
        self._enter(root)
        while self.todo:
            id, following = self.todo[-1]
            next_id = next(following, None)
            if next_id is None:
                self.todo.pop()
                if self.todo:
                    self._lower(self.todo[-1][0], self.lowest[id])
                if self.lowest[id] == self.numbers[id]:
                    yield self._cut(id)
            elif next_id in self.path:
                self._lower(id, self.numbers[next_id])
            else:
                self._enter(next_id)

    def _enter(self, id: str) -> None:
        if id in self.targets and id not in self.numbers:
            self.numbers[id] = self.lowest[id] = len(self.numbers)
            self.path[id] = None
            self.todo.append((id, iter(self.targets[id])))

    def _lower(self, id: str, number: int) -> None:
        self.lowest[id] = min(self.lowest[id], number)

    def _cut(self, id: str) -> list[str]:
        """Take the end of the path, from this id on, off it."""
        part: list[str] = []
        while not part or part[-1] != id:
            part.append(self.path.popitem()[0])
        return part[::-1]
