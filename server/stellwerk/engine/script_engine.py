"""SpiffWorkflow's script engine, answered by checked expressions and by the sandbox of the host."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine

from stellwerk.engine.expressions import Expression
from stellwerk.engine.faults import Fault
from stellwerk.engine.host import ScriptResult
from stellwerk.errors import ErrorThrown, InvalidInput, ProcessError, SandboxUnavailable, ScriptFailed

if TYPE_CHECKING:
    from stellwerk.engine.token import Token


class ScriptEngine(PythonScriptEngine):
    """Stateless; what fails becomes a Fault of the token."""

    def __init__(self) -> None:
        """There is no environment: it would be Python's own eval."""

    def evaluate(self, task: Token, expression: Expression, external_context: Mapping[str, Any] | None = None) -> Any:
        """`external_context` are names that the expression sees before the variables."""
        instance = task.workflow.top_workflow
        try:
            return expression.evaluate(_seen(task, external_context), instance.host, instance.local_now)
        except SandboxUnavailable:
            raise  # not the model's fault: the command is repeated
        except ProcessError as error:
            raise Fault("expression", error.message) from error

    def holds(self, task: Token, expression: Expression) -> bool:
        """The expression as a condition."""
        instance = task.workflow.top_workflow
        try:
            return expression.evaluate_condition(task.data, instance.host, instance.local_now)
        except SandboxUnavailable:
            raise  # not the model's fault: the command is repeated
        except ProcessError as error:
            raise Fault("expression", error.message) from error

    def why_null(self, task: Token, expression: Expression, external_context: Mapping[str, Any] | None = None) -> str:
        """Behind a message that something is missing: a space and why the expression is null; else nothing."""
        try:
            reason = expression.why_null(_seen(task, external_context), task.workflow.top_workflow.local_now)
        except ProcessError as error:
            reason = error.message
        return f" {reason}" if reason else ""

    def execute(self, task: Token, script: str, external_context: Mapping[str, Any] | None = None) -> ScriptResult:
        """Run a script in the sandbox. Raises Fault, or ErrorThrown for a BPMN error. Nothing is written here."""
        try:
            return task.workflow.top_workflow.host.run_script(script, task.data)
        except ErrorThrown:
            raise
        except ScriptFailed as error:
            raise Fault("script", error.message, f"line {error.line}" if error.line else "") from error
        except InvalidInput as error:
            raise Fault("script", error.message) from error


def _seen(task: Token, external_context: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return task.data if external_context is None else {**task.data.flat(), **external_context}


SCRIPT_ENGINE = ScriptEngine()
