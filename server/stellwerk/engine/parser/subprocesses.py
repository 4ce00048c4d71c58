"""Subprocesses: their insides are parsed as scopes of their own."""

from __future__ import annotations

from SpiffWorkflow.bpmn.parser.util import full_tag

from stellwerk.engine.diagram.normalise import local_name
from stellwerk.engine.elements.adhoc import AdHocSubProcess
from stellwerk.engine.elements.base import Node
from stellwerk.engine.elements.catching import StartEvent
from stellwerk.engine.elements.event_subprocess import EventSubProcess
from stellwerk.engine.parser.activities import ActivityParser
from stellwerk.engine.parser.data import DataReader
from stellwerk.engine.parser.events import EventParser


class SubProcessParser(ActivityParser):
    def create_task(self) -> Node:
        self.process_parser.parser.create_parser(self.node, filename=self.filename, lane=self.lane)
        if local_name(self.node) != "subProcess" or not self.reader.flag(self.node, "triggeredByEvent"):
            return super().create_task()
        start = self.node.find(full_tag("startEvent"))
        assert start is not None, "a rule has made sure of it"
        event = EventParser(self.process_parser, StartEvent, start, self.nsmap, lane=self.lane)
        subprocess = EventSubProcess(
            self.spec,
            self.bpmn_id,
            event_definition=event.definition(),
            start=start.get("id") or "",
            interrupting=self.reader.flag(start, "isInterrupting"),
            **self.bpmn_attributes,
        )
        subprocess.start_io = DataReader(self.reader).of(start)
        return subprocess


class AdHocParser(SubProcessParser):
    def create_task(self) -> Node:
        task = super().create_task()
        if isinstance(task, AdHocSubProcess):
            task.sequential = self.reader.text(self.node, "ordering") == "Sequential"
            task.cancel_remaining = self.reader.flag(self.node, "cancelRemainingInstances")
            task.condition = self.reader.expression(self.node, "completionCondition")
        return task
