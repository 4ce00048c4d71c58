"""Attributes of multi-instance activities."""

from __future__ import annotations

from stellwerk.engine.vocabulary.model import ACTIVITIES, Attribute

_MI = ("multiInstanceLoopCharacteristics",)

MULTI_INSTANCE: tuple[Attribute, ...] = (
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
)
