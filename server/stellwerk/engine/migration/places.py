"""Where the nodes of a definition are, and which node of one version may stand for which of another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from stellwerk.engine.definition import Definition
from stellwerk.engine.elements.base import Node
from stellwerk.engine.elements.boundary import BoundaryEvent
from stellwerk.engine.elements.catching import Catching
from stellwerk.engine.elements.event_subprocess import EventSubProcess
from stellwerk.engine.elements.messages import ReceiveTask
from stellwerk.engine.elements.multi_instance import MultiInstance
from stellwerk.engine.elements.standard_loop import StandardLoop
from stellwerk.engine.elements.subprocess import SubProcess
from stellwerk.engine.elements.throwing import ThrowEvent
from stellwerk.engine.elements.transaction import Transaction
from stellwerk.engine.event_definitions import kind_of
from stellwerk.engine.lint.words import a
from stellwerk.engine.lint.words import kind_of as spoken

Shape: TypeAlias = tuple[Any, ...]


class Places:
    """The nodes of a definition by their names (an element's id, or what belongs to it), and the scope of each."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.nodes: dict[str, Node] = {}
        self.scope: dict[str, str] = {}
        self._sources: dict[str, Node] = {}
        for id, spec in definition.scopes.items():
            for node in spec.nodes:
                self.nodes[node.name], self.scope[node.name] = node, id
                self._sources.update((flow.id, node) for flow in node.flows if flow.id)

    def source(self, flow_id: str) -> Node:
        """Where the flow begins."""
        return self._sources[flow_id]

    def shape(self, name: str) -> Shape:
        """What two nodes must have in common so that a token can go from one to the other."""
        node = self.nodes[name]
        counting = _counting(node) if isinstance(node, MultiInstance) else ()
        inner = self.shape(node.inner) if isinstance(node, MultiInstance | StandardLoop) else ()
        return (type(node), _events(node), counting, inner)

    def around(self, scope_id: str) -> Iterator[str]:
        """The scope and those around it, the process last."""
        yield scope_id
        while scope_id != self.definition.key:
            scope_id = self.scope[scope_id]
            yield scope_id


def difference(old: Places, new: Places, source: str, target: str) -> str:
    """Why a token cannot go on at `target` as it is at `source`; empty if it can."""
    a, b = old.nodes[source], new.nodes[target]
    if old.shape(source) == new.shape(target):
        return ""
    if type(a) is not type(b):
        return f"'{a.label}' is {_kind(old, a)} and '{b.label}' is {_kind(new, b)}."
    if _events(a) != _events(b):
        return f"'{a.label}' is about {_said(a)} and '{b.label}' about {_said(b)}."
    if isinstance(a, MultiInstance) and isinstance(b, MultiInstance) and _counting(a) != _counting(b):
        return f"The instances of '{a.label}' and '{b.label}' are counted or collected in different ways."
    return difference(old, new, a.inner, b.inner)


def listens(node: Node) -> bool:
    """Whether it waits at something else: at an activity, or in a scope."""
    return isinstance(node, BoundaryEvent | EventSubProcess)


def can_be_put_around(node: Node) -> bool:
    """Whether a subprocess can begin around tokens that are there already, or end around them."""
    return type(node) in (SubProcess, Transaction)


def _kind(places: Places, node: Node) -> str:
    kind = spoken(places.definition.elements[node.bpmn_id].type)
    looped = {"multiInstance": "multi-instance ", "standardLoop": "looped "}.get(node.element_type, "")
    return a(looped + kind)


def _events(node: Node) -> tuple[object, ...]:
    if isinstance(node, ReceiveTask) or not isinstance(node, Catching | ThrowEvent):
        return ()
    parallel = getattr(node.event_definition, "parallel", False)
    return (parallel, *(kind_of(definition) for definition in node.definitions))


def _said(node: Node) -> str:
    return " and ".join(map(a, map(str, _events(node)[1:])))


def _counting(node: MultiInstance) -> tuple[bool, ...]:
    loop = node.loop
    return (loop.sequential, loop.collection is not None, bool(loop.output), bool(loop.output_item))
