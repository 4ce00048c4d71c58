"""Mappings and form fields."""

from __future__ import annotations

from collections.abc import Iterator

from stellwerk.engine.diagram import Diagram, label
from stellwerk.engine.lint.registry import Finding, rule
from stellwerk.engine.vocabulary import CAMUNDA


@rule("parameter-name", "A mapped parameter has a name of its own.", remedy="Give each parameter its own name.")
def parameter_name(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of():
        for tag in ("inputParameter", "outputParameter"):
            seen: set[str] = set()
            for parameter in node.element.findall(f"./*/{{{CAMUNDA}}}inputOutput/{{{CAMUNDA}}}{tag}"):
                name = (parameter.get("name") or "").strip()
                if not name or name in seen:
                    what = f"'{name}' twice" if name else "a parameter without a name"
                    yield node.element, f"The mapping of '{label(node.element)}' has {what}. Give each its own name."
                seen.add(name)


@rule("form-field", "A form field has an id of its own.", remedy="Give each field its own id.")
def form_field(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.of("userTask", "startEvent"):
        seen: set[str] = set()
        for form_field in node.element.findall(f"./*/{{{CAMUNDA}}}formData/{{{CAMUNDA}}}formField"):
            id = (form_field.get("id") or "").strip()
            if not id or id in seen:
                what = f"two fields '{id}'" if id else "a field without an id"
                yield node.element, f"The form of '{label(node.element)}' has {what}. Give each field its own id."
            seen.add(id)
