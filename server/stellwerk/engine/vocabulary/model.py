"""What a row of the table is: an element or an attribute of BPMN, and the names that rows share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
PREFIXES = {"camunda": CAMUNDA, "xsi": XSI, "zeebe": ZEEBE, "spiffworkflow": SPIFF}
"""Of names in the table."""

GROUPS = (
    "General",
    "What it does",
    "Data in and out",
    "Timing",
    "Errors and retries",
    "Documentation",
    "In this file",
)

Kind = Literal["node", "flow", "event", "container", "detail", "drawing", "extension"]
Type = Literal[
    "string",
    "text",
    "boolean",
    "integer",
    "expression",
    "template",
    "script",
    "iso-date",
    "iso-duration",
    "iso-cycle",
    "enumeration",
    "reference",
    "list",
    "mapping",
    "fields",
    "element",
]


@dataclass(frozen=True)
class Element:
    """One XML element. `family` groups what a modeler sees as one thing; drawings are kept and have no effect."""

    tag: str
    kind: Kind
    family: str
    meaning: str
    since: str = "0.1"


@dataclass(frozen=True)
class Attribute:
    """One XML attribute, or (`form`: element, extension) one child element, of the elements that are named."""

    name: str
    type: Type
    label: str
    meaning: str
    elements: tuple[str, ...]
    group: str = "General"
    form: Literal["attribute", "element", "extension"] = "attribute"
    default: str = ""
    choices: tuple[str, ...] = ()
    since: str = "0.1"


EVENT_NODES = ("startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent")
TASKS = ("task", "userTask", "manualTask", "scriptTask", "serviceTask", "sendTask", "receiveTask", "businessRuleTask")
GATEWAYS = ("exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway", "complexGateway")
SUBPROCESSES = ("subProcess", "transaction", "adHocSubProcess")
ACTIVITIES = (*TASKS, *SUBPROCESSES, "callActivity")
JOBS = ("serviceTask", "sendTask", "businessRuleTask")
