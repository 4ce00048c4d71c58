"""Decision tables (chapter 8)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.dmn.models import (
    URI,
    decision,
    evaluation,
    file,
    inputs,
    knowledge,
    library,
    literal,
    model,
    rules,
    table,
    value,
)

RATES = [(["< 10"], ['"low"']), (["[5..20]"], ['"middle"']), (["> 100"], ['"high"'])]


def rated(amount: Any, policy: str, outputs: str = "rate", rows: list[Any] = RATES) -> Any:
    return evaluation(table(["amount"], [outputs], rows, f'hitPolicy="{policy}"'), {"amount": amount}, amount="number")


def test_a_unique_table_gives_the_output_of_the_one_rule_and_tells_which() -> None:
    found = rated(200, "UNIQUE")
    assert found.value == "high"
    assert found.warnings == ()
    assert [(each.table_id, each.rules, each.rule_ids) for each in found.matched] == [("table", (3,), ("r3",))]


def test_a_matched_table_tells_its_decision_and_what_came_in_and_out() -> None:
    rows = [(["-", '"c"'], ['"a"', "[amount]"]), (["> 5", "-"], ['"b"', "amount * 2"])]
    logic = table(["amount", "kinds"], ['letter="a"', "number"], rows, 'hitPolicy="RULE ORDER"')
    body = inputs(amount="number", kinds="") + decision("d", logic, needs="#amount* #kinds*").replace(
        'name="d"', 'name="Rated"', 1
    )
    [told] = model(body).evaluate("Rated", {"amount": 7, "kinds": ["c", {"x": 1.5}]}).matched
    assert (told.table_id, told.decision_id, told.decision_name) == ("table", "d", "Rated")
    assert told.inputs == (7, ["c", {"x": Decimal("1.5")}])
    assert isinstance(told.inputs[1][1]["x"], Decimal)
    assert (told.rules, told.rule_ids) == ((2,), ("r2",))
    assert told.outputs == ((None, 14),)


def test_a_table_whose_input_is_refused_is_told_without_rules() -> None:
    values = "</inputExpression><inputValues><text>1,2</text></inputValues>"
    logic = table(["n"], ["r"], [(["-"], ["1"])]).replace("</inputExpression>", values)
    [told] = evaluation(logic, {"n": 3}, n="number").matched
    assert (told.inputs, told.rules, told.outputs) == ((3,), (), ())


def test_a_table_in_a_business_knowledge_model_is_told_with_that() -> None:
    logic = table(["n"], ["r"], [(["1"], ["10"])])
    body = knowledge("rate", {"n": "number"}, logic) + decision("d", literal("rate(1)"), knows="#rate")
    [told] = model(body).evaluate("d").matched
    assert (told.decision_id, told.decision_name, told.outputs) == ("rate", "rate", ((10,),))


def test_two_rules_under_unique_are_null_and_a_warning() -> None:
    found = rated(7, "UNIQUE")
    assert found.value is None
    assert found.matched[0].rules == (1, 2)
    assert "2 rules match" in found.warnings[0].message


def test_first_takes_the_first_rule() -> None:
    assert rated(7, "FIRST").value == "low"


def test_any_needs_equal_outputs() -> None:
    same = [(["< 10"], ["1"]), (["> 5"], ["1.0"])]
    assert rated(7, "ANY", rows=same).value == 1
    assert rated(7, "ANY").value is None


def test_priority_is_the_order_of_the_output_values() -> None:
    assert rated(7, "PRIORITY", 'rate="middle","low","high"').value == "middle"
    assert rated(7, "PRIORITY", 'rate="low","middle","high"').value == "low"


def test_output_order_sorts_by_the_output_values_and_rule_order_by_the_rules() -> None:
    assert rated(7, "OUTPUT ORDER", 'rate="middle","low","high"').value == ["middle", "low"]
    assert rated(7, "RULE ORDER").value == ["low", "middle"]
    assert rated(7, "COLLECT").value == ["low", "middle"]


def test_priority_without_output_values_is_told() -> None:
    body = inputs(amount="number") + decision(
        "d", table(["amount"], ["rate"], RATES, 'hitPolicy="PRIORITY"'), needs="#amount*"
    )
    assert rules(body) == ["dmn-output-values"]


def test_priority_by_the_allowed_values_of_the_type_and_by_ranges() -> None:
    allowed = "<allowedValues><text>[5..9],[0..4]</text></allowedValues>"
    kinds = f'<itemDefinition name="Grade"><typeRef>number</typeRef>{allowed}</itemDefinition>'
    rows = [(["-"], ["2"]), (["-"], ["7"])]
    logic = table(["1"], ["grade"], rows, 'hitPolicy="PRIORITY"').replace(
        'name="grade"', 'name="grade" typeRef="Grade"'
    )
    assert value(logic, before=kinds) == 7


def test_priority_by_the_allowed_values_of_what_the_decision_is() -> None:
    """The one output of a table has no type of its own: it is that of the decision (8.3.3)."""
    allowed = "<typeRef>number</typeRef><allowedValues><text>2,1</text></allowedValues>"
    kinds = f'<itemDefinition name="Grade">{allowed}</itemDefinition>'
    grades = '<itemDefinition name="Grades" isCollection="true"><typeRef>Grade</typeRef></itemDefinition>'
    both = f'<itemDefinition name="Both"><itemComponent name="a">{allowed}</itemComponent></itemDefinition>'
    one = [(["-"], ["1"]), (["-"], ["2"])]
    several = [(["-"], ["1", '"x"']), (["-"], ["2", '"y"'])]

    def of(outputs: list[str], rows: list[tuple[list[str], list[str]]], policy: str, type: str) -> Any:
        logic = table(["1"], outputs, rows, f'hitPolicy="{policy}"')
        return model(kinds + grades + both + decision("d", logic, type=type)).evaluate("d").value

    assert of(["o"], one, "PRIORITY", "Grade") == 2
    assert of(["o"], one, "OUTPUT ORDER", "Grades") == [2, 1]
    assert of(["a", "b"], several, "PRIORITY", "Both") == {"a": 2, "b": "y"}


def test_several_outputs_are_a_context_and_have_priority_from_left_to_right() -> None:
    rows = [(["-"], ['"b"', "1"]), (["-"], ['"a"', "2"]), (["-"], ['"a"', "3"])]
    logic = table(["1"], ['letter="a","b"', "number=3,2,1"], rows, 'hitPolicy="PRIORITY"')
    assert value(logic) == {"letter": "a", "number": 3}


@pytest.mark.parametrize(
    ("aggregation", "wanted"), [("SUM", Decimal("6.5")), ("COUNT", 3), ("MIN", 1), ("MAX", Decimal("3.5"))]
)
def test_a_collection_is_aggregated(aggregation: str, wanted: Any) -> None:
    rows = [(["-"], ["1"]), (["-"], ["2"]), (["-"], ["3.5"]), (["false"], ["9"])]
    assert value(table(["true"], ["n"], rows, f'hitPolicy="COLLECT" aggregation="{aggregation}"')) == wanted


def test_the_count_of_nothing_is_zero_and_the_sum_is_null() -> None:
    rows = [(["false"], ["1"])]
    assert value(table(["true"], ["n"], rows, 'hitPolicy="COLLECT" aggregation="COUNT"')) == 0
    assert value(table(["true"], ["n"], rows, 'hitPolicy="COLLECT" aggregation="SUM"')) is None


def test_a_sum_of_texts_is_null_and_a_warning() -> None:
    found = evaluation(table(["1"], ["n"], [(["-"], ['"a"'])], 'hitPolicy="COLLECT" aggregation="SUM"'))
    assert found.value is None
    assert found.reached
    assert found.warnings


def test_without_a_match_the_default_output_is_taken() -> None:
    assert rated(50, "UNIQUE", 'rate="low","middle","high"="low"').value == "low"
    rows = [(["< 10"], ['"low"'])]
    assert rated(50, "UNIQUE", 'rate=="none"', rows).value == "none"
    found = rated(50, "UNIQUE")
    assert found.value is None
    assert found.matched[0].rules == ()
    assert found.reached


def test_several_outputs_with_a_default_of_one_of_them() -> None:
    assert value(table(["1"], ["a==7", "b"], [(["2"], ["1", "1"])])) == {"a": 7, "b": None}


def test_only_outputs_of_rules_that_match_are_evaluated() -> None:
    found = evaluation(table(["1"], ["n"], [(["2"], ["nobody"]), (["1"], ["5"])]))
    assert found.value == 5
    assert found.warnings == ()


def test_an_input_that_is_not_among_its_input_values_is_null_and_a_warning() -> None:
    logic = table(["season"], ["n"], [(["-"], ["1"])]).replace(
        "</inputExpression>", '</inputExpression><inputValues><text>"winter","summer"</text></inputValues>'
    )
    assert evaluation(logic, {"season": "winter"}, season="string").value == 1
    found = evaluation(logic, {"season": "spring"}, season="string")
    assert found.value is None
    assert "input values" in found.warnings[0].message


def test_an_output_that_is_not_among_its_output_values_is_null_and_a_warning() -> None:
    found = evaluation(table(["1"], ['n="a","b"'], [(["-"], ['"c"'])]))
    assert found.value is None
    assert "output values" in found.warnings[0].message


def test_cells_may_use_other_inputs_and_the_input_itself() -> None:
    rows = [(["> limit"], ['"over"']), (["? + 1 = limit"], ['"near"']), (["not(limit)"], ['"under"'])]
    logic = table(["amount"], ["r"], rows, 'hitPolicy="FIRST"')
    for amount, wanted in ((11, "over"), (9, "near"), (1, "under"), (10, None)):
        assert value(logic, {"amount": amount, "limit": 10}, amount="number", limit="number") == wanted


def test_a_warning_of_a_cell_has_its_place() -> None:
    logic = table(["amount"], ["r"], [(["> 5"], ["1"])]).replace("<inputEntry>", '<inputEntry id="cell">')
    [first, *_] = evaluation(logic, {"amount": None}, amount="number").warnings
    assert first.element_id == "cell"
    assert first.file == "0.dmn"


def test_a_decision_that_only_input_or_output_values_name_is_evaluated() -> None:
    listed = decision("allowed", literal('["a", "b"]'))
    values = "</inputExpression><inputValues><text>allowed</text></inputValues>"
    logic = table(["letter"], ["r=allowed"], [(["-"], ["letter"])]).replace("</inputExpression>", values)
    body = inputs(letter="string") + listed + decision("d", logic, needs="#letter* #allowed")
    assert model(body).evaluate("d", {"letter": "b"}).value == "b"
    assert model(body).evaluate("d", {"letter": "c"}).value is None


def test_every_rule_that_cannot_be_read_is_told_once() -> None:
    logic = table(["1"], ["n"], [(["> >"], ["1"]), (["1"], ["1 +"]), (["< <"], ["2"])])
    found = library(file(decision("d", logic)))
    assert [problem.rule for problem in found.problems] == ["feel-syntax"] * 3
    typed = table(["1"], ["n"], [(["1"], ["1"]), (["2"], ["2"])]).replace('name="n"', 'name="n" typeRef="Nothing"')
    typed = typed.replace("<inputExpression>", '<inputExpression typeRef="Nowhere">')
    assert rules(decision("d", typed)) == ["dmn-unknown-type", "dmn-unknown-type"]


BROKEN = [
    (table(["1"], ["n"], [(["-", "-"], ["1"])]), "dmn-rule-cells"),
    (table(["1"], ["n"], [(["-"], [])]), "dmn-rule-cells"),
    (table(["1"], [], []), "dmn-no-output"),
    (table(["1"], ["a", "a"], []), "dmn-output-name"),
    (table(["1"], ["a", "b"], [], 'hitPolicy="COLLECT" aggregation="SUM"'), "dmn-aggregation"),
    (table(["1"], ["a"], [], 'hitPolicy="COLLECT" aggregation="MEDIAN"'), "dmn-aggregation"),
    (table(["1"], ["a"], [], 'hitPolicy="SECOND"'), "dmn-hit-policy"),
    (table(["1"], ["a"], [(["> >"], ["1"])]), "feel-syntax"),
    (table(["1"], ["a"], [(["1"], ["1 +"])]), "feel-syntax"),
    (
        table(["1"], ["a"], [(["1"], ["1"])]).replace("<inputEntry>", '<inputEntry expressionLanguage="groovy">'),
        "dmn-language",
    ),
]


@pytest.mark.parametrize(("logic", "rule"), BROKEN)
def test_a_broken_table_is_told_and_gives_null_that_was_not_reached(logic: str, rule: str) -> None:
    found = library(file(decision("d", logic) + decision("other", literal("1"))))
    assert [problem.rule for problem in found.problems] == [rule]
    assert found.problems[0].element_name
    broken = found.models[URI].evaluate("d")
    assert broken.value is None
    assert not broken.reached
    assert found.models[URI].evaluate("other").value == 1


# -- all hit policies against an oracle that knows nothing of the product

ORDER = ["c", "a", "b"]
ROW = st.tuples(
    st.sampled_from(["-", "1", "2", "[1..2]", "not(1)"]), st.sampled_from(["-", "1", "2"]), st.sampled_from("abc")
)


def holds(cell: str, value: int) -> bool:
    return {"-": True, "[1..2]": value in (1, 2), "not(1)": value != 1}.get(cell, str(value) == cell)


def oracle(policy: str, hits: list[str]) -> Any:
    if not hits:
        return 0 if policy == "COUNT" else None
    ordered = sorted(hits, key=ORDER.index)
    return {
        "UNIQUE": hits[0] if len(hits) == 1 else None,
        "ANY": hits[0] if len(set(hits)) == 1 else None,
        "FIRST": hits[0],
        "PRIORITY": ordered[0],
        "OUTPUT ORDER": ordered,
        "RULE ORDER": hits,
        "COLLECT": hits,
        "COUNT": len(hits),
        "MIN": min(hits),
        "MAX": max(hits),
    }[policy]


@given(
    st.lists(ROW, max_size=6),
    st.integers(1, 3),
    st.integers(1, 3),
    st.sampled_from(
        ["UNIQUE", "ANY", "FIRST", "PRIORITY", "OUTPUT ORDER", "RULE ORDER", "COLLECT", "COUNT", "MIN", "MAX"]
    ),
)
def test_hit_policies_against_an_oracle(rows: list[tuple[str, str, str]], x: int, y: int, policy: str) -> None:
    attributes = f'hitPolicy="{policy}"'
    if policy in ("COUNT", "MIN", "MAX"):
        attributes = f'hitPolicy="COLLECT" aggregation="{policy}"'
    written = [([first, second], [f'"{letter}"']) for first, second, letter in rows]
    logic = table(["x", "y"], ['r="c","a","b"'], written, attributes)
    body = inputs(x="number", y="number") + decision("d", logic, needs="#x* #y*")
    found = model(body).evaluate("d", {"x": x, "y": y})
    hits = [number for number, (first, second, _) in enumerate(rows, 1) if holds(first, x) and holds(second, y)]
    assert found.value == oracle(policy, [rows[number - 1][2] for number in hits])
    assert found.matched[0].rules == tuple(hits[:1] if policy == "FIRST" else hits)
