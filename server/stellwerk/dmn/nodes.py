"""Compiled nodes of the requirements graph and their values: each once in a scope, and only if something reads it.

What a decision reads is known from its expressions, so that an agenda evaluates what comes first: a chain of decisions
of any length does not recurse.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stellwerk.feel.convert import lift
from stellwerk.feel.runtime import Frame

from .item_types import Item, fitted
from .run import Box, DmnRun, Spot, Value

Path = tuple[str, ...]
"""How expressions call something: `("name",)`, or `("import", "name")`."""


@dataclass(frozen=True, slots=True, eq=False)
class Input:
    """Input data."""

    name: str
    item: Item
    spot: Spot


@dataclass(frozen=True, slots=True)
class Need:
    """What an expression reads, and how it calls it. `namespace`: that of the import, or "" for the same file."""

    path: Path
    node: Node
    namespace: str
    is_part: bool = False  # of the value, which is a context


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """`needs` is what its expression reads. `known`: functions by name, those of imports in a mapping of their own.

    `outputs`: required decisions that it reads by the name of an output of their table, not by their own. That is how
    Camunda 7 has it; it counts only where names may come from the surroundings.
    """

    name: str
    item: Item
    box: Box
    needs: tuple[Need, ...]
    outputs: tuple[Need, ...]
    known: Mapping[str, Value]
    spot: Spot


Node = Input | Decision
Names = Mapping[str, Mapping[str, Node]]
"""The inputs and decisions that can be given, by namespace and name."""


@dataclass(frozen=True, slots=True, eq=False)
class Service:
    """`parameters`: the input data, then the input decisions."""

    parameters: tuple[Node, ...]
    outputs: tuple[Decision, ...]
    result: Item
    spot: Spot


class Scope:
    """Values of one evaluation, or of one call of a decision service.

    An imported model has a scope of its own inside: where two imports lead to the same model, the values of its inputs
    can differ. `given` are the values from outside; those in `anywhere` stand for the same node in all inner scopes.
    """

    __slots__ = ("anywhere", "given", "inner", "names", "raw", "values")

    def __init__(
        self,
        given: Mapping[Node, Value],
        anywhere: Mapping[Node, Value],
        names: Names,
        raw: tuple[Mapping[str, Any], ...] = (),
    ) -> None:
        self.given = given
        self.anywhere = anywhere
        self.names = names
        self.raw = raw
        self.values: dict[Node, Value] = {}
        self.inner: dict[str, Scope] = {}

    def of(self, need: Need) -> Scope:
        """The scope in which a need has its value."""
        if not need.namespace:
            return self
        name = need.path[0] if len(need.path) > 1 else ""
        key = f"{name} {need.namespace}"
        if key not in self.inner:
            raw = self.raw if not name else tuple(_mapping(each, name) for each in self.raw)
            given = given_of(raw, self.names.get(need.namespace, {}))
            self.inner[key] = Scope(given, self.anywhere, self.names, raw)
        return self.inner[key]

    def is_given(self, node: Node) -> bool:
        return node in self.given or node in self.anywhere

    def value_given(self, node: Node) -> Value:
        return self.given[node] if node in self.given else self.anywhere.get(node)

    def decided(self) -> dict[str, Value]:
        """The values of all decisions that were evaluated, those of imports by `import.name`."""
        found: dict[str, Value] = {}
        for prefix, scope in self._all():
            for node, value in scope.values.items():
                if isinstance(node, Decision):
                    found.setdefault(prefix + node.name, value)
        return found

    def inputs(self) -> dict[str, Any]:
        """The values of all inputs that were read, as they were given; those of imports by `import.name`."""
        return {
            prefix + node.name: scope.value_given(node)
            for prefix, scope in self._all()
            for node in scope.values
            if isinstance(node, Input)
        }

    def _all(self) -> Iterator[tuple[str, Scope]]:
        """This one and those inside, with what stands before their names."""
        waiting = [("", self)]
        while waiting:
            prefix, scope = waiting.pop()
            yield prefix, scope
            for key, inner in scope.inner.items():
                name = key.rpartition(" ")[0]
                waiting.append((f"{prefix}{name}." if name else prefix, inner))


def _mapping(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = values.get(name)
    return found if isinstance(found, Mapping) else {}


_KINDS: tuple[type[Input] | type[Decision], ...] = (Input, Decision)


def given_of(raw: tuple[Mapping[str, Any], ...], names: Mapping[str, Node]) -> dict[Node, Value]:
    """The nodes that the names mean: an input takes its value from the first mapping, a decision from the second."""
    found: dict[Node, Value] = {}
    for values, kind in zip(raw, _KINDS, strict=False):
        for name, value in values.items():
            node = names.get(name)
            if node is not None and isinstance(node, kind):
                found[node] = value
    return found


def value_of(wanted: Decision, root: Scope, run: DmnRun) -> Value:
    """The value of a decision, after those that it needs. Raises BudgetExceeded."""
    agenda: list[tuple[Scope, Node]] = [(root, wanted)]
    while agenda:
        scope, node = agenda[-1]
        run.charge(1)
        if node in scope.values:
            agenda.pop()
        elif scope.is_given(node):
            scope.values[node] = _given(node, scope, run)
        else:
            assert isinstance(node, Decision)
            missing = _missing(node, scope, run)
            if missing:
                agenda.extend(missing)
            else:
                scope.values[node] = _decided(node, scope, run)
    return root.values[wanted]


def _missing(decision: Decision, scope: Scope, run: DmnRun) -> list[tuple[Scope, Node]]:
    """The decisions without a value that it needs; inputs get theirs at once."""
    found: list[tuple[Scope, Node]] = []
    for need in decision.needs if run.around is None else (*decision.needs, *decision.outputs):
        inner, node = scope.of(need), need.node
        if node in inner.values:
            continue
        if isinstance(node, Input):
            run.charge(1)
            inner.values[node] = _given(node, inner, run)
        else:
            found.append((inner, node))
    return found


def _given(node: Node, scope: Scope, run: DmnRun) -> Value:
    """The value from outside in the type of the node. What is not given is null."""
    if not scope.is_given(node):
        return None
    return fitted(lift(scope.value_given(node)), node.item, run, node.spot)


def _decided(decision: Decision, scope: Scope, run: DmnRun) -> Value:
    names = dict(decision.known)
    for need in decision.needs:
        path, value = need.path, scope.of(need).values[need.node]
        if len(path) == 1:
            names[path[0]] = value
        else:
            names[path[0]] = {**names.get(path[0], {}), path[1]: value}
    for need in () if run.around is None else decision.outputs:
        value = scope.of(need).values[need.node]
        names[need.path[-1]] = value.get(need.path[-1]) if need.is_part and isinstance(value, dict) else value
    run.charge(decision.box.weight)
    value = decision.box.closure(Frame(names, run.frame, run))
    return fitted(value, decision.item, run, decision.spot)


def call_service(service: Service, given: Mapping[Node, Value], names: Names, run: DmnRun) -> Scope:
    """A scope of its own, in which the output decisions have their values; parameters that are not given are null."""
    values: dict[Node, Value] = dict.fromkeys(service.parameters) | dict(given)
    scope = Scope(values, values, names)
    for decision in service.outputs:
        value_of(decision, scope, run)
    return scope


def service_result(service: Service, scope: Scope, run: DmnRun) -> Value:
    """The value of one output decision, or a context of several (10.4)."""
    if len(service.outputs) == 1:
        value = scope.values[service.outputs[0]]
    else:
        value = {decision.name: scope.values[decision] for decision in service.outputs}
    return fitted(value, service.result, run, service.spot)
