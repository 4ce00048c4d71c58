"""Linked nodes -> compiled nodes. Each once, after what it requires."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from stellwerk.errors import Problem, Severity

from . import tree
from .boxes import Compiler
from .dialects import Dialects
from .functions import KnowledgeFunction, ModelFunction, Parameter, ServiceFunction
from .graph import Edge, Graph, Key, Linked
from .item_types import Item, Known, Types, result_of
from .nodes import Decision, Input, Need, Node, Service, call_service, service_result
from .room import Room
from .run import Box, DmnRun, Kind, Spot, Value
from .tables import Written


class Nodes:
    """Everything that is compiled of some files, by key."""

    def __init__(self, graph: Graph, types: Mapping[str, Types], dialects: Dialects) -> None:
        self.problems: list[Problem] = []
        self._graph = graph
        self._dialects = dialects
        self._room = Room()
        self._knowns: dict[int, Known] = {}  # by the identity of the type
        self.nodes: dict[Key, Node] = {}
        self.services: dict[Key, Service | None] = {}  # None: broken
        self.functions: dict[Key, ModelFunction] = {}
        self.names: dict[str, dict[str, Node]] = {}
        self.tables: dict[str, list[Written]] = {}  # of each namespace, for the checks
        self._types = types
        self._items: dict[Key, Item] = {}
        for linked in graph.order:
            variable = linked.node.variable
            self._items[linked.key] = self._compiler(linked).item(variable.type, variable.place)
        for linked in graph.order:
            compiler = self._compiler(linked)
            _COMPILERS[type(linked.node)](self, linked, compiler)
            self.tables.setdefault(linked.key[0], []).extend(compiler.tables)
        for linked in graph.order:
            if isinstance(linked.node, tree.Service):
                self._finish(linked)
            elif linked.key in self.nodes:
                names = self.names.setdefault(linked.key[0], {})
                names |= dict.fromkeys((linked.node.variable.name, linked.node.name), self.nodes[linked.key])

    def _compiler(self, linked: Linked) -> Compiler:
        """Problems in an expression are told with the node that it belongs to."""
        name = linked.node.name

        def report(place: tree.Place, rule: str, message: str, severity: Severity = "error") -> None:
            id = place.id or linked.node.place.id
            self.problems.append(Problem(linked.file.file, place.line, id, name, rule, message, severity))

        return Compiler(linked.file.file, linked.node, self._types[linked.key[0]], report, self._dialects, self._room)

    def _input(self, linked: Linked, compiler: Compiler) -> None:
        node = linked.node
        item = self._items[linked.key]
        self.nodes[linked.key] = Input(node.name, item, compiler.spot(node.place))

    def _decision(self, linked: Linked, compiler: Compiler) -> None:
        node = linked.node
        assert isinstance(node, tree.Decision)
        item = self._items[linked.key]
        box, needs, known = self._logic(linked, compiler, node)
        outputs = tuple(self._outputs(linked, box, {need.path[0] for need in needs} | known.keys()))
        spot = compiler.spot(node.place)
        self.nodes[linked.key] = Decision(node.name, item, box, needs, outputs, known, spot)

    def _logic(
        self, linked: Linked, compiler: Compiler, node: tree.Decision
    ) -> tuple[Box, tuple[Need, ...], Mapping[str, Value]]:
        place = node.place
        if linked.is_broken:
            return compiler.null(place, "The requirements of the decision are broken"), (), {}
        if node.logic is None:
            return compiler.without_logic(place, f"The decision '{node.name}' has no expression"), (), {}
        required, functions = linked.edges["requires"], linked.edges["knowledge"]
        box = compiler.compiled(node.logic, self._names((*required, *functions)))
        needs = [
            Need(edge.path, self.nodes[edge.key], edge.namespace) for edge in required if edge.path[0] in box.reads
        ]
        return box, tuple(needs), self._known(functions)

    def _outputs(self, linked: Linked, box: Box, known: set[str]) -> Iterator[Need]:
        """Of the tables of required decisions, those whose name is read and means nothing else."""
        for edge in () if linked.is_broken else linked.edges["requires"]:
            node, logic = self.nodes[edge.key], getattr(self._graph.nodes[edge.key].node, "logic", None)
            if isinstance(logic, tree.DecisionTable):
                for output in logic.outputs:
                    if output.name in box.reads - known:
                        yield Need((*edge.path[:-1], output.name), node, edge.namespace, len(logic.outputs) > 1)

    def _names(self, edges: Iterable[Edge]) -> dict[str, Any]:
        """The names that an expression may use, each with those inside of it."""
        names: dict[str, Any] = {}
        for edge in edges:
            inside = self._known_of(self._items[edge.key])
            if len(edge.path) == 1:
                names[edge.path[0]] = inside
            else:
                names.setdefault(edge.path[0], {})[edge.path[1]] = inside
        return names

    def _known_of(self, item: Item) -> Known:
        found = self._knowns.get(id(item))
        if found is None:
            found = self._knowns[id(item)] = Known(item)  # which holds the item
        return found

    def _known(self, edges: Iterable[Edge]) -> dict[str, Value]:
        known: dict[str, Any] = {}
        for edge in edges:
            function = self.functions[edge.key]
            if len(edge.path) == 1:
                known[edge.path[0]] = function
            else:
                known.setdefault(edge.path[0], {})[edge.path[1]] = function
        return known

    def _knowledge(self, linked: Linked, compiler: Compiler) -> None:
        """The type of the variable is that of the function, or of its result: both are written."""
        node = linked.node
        assert isinstance(node, tree.Knowledge)
        result = result_of(self._items[linked.key])
        name = node.variable.name
        edges = linked.edges["knowledge"]
        known: dict[str, Value] = {}
        parameters = () if node.logic is None else compiler.parameters(node.logic)
        if linked.is_broken:
            body = compiler.null(node.place, "The requirements of the business knowledge model are broken")
        elif node.logic is None:
            body = compiler.without_logic(node.place, f"The function '{node.name}' has no expression")
        else:
            known = self._known(edges)
            body = compiler.body(node.logic, parameters, {**self._names(edges), name: {}})
        function = KnowledgeFunction(name, parameters, result, compiler.typed(body, result, node.place))
        function.known.update({name: function, **known})
        self.functions[linked.key] = function

    def _service(self, linked: Linked, compiler: Compiler) -> None:
        """Its function; what it evaluates is put together when all decisions are there (`_finish`)."""
        node, key = linked.node, linked.key
        assert isinstance(node, tree.Service)
        if not node.outputs:
            text = f"The decision service '{node.name}' has no output decision. Give it one."
            compiler.report(node.place, "dmn-service-output", text)
            linked.is_broken = True

        def evaluate(run: DmnRun, arguments: list[Value]) -> Value:
            service = self.services[key]
            if service is None:
                return run.note("The requirements of the decision service are broken", spot, Kind.BROKEN)
            scope = call_service(service, dict(zip(service.parameters, arguments, strict=True)), self.names, run)
            return service_result(service, scope, run)

        spot = compiler.spot(node.place)
        parameters = [Parameter(edge.path[-1], self._items[edge.key]) for edge in _parameters(linked)]
        result = result_of(self._items[key])
        self.functions[key] = ServiceFunction(node.variable.name, parameters, result, evaluate)

    def _finish(self, linked: Linked) -> None:
        node, key = linked.node, linked.key
        self.services[key] = None
        outputs = [self.nodes[edge.key] for edge in linked.edges["outputs"]]
        decisions = tuple(each for each in outputs if isinstance(each, Decision))
        if linked.is_broken or not decisions:
            return
        parameters = tuple(self.nodes[edge.key] for edge in _parameters(linked))
        spot = Spot(linked.file.file, node.place)
        result = result_of(self._items[key])
        self.services[key] = Service(parameters, decisions, result, spot)


def _parameters(linked: Linked) -> list[Edge]:
    """Input data, then input decisions (10.4)."""
    return [edge for kind in ("input_data", "input_decisions") for edge in linked.edges[kind]]


_COMPILERS: dict[type[tree.Node], Callable[[Nodes, Linked, Compiler], None]] = {
    tree.InputData: Nodes._input,
    tree.Decision: Nodes._decision,
    tree.Knowledge: Nodes._knowledge,
    tree.Service: Nodes._service,
}
