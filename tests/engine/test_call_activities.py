"""Call activities: other processes in the same tree, each with its own variables and its own history."""

import pytest
from tests.engine.call_support import ALL_IN, ALL_OUT, S, U, call, calling, everywhere
from tests.engine.harness import (
    ANY_ERROR,
    ERROR,
    MESSAGE,
    SIGNAL,
    FakeHost,
    Run,
    bpmn,
    chain,
    compiled,
    flow,
    on,
    problems,
    say,
    script,
    service,
    timer,
)

from stellwerk.engine import Binding, Budget, compile_bpmn, snapshot
from stellwerk.engine import commands as c
from stellwerk.engine import events as e


# -- the call itself
def test_a_called_process_runs_and_the_caller_goes_on_when_it_has_completed():
    r = everywhere(
        S + say("a") + call() + say("b") + chain("s", "a", "call", "b"), inner=S + say("x") + chain("s", "x")
    )
    assert r.host.trace == ["a", "x", "b"]
    assert r.completed
    r.assert_clean()


def test_what_happens_is_told_in_the_process_in_which_it_happens():
    r = everywhere(S + call() + chain("s", "call"), inner=S + say("x") + chain("s", "x"))
    [called] = r.said(e.InstanceCalled)
    assert (called.element_id, called.definition_id, called.call) == ("call", "inner", called.token)
    by_call = {}
    for event, number in zip(r.log, r.calls_of_log, strict=True):
        by_call.setdefault(number, []).append(event)
    assert set(by_call) == {0, called.call}
    inside = by_call[called.call]
    assert inside[0] == e.InstanceStarted("s")
    assert inside[-1] == e.InstanceEnded("completed")
    assert [event.element_id for event in inside if isinstance(event, e.ActivityStarted)] == ["s", "x"]
    assert all(event.parent == 0 for event in inside if isinstance(event, e.ActivityStarted))
    assert next(event for event in r.log if event in (called, inside[1])) is called
    assert by_call[0][-1] == e.InstanceEnded("completed")


def test_a_process_without_a_start_event_can_be_called():
    r = everywhere(S + call() + chain("s", "call"), inner=say("x") + say("y"))
    assert sorted(r.host.trace) == ["x", "y"]
    assert r.completed


def test_all_none_start_events_begin_and_no_other_ones():
    starts = f'{S}<startEvent id="s2"/><startEvent id="s3">{MESSAGE}</startEvent>'
    r = everywhere(
        S + call() + chain("s", "call"), inner=starts + say("x") + chain("s", "x") + chain("s2", "x") + chain("s3", "x")
    )
    assert r.host.trace == ["x", "x"]
    assert r.completed


def test_a_process_that_only_an_event_starts_cannot_be_called_until_a_version_can():
    r = calling(S + call() + chain("s", "call"), inner=f'<startEvent id="s">{MESSAGE}</startEvent>').start()
    assert r.failed == ["call"]
    assert "no none start event" in r.incidents[r.token(r.incidents, "call")].message
    assert not r.said(e.InstanceCalled)
    r.host.processes["inner"] = compiled(S + say("x") + chain("s", "x"))
    r.retry("call")
    assert r.completed


def test_a_missing_process_is_an_incident_until_it_is_deployed():
    r = calling(S + call() + chain("s", "call")).start()
    [incident] = r.incidents.values()
    assert (incident.element_id, incident.kind) == ("call", "call")
    assert "'call' cannot call: There is no process 'inner'." in incident.message
    r.retry("call")
    assert r.failed == ["call"]
    r.host.processes["inner"] = compiled(S + U + chain("s", "u"))
    r.retry("call")
    r.complete("u")
    assert r.completed
    r.assert_clean()


@pytest.mark.parametrize(
    ("attributes", "binding"),
    [
        ({}, Binding("latest")),
        ({"calledElementBinding": "latest"}, Binding("latest")),
        ({"calledElementBinding": "deployment"}, Binding("deployment")),
        ({"calledElementBinding": "version", "calledElementVersion": "3"}, Binding("version", "3")),
        ({"calledElementBinding": "version", "calledElementVersion": "${v + 1}"}, Binding("version", "4")),
        ({"calledElementBinding": "versionTag", "calledElementVersionTag": "v${v}"}, Binding("versionTag", "v3")),
    ],
)
def test_which_version_is_called(attributes, binding):
    middle = S + call("again", "leaf", passed=ALL_IN, **attributes) + chain("s", "again")
    r = calling(S + call(passed=ALL_IN) + chain("s", "call"), inner=middle, leaf=S).start({"v": 3})
    assert r.completed
    assert r.host.asked == [("inner", Binding("latest"), None), ("leaf", binding, "inner")]


def test_what_is_called_can_be_computed_and_must_not_be_empty():
    r = calling(S + call(key="${which}") + chain("s", "call"), inner=S).start({"which": ""})
    assert "The called element of 'call' is empty" in r.incidents[r.token(r.incidents, "call")].message
    r.retry("call", which="inner")
    assert r.completed


# -- variables
def test_nothing_crosses_the_border_without_being_passed():
    r = everywhere(S + call() + chain("s", "call"), {"a": 1}, inner=script("x", "b = 2") + U)
    assert r.variables == {"a": 1}
    assert r.variables_of("call") == {"b": 2}


def test_variables_are_passed_by_name_by_expression_and_all():
    passed = (
        '<camunda:in source="a" target="one"/><camunda:in sourceExpression="${a + 1}" target="two"/>'
        '<camunda:in source="missing" target="three"/>'
        '<camunda:out source="r" target="result"/><camunda:out sourceExpression="${one + two}" target="sum"/>'
    )
    r = everywhere(
        S + call(passed=passed) + chain("s", "call"),
        {"a": 1},
        inner=S + script("x", "r = [one, two, three]") + chain("s", "x"),
    )
    assert r.variables == {"a": 1, "result": [1, 2, None], "sum": 3}
    everything = S + call(passed=ALL_IN + ALL_OUT) + chain("s", "call")
    r = everywhere(everything, {"a": 1}, inner=S + script("x", "a = a + 1; b = a") + chain("s", "x"))
    assert r.variables == {"a": 2, "b": 2}


def test_local_reads_and_writes_only_what_the_call_activity_has():
    mapping = (
        '<camunda:inputOutput><camunda:inputParameter name="own">5</camunda:inputParameter>'
        '<camunda:outputParameter name="back">${r}</camunda:outputParameter></camunda:inputOutput>'
    )
    passed = mapping + '<camunda:in variables="all" local="true"/><camunda:in source="a" target="b" local="true"/>'
    passed += '<camunda:out variables="all" local="true"/>'
    inner = S + script("x", "r = own") + chain("s", "x") + U + chain("x", "u")
    r = calling(S + call(passed=passed) + chain("s", "call"), inner=inner).start({"a": 1})
    assert r.variables_of("call") == {"own": "5", "b": None, "r": "5"}
    r.complete("u")
    assert r.variables == {"a": 1, "back": "5"}


def test_all_reads_everything_that_the_call_sees():
    body = (
        f'{S}<subProcess id="p"><multiInstanceLoopCharacteristics isSequential="true" camunda:collection="items" '
        f'camunda:elementVariable="item"/><startEvent id="t"/>{call(passed=ALL_IN + ALL_OUT)}{chain("t", "call")}'
        f"</subProcess>{chain('s', 'p')}"
    )
    r = everywhere(
        body,
        {"items": [3, 4], "a": 1},
        inner=S + script("x", "log([a, item, loopCounter]); done = item") + chain("s", "x"),
    )
    assert r.host.trace == [[1, 3, 0], [1, 4, 1]]
    assert r.variables == {"items": [3, 4], "a": 1, "done": 4}


def test_the_called_process_gets_a_business_key():
    own = '<camunda:in businessKey="#{execution.processBusinessKey}"/>'
    made = '<camunda:in businessKey="${a}-${execution.processBusinessKey}"/>'
    inner = S + call("again", "leaf", own) + chain("s", "again")
    r = calling(S + call(passed=made) + call("none") + chain("s", "call", "none"), inner=inner, leaf=S)
    r.do(c.StartInstance({"a": "x"}, business_key="K7"))
    assert [(i.element_id, i.business_key) for i in r.said(e.InstanceCalled)] == [
        ("call", "x-K7"),
        ("again", "x-K7"),
        ("none", None),
        ("again", None),
    ]


def test_variables_of_a_called_process_can_be_changed_from_outside():
    r = calling(S + call() + chain("s", "call"), inner=S + U + chain("s", "u")).start()
    r.do(c.ChangeVariables({"a": 1}, r.token(r.calls, "call")))
    assert (r.variables, r.variables_of("call")) == ({}, {"a": 1})
    r.complete("u", b=2)
    [ended] = [
        event
        for event, number in zip(r.log, r.calls_of_log, strict=True)
        if number and isinstance(event, e.InstanceEnded)
    ]
    assert ended == e.InstanceEnded("completed", "", {"a": 1, "b": 2})


def test_what_comes_back_and_cannot_be_computed_is_an_incident_of_the_caller():
    passed = '<camunda:out sourceExpression="${a + 1}" target="b"/>'
    r = calling(S + call(passed=passed) + chain("s", "call"), inner=S + say("x") + chain("s", "x")).start()
    assert r.failed == ["call"]
    assert r.host.trace == ["x"]
    r.do(c.ChangeVariables({"a": 1}, r.token(r.incidents, "call")))
    r.retry("call")
    assert r.variables == {"b": 2}
    assert r.host.trace == ["x"]
    assert r.completed
    r.assert_clean()


# -- interruption
def test_interrupting_the_call_withdraws_everything_inside():
    inner = f'{S}<parallelGateway id="g"/>{U}{service("j")}{call("again", "leaf")}' + chain("s", "g", "u")
    inner += chain("g", "j") + chain("g", "again")
    leaf = (
        f'<intermediateCatchEvent id="w">{timer("timeDuration", "P1D")}</intermediateCatchEvent>{say("late")}'
        + chain("w", "late")
    )
    body = (
        S
        + call()
        + on("late", "call", timer("timeDuration", "PT1H"))
        + say("after")
        + chain("s", "call")
        + chain("late", "after")
    )
    r = calling(body, inner=inner, leaf=leaf).start()
    assert (r.open_tasks, r.open_jobs, r.waiting) == (["u"], ["j"], ["late", "w"])
    r.fire("late")
    assert r.host.trace == ["after"]
    assert r.completed
    r.assert_clean()
    ends = [
        event
        for event, number in zip(r.log, r.calls_of_log, strict=True)
        if number and isinstance(event, e.InstanceEnded)
    ]
    assert [(end.state, end.reason) for end in ends] == [("cancelled", "timer 'late'")] * 2


def test_cancelling_the_instance_cancels_what_it_called():
    r = calling(S + call() + chain("s", "call"), inner=S + U + chain("s", "u")).start()
    r.do(c.CancelInstance("enough"))
    assert [(event.state, event.reason) for event in r.said(e.InstanceEnded)] == [("cancelled", "enough")] * 2
    r.assert_clean()


def test_a_terminate_end_event_ends_the_called_process_alone():
    inner = f'{S}<parallelGateway id="g"/>{U}<endEvent id="t"><terminateEventDefinition/></endEvent>'
    r = everywhere(
        S + call() + say("b") + chain("s", "call", "b"), inner=inner + chain("s", "g", "u") + chain("g", "t")
    )
    assert r.host.trace == ["b"]
    assert [event.state for event in r.said(e.InstanceEnded)] == ["completed", "completed"]


# -- what leaves the called process
@pytest.mark.parametrize("thrower", [f'<endEvent id="x">{ERROR}</endEvent>', script("x", "bpmn_error('E1')")])
def test_an_error_that_nothing_inside_catches_goes_on_at_the_call(thrower):
    body = S + call() + on("b", "call", ERROR) + say("after") + chain("s", "call") + chain("b", "after")
    middle = S + call("again", "leaf") + chain("s", "again")
    r = everywhere(body, inner=middle, leaf=S + thrower + chain("s", "x"))
    assert r.host.trace == ["after"]
    assert [(event.state, event.reason) for event in r.said(e.InstanceEnded)] == [
        ("failed", "E1"),
        ("failed", "E1"),
        ("completed", ""),
    ]
    r.assert_clean()


def test_an_error_end_event_that_nothing_catches_fails_all_of_them():
    beside = call("other", "waits")
    body = f'{S}<parallelGateway id="g"/>{beside}{call()}' + chain("s", "g", "other") + chain("g", "call")
    r = calling(body, inner=f'{S}<endEvent id="x">{ERROR}</endEvent>' + chain("s", "x"), waits=U).start()
    ended = [(event.state, event.reason) for event in r.said(e.InstanceEnded)]
    assert sorted(ended) == [("cancelled", "E1"), ("failed", "E1"), ("failed", "E1")]
    assert r.end.state == "failed"
    r.assert_clean()


def test_an_error_is_caught_by_an_event_subprocess_of_the_caller():
    start = f'<startEvent id="es1">{ANY_ERROR}</startEvent>'
    caught = f'<subProcess id="es" triggeredByEvent="true">{start}{say("caught")}{chain("es1", "caught")}</subProcess>'
    r = everywhere(
        S + call() + caught + chain("s", "call"), inner=f'{S}<endEvent id="x">{ERROR}</endEvent>' + chain("s", "x")
    )
    assert r.host.trace == ["caught"]
    assert r.completed


def test_an_escalation_is_caught_beside_the_running_call():
    declared = '<escalation id="X1" escalationCode="X1" name="X1"/>'
    escalation = '<escalationEventDefinition escalationRef="X1"/>'
    body = S + call() + on("b", "call", escalation, interrupting=False) + say("beside") + say("after")
    inner = f'{S}<intermediateThrowEvent id="x">{escalation}</intermediateThrowEvent>{U}' + chain("s", "x", "u")
    r = calling(body + chain("s", "call", "after") + chain("b", "beside"), extra=declared, inner=inner).start()
    assert r.host.trace == ["beside"]
    r.complete("u")
    assert r.host.trace == ["beside", "after"]
    assert r.completed


def test_messages_and_signals_reach_the_caller_and_the_called():
    throw = f'<intermediateThrowEvent id="t">{MESSAGE}</intermediateThrowEvent>'
    catch = f'<intermediateCatchEvent id="g">{SIGNAL}</intermediateCatchEvent>'
    inner = S + throw + catch + say("x") + chain("s", "t", "g", "x")
    signal = f'<intermediateThrowEvent id="sig">{SIGNAL}</intermediateThrowEvent>'
    body = f'{S}<parallelGateway id="p"/><receiveTask id="r" messageRef="m"/>{signal}{call()}'
    r = everywhere(body + chain("s", "p", "r", "sig") + chain("p", "call"), inner=inner)
    assert r.host.trace == ["x"]
    assert r.completed
    r.assert_clean()


# -- where a call may stand
def test_each_instance_of_a_loop_calls():
    loop = '<multiInstanceLoopCharacteristics camunda:collection="items" camunda:elementVariable="item"/>'
    passed = '<camunda:in source="item" target="item"/><camunda:out source="r" target="item"/>'
    body = S + call(passed=passed, inside=loop) + chain("s", "call")
    r = everywhere(body, {"items": [1, 2, 3]}, inner=S + script("x", "log(item); r = item") + chain("s", "x"))
    assert r.host.trace == [1, 2, 3]
    assert len({i.call for i in r.said(e.InstanceCalled)}) == 3
    assert r.variables == {"items": [1, 2, 3]}
    assert r.completed
    again = '<standardLoopCharacteristics><loopCondition xsi:type="tFormalExpression">n &lt; 3</loopCondition>'
    body = S + call(passed=ALL_IN + ALL_OUT, inside=again + "</standardLoopCharacteristics>") + chain("s", "call")
    r = everywhere(body, {"n": 0}, inner=S + script("x", "n = n + 1") + chain("s", "x"))
    assert r.variables["n"] == 3
    assert len(r.said(e.InstanceCalled)) == 3


def test_conditional_events_inside_react_to_their_own_variables():
    condition = "<conditionalEventDefinition><condition>a == 1</condition></conditionalEventDefinition>"
    inner = f'{S}<intermediateCatchEvent id="w">{condition}</intermediateCatchEvent>' + chain("s", "w")
    r = calling(S + call() + chain("s", "call"), inner=inner).start({"a": 1})
    assert not r.completed
    r.do(c.ChangeVariables({"a": 1}))
    assert not r.completed
    r.do(c.ChangeVariables({"a": 1}, r.token(r.calls, "call")))
    assert r.completed


def test_an_event_subprocess_of_the_called_process_listens():
    start = f'<startEvent id="es1" isInterrupting="false">{MESSAGE}</startEvent>'
    event = f'<subProcess id="es" triggeredByEvent="true">{start}{say("x")}{chain("es1", "x")}</subProcess>'
    r = calling(S + call() + chain("s", "call"), inner=S + U + chain("s", "u") + event).start()
    r.message("es1")
    r.message("es1")
    r.complete("u")
    assert r.host.trace == ["x", "x"]
    assert r.completed
    r.assert_clean()


# -- recursion
def down(depth: int) -> tuple[str, str]:
    """A caller, and a process that calls itself until n is the depth."""
    again = call("again", "inner", '<camunda:in sourceExpression="${n + 1}" target="n"/>')
    inner = f'{S}<exclusiveGateway id="x" default="on"/>{again}{U}' + chain("s", "x")
    inner += flow("x", "u", f"n &gt;= {depth}") + flow("x", "again", id="on")
    return S + call(passed='<camunda:in sourceExpression="${1}" target="n"/>') + chain("s", "call"), inner


def test_three_hundred_calls_deep_run_load_and_cancel_without_recursion():
    body, inner = down(300)
    r = calling(body, inner=inner, budget=Budget(100, 1e9)).start()
    assert len(r.calls) == 300
    assert snapshot.load(r.definition, r.stored, r.host).calls.keys() == r.calls.keys()
    r.complete("u")
    assert r.completed
    r.assert_clean()
    r = calling(body, inner=inner).start()
    r.do(c.CancelInstance())
    assert len(r.said(e.InstanceEnded, state="cancelled")) == 301
    r.assert_clean()


def test_a_process_that_calls_itself_without_end_is_stopped():
    body, inner = down(10**9)
    r = calling(body, inner=inner, reload=False).start()
    assert len(r.calls) == 1000
    [incident] = r.incidents.values()
    assert (incident.element_id, incident.kind) == ("again", "call")
    assert "1,000 calls are inside each other" in incident.message
    r.do(c.CancelInstance())
    r.assert_clean()


def test_an_incident_inside_belongs_to_the_called_process_and_can_be_retried():
    r = calling(S + call() + chain("s", "call"), inner=S + script("x", "log(a)") + chain("s", "x")).start()
    assert r.failed == ["x"]
    [raised] = [
        number for event, number in zip(r.log, r.calls_of_log, strict=True) if isinstance(event, e.IncidentRaised)
    ]
    assert raised == r.token(r.calls, "call")
    r.retry("x", a=7)
    assert r.host.trace == [7]
    assert r.completed


# -- rules
def test_a_prefix_of_a_namespace_is_no_part_of_the_key():
    result = compile_bpmn(
        bpmn(f'{S}<callActivity id="call" calledElement="q:inner" xmlns:q="urn:q"/>{chain("s", "call")}'),
        filename="t.bpmn",
    )
    r = Run(result.definitions[0], FakeHost(processes={"inner": compiled(S)})).start()
    assert r.completed
    assert problems(f'{S}<callActivity id="call"/>{chain("s", "call")}') == [("call-nothing", "call")]


# -- in every place
INNER = S + say("x") + U + chain("s", "x", "u")


def test_an_event_subprocess_calls():
    start = f'<startEvent id="es1" isInterrupting="false">{MESSAGE}</startEvent>'
    event = f'<subProcess id="es" triggeredByEvent="true">{start}{call()}{say("done")}{chain("es1", "call", "done")}'
    r = calling(f'{S}<userTask id="main"/>{chain("s", "main")}{event}</subProcess>', inner=INNER).start()
    r.message("es1")
    r.message("es1")
    assert (r.open_tasks, len(r.calls)) == (["main", "u", "u"], 2)
    r.complete("main")
    r.complete("u")
    r.complete("u")
    assert r.host.trace == ["x", "x", "done", "done"]
    assert r.completed
    r.assert_clean()


def test_an_ad_hoc_subprocess_calls_until_its_condition_is_true():
    condition = '<completionCondition xsi:type="tFormalExpression">enough</completionCondition>'
    body = f'{S}<adHocSubProcess id="ah" ordering="Parallel">{call("a", passed=ALL_OUT)}{call("b", passed=ALL_OUT)}'
    r = calling(f"{body}{condition}</adHocSubProcess>{say('after')}{chain('s', 'ah', 'after')}", inner=INNER)
    r.start({"enough": False})
    assert r.open_tasks == ["u", "u"]
    r.complete("u", enough=True)
    assert r.host.trace == ["x", "x", "after"]
    assert [event.state for event in r.said(e.InstanceEnded)] == ["completed", "cancelled", "completed"]
    r.assert_clean()


def test_cancelling_a_transaction_withdraws_the_call_in_it():
    cancel = "<cancelEventDefinition/>"
    inside = (
        f'<startEvent id="t"/><parallelGateway id="g"/>{call()}<userTask id="no"/><endEvent id="x">{cancel}</endEvent>'
    )
    inside += chain("t", "g", "call") + chain("g", "no", "x")
    body = f'{S}<transaction id="tx">{inside}</transaction>{on("b", "tx", cancel)}{say("after")}'
    r = calling(body + chain("s", "tx") + chain("b", "after"), inner=INNER).start()
    r.complete("no")
    assert r.host.trace == ["x", "after"]
    assert r.said(e.InstanceEnded)[0].state == "cancelled"
    assert r.completed
    r.assert_clean()


def test_boundary_events_listen_while_the_call_is_active():
    condition = "<conditionalEventDefinition><condition>a == 1</condition></conditionalEventDefinition>"
    body = S + call() + say("beside") + say("changed")
    body += on("b1", "call", SIGNAL, interrupting=False) + chain("b1", "beside")
    body += on("b2", "call", condition) + chain("b2", "changed") + chain("s", "call")
    r = calling(body, inner=INNER).start({"a": 0})
    r.signal()
    r.signal()
    r.do(c.ChangeVariables({"a": 1}, r.token(r.calls, "call")))
    assert r.host.trace == ["x", "beside", "beside"]
    r.do(c.ChangeVariables({"a": 1}))
    assert r.host.trace == ["x", "beside", "beside", "changed"]
    assert r.completed
    r.assert_clean()


def test_an_error_in_one_call_of_a_loop_ends_all_of_them():
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>"
    body = S + call(inside=loop) + on("b", "call", ERROR) + say("after") + chain("s", "call") + chain("b", "after")
    inner = f'{S}{U}<endEvent id="x">{ERROR}</endEvent>' + chain("s", "u", "x")
    r = calling(body, inner=inner).start()
    assert r.open_tasks == ["u"] * 3
    r.complete("u")
    assert r.host.trace == ["after"]
    assert sorted(event.state for event in r.said(e.InstanceEnded)) == ["cancelled", "cancelled", "completed", "failed"]
    r.assert_clean()


def test_enough_instances_withdraw_the_other_calls():
    enough = "<completionCondition>nrOfCompletedInstances == 1</completionCondition>"
    loop = f"<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality>{enough}"
    passed = ALL_IN + ALL_OUT
    body = S + call(passed=passed, inside=loop + "</multiInstanceLoopCharacteristics>") + chain("s", "call")
    r = calling(body, inner=INNER).start({"k": 1})
    r.complete("u", nrOfCompletedInstances=7)
    assert sorted(event.state for event in r.said(e.InstanceEnded)) == [
        "cancelled",
        "cancelled",
        "completed",
        "completed",
    ]
    assert r.variables == {"k": 1, "loopCounter": 0} or r.variables == {"k": 1}
    r.assert_clean()


def test_a_called_process_that_loops_for_ever_stops_with_an_incident_inside():
    inner = f'{S}<exclusiveGateway id="g"/><task id="t"/>' + chain("s", "g", "t", "g")
    r = calling(S + call() + chain("s", "call"), inner=inner, budget=Budget(100, 1e9, runaway=1000)).start()
    [incident] = r.incidents.values()
    assert incident.kind == "runaway"
    [number] = [n for event, n in zip(r.log, r.calls_of_log, strict=True) if event == incident]
    assert number == r.token(r.calls, "call")


def test_one_large_value_is_stored_once_for_caller_and_called():
    r = calling(S + call(passed=ALL_IN) + chain("s", "call"), inner=INNER).start({"big": "x" * 50_000})
    assert len([name for name in r.stored if name.startswith("v.")]) == 1
    assert r.snapshot.size < 5_000
    r.do(c.ChangeVariables({"big": ""}))
    assert len(r.variables_of("call")["big"]) == 50_000
    r.complete("u")
    assert [name for name in r.stored if name.startswith("v.")] == []
    assert r.completed
