"""Signals: everybody who waits gets them."""

import pytest
from tests.engine.harness import (
    MESSAGE,
    SIGNAL,
    Run,
    bpmn,
    chain,
    compiled,
    on,
    run,
    say,
    service,
    timer,
)

from stellwerk.engine import commands as c
from stellwerk.engine import compile_bpmn
from stellwerk.engine import events as e
from stellwerk.errors import TokenNotWaiting

THROW = f'<intermediateThrowEvent id="throw">{SIGNAL}</intermediateThrowEvent>'


def catch(id: str) -> str:
    return f'<intermediateCatchEvent id="{id}">{SIGNAL}</intermediateCatchEvent>'


def test_a_signal_from_outside_goes_to_every_catcher_with_its_variables():
    body = f'<startEvent id="s"/><parallelGateway id="p"/>{catch("a")}{catch("b")}{say("x")}{say("y")}'
    r = run(body + chain("s", "p", "a", "x") + chain("p", "b", "y"))
    assert r.waiting == ["a", "b"]
    r.signal(by=7)
    assert (r.host.trace, r.variables) == (["x", "y"], {"by": 7})
    assert r.completed
    r.assert_clean()


def test_a_thrown_signal_goes_to_all_inside_and_is_told_to_the_world():
    mapping = '<camunda:inputOutput><camunda:inputParameter name="sum">${amount + 1}</camunda:inputParameter>'
    mapped = (
        f'<intermediateThrowEvent id="throw"><extensionElements>{mapping}</camunda:inputOutput></extensionElements>'
        f"{SIGNAL}</intermediateThrowEvent>"
    )
    body = f'<startEvent id="s"/><parallelGateway id="p"/>{catch("a")}{catch("b")}<userTask id="u"/>{mapped}'
    r = run(body + chain("s", "p", "a") + chain("p", "b") + chain("p", "u", "throw"), {"amount": 4})
    r.complete("u")
    assert [(t.name, t.variables) for t in r.said(e.SignalThrown)] == [("g", {"sum": 5})]
    assert r.variables["sum"] == 5
    assert r.completed


def test_a_signal_that_nobody_waits_for_is_gone():
    r = run(f'<startEvent id="s"/>{THROW}{catch("a")}{chain("s", "throw", "a")}')
    assert r.waiting == ["a"]
    assert not r.completed


@pytest.mark.parametrize("interrupting", [True, False])
def test_a_signal_at_a_boundary(interrupting):
    body = f'<startEvent id="s"/><userTask id="u"/>{on("b", "u", SIGNAL, interrupting)}{say("x")}'
    r = run(body + chain("s", "u") + chain("b", "x"))
    r.signal()
    assert r.open_tasks == ([] if interrupting else ["u"])
    if not interrupting:
        r.signal()
        r.complete("u")
    assert r.host.trace == ["x"] * (1 if interrupting else 2)
    assert r.completed
    r.assert_clean()


def test_one_signal_that_interrupts_a_scope_does_not_reach_what_was_in_it():
    inside = f'<startEvent id="t"/>{catch("a")}{say("x")}{chain("t", "a", "x")}'
    body = f'<startEvent id="s"/><subProcess id="sub">{inside}</subProcess>{on("b", "sub", SIGNAL)}{say("y")}'
    r = run(body + chain("s", "sub") + chain("b", "y"))
    r.signal()
    assert r.host.trace == ["y"]
    assert r.completed


def test_a_signal_thrown_inside_of_what_it_interrupts():
    inside = f'<startEvent id="t"/><endEvent id="throw">{SIGNAL}</endEvent>{chain("t", "throw")}'
    body = f'<startEvent id="s"/><subProcess id="sub">{inside}</subProcess>{on("b", "sub", SIGNAL)}{say("y")}{say("n")}'
    r = run(body + chain("s", "sub", "n") + chain("b", "y"))
    assert r.host.trace == ["y"]
    assert r.completed
    r.assert_clean()


@pytest.mark.parametrize("interrupting", [True, False])
def test_a_signal_starts_an_event_subprocess(interrupting):
    flag = str(interrupting).lower()
    inner = f'<startEvent id="t" isInterrupting="{flag}">{SIGNAL}</startEvent>{say("x")}{chain("t", "x")}'
    body = f'<startEvent id="s"/><userTask id="u"/>{chain("s", "u")}'
    r = run(body + f'<subProcess id="es" triggeredByEvent="true">{inner}</subProcess>')
    r.signal()
    assert r.open_tasks == ([] if interrupting else ["u"])
    assert r.host.trace == ["x"]


def test_a_signal_decides_an_event_based_gateway():
    other = f'<intermediateCatchEvent id="m1">{MESSAGE}</intermediateCatchEvent>'
    late = f'<intermediateCatchEvent id="t1">{timer("timeDuration", "PT1H")}</intermediateCatchEvent>'
    body = f'<startEvent id="s"/><eventBasedGateway id="g1"/>{catch("a")}{other}{late}{say("x")}'
    r = run(body + chain("s", "g1", "a", "x") + chain("g1", "m1") + chain("g1", "t1"))
    assert r.waiting == ["a", "m1", "t1"]
    r.signal()
    assert r.host.trace == ["x"]
    assert r.completed
    r.assert_clean()


def test_a_signal_starts_a_process():
    body = f'<startEvent id="s"/><startEvent id="on">{SIGNAL}</startEvent>{say("x")}{say("y")}'
    definition = compiled(body + chain("s", "x") + chain("on", "y"))
    assert [(s.element_id, s.kind, s.name) for s in definition.starts] == [("s", "none", None), ("on", "signal", "g")]
    assert Run(definition).start(at="on").host.trace == ["y"]


def test_a_signal_for_tokens_that_wait_no_longer_is_refused():
    r = run(f'<startEvent id="s"/>{catch("a")}<userTask id="u"/>{chain("s", "a", "u")}')
    (token,) = r.subscriptions
    r.signal()
    with pytest.raises(TokenNotWaiting):
        r.do(c.BroadcastSignal("g", (token,)))


def test_a_signal_that_fails_behind_its_catcher_is_an_incident_of_that_branch_alone():
    body = f'<startEvent id="s"/><parallelGateway id="p"/>{catch("a")}{catch("b")}{service("j")}'
    bad = '<scriptTask id="bad"><script>1/0</script></scriptTask>'
    r = run(body + bad + chain("s", "p", "a", "bad") + chain("p", "b", "j"))
    r.signal()
    assert (r.failed, r.open_jobs) == (["bad"], ["j"])


def test_the_report_is_silent_about_signals():
    result = compile_bpmn(bpmn(f'<startEvent id="s"/>{catch("a")}{chain("s", "a")}'), filename="t.bpmn")
    assert not result.problems
