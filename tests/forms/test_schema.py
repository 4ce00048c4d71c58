"""What a form may hold, said at deployment."""

import pytest

from stellwerk.forms import fields, validate_schema, variables


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
        ({"type": "iframe", "url": "https://example.org"}, "form-type"),
        ({"type": "taglist", "key": "tags"}, "form-options"),
        ({"type": "dynamiclist", "components": []}, "form-path"),
        ({"type": "dynamiclist", "path": "rows", "defaultRepetitions": -1, "components": []}, "form-repeat"),
        ({"type": "dynamiclist", "path": "rows", "components": [text(readonly=True)]}, "form-readonly"),
        ({"type": "expression", "key": "sum"}, "form-expression"),
        ({"type": "expression", "key": "sum", "expression": "a + b"}, "form-expression"),
        ({"type": "expression", "key": "sum", "expression": "=a +"}, "form-feel"),
        ({"type": "expression", "key": "sum", "expression": "=sum + 1"}, "form-cycle"),
        ({"type": "table", "dataSource": "rows"}, "form-expression"),
        ({"type": "text", "text": "{{#if open}} never closed"}, "form-template"),
        ({"type": "html", "content": "{{#loop rows}} {{/if}}"}, "form-template"),
        ({"type": "html", "content": "<b>{{a +}}</b>"}, "form-feel"),
        (text(conditional={"hide": "amount > 3"}), "form-expression"),
        (text(conditional={"hide": "=amount >"}), "form-feel"),
        (text(label="=1 +"), "form-feel"),
        (text(disabled="=locked"), "form-expression"),
        (number(decimalDigits="=2"), "form-expression"),
        (number(increment="=2"), "form-expression"),
        (number(validate={"required": "=true"}), "form-expression"),
        (text(key=""), "form-key"),
        (text(key="client..name"), "form-key"),
        (text(validate={"minLength": "=3 +"}), "form-feel"),
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
        (select(valuesExpression="=[1]"), "form-options"),
        (select(values=[{"label": str(n), "value": n} for n in range(2001)]), "form-options"),
        ({"type": "datetime", "key": "at", "subtype": "week"}, "form-date"),
        ({"type": "group", "path": "client.", "components": []}, "form-path"),
        ({"type": "group", "isRepeating": True, "components": []}, "form-repeat"),
    ],
)
def test_what_is_not_supported_is_refused_by_name(component, rule):
    problems = validate_schema(form(component), file="claim.form")
    assert [p.rule for p in problems] == [rule]
    assert problems[0].severity == "error"
    assert problems[0].file == "claim.form"


def test_what_form_js_evaluates_may_be_an_expression():
    rows = {
        "type": "dynamiclist",
        "path": "order.rows",
        "label": "=title",
        "conditional": {"hide": "=not(company)"},
        "components": [
            number(key="price", validate={"min": "=low", "max": "=parent.high"}),
            {"type": "expression", "key": "tax", "expression": "=this.price * rate", "computeOn": "presubmit"},
        ],
    }
    schema = form(
        {"type": "text", "text": "{{#if vip}}Dear {{name}}{{/if}}: {{#loop rows}}{{this.price}}, {{/loop}}"},
        {"type": "html", "content": "<b>{{=name}}</b>"},
        {"type": "image", "source": "=picture", "alt": "{{name}}"},
        {"type": "table", "dataSource": "=order.rows", "columnsExpression": "=columns"},
        text(readonly="=locked", validate={"minLength": "=shortest", "maxLength": "=longest"}),
        number(appearance={"suffixAdorner": "={currency: 1}.currency"}),
        select(values=None, valuesExpression="=sizes[item.stock > 0]"),
        {"type": "checklist", "key": "first names", "label": "First names", "valuesKey": "names of all"},
        {"type": "expression", "key": "count of them", "expression": "=count(first names) + 1"},
        rows,
    )
    assert validate_schema(schema) == ()
    assert [f.key for f in fields(schema)][-2:] == ["price", "tax"]
    assert variables(schema) == {"name", "amount", "size", "first names", "count of them", "order"}


def test_a_syntax_error_says_where_and_what_was_expected():
    (problem,) = validate_schema(form(text(id="Field_1", conditional={"hide": "=amount >"})))
    assert problem.element_id == "Field_1"
    assert "'conditional.hide'" in problem.message
    assert "line 1, column 10" in problem.message


def test_a_name_that_is_nearly_a_field_is_a_warning():
    (problem,) = validate_schema(form(number(), text(conditional={"hide": "=amuont > 3 and limit > amount"})))
    assert (problem.rule, problem.severity) == ("form-name", "warning")
    assert "'amuont'" in problem.message
    assert "'amount' is meant" in problem.message


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (text(key="client"), text(key="client.name")),
        (text(key="client.name"), text(key="client")),
        ({"type": "group", "path": "client", "components": [text()]}, text(key="client.name")),
        ({"type": "dynamiclist", "path": "rows", "components": [text()]}, text(key="rows.count")),
        (text(key="rows.count"), {"type": "dynamiclist", "path": "rows", "components": [text()]}),
    ],
)
def test_two_fields_do_not_fill_the_same_place(one, other):
    assert [p.rule for p in validate_schema(form(one, other))] == ["form-key-twice"]


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
