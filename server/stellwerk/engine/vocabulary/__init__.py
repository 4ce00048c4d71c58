"""The one table: every BPMN element and every attribute that the engine reads.

The parser reads through `Reader`, which refuses to read what is not listed here; the deployment report lists what a
file holds beyond this table; the properties panel and docs/elements.md are made from it.
Names: `camunda:x` is x in the namespace of Camunda 7, `zeebe:x` in that of Camunda 8, `spiffworkflow:x` in that of
SpiffWorkflow; everything else is BPMN 2.0 itself.
"""

from __future__ import annotations

from dataclasses import asdict
from functools import lru_cache
from typing import Any

from stellwerk.engine.vocabulary.beyond import EVENT_PLACES, REFUSED, SILENT
from stellwerk.engine.vocabulary.calls import CALLS
from stellwerk.engine.vocabulary.conditions import CONDITIONS
from stellwerk.engine.vocabulary.data import DATA
from stellwerk.engine.vocabulary.decisions import DECISIONS
from stellwerk.engine.vocabulary.elements import ELEMENTS
from stellwerk.engine.vocabulary.events import EVENTS
from stellwerk.engine.vocabulary.file import FILE
from stellwerk.engine.vocabulary.general import GENERAL
from stellwerk.engine.vocabulary.loops import MULTI_INSTANCE
from stellwerk.engine.vocabulary.messages import MESSAGES
from stellwerk.engine.vocabulary.model import (
    ACTIVITIES,
    BPMN,
    CAMUNDA,
    EVENT_NODES,
    GATEWAYS,
    GROUPS,
    JOBS,
    PREFIXES,
    SUBPROCESSES,
    TASKS,
    XSI,
    Attribute,
    Element,
)
from stellwerk.engine.vocabulary.people import PEOPLE
from stellwerk.engine.vocabulary.programs import PROGRAMS
from stellwerk.engine.vocabulary.triggers import TRIGGERS
from stellwerk.feel.builtins import FUNCTIONS

__all__ = [
    "ACTIVITIES",
    "ATTRIBUTES",
    "BPMN",
    "CAMUNDA",
    "ELEMENTS",
    "EVENT_NODES",
    "EVENT_PLACES",
    "GATEWAYS",
    "GROUPS",
    "JOBS",
    "PREFIXES",
    "REFUSED",
    "SILENT",
    "SUBPROCESSES",
    "TASKS",
    "XSI",
    "Attribute",
    "Element",
    "as_json",
    "attribute",
    "element",
    "is_known",
    "prefixed",
    "qualified",
]

ATTRIBUTES: tuple[Attribute, ...] = (
    *GENERAL,
    *PEOPLE,
    *CALLS,
    *DECISIONS,
    *PROGRAMS,
    *MESSAGES,
    *TRIGGERS,
    *DATA,
    *MULTI_INSTANCE,
    *EVENTS,
    *CONDITIONS,
    *FILE,
)


def prefixed(tag: str) -> str:
    """`{namespace}local` as the table names it: `local`, `camunda:local`, or `{namespace}local` unchanged."""
    namespace, _, local = tag[1:].rpartition("}")
    if namespace == BPMN:
        return local
    return f"{_BY_NAMESPACE[namespace]}:{local}" if namespace in _BY_NAMESPACE else tag


_BY_NAMESPACE = {namespace: prefix for prefix, namespace in PREFIXES.items()}


def qualified(name: str) -> str:
    """The inverse of `prefixed` for attributes: BPMN attributes carry no namespace."""
    prefix, colon, local = name.partition(":")
    return f"{{{PREFIXES[prefix]}}}{local}" if colon and prefix in PREFIXES else name


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


_FOREIGN = ("zeebe:", "spiffworkflow:")


def _is_foreign(row: Attribute) -> bool:
    return row.name.startswith(_FOREIGN) or all(tag.startswith(_FOREIGN) for tag in row.elements)


def as_json() -> dict[str, Any]:
    """The table for the browser: groups, elements, attributes, where each kind of event may stand, FEEL's functions.

    Without what only files of other tools have: it is read and kept, and the panel writes the names of Camunda 7.
    """
    return {
        "version": 1,
        "groups": list(GROUPS),
        "elements": [asdict(e) for e in ELEMENTS if not e.tag.startswith(_FOREIGN)],
        "attributes": [asdict(a) for a in ATTRIBUTES if not _is_foreign(a)],
        "eventPlaces": {kind: list(places) for kind, places in EVENT_PLACES.items()},
        "functions": sorted(FUNCTIONS),
        "refused": {tag: {"name": name, "wayOut": way_out} for tag, (name, way_out) in REFUSED.items()},
    }
