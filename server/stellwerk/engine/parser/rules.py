"""Business rule tasks: which decision they call, as Camunda 7, Camunda 8 or SpiffWorkflow writes it."""

from __future__ import annotations

from stellwerk.engine.elements.base import Node
from stellwerk.engine.elements.business_rule import BusinessRuleTask
from stellwerk.engine.elements.jobs import JobTask
from stellwerk.engine.expressions import literal
from stellwerk.engine.expressions.templates import parse_template
from stellwerk.engine.parser.activities import ServiceParser

_VALUES = {"version": "camunda:decisionRefVersion", "versionTag": "camunda:decisionRefVersionTag"}


class RuleParser(ServiceParser):
    """With a topic a job, else a decision. The rules have seen to it that it is one of them."""

    def create_task(self) -> Node:
        if self.reader.text(self.node, "camunda:topic"):
            self.spec_class = JobTask
            return super().create_task()
        task = super().create_task()
        assert isinstance(task, BusinessRuleTask)
        if self.reader.text(self.node, "camunda:decisionRef"):
            self._camunda(task)
        elif self.reader.extension(self.node, "zeebe:calledDecision") is not None:
            self._zeebe(task)
        else:
            task.dialect = "spiffworkflow"
            task.called = literal(self.reader.text(self.node, "spiffworkflow:calledDecisionId"))
        return task

    def _camunda(self, task: BusinessRuleTask) -> None:
        read, node = self.reader, self.node
        task.called = read.template(node, "camunda:decisionRef")  # type: ignore[assignment]
        task.binding = read.text(node, "camunda:decisionRefBinding")  # type: ignore[assignment]
        if task.binding in _VALUES:
            task.binding_value = read.template(node, _VALUES[task.binding])
        task.mapper = read.text(node, "camunda:mapDecisionResult")
        task.result_variable = read.text(node, "camunda:resultVariable") or None

    def _zeebe(self, task: BusinessRuleTask) -> None:
        read, task.dialect = self.reader, "zeebe"
        called = read.extension(self.node, "zeebe:calledDecision")
        assert called is not None
        task.called = read.parse(called, "decisionId", read.text(called, "decisionId"), parse_template)  # type: ignore[assignment]
        task.binding = read.text(called, "bindingType")  # type: ignore[assignment]
        if task.binding == "versionTag":
            task.binding_value = literal(read.text(called, "versionTag"))
        task.result_variable = read.text(called, "resultVariable") or None
