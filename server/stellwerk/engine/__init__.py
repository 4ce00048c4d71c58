"""BPMN 2.0: files become definitions, commands become events. Pure: no input or output, no clock."""

from stellwerk.engine import commands, events, vocabulary
from stellwerk.engine.compiler import compile_bpmn
from stellwerk.engine.definition import COMPILER_VERSION, Compilation, Definition, Element, StartEvent
from stellwerk.engine.execute import dry_run, execute, read_scopes, read_undo_plan, read_variables
from stellwerk.engine.host import Binding, Budget, Host, Library, ScriptResult
from stellwerk.engine.migration import Fate, MigrationPlan, Pairing, plan
from stellwerk.engine.outcome import Outcome, ScopeVariables, Snapshot

__all__ = [
    "COMPILER_VERSION",
    "Binding",
    "Budget",
    "Compilation",
    "Definition",
    "Element",
    "Fate",
    "Host",
    "Library",
    "MigrationPlan",
    "Outcome",
    "Pairing",
    "ScopeVariables",
    "ScriptResult",
    "Snapshot",
    "StartEvent",
    "commands",
    "compile_bpmn",
    "dry_run",
    "events",
    "execute",
    "plan",
    "read_scopes",
    "read_undo_plan",
    "read_variables",
    "vocabulary",
]
