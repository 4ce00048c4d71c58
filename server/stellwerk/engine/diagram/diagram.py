"""A BPMN file as rules and report see it: scopes, flow nodes, flows, and what is declared beside processes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree

from stellwerk.engine import vocabulary
from stellwerk.engine.diagram.normalise import is_true, local_name
from stellwerk.engine.vocabulary import BPMN
from stellwerk.errors import Fix, Problem, Severity
from stellwerk.xmlsafe import line_of

XML = etree._Element
_GLOBAL_TASKS = tuple(f"global{kind}Task" for kind in ("", "User", "Manual", "Script", "BusinessRule"))


@dataclass(eq=False)
class FlowNode:
    """A node that tokens can be at, supported or not."""

    element: XML
    scope: ScopeElement
    incoming: list[XML] = field(default_factory=list)
    outgoing: list[XML] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.element.get("id") or ""

    @cached_property
    def tag(self) -> str:
        return local_name(self.element)

    @cached_property
    def definitions(self) -> list[XML]:
        """Its event definitions."""
        return [child for child in self.element if is_bpmn(child) and local_name(child).endswith("EventDefinition")]

    @cached_property
    def kind(self) -> str:
        """The kind of an event with one definition at most: none, message, timer, ..."""
        definitions = self.definitions
        return local_name(definitions[0])[: -len("EventDefinition")] if definitions else "none"


@dataclass(eq=False)
class ScopeElement:
    """A process or subprocess; `node` is the subprocess as a node of the scope around it, `process` the outermost."""

    element: XML
    node: FlowNode | None
    process: XML
    nodes: list[FlowNode] = field(default_factory=list)
    flows: list[XML] = field(default_factory=list)


class _Index:
    """The elements of a file by id, where the first one counts, and by tag."""

    def __init__(self, root: XML) -> None:
        self.by_id: dict[str, XML] = {}
        self.by_tag: dict[str, list[XML]] = {}
        for element in root.iter(f"{{{BPMN}}}*"):
            self.by_tag.setdefault(local_name(element), []).append(element)
            id = element.get("id")
            if id is not None:
                self.by_id.setdefault(id, element)


class Diagram:
    """The executable processes of one file, or those that are only drawn.

    Ids that occur twice are found by a rule; here the first one counts.
    """

    def __init__(
        self,
        root: XML,
        file: str,
        drawings: Sequence[XML] = (),
        *,
        executable: bool = True,
        index: _Index | None = None,
    ) -> None:
        self.root, self.file, self.drawings, self.main = root, file, drawings, executable
        self._index = _Index(root) if index is None else index
        self.by_id = self._index.by_id
        self.processes = [p for p in children(root, "process") if is_true(p, "isExecutable") is executable]
        self.scopes: list[ScopeElement] = []
        self.nodes: dict[str, FlowNode] = {}
        todo = [ScopeElement(process, None, process) for process in reversed(self.processes)]
        while todo:
            scope = todo.pop()
            self.scopes.append(scope)
            todo.extend(reversed(self._fill(scope)))
        self._connect()

    def _fill(self, scope: ScopeElement) -> list[ScopeElement]:
        inner = []
        for child in scope.element:
            if not is_bpmn(child):
                continue
            local = local_name(child)
            if local == "sequenceFlow":
                scope.flows.append(child)
            elif is_node(local):
                node = FlowNode(child, scope)
                scope.nodes.append(node)
                self.nodes.setdefault(node.id, node)
                if local in ("subProcess", "transaction", "adHocSubProcess"):
                    inner.append(ScopeElement(child, node, scope.process))
        return inner

    def _connect(self) -> None:
        for flow in self.flows():
            source, target = self.nodes.get(flow.get("sourceRef", "")), self.nodes.get(flow.get("targetRef", ""))
            if source is not None:
                source.outgoing.append(flow)
            if target is not None:
                target.incoming.append(flow)

    def drawn(self) -> Diagram | None:
        """The same file with its other processes, which are not executable; None if there are none."""
        if all(is_true(process, "isExecutable") for process in children(self.root, "process")):
            return None
        return Diagram(self.root, self.file, self.drawings, executable=False, index=self._index)

    def flows(self) -> Iterator[XML]:
        for scope in self.scopes:
            yield from scope.flows

    def of(self, *tags: str) -> Iterator[FlowNode]:
        """The nodes with these tags, in the order of the file; without tags all of them."""
        if not tags:
            for scope in self.scopes:
                yield from scope.nodes
        elif len(tags) == 1:
            yield from (node for _, node in self._nodes_by_tag.get(tags[0], ()))
        else:
            found = [pair for tag in set(tags) for pair in self._nodes_by_tag.get(tag, ())]
            yield from (node for _, node in sorted(found, key=lambda pair: pair[0]))

    @cached_property
    def _nodes_by_tag(self) -> dict[str, list[tuple[int, FlowNode]]]:
        """Nodes with their place in the order of the file: many rules ask for the same few tags."""
        nodes: dict[str, list[tuple[int, FlowNode]]] = {}
        for place, node in enumerate(node for scope in self.scopes for node in scope.nodes):
            nodes.setdefault(node.tag, []).append((place, node))
        return nodes

    def anywhere(self, *tags: str) -> Iterator[XML]:
        """The elements with these tags in the whole file, also outside of executable processes."""
        for tag in tags:
            yield from self._index.by_tag.get(tag, ())

    def tags(self) -> Iterator[str]:
        """The tags that occur in the file."""
        yield from self._index.by_tag

    @cached_property
    def executable(self) -> frozenset[XML]:
        """Every element of these processes; of executable ones also of the global tasks that they may call."""
        callable = [task for task in self.root if is_bpmn(task) and local_name(task) in _GLOBAL_TASKS and self.main]
        return frozenset(e for element in (*self.processes, *callable) for e in element.iter(f"{{{BPMN}}}*"))

    def associated(self, id: str) -> str:
        """The node that an association connects with this one; empty if there is none."""
        for association in self.root.iter(f"{{{BPMN}}}association"):
            ends = association.get("sourceRef", ""), association.get("targetRef", "")
            if id in ends:
                other = ends[1] if ends[0] == id else ends[0]
                if other in self.nodes:
                    return other
        return ""

    def problem(
        self, element: XML, rule: str, message: str, severity: Severity = "error", fix: Fix | None = None
    ) -> Problem:
        """A finding about an element; parts without an id in the file are told by the element around them."""
        named: XML | None = element
        while named is not None and not own_id(named):
            named = named.getparent()
        id = named.get("id") if named is not None else None
        name = named.get("name") if named is not None else None
        return Problem(self.file, line_of(element), id, name or None, rule, message, severity, fix)


def is_bpmn(element: XML) -> bool:
    return isinstance(element.tag, str) and element.tag.startswith(f"{{{BPMN}}}")


def is_node(local: str) -> bool:
    """Whether BPMN has flow nodes of this tag."""
    row = vocabulary.element(local)
    if row is not None:
        return row.kind == "node"
    return local in vocabulary.REFUSED


def is_activity(local: str) -> bool:
    return local.endswith(("Task", "task", "ubProcess")) or local in ("transaction", "callActivity")


_GENERATED = re.compile(r"unnamed_[A-Za-z]+_[0-9]+")


def own_id(element: XML) -> str:
    """The id that the file gives the element; empty if `normalise` has made one."""
    id = element.get("id") or ""
    return "" if _GENERATED.fullmatch(id) else id


def label(element: XML) -> str:
    """How a message calls the element: its name, else its id; a flow without both by its ends."""
    told = element.get("name") or own_id(element)
    if not told and local_name(element) == "sequenceFlow":
        told = f"{element.get('sourceRef')} -> {element.get('targetRef')}"
    return told or local_name(element)


def children(element: XML, *tags: str) -> list[XML]:
    """The child elements of BPMN with these names, in the order of the file."""
    return list(element.iterchildren(*(f"{{{BPMN}}}{tag}" for tag in tags)))


def text_of(element: XML, local: str) -> str:
    """The text of a child element, without blanks around it; empty if there is none."""
    child = element.find(f"{{{BPMN}}}{local}")
    return (child.text or "").strip() if child is not None else ""


def texts(element: XML, local: str) -> list[str]:
    """The texts of all child elements with this name."""
    return [(child.text or "").strip() for child in children(element, local)]
