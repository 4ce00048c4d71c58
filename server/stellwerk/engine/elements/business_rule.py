"""Business rule tasks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from stellwerk import dmn, feel
from stellwerk.engine import decision_results as results
from stellwerk.engine import decision_told as told
from stellwerk.engine.decision import Decision
from stellwerk.engine.elements.activity import Activity
from stellwerk.engine.events import DecisionEvaluated
from stellwerk.engine.expressions import Expression
from stellwerk.engine.expressions.feel_values import to_variable
from stellwerk.engine.expressions.reads import shown
from stellwerk.engine.faults import Fault
from stellwerk.engine.host import Binding, BindingKind
from stellwerk.engine.token import Token
from stellwerk.errors import DecisionNotFound, ScriptFailed

Dialect = Literal["camunda", "zeebe", "spiffworkflow"]
RESULT = "decisionResult"  # Camunda 7: the rows, for output parameters


class BusinessRuleTask(Activity):
    """BPMN 10.3.3, 13.3.3: when it is active the rule is called; when the rule has given its result it completes.

    The rule is a decision, evaluated within the step on the variables that the task sees. `dialect` says what becomes
    of the result: Camunda 7 maps its rows, Camunda 8 takes the value, SpiffWorkflow a variable for each output. A
    decision that is not there, or that gives nothing the rules stand for, is an incident; a retry looks for it anew.
    """

    dialect: Dialect = "camunda"
    called: Expression
    binding: BindingKind = "latest"
    binding_value: Expression | None = None
    mapper = "resultList"
    result_variable: str | None = None

    def perform(self, task: Token) -> bool:
        reference = self._resolve(task)
        decision = task.workflow.top_workflow.host.decision(reference)
        evaluation = self._evaluate(task, decision)
        try:
            value = to_variable(evaluation.value, task.workflow.top_workflow.host.zone)
        except ScriptFailed as error:
            raise self._fault(f"Its result cannot be a variable: {error.message}") from error
        event = DecisionEvaluated(
            token=task.id,
            element_id=self.bpmn_id,
            reference=reference,
            key=decision.key,
            version=decision.version,
            inputs=evaluation.read,
            result=value,
            matched=told.matched(evaluation),
            warnings=told.warnings(evaluation),
            variable=self.result_variable,
        )
        task.workflow.record(event)
        self._require_rules(decision, evaluation)
        self._write(task, decision, evaluation, value)
        return True

    # -- which decision
    def _resolve(self, task: Token) -> str:
        key = self._text(task, self.called, "decision")
        value = None if self.binding_value is None else self._text(task, self.binding_value, self.binding)
        try:
            host = task.workflow.top_workflow.host
            return host.resolve_decision(key, Binding(self.binding, value), task.workflow.process.reference)
        except DecisionNotFound as error:
            raise self._fault(error.message) from error

    def _text(self, task: Token, expression: Expression, what: str) -> str:
        value = self.evaluate(task, expression)
        if isinstance(value, bool | Mapping | list):
            raise self._fault(f"The {what} is {shown(value)!r}. It must be a text: change its expression, and retry.")
        text = "" if value is None else str(value).strip()
        if not text:
            raise self._fault(f"The {what} is empty. Change its expression or the variables, and retry.")
        return text

    def _fault(self, message: str) -> Fault:
        return Fault("decision", f"'{self.label}' cannot decide. {message}")

    # -- what it gives
    def _evaluate(self, task: Token, decision: Decision) -> dmn.Evaluation:
        try:
            return decision.evaluate(task.data, task.workflow.top_workflow.local_now)
        except (feel.FeelError, feel.BudgetExceeded, dmn.NoSuchDecision) as error:
            raise self._fault(f"{_named(decision)} failed: {error}. Correct it or the variables, and retry.") from error

    def _require_rules(self, decision: Decision, evaluation: dmn.Evaluation) -> None:
        """The value is what the rules say, and they do not contradict each other."""
        doubts = told.doubts(evaluation)
        if doubts:
            raise self._fault(
                f"{_named(decision)} does not say what holds here: {' '.join(doubts)} Correct the decision or the "
                "variables, deploy it, and retry."
            )

    def _write(self, task: Token, decision: Decision, evaluation: dmn.Evaluation, value: Any) -> None:
        given: Mapping[str, Any]
        if self.dialect == "zeebe":
            given = {self.result_variable: value} if self.result_variable else {}
        else:
            rows = results.rows(decision, evaluation, value)
            if self.dialect == "spiffworkflow":
                given = results.outputs(decision, rows, task.data)
            else:
                given = self._mapped(decision, rows)
        if given:
            self.give(task, given, "decision")

    def _mapped(self, decision: Decision, rows: list[results.Row]) -> dict[str, Any]:
        """Output parameters see the rows too, without a result variable alone."""
        given: dict[str, Any] = {RESULT: rows} if self.outputs else {}
        if self.result_variable:
            try:
                given[self.result_variable] = results.MAPPERS[self.mapper](rows)
            except results.Misfit as error:
                text = f"'{self.label}' cannot take the result of {_named(decision)}. {error}"
                raise Fault("decision", text) from error
        return given


def _named(decision: Decision) -> str:
    return f"Decision '{decision.key}' (version {decision.version})"
