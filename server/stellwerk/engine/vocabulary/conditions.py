"""Attributes of conditions and loops."""

from __future__ import annotations

from stellwerk.engine.vocabulary.model import ACTIVITIES, Attribute

CONDITIONS: tuple[Attribute, ...] = (
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
)
