"""The door: files -> models, each evaluated by the names of its decisions, services and functions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from stellwerk import feel
from stellwerk.errors import Problem, Severity
from stellwerk.feel.convert import deep, lift
from stellwerk.feel.runtime import Undefined

from . import tree
from .compiler import Nodes
from .dialects import Dialects
from .functions import ModelFunction
from .graph import Graph
from .item_types import Item, Types, types_of
from .nodes import Decision, Node, Scope, Service, call_service, given_of, service_result, value_of
from .reader import read
from .run import DmnRun, Kind, Matched, Notice, Spot, Value

Inputs = Mapping[str, Any]
"""Values by the names of inputs; those of an imported model in a mapping under the name of the import."""


class NoSuchDecision(LookupError):
    """The model has no decision, service or function of this name."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`value` in FEEL's classes; `decisions`: the values of the decisions that it came from, by name, but for those
    inside of services that expressions call; `warnings` say why something is null, the first hundred, and as many of
    other kinds; `matched` tells the rules of each table; `read` are the values that were read of those from outside, as
    they were given; `reached`: the value is what the rules of the model say, and nothing in it could not be read, is
    unknown or not supported."""

    value: Value
    decisions: Mapping[str, Value]
    warnings: tuple[Notice, ...]
    matched: tuple[Matched, ...]
    read: Inputs
    reached: bool

    @property
    def python(self) -> Any:
        """The value in Python's classes (`feel.to_python`)."""
        return feel.to_python(self.value)


class Model:
    """One file, compiled, with what it imports. Immutable, shared by threads. `problems` and `tables` are those of this
    file; `dmn.checks` looks at the tables.

    Decisions, services and functions are called by name or id. What cannot be compiled is in `problems`, and a decision
    that needs it gives null.
    """

    __slots__ = ("_decisions", "_functions", "_imported", "_names", "_services", "definitions", "problems", "tables")

    def __init__(
        self, file: tree.Definitions, nodes: Nodes, imported: frozenset[str], problems: tuple[Problem, ...]
    ) -> None:
        self.definitions = file
        self.problems = problems
        self.tables = tuple(nodes.tables.get(file.namespace, ()))
        self._names = nodes.names
        self._imported = imported
        self._decisions: dict[str, Decision] = {}
        self._services: dict[str, Service | None] = {}
        self._functions: dict[str, ModelFunction] = {}
        for position, node in enumerate(file.nodes):
            key = (file.namespace, position)
            found = nodes.nodes.get(key)
            if isinstance(found, Decision):
                _call_it(self._decisions, node, found)
            if key in nodes.services:
                _call_it(self._services, node, nodes.services[key])
            if key in nodes.functions:
                _call_it(self._functions, node, nodes.functions[key])

    @property
    def decisions(self) -> tuple[str, ...]:
        return tuple(node.name for node in self.definitions.nodes if isinstance(node, tree.Decision))

    @property
    def services(self) -> tuple[str, ...]:
        return tuple(node.name for node in self.definitions.nodes if isinstance(node, tree.Service))

    def evaluate(
        self,
        decision: str,
        inputs: Inputs | None = None,
        *,
        decisions: Inputs | None = None,
        surroundings: Inputs | None = None,
        budget: feel.Budget | None = None,
        now: dt.datetime | None = None,
    ) -> Evaluation:
        """The value of a decision. `decisions` are values of others that are known already, by name.

        Inputs that are not given are null; what no input is called is ignored. `surroundings` are values for names that
        an expression reads and its decision does not require: 10.4 has none, files of Camunda rely on them. Raises
        NoSuchDecision, BudgetExceeded, and FeelError for a value that FEEL does not have.
        """
        found = _named(self._decisions, decision)

        def evaluate(run: DmnRun) -> tuple[Value, Scope]:
            scope = self._scope(inputs or {}, decisions or {})
            return value_of(found, scope, run), scope

        return _evaluated(evaluate, DmnRun(budget, now, surroundings))

    def evaluate_service(
        self,
        service: str,
        inputs: Inputs | None = None,
        *,
        decisions: Inputs | None = None,
        surroundings: Inputs | None = None,
        budget: feel.Budget | None = None,
        now: dt.datetime | None = None,
    ) -> Evaluation:
        """The value of a decision service (10.4): its input data are in `inputs`, its input decisions in `decisions`.

        Raises as `evaluate` does.
        """
        found = _named(self._services, service)

        def evaluate(run: DmnRun) -> tuple[Value, Scope]:
            if found is None:
                spot = Spot(self.definitions.file, tree.Place("", None))
                run.note("The decision service is broken", spot, Kind.BROKEN)
                return None, Scope({}, {}, {})
            given = self._scope(inputs or {}, decisions or {})
            values = {node: given.value_given(node) for node in found.parameters}
            scope = call_service(found, values, self._names, run)
            return service_result(found, scope, run), scope

        return _evaluated(evaluate, DmnRun(budget, now, surroundings))

    def call(
        self,
        function: str,
        arguments: Inputs | None = None,
        *,
        budget: feel.Budget | None = None,
        now: dt.datetime | None = None,
    ) -> Evaluation:
        """The value of a business knowledge model or service with named arguments. Raises as `evaluate` does."""
        found = _named(self._functions, function)
        given = {name: lift(value) for name, value in (arguments or {}).items()}

        def evaluate(run: DmnRun) -> tuple[Value, Scope]:
            try:
                return found.call_named(run, tuple(given), list(given.values())), Scope({}, {}, {})
            except Undefined as error:
                spot = Spot(self.definitions.file, tree.Place("", None))
                run.note(str(error), spot, Kind(error.kind.value))
                return None, Scope({}, {}, {})

        return _evaluated(evaluate, DmnRun(budget, now))

    def _scope(self, inputs: Inputs, decisions: Inputs) -> Scope:
        """What an imported model has no value for by the name of its import, it takes from the same name without it."""
        own = self._names.get(self.definitions.namespace, {})
        raw = (inputs, decisions)
        anywhere: dict[Node, Value] = {}
        for namespace, names in self._names.items():
            if namespace in self._imported:
                shared = {name: node for name, node in names.items() if name not in own}
                anywhere |= given_of(raw, shared)
        return Scope(given_of(raw, own), anywhere, self._names, raw)


def _call_it(known: dict[str, Any], node: tree.Node, found: object) -> None:
    """By its name, and by its id where that is no name of another one."""
    known[node.name] = found
    if node.place.id:
        known.setdefault(node.place.id, found)


def _named(known: Mapping[str, Any], name: str) -> Any:
    if name not in known:
        raise NoSuchDecision(f"The model has no '{name}'. It has {', '.join(map(repr, known)) or 'none'}.")
    return known[name]


def _evaluated(evaluate: Callable[[DmnRun], tuple[Value, Scope]], run: DmnRun) -> Evaluation:
    try:
        value, scope = evaluate(run)
        value = deep(value, run)
        decisions = {name: deep(found, run) for name, found in scope.decided().items()}
        matched = run.told()
    except RecursionError:
        raise feel.BudgetExceeded("The model, or a value in it, is nested too deeply") from None
    read = scope.inputs() | ({} if run.around is None else run.around.read)
    return Evaluation(value, decisions, tuple(run.notices), matched, read, run.reached)


# -- loading


@dataclass(frozen=True, slots=True)
class Library:
    """Models that were read together, by namespace; `problems` of all files, in their order."""

    models: Mapping[str, Model]
    problems: tuple[Problem, ...]


def load(files: Iterable[tuple[str, bytes]], dialects: Dialects | None = None) -> Library:
    """Read and compile files (name, content), which may import each other by namespace.

    `dialects` are other languages than FEEL by the name, in lower case, that expressions say (`expressionLanguage`).

    Whatever is wrong is in `problems`; a file that is no DMN at all gives no model.
    """
    problems: list[Problem] = []
    read_files: dict[str, tree.Definitions] = {}
    for name, content in files:
        found, wrong = read(content, name)
        problems += wrong
        if found is not None and found.namespace in read_files:
            problems.append(_twice(found, read_files[found.namespace]))
        elif found is not None:
            read_files[found.namespace] = found
    graph = Graph(read_files)
    nodes = Nodes(graph, _all_types(read_files, problems), dialects or {})
    problems += [*graph.problems, *nodes.problems]
    models = {
        namespace: Model(
            file, nodes, _imported(file, read_files), tuple(each for each in problems if each.file == file.file)
        )
        for namespace, file in read_files.items()
    }
    return Library(models, tuple(problems))


def _twice(file: tree.Definitions, other: tree.Definitions) -> Problem:
    text = f"'{other.file}' has the same namespace '{file.namespace}'. Give one of the two another one."
    return Problem(file.file, 1, None, file.name, "dmn-namespace", text)


def _all_types(files: Mapping[str, tree.Definitions], problems: list[Problem]) -> dict[str, Types]:
    """The types of all files by namespace, each after those of the files that it imports."""
    done: dict[str, Types] = {}
    opened: set[str] = set()
    agenda = list(files)
    while agenda:
        namespace = agenda[-1]
        file = files[namespace]
        missing = [each for each in file.imports if each.namespace in files and each.namespace not in done]
        if namespace in done or (missing and namespace not in opened):
            agenda.pop() if namespace in done else agenda.extend(each.namespace for each in missing)
            opened.add(namespace)
            continue
        for each in missing:
            text = f"'{files[each.namespace].file}' imports this model, and this one imports it. Break the circle."
            problems.append(_problem(file, each.place, "dmn-import-circle", text))
        done[namespace] = _types(file, done, files, problems)
    return done


def _problem(
    file: tree.Definitions, place: tree.Place, rule: str, message: str, severity: Severity = "error"
) -> Problem:
    return Problem(file.file, place.line, place.id or None, None, rule, message, severity)


def _types(
    file: tree.Definitions,
    done: Mapping[str, Types],
    files: Mapping[str, tree.Definitions],
    problems: list[Problem],
) -> Types:
    """The types of a file, with those of the files that it imports under the name of the import."""

    def report(place: tree.Place, rule: str, message: str, severity: Severity = "error") -> None:
        problems.append(_problem(file, place, rule, message, severity))

    known: dict[str, Item] = {}
    for each in file.imports:
        if each.namespace not in files:
            text = f"The model '{each.namespace}' is imported and not there. Add its file."
            report(each.place, "dmn-import", text)
        elif each.namespace in done:
            own = done[each.namespace]
            known |= own.prefixed(f"{each.name}." if each.name else "") | own.prefixed(f"{{{each.namespace}}}")
    return types_of(file.types, known, report)


def _imported(file: tree.Definitions, files: Mapping[str, tree.Definitions]) -> frozenset[str]:
    """The namespaces of all models that it imports, directly or not."""
    found: set[str] = set()
    waiting = [file]
    while waiting:
        for each in waiting.pop().imports:
            if each.namespace in files and each.namespace not in found:
                found.add(each.namespace)
                waiting.append(files[each.namespace])
    return frozenset(found - {file.namespace})
