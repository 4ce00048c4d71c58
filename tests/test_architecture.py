"""Imports go one way, and what is pure stays pure. Read from the source itself, not from what happens to be loaded."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "server" / "stellwerk"

# Who may import whom, by the first name below `stellwerk` (docs/architecture.md). Every part may import itself.
BASE = {"errors", "xmlsafe"}
CORE = {*BASE, "engine", "forms"}
STORED = {*CORE, "store", "settings"}
USED = {*STORED, "sandbox", "usecases"}
MAY_IMPORT = {
    "errors": set(),
    "xmlsafe": {"errors"},
    "feel": set(),  # usable alone
    "dmn": {*BASE, "feel"},
    "settings": BASE,
    "engine": {*BASE, "dmn", "feel"},
    "forms": {*BASE, "engine", "feel"},
    "sandbox": {*BASE, "settings", "engine"},
    "store": {*CORE, "settings"},
    "usecases": {*USED, "handlers", "dmn", "feel"},
    "handlers": BASE,
    "jobs": {*USED, "handlers"},
    "web": {*USED, "handlers", "dmn"},  # pages show the logic of decisions
    "cli": {*USED, "handlers", "app", "serve"},
    "serve": {*USED, "handlers", "app", "web", "jobs"},
    "app": {*USED, "handlers", "web", "jobs"},
    "__main__": {"cli"},
    "__init__": {"handlers", "app"},
}
# Libraries that only some parts may import, and those parts.
RESERVED = {
    "flask": ("app.py", "cli/", "web/", "store/db.py"),
    "flask_sqlalchemy": ("store/",),
    "sqlalchemy": ("store/",),
    "alembic": ("store/",),
    "psycopg": ("store/",),
    "SpiffWorkflow": ("engine/",),
    "pydantic_monty": ("sandbox/",),
    "uvicorn": ("serve.py", "web/"),
    "a2wsgi": ("serve.py", "app.py", "web/"),
    "click": ("cli/",),
}
PURE = ("dmn/", "engine/", "feel/", "forms/")
# What a pure part must not touch: the outside world, other threads' timing, chance.
IMPURE_MODULES = {
    *("asyncio", "http", "httpx", "logging", "multiprocessing", "os", "pathlib", "random", "secrets", "select"),
    *("shutil", "signal", "socket", "sqlite3", "ssl", "subprocess", "tempfile", "time", "urllib"),
}
IMPURE_CALLS = {"open", "input", "print", "exec", "eval"}
CLOCKS = {"now", "utcnow", "today"}


def modules() -> list[str]:
    return sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))


def tree(module: str) -> ast.Module:
    return ast.parse((PACKAGE / module).read_text(encoding="utf-8"), filename=module)


def imports(module: str, *, at_run_time_only: bool = False) -> Iterator[str]:
    """Full names of what the module imports, inside functions too; relative imports are written out."""
    found = tree(module)
    skipped = set(map(id, _type_checking(found))) if at_run_time_only else set()
    for node in ast.walk(found):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(module, node)
            if base != "stellwerk":  # there the names themselves are the parts
                yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _absolute(module: str, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = ["stellwerk", *Path(module).parts[:-1]]
    parts = parts[: len(parts) - node.level + 1]
    return ".".join([*parts, *([node.module] if node.module else [])])


def _type_checking(found: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(found):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            yield from ast.walk(node)


def part(name: str) -> str:
    """`stellwerk.store.tables` -> `store`; `stellwerk`, or a name that is no module of it -> `__init__`."""
    first = name.split(".")[1] if "." in name else "__init__"
    return first if first in MAY_IMPORT else "__init__"


def part_of_file(module: str) -> str:
    return Path(module).parts[0].removesuffix(".py")


@pytest.mark.parametrize("module", modules())
def test_a_module_imports_only_parts_that_lie_below_it(module: str) -> None:
    own = part_of_file(module)
    assert own in MAY_IMPORT, f"{own} is a new part: say in docs/architecture.md and here what it may import"
    for name in imports(module):
        target = part(name) if name.split(".")[0] == "stellwerk" else own
        if target == own:
            continue  # itself, or another library
        assert target in MAY_IMPORT[own], f"{module} imports {name}, which lies above it or beside it"


@pytest.mark.parametrize("module", modules())
def test_a_library_is_used_only_where_the_architecture_says(module: str) -> None:
    for name in imports(module, at_run_time_only=True):
        allowed = RESERVED.get(name.split(".")[0])
        assert allowed is None or module.startswith(allowed), f"{module} imports {name}"


@pytest.mark.parametrize("module", [m for m in modules() if m.startswith(PURE)])
def test_a_pure_module_has_no_clock_and_no_outside_world(module: str) -> None:
    assert not IMPURE_MODULES.intersection(name.split(".")[0] for name in imports(module))
    for node in ast.walk(tree(module)):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name):
            assert node.func.id not in IMPURE_CALLS, f"{module}:{node.lineno} calls {node.func.id}"
        elif isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            clock = node.func.attr in CLOCKS and node.func.value.id in ("datetime", "date")
            assert not clock, f"{module}:{node.lineno} reads the clock"


def test_no_module_imports_itself_through_others() -> None:
    edges = {_name(module): _module_edges(module) for module in modules()}
    done: set[str] = set()
    for start in edges:
        _walk(start, edges, (), done)


def _name(module: str) -> str:
    return "stellwerk." + module.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def _module_edges(module: str) -> set[str]:
    """Imports that happen when the module is loaded: not those in functions, not those for types alone."""
    found = tree(module)
    skipped = set(map(id, _type_checking(found)))
    for node in ast.walk(found):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            skipped.update(map(id, ast.walk(node)))
    known = {_name(other) for other in modules()}
    names: set[str] = set()
    for node in ast.walk(found):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(module, node)
            inner = {f"{base}.{alias.name}" for alias in node.names}
            # `from package import module` needs the module; its package is being loaded already.
            names.update(inner & known or {base})
    return (names & known) - {_name(module)}


def _walk(name: str, edges: dict[str, set[str]], path: tuple[str, ...], done: set[str]) -> None:
    if name in done:
        return
    assert name not in path, "a circle of imports: " + " -> ".join([*path[path.index(name) :], name])
    for target in sorted(edges.get(name, ())):
        _walk(target, edges, (*path, name), done)
    done.add(name)


def test_the_rules_are_not_empty() -> None:
    """A check that finds nothing to check would always pass."""
    assert len(modules()) > 40
    assert any("SpiffWorkflow" in name for module in modules() for name in imports(module))
    assert any(name.startswith("sqlalchemy") for module in modules() for name in imports(module))
