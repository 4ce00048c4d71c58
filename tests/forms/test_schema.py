"""What a form may hold, said at deployment."""

import pytest

from stellwerk.forms import fields, validate_schema


def form(*components, **extra):
    return {"type": "default", "components": list(components), **extra}


def text(**more):
    return {"type": "textfield", "key": "name", "label": "Name", **more}


def number(**more):
    return {"type": "number", "key": "amount", "label": "Amount", **more}


def select(**more):
    return {"type": "select", "key": "size", "label": "Size", "values": [{"label": "S", "value": "s"}], **more}


def test_a_form_of_all_supported_components_is_accepted():
    schema = form(
        {"type": "text", "text": "# Hello {{name}}"},
        text(validate={"required": True, "minLength": 2, "maxLength": 40, "pattern": "^[A-Z]"}),
        {"type": "textarea", "key": "note", "label": "Note"},
        number(decimalDigits=2, increment=0.5, validate={"min": 0, "max": "10.5"}),
        {"type": "checkbox", "key": "agreed", "label": "Agreed", "validate": {"required": True}},
        select(),
        {"type": "radio", "key": "colour", "label": "Colour", "valuesKey": "colours"},
        {"type": "datetime", "key": "day", "subtype": "date", "dateLabel": "Day"},
        {"type": "separator"},
        {"type": "spacer", "height": 20},
        {"type": "group", "label": "More", "components": [text(key="inner", label="Inner")]},
        {"type": "button", "action": "submit", "label": "Send"},
    )
    assert validate_schema(schema) == ()
    assert [f.key for f in fields(schema)] == ["name", "note", "amount", "agreed", "size", "colour", "day", "inner"]
    assert fields(schema)[6].label == "Day"
    assert fields(schema)[0].required


@pytest.mark.parametrize(
    ("component", "rule"),
    [
        ({"type": "filepicker", "key": "file", "label": "File"}, "form-type"),
        ({"type": "taglist", "key": "tags"}, "form-type"),
        ({"type": "dynamiclist", "path": "rows", "components": []}, "form-type"),
        ({"type": "html", "content": "<b>x</b>"}, "form-type"),
        (text(conditional={"hide": "=amount > 3"}), "form-condition"),
        (text(key=""), "form-key"),
        (text(key="client.name"), "form-key"),
        (text(readonly="=locked"), "form-expression"),
        (text(validate={"minLength": "=3"}), "form-expression"),
        (text(validate={"pattern": "(?=x)"}), "form-pattern"),
        (text(validate={"pattern": 3}), "form-pattern"),
        (text(validate={"min": 3}), "form-rule"),
        (text(validate={"maxLength": "long"}), "form-rule"),
        (text(validate={"colour": "red"}), "form-rule"),
        (text(validate={"validationType": "iban"}), "form-rule"),
        (text(validate={"required": "yes"}), "form-rule"),
        (text(validate=[]), "form-rule"),
        (number(validate={"max": "ten"}), "form-rule"),
        (number(decimalDigits=-1), "form-number"),
        (number(increment=0), "form-number"),
        (select(values=[]), "form-options"),
        (select(values=None, valuesExpression="=sizes"), "form-expression"),
        (select(values=[{"label": str(n), "value": n} for n in range(2001)]), "form-options"),
        ({"type": "datetime", "key": "at", "subtype": "datetime"}, "form-date"),
        ({"type": "group", "path": "client", "components": []}, "form-path"),
        ({"type": "group", "isRepeating": True, "components": []}, "form-repeat"),
    ],
)
def test_what_is_not_supported_is_refused_by_name(component, rule):
    problems = validate_schema(form(component), file="claim.form")
    assert [p.rule for p in problems] == [rule]
    assert problems[0].severity == "error"
    assert problems[0].file == "claim.form"


def test_a_key_may_be_used_once():
    assert [p.rule for p in validate_schema(form(text(), number(key="name")))] == ["form-key-twice"]


@pytest.mark.parametrize(
    "schema", [None, [], {}, {"components": {}}, {"components": ["x"]}, {"components": [text()] * 501}]
)
def test_what_is_no_form_is_refused(schema):
    assert [p.rule for p in validate_schema(schema)] == ["form-shape"]


def test_groups_nested_without_end_are_refused():
    inner = {"type": "group", "components": []}
    for _ in range(50):
        inner = {"type": "group", "components": [inner]}
    assert "form-depth" in [p.rule for p in validate_schema(form(inner))]
