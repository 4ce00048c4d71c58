"""Attributes of every element, of flows and activities."""

from __future__ import annotations

from stellwerk.engine.vocabulary.model import ACTIVITIES, Attribute

_MI = ("multiInstanceLoopCharacteristics",)

GENERAL: tuple[Attribute, ...] = (
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
        "The language of the expression: the URI of FEEL; all else is told by its form.",
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
)
