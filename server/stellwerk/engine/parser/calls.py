"""Call activities: what they call, and what they pass."""

from __future__ import annotations

from stellwerk.engine.diagram import XML
from stellwerk.engine.diagram.normalise import without_prefix
from stellwerk.engine.elements.base import Node
from stellwerk.engine.elements.call_activity import CallActivity, Passed
from stellwerk.engine.expressions.templates import parse_template
from stellwerk.engine.parser.activities import ActivityParser

_VALUES = {"version": "camunda:calledElementVersion", "versionTag": "camunda:calledElementVersionTag"}


class CallParser(ActivityParser):
    def create_task(self) -> Node:
        task = super().create_task()
        assert isinstance(task, CallActivity)
        read, node = self.reader, self.node
        called = without_prefix(read.text(node, "calledElement"), node)
        task.called = read.parse(node, "calledElement", called, parse_template)  # type: ignore[assignment]
        task.binding = read.text(node, "camunda:calledElementBinding")  # type: ignore[assignment]
        if task.binding in _VALUES:
            task.binding_value = read.template(node, _VALUES[task.binding])
        given = read.extensions(node, "camunda:in")
        task.passed_in = [self._passed(element) for element in given if not read.text(element, "businessKey")]
        task.passed_out = [self._passed(element) for element in read.extensions(node, "camunda:out")]
        keys = [element for element in given if read.text(element, "businessKey")]
        task.business_key = read.template(keys[-1], "businessKey") if keys else None
        return task

    def _passed(self, element: XML) -> Passed:
        everything = self.reader.text(element, "variables") == "all"
        return Passed(
            target="" if everything else self.reader.text(element, "target"),
            source=self.reader.text(element, "source"),
            expression=self.reader.template(element, "sourceExpression"),
            local=self.reader.flag(element, "local"),
        )
