"""Decision files whose expressions are Python: SpiffWorkflow's own engine is the oracle."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from lxml import etree
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine
from SpiffWorkflow.dmn.parser.DMNParser import DMNParser
from tests.engine.dmn_files import dmn_file, literal, table
from tests.engine.harness import FakeHost, Run, chain, compiled

from stellwerk import dmn
from stellwerk.engine.expressions.dmn_python import DIALECTS

SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
BODY = (
    f'<startEvent id="s"/><businessRuleTask id="r"><extensionElements><spiff:calledDecisionId xmlns:spiff="{SPIFF}">d'
    f'</spiff:calledDecisionId></extensionElements></businessRuleTask><userTask id="u"/>{chain("s", "r", "u")}'
)


def ours(file: str, variables: dict[str, Any]) -> dict[str, Any]:
    run = Run(compiled(BODY), FakeHost().decide(file)).start(variables)
    assert not run.incidents, run.incidents
    return run.variables


def theirs(file: str, variables: dict[str, Any]) -> dict[str, Any]:
    root = etree.fromstring(file)
    for number, element in enumerate(root.iter()):
        element.set("id", element.get("id") or f"x{number}")  # its parser asks for one
    parser = DMNParser(None, root, nsmap={"dmn": root.nsmap[None]})
    parser.parse()
    task = SimpleNamespace(data=dict(variables), workflow=SimpleNamespace(script_engine=PythonScriptEngine()))
    return {**variables, **DMNEngine(parser.decision.decisionTables[0]).result(task)}


def python(decision: str) -> str:
    return dmn_file(decision, language="python")


CELLS = [
    *("> 5", ">= 5", "< 5", "<= 5", "== 5", "!= 5", "5", "-5", "2 + 3", "limit", "limit + 1", "None", "True"),
    *("4 < ? < 6", "? == 5", "? > limit", "not ?", "? % 2 == 0", "? in [1, 5]", "-", ""),
    *(" in [1, 5]", " not in [1, 5]", " is None", " in numbers", "max(numbers)", "len(numbers) + 2"),
    *("== limit and limit > 1", "> 1 or limit > 1", "'5'", '"a"', "(5)", "[5]", "4 < ? and '?' != 'x'"),
]


@pytest.mark.parametrize("cell", CELLS)
def test_a_cell_means_what_it_means_to_spiffworkflow(cell):
    file = python(table("d", ["n"], ["found"], [(cell, "'yes'"), ("-", "'no'")]))
    for n in (5, 0, 7, 5.0, -5, True):
        variables = {"n": n, "limit": 5, "numbers": [1, 3, 5]}
        assert ours(file, variables) == theirs(file, variables), n


@pytest.mark.parametrize(
    "cell", ["'VIP'", "== 'VIP'", "? in ['VIP', 'a']", "'I' in ?", "? == 'what?'", "name", "len(?) == 3"]
)
def test_a_cell_of_texts(cell):
    file = python(table("d", ["kind"], ["found"], [(cell, "kind + '!'"), ("", "kind")]))
    for kind in ("VIP", "", "a", "what?", "I"):
        variables = {"kind": kind, "name": "VIP"}
        assert ours(file, variables) == theirs(file, variables), kind


@pytest.mark.parametrize("policy", ["UNIQUE", "COLLECT"])
def test_a_hit_policy_takes_the_first_match_or_lists(policy):
    rules = [("> 0", "'red'", "n + 1"), ("> 1", "'green'", ""), ("> 2", "{'a': [n, 2]}", "0.1")]
    file = python(table("d", ["n"], ["colour", "size.cm"], rules, policy))
    for n in (0, 1, 2, 3):
        if policy == "COLLECT":  # SpiffWorkflow cannot collect under a name with dots
            file = file.replace("size.cm", "size")
        assert ours(file, {"n": n}) == theirs(file, {"n": n}), n


def test_the_input_is_an_expression():
    file = python(
        table("d", ["len(items) * 2", "order['total'] / 2"], ["found"], [("== 4", "> 10", "1"), ("", "", "2")])
    )
    for total in (20, 22, 21.5):
        variables = {"items": [1, 2], "order": {"total": total}}
        assert ours(file, variables) == theirs(file, variables), total


def test_an_expression_in_python_is_a_value():
    file = python(literal("d", "n // 2 if n > 2 else None"))
    host = FakeHost().decide(file)
    assert host.decisions["d"].model.evaluate("d", surroundings={"n": 7}).python == 3


CELL = '<inputEntry expressionLanguage="python"><text>? % 2 == 0</text></inputEntry>'


def test_one_cell_that_says_python_makes_it_the_language_of_the_table():
    file = dmn_file(table("d", ["n"], ["found"], [("CELL", "n + 1")])).replace(
        "<inputEntry><text>CELL</text></inputEntry>", CELL
    )
    assert ours(file, {"n": 2}) == {"n": 2, "found": 3}


def test_a_table_in_two_languages_is_refused():
    file = dmn_file(table("d", ["n"], ["found"], [("CELL", "n + 1")])).replace(
        "<inputEntry><text>CELL</text></inputEntry>", CELL
    )
    file = file.replace("<outputEntry>", '<outputEntry expressionLanguage="feel">')
    problem = dmn.load([("d.dmn", file.encode())], DIALECTS).problems[0]
    assert problem.rule == "dmn-language"
    assert "feel, python" in problem.message


@pytest.mark.parametrize(
    "text", ["__import__('os')", "n.real", "[i for i in n]", "n +", "lambda: 1", "${n}", "= n", "x := 1"]
)
def test_what_is_not_in_the_subset_is_refused_where_it_stands(text):
    file = python(table("d", ["n"], ["found"], [("-", text)]))
    problems = dmn.load([("d.dmn", file.encode())], DIALECTS).problems
    assert [problem.rule for problem in problems] == ["dmn-expression"]


@pytest.mark.parametrize("cell", ["> 'a'", "missing", "? + missing", "[1] * 1000000000"])
def test_an_error_is_an_incident(cell):
    run = Run(compiled(BODY), FakeHost().decide(python(table("d", ["n"], ["found"], [(cell, "1")])))).start({"n": 5})
    [incident] = run.incidents.values()
    assert incident.kind == "decision"
    assert "failed" in incident.message or "too large" in incident.message


def test_the_name_that_stands_for_the_input_is_told_as_it_is_written():
    file = python(table("d", ["n"], ["found"], [("? == '%100000000d' % 1", "1")]))
    [incident] = Run(compiled(BODY), FakeHost().decide(file)).start({"n": 5}).incidents.values()
    assert "'? == " in incident.message
    assert "dmninput" not in incident.message
    file = python(table("d", ["n"], ["found"], [("len(?.a)", "1")]))
    assert "len(?.a)" in dmn.load([("d.dmn", file.encode())], DIALECTS).problems[0].message


def test_without_the_dialect_python_is_refused_by_name():
    problems = dmn.load([("d.dmn", python(table("d", ["n"], ["a"], [("> 5", "1")])).encode())]).problems
    assert problems[0].rule == "dmn-language"
    assert "python" in problems[0].message
