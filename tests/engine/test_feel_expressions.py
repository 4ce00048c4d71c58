"""Texts that begin with `=`: what they read, what null means in a condition, what is refused at deployment."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.engine.expression_support import NoSandbox
from tests.engine.harness import bpmn, chain, flow

from stellwerk.engine import compile_bpmn, mistake_in
from stellwerk.engine.correlation import parse_path
from stellwerk.engine.expressions import MAX_LENGTH, parse_expression, parse_feel
from stellwerk.engine.expressions.reads import values_read
from stellwerk.engine.expressions.templates import parse_template
from stellwerk.engine.times.timers import parse_timer
from stellwerk.errors import ExpressionInvalid, Problem, ScriptFailed
from stellwerk.feel import NameTable

NOW = datetime(2030, 7, 1, 12, tzinfo=ZoneInfo("Europe/Berlin"))
HERE = NoSandbox()


def value_of(text: str, /, **variables: Any) -> Any:
    return parse_expression(text).evaluate(variables, HERE, NOW)


def holds(text: str, /, **variables: Any) -> bool:
    return parse_expression(text).evaluate_condition(variables, HERE, NOW)


@pytest.mark.parametrize("parse", [parse_expression, parse_template, parse_timer, parse_path])
def test_an_equals_sign_begins_feel_everywhere(parse):
    expression = parse(' = order.total > 5 and note != "${x}" ')
    assert expression.language == "feel"
    assert expression.in_process
    assert not expression.is_literal
    assert expression.text == '= order.total > 5 and note != "${x}"'
    assert expression.names == {"order", "note"}
    assert expression.paths == (("order", "total"), ("note",))


def test_time_is_that_of_the_command_in_the_zone_of_the_host():
    assert value_of("= string(now())") == "2030-07-01T12:00:00@Europe/Berlin"
    assert value_of('= today() + @"P1M"').isoformat() == "2030-08-01"
    assert value_of("= now()") == NOW
    assert value_of("= now()").utcoffset() == timedelta(hours=2)


def test_without_a_command_there_is_no_time():
    expression = parse_expression("= now()")
    assert expression.evaluate({}, HERE) is None
    assert "given no clock" in expression.why_null({})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("= amount > 5", "The variable 'amount' does not exist. Known here: amout, nothing."),
        ("= nothing > 5", "`>` is not defined for null and number."),
        ("= amout", "It is a value of the type number, and a condition must be true or false."),
        ('= "true"', "It is a value of the type string"),
        ("= True", "FEEL writes true."),
    ],
)
def test_a_condition_must_be_true_or_false(text, told):
    with pytest.raises(ScriptFailed) as failed:
        holds(text, amout=3, nothing=None)
    assert told in failed.value.message
    assert failed.value.message.startswith(f"The expression '{text}' failed. ")


def test_what_three_valued_logic_decides_is_a_condition():
    assert holds("= amount > 5 or vip", vip=True)
    assert not holds("= amount > 5 and vip", vip=False)


def test_why_a_value_is_null_is_told_on_request_only():
    expression = parse_expression("= order.total + 1")
    assert expression.evaluate({}, HERE, NOW) is None
    assert expression.why_null({}, NOW).startswith("The variable 'order' does not exist.")
    assert parse_expression("= if true then null else 1").why_null({}, NOW) == ""
    assert parse_expression("order").why_null({}, NOW) == ""


def test_a_message_stays_short():
    variables = {f"variable_{i:04}" * 8: i for i in range(5000)}
    with pytest.raises(ScriptFailed) as failed:
        parse_expression(f"= {' and '.join(f'unknown{i}' * 30 for i in range(50))}").evaluate_condition(variables, HERE)
    assert len(failed.value.message) < 1200


@pytest.mark.parametrize(
    ("text", "message", "offset"),
    [
        ("=", "Nothing follows the `=`", 1),
        ("=  ", "Nothing follows the `=`", 1),
        ("= amount >", "The expression ends too early (line 1, column 11), expected a value", 10),
        ("= a &\n b", "`&` has no meaning here (line 1, column 5). Write `and`", 4),
        ("= a +\n %", "(line 2, column 2)", 7),
        ("=${a}", "write the name alone", 1),
        ("= ? > 5", "It names `?`, a test of the input of a decision table", 2),
        ("== 5", "It begins with `=`, a test of the input", 1),
        ("=> 5", "It begins with `>`", 1),
        ("=" + "a" * MAX_LENGTH, f"at most {MAX_LENGTH}", 0),
    ],
)
def test_a_wrong_text_is_refused_with_the_place_and_the_way_out(text, message, offset):
    with pytest.raises(ExpressionInvalid) as refused:
        parse_expression(text)
    assert message in refused.value.message
    assert refused.value.offset == offset


def test_a_test_behind_in_may_name_its_input():
    assert holds("= amount in (? > 5, null)", amount=6)


@pytest.mark.parametrize(
    ("text", "constant"),
    [
        ("= 1 + 1", True),
        ('= date("2030-01-31")', True),
        ("= now()", False),
        ("= {f: today}.f() = null", False),
        ("= a", False),
        ("= count([1, 2][limit > item]) = 0", False),
    ],
)
def test_what_depends_on_nothing_is_known_at_deployment(text, constant):
    assert parse_expression(text).is_constant is constant


def test_names_with_dashes_are_known_by_what_the_diagram_writes():
    names = NameTable(["order-id", "order", "id", "limit"])
    assert parse_feel("= order-id > 5", names).names == {"order-id"}
    assert parse_feel("= order - id > 5", names).names == {"order-id"}
    assert parse_feel("= order-id > 5").names == {"order", "id"}
    assert parse_feel("= items[price > limit]", names).names == {"items", "limit"}


def test_values_that_a_condition_reads_are_told_by_path_or_by_list():
    variables = {"order": {"total": 12, "lines": [{"price": 1}, {"price": 2}]}}
    paths = parse_expression("= order.total > 5 and sum(order.lines.price) > 2 and order.lines[2].price = 2").paths
    assert values_read(paths, variables) == {
        "order.total": 12,
        "order.lines": "list of 2",
        "order.lines[1].price": 2,
    }


# -- at deployment
def problems_of(body: str) -> tuple[Problem, ...]:
    return compile_bpmn(bpmn(body), filename="t.bpmn").problems


def gate(condition: str) -> str:
    return (
        f'<startEvent id="s"/><exclusiveGateway id="g" default="d"/><endEvent id="a"/><endEvent id="b"/>'
        f"{chain('s', 'g')}{flow('g', 'a', condition, id='f')}{flow('g', 'b', id='d')}"
    )


def test_a_syntax_error_is_found_at_its_flow_with_its_place():
    (problem,) = (p for p in problems_of(gate("= amount &gt;")) if p.severity == "error")
    assert (problem.rule, problem.element_id) == ("expression", "f")
    assert "(line 1, column 11)" in problem.message


def test_a_misspelled_variable_is_found_in_feel():
    writes = '<dataObject id="amount"/><dataObject id="limit"/>'
    (problem,) = problems_of(writes + gate("= amuont &gt; limit"))
    assert problem.rule == "variable-misspelled"
    assert "'amount'" in problem.message


def test_conditions_that_are_always_the_same_are_found_in_feel():
    assert "condition-constant" in [p.rule for p in problems_of(gate("= 1 &gt; 2"))]
    assert "condition-boolean" in [p.rule for p in problems_of(gate("= 5"))]


def test_opposite_conditions_leave_nothing_out():
    body = (
        '<startEvent id="s"/><exclusiveGateway id="g"/><endEvent id="a"/><endEvent id="b"/>'
        f"{chain('s', 'g')}{flow('g', 'a', '= not(state = &quot;x&quot;)')}"
    )
    for other, missing in (("= state = &quot;x&quot;", False), ("= state = &quot;y&quot;", True)):
        assert bool(problems_of(body + flow("g", "b", other))) is missing


def test_feel_is_checked_while_it_is_typed():
    assert mistake_in("= amount > 5", "expression") is None
    assert mistake_in("= PT1H", "iso-duration") is None
    message, offset = mistake_in("= amount >", "template")
    assert "ends too early" in message
    assert offset == 10
