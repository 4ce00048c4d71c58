"""Global tasks: a call activity that calls one of its own file does what a task of that kind does.

BPMN 10.3.6, 13.3.4: "a call activity that calls a global task takes on the type and the behaviour of that task". So in
the tree it becomes that task: it keeps its id, its flows, its loop and its boundary events, and gets from the global
task what it does not say itself. A drawing in the browser still shows a call activity.
"""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from stellwerk.engine.diagram import XML, Diagram
from stellwerk.engine.diagram.normalise import local_name
from stellwerk.engine.lint.calls import called
from stellwerk.engine.vocabulary import BPMN

_TASKS = {
    "globalTask": "task",
    "globalUserTask": "userTask",
    "globalManualTask": "manualTask",
    "globalScriptTask": "scriptTask",
    "globalBusinessRuleTask": "businessRuleTask",
}
_ROLES = ("resourceRole", "performer", "humanPerformer", "potentialOwner")
_ATTRIBUTES = {"scriptLanguage": "scriptFormat"}  # other names of the same thing
_EXTENSIONS = f"{{{BPMN}}}extensionElements"


def put_in_place(diagram: Diagram) -> bool:
    """Turn each call of a global task into the task. False: there is none."""
    found = False
    for node in list(diagram.of("callActivity")):
        task = called(diagram, node)
        if task is not None and local_name(task) in _TASKS:
            _become(node.element, task)
            found = True
    return found


def _become(element: XML, task: XML) -> None:
    element.tag = f"{{{BPMN}}}{_TASKS[local_name(task)]}"
    del element.attrib["calledElement"]
    for name, value in task.attrib.items():
        name = _ATTRIBUTES.get(str(name), str(name))
        if name not in element.attrib:
            element.set(name, value)
    for child in task:
        _take(element, child, local_name(child))


def _take(element: XML, child: XML, tag: str) -> None:
    """A copy of one child of the global task, where the schema has it."""
    if tag == "extensionElements":
        _extend(element, child)
    elif tag == "documentation" and element.find(child.tag) is None:
        element.insert(0, _copy(child))
    elif tag in _ROLES:
        loops = [i for i, other in enumerate(element) if local_name(other).endswith("LoopCharacteristics")]
        element.insert(min(loops, default=len(element)), _copy(child))
    elif tag in ("script", "rendering"):
        element.append(_copy(child))


def _extend(element: XML, extensions: XML) -> None:
    """What the call activity itself says takes the place of what the global task says."""
    own = element.find(_EXTENSIONS)
    if own is None:
        documented = len(element.findall(f"{{{BPMN}}}documentation"))
        own = etree.Element(_EXTENSIONS)
        own.sourceline = element.sourceline
        element.insert(documented, own)
    said = {child.tag for child in own}
    own.extend(_copy(child) for child in extensions if child.tag not in said)


def _copy(element: XML) -> XML:
    """Without the ids of BPMN elements: the file has them already."""
    copy = deepcopy(element)
    for inner in copy.iter(f"{{{BPMN}}}*"):
        if "id" in inner.attrib:
            del inner.attrib["id"]
    return copy
