"""A DMN file as it was written: what the reader finds, what the compiler, checks and editor look at. Immutable.

Names are those of the DMN 1.5 metamodel (chapters 6 to 8 and 10.2).
"""

from __future__ import annotations

from dataclasses import dataclass

from .versions import Version


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: the id of the element, or "", and its line in the file."""

    id: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Variable:
    """InformationItem (7.3.5): a name and the name of a type, or ""."""

    place: Place
    name: str
    type: str


# -- boxed expressions


@dataclass(frozen=True, slots=True)
class Expression:
    """`type` is the name of the type of its value, or ""."""

    place: Place
    type: str


@dataclass(frozen=True, slots=True)
class Literal(Expression):
    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Missing(Literal):
    """Nothing stands where an expression must; the reader has told it."""


@dataclass(frozen=True, slots=True)
class Tests:
    """UnaryTests (7.3.11)."""

    place: Place
    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class ContextEntry:
    """An entry without a variable is the result of the context."""

    place: Place
    variable: Variable | None
    value: Expression


@dataclass(frozen=True, slots=True)
class Context(Expression):
    entries: tuple[ContextEntry, ...]


@dataclass(frozen=True, slots=True)
class Binding:
    parameter: Variable
    value: Expression | None


@dataclass(frozen=True, slots=True)
class Invocation(Expression):
    called: Expression
    bindings: tuple[Binding, ...]


@dataclass(frozen=True, slots=True)
class ListOf(Expression):
    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Relation(Expression):
    columns: tuple[Variable, ...]
    rows: tuple[tuple[Expression, ...], ...]


@dataclass(frozen=True, slots=True)
class FunctionDefinition(Expression):
    """`kind` is FEEL, Java or PMML."""

    kind: str
    parameters: tuple[Variable, ...]
    body: Expression | None


@dataclass(frozen=True, slots=True)
class Conditional(Expression):
    condition: Expression
    then: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class Loop(Expression):
    """`for`, `some` or `every`: `kind` says which."""

    kind: str
    variable: str
    values: Expression
    values_type: str
    body: Expression


@dataclass(frozen=True, slots=True)
class Filter(Expression):
    values: Expression
    match: Expression


# -- decision tables (chapter 8)


@dataclass(frozen=True, slots=True)
class InputClause:
    place: Place
    label: str
    expression: Literal
    values: Tests | None


@dataclass(frozen=True, slots=True)
class OutputClause:
    place: Place
    label: str
    name: str
    type: str
    values: Tests | None
    default: Literal | None


@dataclass(frozen=True, slots=True)
class Rule:
    place: Place
    inputs: tuple[Tests, ...]
    outputs: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class DecisionTable(Expression):
    """`hit_policy` and `aggregation` as written in the file, upper case."""

    hit_policy: str
    aggregation: str
    inputs: tuple[InputClause, ...]
    outputs: tuple[OutputClause, ...]
    rules: tuple[Rule, ...]


# -- types (7.3.2)


@dataclass(frozen=True, slots=True)
class ItemDefinition:
    """`type` refers to another type; else it has components, or is a function."""

    place: Place
    name: str
    type: str
    is_collection: bool
    allowed: Tests | None
    constraint: Tests | None
    components: tuple[ItemDefinition, ...]
    function: FunctionItem | None


@dataclass(frozen=True, slots=True)
class FunctionItem:
    parameters: tuple[Variable, ...]
    result: str


# -- the requirements graph (chapter 6)


@dataclass(frozen=True, slots=True)
class Reference:
    """The href of an element: a namespace, or "" for the same file, and an id."""

    place: Place
    namespace: str
    id: str


@dataclass(frozen=True, slots=True)
class Node:
    """A DRG element. `variable` has the name and type of its value."""

    place: Place
    name: str
    variable: Variable


@dataclass(frozen=True, slots=True)
class InputData(Node):
    pass


@dataclass(frozen=True, slots=True)
class Decision(Node):
    requires: tuple[Reference, ...]
    knowledge: tuple[Reference, ...]
    logic: Expression | None
    version_tag: str = ""


@dataclass(frozen=True, slots=True)
class Knowledge(Node):
    """BusinessKnowledgeModel."""

    knowledge: tuple[Reference, ...]
    logic: FunctionDefinition | None


@dataclass(frozen=True, slots=True)
class Service(Node):
    """DecisionService."""

    outputs: tuple[Reference, ...]
    encapsulated: tuple[Reference, ...]
    input_decisions: tuple[Reference, ...]
    input_data: tuple[Reference, ...]
    version_tag: str = ""


@dataclass(frozen=True, slots=True)
class Import:
    """`name` is the name by which its elements are called, or "": then they have none of their own."""

    place: Place
    name: str
    namespace: str


@dataclass(frozen=True, slots=True)
class Definitions:
    """One file. `nodes` in the order of the file; those without an id cannot be referred to."""

    file: str
    name: str
    namespace: str
    version: Version
    imports: tuple[Import, ...]
    types: tuple[ItemDefinition, ...]
    nodes: tuple[Node, ...]
