"""A file as it was drawn: read as XML from strangers, brought into one form, indexed, and asked for its values."""

from stellwerk.engine.diagram.diagram import (
    XML,
    Diagram,
    FlowNode,
    ScopeElement,
    children,
    is_activity,
    is_bpmn,
    is_node,
    label,
    own_id,
    text_of,
    texts,
)

__all__ = [
    "XML",
    "Diagram",
    "FlowNode",
    "ScopeElement",
    "children",
    "is_activity",
    "is_bpmn",
    "is_node",
    "label",
    "own_id",
    "text_of",
    "texts",
]
