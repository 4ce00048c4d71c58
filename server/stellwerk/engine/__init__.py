"""BPMN 2.0: files become definitions, commands become events. Pure: no input or output, no clock."""

from stellwerk.engine import commands, events, vocabulary
from stellwerk.engine.compiler import compile_bpmn
from stellwerk.engine.definition import COMPILER_VERSION, Compilation, Definition, Element, StartEvent
from stellwerk.engine.execute import execute, read_undo_plan, read_variables
from stellwerk.engine.host import Binding, Budget, Host, Library, ScriptResult
from stellwerk.engine.outcome import Outcome, Snapshot

__all__ = [
    "COMPILER_VERSION",
    "Binding",
    "Budget",
    "Compilation",
    "Definition",
    "Element",
    "Host",
    "Library",
    "Outcome",
    "ScriptResult",
    "Snapshot",
    "StartEvent",
    "commands",
    "compile_bpmn",
    "events",
    "execute",
    "read_undo_plan",
    "read_variables",
    "vocabulary",
]
