"""BPMN 2.0: files become definitions, commands become events. Pure: no input or output, no clock."""

from stellwerk.engine import commands, events, vocabulary
from stellwerk.engine.assist import mistake_in, variables_in
from stellwerk.engine.compiler import compile_bpmn
from stellwerk.engine.decision import Decision
from stellwerk.engine.definition import COMPILER_VERSION, Compilation, Definition, Element, StartEvent
from stellwerk.engine.diagram.compare import Comparison, Difference, compare
from stellwerk.engine.execute import dry_run, execute, read_catchable, read_scopes, read_undo_plan, read_variables
from stellwerk.engine.host import Binding, Budget, Host, Library, ScriptResult, Stored
from stellwerk.engine.migration import Fate, MigrationPlan, Pairing, plan
from stellwerk.engine.operation.effects import Effect, Preview, preview
from stellwerk.engine.operation.moving import Way, ways
from stellwerk.engine.outcome import Outcome, ScopeVariables, Snapshot
from stellwerk.engine.thrown import Catchable
from stellwerk.engine.undo import UndoStep

__all__ = [
    "COMPILER_VERSION",
    "Binding",
    "Budget",
    "Catchable",
    "Comparison",
    "Compilation",
    "Decision",
    "Definition",
    "Difference",
    "Effect",
    "Element",
    "Fate",
    "Host",
    "Library",
    "MigrationPlan",
    "Outcome",
    "Pairing",
    "Preview",
    "ScopeVariables",
    "ScriptResult",
    "Snapshot",
    "StartEvent",
    "Stored",
    "UndoStep",
    "Way",
    "commands",
    "compare",
    "compile_bpmn",
    "dry_run",
    "events",
    "execute",
    "mistake_in",
    "plan",
    "preview",
    "read_catchable",
    "read_scopes",
    "read_undo_plan",
    "read_variables",
    "variables_in",
    "vocabulary",
    "ways",
]
