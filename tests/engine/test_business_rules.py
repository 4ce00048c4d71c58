"""Business rule tasks: the decision that they call, what becomes of its result, and what goes wrong."""

from __future__ import annotations

from typing import Any

import pytest
from tests.engine.dmn_files import dmn_file, literal, table
from tests.engine.harness import NOW, FakeHost, Run, bpmn, chain, compiled, on, problems, run, script

from stellwerk.engine import Binding, compile_bpmn
from stellwerk.engine import events as e

OTHERS = (
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
)
DISHES = [
    ('"Winter"', "<= 8", '"Roastbeef"', "12"),
    ('"Winter"', "> 8", '"Stew"', "9"),
    ('"Summer"', "-", '"Salad"', "7"),
]
DISH = dmn_file(table("dish", ["season", "guests"], ["dish", "price"], DISHES))
OFFERS = [("> 0", '"bread"'), ("> 1", '"soup"'), ("> 2", '"cake"')]


def rule_task(inside: str = "", id: str = "r", **attributes: str) -> str:
    more = "".join(f' camunda:{name}="{value}"' for name, value in attributes.items())
    return f'<businessRuleTask id="{id}"{more}>{inside}</businessRuleTask>'


def extended(inside: str) -> str:
    return rule_task(f"<extensionElements {OTHERS}>{inside}</extensionElements>")


def decided(task: str, host: FakeHost, reload: bool = True, **variables: Any) -> Run:
    body = f'<startEvent id="s"/>{task}<userTask id="u"/>{chain("s", "r", "u")}'
    return Run(compiled(body), host, reload).start(variables)


# -- Camunda 7: the shape of the result
@pytest.mark.parametrize(
    ("mapper", "policy", "outputs", "expected"),
    [
        ("", "FIRST", ["a"], [{"a": 1}]),
        ("resultList", "COLLECT", ["a", "b"], [{"a": 1, "b": 10}, {"a": 2, "b": 20}]),
        ("collectEntries", "RULE ORDER", ["a"], [1, 2]),
        ("collectEntries", "FIRST", ["a"], [1]),
        ("singleEntry", "FIRST", ["a"], 1),
        ("singleResult", "FIRST", ["a", "b"], {"a": 1, "b": 10}),
    ],
)
def test_a_mapper_gives_the_result_its_shape(mapper, policy, outputs, expected):
    rules = [("> 0", *("1", "10")[: len(outputs)]), ("> 1", *("2", "20")[: len(outputs)])]
    host = FakeHost().decide(dmn_file(table("d", ["n"], outputs, rules, policy)))
    mapped = {"mapDecisionResult": mapper} if mapper else {}
    run = decided(rule_task(decisionRef="d", resultVariable="found", **mapped), host, n=5)
    assert run.variables == {"n": 5, "found": expected}


@pytest.mark.parametrize(
    ("mapper", "expected"), [("singleEntry", None), ("singleResult", None), ("collectEntries", []), ("resultList", [])]
)
@pytest.mark.parametrize("policy", ["UNIQUE", "COLLECT"])
def test_no_rule_that_matches_is_no_row(mapper, expected, policy):
    host = FakeHost().decide(dmn_file(table("d", ["n"], ["a"], [("> 9", "1")], policy)))
    run = decided(rule_task(decisionRef="d", resultVariable="found", mapDecisionResult=mapper), host, n=5)
    assert run.variables["found"] == expected


def test_a_matching_rule_may_say_null():
    host = FakeHost().decide(dmn_file(table("d", ["n"], ["a", "b"], [("-", "null", "")])))
    assert decided(rule_task(decisionRef="d", resultVariable="x"), host, n=5).variables["x"] == [{"a": None, "b": None}]


@pytest.mark.parametrize(("aggregation", "expected"), [("SUM", 3), ("COUNT", 2), ("MAX", 2)])
def test_an_aggregation_is_one_value(aggregation, expected):
    decision = table("d", ["n"], ["a"], [("> 0", "1"), ("> 1", "2")], "COLLECT", aggregation)
    task = rule_task(decisionRef="d", resultVariable="found", mapDecisionResult="singleEntry")
    assert decided(task, FakeHost().decide(dmn_file(decision)), n=5).variables["found"] == expected


def test_an_expression_is_one_value_under_the_name_of_its_variable():
    host = FakeHost().decide(dmn_file(literal("d", "n * 1.1", "gross")))
    assert decided(rule_task(decisionRef="d", resultVariable="x"), host, n=5).variables["x"] == [{"gross": 5.5}]


@pytest.mark.parametrize("outputs", [["double"], ["double", "square"]])
def test_a_service_gives_its_output_decisions(outputs):
    refs = "".join(f'<outputDecision href="#{id}"/>' for id in outputs)
    decisions = [literal("double", "n * 2", "double"), literal("square", "n ** 2", "square")]
    host = FakeHost().decide(dmn_file(*decisions, f'<decisionService id="s" name="S">{refs}</decisionService>'))
    row = {"double": 10} if len(outputs) == 1 else {"The double": 10, "The square": 25}
    assert decided(rule_task(decisionRef="s", resultVariable="x"), host, n=5).variables["x"] == [row]


@pytest.mark.parametrize(
    ("mapper", "outputs", "way_out"),
    [
        ("singleEntry", ["a"], "Use resultList or collectEntries"),
        ("singleResult", ["a"], "Use resultList or collectEntries"),
        ("collectEntries", ["a", "b"], "Use resultList"),
    ],
)
def test_a_result_of_another_shape_is_an_incident_that_says_what_to_do(mapper, outputs, way_out):
    rules = [("> 0", *("1", "1")[: len(outputs)]), ("> 1", *("2", "2")[: len(outputs)])]
    host = FakeHost().decide(dmn_file(table("d", ["n"], outputs, rules, "COLLECT")))
    run = decided(rule_task(decisionRef="d", resultVariable="x", mapDecisionResult=mapper), host, n=5)
    [incident] = run.incidents.values()
    assert incident.kind == "decision"
    assert "'d' (version 1)" in incident.message
    assert way_out in incident.message
    assert "x" not in run.variables


def test_one_entry_of_a_row_with_several_is_an_incident():
    host = FakeHost().decide(DISH)
    task = rule_task(decisionRef="dish", resultVariable="x", mapDecisionResult="singleEntry")
    [incident] = decided(task, host, season="Summer", guests=2).incidents.values()
    assert "2 outputs (dish, price)" in incident.message


OUTPUT = '<camunda:outputParameter name="{}">{}</camunda:outputParameter>'


def mapped(*parameters: str) -> str:
    return f"<extensionElements><camunda:inputOutput>{''.join(parameters)}</camunda:inputOutput></extensionElements>"


def test_output_parameters_read_the_rows_and_the_result_variable():
    inside = mapped(OUTPUT.format("dish", "${decisionResult[0].dish}"), OUTPUT.format("price", "${found.price}"))
    task = rule_task(inside, decisionRef="dish", resultVariable="found", mapDecisionResult="singleResult")
    run = decided(task, FakeHost().decide(DISH), season="Summer", guests=2)
    assert run.variables == {"season": "Summer", "guests": 2, "dish": "Salad", "price": 7}


def test_input_parameters_are_what_the_decision_reads():
    given = '<camunda:inputParameter name="season">${order.season}</camunda:inputParameter>'
    task = rule_task(mapped(given), decisionRef="dish", resultVariable="found", mapDecisionResult="singleResult")
    run = decided(task, FakeHost().decide(DISH), order={"season": "Winter"}, guests=20)
    assert run.variables["found"] == {"dish": "Stew", "price": 9}


# -- which decision, which version
@pytest.mark.parametrize(
    ("attributes", "binding"),
    [
        ({}, Binding("latest")),
        ({"decisionRefBinding": "deployment"}, Binding("deployment")),
        ({"decisionRefBinding": "version", "decisionRefVersion": "${wanted}"}, Binding("version", "1")),
        ({"decisionRefBinding": "versionTag", "decisionRefVersionTag": "spring"}, Binding("versionTag", "spring")),
    ],
)
def test_the_binding_is_asked_for(attributes, binding):
    host = FakeHost().decide(DISH)
    decided(rule_task(decisionRef="dish", resultVariable="x", **attributes), host, wanted=1)
    assert host.asked == [("dish", binding, None)]


@pytest.mark.parametrize("text", ["${which}", "=which", "${name}h"])
def test_the_decision_may_be_computed(text):
    task = rule_task(decisionRef=text, resultVariable="x", mapDecisionResult="collectEntries")
    host = FakeHost().decide(dmn_file(table("dish", [], ["a"], [("1",)])))
    assert decided(task, host, which="dish", name="dis").variables["x"] == [1]


def test_a_decision_that_is_missing_is_an_incident_and_a_retry_looks_anew():
    host = FakeHost()
    run = decided(rule_task(decisionRef="dish", resultVariable="x"), host, season="Summer", guests=1)
    [incident] = run.incidents.values()
    assert (incident.kind, run.said(e.DecisionEvaluated)) == ("decision", [])
    assert "There is no decision 'dish'" in incident.message
    host.decide(DISH).decide(DISH.replace("Salad", "Soup"))
    run.retry("r")
    assert run.variables["x"] == [{"dish": "Soup", "price": 7}]
    assert [event.version for event in run.said(e.DecisionEvaluated)] == [2]


@pytest.mark.parametrize("value", ["", None, "  "])
def test_a_decision_without_a_name_is_an_incident(value):
    [incident] = decided(
        rule_task(decisionRef="${which}", resultVariable="x"), FakeHost(), which=value
    ).incidents.values()
    assert "The decision is empty" in incident.message


@pytest.mark.parametrize("value", [True, [], {"a": 1}, [["b"] * 500]])
def test_what_is_no_text_names_no_decision(value):
    [incident] = decided(
        rule_task(decisionRef="=which", resultVariable="x"), FakeHost(), which=value
    ).incidents.values()
    assert "It must be a text" in incident.message
    assert len(incident.message) < 200


def test_the_definition_tells_which_decisions_it_names():
    spiff = extended("<spiffworkflow:calledDecisionId>b</spiffworkflow:calledDecisionId>").replace('"r"', '"q"')
    body = (
        rule_task(decisionRef="a", resultVariable="x")
        + spiff
        + rule_task(id="p", decisionRef="${c}", resultVariable="x")
    )
    definition = compiled(f'<startEvent id="s"/>{body}{chain("s", "r", "q", "p")}')
    assert definition.decisions_called == {"r": "a", "q": "b"}


# -- what is told
def test_the_event_tells_what_was_read_what_matched_and_what_came_out():
    task = rule_task(decisionRef="dish", resultVariable="x", mapDecisionResult="singleEntry")
    run = decided(task, FakeHost().decide(DISH), season="Winter", guests=20, other="unread")
    [event] = run.said(e.DecisionEvaluated)
    assert (event.element_id, event.reference, event.key, event.version) == ("r", "dish:1", "dish", 1)
    assert event.inputs == {"season": "Winter", "guests": 20}
    assert event.result == {"dish": "Stew", "price": 9}
    assert event.matched == (
        {
            "tableId": "t_dish",
            "decisionId": "dish",
            "decisionName": "The dish",
            "inputs": ["Winter", 20],
            "rules": [2],
            "ruleIds": ["r2"],
            "outputs": [["Stew", 9]],
            "matches": 1,
        },
    )
    assert event.warnings == ()


def test_the_time_of_a_decision_is_that_of_the_step():
    host = FakeHost().decide(dmn_file(literal("d", "now()")))
    run = decided(rule_task(decisionRef="d", resultVariable="x", mapDecisionResult="singleEntry"), host)
    assert run.variables["x"] == NOW


# -- what goes wrong
@pytest.mark.parametrize(
    ("decision", "said"),
    [
        (table("d", ["n"], ["a"], [("> 0", "1"), ("> 1", "2")]), "2 rules match, and the hit policy UNIQUE allows one"),
        (literal("d", "nothing + 1"), "There is no `nothing`"),
        (literal("d", 'for i in 1..150 return if i < 150 then 1 + "a" else nothing'), "cannot be evaluated"),
        (literal("d", "for i in 1..100000000 return i"), "too many steps"),
        (literal("d", "function(x) x"), "function"),
    ],
)
def test_a_decision_that_says_nothing_is_an_incident(decision, said):
    host = FakeHost().decide(dmn_file(decision))
    run = decided(rule_task(decisionRef="d", resultVariable="x"), host, n=5)
    [incident] = run.incidents.values()
    assert incident.kind == "decision"
    assert said in incident.message
    assert run.variables == {"n": 5}


def test_a_null_that_the_rules_say_is_no_incident_and_told():
    host = FakeHost().decide(dmn_file(literal("d", '"a" + 1', "d")))
    run = decided(rule_task(decisionRef="d", resultVariable="x"), host)
    assert run.variables["x"] == [{"d": None}]
    [event] = run.said(e.DecisionEvaluated)
    assert len(event.warnings) == 1


def test_an_incident_of_a_decision_is_no_error_of_the_model():
    error = on("b", "r", "<errorEventDefinition/>")
    body = f'<startEvent id="s"/>{rule_task(decisionRef="d", resultVariable="x")}{error}<task id="t"/>{chain("s", "r")}'
    run = Run(compiled(f"{body}{chain('b', 't')}"), FakeHost()).start()
    assert run.failed == ["r"]
    assert run.count("t") == 0


# -- as every activity
def test_a_rule_for_each_item():
    loop = (
        '<multiInstanceLoopCharacteristics camunda:collection="numbers" camunda:elementVariable="n">'
        '<loopDataOutputRef>all</loopDataOutputRef><outputDataItem name="one"/></multiInstanceLoopCharacteristics>'
    )
    task = rule_task(loop, decisionRef="d", resultVariable="one", mapDecisionResult="singleEntry")
    host = FakeHost().decide(dmn_file(table("d", ["n"], ["a"], [("> 1", '"many"'), ("<= 1", '"few"')])))
    run = decided(task, host, numbers=[1, 2, 3])
    assert run.variables["all"] == ["few", "many", "many"]
    assert len(run.said(e.DecisionEvaluated)) == 3


def test_a_rule_again_and_again():
    condition = '<loopCondition xsi:type="tFormalExpression">n &lt; 20</loopCondition>'
    loop = f"<standardLoopCharacteristics>{condition}</standardLoopCharacteristics>"
    task = rule_task(loop, decisionRef="d", resultVariable="n", mapDecisionResult="singleEntry")
    assert decided(task, FakeHost().decide(dmn_file(literal("d", "n * 2"))), n=1).variables["n"] == 32


def test_a_rule_is_undone_by_its_handler():
    boundary = on("c", "r", "<compensateEventDefinition/>")
    handler = '<scriptTask id="h" isForCompensation="true"><script>log("undone")</script></scriptTask>'
    link = '<association id="a" sourceRef="c" targetRef="h" associationDirection="One"/>'
    end = '<endEvent id="e"><compensateEventDefinition/></endEvent>'
    body = f'<startEvent id="s"/>{rule_task(decisionRef="d", resultVariable="x")}{boundary}{handler}{link}{end}'
    host = FakeHost().decide(dmn_file(literal("d", "1")))
    found = Run(compiled(f"{body}{chain('s', 'r', 'e')}"), host).start()
    assert host.trace == ["undone"]
    found.assert_clean()


def test_a_global_business_rule_task_is_done_by_the_call_activity():
    task = '<globalBusinessRuleTask id="g" name="G" camunda:decisionRef="d" camunda:resultVariable="x"/>'
    body = f'<startEvent id="s"/><callActivity id="r" calledElement="g"/><userTask id="u"/>{chain("s", "r", "u")}'
    host = FakeHost().decide(dmn_file(literal("d", "1", "d")))
    assert Run(compiled(body, task), host).start().variables["x"] == [{"d": 1}]


def test_with_a_topic_it_is_a_job():
    body = f'<startEvent id="s"/>{rule_task(type="external", topic="rate", resultVariable="x")}{chain("s", "r")}'
    found = run(body)
    assert [job.topic for job in found.jobs.values()] == ["rate"]
    found.finish("r", 7)
    assert found.completed
    assert found.variables["x"] == 7


# -- Camunda 8
def test_camunda_8_takes_the_value_as_it_is():
    called = '<zeebe:calledDecision decisionId="=which" resultVariable="found" bindingType="deployment"/>'
    host = FakeHost().decide(DISH)
    run = decided(extended(called), host, which="dish", season="Summer", guests=2)
    assert run.variables["found"] == {"dish": "Salad", "price": 7}
    assert host.asked == [("dish", Binding("deployment"), None)]


def test_camunda_8_can_name_a_tag():
    called = '<zeebe:calledDecision decisionId="d" resultVariable="x" bindingType="versionTag" versionTag="v1"/>'
    host = FakeHost().decide(dmn_file(literal("d", "[1, 2]")))
    assert decided(extended(called), host).variables["x"] == [1, 2]
    assert host.asked == [("d", Binding("versionTag", "v1"), None)]


# -- SpiffWorkflow
SPIFF = extended("<spiffworkflow:calledDecisionId>d</spiffworkflow:calledDecisionId>")


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("FIRST", {"offer": "bread", "n": 9}), ("COLLECT", {"offer": ["bread", "soup", "cake"], "n": 9})],
)
def test_spiffworkflow_writes_each_output_under_its_name(policy, expected):
    host = FakeHost().decide(dmn_file(table("d", ["n"], ["offer"], OFFERS, policy)))
    assert decided(SPIFF, host, n=9).variables == expected


def test_spiffworkflow_writes_nothing_without_a_match():
    host = FakeHost().decide(dmn_file(table("d", ["n"], ["offer"], OFFERS, "COLLECT")))
    assert decided(SPIFF, host, n=0).variables == {"n": 0}


def test_spiffworkflow_takes_dots_in_a_name_for_a_path():
    decision = table("d", ["n"], ["order.price", "order.tax.rate"], [("-", "5", "0.2")])
    run = decided(SPIFF, FakeHost().decide(dmn_file(decision)), n=0, order={"id": 7, "tax": {"in": "DE"}})
    assert run.variables["order"] == {"id": 7, "price": 5, "tax": {"in": "DE", "rate": 0.2}}


# -- refused
def test_a_task_that_says_nothing_is_refused():
    assert problems(f'<startEvent id="s"/>{rule_task()}{chain("s", "r")}') == [("decision-missing", "r")]


@pytest.mark.parametrize(
    ("inside", "rule"),
    [
        ('<zeebe:calledDecision resultVariable="x"/>', "decision-missing"),
        ("<spiffworkflow:calledDecisionId/>", "decision-missing"),
        ('<zeebe:calledDecision decisionId="d" bindingType="version" resultVariable="x"/>', "decision-version"),
        ('<zeebe:calledDecision decisionId="d" bindingType="versionTag" resultVariable="x"/>', "decision-version"),
        (
            '<zeebe:calledDecision decisionId="d"/><spiffworkflow:calledDecisionId>d</spiffworkflow:calledDecisionId>',
            "decision-several",
        ),
    ],
)
def test_what_other_tools_write_is_checked_as_well(inside, rule):
    assert (rule, "r") in problems(f'<startEvent id="s"/>{extended(inside)}{chain("s", "r")}')


def test_a_tenant_is_told_as_not_understood():
    task = rule_task(decisionRef="d", resultVariable="x", decisionRefTenantId="t")
    found = compile_bpmn(bpmn(f'<startEvent id="s"/>{task}{chain("s", "r")}'), filename="t.bpmn").problems
    assert [(p.rule, p.severity) for p in found] == [("not-read", "info")]
    assert "decisionRefTenantId" in found[0].message


def test_result_variables_count_as_written():
    names = [rule_task(decisionRef="d", resultVariable="discount")]
    names.append(extended('<zeebe:calledDecision decisionId="d" resultVariable="discount"/>'))
    for task in names:
        body = f'<startEvent id="s"/>{task}{script("t", "x = discont")}{chain("s", "r", "t")}'
        found = compile_bpmn(bpmn(body), filename="t.bpmn").problems
        assert [p.rule for p in found] == ["variable-misspelled"]
