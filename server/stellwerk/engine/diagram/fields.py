"""camunda:formData as a form-js schema."""

from __future__ import annotations

from typing import Any

from stellwerk.engine.diagram import XML
from stellwerk.engine.vocabulary import CAMUNDA

_C = f"{{{CAMUNDA}}}"
_NUMBERS = {"min": "min", "max": "max"}
_LENGTHS = {"minlength": "minLength", "maxlength": "maxLength"}


def form_schema(key: str, form_data: XML) -> dict[str, Any]:
    """The schema of a form whose key is `key`; each field's id is the variable that it fills."""
    components = [_component(field) for field in form_data.findall(f"{_C}formField")]
    return {"type": "default", "id": key, "schemaVersion": 16, "components": components}


def _component(field: XML) -> dict[str, Any]:
    id, kind = field.get("id") or "", field.get("type") or "string"
    component: dict[str, Any] = {"id": f"field_{id}", "key": id, "label": field.get("label") or id, **_kind(kind)}
    if kind == "enum":
        values = field.findall(f"{_C}value")
        component["values"] = [
            {"value": v.get("id") or "", "label": v.get("name") or v.get("id") or ""} for v in values
        ]
    default = field.get("defaultValue")
    if default is not None:
        component["defaultValue"] = default.strip().lower() == "true" if kind == "boolean" else default
    validate: dict[str, Any] = {}
    for constraint in field.findall(f"{_C}validation/{_C}constraint"):
        _constrain(component, validate, (constraint.get("name") or "").lower(), constraint.get("config") or "")
    if validate:
        component["validate"] = validate
    return component


def _kind(kind: str) -> dict[str, Any]:
    if kind == "date":
        return {"type": "datetime", "subtype": "date", "dateLabel": ""}
    if kind == "long":
        return {"type": "number", "decimalDigits": 0}
    return {"type": {"double": "number", "boolean": "checkbox", "enum": "select"}.get(kind, "textfield")}


def _constrain(component: dict[str, Any], validate: dict[str, Any], name: str, config: str) -> None:
    if name == "required":
        validate["required"] = config.lower() != "false"
    elif name == "readonly":
        component["readonly"] = config.lower() != "false"
    elif name in _LENGTHS and config.isdigit():
        validate[_LENGTHS[name]] = int(config)
    elif name in _NUMBERS:
        try:
            validate[name] = int(config) if config.lstrip("-").isdigit() else float(config)
        except ValueError:
            return
