"""SpiffWorkflow as it comes: the same diagrams on its own parser, workflow, script engine and serializer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SERIALIZER = BpmnWorkflowSerializer()


class Stopped(Exception):
    """It goes no further, although the diagram says that it must."""


def parsed(xml: bytes) -> tuple[Any, dict[str, Any]]:
    """The specifications of the file's first process. An abstract task waits for a person there, so it is a script."""
    root = etree.fromstring(xml, etree.XMLParser(huge_tree=True))
    for task in root.iter(BPMN + "task"):
        task.tag = BPMN + "scriptTask"
        etree.SubElement(task, BPMN + "script").text = "pass"
    parser = BpmnParser()
    parser.add_bpmn_xml(root)
    key = root.find("{*}process").get("id")
    return parser.get_spec(key), parser.get_subprocess_specs(key)


def begun(specs: tuple[Any, dict[str, Any]], variables: dict[str, Any]) -> BpmnWorkflow:
    workflow = BpmnWorkflow(*specs)
    workflow.data.update(variables)
    workflow.task_tree.data.update(variables)
    workflow.do_engine_steps()
    return workflow


def complete_one(workflow: BpmnWorkflow) -> None:
    """Complete the first user task that waits, and run on."""
    task = workflow.get_next_task(state=TaskState.READY, manual=True)
    if task is None:
        raise Stopped("no user task is waiting any more")
    task.run()
    workflow.do_engine_steps()


def saved(workflow: BpmnWorkflow) -> str:
    text: str = SERIALIZER.serialize_json(workflow)
    return text


def cycle(text: str) -> str:
    """Load, complete a user task, run on, save."""
    workflow = SERIALIZER.deserialize_json(text)
    complete_one(workflow)
    return saved(workflow)


def run_to_end(specs: tuple[Any, dict[str, Any]], variables: dict[str, Any]) -> None:
    if not begun(specs, variables).is_completed():
        raise Stopped("it does not end")


def tried(work: Callable[..., Any], *arguments: Any) -> tuple[Any, str]:
    """(result, "") or (None, why it could not be done)."""
    try:
        return work(*arguments), ""
    except Exception as error:  # noqa: BLE001 - whatever it raises is what is told
        return None, f"{type(error).__name__}: {' '.join(str(error).split())[:100]}".rstrip(": ")


def loop(xml: bytes, marks: tuple[int, ...], seconds: float) -> tuple[list[dict[str, Any]], str]:
    """Iterations of a loop around a user task: rows at the marks, and why it did not come to the last one."""
    rows: list[dict[str, Any]] = []
    workflow, why = tried(_begun, xml)
    deadline = time.perf_counter() + seconds
    for turn in range(1, marks[-1] + 1):
        if why:
            return rows, f"stops at {turn - 1}: {why}"
        if time.perf_counter() > deadline:
            return rows, f"given up at {turn - 1} after {seconds:.0f} s"
        begin = time.perf_counter()
        _, why = tried(complete_one, workflow)
        if turn in marks and not why:
            took = (time.perf_counter() - begin) * 1000
            rows.append({"iterations": turn, "stepMs": round(took, 3), "snapshotBytes": len(saved(workflow))})
    return rows, why


def _begun(xml: bytes) -> BpmnWorkflow:
    return begun(parsed(xml), {"stop": False})
