"""How messages speak of elements."""

from __future__ import annotations

import re
from collections.abc import Iterable

from stellwerk.engine.diagram import XML, label
from stellwerk.engine.diagram.normalise import local_name

# Names of the schema that nobody says.
_SPOKEN = {
    "participant": "pool (participant)",
    "compensateEventDefinition": "compensation event definition",
    "adHocSubProcess": "ad-hoc subprocess",
    "multiInstanceLoopCharacteristics": "multi-instance marker",
    "standardLoopCharacteristics": "standard loop marker",
}


def kind_of(tag: str) -> str:
    """`eventBasedGateway` as people say it: event based gateway."""
    return _SPOKEN.get(tag) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", tag).replace("ub Process", "ubprocess").lower()


def a(noun: str) -> str:
    """The noun with its article."""
    return f"an {noun}" if noun[:1].lower() in "aeio" else f"a {noun}"


def the(element: XML) -> str:
    """`the message flow 'order'`; an element without name and id is told by its kind alone."""
    kind, said = kind_of(local_name(element)), label(element)
    return f"the {kind}" if said == local_name(element) else f"the {kind} '{said}'"


def said(element: XML) -> str:
    """`Message flow 'order'`, to begin a sentence."""
    words = the(element).removeprefix("the ")
    return words[:1].upper() + words[1:]


def one_of(tags: Iterable[str]) -> str:
    """A list of kinds for a message."""
    return ", ".join(sorted({kind_of(tag) for tag in tags}))
