"""A fault: one piece of one function of the engine is replaced by another, in the process that runs the tests."""

from __future__ import annotations

import importlib
import inspect
import textwrap
from dataclasses import dataclass
from types import CodeType, FunctionType

PROPERTIES = "tests/engine/test_properties.py"


@dataclass(frozen=True)
class Mutant:
    """`where` is "module:function" or "module:Class.method" below stellwerk.engine; `tests` must find the fault."""

    name: str
    fault: str
    where: str
    old: str
    new: str
    tests: tuple[str, ...] = (PROPERTIES,)

    def function(self) -> FunctionType:
        module, _, path = self.where.partition(":")
        found = importlib.import_module(f"stellwerk.engine.{module}")
        for name in path.split("."):
            found = inspect.getattr_static(found, name)
        function = inspect.unwrap(found.fget if isinstance(found, property) else found)  # type: ignore[arg-type]
        assert isinstance(function, FunctionType)
        return function

    def code(self) -> CodeType:
        """The faulty code. Raises ValueError when the engine has changed so that the fault no longer fits."""
        function = self.function()
        source = textwrap.dedent(inspect.getsource(function))
        if source.count(self.old) != 1:
            raise ValueError(f"{self.name}: '{self.old}' must occur once in {self.where}; write the mutant anew")
        source = textwrap.indent(source.replace(self.old, self.new), "    ")
        outer = f"from __future__ import annotations\ndef outer({', '.join(function.__code__.co_freevars)}):\n{source}"
        made = compile(outer, f"<mutant {self.name}>", "exec")
        return _find(made, function.__name__)

    def apply(self) -> None:
        """Everybody who has imported the function gets the faulty one: it is the same object with other code."""
        self.function().__code__ = self.code()


def _find(code: CodeType, name: str) -> CodeType:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            return constant if constant.co_name == name else _find(constant, name)
    raise ValueError(name)
