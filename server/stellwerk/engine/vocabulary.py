"""The one table: every BPMN element and every attribute that the engine reads.

The parser reads through `Reader`, which refuses to read what is not listed here; the deployment report lists what a
file holds beyond this table; the properties panel and docs/elements.md are made from it.
Names: `camunda:x` is x in the namespace of Camunda 7; everything else is BPMN 2.0 itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Literal

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

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
TASKS = ("task", "userTask", "manualTask", "scriptTask", "serviceTask", "sendTask", "receiveTask")
GATEWAYS = ("exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway", "complexGateway")
SUBPROCESSES = ("subProcess", "transaction", "adHocSubProcess")
ACTIVITIES = (*TASKS, *SUBPROCESSES, "callActivity")
NODES = (*EVENT_NODES, *ACTIVITIES, *GATEWAYS)
JOBS = ("serviceTask", "sendTask")

ELEMENTS: tuple[Element, ...] = (
    # -- flow nodes
    Element(
        "startEvent",
        "node",
        "Start events",
        "Where a process or subprocess begins: none, message, signal or timer; more in event subprocesses.",
    ),
    Element(
        "endEvent",
        "node",
        "End events",
        "Consumes the token: none, message, signal, error, escalation, compensation, cancel or terminate.",
    ),
    Element(
        "intermediateCatchEvent",
        "node",
        "Intermediate events",
        "Waits for a message, a signal, a time or a condition; or is the target of a link.",
    ),
    Element(
        "intermediateThrowEvent",
        "node",
        "Intermediate events",
        "Throws a message, a signal, an escalation or a compensation, or leads to a link; none: passes through.",
    ),
    Element(
        "boundaryEvent",
        "node",
        "Boundary events",
        "Reacts to a message, signal, time, error, escalation or condition while its activity runs; or undoes it.",
    ),
    Element("task", "node", "Tasks", "A step without a kind: the token passes through."),
    Element("userTask", "node", "Tasks", "Waits until a person completes it, with a form or without."),
    Element("manualTask", "node", "Tasks", "Work outside of any system: the token passes through."),
    Element("scriptTask", "node", "Tasks", "Runs a Python script in the sandbox on the variables that it sees."),
    Element("serviceTask", "node", "Tasks", "Asks for a job with a topic; a handler does it and the token goes on."),
    Element("sendTask", "node", "Tasks", "Sends a message, or asks for a job when it has a topic."),
    Element("receiveTask", "node", "Tasks", "Waits for one message."),
    Element(
        "exclusiveGateway", "node", "Gateways", "Takes the first flow whose condition is true, else the default flow."
    ),
    Element(
        "inclusiveGateway", "node", "Gateways", "Takes every flow whose condition is true; waits for all that can come."
    ),
    Element("parallelGateway", "node", "Gateways", "Waits for one token on each incoming flow, then takes all flows."),
    Element("eventBasedGateway", "node", "Gateways", "Waits for the first of the events that follow it."),
    Element("subProcess", "node", "Subprocesses", "A process inside an activity; or, started by an event, beside one."),
    Element(
        "transaction", "node", "Subprocesses", "A subprocess that a cancel end event takes back, with compensation."
    ),
    Element(
        "adHocSubProcess",
        "node",
        "Subprocesses",
        "A subprocess whose activities begin without flows, until its condition is true.",
    ),
    Element(
        "complexGateway",
        "node",
        "Gateways",
        "Passes when its own condition is true; takes the rest in and begins anew.",
    ),
    Element("callActivity", "node", "Call activities", "Calls another process, and waits until that has completed."),
    # -- flows and event definitions
    Element("sequenceFlow", "flow", "Flows", "Leads a token from one flow node to the next."),
    Element("messageEventDefinition", "event", "Message events", "The event is a message."),
    Element("signalEventDefinition", "event", "Signal events", "The event is a signal; everybody who waits gets it."),
    Element("timerEventDefinition", "event", "Timer events", "The event is a time: a date, a duration or a cycle."),
    Element("errorEventDefinition", "event", "Error events", "The event is a BPMN error, told apart by its code."),
    Element(
        "escalationEventDefinition", "event", "Escalation events", "The event is an escalation, told apart by its code."
    ),
    Element("conditionalEventDefinition", "event", "Conditional events", "The event is that a condition becomes true."),
    Element("linkEventDefinition", "event", "Link events", "Leads on at the catch event with the same link name."),
    Element(
        "compensateEventDefinition",
        "event",
        "Compensation events",
        "Undoes what has completed; or says what undoes it.",
    ),
    Element("cancelEventDefinition", "event", "Cancel events", "Takes back the transaction around it."),
    Element("terminateEventDefinition", "event", "Terminate events", "Ends its process or subprocess at once."),
    # -- containers and what is declared beside processes
    Element("definitions", "container", "File", "The root of a file."),
    Element("process", "container", "Process", "A process; it can be started when isExecutable is true."),
    Element("laneSet", "container", "Lanes", "Divides a process into lanes."),
    Element("childLaneSet", "container", "Lanes", "Lanes inside a lane; the innermost one counts."),
    Element("lane", "container", "Lanes", "Its name is a candidate group of the user tasks in it."),
    Element("message", "container", "Message events", "A message, told apart by its name."),
    Element("signal", "container", "Signal events", "A signal, told apart by its name."),
    Element("error", "container", "Error events", "An error, told apart by its code."),
    Element("escalation", "container", "Escalation events", "An escalation, told apart by its code."),
    Element(
        "correlationProperty", "container", "Correlation", "A value that messages of a conversation carry, by its name."
    ),
    Element(
        "correlationKey", "container", "Correlation", "Properties that together tell conversations of a process apart."
    ),
    Element(
        "correlationSubscription",
        "container",
        "Correlation",
        "Computes a key from the variables of the process, always anew when they change.",
    ),
    Element("globalTask", "container", "Global tasks", "A task that call activities of the same file do."),
    Element("globalUserTask", "container", "Global tasks", "A user task that call activities of the same file do."),
    Element("globalManualTask", "container", "Global tasks", "A manual task that call activities of the same file do."),
    Element("globalScriptTask", "container", "Global tasks", "A script task that call activities of the same file do."),
    # -- parts of other elements
    Element(
        "correlationPropertyRetrievalExpression",
        "detail",
        "Correlation",
        "How the property is read from a message.",
    ),
    Element("correlationPropertyBinding", "detail", "Correlation", "A property's value in the data of the process."),
    Element("correlationPropertyRef", "detail", "Correlation", "Names a property of the key."),
    Element("messagePath", "detail", "Correlation", "Reads the property from the message's variables."),
    Element("dataPath", "detail", "Correlation", "Reads the property from the variables of the process."),
    Element("multiInstanceLoopCharacteristics", "detail", "Multi-instance", "Does its activity once for each item."),
    Element(
        "standardLoopCharacteristics", "detail", "Standard loop", "Repeats its activity while a condition is true."
    ),
    Element("activationCondition", "detail", "Gateways", "When a complex gateway passes."),
    Element("loopCondition", "detail", "Standard loop", "When the activity is done again."),
    Element("condition", "detail", "Conditional events", "What must become true."),
    Element("source", "detail", "Link events", "Names the other half. Halves belong together by name."),
    Element("target", "detail", "Link events", "Names the other half. Halves belong together by name."),
    Element("inputDataItem", "detail", "Multi-instance", "Names the variable that holds the item of one instance."),
    Element("outputDataItem", "detail", "Multi-instance", "Names the variable whose value each instance gives back."),
    Element("extensionElements", "detail", "Extensions", "Holds what is not BPMN itself, such as camunda: elements."),
    Element("conditionExpression", "detail", "Flows", "When the flow is taken."),
    Element("complexBehaviorDefinition", "detail", "Multi-instance", "An event that is thrown on a condition."),
    Element("event", "detail", "Multi-instance", "The event that is thrown."),
    Element("loopCardinality", "detail", "Multi-instance", "How many instances there are."),
    Element("completionCondition", "detail", "Multi-instance", "Ends the rest when it is true after an instance."),
    Element("loopDataInputRef", "detail", "Multi-instance", "Names the variable that holds the collection."),
    Element("loopDataOutputRef", "detail", "Multi-instance", "Names the variable that takes the collected outputs."),
    Element("timeDate", "detail", "Timer events", "A point in time."),
    Element("timeDuration", "detail", "Timer events", "A time from now on."),
    Element("timeCycle", "detail", "Timer events", "A repeated time."),
    Element("script", "detail", "Tasks", "The text of a script."),
    Element("documentation", "detail", "Documentation", "A text for the reader."),
    Element("incoming", "detail", "Flows", "Names an incoming flow. The flows themselves decide."),
    Element("outgoing", "detail", "Flows", "Names an outgoing flow. The flows themselves decide."),
    Element("flowNodeRef", "detail", "Lanes", "Puts a flow node into the lane."),
    # -- data
    Element("dataObject", "detail", "Data", "A variable of the process or subprocess in which it is declared."),
    Element("dataObjectReference", "detail", "Data", "Shows a data object, perhaps in a state."),
    Element("dataState", "detail", "Data", "The state that a data object gets when it is written through a reference."),
    Element("dataStore", "detail", "Data", "A value that all instances of all processes share, under its name."),
    Element("dataStoreReference", "detail", "Data", "Shows a data store; alone it is one itself."),
    Element("property", "detail", "Data", "A variable of a process, subprocess, activity or event."),
    Element("itemDefinition", "detail", "Data", "The type of data: checked where an association writes it."),
    Element("ioSpecification", "detail", "Data", "What an activity or process needs, and what it gives."),
    Element("dataInput", "detail", "Data", "A variable of its activity, filled when the activity begins."),
    Element("dataOutput", "detail", "Data", "A variable of its activity or event, carried on at its end."),
    Element("inputSet", "detail", "Data", "Inputs that are used together; the first set that is complete counts."),
    Element("outputSet", "detail", "Data", "Outputs that belong together. Each output that has a value is carried."),
    Element("dataInputRefs", "detail", "Data", "Puts an input into a set."),
    Element("optionalInputRefs", "detail", "Data", "The activity begins without this input."),
    Element("whileExecutingInputRefs", "detail", "Data", "The activity begins without this input."),
    Element("outputSetRefs", "detail", "Data", "The outputs that belong to these inputs. No effect."),
    Element("dataOutputRefs", "detail", "Data", "Puts an output into a set."),
    Element("optionalOutputRefs", "detail", "Data", "The activity may end without this output, as without any."),
    Element("whileExecutingOutputRefs", "detail", "Data", "An output that may be written early. No effect."),
    Element("inputSetRefs", "detail", "Data", "The inputs that belong to these outputs. No effect."),
    Element("dataInputAssociation", "detail", "Data", "Carries data into an activity, or into an event that throws."),
    Element("dataOutputAssociation", "detail", "Data", "Carries data out of an activity, or of an event that caught."),
    Element("sourceRef", "detail", "Data", "Where an association takes its data."),
    Element("targetRef", "detail", "Data", "Where an association brings its data."),
    Element("transformation", "detail", "Data", "The expression whose value is carried."),
    Element("assignment", "detail", "Data", "Writes one value, or one part of a value."),
    Element("from", "detail", "Data", "The value of an assignment."),
    Element("to", "detail", "Data", "What an assignment writes."),
    # -- drawings: kept in the file, no effect on execution
    Element("collaboration", "drawing", "Drawing", "Pools and message flows. Its correlation keys count."),
    Element("conversation", "drawing", "Drawing", "Message flows that belong together. Its correlation keys count."),
    Element("subConversation", "drawing", "Drawing", "Conversations that belong together. Its keys count."),
    Element("conversationLink", "drawing", "Drawing", "Connects a pool with a conversation."),
    Element("messageFlowRef", "drawing", "Drawing", "Names a message flow of a conversation."),
    Element("participantRef", "drawing", "Drawing", "Names a pool of a conversation."),
    Element("participant", "drawing", "Drawing", "A pool."),
    Element("participantMultiplicity", "drawing", "Drawing", "How often a participant takes part."),
    Element("messageFlow", "drawing", "Drawing", "Shows where messages go. They are matched by name."),
    Element("textAnnotation", "drawing", "Drawing", "A comment."),
    Element("text", "drawing", "Drawing", "The text of a comment."),
    Element("association", "drawing", "Drawing", "Connects a comment, or a compensation event with its handler."),
    Element("group", "drawing", "Drawing", "A frame around elements."),
    Element("category", "drawing", "Drawing", "What a frame stands for."),
    Element("categoryValue", "drawing", "Drawing", "What a frame stands for."),
    Element("import", "drawing", "Drawing", "A schema elsewhere. It is never fetched."),
    Element("extension", "drawing", "Drawing", "Declares an extension of some tool."),
    Element("relationship", "drawing", "Drawing", "A relation to other models."),
    Element("auditing", "drawing", "Drawing", "Notes for auditors."),
    Element("monitoring", "drawing", "Drawing", "Notes for monitoring."),
    Element("resource", "drawing", "Drawing", "A resource outside of the model."),
    Element("interface", "drawing", "Drawing", "A service interface. Service tasks use topics."),
    Element("operation", "drawing", "Drawing", "An operation of a service interface. Service tasks use topics."),
    Element("inMessageRef", "drawing", "Drawing", "A message of a service interface."),
    Element("outMessageRef", "drawing", "Drawing", "A message of a service interface."),
    Element("errorRef", "drawing", "Drawing", "An error of a service interface."),
    # -- Camunda 7
    Element("camunda:inputOutput", "extension", "Mappings", "What goes into an activity and what comes out."),
    Element(
        "camunda:inputParameter", "extension", "Mappings", "A variable of the activity alone, computed on entering."
    ),
    Element("camunda:outputParameter", "extension", "Mappings", "A variable around the activity, computed on leaving."),
    Element("camunda:list", "extension", "Mappings", "A list of values."),
    Element("camunda:map", "extension", "Mappings", "An object of named values."),
    Element("camunda:entry", "extension", "Mappings", "One named value of an object."),
    Element("camunda:value", "extension", "Mappings", "One value of a list, or one choice of a form field."),
    Element("camunda:script", "extension", "Mappings", "A Python expression that computes the value."),
    Element("camunda:formData", "extension", "Forms", "A form made of fields."),
    Element("camunda:formField", "extension", "Forms", "One field of a form."),
    Element("camunda:validation", "extension", "Forms", "The rules of a field."),
    Element("camunda:constraint", "extension", "Forms", "One rule of a field."),
    Element("camunda:in", "extension", "Call activities", "A variable that a called process gets."),
    Element("camunda:out", "extension", "Call activities", "A variable that comes back from a called process."),
    Element("camunda:failedJobRetryTimeCycle", "extension", "Retries", "How often and when a job is tried again."),
)

_MI = ("multiInstanceLoopCharacteristics",)
_TIMER = ("timerEventDefinition",)
_FORMS = ("userTask", "startEvent")
_PASSED = ("camunda:in", "camunda:out")
_ASSOCIATIONS = ("dataInputAssociation", "dataOutputAssociation")

ATTRIBUTES: tuple[Attribute, ...] = (
    # -- General
    Attribute("id", "string", "Id", "Names the element inside the file; a process is started by it.", ("*",)),
    Attribute("name", "string", "Name", "What people see.", ("*",)),
    Attribute(
        "isExecutable",
        "boolean",
        "Executable",
        "Only an executable process can be started.",
        ("process",),
        default="false",
    ),
    Attribute("camunda:versionTag", "string", "Version tag", "A name that you give this version.", ("process",)),
    Attribute("sourceRef", "reference", "From", "The flow node where the flow begins.", ("sequenceFlow",)),
    Attribute("targetRef", "reference", "To", "The flow node where the flow ends.", ("sequenceFlow",)),
    Attribute(
        "conditionExpression",
        "expression",
        "Condition",
        "The flow is taken when this is true. Read at gateways that decide and at activities.",
        ("sequenceFlow",),
        "What it does",
        form="element",
    ),
    Attribute("xsi:type", "string", "Type", "The type of an expression; every type is read as an expression.", ("*",)),
    Attribute(
        "language",
        "string",
        "Language",
        "The language of the expression; told by its form.",
        ("conditionExpression", *_MI),
    ),
    Attribute(
        "default",
        "reference",
        "Default flow",
        "The flow that is taken when no condition is true.",
        (*ACTIVITIES, "exclusiveGateway", "inclusiveGateway", "complexGateway"),
        "What it does",
    ),
    Attribute(
        "attachedToRef", "reference", "Attached to", "The activity that the event belongs to.", ("boundaryEvent",)
    ),
    Attribute(
        "cancelActivity",
        "boolean",
        "Interrupts",
        "Whether the event ends its activity, or runs beside it, as often as it happens.",
        ("boundaryEvent",),
        "What it does",
        default="true",
    ),
    Attribute("flowNodeRef", "reference", "Contains", "A flow node in the lane.", ("lane",), form="element"),
    Attribute(
        "startQuantity",
        "integer",
        "Start quantity",
        "How many tokens must arrive before the activity begins.",
        ACTIVITIES,
        "What it does",
        default="1",
    ),
    Attribute(
        "completionQuantity",
        "integer",
        "Completion quantity",
        "How many tokens leave when the activity is done.",
        ACTIVITIES,
        "What it does",
        default="1",
    ),
    # -- people
    Attribute(
        "camunda:assignee", "template", "Assignee", "The person who shall do the task.", ("userTask",), "What it does"
    ),
    Attribute(
        "camunda:candidateUsers",
        "template",
        "Candidate users",
        "People who may claim the task, separated by commas; or an expression that gives a list.",
        ("userTask",),
        "What it does",
    ),
    Attribute(
        "camunda:candidateGroups",
        "template",
        "Candidate groups",
        "Groups whose members may claim the task, separated by commas; or an expression that gives a list.",
        ("userTask",),
        "What it does",
    ),
    Attribute("camunda:formKey", "template", "Form", "The key of a deployed form.", _FORMS, "What it does"),
    Attribute("camunda:formRef", "template", "Form", "The id of a deployed form.", _FORMS, "What it does"),
    Attribute(
        "camunda:formRefBinding",
        "enumeration",
        "Form version",
        "Which version of the form is shown; always the latest one.",
        _FORMS,
        "What it does",
        default="latest",
        choices=("latest",),
    ),
    Attribute(
        "camunda:formData",
        "fields",
        "Form fields",
        "A form made of fields, where no form is deployed.",
        _FORMS,
        "What it does",
        form="extension",
    ),
    Attribute(
        "camunda:dueDate", "template", "Due", "Until when: a date, or a duration from now.", ("userTask",), "Timing"
    ),
    Attribute(
        "camunda:followUpDate",
        "template",
        "Follow up",
        "When to come back to it: a date, or a duration from now.",
        ("userTask",),
        "Timing",
    ),
    Attribute(
        "camunda:priority",
        "template",
        "Priority",
        "A whole number; higher ones come first.",
        ("userTask",),
        "What it does",
        default="50",
    ),
    # -- called processes
    Attribute(
        "scriptLanguage",
        "string",
        "Language",
        "python, or absent.",
        ("globalScriptTask",),
        "What it does",
        default="python",
    ),
    Attribute(
        "calledElement",
        "template",
        "Called process",
        "The id of the process that is called, or of a global task of the same file.",
        ("callActivity",),
        "What it does",
    ),
    Attribute(
        "camunda:calledElementBinding",
        "enumeration",
        "Version",
        "Which version is called: the active one, the one that was deployed with this process, a number, or a tag.",
        ("callActivity",),
        "What it does",
        default="latest",
        choices=("latest", "deployment", "version", "versionTag"),
    ),
    Attribute(
        "camunda:calledElementVersion",
        "template",
        "Number of the version",
        "Which version is called.",
        ("callActivity",),
        "What it does",
    ),
    Attribute(
        "camunda:calledElementVersionTag",
        "template",
        "Tag of the version",
        "Which version is called: the latest one with this tag.",
        ("callActivity",),
        "What it does",
    ),
    # -- programs
    Attribute(
        "scriptFormat", "string", "Language", "python, or absent.", ("scriptTask",), "What it does", default="python"
    ),
    Attribute(
        "script",
        "script",
        "Script",
        "The Python script.",
        ("scriptTask", "globalScriptTask"),
        "What it does",
        form="element",
    ),
    Attribute(
        "camunda:type",
        "enumeration",
        "Kind",
        "external: a handler does it.",
        JOBS,
        "What it does",
        choices=("external",),
    ),
    Attribute("camunda:topic", "template", "Topic", "Says which handler does the job.", JOBS, "What it does"),
    Attribute(
        "camunda:taskPriority",
        "template",
        "Priority",
        "A whole number; jobs with a higher one are done first.",
        JOBS,
        "What it does",
        default="50",
    ),
    Attribute(
        "camunda:resultVariable",
        "string",
        "Result variable",
        "The variable that takes the result.",
        (*JOBS, "scriptTask"),
        "Data in and out",
    ),
    Attribute(
        "camunda:failedJobRetryTimeCycle",
        "iso-cycle",
        "Retries",
        "R3/PT10S: three tries, ten seconds between them; or waits separated by commas: PT5S,PT1M.",
        JOBS,
        "Errors and retries",
        form="extension",
    ),
    Attribute(
        "messageRef",
        "reference",
        "Message",
        "The message that is sent or waited for.",
        ("sendTask", "receiveTask", "messageEventDefinition"),
        "What it does",
    ),
    Attribute(
        "messageRef",
        "reference",
        "Message",
        "The message that carries the property.",
        ("correlationPropertyRetrievalExpression",),
        "What it does",
    ),
    Attribute(
        "messagePath",
        "expression",
        "Value",
        "The property in the variables of the message, such as orderId or ${order.id}.",
        ("correlationPropertyRetrievalExpression",),
        "What it does",
        form="element",
    ),
    Attribute(
        "correlationPropertyRef",
        "reference",
        "Property",
        "A property of the key.",
        ("correlationKey",),
        "What it does",
        form="element",
    ),
    Attribute(
        "correlationPropertyRef",
        "reference",
        "Property",
        "The property that is bound.",
        ("correlationPropertyBinding",),
        "What it does",
    ),
    Attribute(
        "correlationKeyRef",
        "reference",
        "Key",
        "The key that is computed.",
        ("correlationSubscription",),
        "What it does",
    ),
    Attribute(
        "dataPath",
        "expression",
        "Value",
        "The property in the variables of the process.",
        ("correlationPropertyBinding",),
        "What it does",
        form="element",
    ),
    Attribute(
        "correlationKey",
        "list",
        "Correlation keys",
        "Properties of messages that together tell conversations apart.",
        ("collaboration",),
        "What it does",
        form="element",
    ),
    Attribute(
        "correlationPropertyRetrievalExpression",
        "list",
        "Read from",
        "How the property is read from each message that carries it.",
        ("correlationProperty",),
        "What it does",
        form="element",
    ),
    Attribute(
        "correlationSubscription",
        "list",
        "Correlation",
        "Keys that are computed from the variables of the process, whenever they change.",
        ("process",),
        "What it does",
        form="element",
    ),
    Attribute(
        "correlationPropertyBinding",
        "list",
        "Properties",
        "The value of each property of the key.",
        ("correlationSubscription",),
        "What it does",
        form="element",
    ),
    Attribute(
        "signalRef",
        "reference",
        "Signal",
        "The signal that is thrown or waited for.",
        ("signalEventDefinition",),
        "What it does",
    ),
    Attribute(
        "instantiate",
        "boolean",
        "Starts the process",
        "Whether its message, or one of the events behind the gateway, starts the process.",
        ("receiveTask", "eventBasedGateway"),
        "What it does",
        default="false",
    ),
    Attribute(
        "eventGatewayType",
        "enumeration",
        "Kind",
        "Exclusive: the first event wins. Parallel, where it starts the process: all events must happen.",
        ("eventBasedGateway",),
        "What it does",
        default="Exclusive",
        choices=("Exclusive", "Parallel"),
    ),
    Attribute(
        "triggeredByEvent",
        "boolean",
        "Event subprocess",
        "It runs when the event of its start event happens, instead of when a flow leads to it.",
        ("subProcess",),
        "What it does",
        default="false",
    ),
    Attribute(
        "isInterrupting",
        "boolean",
        "Interrupts",
        "Whether an event subprocess ends everything else around it, or runs beside it.",
        ("startEvent",),
        "What it does",
        default="true",
    ),
    Attribute(
        "isForCompensation",
        "boolean",
        "Compensation",
        "It undoes another activity; an association leads to it from a compensation boundary event, and no flow.",
        ACTIVITIES,
        "Errors and retries",
        default="false",
    ),
    # -- data
    Attribute("dataObjectRef", "reference", "Data object", "The data object that it shows.", ("dataObjectReference",)),
    Attribute("dataStoreRef", "reference", "Data store", "The data store that it shows.", ("dataStoreReference",)),
    Attribute(
        "dataState",
        "string",
        "State",
        "The state that the data object gets when it is written through this reference.",
        ("dataObjectReference",),
        form="element",
    ),
    Attribute(
        "property",
        "list",
        "Properties",
        "Variables that are there as long as it is active.",
        ("process", *ACTIVITIES, *EVENT_NODES),
        "Data in and out",
        form="element",
    ),
    Attribute(
        "dataInput",
        "list",
        "Data inputs",
        "Variables of its own, filled by data associations when it begins.",
        ("process", *TASKS, "callActivity", "endEvent", "intermediateThrowEvent"),
        "Data in and out",
        form="element",
    ),
    Attribute(
        "dataOutput",
        "list",
        "Data outputs",
        "Variables of its own, carried on by data associations at its end.",
        ("process", *TASKS, "callActivity", "startEvent", "intermediateCatchEvent", "boundaryEvent"),
        "Data in and out",
        form="element",
    ),
    Attribute(
        "targetRef",
        "reference",
        "Into",
        "The data input that takes it. An association that is only drawn carries nothing.",
        ("dataInputAssociation",),
        "Data in and out",
        form="element",
    ),
    Attribute(
        "sourceRef",
        "reference",
        "From",
        "The data output that is carried. An association that is only drawn carries nothing.",
        ("dataOutputAssociation",),
        "Data in and out",
        form="element",
    ),
    Attribute(
        "assignment",
        "list",
        "Assignments",
        "Each writes one value, or one part of a value, instead of the source itself.",
        _ASSOCIATIONS,
        "Data in and out",
        form="element",
    ),
    Attribute(
        "isCollection",
        "boolean",
        "Collection",
        "It holds a list.",
        ("dataObject", "dataInput", "dataOutput", "itemDefinition"),
        "Data in and out",
        default="false",
    ),
    Attribute(
        "itemSubjectRef",
        "reference",
        "Item definition",
        "The type of the data.",
        ("dataObject", "dataStore", "dataInput", "dataOutput", "property", "inputDataItem", "outputDataItem"),
        "Data in and out",
    ),
    Attribute(
        "structureRef",
        "string",
        "Structure",
        "A type of XML Schema, such as xsd:int, is checked; every other structure is accepted.",
        ("itemDefinition",),
        "Data in and out",
    ),
    Attribute(
        "transformation",
        "expression",
        "Transformation",
        "Its value is carried instead of the source itself.",
        _ASSOCIATIONS,
        "Data in and out",
        form="element",
    ),
    Attribute("from", "expression", "Value", "What is written.", ("assignment",), "Data in and out", form="element"),
    Attribute(
        "to",
        "string",
        "Into",
        "A variable or data element, or a part of it: order.lines[0].price.",
        ("assignment",),
        "Data in and out",
        form="element",
    ),
    Attribute(
        "camunda:inputOutput",
        "mapping",
        "Mapping",
        "Input parameters are variables of the activity alone; output parameters are written around it at its end.",
        (*ACTIVITIES, "endEvent", "intermediateThrowEvent"),
        "Data in and out",
        form="extension",
    ),
    Attribute(
        "camunda:inputParameter",
        "mapping",
        "Input",
        "A named value: text, expression, list, map or script.",
        ("camunda:inputOutput",),
        "Data in and out",
        form="extension",
    ),
    Attribute(
        "camunda:outputParameter",
        "mapping",
        "Output",
        "A named value: text, expression, list, map or script.",
        ("camunda:inputOutput",),
        "Data in and out",
        form="extension",
    ),
    Attribute(
        "camunda:in",
        "mapping",
        "Passed in",
        "The variables that the called process gets. Without any it sees none of the caller's.",
        ("callActivity",),
        "Data in and out",
        form="extension",
    ),
    Attribute(
        "camunda:out",
        "mapping",
        "Passed back",
        "The variables that come back when the called process has completed. Without any none do.",
        ("callActivity",),
        "Data in and out",
        form="extension",
    ),
    Attribute("source", "string", "Source", "The variable whose value is passed.", _PASSED, "Data in and out"),
    Attribute(
        "sourceExpression", "template", "Source expression", "Computes what is passed.", _PASSED, "Data in and out"
    ),
    Attribute("target", "string", "Target", "The variable that takes it.", _PASSED, "Data in and out"),
    Attribute(
        "variables",
        "enumeration",
        "Variables",
        "all: every variable is passed under its name.",
        _PASSED,
        "Data in and out",
        choices=("all",),
    ),
    Attribute(
        "local",
        "boolean",
        "Local",
        "Passes in only what the call activity has for itself; passes back into the call activity alone.",
        _PASSED,
        "Data in and out",
        default="false",
    ),
    Attribute(
        "businessKey",
        "template",
        "Business key",
        "The business key of the called process; #{execution.processBusinessKey} is that of the caller.",
        ("camunda:in",),
        "Data in and out",
    ),
    Attribute("key", "string", "Key", "The name of the entry.", ("camunda:entry",), "Data in and out"),
    Attribute("scriptFormat", "string", "Language", "python, or absent.", ("camunda:script",), "Data in and out"),
    Attribute("id", "string", "Key", "The variable that the field fills.", ("camunda:formField",), "What it does"),
    Attribute("label", "string", "Label", "What people see.", ("camunda:formField",), "What it does"),
    Attribute(
        "type",
        "enumeration",
        "Type",
        "What the field takes.",
        ("camunda:formField",),
        "What it does",
        default="string",
        choices=("string", "long", "double", "boolean", "date", "enum"),
    ),
    Attribute(
        "defaultValue", "string", "Default", "What the field holds at first.", ("camunda:formField",), "What it does"
    ),
    Attribute(
        "config",
        "string",
        "Limit",
        "The limit that the rule sets.",
        ("camunda:constraint",),
        "What it does",
    ),
    # -- multi-instance
    Attribute(
        "multiInstanceLoopCharacteristics",
        "element",
        "Multi-instance",
        "Does the activity once for each item or number.",
        ACTIVITIES,
        "What it does",
        form="element",
    ),
    Attribute(
        "isSequential",
        "boolean",
        "One after another",
        "One after another, or all at once.",
        _MI,
        "What it does",
        default="false",
    ),
    Attribute("loopCardinality", "expression", "How often", "A whole number.", _MI, "What it does", form="element"),
    Attribute(
        "camunda:collection", "string", "Collection", "A variable or expression with the items.", _MI, "What it does"
    ),
    Attribute(
        "camunda:elementVariable",
        "string",
        "Item",
        "The variable that holds the item of one instance.",
        _MI,
        "What it does",
    ),
    Attribute(
        "loopDataInputRef", "string", "Collection", "The variable with the items.", _MI, "What it does", form="element"
    ),
    Attribute(
        "inputDataItem", "string", "Item", "Its name is the variable of the item.", _MI, "What it does", form="element"
    ),
    Attribute(
        "loopDataOutputRef",
        "string",
        "Results",
        "The variable that takes the list of results.",
        _MI,
        "Data in and out",
        form="element",
    ),
    Attribute(
        "outputDataItem",
        "string",
        "Result of one",
        "Its name is the variable whose value goes into the list.",
        _MI,
        "Data in and out",
        form="element",
    ),
    Attribute(
        "completionCondition",
        "expression",
        "Enough when",
        "When it is true after an instance has ended, the others are withdrawn.",
        _MI,
        "What it does",
        form="element",
    ),
    Attribute(
        "behavior",
        "enumeration",
        "Behaviour",
        "Which events the instances throw: All none, One after the first, None after each, Complex on conditions.",
        _MI,
        "What it does",
        default="All",
        choices=("All", "None", "One", "Complex"),
    ),
    Attribute(
        "noneBehaviorEventRef",
        "reference",
        "Event after each",
        "The event definition that is thrown after each instance.",
        _MI,
        "What it does",
    ),
    Attribute(
        "oneBehaviorEventRef",
        "reference",
        "Event after the first",
        "The event definition that is thrown after the first instance.",
        _MI,
        "What it does",
    ),
    Attribute(
        "complexBehaviorDefinition",
        "list",
        "Events on conditions",
        "Events that are thrown after an instance when their condition is true.",
        _MI,
        "What it does",
        form="element",
    ),
    Attribute(
        "event",
        "element",
        "Event",
        "The event that is thrown when the condition is true.",
        ("complexBehaviorDefinition",),
        "What it does",
        form="element",
    ),
    # -- time
    Attribute(
        "timeDate",
        "iso-date",
        "Date",
        "A date and time, or an expression that gives one.",
        _TIMER,
        "Timing",
        form="element",
    ),
    Attribute(
        "timeDuration",
        "iso-duration",
        "Duration",
        "A duration such as PT1H, or an expression that gives one.",
        _TIMER,
        "Timing",
        form="element",
    ),
    Attribute(
        "timeCycle",
        "iso-cycle",
        "Cycle",
        "A repetition such as R3/PT1H, or an expression that gives one.",
        _TIMER,
        "Timing",
        form="element",
    ),
    # -- errors
    Attribute(
        "errorRef",
        "reference",
        "Error",
        "The error that is thrown or caught; none: every error is caught.",
        ("errorEventDefinition",),
        "Errors and retries",
    ),
    Attribute(
        "errorCode",
        "string",
        "Code",
        "Tells errors apart; an error without one has its id.",
        ("error",),
        "Errors and retries",
    ),
    Attribute(
        "camunda:errorCodeVariable",
        "string",
        "Code into",
        "The variable that takes the code of the caught error.",
        ("errorEventDefinition",),
        "Errors and retries",
    ),
    Attribute(
        "camunda:errorMessageVariable",
        "string",
        "Message into",
        "The variable that takes the message of the caught error.",
        ("errorEventDefinition",),
        "Errors and retries",
    ),
    Attribute(
        "escalationRef",
        "reference",
        "Escalation",
        "The escalation that is thrown or caught; none: every escalation is caught.",
        ("escalationEventDefinition",),
        "Errors and retries",
    ),
    Attribute(
        "escalationCode",
        "string",
        "Code",
        "Tells escalations apart; an escalation without one has its id.",
        ("escalation",),
        "Errors and retries",
    ),
    Attribute(
        "camunda:escalationCodeVariable",
        "string",
        "Code into",
        "The variable that takes the code of the caught escalation.",
        ("escalationEventDefinition",),
        "Errors and retries",
    ),
    Attribute(
        "activityRef",
        "reference",
        "Activity",
        "The activity that is undone; none: everything that has completed in the scope.",
        ("compensateEventDefinition",),
        "What it does",
    ),
    Attribute(
        "waitForCompletion",
        "boolean",
        "Waits",
        "Whether the token waits until everything is undone.",
        ("compensateEventDefinition",),
        "What it does",
        default="true",
    ),
    Attribute(
        "parallelMultiple",
        "boolean",
        "All events",
        "With several events: whether all of them must happen, or one is enough.",
        ("startEvent", "intermediateCatchEvent", "boundaryEvent"),
        "What it does",
        default="false",
    ),
    Attribute(
        "activationCondition",
        "expression",
        "Passes when",
        "Tried with each token that comes; activationCount is the number of tokens that wait.",
        ("complexGateway",),
        "What it does",
        form="element",
    ),
    Attribute(
        "ordering",
        "enumeration",
        "Order",
        "Whether the activities inside begin all at once or one after the other.",
        ("adHocSubProcess",),
        "What it does",
        default="Parallel",
        choices=("Parallel", "Sequential"),
    ),
    Attribute(
        "completionCondition",
        "expression",
        "Complete when",
        "Tried after each activity inside; when it is true nothing further begins.",
        ("adHocSubProcess",),
        "What it does",
        form="element",
    ),
    Attribute(
        "cancelRemainingInstances",
        "boolean",
        "Withdraws the rest",
        "Whether activities that are still active are withdrawn when the condition is true.",
        ("adHocSubProcess",),
        "What it does",
        default="true",
    ),
    # -- conditions and loops
    Attribute(
        "condition",
        "expression",
        "Condition",
        "The event happens when this becomes true.",
        ("conditionalEventDefinition", "complexBehaviorDefinition"),
        "What it does",
        form="element",
    ),
    Attribute(
        "standardLoopCharacteristics",
        "element",
        "Loop",
        "Repeats the activity while a condition is true.",
        ACTIVITIES,
        "What it does",
        form="element",
    ),
    Attribute(
        "loopCondition",
        "expression",
        "As long as",
        "The activity is done again while this is true.",
        ("standardLoopCharacteristics",),
        "What it does",
        form="element",
    ),
    Attribute(
        "testBefore",
        "boolean",
        "Test before",
        "Whether the condition is tried before the first round as well.",
        ("standardLoopCharacteristics",),
        "What it does",
        default="false",
    ),
    Attribute(
        "loopMaximum",
        "integer",
        "At most",
        "The largest number of rounds.",
        ("standardLoopCharacteristics",),
        "What it does",
    ),
    # -- what a file declares beside its processes
    Attribute(
        "message",
        "list",
        "Messages",
        "Told apart by their names.",
        ("definitions",),
        "In this file",
        form="element",
    ),
    Attribute(
        "signal",
        "list",
        "Signals",
        "Told apart by their names.",
        ("definitions",),
        "In this file",
        form="element",
    ),
    Attribute(
        "error",
        "list",
        "Errors",
        "Told apart by their codes.",
        ("definitions",),
        "In this file",
        form="element",
    ),
    Attribute(
        "escalation",
        "list",
        "Escalations",
        "Told apart by their codes.",
        ("definitions",),
        "In this file",
        form="element",
    ),
    Attribute(
        "correlationProperty",
        "list",
        "Correlation properties",
        "Values that messages of a conversation carry.",
        ("definitions",),
        "In this file",
        form="element",
    ),
    Attribute(
        "itemDefinition",
        "list",
        "Item definitions",
        "Types of data.",
        ("definitions",),
        "In this file",
        form="element",
    ),
    Attribute(
        "dataStore",
        "list",
        "Data stores",
        "Values that all instances of all processes share.",
        ("definitions",),
        "In this file",
        form="element",
    ),
    Attribute(
        "globalTask",
        "list",
        "Global tasks",
        "Tasks that call activities of this file do.",
        ("definitions",),
        "In this file",
        form="element",
    ),
    Attribute(
        "globalUserTask",
        "list",
        "Global user tasks",
        "User tasks that call activities of this file do.",
        ("definitions",),
        "In this file",
        form="element",
    ),
    Attribute(
        "globalManualTask",
        "list",
        "Global manual tasks",
        "Manual tasks that call activities of this file do.",
        ("definitions",),
        "In this file",
        form="element",
    ),
    Attribute(
        "globalScriptTask",
        "list",
        "Global script tasks",
        "Script tasks that call activities of this file do.",
        ("definitions",),
        "In this file",
        form="element",
    ),
    # -- documentation
    Attribute(
        "documentation", "text", "Documentation", "A text for the reader.", ("*",), "Documentation", form="element"
    ),
)

# Read by modelers only: listed so that the report does not mention them. They do not change what a diagram does.
SILENT: Mapping[str, tuple[str, ...]] = {
    "*": ("textFormat", "isClosed", "processType", "isUnspecified", "itemSubjectRef", "isCollection", "structureRef"),
    "definitions": ("targetNamespace", "exporter", "exporterVersion", "expressionLanguage", "typeLanguage"),
    "exclusiveGateway": ("gatewayDirection",),
    "inclusiveGateway": ("gatewayDirection",),
    "loopCondition": ("language",),
    "condition": ("language",),
    "escalation": ("structureRef",),
    "signal": ("structureRef",),
    "parallelGateway": ("gatewayDirection",),
    "complexGateway": ("gatewayDirection",),
    "activationCondition": ("language",),
    "adHocSubProcess": ("triggeredByEvent",),
    "eventBasedGateway": ("gatewayDirection",),
    "serviceTask": ("implementation", "operationRef"),
    "sendTask": ("implementation", "operationRef"),
    "receiveTask": ("implementation", "operationRef"),
    "userTask": ("implementation",),
    "transaction": ("method",),
    "participant": ("processRef",),
    "messageFlow": ("sourceRef", "targetRef", "messageRef"),
    "correlationProperty": ("type",),
    "messagePath": ("language", "evaluatesToTypeRef"),
    "dataPath": ("language", "evaluatesToTypeRef"),
    "conversationLink": ("sourceRef", "targetRef"),
    "association": ("sourceRef", "targetRef", "associationDirection"),
    "group": ("categoryValueRef",),
    "categoryValue": ("value",),
    "dataStore": ("capacity", "isUnlimited"),
    "itemDefinition": ("itemKind", "import"),
    "transformation": ("language",),
    "from": ("language",),
    "to": ("language",),
    "import": ("importType", "location", "namespace"),
    "extension": ("mustUnderstand", "definition"),
    "interface": ("implementationRef",),
    "operation": ("implementationRef",),
    "participantMultiplicity": ("minimum", "maximum"),
    "inputDataItem": ("itemSubjectRef",),
    "outputDataItem": ("itemSubjectRef",),
    "timeDate": ("language",),
    "timeDuration": ("language",),
    "timeCycle": ("language",),
    "loopCardinality": ("language",),
    "completionCondition": ("language",),
    "sequenceFlow": ("isImmediate",),
}

# Where each kind of event may stand.
EVENT_PLACES: Mapping[str, tuple[str, ...]] = {
    "none": ("startEvent", "endEvent", "intermediateThrowEvent"),
    "message": EVENT_NODES,
    "signal": EVENT_NODES,
    "timer": ("startEvent", "intermediateCatchEvent", "boundaryEvent"),
    "error": ("endEvent", "boundaryEvent"),
    "escalation": ("endEvent", "intermediateThrowEvent", "boundaryEvent"),
    "conditional": ("intermediateCatchEvent", "boundaryEvent"),
    "link": ("intermediateCatchEvent", "intermediateThrowEvent"),
    "terminate": ("endEvent",),
    "compensate": ("endEvent", "intermediateThrowEvent", "boundaryEvent"),
    "cancel": ("endEvent", "boundaryEvent"),
}

# Events at which an event subprocess may start.
EVENT_SUBPROCESS_STARTS = ("message", "signal", "timer", "error", "escalation", "conditional", "compensate")

# What BPMN has and this engine refuses, with the way out in words.
REFUSED: Mapping[str, tuple[str, str]] = {
    "businessRuleTask": ("business rule task", "Use a service task, or a script task with the rules."),
    "callChoreography": ("choreography", "Only processes can be executed."),
    "choreographyTask": ("choreography task", "Only processes can be executed."),
    "subChoreography": ("choreography", "Only processes can be executed."),
    "implicitThrowEvent": ("implicit throw event", "Use an intermediate throw event."),
}


def prefixed(tag: str) -> str:
    """`{namespace}local` as the table names it: `local`, `camunda:local`, or `{namespace}local` unchanged."""
    for namespace, prefix in ((BPMN, ""), (CAMUNDA, "camunda:"), (XSI, "xsi:")):
        if tag.startswith(f"{{{namespace}}}"):
            return prefix + tag[len(namespace) + 2 :]
    return tag


def qualified(name: str) -> str:
    """The inverse of `prefixed` for attributes: BPMN attributes carry no namespace."""
    if name.startswith("camunda:"):
        return f"{{{CAMUNDA}}}{name[8:]}"
    if name.startswith("xsi:"):
        return f"{{{XSI}}}{name[4:]}"
    return name


@lru_cache(maxsize=4096)  # the names come from files
def element(tag: str) -> Element | None:
    """The row of a tag as the table names it."""
    return next((e for e in ELEMENTS if e.tag == tag), None)


@lru_cache(maxsize=4096)  # the names come from files
def attribute(tag: str, name: str) -> Attribute | None:
    """The row of an attribute (or child element) of that element; rows that name the element come before `*`."""
    rows = [a for a in ATTRIBUTES if a.name == name and (tag in a.elements or "*" in a.elements)]
    return min(rows, key=lambda a: "*" in a.elements, default=None)


@lru_cache(maxsize=4096)  # the names come from files
def is_known(tag: str, name: str) -> bool:
    """Whether the report may stay silent about this attribute: it is read, or it is for modelers only."""
    return attribute(tag, name) is not None or name in SILENT.get(tag, ()) or name in SILENT["*"]


def as_json() -> dict[str, Any]:
    """The table for the browser: groups, elements, attributes, and where each kind of event may stand."""
    return {
        "version": 1,
        "groups": list(GROUPS),
        "elements": [asdict(e) for e in ELEMENTS],
        "attributes": [asdict(a) for a in ATTRIBUTES],
        "eventPlaces": {kind: list(places) for kind, places in EVENT_PLACES.items()},
        "refused": {tag: {"name": name, "wayOut": way_out} for tag, (name, way_out) in REFUSED.items()},
    }
