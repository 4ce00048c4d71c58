"""Attributes that say how a node starts, and what starts a process."""

from __future__ import annotations

from stellwerk.engine.vocabulary.model import ACTIVITIES, Attribute

TRIGGERS: tuple[Attribute, ...] = (
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
)
