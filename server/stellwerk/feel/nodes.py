"""The tree of an expression (10.3.1.2). Chains of operators and of steps are flat, so that only brackets nest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .types import Type


@dataclass(frozen=True, slots=True)
class Node:
    """`start` and `end`: the characters of the text that it was read from."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Literal(Node):
    value: Any  # None, bool, str, Decimal, or a temporal value of an at-literal


@dataclass(frozen=True, slots=True)
class Undefined(Node):
    """What the grammar allows and has no meaning, such as `@"tomorrow"` or a key that stands twice: null."""

    problem: str


@dataclass(frozen=True, slots=True)
class Name(Node):
    name: str


@dataclass(frozen=True, slots=True)
class ListOf(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ContextOf(Node):
    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Interval(Node):
    """Rule 8, with two ends."""

    low: Node
    high: Node
    low_included: bool
    high_included: bool


@dataclass(frozen=True, slots=True)
class HalfOpen(Node):
    """Rule 7a: one of < <= > >= (and = !=) with one end point."""

    operator: str
    point: Node


@dataclass(frozen=True, slots=True)
class Negation(Node):
    operand: Node
    times: int


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """Left associative: first op operand op operand ..., all of one precedence."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Between(Node):
    operand: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    operand: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    operand: Node
    type: Type | None
    written: str


@dataclass(frozen=True, slots=True)
class Junction(Node):
    """`and` or `or` of two or more."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class If(Node):
    branches: tuple[tuple[Node, Node], ...]
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Iterator:
    """`name in values`, or `name in values..end`."""

    name: str
    values: Node
    end: Node | None


@dataclass(frozen=True, slots=True)
class For(Node):
    iterators: tuple[Iterator, ...]
    body: Node
    weight: int  # tokens of the body


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    operator: str  # some or every
    iterators: tuple[Iterator, ...]
    body: Node
    weight: int


@dataclass(frozen=True, slots=True)
class FunctionOf(Node):
    parameters: tuple[tuple[str, Type], ...]
    body: Node
    external: bool
    weight: int


@dataclass(frozen=True, slots=True)
class Member:
    name: str
    start: int


@dataclass(frozen=True, slots=True)
class Filter:
    condition: Node
    weight: int
    start: int


@dataclass(frozen=True, slots=True)
class Call:
    """`names` is None if the arguments are positional."""

    arguments: tuple[Node, ...]
    names: tuple[str, ...] | None
    start: int


Step = Member | Filter | Call


@dataclass(frozen=True, slots=True)
class Path(Node):
    """A value and what is done to it: `.name`, `[filter]`, `(arguments)`."""

    first: Node
    steps: tuple[Step, ...]
