"""Data inputs and outputs of activities and events, with their associations."""

from __future__ import annotations

import re
from dataclasses import replace

from stellwerk.engine.data import OWN, SEEN, Assignment, Association, InputSet, NodeData, Place
from stellwerk.engine.diagram import XML, children, label
from stellwerk.engine.diagram.normalise import local_name
from stellwerk.engine.diagram.places import refs
from stellwerk.engine.diagram.reader import Reader
from stellwerk.engine.expressions import Expression

_STEP = re.compile(r"""\.([^\W\d]\w*)|\[\s*(-?\d+)\s*\]|\[\s*'([^']*)'\s*\]|\[\s*"([^"]*)"\s*\]""")
_BASE = re.compile(r"[^\W\d][\w\-]*")
_WRAPPED = re.compile(r"[$#]\{\s*(.*?)\s*\}", re.DOTALL)


class DataReader:
    """Reads what one activity or event takes and gives."""

    def __init__(self, reader: Reader) -> None:
        self.reader, self.places = reader, reader.places

    def of(self, node: XML) -> NodeData | None:
        """None for what has no data that is carried."""
        into = self._associations(node, "dataInputAssociation")
        out = self._associations(node, "dataOutputAssociation")
        own = [place for p in children(node, "property") if (place := self.places.of(p.get("id") or "")) is not None]
        own = [place for place in own if place.scope == OWN]
        if not (into or out or own):
            return None
        inputs, outputs = self._data(node, "dataInput"), self._data(node, "dataOutput")
        filled = {a.target.name for a in into if a.target is not None}
        read = {place.name for a in out for place in a.sources}
        declared = [p.name for p in inputs if p.name in filled] + [p.name for p in outputs if p.name in read]
        declared += [place.name for place in own]
        return NodeData(
            inputs=inputs,
            outputs=outputs if out else (),
            into=into,
            out=out,
            sets=self._sets(node, inputs),
            declared=tuple(dict.fromkeys(declared)),
        )

    def _data(self, node: XML, tag: str) -> tuple[Place, ...]:
        holders = [node, *children(node, "ioSpecification")]
        places = [self.places.of(e.get("id") or "") for holder in holders for e in children(holder, tag)]
        return tuple(place for place in places if place is not None)

    def _sets(self, node: XML, inputs: tuple[Place, ...]) -> tuple[InputSet, ...]:
        """BPMN 10.4.1: in the order of the file; without any, all inputs are one set."""
        specifications = children(node, "ioSpecification")
        sets = [self._set(one) for holder in specifications for one in children(holder, "inputSet")]
        everything = frozenset(place.name for place in inputs)
        return tuple(sets) or ((InputSet(everything, everything),) if specifications else ())

    def _set(self, one: XML) -> InputSet:
        names = {
            tag: self._names(one, tag) for tag in ("dataInputRefs", "optionalInputRefs", "whileExecutingInputRefs")
        }
        inputs, *free = names.values()
        return InputSet(inputs, inputs.difference(*free))

    def _names(self, one: XML, tag: str) -> frozenset[str]:
        places = map(self.places.of, refs(one, tag))
        return frozenset(place.name for place in places if place is not None)

    # -- associations
    def _associations(self, node: XML, tag: str) -> tuple[Association, ...]:
        return tuple(self._association(node, one) for one in self.places.associations(node, tag))

    def _association(self, node: XML, one: XML) -> Association:
        sources = tuple(p for p in map(self.places.of, refs(one, "sourceRef")) if p is not None)
        target = next((self.places.of(ref) for ref in refs(one, "targetRef")), None)
        kind = "input" if local_name(one) == "dataInputAssociation" else "output"
        return Association(
            title=f"The data {kind} association {one.get('id') or ''} of '{label(node)}'".replace("  ", " "),
            sources=sources,
            target=target,
            transformation=self._transformation(one),
            assignments=tuple(self._assignments(node, one, (*sources, *((target,) if target else ())))),
        )

    def _transformation(self, one: XML) -> Expression | None:
        return self.reader.expression(one, "transformation")

    def _assignments(self, node: XML, one: XML, near: tuple[Place, ...]) -> list[Assignment]:
        found = []
        for element in children(one, "assignment"):
            source = self.reader.expression(element, "from")
            to = self._to(self.reader.text(element, "to"), near)
            if to is None:
                self.reader.problem(
                    element,
                    "assignment-target",
                    f"The target '{self.reader.text(element, 'to')}' of an assignment of '{label(node)}' is no place "
                    "that can be written. Name a variable or a data element, or a part of one, such as order.lines[0].",
                )
            elif source is not None:
                found.append(Assignment(source, *to))
        return found

    def _to(self, text: str, near: tuple[Place, ...]) -> tuple[Place, tuple[str | int, ...]] | None:
        """A variable or the id of a data element, then steps into its value; without text the target itself."""
        wrapped = _WRAPPED.fullmatch(text)
        text = wrapped[1] if wrapped else text
        if not text:
            return (near[-1], ()) if near else None
        base = _BASE.match(text)
        if base is None:
            return None
        steps: list[str | int] = []
        position = base.end()
        while position < len(text):
            step = _STEP.match(text, position)
            if step is None:
                return None
            name, index, *quoted = step.groups()
            steps.append(int(index) if index is not None else next(n for n in (name, *quoted) if n is not None))
            position = step.end()
        return self._base(base[0], near), tuple(steps)

    def _base(self, name: str, near: tuple[Place, ...]) -> Place:
        """By its id, else by the name of the target or a source, else whatever variable has the name."""
        by_id = self.places.of(name)
        if by_id is not None:
            return by_id
        return next((place for place in reversed(near) if place.name == name), Place(name, SEEN, name))


def split(data: NodeData | None, collection: str, results: str) -> tuple[NodeData | None, NodeData | None]:
    """-> what belongs to a multi-instance activity as a whole, and to each of its instances.

    `collection` and `results` are the names of loopDataInput and loopDataOutput: they are filled and read once.
    """
    if data is None:
        return None, None
    into = [a for a in data.into if a.target is not None and a.target.name == collection]
    out = [a for a in data.out if any(place.name == results for place in a.sources)]
    names = {collection, results}
    whole = NodeData(
        inputs=tuple(p for p in data.inputs if p.name == collection),
        outputs=tuple(p for p in data.outputs if p.name == results),
        into=tuple(into),
        out=tuple(out),
        sets=tuple(InputSet(s.inputs & names, s.required & names) for s in data.sets),
        declared=tuple(name for name in data.declared if name in names),
    )
    each = replace(
        data,
        into=tuple(a for a in data.into if a not in into),
        out=tuple(a for a in data.out if a not in out),
        sets=tuple(InputSet(s.inputs - names, s.required - names) for s in data.sets),
        declared=tuple(name for name in data.declared if name not in names),
    )
    return (whole if into or out else None), each
