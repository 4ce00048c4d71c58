"""Why a token is where it is: each decision says what it evaluated, which values it read, and what came of it."""

from __future__ import annotations

import pytest
from tests.engine.harness import MESSAGE, Run, chain, compiled, flow, timer

from stellwerk.engine import commands as c
from stellwerk.engine.events import DecisionMade
from stellwerk.engine.expressions import parse_expression
from stellwerk.engine.expressions.reads import shown, values_read

START = '<startEvent id="s"/>'


def decisions(outcome) -> list[DecisionMade]:
    return [event for event in outcome.events if isinstance(event, DecisionMade)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("amount > 1000", {"amount": 1200}),
        ("order['total'] > 10 and order['items'][0] == 'nail'", {"order.total": 12, "order.items[0]": "nail"}),
        ("order[which] > 10", {"order": {"total": 12, "items": ["nail"]}, "which": "total"}),
        ("[n for n in order['items'] if n == word]", {"order.items": ["nail"]}),
        ("len(order['unit price']) > 2", {}),
        ("${order.total > 10 && order['items'][0] == 'nail'}", {"order.total": 12, "order.items[0]": "nail"}),
        ("${empty missing.name || amount > 3}", {"amount": 1200}),
        ("${order[which]}", {"order": {"total": 12, "items": ["nail"]}, "which": "total"}),
        ("${true ? 1 : 2}", {}),
    ],
)
def test_an_expression_tells_the_values_that_stand_in_it(text, expected):
    variables = {"amount": 1200, "which": "total", "order": {"total": 12, "items": ["nail"]}}
    read = values_read(parse_expression(text).paths, variables)
    assert read == {name: shown(value) for name, value in expected.items()}


def test_large_values_are_told_by_their_size():
    assert shown("x" * 300) == "x" * 199 + "…"
    assert shown(list(range(300))) == "list of 300"
    assert shown({"a": [1]}) == "object of 1"
    assert shown({"a": 1}) == {"a": 1}


def test_a_gateway_tells_the_conditions_that_it_tried_and_the_flow_that_it_took():
    body = (
        f"{START}<exclusiveGateway id='g' default='other'/><userTask id='a'/><userTask id='b'/>{chain('s', 'g')}"
        f"{flow('g', 'a', 'order[&quot;total&quot;] &gt; 100')}{flow('g', 'b', id='other')}"
    )
    r = Run(compiled(body))
    tried, taken = decisions(r.do(c.StartInstance({"order": {"total": 12}})))
    assert (tried.values, tried.result, tried.flows) == ({"order.total": 12}, False, ())
    assert (taken.expression, taken.flows) == ("", ("other",))


def test_an_event_based_gateway_tells_which_event_came_first():
    body = (
        f"{START}<eventBasedGateway id='g'/><intermediateCatchEvent id='m1'>{MESSAGE}</intermediateCatchEvent>"
        f"<intermediateCatchEvent id='t1'>{timer('timeDuration', 'PT1H')}</intermediateCatchEvent><endEvent id='e'/>"
        f"{chain('s', 'g')}{flow('g', 'm1', id='first')}{chain('g', 't1', 'e')}{chain('m1', 'e')}"
    )
    r = Run(compiled(body)).start()
    (decision,) = decisions(r.do(c.DeliverMessage(r.token(r.subscriptions, "m1"), "m")))
    assert (decision.element_id, decision.expression, decision.flows) == ("g", "message 'm1'", ("first",))


def test_a_conditional_event_tells_the_values_at_which_it_became_true():
    body = (
        f"{START}<intermediateCatchEvent id='c1'><conditionalEventDefinition><condition>stock &lt; 5</condition>"
        f"</conditionalEventDefinition></intermediateCatchEvent><endEvent id='e'/>{chain('s', 'c1', 'e')}"
    )
    r = Run(compiled(body))
    assert decisions(r.do(c.StartInstance({"stock": 9}))) == []
    (decision,) = decisions(r.do(c.ChangeVariables({"stock": 4})))
    assert (decision.element_id, decision.expression, decision.values) == ("c1", "stock < 5", {"stock": 4})


def test_a_message_tells_the_keys_by_which_it_came():
    body = f"{START}<intermediateCatchEvent id='m1'>{MESSAGE}</intermediateCatchEvent>{chain('s', 'm1')}"
    r = Run(compiled(body)).start({"orderId": 17})
    token = r.token(r.subscriptions, "m1")
    outcome = r.do(c.DeliverMessage(token, "m", {}, {"orderId": 17}, "B-1"))
    (decision,) = decisions(outcome)
    told = (decision.element_id, decision.expression, decision.values)
    assert told == ("m1", "message 'm'", {"orderId": 17, "businessKey": "B-1"})


def test_a_message_without_keys_is_no_decision():
    body = f"{START}<receiveTask id='m1' messageRef='m'/>{chain('s', 'm1')}"
    r = Run(compiled(body)).start()
    assert decisions(r.do(c.DeliverMessage(r.token(r.subscriptions, "m1"), "m"))) == []
