"""The server's check of what a form sent."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from stellwerk.errors import InvalidInput
from stellwerk.forms import check


def form(*components):
    return {"type": "default", "components": list(components)}


def field(type="textfield", key="x", validate=None, **more):
    return {"type": type, "key": key, "label": "The field", "validate": validate or {}, **more}


REQUIRED = {"required": True}


def computed(key, expression, **more):
    return {"type": "expression", "key": key, "expression": expression, "computeOn": "change", **more}


def rows_of(*components, **more):
    return {"type": "dynamiclist", "path": "rows", "label": "Rows", "components": list(components), **more}


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
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert rules_broken(schema, {"x": "2026-11-20"}, now=now) == [("x", "passed")]
    assert check(schema, {"x": "2026-11-21"}, now=now)  # still today further west
    assert check(schema, {"x": "2020-01-01"})


def test_a_form_that_cannot_be_checked_accepts_nothing():
    schema = form(field(conditional={"hide": "=x = "}))
    assert rules_broken(schema, {"x": "a"}) == [("", "form")]


def test_the_message_of_a_pattern_is_the_forms_own():
    schema = form(field(validate={"pattern": "^[A-Z]{2}$", "patternErrorMessage": "Two capital letters, please."}))
    with pytest.raises(InvalidInput, match="Two capital letters"):
        check(schema, {"x": "a"})


def test_a_number_with_a_monstrous_exponent_is_refused_at_once():
    schema = form(field("number", serializeToString=True, increment=1, validate={"min": 0}))
    assert rules_broken(schema, {"x": "1e999999999"}) == [("x", "type")]


def hidden_if(condition, **more):
    return field(conditional={"hide": condition}, **more)


def test_a_hidden_field_is_neither_required_nor_accepted():
    schema = form(field("checkbox", "company"), hidden_if("=not(company)", key="vat", validate={"required": True}))
    assert check(schema, {"company": False}) == {"company": False}
    assert check(schema, {"company": False, "vat": "forged"}, {"vat": "before"}) == {"company": False}
    assert rules_broken(schema, {"company": True}) == [("vat", "required")]
    assert check(schema, {"company": True, "vat": "DE1"}) == {"company": True, "vat": "DE1"}


def test_all_inside_of_a_hidden_group_and_a_hidden_list_is_hidden():
    group = {"type": "group", "conditional": {"hide": "=x = 1"}, "components": [field(key="a", validate=REQUIRED)]}
    rows = rows_of(field(key="b", validate=REQUIRED), conditional={"hide": "=x = 1"})
    schema = form(field("number"), group, rows)
    assert check(schema, {"x": 1, "a": "forged", "rows": [{"b": ""}]}) == {"x": 1}
    assert rules_broken(schema, {"x": 2}) == [("a", "required"), ("rows[0].b", "required")]


def test_a_condition_sees_the_first_value_of_a_field_that_is_hidden_itself():
    schema = form(
        field("number", "x"),
        hidden_if("=x = 1", key="middle"),
        hidden_if('=middle = "typed"', key="last", validate=REQUIRED),
    )
    assert rules_broken(schema, {"x": 1, "middle": "typed"}, {"middle": "before"}) == [("last", "required")]
    assert check(schema, {"x": 1, "middle": "typed"}, {"middle": "typed"}) == {"x": 1}


def test_a_condition_in_a_list_sees_its_row_its_place_and_what_is_around():
    rows = rows_of(
        field("number", "amount"),
        hidden_if("=this.amount <= limit", key="reason", validate=REQUIRED),
        hidden_if("=i[1] = 1", key="more", validate=REQUIRED),
        hidden_if("=parent.limit < 5", key="other", validate=REQUIRED),
    )
    found = rules_broken(form(rows), {"rows": [{"amount": 3}, {"amount": 30}]}, {"limit": 10})
    assert found == [
        ("rows[0].other", "required"),
        ("rows[1].reason", "required"),
        ("rows[1].more", "required"),
        ("rows[1].other", "required"),
    ]


def test_what_is_computed_is_computed_here_whatever_was_sent():
    schema = form(
        field("number", "price"),
        computed("total", "=net + tax"),
        computed("tax", "=net * 0.19"),
        computed("net", "=price * 3"),
    )
    assert check(schema, {"price": 0.1, "total": 1}) == {"price": 0.1, "total": 0.357, "tax": 0.057, "net": 0.3}


def test_a_computed_field_that_is_hidden_sets_nothing():
    schema = form(field("number"), computed("y", "=x * 2", conditional={"hide": "=x > 3"}))
    assert check(schema, {"x": 5}) == {"x": 5}
    assert check(schema, {"x": 2}) == {"x": 2, "y": 4}


def test_computed_values_are_exact_and_typed():
    schema = form(computed("third", "=1 / 3"), computed("day", '=date("2026-11-23")'), computed("none", "=missing + 1"))
    third = Decimal("0." + "3" * 34)
    assert check(schema, {}) == {"third": third, "day": date(2026, 11, 23), "none": None}


def test_fields_that_change_each_other_without_end_are_refused():
    schema = form(rows_of(computed("n", "=if count(rows[n = 1]) = 0 then 1 else 2")))
    assert rules_broken(schema, {"rows": [{}]}) == [("rows[0].n", "expression")]


def test_limits_may_be_expressions_and_null_is_no_limit():
    schema = form(field("number", "low"), field("number", validate={"min": "=low", "max": "=low + 10"}))
    assert rules_broken(schema, {"low": 5, "x": 4}) == [("x", "min")]
    assert rules_broken(schema, {"low": 5, "x": 16}) == [("x", "max")]
    assert check(schema, {"low": None, "x": 1000}) == {"low": None, "x": 1000}


def test_a_limit_that_is_no_number_is_an_error_and_no_rule_less():
    schema = form(field(validate={"maxLength": "=wide"}))
    assert rules_broken(schema, {"x": "a"}, {"wide": "very"}) == [("x", "expression")]
    assert check(schema, {"x": "a"}, {"wide": 1}) == {"x": "a"}


def test_a_condition_that_costs_too_much_refuses_the_form_with_its_name():
    endless = "=count(for a in 1..1000, b in 1..1000, c in 1..1000 return a) > 0"
    with pytest.raises(InvalidInput) as caught:
        check(form({**hidden_if(endless, validate=REQUIRED), "label": "Secret"}), {})
    (error,) = caught.value.errors
    assert (error.path, error.rule) == ("x", "expression")
    assert "Whether 'Secret' is shown cannot be decided" in error.message
    assert endless in error.message


def test_what_was_typed_where_a_condition_is_null_is_refused_and_not_lost():
    schema = form(hidden_if("=some n in [null] satisfies n > 3"), field(key="y"))
    assert check(schema, {"x": "", "y": "a"}) == {"y": "a"}
    with pytest.raises(InvalidInput, match=r"'=some n in .* is null") as caught:
        check(schema, {"x": "typed"})
    assert [(e.path, e.rule) for e in caught.value.errors] == [("x", "expression")]


def test_many_rows_with_cheap_conditions_have_a_bound_too():
    hidden = [hidden_if("=this.x0 = 1", key=f"x{n}") for n in range(20)]
    rows = [{"x0": ""}] * 1000
    assert len(check(form(rows_of(*hidden[:5])), {"rows": rows})["rows"]) == 1000
    endless = [computed(f"y{n}", f"=if this.y{n} = {n} then 0 else {n}") for n in range(1, 10)]
    with pytest.raises(InvalidInput) as caught:
        check(form(rows_of(*hidden[:10], *endless)), {"rows": rows})
    assert {e.rule for e in caught.value.errors} == {"expression"}


def test_options_come_from_an_expression():
    schema = form(field("select", valuesExpression="=sizes[item.stock > 0].name"))
    context = {"sizes": [{"name": "s", "stock": 0}, {"name": "m", "stock": 3}]}
    assert check(schema, {"x": "m"}, context) == {"x": "m"}
    assert rules_broken(schema, {"x": "s"}, context) == [("x", "option")]


@pytest.mark.parametrize("kind", ["checklist", "taglist"])
def test_several_options_are_a_list_of_offered_ones_each_once(kind):
    schema = form(field(kind, values=SIZES, validate=REQUIRED))
    assert check(schema, {"x": ["s", 1]}) == {"x": ["s", 1]}
    assert rules_broken(schema, {"x": []}) == [("x", "required")]
    assert rules_broken(schema, {"x": "s"}) == [("x", "type")]
    assert rules_broken(schema, {"x": ["s", "xl"]}) == [("x", "option")]
    assert rules_broken(schema, {"x": ["s", "s"]}) == [("x", "option")]


def test_a_path_sets_a_part_of_its_variable():
    schema = form(
        field(key="client.name"), {"type": "group", "path": "client.address", "components": [field(key="city")]}
    )
    sent = {"client": {"name": "Ann", "address": {"city": "Bonn"}}}
    context = {"client": {"id": 7, "name": "Bob", "address": {"zip": "1"}}, "other": 1}
    wanted = {"client": {"id": 7, "name": "Ann", "address": {"zip": "1", "city": "Bonn"}}}
    assert check(schema, sent, context) == wanted
    assert context["client"]["name"] == "Bob"
    assert rules_broken(schema, {"client": {"vip": True}}) == [("client.vip", "unknown")]
    assert rules_broken(schema, {"client": "Ann"}) == [("client", "type")]


def test_a_list_is_set_as_a_whole_and_each_row_is_checked():
    schema = form(rows_of(field("number", "amount", {"max": 9}), computed("twice", "=this.amount * 2")))
    context = {"rows": [{"amount": 1, "id": 1}, {"amount": 2}]}
    assert check(schema, {"rows": [{"amount": 5}]}, context) == {"rows": [{"amount": 5, "twice": 10}]}
    assert check(schema, {"rows": []}, context) == {"rows": []}
    assert rules_broken(schema, {"rows": [{"amount": 1}, {"amount": 10}]}) == [("rows[1].amount", "max")]
    assert rules_broken(schema, {"rows": [{"price": 1}]}) == [("rows[0].price", "unknown")]
    assert rules_broken(schema, {"rows": [3]}) == [("rows[0]", "type")]
    assert rules_broken(schema, {"rows": {}}) == [("rows", "type")]
    assert rules_broken(schema, {"rows": [{}] * 1001}) == [("rows", "size")]


def test_a_list_that_was_not_sent_keeps_its_rows_and_gets_what_is_computed():
    schema = form(rows_of(field("number", "amount"), computed("twice", "=this.amount * 2")))
    context = {"rows": [{"amount": 1, "id": 1}]}
    assert check(schema, {}, context) == {"rows": [{"amount": 1, "id": 1, "twice": 2}]}


def test_rows_that_may_not_be_added_or_removed_keep_their_number():
    schema = form(rows_of(field(), field(key="id", readonly=True), allowAddRemove=False))
    context = {"rows": [{"id": 1}, {"id": 2}]}
    assert rules_broken(schema, {"rows": [{}]}, context) == [("rows", "rows")]
    sent = {"rows": [{"x": "a", "id": 9}, {"x": "b"}]}
    assert check(schema, sent, context) == {"rows": [{"x": "a", "id": 1}, {"x": "b", "id": 2}]}


def test_what_an_expression_makes_read_only_must_keep_its_value():
    schema = form(field("checkbox", "locked"), field(readonly="=locked"))
    assert check(schema, {"locked": False, "x": "new"}, {"x": "old"}) == {"locked": False, "x": "new"}
    assert check(schema, {"locked": True, "x": "old"}, {"x": "old"}) == {"locked": True, "x": "old"}
    assert rules_broken(schema, {"locked": True, "x": "new"}, {"x": "old"}) == [("x", "readonly")]


def test_expressions_see_variables_as_the_browser_does():
    context = {"price": Decimal("7.00")}
    assert rules_broken(form(hidden_if('=price != "7.00"', validate=REQUIRED)), {}, context) == [("x", "required")]
    assert check(form(hidden_if("=number(price) > 5", validate=REQUIRED)), {}, context) == {}


def test_a_condition_that_is_null_hides_as_it_does_in_the_browser():
    schema = form(hidden_if("=amount > 3", validate=REQUIRED))
    assert check(schema, {}) == {}
    assert check(schema, {}, {"amount": 4}) == {}
    assert rules_broken(schema, {}, {"amount": 3}) == [("x", "required")]


def test_a_program_may_send_a_part_and_more_than_the_form_asks_for():
    schema = form(
        field("number", "a", {"min": 1, "required": True}),
        field(key="b", validate=REQUIRED),
        rows_of(computed("c", "=1")),
    )
    assert check(schema, {"a": 2, "other": "x"}, partial=True) == {"a": 2}
    assert rules_broken(schema, {"a": 0}, partial=True) == [("a", "min")]


@pytest.mark.parametrize(
    ("more", "good", "wrong"),
    [
        ({"subtype": "time"}, "23:59", "24:00"),
        ({"subtype": "time", "timeSerializingFormat": "utc_normalized"}, "09:30Z", "09:30"),
        ({"subtype": "datetime"}, "2026-11-23T09:30", "2026-02-30T09:30"),
        (
            {"subtype": "datetime", "timeSerializingFormat": "utc_offset"},
            "2026-11-23T09:30+01:00",
            "2026-11-23T09:30Z",
        ),
    ],
)
def test_times_are_written_as_the_field_says(more, good, wrong):
    schema = form(field("datetime", **more))
    assert check(schema, {"x": good}) == {"x": good}
    assert rules_broken(schema, {"x": wrong}) == [("x", "date")]


def test_a_message_names_the_key_where_the_label_is_made_by_an_expression():
    schema = form({**field(validate=REQUIRED), "label": "Name of {{who}}"})
    with pytest.raises(InvalidInput, match="Fill in 'x'"):
        check(schema, {})
