"""Text -> Expression: which language a text is in, and what it reads.

A text that begins with `=` is FEEL (feel.py); `${...}` and `#{...}` are the plain subset of Camunda 7's expression
language (juel.py). Everything else is Python: in process when it lies in the small subset (python_subset.py) and its
values are of moderate size, else in the sandbox of the host.
"""

from __future__ import annotations

import ast
import builtins
import symtable
import threading
import warnings
from collections.abc import Iterator

from stellwerk.engine.expressions import juel
from stellwerk.engine.expressions.expression import MAX_LENGTH, Expression
from stellwerk.engine.expressions.feel import is_feel, parse_feel
from stellwerk.engine.expressions.python_subset import compile_subset
from stellwerk.engine.expressions.reads import python_paths
from stellwerk.engine.expressions.remembered import remembered
from stellwerk.errors import ExpressionInvalid

_SYNTAX_ERRORS = (SyntaxError, ValueError, RecursionError, MemoryError)


@remembered
def parse_expression(text: str) -> Expression:
    """Check an expression and prepare it. Raises ExpressionInvalid. The same short text gives the same value."""
    if len(text) > MAX_LENGTH:
        raise ExpressionInvalid(f"The expression has {len(text)} characters; at most {MAX_LENGTH} are allowed.", 0)
    stripped = text.strip()
    if not stripped:
        raise ExpressionInvalid("The expression is empty. Write a condition or a value.", 0)
    if is_feel(text):
        return parse_feel(text)
    if stripped[:2] in ("${", "#{"):
        return _parse_juel(text, stripped)
    return _parse_python(stripped, len(text) - len(text.lstrip()))


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
