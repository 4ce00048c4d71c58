"""A reading of a BPMN file that is independent of the product: nodes, and what must come before what.

`before(n)` is the set of things that have certainly happened when node n is entered: the greatest solution of
one equation per node. A node needs *one* of the nodes that lead to it (a parallel gateway needs all), and a
catch event needs, besides, one of the throw events of the same file that trigger it. Whoever is never reached
has everything before it, which is right: nothing of it may be seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree

from .adapt import BPMN, parse

B = f"{{{BPMN}}}"
SCOPES = {"process", "subProcess", "transaction", "adHocSubProcess"}
GATEWAYS = {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "complexGateway", "eventBasedGateway"}
EVENTS = {"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"}
TASKS = {"task", "userTask", "manualTask", "scriptTask", "serviceTask", "sendTask", "receiveTask"}
NODES = SCOPES | GATEWAYS | EVENTS | TASKS | {"businessRuleTask", "callActivity"}
TIMER = "a timer has fired"
LOOPS = ("standardLoopCharacteristics", "multiInstanceLoopCharacteristics")


@dataclass
class Node:
    id: str
    type: str
    scope: str
    events: list[tuple[str, str]] = field(default_factory=list)  # (kind, name of message, signal or link)
    tokens: tuple[str, ...] = ()  # what its script logs
    attached_to: str = ""
    looped: bool = False
    tells: bool = False  # its instances throw events
    parallel_multiple: bool = False
    event_subprocess: bool = False
    handler: bool = False  # a compensation handler: no flow leads to it
    incoming: list[str] = field(default_factory=list)
    outgoing: list[str] = field(default_factory=list)
    duration: str = ""
    quantities: bool = False  # startQuantity or completionQuantity is not 1
    conditional: bool = False  # an outgoing flow has a condition

    @property
    def throws(self) -> bool:
        return self.type in ("intermediateThrowEvent", "endEvent", "sendTask")

    @property
    def catches(self) -> bool:
        return self.type in ("startEvent", "intermediateCatchEvent", "boundaryEvent", "receiveTask")


def done(node: str) -> str:
    """The name of a node's completion, beside its entry."""
    return node + "!"


class Diagram:
    """All processes of one file."""

    def __init__(self, xml: bytes) -> None:
        self.root = parse(xml)
        self.names = {e.get("id"): e.get("name") or e.get("id") for e in self.root if e.get("id")}
        self.definitions = {e.get("id"): e for e in self.root if _local(e).endswith("EventDefinition")}
        self.nodes: dict[str, Node] = {}
        for element in self.root.iter(*(B + name for name in NODES)):
            self._add(element)
        for flow in self.root.iter(B + "sequenceFlow"):
            source, target = _ref(flow.get("sourceRef", "")), _ref(flow.get("targetRef", ""))
            if source in self.nodes and target in self.nodes:
                self.nodes[source].outgoing.append(target)
                self.nodes[target].incoming.append(source)
                self.nodes[source].conditional |= flow.find(B + "conditionExpression") is not None
        self.ids = {id for element in self.root.iter(etree.Element) if (id := element.get("id"))}

    def _add(self, element: etree._Element) -> None:
        id = element.get("id") or f"({element.sourceline})"
        parent = element.getparent()
        self.nodes[id] = Node(
            id=id,
            type=_local(element),
            scope=parent.get("id", "") if parent is not None and _local(parent) in SCOPES else "",
            events=list(self._events(element)),
            tokens=tuple(re.findall(r"\blog\('([^']+)'\)", element.findtext(B + "script") or "")),
            attached_to=_ref(element.get("attachedToRef", "")),
            looped=any(element.find(B + name) is not None for name in LOOPS),
            tells=any(loop.get("behavior", "All") != "All" for loop in element.findall(B + LOOPS[1])),
            parallel_multiple=element.get("parallelMultiple") == "true",
            event_subprocess=element.get("triggeredByEvent") == "true",
            handler=element.get("isForCompensation") == "true",
            duration=_duration(element),
            quantities=element.get("startQuantity", "1") != "1" or element.get("completionQuantity", "1") != "1",
        )

    def _events(self, element: etree._Element) -> Iterator[tuple[str, str]]:
        if element.get("messageRef"):
            yield "message", self._name(element, "messageRef")
        if _local(element) not in EVENTS:
            return
        for child in element:
            if _local(child) == "eventDefinitionRef":
                child = self.definitions.get(_ref(child.text or ""), child)
            kind = _local(child).removesuffix("EventDefinition")
            if kind in ("message", "signal", "escalation", "error"):
                yield kind, self._name(child, kind + "Ref")
            elif kind == "link":
                yield kind, child.get("name", "")
            elif _local(child).endswith("EventDefinition"):
                yield kind, ""

    def _name(self, element: etree._Element, attribute: str) -> str:
        ref = _ref(element.get(attribute, ""))
        return self.names.get(ref, ref)

    # -- what leads to what
    def members(self, scope: str) -> list[Node]:
        return [n for n in self.nodes.values() if n.scope == scope]

    def throwers(self, kind: str, name: str) -> list[Node]:
        return [n for n in self.nodes.values() if n.throws and (kind, name) in n.events]

    def catchers(self, kind: str, name: str) -> list[Node]:
        return [n for n in self.nodes.values() if n.catches and (kind, name) in n.events]

    def _leading(self, node: Node) -> list[str]:
        """What leads to the entry of a node; one of them is enough (all, at a parallel gateway)."""
        if node.type == "process":
            return []
        if node.attached_to:
            compensation = ("compensate", "") in node.events
            return [done(node.attached_to) if compensation else node.attached_to]
        links = [s.id for kind, name in node.events if kind == "link" for s in self.throwers(kind, name)]
        if node.type == "intermediateCatchEvent" and links:
            return links
        if node.incoming:
            return [done(source) for source in node.incoming]
        return [node.scope] if node.scope else []

    def _leaving(self, node: Node) -> list[str]:
        """What leads to the completion of a node: for a scope one of its ends, else its entry."""
        inside = self.members(node.id)
        if node.type not in SCOPES or node.type == "adHocSubProcess" or not inside:
            return [node.id]
        ends = [done(n.id) for n in inside if not n.outgoing and not n.handler and not n.attached_to]
        return [*ends, *(done(n.id) for n in inside if n.attached_to and not n.outgoing)] or [node.id]

    # -- the equation
    @cached_property
    def _index(self) -> dict[str, int]:
        names = [name for id in self.nodes for name in (id, done(id))]
        return {name: 1 << i for i, name in enumerate([*names, TIMER])}

    @cached_property
    def _before(self) -> dict[str, int]:
        everything = sum(self._index.values())
        known = dict.fromkeys(self._index, everything)
        changed = True
        while changed:
            changed = False
            for node in self.nodes.values():
                entry = self._entry(node, known)
                known_exit = entry | _meet((known[name] for name in self._leaving(node)), everything)
                if node.looped and not entry & self._index[TIMER]:
                    known_exit &= ~self._index[TIMER]  # a loop may do nothing; if it does something, it is done
                for name, value in ((node.id, entry), (done(node.id), known_exit | self._index[done(node.id)])):
                    changed |= known[name] != value
                    known[name] = value
        return known

    def _entry(self, node: Node, known: dict[str, int]) -> int:
        everything = sum(self._index.values())
        leading = [known[name] for name in self._leading(node)]
        both = _join(leading) if node.type == "parallelGateway" or not leading else _meet(leading, everything)
        return both | self._index[node.id] | self._triggers(node, known)

    def _triggers(self, node: Node, known: dict[str, int]) -> int:
        """What must have happened for its event to occur; nothing where the file does not say."""
        if not node.catches or not node.events:
            return 0
        everything = sum(self._index.values())
        needs = []
        for kind, name in node.events:
            throwers = self.throwers(kind, name)
            if kind == "timer":
                needs.append(self._index[TIMER])
            elif kind in ("message", "signal") and throwers:
                needs.append(_meet((known[t.id] for t in throwers), everything))
            else:
                needs.append(0)
        return _join(needs) if node.parallel_multiple else _meet(needs, everything)

    def before(self, name: str) -> set[str]:
        return {other for other, bit in self._index.items() if self._before[name] & bit}

    def behind_timer(self, node: Node) -> bool:
        return bool(self._before[node.id] & self._index[TIMER])


def _meet(sets: Iterable[int], everything: int) -> int:
    result = everything
    for value in sets:
        result &= value
    return result


def _join(sets: Iterable[int]) -> int:
    result = 0
    for value in sets:
        result |= value
    return result


def _duration(element: etree._Element) -> str:
    found = element.find(f"{B}timerEventDefinition/{B}timeDuration")
    return (found.text or "").strip() if found is not None else ""


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _ref(text: str) -> str:
    return text.strip().rpartition(":")[2]
