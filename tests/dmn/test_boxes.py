"""Boxed expressions (10.2.1)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
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

from stellwerk import dmn


def entry(name: str, logic: str, type: str = "") -> str:
    kind = f' typeRef="{type}"' if type else ""
    return f'<contextEntry><variable name="{name}"{kind}/>{logic}</contextEntry>'


def result(logic: str) -> str:
    return f"<contextEntry>{logic}</contextEntry>"


def test_a_literal_expression_reads_what_the_decision_requires() -> None:
    assert value(literal("unit + 1"), {"unit": 2}, unit="number") == 3


def test_a_literal_expression_has_a_type() -> None:
    found = evaluation(literal("1 + 1", 'id="here" typeRef="string"'))
    assert found.value is None
    assert found.warnings[0].element_id == "here"
    assert value(literal("[7]", 'typeRef="number"')) == 7


def test_entries_of_a_context_see_those_before_them() -> None:
    logic = f"<context>{entry('unit price', literal('2'))}{entry('total', literal('unit price * 3'))}</context>"
    assert value(logic) == {"unit price": 2, "total": 6}


def test_the_entry_without_a_name_is_the_result_of_a_context() -> None:
    logic = f"<context>{entry('a', literal('2'))}{result(literal('a * a'))}</context>"
    assert value(logic) == 4


def test_entries_of_a_context_have_types() -> None:
    assert value(f"<context>{entry('a', literal('2'), 'string')}</context>") == {"a": None}


def test_a_result_in_the_middle_is_refused() -> None:
    logic = f"<context>{result(literal('1'))}{entry('a', literal('2'))}</context>"
    assert rules(decision("d", logic)) == ["dmn-context-result"]


def test_a_list() -> None:
    assert value(f"<list>{literal('1')}{literal('[2]')}</list>") == [1, [2]]


def test_a_relation_is_a_list_of_contexts() -> None:
    columns = '<column name="name"/><column name="age" typeRef="number"/>'
    rows = "".join(f"<row>{literal(name)}{literal(age)}</row>" for name, age in (('"A"', "7"), ("null", "true")))
    assert value(f"<relation>{columns}{rows}</relation>") == [{"name": "A", "age": 7}, {"name": None, "age": None}]


def test_a_row_with_another_number_of_cells_is_refused() -> None:
    logic = f'<relation><column name="a"/><row>{literal("1")}{literal("2")}</row></relation>'
    assert rules(decision("d", logic)) == ["dmn-relation-row"]


def test_a_function_definition_sees_the_names_around_it() -> None:
    function = (
        f'<functionDefinition><formalParameter name="n" typeRef="number"/>{literal("n * rate")}</functionDefinition>'
    )
    logic = f"<context>{entry('times', function)}{result(literal('[times(2), times(n: 3), times(true)]'))}</context>"
    assert value(logic, {"rate": 10}, rate="number") == [20, 30, None]


def invocation(called: str, **bindings: str) -> str:
    written = "".join(
        f'<binding><parameter name="{name}"/>{literal(text)}</binding>' for name, text in bindings.items()
    )
    return f"<invocation>{literal(called)}{written}</invocation>"


def test_an_invocation_binds_by_name_and_calls_built_in_functions_too() -> None:
    assert value(invocation("modulo", divisor="3", dividend="8")) == 2


@pytest.mark.parametrize(
    "logic", [invocation("modulo", divided="3"), invocation("7"), invocation("modulo", divisor="3")]
)
def test_an_invocation_that_does_not_fit_is_null_with_a_warning(logic: str) -> None:
    found = evaluation(logic)
    assert found.value is None
    assert found.warnings


def conditional(condition: str) -> str:
    return (
        f"<conditional><if>{literal(condition)}</if><then>{literal('1')}</then>"
        f"<else>{literal('2')}</else></conditional>"
    )


@pytest.mark.parametrize(("condition", "wanted"), [("true", 1), ("false", 2), ("null", None), ('"yes"', None)])
def test_a_conditional(condition: str, wanted: Any) -> None:
    found = evaluation(conditional(condition))
    assert found.value == wanted
    assert (found.warnings == ()) is (wanted is not None)


def loop(kind: str, values: str, body: str) -> str:
    inner = "return" if kind == "for" else "satisfies"
    return f'<{kind} iteratorVariable="each"><in>{literal(values)}</in><{inner}>{literal(body)}</{inner}></{kind}>'


@pytest.mark.parametrize(
    ("kind", "values", "body", "wanted"),
    [
        ("for", "[1, 2]", "each * 2", [2, 4]),
        ("for", "[1..3]", "each + 10 * count(partial)", [1, 12, 23]),
        ("for", "[]", "each", []),
        ("for", "null", "each", None),
        ("some", "[1, 2]", "each > 1", True),
        ("some", "[1, 2]", "each > 2", False),
        ("some", "[1, null]", "each > 2", None),
        ("every", "[1, 2]", "each > 0", True),
        ("every", "[1, 2]", "each > 1", False),
        ("every", "[]", "false", True),
        ("every", "[1]", '"no"', None),
    ],
)
def test_loops(kind: str, values: str, body: str, wanted: Any) -> None:
    assert value(loop(kind, values, body)) == wanted


def filtered(values: str, match: str) -> str:
    return f"<filter><in>{literal(values)}</in><match>{literal(match)}</match></filter>"


@pytest.mark.parametrize(
    ("values", "match", "wanted"),
    [
        ("[1, 5, 3]", "item > 2", [5, 3]),
        ("[1, null]", "item > 0", [1]),
        ("[{n: 1}, {n: 2}]", "n > 1", [{"n": 2}]),
        ("[]", "item", []),
        ("[1]", "1", None),
        ("null", "true", None),
    ],
)
def test_filters(values: str, match: str, wanted: Any) -> None:
    assert value(filtered(values, match)) == wanted


def test_names_with_spaces_are_known_inside_of_typed_values() -> None:
    kind = (
        '<itemDefinition name="Order"><itemComponent name="unit price"><typeRef>number</typeRef></itemComponent>'
        '<itemComponent name="a-b" isCollection="true"><typeRef>number</typeRef></itemComponent></itemDefinition>'
    )
    given = {"order": {"unit price": Decimal("1.5"), "a-b": [4]}}
    assert value(literal("order.unit price * order.a-b[1]"), given, before=kind, order="Order") == 6


def test_java_and_pmml_functions_are_refused_by_name_and_never_run() -> None:
    function = '<functionDefinition kind="Java"><formalParameter name="n"/><context/></functionDefinition>'
    logic = f"<context>{entry('f', function)}{result(literal('f(1)'))}</context>"
    found = library(file(decision("d", logic)))
    assert [problem.rule for problem in found.problems] == ["dmn-external-function"]
    evaluated = found.models[URI].evaluate("d")
    assert evaluated.value is None
    assert [each.kind for each in evaluated.warnings] == [dmn.Kind.UNSUPPORTED]
    assert not evaluated.reached


def test_a_business_knowledge_model_in_java_is_never_run() -> None:
    java = knowledge("f", {"n": "number"}, "<context/>").replace(
        "<encapsulatedLogic>", '<encapsulatedLogic kind="Java">'
    )
    found = library(file(java + decision("d", literal("f(1)"), knows="#f")))
    evaluated = found.models[URI].evaluate("d")
    assert evaluated.value is None
    assert [each.kind for each in evaluated.warnings] == [dmn.Kind.UNSUPPORTED]


def test_a_filter_knows_that_items_may_lack_a_key() -> None:
    logic = f"<filter><in>{literal('[{a: 1}, {b: 2}]')}</in><match>{literal('a = 5')}</match></filter>"
    assert evaluation(logic).reached
    assert not evaluation(logic.replace("a = 5", "c = 5")).reached


def test_an_expression_that_cannot_be_read_is_told_with_its_place() -> None:
    found = library(file("\n\n" + decision("d", literal("1 + ", "id='e'"))))
    [problem] = found.problems
    assert (problem.rule, problem.element_id, problem.element_name, problem.line) == ("feel-syntax", "e", "d", 3)
    evaluated = found.models[URI].evaluate("d")
    assert [each.kind for each in evaluated.warnings] == [dmn.Kind.BROKEN]


def test_an_unknown_name_is_not_reached() -> None:
    found = evaluation(literal("nobody knows this"))
    assert found.value is None
    assert not found.reached


def test_other_languages_are_refused_by_name() -> None:
    assert rules(decision("d", literal("1", 'expressionLanguage="python"'))) == ["dmn-language"]


def test_a_decision_without_logic_is_null_and_a_warning() -> None:
    found = library(file(decision("d", "")))
    assert [(problem.rule, problem.severity) for problem in found.problems] == [("dmn-missing-expression", "warning")]
    assert found.models[URI].evaluate("d").reached


@pytest.mark.parametrize(
    ("logic", "rule"),
    [
        ("<conditional><if/>" + "".join(f"<{n}>{literal('1')}</{n}>" for n in ("then", "else")) + "</conditional>", ""),
        ("<context><contextEntry/></context>", ""),
        ("<invocation/>", ""),
        ('<decisionTable><input/><output name="r"/></decisionTable>', ""),
        ("<literalExpression/>", ""),
        ("", ""),
        (
            '<for iteratorVariable="i"><in>' + literal("[1]", 'typeRef="Nothing"') + "</in>"
            f"<return>{literal('i')}</return></for>",
            "dmn-unknown-type",
        ),
        (
            f'<functionDefinition><formalParameter name="a" typeRef="Nothing"/>{literal("a")}</functionDefinition>',
            "dmn-unknown-type",
        ),
    ],
)
def test_what_is_missing_or_unknown_is_told_once(logic: str, rule: str) -> None:
    assert rules(decision("d", logic)) == [rule or "dmn-missing-expression"]


ALLOWED = """<itemDefinition name="Small"><typeRef>number</typeRef><allowedValues><text>{}</text></allowedValues>
</itemDefinition>"""


def test_warnings_of_allowed_values_leave_room_for_those_of_expressions() -> None:
    """A text is compared with a number each time: that warns, and the notice of the type says it."""
    before = ALLOWED.format("&lt; 5").replace("<typeRef>number</typeRef>", "<typeRef>Any</typeRef>")
    text = literal('"x"', 'typeRef="Small"')
    loop = f'<for iteratorVariable="i"><in>{literal("[1..150]")}</in><return>{text}</return></for>'
    body = before + decision("many", loop)
    body += decision("d", f"<list>{literal('count(many)')}{literal('nobody')}</list>", needs="#many")
    found = model(body).evaluate("d")
    assert found.value == [150, None]
    assert [one.kind for one in found.warnings].count(dmn.Kind.EVALUATION) == 100
    assert found.warnings[-1].kind is dmn.Kind.UNKNOWN_NAME
    assert not found.reached


@pytest.mark.parametrize(
    "many",
    [
        'for i in 1..150 return if i < 150 then 1 + "a" else nobody',
        'count(for i in 1..150 return if i < 150 then 1 + "a" else nobody)',
    ],
)
def test_an_unknown_name_behind_a_hundred_warnings_is_not_reached(many: str) -> None:
    assert not evaluation(literal(many)).reached
    assert evaluation(literal(many.replace("nobody", "2"))).reached


def test_allowed_values_with_an_unknown_name_do_not_reach_anything() -> None:
    before = ALLOWED.format("&lt; nobody")
    found = evaluation(literal("1", 'typeRef="Small"'), before=before)
    assert found.value is None
    assert not found.reached


def test_expressions_nested_too_deeply_are_refused() -> None:
    logic = "<list>" * 300 + literal("1") + "</list>" * 300
    assert "dmn-too-deep" in rules(decision("d", logic))
    context = literal("1")
    for _ in range(39):
        context = f"<context>{entry('a', context)}</context>"
    assert model(decision("d", context)).evaluate("d").value is not None


def test_matched_rules_of_tables_inside_of_other_expressions_are_told() -> None:
    inner = table(["each"], ["n"], [(["1"], ["10"]), (["2"], ["20"])])
    logic = f'<for iteratorVariable="each"><in>{literal("[1, 2, 1]")}</in><return>{inner}</return></for>'
    found = evaluation(logic)
    assert found.value == [10, 20, 10]
    assert [each.rules for each in found.matched] == [(1,), (2,), (1,)]


def test_input_of_a_wrong_type_is_null_with_a_warning() -> None:
    body = inputs(n="number") + decision("d", literal("n"), needs="#n*")
    found = model(body).evaluate("d", {"n": "text"})
    assert found.value is None
    assert found.warnings[0].element_id == "n"
    assert model(body).evaluate("d", {"n": [3]}).value == 3
