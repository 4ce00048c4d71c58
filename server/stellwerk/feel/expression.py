"""The door: text -> Expression or UnaryTests, compiled once, immutable, shared by threads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from . import compile_loops, compile_paths  # noqa: F401  they register what they compile
from .budget import DEFAULT, Budget
from .builtins import FUNCTIONS
from .compiler import INPUT, Test, any_test, compiled, compiled_test, undefined_test
from .convert import deep, lift, moment, to_python
from .errors import BudgetExceeded, FeelSyntaxError
from .names import Names, NameTable, names_of
from .nodes import Node
from .parser import Parser
from .reads import Path, paths_of
from .runtime import Closure, Frame, Run, Value, Warning
from .types import Type

_BUILT_IN = NameTable(FUNCTIONS)
_T = TypeVar("_T")


class Result:
    """`value` in FEEL's classes; `warnings` say why something is null."""

    __slots__ = ("value", "warnings")

    def __init__(self, value: Value, warnings: tuple[Warning, ...]) -> None:
        self.value = value
        self.warnings = warnings

    @property
    def python(self) -> Any:
        """The value in Python's classes (`convert.to_python`)."""
        return to_python(self.value)


class Expression:
    """A compiled expression. `names` are its free variables, `paths` what it reads of them."""

    __slots__ = ("_closure", "names", "node", "paths", "text")

    def __init__(self, text: str, node: Node, closure: Closure, paths: tuple[Path, ...]) -> None:
        self.text = text
        self.node = node
        self._closure = closure
        self.paths = paths
        self.names = _first(paths)

    def evaluate(
        self, context: Mapping[str, Any] | None = None, *, budget: Budget = DEFAULT, now: dt.datetime | None = None
    ) -> Any:
        """The value in Python's classes. Raises BudgetExceeded."""
        run = Run(budget, None if now is None else moment(now))
        try:
            value = self._closure(Frame({} if context is None else context, None, run))
            if value is None or value is True or value is False:
                return value
            return to_python(deep(value, run))
        except RecursionError:
            raise _too_deep() from None

    def run(
        self, context: Mapping[str, Any] | None = None, *, budget: Budget = DEFAULT, now: dt.datetime | None = None
    ) -> Result:
        """The value and the warnings. Raises BudgetExceeded."""
        run = Run(budget, None if now is None else moment(now))
        try:
            value = deep(self._closure(Frame({} if context is None else context, None, run)), run)
        except RecursionError:
            raise _too_deep() from None
        return Result(value, tuple(run.warnings))

    def value_in(self, frame: Frame) -> Value:
        """The value inside of another evaluation, on its budget."""
        return self._closure(frame)

    def __repr__(self) -> str:
        return f"<Expression {self.text!r}>"


class UnaryTests:
    """Compiled unary tests (rule 15): what a cell of a decision table says of its input."""

    __slots__ = ("_negated", "_place", "_tests", "names", "nodes", "paths", "text")

    def __init__(self, text: str, nodes: tuple[Node, ...], negated: bool, paths: tuple[Path, ...]) -> None:
        self.text = text
        self.nodes = nodes
        self.paths = paths
        self.names = _first(paths)
        self._tests: list[Test] = [compiled_test(node) for node in nodes]
        self._negated = negated
        self._place = 0, len(text)

    @property
    def is_any(self) -> bool:
        """`-`: every value satisfies it, also null."""
        return not self._tests

    @property
    def is_negated(self) -> bool:
        return self._negated

    def matches(
        self,
        value: Any,
        context: Mapping[str, Any] | None = None,
        *,
        budget: Budget = DEFAULT,
        now: dt.datetime | None = None,
    ) -> bool:
        """Does the value satisfy the tests? Raises BudgetExceeded."""
        return self.run(value, context, budget=budget, now=now).value is True

    def run(
        self,
        value: Any,
        context: Mapping[str, Any] | None = None,
        *,
        budget: Budget = DEFAULT,
        now: dt.datetime | None = None,
    ) -> Result:
        """True, False, or None where the tests are not defined for the value; and the warnings."""
        run = Run(budget, None if now is None else moment(now))
        frame = Frame({} if context is None else context, None, run)
        try:
            found = self.verdict(frame, lift(value))
        except RecursionError:
            raise _too_deep() from None
        return Result(found, tuple(run.warnings))

    def verdict(self, frame: Frame, value: Value) -> bool | None:
        """Inside of another evaluation, on its budget."""
        if not self._tests:
            return True
        inner = Frame({INPUT: value}, frame, frame.run)
        found = any_test(self._tests, inner, value, self._place)
        return found if found is None or not self._negated else not found

    def warn_undefined(self, value: Value, run: Run) -> None:
        """What `verdict` does where it is None, and who asks knows it already."""
        undefined_test(run, value, self._place)

    def __repr__(self) -> str:
        return f"<UnaryTests {self.text!r}>"


def parse(text: str, names: Names = (), *, types: Mapping[str, Type] | None = None) -> Expression:
    """Read and compile an expression (rule 1).

    `names` are the variables that are known: those of several words or with symbols are found by the longest match. A
    mapping says names inside of names too, a NameTable is prepared once for many texts. `types` are names of types for
    `instance of`. Raises FeelSyntaxError.
    """

    def read() -> Expression:
        parser = Parser(text, names, _BUILT_IN, types or {})
        node = parser.whole_expression()
        return Expression(text, node, compiled(node), paths_of(node, names_of(names)))

    return _read(read, text)


def unary_tests(text: str, names: Names = (), *, types: Mapping[str, Type] | None = None) -> UnaryTests:
    """Read and compile unary tests (rule 15). An empty text is `-`. Raises FeelSyntaxError."""

    def read() -> UnaryTests:
        parser = Parser(text, names, _BUILT_IN, types or {})
        nodes, negated = parser.whole_tests()
        found = [path for node in nodes for path in paths_of(node, names_of(names))]
        return UnaryTests(text, nodes, negated, tuple(dict.fromkeys(found)))

    return _read(read, text)


def _read(read: Callable[[], _T], text: str) -> _T:
    try:
        return read()
    except RecursionError:
        raise FeelSyntaxError("The expression is nested too deeply", text, 0) from None


def _too_deep() -> BudgetExceeded:
    return BudgetExceeded("The expression, or a value in it, is nested too deeply")


def _first(paths: tuple[Path, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(path[0]) for path in paths))
