"""Each rule with a table that breaks it and one that keeps it, and what the message says."""

from __future__ import annotations

import pytest
from tests.dmn.checks.support import Row, findings, loaded, table, told
from tests.dmn.models import decision, file, inputs, knowledge, library

from stellwerk import dmn
from stellwerk.dmn.checks import check_tables

NUMBER = {"x": "number"}
TEXT = {"x": "string"}


def rows(*cells: str) -> list[Row]:
    """One column of conditions, each with its number as output."""
    return [([cell], [str(number)]) for number, cell in enumerate(cells, 1)]


def item(name: str, base: str, allowed: str = "", *, is_collection: bool = False) -> str:
    values = f"<allowedValues><text>{allowed}</text></allowedValues>" if allowed else ""
    more = 'isCollection="true"' if is_collection else ""
    return f'<itemDefinition id="t-{name}" name="{name}" {more}><typeRef>{base}</typeRef>{values}</itemDefinition>'


# -- rules that meet


def test_an_overlap_is_told_at_the_later_rule_with_both_numbers_and_an_example() -> None:
    (found,) = findings(table(NUMBER, rows("<= 10", ">= 10")), **NUMBER)
    assert (found.rule, found.element_id, found.severity) == ("dmn-overlap", "r2", "error")
    assert "Rules 1 and 2 overlap: both match x = 10. UNIQUE" in found.message


@pytest.mark.parametrize("policy", ["ANY", "FIRST", "PRIORITY", "RULE ORDER", "COLLECT"])
def test_other_hit_policies_allow_overlaps(policy: str) -> None:
    logic = table(NUMBER, rows("<= 10", ">= 10"), policy, allowed={"out": "1, 2"})
    assert "dmn-overlap r2" not in told(logic, **NUMBER)


def test_an_overlap_between_calculated_inputs_may_never_happen_and_is_a_warning() -> None:
    columns = {"x * 2": "number", "x": "number"}
    logic = table(columns, [(["> 1", "-"], ["1"]), (["-", "< 1"], ["2"])])
    found = [each for each in findings(logic, x="number") if each.rule == "dmn-overlap"]
    assert [each.severity for each in found] == ["warning"]


def test_columns_of_the_same_expression_are_asked_together() -> None:
    again = '<input id="i1"><inputExpression typeRef="number"><text>x</text></inputExpression></input>'
    cells: list[Row] = [(["> 1", "< 5"], ["1"]), (["> 5", "-"], ["2"]), (["<= 1", "-"], ["3"])]
    logic = table(NUMBER, cells).replace("<output ", f"{again}<output ", 1)
    (found,) = findings(logic, **NUMBER)
    assert "No rule matches x = 5." in found.message


def test_equal_outputs_contradict_nothing_under_any_and_different_ones_do() -> None:
    same = [(["<= 10"], ["1"]), ([">= 10"], ["1.0"])]
    assert told(table(NUMBER, same, "ANY"), **NUMBER) == []
    assert told(table(NUMBER, rows("<= 10", ">= 10"), "ANY"), **NUMBER) == ["dmn-contradiction r2"]
    calculated = [(["<= 10"], ["x"]), ([">= 10"], ["10"])]
    assert told(table(NUMBER, calculated, "ANY"), **NUMBER) == []


def test_outputs_that_differ_in_one_column_contradict_each_other() -> None:
    logic = table(NUMBER, [(["<= 10"], ["x", "1"]), ([">= 10"], ["x", "2"])], "ANY", outputs={"a": "", "b": ""})
    assert told(logic, **NUMBER) == ["dmn-contradiction r2"]


@pytest.mark.parametrize(("policy", "wanted"), [("COLLECT", ["dmn-duplicate r2"]), ("UNIQUE", ["dmn-overlap r2"])])
def test_a_rule_that_is_written_twice_is_told_once(policy: str, wanted: list[str]) -> None:
    twice = [(["-"], ["1"]), (["-"], ["1"])]
    assert told(table(NUMBER, twice, policy), **NUMBER) == wanted
    others = [(["-"], ["1"]), (["-"], ["2"])]
    assert "dmn-duplicate r2" not in told(table(NUMBER, others, policy), **NUMBER)


# -- gaps


@pytest.mark.parametrize(
    ("kind", "cells", "wanted"),
    [
        ("number", ["< 10", "> 10"], "x = 10"),
        ("number", ["<= 10", ">= 11"], "x = 10.5"),
        ("number", ["> 0"], "x = 0"),
        ("number", ["< 1000"], "x = 1000"),
        ("number", ["<= 1000"], "x = 1001"),
        ("number", ["<= 0.1", ">= 0.2"], "x = 0.15"),
        ("string", ['"gold"', '"silver"'], 'x = "other"'),
        ("string", ['not("gold")'], 'x = "gold"'),
        ("boolean", ["true"], "x = false"),
        ("date", ['<= date("2024-02-28")', '>= date("2024-03-01")'], 'x = date("2024-02-29")'),
        ("time", ['>= time("12:00:00")'], 'x = time("00:00:00")'),
        ("dateTime", ['>= date and time("2024-01-02T00:00:00Z")'], 'x = date and time("2024-01-01T00:00:00Z")'),
        ("dayTimeDuration", ['> duration("PT0S")'], 'x = duration("PT0S")'),
        ("yearMonthDuration", ['>= duration("P1Y")'], 'x = duration("P11M")'),
    ],
)
def test_a_gap_has_an_example_that_reads_well(kind: str, cells: list[str], wanted: str) -> None:
    (found,) = findings(table({"x": kind}, rows(*cells)), x=kind)
    assert (found.rule, found.element_id, found.severity) == ("dmn-gap", "table", "warning")
    assert f"No rule matches {wanted}." in found.message


@pytest.mark.parametrize(
    ("kind", "cells"),
    [
        ("number", ["< 10", "10", "> 10"]),
        ("number", ["-"]),
        ("string", ['"gold"', 'not("gold")']),
        ("boolean", ["true", "false"]),
        ("date", ['<= date("2024-02-28")', '>= date("2024-02-29")']),
        ("number", ["< limit", ">= limit"]),
    ],
)
def test_what_is_covered_or_may_be_is_no_gap(kind: str, cells: list[str]) -> None:
    assert told(table({"x": kind}, rows(*cells)), x=kind, limit=kind) == []


def test_a_gap_of_several_inputs_is_told_as_a_whole() -> None:
    columns = {"amount": "number", "customer": "string"}
    logic = table(columns, [(["<= 1000", "-"], ["1"]), (["> 2000", '"gold"'], ["2"])])
    first, second = findings(logic, **columns)
    assert "amount = 2000. The whole gap is: amount: (1000..2000]." in first.message
    assert 'amount = 2001, customer = "other".' in second.message
    assert 'The whole gap is: amount: > 2000, customer: not("gold").' in second.message


def test_what_inputs_can_be_comes_from_input_values_and_from_types() -> None:
    cells = rows('"gold"', '"silver"')
    assert told(table(TEXT, cells, values={"x": '"gold", "silver"'}), **TEXT) == []
    kind = item("tKind", "string", '"gold", "silver"')
    assert told(table({"x": "tKind"}, cells), before=kind, x="tKind") == []
    assert told(table({"x": ""}, cells), before=kind, x="tKind") == []
    (found,) = findings(table({"x": ""}, rows('"gold"')), before=kind, x="tKind")
    assert 'No rule matches x = "silver".' in found.message
    part = '<itemComponent id="k" name="kind"><typeRef>tKind</typeRef></itemComponent>'
    person = f'<itemDefinition id="p" name="tPerson">{part}</itemDefinition>'
    assert told(table({"x.kind": ""}, cells), before=kind + person, x="tPerson") == []


def test_what_a_required_table_decides_is_what_the_input_can_be() -> None:
    season = table(NUMBER, [(["> 20"], ['"Summer"']), (["<= 20"], ['"Winter"'])])
    dish = table({"season": "string"}, rows('"Summer"', '"Winter"')).replace('"table"', '"t2"')
    found = library(
        file(inputs(**NUMBER) + decision("season", season, needs="#x*") + decision("dish", dish, needs="#season"))
    )
    assert check_tables(found) == ()
    calculated = season.replace('"Winter"', "string(x)")
    found = library(
        file(inputs(**NUMBER) + decision("season", calculated, needs="#x*") + decision("dish", dish, needs="#season"))
    )
    assert [(each.rule, each.element_id) for each in check_tables(found)] == [("dmn-gap", "t2")]


def test_between_whole_numbers_lies_nothing() -> None:
    whole = {"x": "integer"}
    assert told(table(whole, rows("<= 10", ">= 11")), **whole) == []
    assert told(table(whole, rows("<= 10.5", "> 10.2")), **whole) == []
    for cells, wanted in ((["<= 10.5", "> 11.5"], 11), (["> 10.5"], 10), ([">= 10"], 9), (["<= 10"], 11)):
        (found,) = findings(table(whole, rows(*cells)), **whole)
        assert f"No rule matches x = {wanted}." in found.message


def test_a_default_output_fills_all_gaps_and_counting_has_none() -> None:
    assert told(table(NUMBER, rows("< 1"), allowed={"out": "=0"}), **NUMBER) == []
    assert told(table(NUMBER, rows("< 1"), "COLLECT", aggregation="COUNT"), **NUMBER) == []
    assert [each.severity for each in findings(table(NUMBER, rows("< 1"), "COLLECT"), **NUMBER)] == ["info"]


def test_many_intervals_of_one_input_are_one_gap() -> None:
    (found,) = findings(table(NUMBER, rows(*(f"({at}..{at + 1})" for at in range(9)))), **NUMBER)
    assert found.message.startswith("No rule matches x = 0. The whole gap is: x: <= 0, 1, 2, 3, ….")


def test_only_some_gaps_are_named_and_that_there_are_more() -> None:
    columns = {"x": "number", "y": "number"}
    found = findings(table(columns, [([str(at), f"< {at}"], ["1"]) for at in range(9)]), **columns)
    assert len(found) == 6
    assert found[5].message.startswith("There are more than the 5 gaps that are named.")


def test_a_table_without_rules_is_told() -> None:
    assert told(table(NUMBER, []), **NUMBER) == ["dmn-gap table"]


# -- rules that never decide


def test_a_rule_is_masked_by_all_before_it_together() -> None:
    cells = rows("< 10", ">= 10", "[5..15]", "-")
    (found,) = findings(table(NUMBER, cells, "FIRST"), **NUMBER)
    assert (found.element_id, found.severity) == ("r3", "warning")
    assert "Rule 3 never decides: for all that it matches rules 1, 2 go before it. Move it up" in found.message


def test_what_is_left_for_null_alone_decides_something() -> None:
    assert told(table(NUMBER, rows("< 10", ">= 10", "-"), "FIRST"), **NUMBER) == []
    cells = rows("< 10", ">= 10", "null", "-")
    assert told(table(NUMBER, cells, "FIRST"), **NUMBER) == ["dmn-masked r4"]


def test_under_priority_the_outputs_say_who_goes_first() -> None:
    cells: list[Row] = [(["[1..2]"], ["2"]), (["[0..9]"], ["1"])]
    logic = table(NUMBER, cells, "PRIORITY", allowed={"out": "1, 2"})
    assert told(logic, **NUMBER) == ["dmn-masked r1", "dmn-gap table"]
    logic = table(NUMBER, cells, "PRIORITY", allowed={"out": "2, 1"})
    assert told(logic, **NUMBER) == ["dmn-gap table"]


def test_a_rule_that_matches_nothing_is_told_at_its_cell() -> None:
    logic = table(NUMBER, rows("[0..10]", "> 10"), values={"x": "[0..10]"})
    (found,) = findings(logic, **NUMBER)
    assert (found.rule, found.element_id, found.severity) == ("dmn-unreachable", "r2c0", "warning")


# -- constants


@pytest.mark.parametrize(
    ("kind", "cell", "way_out"),
    [
        ("number", '"5"', "Write a number without quotes"),
        ("string", "5", 'Write "5" in quotes'),
        ("date", '> "2024-01-01"', 'Write date("2024-01-01")'),
        ("boolean", '"true"', "Write a boolean without quotes"),
        ("number", "true", "Write a number"),
        ("number", 'not("a")', "Write a number"),
    ],
)
def test_a_constant_of_another_type_is_an_error(kind: str, cell: str, way_out: str) -> None:
    found = findings(table({"x": kind}, rows("-", cell), "COLLECT"), x=kind)
    assert [(each.rule, each.element_id, each.severity) for each in found] == [("dmn-cell-type", "r2c0", "error")]
    assert way_out in found[0].message


@pytest.mark.parametrize("cell", ["[5..1]", 'date("2024-02-30")', '@"2024-02-30"', '["a"..2]'])
def test_a_constant_that_is_null_by_mistake_is_an_error(cell: str) -> None:
    found = findings(table({"x": "date" if "2024" in cell else "number"}, rows("-", cell), "COLLECT"), x="Any")
    assert [(each.rule, each.element_id, each.severity) for each in found] == [("dmn-cell-null", "r2c0", "error")]


def test_null_itself_is_no_mistake() -> None:
    assert told(table(NUMBER, rows("-", "null"), "COLLECT"), **NUMBER) == []


def test_a_value_that_is_not_allowed_is_an_error() -> None:
    found = findings(table(TEXT, rows('"gold"', 'not("gold")', '"glod"'), values={"x": '"gold", "silver"'}), **TEXT)
    assert [(each.rule, each.element_id) for each in found] == [("dmn-cell-value", "r3c0")]
    assert '"glod" is no value of \'x\'. Allowed are: "gold", "silver".' in found[0].message


@pytest.mark.parametrize(
    ("kind", "allowed", "output", "is_right"),
    [
        ("number", "", "1", True),
        ("number", "", '"1"', False),
        ("number", "", "x", True),
        ("", '"a", "b"', '"a"', True),
        ("", '"a", "b"', '"c"', False),
        ("", "", 'date("2024-02-30")', False),
        ("", "", "now()", True),
        ("", "", "", True),
    ],
)
def test_a_constant_output_is_what_it_may_be(kind: str, allowed: str, output: str, is_right: bool) -> None:
    logic = table(NUMBER, [(["-"], [output])], outputs={"out": kind}, allowed={"out": allowed})
    assert told(logic, **NUMBER) == ([] if is_right else ["dmn-output-value r1o0"])


def test_outputs_are_of_the_type_of_the_decision_too() -> None:
    assert told(table(NUMBER, [(["-"], ['"1"'])]), type="number", **NUMBER) == ["dmn-output-value r1o0"]
    listed = item("tNumbers", "number", is_collection=True)
    assert told(table(NUMBER, [(["-"], ["1"])], "COLLECT"), type="tNumbers", before=listed, **NUMBER) == []
    assert told(table(NUMBER, [(["-"], ['"1"'])], "COLLECT"), type="tNumbers", before=listed, **NUMBER) == [
        "dmn-output-value r1o0"
    ]


def test_a_default_output_of_another_type_is_told() -> None:
    logic = table(NUMBER, [(["-"], ["1"])], outputs={"out": "number"}, allowed={"out": '="none"'})
    (found,) = findings(logic, **NUMBER)
    assert found.message.startswith('The default output "none" is null when it is decided.')


# -- names


def test_a_word_that_stands_alone_in_a_cell_of_texts_lacks_its_quotes() -> None:
    (found,) = findings(table(TEXT, rows("gold", "- ")), **TEXT)[:1]
    assert (found.rule, found.element_id, found.severity) == ("dmn-unknown-name", "r1c0", "error")
    assert 'write "gold" in quotes' in found.message


def test_a_misspelled_name_is_a_warning_with_the_one_that_is_meant() -> None:
    logic = table({"amuont": ""}, [(["-"], ["amuont * 2"])])
    (found,) = findings(logic, amount="number")
    assert (found.rule, found.element_id, found.severity) == ("dmn-unknown-name", "i0", "warning")
    assert "Is 'amount' meant?" in found.message
    assert "It is read in 2 places." in found.message


def test_a_file_that_declares_no_input_reads_variables() -> None:
    assert told(table({"amount": ""}, [(["-"], ["amount * 2"])])) == []


def test_a_function_that_nobody_has_is_an_error() -> None:
    (found,) = findings(table(NUMBER, [(["-"], ["flor(x)"])]), **NUMBER)
    assert (found.severity, found.element_id) == ("error", "r1o0")
    assert "Is 'floor' meant?" in found.message


def test_what_the_file_has_must_be_required() -> None:
    others = inputs(other="number") + decision("rate", "<literalExpression><text>1</text></literalExpression>")
    others += knowledge("twice", {"n": ""}, "<literalExpression><text>n * 2</text></literalExpression>")
    logic = table(NUMBER, [(["< other"], ["rate"]), (["> other"], ["twice(x)"])], "COLLECT")
    found = [each for each in findings(logic, before=others, **NUMBER) if each.rule == "dmn-missing-requirement"]
    assert [(each.element_id, each.severity) for each in found] == [
        ("r1c0", "warning"),
        ("r1o0", "error"),
        ("r2o0", "error"),
    ]
    assert "'twice' is a business knowledge model of this file" in found[2].message
    assert "Draw a knowledge requirement from it." in found[2].message


def test_outputs_of_required_tables_and_parameters_are_known() -> None:
    season = decision("season", table({"x": ""}, [(["-"], ['"Summer"'])], outputs={"warmth": ""}), needs="#x*")
    dish = decision("dish", table({"warmth": ""}, [(["-"], ["warmth"])]).replace('"table"', '"t2"'), needs="#season")
    found = library(file(inputs(x="number") + season + dish))
    assert found.problems == ()
    assert check_tables(found) == ()
    function = knowledge("f", {"x": "number"}, table({"x": "number"}, rows("< 1", ">= 1")))
    found = library(file(inputs(y="number") + function))
    assert found.problems == ()
    assert check_tables(found) == ()


# -- the whole


def test_one_model_is_checked_alone() -> None:
    found = loaded(table(NUMBER, rows("< 1")), **NUMBER)
    (model,) = found.models.values()
    assert isinstance(model, dmn.Model)
    assert check_tables(model) == check_tables(found) != ()
