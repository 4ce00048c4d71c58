"""Expressions of a diagram: which language a text is in, and who evaluates it.

`${...}` and `#{...}` are the plain subset of Camunda 7's expression language (juel.py). Everything else is Python:
in process when it lies in the small subset (python_subset.py) and its values are of moderate size, else in the
sandbox of the host. Texts that begin with `=` are FEEL, which is refused by name until it is there.
"""

from __future__ import annotations

import ast
import builtins
import symtable
import threading
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from stellwerk.engine.expressions import bounded, juel
from stellwerk.engine.expressions.bounded import TooCostly
from stellwerk.engine.expressions.closures import Compiled, Mistake
from stellwerk.engine.expressions.juel_operators import as_truth
from stellwerk.engine.expressions.python_subset import compile_subset
from stellwerk.engine.expressions.reads import Path, python_paths
from stellwerk.engine.host import Evaluator
from stellwerk.errors import ExpressionInvalid, ScriptFailed

__all__ = ["MAX_LENGTH", "Expression", "ExpressionInvalid", "literal", "names_of_script", "parse_expression"]

MAX_LENGTH = 20_000
"""Longest expression, in characters."""
_CACHED = 2048
_MAX_CACHED_LENGTH = 2_000
_SYNTAX_ERRORS = (SyntaxError, ValueError, RecursionError, MemoryError)


@dataclass(frozen=True)
class Expression:
    """A checked expression; immutable, shared by threads."""

    text: str
    names: frozenset[str]
    """The variables that it may read, without those that it binds itself."""
    in_process: bool
    """Evaluated without the sandbox, unless its values turn out to be too large for that."""
    language: str = "python"
    is_literal: bool = False
    """The value is always the text itself."""
    paths: tuple[Path, ...] = ()
    """What it reads of these variables, as far as the text says it."""
    _compiled: Compiled | None = field(default=None, repr=False, compare=False)

    def evaluate(self, variables: Mapping[str, Any], host: Evaluator) -> Any:
        """The value. Raises ScriptFailed that says what is wrong with which variable."""
        if self._compiled is None:
            return host.evaluate(self.text, variables)
        try:
            return _run(self._compiled, variables)
        except TooCostly:
            if self.language != "python":
                raise ScriptFailed(_failed(self.text, _TOO_LARGE)) from None
        except Mistake as mistake:
            raise ScriptFailed(_failed(self.text, str(mistake))) from None
        except ZeroDivisionError:
            raise ScriptFailed(_failed(self.text, "It divides by zero. Test the divisor first.")) from None
        except (ArithmeticError, ValueError, TypeError, RecursionError) as error:
            reason = str(error) or type(error).__name__
            raise ScriptFailed(_failed(self.text, f"{reason}. Check the variables.")) from None
        return host.evaluate(self.text, variables)

    def evaluate_condition(self, variables: Mapping[str, Any], host: Evaluator) -> bool:
        """The value as yes or no: Python's rule for Python; `${...}` must give a truth value, as in Camunda 7."""
        value = self.evaluate(variables, host)
        if self.language != "juel":
            return bool(value)
        try:
            return as_truth(value)
        except Mistake as mistake:
            raise ScriptFailed(_failed(self.text, str(mistake))) from None


_TOO_LARGE = "Its values are too large for ${...}. Use a Python expression or a script task."


def _run(compiled: Compiled, variables: Mapping[str, Any]) -> Any:
    meter = bounded.new_meter()
    result = compiled.run(variables, meter)
    if compiled.builds and type(result) in bounded.CONTAINERS:
        # Shared parts count as often as they occur: x = [x, x], again and again, must not become a bomb.
        bounded.weigh(result, meter)
    return result


def _failed(text: str, reason: str) -> str:
    shown = text if len(text) <= 100 else text[:99] + "…"
    return f"The expression '{shown}' failed. {reason}"


def parse_expression(text: str) -> Expression:
    """Check an expression and prepare it. Raises ExpressionInvalid. The same short text gives the same value."""
    if len(text) > _MAX_CACHED_LENGTH:
        return _parse(text)
    return _parse_cached(text)


def _parse(text: str) -> Expression:
    if len(text) > MAX_LENGTH:
        raise ExpressionInvalid(f"The expression has {len(text)} characters; at most {MAX_LENGTH} are allowed.", 0)
    stripped = text.strip()
    if not stripped:
        raise ExpressionInvalid("The expression is empty. Write a condition or a value.", 0)
    if stripped.startswith("="):
        raise ExpressionInvalid(FEEL_LATER, 0)
    if stripped[:2] in ("${", "#{"):
        return _parse_juel(text, stripped)
    return _parse_python(stripped, len(text) - len(text.lstrip()))


_parse_cached = lru_cache(maxsize=_CACHED)(_parse)

FEEL_LATER = (
    "The text begins with '=', so it is FEEL. FEEL is not supported yet. "
    "Write Python (amount > 1000) or the plain form ${amount > 1000}."
)


def literal(text: str) -> Expression:
    """An expression whose value is the text itself."""
    compiled = Compiled(lambda variables, meter: text, frozenset(), False)
    return Expression(text, frozenset(), True, "literal", True, _compiled=compiled)


def variable(name: str) -> Expression:
    """An expression whose value is that of the variable, also if no expression could name it; null without one."""
    compiled = Compiled(lambda variables, meter: variables.get(name), frozenset((name,)), False)
    return Expression(name, frozenset((name,)), True, "python", False, ((name,),), compiled)


def _parse_juel(text: str, stripped: str) -> Expression:
    start = len(text) - len(text.lstrip())
    end = juel.end_of_expression(text, start)
    if end != start + len(stripped):
        raise ExpressionInvalid(
            "After the closing } more text follows. A condition is one ${...} from beginning to end.", end
        )
    return juel_expression(text, start, end)


def juel_expression(text: str, start: int, end: int) -> Expression:
    """The Expression of `text[start:end]`, which is one whole ${...}."""
    compiled = juel.compile_juel(text, start + 2, end - 1)
    return Expression(text[start:end], compiled.names, True, "juel", paths=compiled.paths, _compiled=compiled)


def _parse_python(text: str, shift: int) -> Expression:
    tree = _syntax_tree(text, shift)
    compiled = compile_subset(tree)
    if compiled is not None:
        paths = python_paths(tree, compiled.names)
        return Expression(text, compiled.names, True, paths=paths, _compiled=compiled)
    if any(isinstance(node, ast.Yield | ast.YieldFrom | ast.Await) for node in ast.walk(tree)):
        raise ExpressionInvalid("An expression cannot wait (yield, await). Use a script task or a service task.", shift)
    try:
        names = _free_names(tree, text)
        return Expression(text, names, False, paths=python_paths(tree, names))
    except _SYNTAX_ERRORS as error:  # found only when names are resolved: nesting, `yield`
        raise _syntax_problem(text, error, shift) from None


def _syntax_tree(text: str, shift: int) -> ast.Expression:
    try:
        return _python(text)
    except _SYNTAX_ERRORS as error:
        if "\n" in text:
            # Over several lines as in a diagram's XML. Both kinds of brackets, so that `1) + (2` stays wrong.
            try:
                _python(f"[\n{text}\n]")
                return _python(f"(\n{text}\n)")
            except _SYNTAX_ERRORS:
                pass
        raise _syntax_problem(text, error, shift) from None


_warnings_lock = threading.Lock()  # the filters are one list for all threads


def _python(text: str) -> ast.Expression:
    with _warnings_lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the stranger's text, not about our code
        return ast.parse(text, mode="eval")


def names_of_script(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names that a Python script only reads, and those that it binds; none of a text that cannot be read."""
    if len(text) > MAX_LENGTH:
        return frozenset(), frozenset()
    try:
        with _warnings_lock, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except _SYNTAX_ERRORS:
        return frozenset(), frozenset()
    nodes = list(ast.walk(tree))
    names = [node for node in nodes if isinstance(node, ast.Name)]
    called = {node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    bound = {node.id for node in names if not isinstance(node.ctx, ast.Load)}
    bound |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    bound |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    bound |= {alias.asname or alias.name for node in nodes if isinstance(node, _IMPORTS) for alias in node.names}
    read = {node.id for node in names} - bound - called
    return frozenset(name for name in read if not hasattr(builtins, name)), frozenset(bound)


_IMPORTS = (ast.Import, ast.ImportFrom)


_HINTS = (("&&", "Python writes 'and' for &&."), ("||", "Python writes 'or' for ||."), ("<>", "Python writes !=."))


def _syntax_problem(text: str, error: BaseException, shift: int) -> ExpressionInvalid:
    column = error.offset if isinstance(error, SyntaxError) and error.lineno == 1 and error.offset else 1
    reason = error.msg if isinstance(error, SyntaxError) else "it is nested too deeply or holds an impossible character"
    hint = next((hint for mark, hint in _HINTS if mark in text), "")
    if not hint and "=" in text.replace("==", "").replace("!=", "").replace("<=", "").replace(">=", ""):
        hint = "Python compares with ==."
    shown = text if len(text) <= 100 else text[:99] + "…"
    message = f"'{shown}' is not a Python expression: {reason}. {hint or 'Correct it, or write ${...}.'}"
    return ExpressionInvalid(message, shift + column - 1)


def _free_names(tree: ast.Expression, text: str) -> frozenset[str]:
    """The names that an expression takes from outside, without functions of Python that it only calls."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    plain = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called}
    free = set(_global_names(text))
    return frozenset(name for name in free if name in plain or not hasattr(builtins, name))


def _global_names(text: str) -> Iterator[str]:
    tables = [symtable.symtable(f"(\n{text}\n)", "expression", "eval")]
    while tables:
        table = tables.pop()
        top = table.get_type() == "module"
        for symbol in table.get_symbols():
            if symbol.is_global() or (top and symbol.is_referenced() and not symbol.is_assigned()):
                yield symbol.get_name()
        tables.extend(table.get_children())
