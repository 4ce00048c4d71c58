"""Data of BPMN as variables: places, what is carried between them, and when an activity has its inputs.

BPMN 10.4, 13.3.2: an item-aware element (data object, property, data input or output) is a variable of the scope in
which it is declared. It is null until it is written. A data association carries values when an activity or event
begins (inputs) or has happened (outputs). All that the associations of one side carry is written at once, so that one
that fails leaves no half-made change.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stellwerk.engine.expressions import Expression
from stellwerk.engine.faults import Fault, storable
from stellwerk.engine.script_engine import SCRIPT_ENGINE
from stellwerk.engine.variables import Variables
from stellwerk.feel import MonthsDuration

if TYPE_CHECKING:
    from stellwerk.engine.token import Token

OWN = "$own"  # no BPMN id can be this
SEEN = "$seen"
STORE = "$store"
STATE = "_state"  # after the name of a data object: the variable that holds its state

_TEXT: tuple[type, ...] = (str,)
_WHOLE: tuple[type, ...] = (int,)
_NUMBER: tuple[type, ...] = (int, float, Decimal)
# The types of XML Schema with a meaning here -> what values of JSON and Python fit; dates may be texts.
XSD_TYPES: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("string", "normalizedString", "token", "anyURI", "language", "Name", "NCName", "ID"), _TEXT),
    **dict.fromkeys(("integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger"), _WHOLE),
    **dict.fromkeys(("unsignedInt", "unsignedLong", "negativeInteger", "nonPositiveInteger"), _WHOLE),
    **dict.fromkeys(("decimal", "float", "double"), _NUMBER),
    "boolean": (bool,),
    "dateTime": (datetime, str),
    "date": (date, str),
    "time": (time, str),
    "duration": (timedelta, MonthsDuration, str),
}


@dataclass(frozen=True)
class Place:
    """Where an item-aware element has its value: a variable of a scope.

    `scope` is the id of a process or subprocess, OWN for a variable of the token's own, SEEN for whatever is seen
    under the name, STORE for the data store `store`, which all instances share. `type` is one of XSD_TYPES or empty.
    `state` is written beside the value.
    """

    name: str
    scope: str
    title: str = ""
    type: str = ""
    collection: bool = False
    state: str | None = None
    store: str = ""


@dataclass(frozen=True)
class Assignment:
    """`source` is evaluated; its value goes to a place, or to the part of it at the end of `path`."""

    source: Expression
    place: Place
    path: tuple[str | int, ...] = ()


@dataclass(frozen=True)
class Association:
    """BPMN 10.4.2: a transformation replaces the target, else assignments change it, else the source is copied."""

    title: str
    sources: tuple[Place, ...]
    target: Place | None
    transformation: Expression | None = None
    assignments: tuple[Assignment, ...] = ()


@dataclass(frozen=True)
class InputSet:
    """Data inputs that are used together; `required` must have a value before the activity begins."""

    inputs: frozenset[str]
    required: frozenset[str]


@dataclass(frozen=True)
class NodeData:
    """The data of one activity or event. `declared` are variables of the token's own.

    `outputs` are data outputs that an association reads, `inputs` data inputs that an association fills; those of an
    event are in the order of its event definitions. `sets` is empty for events: they never wait (10.4.2).
    """

    inputs: tuple[Place, ...] = ()
    outputs: tuple[Place, ...] = ()
    into: tuple[Association, ...] = ()
    out: tuple[Association, ...] = ()
    sets: tuple[InputSet, ...] = ()
    declared: tuple[str, ...] = ()

    # -- beginning
    def ready(self, task: Token) -> dict[str, Any] | None:
        """What the token gets as variables of its own; None as long as no input set is available. Raises Fault."""
        exchange = Exchange(task)
        unavailable = {a.target.name for a in self.into if a.target is not None and not exchange.has(a.sources)}
        chosen = next((one for one in self.sets if not one.required & unavailable), None)
        if chosen is None and self.sets:
            return None
        for association in self.into:
            name = association.target.name if association.target is not None else ""
            if name not in unavailable and (chosen is None or name in chosen.inputs or name not in self._input_names):
                exchange.carry(association)
        own = exchange.write_around()
        return {**dict.fromkeys(name for name in self.declared if name not in (task.locals or {})), **own}

    def missing(self, task: Token) -> list[str]:
        """Titles of the sources that have no value yet."""
        exchange = Exchange(task)
        return [p.title for a in self.into for p in a.sources if not exchange.has([p])]

    @property
    def _input_names(self) -> frozenset[str]:
        return frozenset(place.name for place in self.inputs)

    def values(self, task: Token) -> dict[str, Any]:
        """The data inputs of a running activity, by their names."""
        own = task.locals
        return {place.name: own[place.name] for place in self.inputs if own is not None and place.name in own}

    # -- what events throw and catch
    def thrown(self, task: Token, number: int) -> dict[str, Any]:
        """What the event definition with this number carries; one of several has the data input in its place."""
        exchange = Exchange(task)
        for association in self.into:
            if exchange.has(association.sources):
                exchange.carry(association)
        own = exchange.write_around()
        if len(self.inputs) > 1:
            one = self.inputs[number : number + 1]
            return {place.name: own.get(place.name) for place in one}
        return {place.name: own.get(place.name) for place in self.inputs}

    def caught(self, payload: Mapping[str, Any], number: int = 0) -> dict[str, Any]:
        """The data outputs of an event that has happened, as variables of its token.

        An output takes the value of its name. If the payload has no such name, the output of this event definition
        takes the only value that there is, or all values as one object.
        """
        found = {place.name: payload[place.name] for place in self.outputs if place.name in payload}
        if not found and payload and number < len(self.outputs):
            only = next(iter(payload.values())) if len(payload) == 1 else dict(payload)
            found[self.outputs[number].name] = only
        return {**dict.fromkeys(self.declared), **found}

    # -- ending
    def give(self, task: Token) -> None:
        """Carry the outputs that have a value. Raises Fault; then nothing is written."""
        exchange = Exchange(task)
        for association in self.out:
            if exchange.has(association.sources):
                exchange.carry(association)
        own = exchange.write_around()
        if own:
            task.set_locals(own)


class Exchange:
    """Associations of one token that are carried together: each sees what those before it have carried."""

    def __init__(self, task: Token) -> None:
        self.task = task
        self.written: dict[int, tuple[Place, Token | None, dict[str, Any]]] = {}  # by the holder's token, -1: SEEN
        self.own: dict[str, Any] = {}
        self.stores: dict[str, Any] = {}

    # -- reading
    def has(self, places: Iterable[Place]) -> bool:
        """Whether each has a value; a data store is always there, for nobody would tell who waits for it."""
        return all(place.scope == STORE or self.value(place) is not None for place in places)

    def value(self, place: Place) -> Any:
        if place.scope in (OWN, SEEN):
            return self.own.get(place.name) if place.name in self.own else self.task.data.get(place.name)
        if place.scope == STORE:
            known = place.store in self.stores
            return self.stores[place.store] if known else self.task.workflow.top_workflow.read_store(place.store)
        holder = self._holder(place)
        pending = self.written.get(holder.id if holder is not None else 0)
        if pending is not None and place.name in pending[2]:
            return pending[2][place.name]
        layer = holder.locals if holder is not None else self.task.workflow.process.variables
        return layer.get(place.name) if layer is not None else None

    def _holder(self, place: Place) -> Token | None:
        """The token that has the variables of the place's scope; None: the process."""
        if place.scope == self.task.task_spec.bpmn_id:
            return self.task
        scope: Any = self.task.workflow
        while scope is not scope.process and scope.spec.name != place.scope:
            scope = scope.parent_task.workflow
        return None if scope is scope.process else scope.parent_task

    def _evaluate(self, expression: Expression, sources: Sequence[Place]) -> Any:
        named = {place.name: self.value(place) for place in sources}
        return SCRIPT_ENGINE.evaluate(self.task, expression, ChainMap(named, self.own))

    # -- carrying
    def carry(self, association: Association) -> None:
        """Raises Fault for an expression that fails and a value that does not fit its target."""
        target, sources = association.target, association.sources
        if association.transformation is not None:
            if target is not None:
                self.put(association.title, target, self._evaluate(association.transformation, sources))
        elif association.assignments:
            for assignment in association.assignments:
                value = self._evaluate(assignment.source, sources)
                place = assignment.place
                if assignment.path:
                    value = changed_at(self.value(place), assignment.path, value, association.title)
                self.put(association.title, place, value)
        elif target is not None and sources:
            self.put(association.title, target, self.value(sources[0]))
        if target is not None and target.state is not None and target.scope != STORE:
            self._keep(target, target.name + STATE, target.state)

    def put(self, title: str, place: Place, value: Any) -> None:
        """`title` says who carries it. Raises Fault for a value that does not fit the place."""
        checked = storable({place.name: value}, "data")[place.name]
        if not fits(checked, place):
            shown = f"a list of {place.type or 'values'}" if place.collection else place.type
            raise Fault(
                "data",
                f"{title} carries a value of the type {type(checked).__name__} to '{place.title}', whose "
                f"item definition asks for {shown}. Change the value or the item definition, then retry.",
            )
        self._keep(place, place.name, checked)

    def _keep(self, place: Place, name: str, value: Any) -> None:
        if place.scope == OWN:
            self.own[name] = value
            return
        if place.scope == STORE:
            self.stores[place.store] = value
            return
        holder = None if place.scope == SEEN else self._holder(place)
        key = -1 if place.scope == SEEN else holder.id if holder is not None else 0
        self.written.setdefault(key, (place, holder, {}))[2][name] = value

    def write_around(self) -> dict[str, Any]:
        """Write what goes to other places. -> what goes to the token itself."""
        process = self.task.workflow.process
        for place, holder, changed in self.written.values():
            if place.scope == SEEN:
                Variables(process, self.task.enclosing).assign(changed)
            elif holder is not None:
                holder.set_locals(changed)
            else:
                Variables(process, None).assign(changed)
        for store, value in self.stores.items():
            self.task.workflow.top_workflow.write_store(self.task, store, value)
        return self.own


def fits(value: Any, place: Place) -> bool:
    """Whether the value has the type of the item definition; null and unknown structures fit always."""
    if value is None:
        return True
    if place.collection:
        if not isinstance(value, list | tuple):
            return False
        return all(_is_a(item, place.type) for item in value)
    return _is_a(value, place.type)


def _is_a(value: Any, type_name: str) -> bool:
    wanted = XSD_TYPES.get(type_name)
    if wanted is None or value is None:
        return True
    if isinstance(value, bool):
        return bool in wanted
    if isinstance(value, datetime) and datetime not in wanted:
        return False  # every datetime is a date to Python
    return isinstance(value, wanted)


def changed_at(whole: Any, path: Sequence[str | int], value: Any, title: str) -> Any:
    """A copy of `whole` with `value` at the end of the path; objects that are not there yet come into being.

    Raises Fault for an item of a list that is not there, and for a part of something without parts.
    """
    holders: list[Any] = []
    part = whole
    for step in path:
        holder = {} if part is None and isinstance(step, str) else part
        if isinstance(holder, dict) and isinstance(step, str):
            holders.append(dict(holder))
            part = holder.get(step)
        elif isinstance(holder, list | tuple) and isinstance(step, int) and -len(holder) <= step < len(holder):
            holders.append(list(holder))
            part = holder[step]
        else:
            raise Fault(
                "data",
                f"{title} cannot write the part {step!r}: there is no such place in a {type(holder).__name__}. "
                "Write the whole value first, then retry.",
            )
    for holder, step in zip(reversed(holders), reversed(path), strict=True):
        holder[step] = value
        value = holder
    return value
