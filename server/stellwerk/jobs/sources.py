"""Where handlers come from: Python files, modules, entry points. Loading runs their code."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

from stellwerk.errors import SettingInvalid
from stellwerk.handlers import FILE_MODULE, MARK, Declaration

ENTRY_POINTS = "stellwerk.handlers"
SETTING = "STELLWERK_HANDLERS"


@dataclass(frozen=True)
class Source:
    """One place with handlers. `origin` names it in messages: the setting, or the package of an entry point."""

    text: str
    origin: str

    @property
    def path(self) -> Path | None:
        """The file, if it is one; else it is the name of a module."""
        return Path(self.text).resolve() if self.text.endswith(".py") else None

    @property
    def module_name(self) -> str:
        if self.path is None:
            return self.text
        return f"{FILE_MODULE}{self.path.stem}_{sha256(str(self.path).encode()).hexdigest()[:8]}"


def from_setting(text: str) -> list[Source]:
    """The sources in STELLWERK_HANDLERS."""
    return [Source(part.strip(), SETTING) for part in text.split(",") if part.strip()]


def from_entry_points() -> list[Source]:
    """The modules that installed packages name in the group `stellwerk.handlers`."""
    found = entry_points(group=ENTRY_POINTS)
    return [Source(point.module, f"The entry point '{point.name}' of group {ENTRY_POINTS}") for point in found]


def load(source: Source) -> list[Declaration]:
    """Import a source and find what it declares. Raises SettingInvalid that says which code failed where."""
    try:
        module = _module(source)
    except SettingInvalid:
        raise
    except Exception as error:  # whatever code of somebody else raises while it is imported
        raise SettingInvalid(
            f"{source.origin} names '{source.text}', which cannot be imported: {type(error).__name__}: {error}"
            f"{_place(error, source)}. Correct it."
        ) from error
    return list(_declared(module))


def _module(source: Source) -> ModuleType:
    path = source.path
    if path is None:
        if source.text in sys.modules:
            return sys.modules[source.text]
        return importlib.import_module(source.text)
    if not path.is_file():
        raise SettingInvalid(f"{source.origin} names '{source.text}', but there is no such file. Correct the path.")
    return _module_of_file(source.module_name, path)


def _module_of_file(name: str, path: Path) -> ModuleType:
    if name in sys.modules:
        return sys.modules[name]
    if str(path.parent) not in sys.path:
        sys.path.append(str(path.parent))  # so that a handler file can import its neighbours
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # annotations are looked up there
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _place(error: Exception, source: Source) -> str:
    """(orders.py, line 3): the last place in the code that was imported."""
    if isinstance(error, SyntaxError):
        return f" ({error.filename}, line {error.lineno})"
    place, trace = "", error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if not file.startswith("<frozen") and Path(file) != Path(__file__):
            place = f" ({file}, line {trace.tb_lineno})"
        trace = trace.tb_next
    return place


def _declared(module: ModuleType) -> Iterator[Declaration]:
    """What is declared in a module, also what it imports from its parts; each once."""
    seen: set[int] = set()
    for value in list(vars(module).values()):
        for declaration in getattr(value, MARK, ()) if callable(value) else ():
            if isinstance(declaration, Declaration) and id(declaration) not in seen:
                seen.add(id(declaration))
                yield declaration


# -- developer mode
def modules_of(source: Source) -> list[str]:
    """The loaded modules that belong to a source: the module and its parts, or the file and its neighbours."""
    path = source.path
    if path is None:
        return [name for name in sys.modules if name == source.text or name.startswith(source.text + ".")]
    folder = str(path.parent)
    found = ((name, _file_of(module)) for name, module in list(sys.modules.items()))
    return [name for name, file in found if file and os.path.dirname(file) == folder and name != "__main__"]


def _file_of(module: ModuleType) -> str | None:
    file = getattr(module, "__file__", None)
    return file if isinstance(file, str) else None


def files_of(source: Source) -> set[str]:
    """The files whose change makes a source new."""
    files = {_file_of(sys.modules[name]) for name in modules_of(source)}
    return {file for file in files if file} | ({str(source.path)} if source.path else set())


def forget(source: Source) -> dict[str, ModuleType]:
    """Take a source's modules out, so that they are imported anew; give them back to `remember` if that fails."""
    importlib.invalidate_caches()
    return {name: sys.modules.pop(name) for name in modules_of(source)}


def remember(modules: dict[str, ModuleType]) -> None:
    sys.modules.update(modules)
