"""Activities, with their mappings and loops; each kind of task reads what is its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from SpiffWorkflow.bpmn.parser.util import full_tag

from stellwerk.engine import event_definitions as definitions
from stellwerk.engine.data import SEEN, Place
from stellwerk.engine.diagram import XML, label
from stellwerk.engine.diagram.inout import read_parameters
from stellwerk.engine.diagram.languages import feel_script, language_of_script
from stellwerk.engine.diagram.reader import Reader
from stellwerk.engine.elements.activity import Activity
from stellwerk.engine.elements.base import Node
from stellwerk.engine.elements.jobs import JobTask
from stellwerk.engine.elements.messages import ReceiveTask, SendTask
from stellwerk.engine.elements.multi_instance import Loop, MultiInstance
from stellwerk.engine.elements.standard_loop import Rounds, StandardLoop
from stellwerk.engine.elements.tasks import ScriptTask, UserTask
from stellwerk.engine.elements.throwing import ThrowEvent
from stellwerk.engine.expressions import Expression, parse_expression, variable
from stellwerk.engine.expressions.templates import parse_template
from stellwerk.engine.parser.data import DataReader, split
from stellwerk.engine.parser.events import EventParser
from stellwerk.engine.parser.nodes import NodeParser
from stellwerk.engine.times import timers
from stellwerk.errors import ExpressionInvalid

FORM_DATA_PREFIX = "formData:"  # form keys of forms that are made of camunda:formData


class ActivityParser(NodeParser):
    def parse_node(self) -> Node:
        task = super().parse_node()
        assert isinstance(task, Activity)
        return self._activity(task)

    def _activity(self, task: Activity) -> Node:
        task.inputs = read_parameters(self.reader, self.node, "inputParameter")
        task.outputs = read_parameters(self.reader, self.node, "outputParameter")
        task.io = DataReader(self.reader).of(self.node)
        outer = self._looped(task)
        outer.for_compensation = self.reader.flag(self.node, "isForCompensation")
        outer.start_quantity = self.reader.number(self.node, "startQuantity")
        outer.completion_quantity = self.reader.number(self.node, "completionQuantity")
        return outer

    def _looped(self, task: Activity) -> Activity:
        """A loop takes the id, the flows and the boundary events; what is repeated gets a name that no id can be."""
        multi = self.node.find(full_tag("multiInstanceLoopCharacteristics"))
        standard = self.node.find(full_tag("standardLoopCharacteristics"))
        if multi is None and standard is None:
            return task
        del self.spec.task_specs[task.name]
        task.name, task.default = f"{task.name} [child]", None
        self.spec.task_specs[task.name] = task
        if multi is not None:
            outer: Any = MultiInstance(self.spec, self.bpmn_id, **self._loop_attributes("multiInstance"))
            outer.loop = self._loop(multi)
            results = outer.loop.output.name if outer.loop.output is not None else ""
            outer.io, task.io = split(task.io, self._data_name(multi), results)
        elif standard is not None:
            outer = StandardLoop(self.spec, self.bpmn_id, **self._loop_attributes("standardLoop"))
            outer.rounds = self._rounds(standard)
        outer.inner, outer.default = task.name, self.node.get("default")
        looped: Activity = outer
        return looped

    def _loop_attributes(self, element_type: str) -> dict[str, Any]:
        return {**self.bpmn_attributes, "element_type": element_type}

    def _rounds(self, loop: XML) -> Rounds:
        maximum = self.reader.text(loop, "loopMaximum")
        return Rounds(
            condition=self.reader.expression(loop, "loopCondition"),
            test_before=self.reader.flag(loop, "testBefore"),
            maximum=int(maximum) if maximum else None,
        )

    def _loop(self, loop: XML) -> Loop:
        read = self.reader
        results = read.text(loop, "loopDataOutputRef")
        return Loop(
            sequential=read.flag(loop, "isSequential"),
            cardinality=read.expression(loop, "loopCardinality"),
            collection=self._collection(loop),
            item=read.text(loop, "camunda:elementVariable") or read.item_name(loop, "inputDataItem"),
            output=read.places.of(results) or (Place(results, SEEN) if results else None),
            output_item=read.item_name(loop, "outputDataItem"),
            enough=read.expression(loop, "completionCondition"),
            **self._behaviour(loop),
        )

    def _collection(self, loop: XML) -> Expression | None:
        """An expression, or the name of a variable or the id of data."""
        expression = self.reader.text(loop, "camunda:collection")
        name = self.reader.text(loop, "loopDataInputRef")
        place = self.reader.places.of(name)
        if expression or place is None:
            return self.reader.parse(loop, "camunda:collection", expression or name)
        return variable(place.name)

    def _data_name(self, loop: XML) -> str:
        place = self.reader.places.of(self.reader.text(loop, "loopDataInputRef"))
        return place.name if place is not None else ""

    def _behaviour(self, loop: XML) -> dict[str, Any]:
        """Which events the instances throw: None after each one, One after the first, Complex on conditions."""
        kind = self.reader.text(loop, "behavior")
        if kind == "One":
            return {"first": self._event_at(self.reader.text(loop, "oneBehaviorEventRef"))}
        if kind == "None":
            event = self._event_at(self.reader.text(loop, "noneBehaviorEventRef"))
            return {"each": ((None, event),) if event is not None else ()}
        found = [
            (self.reader.expression(complex, "condition"), self._event_in(event))
            for complex in loop.findall(full_tag("complexBehaviorDefinition"))
            for event in complex.findall(full_tag("event"))
        ]
        return {"each": tuple(found), "complex": True} if kind == "Complex" else {}

    def _event_at(self, id: str) -> definitions.EventDefinition | None:
        element = self.reader.diagram.by_id.get(id)
        return None if element is None else self._event_in([element])

    def _event_in(self, holder: Iterable[XML]) -> definitions.EventDefinition:
        parser = EventParser(self.process_parser, ThrowEvent, self.node, self.nsmap, lane=self.lane)
        return parser.defined(holder)


class UserTaskParser(ActivityParser):
    def create_task(self) -> Node:
        task = super().create_task()
        if isinstance(task, UserTask):
            read, node = self.reader, self.node
            task.assignee = read.template(node, "camunda:assignee")
            task.candidate_users = read.template(node, "camunda:candidateUsers")
            task.candidate_groups = read.template(node, "camunda:candidateGroups")
            task.due_date = read.template(node, "camunda:dueDate")
            task.follow_up_date = read.template(node, "camunda:followUpDate")
            task.priority = read.template(node, "camunda:priority")
            task.form_key = read.parse(node, "camunda:formKey", form_key(read, node), parse_template)
        return task


def form_key(reader: Reader, node: XML) -> str:
    """The key of a node's form: a deployed one comes before fields; empty if there is none."""
    fields = reader.extension(node, "camunda:formData")
    own = FORM_DATA_PREFIX + (node.get("id") or "") if fields is not None else ""
    return reader.text(node, "camunda:formKey") or reader.text(node, "camunda:formRef") or own


class ScriptParser(ActivityParser):
    def create_task(self) -> Node:
        task = super().create_task()
        if isinstance(task, ScriptTask):
            script = self.node.find(full_tag("script"))
            task.script = (script.text or "") if script is not None else ""
            task.result_variable = self.reader.text(self.node, "camunda:resultVariable") or None
            if language_of_script(self.node) == "feel":
                task.expression = self.reader.parse(self.node, "script", feel_script(task.script))
            elif task.result_variable:
                try:
                    task.expression = parse_expression(task.script)
                except ExpressionInvalid:
                    task.expression = None  # statements: the script assigns `result`
        return task


class ServiceParser(ActivityParser):
    def create_task(self) -> Node:
        task = super().create_task()
        if isinstance(task, JobTask):
            read = self.reader
            task.topic = read.template(self.node, "camunda:topic")  # type: ignore[assignment]
            task.result_variable = read.text(self.node, "camunda:resultVariable") or None
            task.priority = read.template(self.node, "camunda:taskPriority")
            cycle = read.text(self.node, "camunda:failedJobRetryTimeCycle")
            task.retries = read.parse(self.node, "camunda:failedJobRetryTimeCycle", cycle, parse_template)
            try:
                if task.retries is not None and task.retries.is_literal:
                    timers.retries(cycle)
            except timers.TimerInvalid as error:
                read.problem(self.node, "retry-cycle", f"The retries of '{label(self.node)}' cannot be read: {error}")
        return task


class SendParser(ServiceParser):
    """With a topic a job, else a message."""

    def create_task(self) -> Node:
        if self.reader.text(self.node, "camunda:topic"):
            self.spec_class = JobTask
            return super().create_task()
        message = self.process_parser.parser.messages[self.reader.text(self.node, "messageRef")]
        return SendTask(self.spec, self.bpmn_id, message=message, **self.bpmn_attributes)


class ReceiveParser(ActivityParser):
    def _activity(self, task: Activity) -> Node:
        outer = super()._activity(task)
        outer.instantiate = self.reader.flag(self.node, "instantiate")
        return outer

    def create_task(self) -> Node:
        ref = self.reader.text(self.node, "messageRef")
        message = definitions.MessageEventDefinition(self.process_parser.parser.messages[ref], []) if ref else None
        event = message or definitions.NoneEventDefinition()
        return ReceiveTask(self.spec, self.bpmn_id, event_definition=event, **self.bpmn_attributes)
