"""The requirements graph over all files (chapter 6): references are followed, circles refused by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from stellwerk.errors import Problem

from . import tree

Key = tuple[str, int]
"""A node: the namespace of its file, and its position there."""


@dataclass(frozen=True, slots=True)
class Edge:
    """What a node requires. `path`: how its expressions call it, `("name",)` or `("import", "name")`;
    `namespace`: that of the import, or "" for the same file."""

    key: Key
    path: tuple[str, ...]
    namespace: str


@dataclass(slots=True)
class Linked:
    """A node with what it requires; `is_broken` if a reference leads nowhere or it requires itself."""

    key: Key
    file: tree.Definitions
    node: tree.Node
    edges: dict[str, tuple[Edge, ...]] = field(default_factory=dict)
    is_broken: bool = False

    def inner(self) -> Iterator[Key]:
        """What must be evaluated or known for it. The input decisions of a service are given instead."""
        for kind, edges in self.edges.items():
            if kind not in ("input_decisions", "input_data"):
                yield from (edge.key for edge in edges)


# Which kinds of nodes a reference may lead to, by the field that holds it.
_WANTED: dict[str, tuple[type[tree.Node], ...]] = {
    "requires": (tree.Decision, tree.InputData),
    "knowledge": (tree.Knowledge, tree.Service),
    "outputs": (tree.Decision,),
    "encapsulated": (tree.Decision,),
    "input_decisions": (tree.Decision,),
    "input_data": (tree.InputData,),
}


class Graph:
    """All nodes of some files, by key, each after what it requires (`order`)."""

    def __init__(self, files: Mapping[str, tree.Definitions]) -> None:
        self.problems: list[Problem] = []
        self.nodes: dict[Key, Linked] = {}
        self._by_id: dict[tuple[str, str], Key] = {}
        for namespace, file in files.items():
            for position, node in enumerate(file.nodes):
                key = (namespace, position)
                self.nodes[key] = Linked(key, file, node)
                if node.place.id:
                    self._by_id[namespace, node.place.id] = key
        for linked in self.nodes.values():
            self._link(linked)
        self.order = self._ordered()

    def refuse(self, linked: Linked, place: tree.Place, rule: str, message: str) -> None:
        linked.is_broken = True
        node = linked.node
        self.problems.append(Problem(linked.file.file, place.line, node.place.id, node.name, rule, message))

    def _link(self, linked: Linked) -> None:
        for kind in _WANTED:
            references: tuple[tree.Reference, ...] = getattr(linked.node, kind, ())
            edges = [self._edge(linked, reference, kind) for reference in references]
            linked.edges[kind] = tuple(edge for edge in edges if edge is not None)

    def _edge(self, linked: Linked, reference: tree.Reference, kind: str) -> Edge | None:
        namespace = reference.namespace or linked.key[0]
        key = self._by_id.get((namespace, reference.id))
        if key is None:
            where = f" in '{namespace}'" if reference.namespace else ""
            text = f"'{linked.node.name}' requires '{reference.id}'{where}, which does not exist. Draw it again."
            self.refuse(linked, reference.place, "dmn-unknown-reference", text)
            return None
        node = self.nodes[key].node
        if not isinstance(node, _WANTED[kind]):
            text = f"'{linked.node.name}' cannot require '{node.name}' in this way. Draw the requirement again."
            self.refuse(linked, reference.place, "dmn-wrong-requirement", text)
            return None
        prefix = self._prefix(linked, reference, namespace)
        return (
            None
            if prefix is None
            else Edge(key, (*prefix, node.variable.name), "" if namespace == linked.key[0] else namespace)
        )

    def _prefix(self, linked: Linked, reference: tree.Reference, namespace: str) -> tuple[str, ...] | None:
        """The name of the import; none for what is in the same file, or imported without a name (6.3.3)."""
        if namespace == linked.key[0]:
            return ()
        names = [each.name for each in linked.file.imports if each.namespace == namespace]
        if not names:
            text = f"'{linked.node.name}' requires something of '{namespace}', which is not imported. Import it."
            self.refuse(linked, reference.place, "dmn-import", text)
            return None
        return (names[0],) if names[0] else ()

    def _ordered(self) -> list[Linked]:
        """Depth first with an agenda; whoever is met again while open requires itself."""
        done: dict[Key, bool] = {}  # False while open
        order: list[Linked] = []
        for start in self.nodes:
            path: list[tuple[Key, Iterator[Key]]] = []
            if start not in done:
                done[start] = False
                path.append((start, self.nodes[start].inner()))
            while path:
                key, following = path[-1]
                step = next(following, None)
                if step is None:
                    path.pop()
                    done[key] = True
                    order.append(self.nodes[key])
                elif step not in done:
                    done[step] = False
                    path.append((step, self.nodes[step].inner()))
                elif not done[step]:
                    self._circle([self.nodes[each] for each, _ in path], step)
        return order

    def _circle(self, path: list[Linked], key: Key) -> None:
        at = next(position for position, linked in enumerate(path) if linked.key == key)
        circle = path[at:]
        if all(linked.is_broken for linked in circle):
            return
        names = " -> ".join(f"'{linked.node.name}'" for linked in (*circle, circle[0]))
        text = f"Nothing can require itself: {names}. Remove one of these requirements."
        for linked in circle:
            self.refuse(linked, linked.node.place, "dmn-requirement-circle", text)
