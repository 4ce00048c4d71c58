"""Compensation through call activities: what has completed in a called process is undone there."""

import pytest
from tests.engine.call_support import ALL_IN, ALL_OUT, S, U, call, calling, everywhere
from tests.engine.harness import COMPENSATE, ERROR, MESSAGE, Run, chain, flow, on, say, script, service, undo

from stellwerk.engine import events as e
from stellwerk.engine import read_undo_plan

THROW = f'<intermediateThrowEvent id="throw">{COMPENSATE}</intermediateThrowEvent>'
DONE = f"{S}{say('a')}{undo('a')}{say('b')}{undo('b')}{chain('s', 'a', 'b')}"


def events_of(r: Run, number: int, *kinds: type) -> list[e.Event]:
    return [event for event, call in zip(r.log, r.calls_of_log, strict=True) if call == number and type(event) in kinds]


def test_what_was_done_in_a_called_process_is_undone_in_reverse_order():
    body = f"{S}{say('c')}{undo('c')}{call()}{say('d')}{undo('d')}{THROW}{say('end')}"
    r = everywhere(body + chain("s", "c", "call", "d", "throw", "end"), inner=DONE)
    assert r.host.trace == ["c", "a", "b", "d", "undo_d", "undo_b", "undo_a", "undo_c", "end"]
    assert r.completed
    r.assert_clean()
    [called] = r.said(e.InstanceCalled)
    told = events_of(r, called.call, e.InstanceStarted, e.InstanceEnded, e.InstanceReopened)
    assert told == [
        e.InstanceStarted("s"),
        e.InstanceEnded("completed"),
        e.InstanceReopened(),
        e.InstanceEnded("completed"),
    ]


def test_the_call_is_undone_by_name_and_once():
    throw = '<intermediateThrowEvent id="{}"><compensateEventDefinition activityRef="call"/></intermediateThrowEvent>'
    body = f"{S}{say('c')}{undo('c')}{call()}{throw.format('t1')}{throw.format('t2')}{U}"
    r = everywhere(body + chain("s", "c", "call", "t1", "t2", "u"), inner=DONE)
    assert r.host.trace == ["c", "a", "b", "undo_b", "undo_a"]


def test_the_called_process_has_its_variables_again():
    inner = f"{S}{script('a', 'x = x + 1')}{undo('a', script('h', 'log(x); x = 0'))}{script('b', 'x = x * 10')}"
    inner += undo("b", script("h2", "log(x); x = x + 5")) + chain("s", "a", "b")
    passed = '<camunda:in source="x" target="x"/>'
    body = f"{S}{call(passed=passed)}{script('c', 'x = 99')}{THROW}{chain('s', 'call', 'c', 'throw')}"
    r = everywhere(body, {"x": 1}, inner=inner)
    assert r.host.trace == [20, 25]
    assert r.variables == {"x": 99}
    ends = [event.variables for event in r.said(e.InstanceEnded)]
    assert ends == [{"x": 20}, {"x": 0}, {}]


def test_handlers_wait_inside_the_called_process():
    inner = f"{S}{say('a')}{undo('a', U)}{say('b')}{undo('b', service('j'))}{chain('s', 'a', 'b')}"
    r = calling(f"{S}{call()}{THROW}{say('end')}{chain('s', 'call', 'throw', 'end')}", inner=inner).start({"k": 1})
    [called] = r.said(e.InstanceCalled)
    assert (r.open_jobs, r.open_tasks, list(r.calls)) == (["j"], [], [called.call])
    assert r.calls_of_log[r.log.index(r.jobs[r.token(r.jobs, "j")])] == called.call
    assert r.variables_of("call") == {}
    r.finish("j", {"made": 1})
    assert r.variables_of("call") == {"made": 1}
    r.complete("u")
    assert r.host.trace == ["a", "b", "end"]
    r.assert_clean()


def test_a_compensation_that_is_withdrawn_cancels_the_reopened_process():
    inner = f"{S}{say('a')}{undo('a', U)}{chain('s', 'a')}"
    part = f'<startEvent id="t"/>{call()}{THROW}{chain("t", "call", "throw")}'
    body = f'{S}<subProcess id="sub">{part}</subProcess>{on("b", "sub", MESSAGE)}'
    r = calling(body + say("end") + chain("s", "sub") + chain("b", "end"), inner=inner).start()
    assert r.open_tasks == ["u"]
    r.message("b")
    [called] = r.said(e.InstanceCalled)
    assert [event.state for event in events_of(r, called.call, e.InstanceEnded)] == ["completed", "cancelled"]
    assert r.host.trace == ["a", "end"]
    r.assert_clean()


def test_a_compensation_event_subprocess_of_the_called_process_undoes_the_whole():
    start = f'<startEvent id="cs">{COMPENSATE}</startEvent>'
    own = '<intermediateThrowEvent id="own"><compensateEventDefinition/></intermediateThrowEvent>'
    handler = f"{start}{say('first')}{own}{script('last', 'log(x)')}{chain('cs', 'first', 'own', 'last')}"
    inner = f'{S}{script("a", "x = 7")}{undo("a")}<subProcess id="es" triggeredByEvent="true">{handler}</subProcess>'
    r = everywhere(f"{S}{call()}{THROW}{chain('s', 'call', 'throw')}", inner=inner + chain("s", "a"))
    assert r.host.trace == ["first", "undo_a", 7]
    assert r.completed
    r.assert_clean()


def test_a_handler_of_the_call_activity_undoes_the_whole():
    r = everywhere(f"{S}{call()}{undo('call')}{THROW}{chain('s', 'call', 'throw')}", inner=DONE)
    assert r.host.trace == ["a", "b", "undo_call"]
    assert not r.said(e.InstanceReopened)
    r.assert_clean()


def test_a_call_activity_can_be_a_handler():
    passed = '<camunda:in source="loopCounter" target="n"/>'
    loop = '<multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>3</loopCardinality>'
    task = f'<task id="a">{loop}</multiInstanceLoopCharacteristics></task>'
    body = f"{S}{task}{undo('a', call(passed=passed))}{THROW}{chain('s', 'a', 'throw')}"
    r = everywhere(body, inner=f"{S}{script('x', 'log(n)')}{undo('x')}{chain('s', 'x')}")
    assert r.host.trace == [2, 1, 0]
    assert r.completed
    r.assert_clean()


@pytest.mark.parametrize("sequential", ["true", "false"])
def test_each_call_of_a_loop_is_undone_with_its_own_variables(sequential):
    loop = (
        f'<multiInstanceLoopCharacteristics isSequential="{sequential}" camunda:collection="items" '
        'camunda:elementVariable="item"/>'
    )
    inner = f"{S}{script('a', 'log(item)')}{undo('a', script('h', 'log(-item)'))}{chain('s', 'a')}"
    body = f"{S}{call(passed=ALL_IN, inside=loop)}{THROW}{chain('s', 'call', 'throw')}"
    r = everywhere(body, {"items": [1, 2, 3]}, inner=inner)
    assert r.host.trace == [1, 2, 3, -3, -2, -1]
    assert r.completed
    r.assert_clean()


def test_calls_inside_each_other_are_undone_from_the_inside():
    middle = f"{S}{say('c')}{undo('c')}{call('again', 'leaf')}{chain('s', 'c', 'again')}"
    r = everywhere(f"{S}{call()}{THROW}{chain('s', 'call', 'throw')}", inner=middle, leaf=DONE)
    assert r.host.trace == ["c", "a", "b", "undo_b", "undo_a", "undo_c"]
    assert len(r.said(e.InstanceReopened)) == 2
    assert r.completed
    r.assert_clean()


def test_a_transaction_around_a_call_takes_it_back():
    cancel = "<cancelEventDefinition/>"
    inside = f'<startEvent id="t"/>{call()}<endEvent id="x">{cancel}</endEvent>{chain("t", "call", "x")}'
    body = f'{S}<transaction id="tx">{inside}</transaction>{on("b", "tx", cancel)}{say("after")}'
    r = everywhere(body + chain("s", "tx") + chain("b", "after"), inner=DONE)
    assert r.host.trace == ["a", "b", "undo_b", "undo_a", "after"]
    assert r.completed
    r.assert_clean()


def test_a_called_process_undoes_only_what_is_its_own():
    inner = f"{S}{say('a')}{undo('a')}{THROW}{chain('s', 'a', 'throw')}"
    r = everywhere(f"{S}{say('c')}{undo('c')}{call()}{U}{chain('s', 'c', 'call', 'u')}", inner=inner)
    assert r.host.trace == ["c", "a", "undo_a"]


def test_a_called_process_that_an_error_has_left_is_not_undone():
    inner = f'{S}{say("a")}{undo("a")}<endEvent id="x">{ERROR}</endEvent>{chain("s", "a", "x")}'
    body = f"{S}{call()}{on('b', 'call', ERROR)}{THROW}{say('end')}{chain('s', 'call')}{chain('b', 'throw', 'end')}"
    r = everywhere(body, inner=inner)
    assert r.host.trace == ["a", "end"]
    r.assert_clean()


def test_the_plan_shows_the_steps_inside_the_call():
    body = f"{S}{say('c')}{undo('c')}{call(passed=ALL_IN + ALL_OUT)}{U}{THROW}{chain('s', 'c', 'call', 'u', 'throw')}"
    r = calling(body, inner=DONE).start()
    [called] = r.said(e.InstanceCalled)
    plan = read_undo_plan(r.definition, r.snapshot.cold(), r.host)
    assert [(step.element_id, step.handler_id, step.depth, step.call) for step in plan] == [
        ("call", None, 0, 0),
        ("b", "undo_b", 1, called.call),
        ("a", "undo_a", 1, called.call),
        ("c", "undo_c", 0, 0),
    ]


def test_the_plan_of_an_open_call_can_be_asked():
    inner = f"{S}{say('a')}{undo('a')}{U}{chain('s', 'a', 'u')}"
    r = calling(f"{S}{call()}{chain('s', 'call')}", inner=inner).start()
    number = r.token(r.calls, "call")
    plan = read_undo_plan(r.definition, r.snapshot.cold(), r.host, number)
    assert [(step.element_id, step.call) for step in plan] == [("a", number)]


def test_a_loop_of_calls_that_can_be_undone_keeps_the_variables_of_each():
    inner = f"{S}{script('a', 'x = n')}{undo('a', script('h', 'log(x)'))}{chain('s', 'a')}"
    body = f'{S}<exclusiveGateway id="g"/>{call(passed=ALL_IN)}{script("i", "n = n + 1")}'
    body += f'<exclusiveGateway id="x" default="on"/>{THROW}{chain("s", "g", "call", "i", "x")}'
    r = everywhere(body + flow("x", "g", "n &lt; 4") + flow("x", "throw", id="on"), {"n": 0}, inner=inner)
    assert r.host.trace == [3, 2, 1, 0]
    assert r.completed
    r.assert_clean()


def test_three_hundred_calls_deep_are_undone_without_recursion():
    again = call("again", "inner", '<camunda:in sourceExpression="${n + 1}" target="n"/>')
    inner = f'{S}<task id="a"/>{undo("a")}<exclusiveGateway id="x" default="on"/>{again}<endEvent id="z"/>'
    inner += chain("s", "a", "x") + flow("x", "z", "n &gt;= 300") + flow("x", "again", id="on")
    passed = '<camunda:in source="n" target="n"/>'
    body = f"{S}{call(passed=passed)}{U}{THROW}{chain('s', 'call', 'u', 'throw')}"
    r = calling(body, inner=inner, reload=False).start({"n": 1})
    plan = read_undo_plan(r.definition, r.snapshot.cold(), r.host)
    assert max(step.depth for step in plan) == 300
    r.reload = True
    r.complete("u")
    assert r.host.trace == ["undo_a"] * 300
    assert r.completed
    r.assert_clean()
