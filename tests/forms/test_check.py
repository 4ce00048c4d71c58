"""The server's check of what a form sent."""

from datetime import date
from decimal import Decimal

import pytest

from stellwerk.errors import InvalidInput
from stellwerk.forms import check


def form(*components):
    return {"type": "default", "components": list(components)}


def field(type="textfield", key="x", validate=None, **more):
    return {"type": type, "key": key, "label": "The field", "validate": validate or {}, **more}


def rules_broken(schema, values, context=None, **more):
    with pytest.raises(InvalidInput) as caught:
        check(schema, values, context or {}, **more)
    return [(e.path, e.rule) for e in caught.value.errors]


SIZES = [{"label": "Small", "value": "s"}, {"label": "One", "value": 1}, {"label": "No value"}]


@pytest.mark.parametrize(
    ("component", "value", "rule"),
    [
        (field(), 5, "type"),
        (field(validate={"required": True}), "", "required"),
        (field(validate={"required": True}), None, "required"),
        (field(validate={"minLength": 2}), " a ", "minLength"),  # of the trimmed text
        (field(validate={"maxLength": 1}), "😀", "maxLength"),  # two UTF-16 units
        (field(validate={"pattern": "^[a-z]+$"}), "aB", "pattern"),
        (field(validate={"pattern": "^a$"}), "a\n", "pattern"),
        (field(validate={"validationType": "email"}), "name@", "email"),
        (field(validate={"validationType": "phone"}), "12345", "phone"),
        (field(), "x" * 100_001, "size"),
        (field("number"), "5", "type"),  # a text only with serializeToString
        (field("number"), True, "type"),
        (field("number"), [1], "type"),
        (field("number", serializeToString=True), "NaN", "type"),
        (field("number", serializeToString=True), "1_000", "type"),
        (field("number", decimalDigits=0), 1.5, "decimalDigits"),
        (field("number", decimalDigits=2, serializeToString=True), "0.001", "decimalDigits"),
        (field("number", increment=0.1), 0.25, "increment"),
        (field("number", validate={"min": 0}), -1, "min"),
        (field("number", validate={"min": 1}), 0, "min"),
        (field("number", validate={"max": 0}), 1, "max"),
        (field("number", serializeToString=True, validate={"max": "0.3"}), "0.30000000000000000001", "max"),
        (field("number", validate={"required": True}), None, "required"),
        (field("checkbox"), "true", "type"),
        (field("checkbox"), 1, "type"),
        (field("checkbox", validate={"required": True}), False, "required"),
        (field("select", values=SIZES), "xl", "option"),
        (field("select", values=SIZES), "1", "option"),
        (field("select", values=SIZES), True, "option"),
        (field("select", values=SIZES), "No value", "option"),
        (field("radio", values=SIZES), ["s"], "option"),
        (field("datetime"), "2026-02-30", "date"),
        (field("datetime"), "20260201", "date"),
        (field("datetime"), "2026-02-01T00:00", "date"),
        (field("datetime"), "٢٠٢٦-٠٢-٠١", "date"),
    ],
)
def test_a_value_that_breaks_a_rule_is_refused_with_its_field(component, value, rule):
    assert rules_broken(form(component), {"x": value}) == [("x", rule)]


@pytest.mark.parametrize(
    ("component", "value", "clean"),
    [
        (field(), "text", "text"),
        (field(validate={"minLength": 5}), "", ""),  # lengths are not asked of an empty text
        (field(validate={"validationType": "email"}), "a.b@example.org", "a.b@example.org"),
        (field(validate={"validationType": "phone"}), "+4930664040900", "+4930664040900"),
        (field("number", validate={"min": 0}), 0, 0),
        (field("number", increment=0.1), 0.3, 0.3),
        (field("number", decimalDigits=1), 1.50, 1.5),
        (field("number", serializeToString=True), "0.10", Decimal("0.10")),
        (
            field("number", serializeToString=True, increment=0.01),
            "12345678901234567890.01",
            Decimal("12345678901234567890.01"),
        ),
        (field("number"), "", None),
        (field("checkbox"), False, False),
        (field("checkbox"), None, False),
        (field("select", values=SIZES), 1, 1),
        (field("select", values=SIZES), 1.0, 1.0),
        (field("datetime"), "2026-02-28", "2026-02-28"),
        (field("datetime"), "", None),
    ],
)
def test_a_good_value_becomes_a_clean_one(component, value, clean):
    found = check(form(component), {"x": value})
    assert found == {"x": clean}
    assert type(found["x"]) is type(clean)


def test_every_wrong_field_is_named_in_the_order_of_the_form():
    schema = form(field(key="a", validate={"required": True}), field("number", "b", {"min": 5}), field(key="c"))
    assert rules_broken(schema, {"b": 1, "c": "fine"}) == [("a", "required"), ("b", "min")]


def test_one_field_gives_one_error():
    schema = form(field(validate={"minLength": 5, "pattern": "^b"}))
    assert rules_broken(schema, {"x": "a"}) == [("x", "pattern")]


def test_a_key_that_no_field_has_is_refused():
    assert rules_broken(form(field()), {"x": "a", "approved": True}) == [("approved", "unknown")]


def test_a_field_that_was_not_sent_leaves_its_variable_alone():
    assert check(form(field(), field(key="y")), {"x": "a"}, {"y": "before"}) == {"x": "a"}


def test_a_disabled_field_is_dropped_whatever_was_sent():
    assert check(form(field(disabled=True, validate={"required": True})), {"x": "forged"}, {"x": "real"}) == {}


def test_a_readonly_field_keeps_the_tasks_own_value():
    schema = form(
        field(readonly=True), field(key="y", readonly=True, defaultValue="default"), field(key="z", readonly=True)
    )
    assert check(schema, {"x": "forged", "y": "forged", "z": "forged"}, {"x": "real"}) == {"x": "real", "y": "default"}


@pytest.mark.parametrize(
    ("more", "value"), [({}, 5), ({"defaultValue": "0.5"}, 0.5), ({"serializeToString": True}, Decimal("5"))]
)
def test_a_readonly_number_takes_its_default_as_a_number(more, value):
    found = check(form(field("number", **{"readonly": True, "defaultValue": "5", **more})), {})
    assert found == {"x": value}
    assert type(found["x"]) is type(value)


def test_options_come_from_the_variable_that_values_key_names():
    schema = form(field("select", valuesKey="sizes"))
    context = {"sizes": ["s", {"label": "Medium", "value": "m"}, 3]}
    assert [check(schema, {"x": v}, context)["x"] for v in ("s", "m", 3)] == ["s", "m", 3]
    assert rules_broken(schema, {"x": "Medium"}, context) == [("x", "option")]
    assert rules_broken(schema, {"x": "s"}, {}) == [("x", "option")]


def test_a_date_in_the_past_is_refused_when_the_form_says_so():
    schema = form(field("datetime", disallowPassedDates=True))
    today = date(2026, 11, 22)
    assert rules_broken(schema, {"x": "2026-11-20"}, today=today) == [("x", "passed")]
    assert check(schema, {"x": "2026-11-21"}, today=today)  # still today further west
    assert check(schema, {"x": "2020-01-01"})


def test_a_form_that_cannot_be_checked_accepts_nothing():
    schema = form(field(conditional={"hide": "=x = 1"}))
    assert rules_broken(schema, {"x": "a"}) == [("", "form")]


def test_the_message_of_a_pattern_is_the_forms_own():
    schema = form(field(validate={"pattern": "^[A-Z]{2}$", "patternErrorMessage": "Two capital letters, please."}))
    with pytest.raises(InvalidInput, match="Two capital letters"):
        check(schema, {"x": "a"})


def test_a_number_with_a_monstrous_exponent_is_refused_at_once():
    schema = form(field("number", serializeToString=True, increment=1, validate={"min": 0}))
    assert rules_broken(schema, {"x": "1e999999999"}) == [("x", "type")]
