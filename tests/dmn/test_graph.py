"""Requirements, functions, services and imports (chapter 6, 10.4)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from tests.dmn.models import URI, decision, file, inputs, knowledge, library, literal, model, rules

from stellwerk import dmn, feel

OTHER, THIRD = "https://stellwerk.test/other", "https://stellwerk.test/third"


def imports(name: str | None, uri: str) -> str:
    named = "" if name is None else f'name="{name}"'
    return f'<import {named} namespace="{uri}" importType="dmn"/>'


def test_a_decision_is_evaluated_after_those_that_it_requires() -> None:
    body = inputs(n="number") + decision("a", literal("n + 1"), needs="#n*")
    body += decision("b", literal("a * 2"), needs="#a") + decision("c", literal("a + b"), needs="#a #b")
    found = model(body).evaluate("c", {"n": 1})
    assert found.value == 6
    assert found.decisions == {"a": 2, "b": 4, "c": 6}


def test_what_an_expression_does_not_read_is_not_evaluated() -> None:
    body = decision("unread", literal("nobody")) + decision("d", literal("1"), needs="#unread")
    found = model(body).evaluate("d")
    assert found.decisions == {"d": 1}
    assert found.warnings == ()


def test_only_what_is_required_is_known() -> None:
    body = decision("a", literal("1")) + decision("d", literal("a"))
    assert not model(body).evaluate("d").reached


def test_a_decision_can_be_given() -> None:
    body = decision("a", literal("1"), type="number") + decision("d", literal("a + 1"), needs="#a")
    assert model(body).evaluate("d", decisions={"a": 10}).value == 11
    assert model(body).evaluate("d", {"a": 10}).value == 2


def test_ten_thousand_decisions_in_a_chain() -> None:
    body = decision("d0", literal("1"))
    body += "".join(decision(f"d{n}", literal(f"d{n - 1} + 1"), needs=f"#d{n - 1}") for n in range(1, 10_000))
    assert model(body).evaluate("d9999").value == 10_000


def test_who_requires_itself_is_refused_by_name() -> None:
    body = (
        decision("a", literal("b"), needs="#b") + decision("b", literal("a"), needs="#a") + decision("c", literal("1"))
    )
    found = library(file(body))
    assert {problem.rule for problem in found.problems} == {"dmn-requirement-circle"}
    assert {problem.element_name for problem in found.problems} == {"a", "b"}
    assert "'a' -> 'b' -> 'a'" in found.problems[0].message
    assert not found.models[URI].evaluate("a").reached
    assert found.models[URI].evaluate("c").value == 1


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (decision("d", literal("1"), needs="#nothing"), "dmn-unknown-reference"),
        (decision("d", literal("1"), needs=f"{OTHER}#d"), "dmn-unknown-reference"),
        (inputs(n="number") + decision("d", literal("1"), knows="#n"), "dmn-wrong-requirement"),
        (decision("d", literal("1"), type="Nothing"), "dmn-unknown-type"),
        (decision("d", literal("1")) + decision("d", literal("1")).replace('id="d"', 'id="e"'), "dmn-name"),
        (imports("other", OTHER), "dmn-import"),
        ('<decisionService id="s" name="s"/>', "dmn-service-output"),
    ],
)
def test_what_is_wrong_with_the_graph_is_told(body: str, rule: str) -> None:
    assert rules(body) == [rule]


def test_a_business_knowledge_model_is_a_function() -> None:
    body = knowledge("double", {"n": "number"}, literal("n * 2"))
    body += knowledge("four times", {"n": "number"}, literal("double(double(n))"), knows="#double").replace(
        'id="four times"', 'id="four"'
    )
    body += decision("d", literal("four times(3)"), knows="#four") + decision(
        "e", literal('four times("x")'), knows="#four"
    )
    assert model(body).evaluate("d").value == 12
    found = model(body).evaluate("e")
    assert found.value is None
    assert found.reached
    assert model(body).call("double", {"n": 4}).value == 8
    assert model(body).call("double", {"m": 4}).value is None


def test_a_business_knowledge_model_may_call_itself_within_the_budget() -> None:
    body = knowledge("factorial", {"n": "number"}, literal("if n <= 1 then 1 else n * factorial(n - 1)"))
    body += decision("d", literal("factorial(20)"), knows="#factorial")
    body += decision("endless", literal("factorial(1/0)"), knows="#factorial")
    body += knowledge("forever", {"n": "number"}, literal("forever(n + 1)"))
    body += decision("e", literal("forever(0)"), knows="#forever")
    assert model(body).evaluate("d").value == 2432902008176640000
    with pytest.raises(feel.BudgetExceeded):
        model(body).evaluate("e")


def test_the_result_of_a_function_has_its_type() -> None:
    body = knowledge("f", {"n": ""}, literal("n"), type="number") + decision("d", literal('[f(1), f("x")]'), knows="#f")
    assert model(body).evaluate("d").value == [1, None]


def test_a_function_type_accepts_what_may_return_the_right_type() -> None:
    kind = (
        '<itemDefinition name="Rate"><functionItem outputTypeRef="number"><parameters name="n" typeRef="number"/>'
        "</functionItem></itemDefinition>"
    )
    body = kind + knowledge("twice", {"f": "Rate"}, literal("f(f(3))"))
    body += knowledge("text", {"n": "number"}, literal('"a"'), type="string")
    body += decision("a", literal("twice(function(x) x * x)"), knows="#twice")
    body += decision("b", literal("twice(function(x: string) x)"), knows="#twice")
    body += decision("c", literal("twice(text)"), knows="#twice #text")
    found = model(body)
    assert [found.evaluate(name).value for name in "abc"] == [81, None, None]


SERVICE = (
    inputs(n="number")
    + decision("before", literal("100"), type="number")
    + decision("hidden", literal("before + n"), needs="#before #n*")
    + decision("out", literal("hidden * 2"), needs="#hidden")
    + '<decisionService id="s" name="s"><variable name="s"/><outputDecision href="#out"/>'
    '<encapsulatedDecision href="#hidden"/><inputDecision href="#before"/><inputData href="#n"/></decisionService>'
)


def test_a_decision_service_takes_inputs_then_decisions_and_sees_nothing_else() -> None:
    body = SERVICE + decision(
        "d", literal("[s(1, 2), s(before: 1, n: 5), s(1), s(n: 1), before]"), needs="#before", knows="#s"
    )
    found = model(body).evaluate("d", {"n": 1000})
    assert found.python == [6, 12, None, None, 100]


def test_a_decision_service_is_evaluated_from_outside() -> None:
    found = model(SERVICE).evaluate_service("s", {"n": 1}, decisions={"before": 2})
    assert found.value == 6
    assert found.decisions["hidden"] == 3
    assert model(SERVICE).evaluate_service("s", {"n": 1}).value is None


def test_several_output_decisions_are_a_context() -> None:
    body = decision("a", literal("1")) + decision("b", literal("2"))
    body += '<decisionService id="s" name="s"><outputDecision href="#a"/><outputDecision href="#b"/></decisionService>'
    assert model(body).evaluate_service("s").value == {"a": 1, "b": 2}


def test_a_service_that_needs_itself_is_refused() -> None:
    body = decision("a", literal("s()"), knows="#s")
    body += '<decisionService id="s" name="s"><outputDecision href="#a"/></decisionService>'
    found = library(file(body))
    assert {problem.rule for problem in found.problems} == {"dmn-requirement-circle"}
    assert not found.models[URI].evaluate_service("s").reached


def test_a_function_in_a_circle_says_so_where_it_is_called() -> None:
    body = knowledge("f", {"n": "number"}, literal("g(n)"), knows="#g")
    body += knowledge("g", {"n": "number"}, literal("f(n)"), knows="#f")
    found = library(file(body + decision("d", literal("f(1)"), knows="#f")))
    assert {problem.rule for problem in found.problems} == {"dmn-requirement-circle"}
    assert [each.kind for each in found.models[URI].evaluate("d").warnings] == [dmn.Kind.BROKEN]


# -- imports

COMMON = file(
    '<itemDefinition name="Parcel"><itemComponent name="gross weight"><typeRef>number</typeRef></itemComponent>'
    "</itemDefinition>"
    + inputs(parcel="Parcel")
    + knowledge("freight", {"of": "Parcel"}, literal("4.5 + 2 * of.gross weight"))
    + decision("charge", literal("freight(parcel)"), needs="#parcel*", knows="#freight"),
    uri=OTHER,
)


def test_imported_elements_are_called_by_the_name_of_the_import() -> None:
    body = imports("common parts", OTHER) + decision(
        "d",
        literal("common parts.charge + 10 * common parts.freight(common parts.parcel)"),
        needs=f"{OTHER}#charge {OTHER}#parcel*",
        knows=f"{OTHER}#freight",
        type="number",
    )
    found = library(file(body), COMMON)
    assert found.problems == ()
    own = found.models[URI]
    given = {"gross weight": 3}
    assert own.evaluate("d", {"common parts": {"parcel": given}}).python == Decimal("115.5")
    assert own.evaluate("d", {"parcel": given}).python == Decimal("115.5")
    assert own.evaluate("d", {"common parts": {"parcel": {"weight": 3}}}).value is None


def test_an_import_without_a_name_has_no_prefix() -> None:
    body = imports("", OTHER) + inputs(pallet="Parcel")
    body += decision("d", literal("freight(pallet)"), needs="#pallet*", knows=f"{OTHER}#freight")
    found = library(COMMON, file(body))
    assert found.problems == ()
    assert found.models[URI].evaluate("d", {"pallet": {"gross weight": 100}}).python == Decimal("204.5")


def test_the_same_model_imported_by_two_has_inputs_of_its_own_for_each() -> None:
    between = [
        file(
            imports("base", OTHER) + decision("cost", literal("base.charge"), needs=f"{OTHER}#charge"),
            uri=THIRD + n,
        )
        for n in "12"
    ]
    body = imports("one", THIRD + "1") + imports("two", THIRD + "2")
    body += decision("d", literal("[one.cost, two.cost]"), needs=f"{THIRD}1#cost {THIRD}2#cost")
    found = library(file(body), *between, COMMON)
    assert found.problems == ()
    given = {
        "one": {"base": {"parcel": {"gross weight": 1}}},
        "two": {"base": {"parcel": {"gross weight": 2}}},
    }
    assert found.models[URI].evaluate("d", given).python == [Decimal("6.5"), Decimal("8.5")]


def test_files_that_import_each_other_are_refused() -> None:
    found = library(file(imports("o", OTHER)), file(imports("o", URI), uri=OTHER))
    assert [problem.rule for problem in found.problems] == ["dmn-import-circle"]


def test_two_files_with_one_namespace_are_refused() -> None:
    assert [problem.rule for problem in library(file(""), file("")).problems] == ["dmn-namespace"]


# -- robustness


def test_a_budget_ends_an_evaluation() -> None:
    body = decision("d", literal("count(for i in 1..100000 return i)"))
    with pytest.raises(feel.BudgetExceeded):
        model(body).evaluate("d", budget=feel.Budget(steps=1000))


def test_a_boxed_loop_is_charged_for_its_body() -> None:
    body = literal("1")
    for _ in range(7):
        body = f'<for iteratorVariable="i"><in>{literal("[1..100]")}</in><return>{body}</return></for>'
    with pytest.raises(feel.BudgetExceeded):
        model(decision("d", body)).evaluate("d")


def test_threads_share_a_model() -> None:
    found = model(SERVICE + decision("d", literal("s(n, 1)"), needs="#n*", knows="#s"))
    with ThreadPoolExecutor(4) as pool:
        values = list(pool.map(lambda n: found.evaluate("d", {"n": n}).value, range(200)))
    assert values == [2 * (n + 1) for n in range(200)]


def test_an_unknown_decision_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(dmn.NoSuchDecision, match="out"):
        model(SERVICE).evaluate("nothing")


def test_a_decision_is_called_by_its_name_before_the_id_of_another_one() -> None:
    body = decision("a", literal("1")).replace('name="a"', 'name="b"') + decision("c", literal("2")).replace(
        'name="c"', 'name="a"'
    )
    found = model(body)
    assert [found.evaluate(name).value for name in "abc"] == [2, 1, 2]


def test_a_function_that_left_its_model_is_null_elsewhere() -> None:
    body = knowledge("f", {"n": "number"}, literal("n + 1")) + decision("d", literal("f"), knows="#f")
    function = model(body).evaluate("d").value
    outside = feel.parse("g(1)", ["g"]).run({"g": function})
    assert outside.value is None
    assert [warning.kind for warning in outside.warnings] == [feel.Kind.UNSUPPORTED]
    again = inputs(g="function") + decision("d", literal("g(1)"), needs="#g*")
    assert model(again).evaluate("d", {"g": function}).value == 2
