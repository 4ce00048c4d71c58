"""Links."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator

from stellwerk.engine.diagram import Diagram, FlowNode, label
from stellwerk.engine.lint.fixes import delete
from stellwerk.engine.lint.registry import Finding, rule
from stellwerk.engine.vocabulary import BPMN

_TARGET, _SOURCE = "intermediateCatchEvent", "intermediateThrowEvent"


def _name(node: FlowNode) -> str:
    return (node.definitions[0].get("name") or "").strip()


@rule(
    "link-pair",
    "A link has a name, one target, and at least one source on the same level.",
    clause="10.5.5",
    remedy="Give both halves one name, on one level, with one target.",
    drawn=True,
)
def link_pair(diagram: Diagram) -> Iterator[Finding]:
    for scope in diagram.scopes:
        links = [node for node in scope.nodes if node.kind == "link"]
        targets = Counter(_name(node) for node in links if node.tag == _TARGET)
        sources = {_name(node) for node in links if node.tag == _SOURCE}
        for node in links:
            other: Container[str] = sources if node.tag == _TARGET else targets
            if not _name(node):
                yield node.element, f"The link '{label(node.element)}' has no name. Give both its halves the same name."
            elif _name(node) not in other:
                missing = "source" if node.tag == _TARGET else "target"
                yield (
                    node.element,
                    f"The link '{_name(node)}' has no {missing}. Add one with this name on the same level.",
                )
            elif node.tag == _TARGET and targets[_name(node)] > 1:
                yield node.element, f"The link '{_name(node)}' has several targets. Keep one of them."


@rule(
    "link-lists",
    "The halves of a link that name each other belong together.",
    clause="10.5.5",
    remedy="Let source and target of both halves name each other, or leave them out.",
    drawn=True,
)
def link_lists(diagram: Diagram) -> Iterator[Finding]:
    """`source` and `target` may be left out. A half that says one of them must not contradict the other half."""
    halves = {link.get("id"): link for link in diagram.anywhere("linkEventDefinition")}
    lists = {
        (link, there): {(child.text or "").strip() for child in link.findall(f"{{{BPMN}}}{there}")}
        for link in halves.values()
        for there in ("source", "target")
    }
    for node in diagram.of(_TARGET, _SOURCE):
        there, back = ("source", "target") if node.tag == _TARGET else ("target", "source")
        for link in node.definitions if node.kind == "link" else ():
            for ref in lists.get((link, there), ()):
                other = halves.get(ref)
                named = lists.get((other, back)) if other is not None else None
                if named and link.get("id") not in named:
                    yield (
                        link,
                        f"The link event '{label(node.element)}' names '{ref}' as its {there}, but that half "
                        f"names another {back}. A source link must have a corresponding target link that lists it as "
                        "source. Correct one of them.",
                    )


@rule(
    "link-flows",
    "No flow leads out of the source of a link, and none into its target.",
    clause="10.5.5",
    remedy="Remove the flow: the link leads on.",
    drawn=True,
)
def link_flows(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of(_TARGET, _SOURCE):
        flows = node.incoming if node.tag == _TARGET else node.outgoing
        if node.kind == "link" and flows:
            way, end = ("catch", "incoming") if node.tag == _TARGET else ("throw", "outgoing")
            yield (
                node.element,
                f"The link {way} event '{label(node.element)}' has an {end} sequence flow, but its link leads "
                f"{'to it' if node.tag == _TARGET else 'on'}. Remove the flow.",
                delete(flows[0], "Remove the flow"),
            )
