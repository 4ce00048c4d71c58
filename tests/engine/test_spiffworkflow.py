"""The engine overrides private methods of one release of SpiffWorkflow; this says so when they change."""

import hashlib
import inspect

import pytest
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.parser.node_parser import NodeParser
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.bpmn.util.event import EventManager
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.task import Task
from SpiffWorkflow.workflow import Workflow
from tests.engine.harness import Run, chain, compiled, script

# method -> the first digits of the hash of its source in SpiffWorkflow 3.2.0
KNOWN: dict[str, str] = {
    "Task.__init__": "5d98d6df6c60",
    "Task.run": "976c46e260fe",
    "Task.complete": "3ad34f7ae962",
    "Task.cancel": "16a6cc6f7ea4",
    "Task.error": "2a089827d0ed",
    "Task._ready": "4c051bb2c2a3",
    "Task._set_state": "86c4c1d22dc9",
    "Task._add_child": "05ec96e943da",
    "Task._inherit_data": "881f3fbdcf64",
    "Task.children": "ab66856eadb4",
    "Task.parent": "70a7622fce2f",
    "Task.has_state": "51bfc706797e",
    "Task._child_added_notify": "20404a6f18bf",
    "TaskSpec.__init__": "df987d5843e7",
    "TaskSpec._run": "dac36fd70134",
    "TaskSpec._update": "6b138d31ca68",
    "TaskSpec._on_ready": "c0c43ec078d3",
    "TaskSpec._on_complete": "95d4b21bfa42",
    "TaskSpec._on_complete_hook": "fbcc4aacf959",
    "TaskSpec._run_hook": "90902266396a",
    "TaskSpec._on_cancel": "c05a2f4bc3de",
    "TaskSpec.connect": "80f6471ca883",
    "TaskSpec._on_error": "2b895f26cae5",
    "Workflow.__init__": "a179a7573948",
    "Workflow.is_completed": "4f7a3c15bec8",
    "Workflow.update_waiting_tasks": "258ee4cb217f",
    "Workflow._task_completed_notify": "a87c9bea38b2",
    "BpmnWorkflow.__init__": "3a81d03cfd84",
    "BpmnWorkflow.get_subprocess": "9605138f6c8b",
    "BpmnSubWorkflow.__init__": "db2b701bf21b",
    "BpmnSubWorkflow._calculate_depth": "e67055a362ab",
    "BpmnSubWorkflow.parent_workflow": "873507ab7597",
    "BpmnSpecMixin.__init__": "ab73ceb47a80",
    "BpmnProcessSpec.__init__": "4c0511ce1def",
    "BpmnProcessSpec._add_notify": "749fc73fcef6",
    "SubWorkflowTask.__init__": "a2940f0ecf23",
    "SubWorkflowTask._on_cancel": "b822ad8d5405",
    "EventManager.__init__": "d67f673a9d41",
    "EventManager.add_task": "bad118334d4e",
    "EventManager.remove_task": "7de0a948bd9b",
    "EventManager.get_waiting_tasks": "1440af093be9",
    "PythonScriptEngine.__init__": "5b87a8599c23",
    "PythonScriptEngine.evaluate": "aaad8167dfb3",
    "PythonScriptEngine.execute": "5f4da9812398",
    "NodeParser.__init__": "c2b9ec04019d",
    "NodeParser.bpmn_attributes": "16c89188b096",
    "NodeParser._get_lane": "e71ef32dbefd",
    "TaskParser.__init__": "4e35eedb4bb5",
    "TaskParser.parse_node": "49191a06ed4b",
    "TaskParser.create_task": "cb437e26d29e",
    "ProcessParser.__init__": "9d98ce925912",
    "ProcessParser._index_process_nodes": "454788958983",
    "ProcessParser._parse": "c272afbfbc9f",
    "ProcessParser.parse_node": "d7abbc1abdfd",
    "ProcessParser.get_spec": "ca4c1860fbd3",
    "ProcessParser.add_tasks": "5fe0e22a94f1",
    "BpmnParser.__init__": "49e7bb80b165",
    "BpmnParser.create_parser": "447f0096c14a",
    "BpmnParser._add_messages": "52d3996d2630",
    "BpmnParser._add_signals": "69ff410e370b",
    "BpmnParser._add_errors": "e0e98c20491b",
    "BpmnParser._add_diagram_indexes": "df2aea29f948",
    "BpmnParser._get_parser_class": "780bbf87cb24",
    "BpmnParser.get_document_lanes": "32153082b791",
}
CLASSES = {
    cls.__name__: cls
    for cls in (
        Task,
        TaskSpec,
        Workflow,
        BpmnWorkflow,
        BpmnSubWorkflow,
        BpmnSpecMixin,
        BpmnProcessSpec,
        SubWorkflowTask,
        EventManager,
        PythonScriptEngine,
        NodeParser,
        TaskParser,
        ProcessParser,
        BpmnParser,
    )
}


def fingerprint(name: str) -> str:
    cls, _, method = name.partition(".")
    member = inspect.getattr_static(CLASSES[cls], method)
    function = member.fget if isinstance(member, property) else member
    return hashlib.sha256(inspect.getsource(function).encode()).hexdigest()[:12]


@pytest.mark.parametrize("name", KNOWN)
def test_a_method_that_is_overridden_or_relied_on_is_as_it_was(name):
    assert fingerprint(name) == KNOWN[name], (
        f"{name} of SpiffWorkflow has changed. Compare it with the override in stellwerk.engine, then renew the digits."
    )


def test_every_step_goes_through_the_run_of_a_task_on_a_workflow():
    seen = []

    class Watched(Run):
        pass

    body = (
        f"<startEvent id='s'/><userTask id='u'/><task id='g'/><subProcess id='p'>"
        f"{script('a', 'x = 1')}</subProcess>"
        f"<endEvent id='e'/>{chain('s', 'u', 'g', 'p', 'e')}"
    )
    r = Watched(compiled(body))
    original = TaskSpec._run

    def watch(spec, task):
        caller = inspect.currentframe().f_back
        assert caller.f_code is Task.run.__code__
        assert isinstance(task, Task)
        assert isinstance(task.workflow, BpmnWorkflow | BpmnSubWorkflow)
        seen.append(spec.bpmn_id)
        return original(spec, task)

    TaskSpec._run = watch
    try:
        r.start()
        r.complete("u")
    finally:
        TaskSpec._run = original
    assert r.completed
    assert seen == ["s", "u", "g", "p", "a", "e"]
