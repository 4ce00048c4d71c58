"""Events with several definitions: one of them is enough, or all must happen."""

from datetime import timedelta

import pytest
from tests.engine.harness import ERROR, MESSAGE, SIGNAL, Run, chain, on, run, say, timer

from stellwerk.engine import commands as c
from stellwerk.engine import events as e

S = '<startEvent id="s"/>'
LATE = timer("timeDuration", "PT1H")
EVERY = timer("timeCycle", "R2/PT1H")
SET = "<conditionalEventDefinition><condition>go</condition></conditionalEventDefinition>"


def catch(*definitions: str, parallel: bool = False) -> str:
    flag = ' parallelMultiple="true"' if parallel else ""
    return f'<intermediateCatchEvent id="c"{flag}>{"".join(definitions)}</intermediateCatchEvent>'


def waiting(*definitions: str, parallel: bool = False) -> Run:
    return run(S + catch(*definitions, parallel=parallel) + say("x") + chain("s", "c", "x"), {"go": False})


@pytest.mark.parametrize("how", ["message", "signal", "timer", "condition"])
def test_one_of_several_events_is_enough_and_the_others_end(how):
    r = waiting(MESSAGE, SIGNAL, LATE, SET)
    assert r.waiting == ["c", "c", "c"]
    happen(r, how)
    assert r.host.trace == ["x"]
    assert r.completed
    r.assert_clean()


def happen(r: Run, how: str) -> None:
    if how == "message":
        token = next(t for t, s in r.subscriptions.items() if s.kind == "message")
        r.do(c.DeliverMessage(token, "m", {"told": 1}))
    elif how == "signal":
        r.signal()
    elif how == "timer":
        r.advance(timedelta(hours=1))
    else:
        r.do(c.ChangeVariables({"go": True}))


def test_of_a_parallel_multiple_event_all_must_happen_in_any_order():
    for order in (("message", "timer", "signal", "condition"), ("condition", "signal", "message", "timer")):
        r = waiting(MESSAGE, SIGNAL, LATE, SET, parallel=True)
        for how in order:
            assert r.host.trace == []
            happen(r, how)
        assert r.host.trace == ["x"]
        assert r.completed
        r.assert_clean()


def test_an_event_that_happens_twice_counts_once():
    r = waiting(MESSAGE, SIGNAL, parallel=True)
    happen(r, "signal")
    assert [s.kind for s in r.subscriptions.values()] == ["message"]
    assert not r.completed


@pytest.mark.parametrize("interrupting", [True, False])
def test_a_boundary_event_with_several_events(interrupting):
    body = f'{S}<userTask id="u"/>{on("b", "u", MESSAGE + SIGNAL + EVERY, interrupting)}{say("x")}'
    r = run(body + chain("s", "u") + chain("b", "x"))
    for how in ("signal",) if interrupting else ("signal", "message", "timer", "timer", "signal"):
        happen(r, how)
    assert r.host.trace == ["x"] * (1 if interrupting else 5)
    assert r.timers == {}
    if not interrupting:
        r.complete("u")
    assert r.completed
    r.assert_clean()


def test_a_parallel_boundary_event_begins_anew_when_all_have_happened():
    boundary = on("b", "u", MESSAGE + SIGNAL, interrupting=False).replace(" cancel", ' parallelMultiple="true" cancel')
    r = run(f'{S}<userTask id="u"/>{boundary}{say("x")}{chain("s", "u")}{chain("b", "x")}')
    for how in ("signal", "message", "message", "signal"):
        happen(r, how)
    assert r.host.trace == ["x", "x"]
    r.complete("u")
    assert r.completed
    r.assert_clean()


@pytest.mark.parametrize("by_error", [True, False])
def test_errors_and_messages_in_one_boundary_event(by_error):
    body = f'{S}<userTask id="u"/>{on("b", "u", MESSAGE + ERROR)}{say("x")}{chain("s", "u")}{chain("b", "x")}'
    r = run(body)
    if by_error:
        r.throw("u", "E1")
    else:
        happen(r, "message")
    assert r.host.trace == ["x"]
    assert r.completed
    r.assert_clean()


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_event_subprocess_with_several_events(interrupting):
    flag = str(interrupting).lower()
    inner = f'<startEvent id="t" isInterrupting="{flag}">{MESSAGE}{SIGNAL}</startEvent>{say("x")}{chain("t", "x")}'
    event = f'<subProcess id="es" triggeredByEvent="true">{inner}</subProcess>'
    r = run(f'{S}<userTask id="u"/>{event}{chain("s", "u")}')
    happen(r, "message")
    if not interrupting:
        happen(r, "signal")
        r.complete("u")
    assert r.host.trace == ["x"] * (1 if interrupting else 2)
    assert r.completed
    r.assert_clean()


def test_several_events_behind_an_event_based_gateway():
    other = f'<intermediateCatchEvent id="t1">{LATE}</intermediateCatchEvent>'
    body = f'{S}<eventBasedGateway id="g"/>{catch(MESSAGE, SIGNAL, parallel=True)}{other}{say("x")}{say("y")}'
    r = run(body + chain("s", "g", "c", "x") + chain("g", "t1", "y"))
    happen(r, "signal")
    assert not r.host.trace
    happen(r, "message")
    assert r.host.trace == ["x"]
    assert r.completed
    r.assert_clean()


def test_a_throw_event_throws_all_and_what_ends_it_last():
    end = f'<endEvent id="e">{ERROR}{SIGNAL}{MESSAGE}</endEvent>'
    r = run(S + end + chain("s", "e"))
    assert [type(event).__name__ for event in r.log[-5:] if "Thrown" in type(event).__name__] == [
        "SignalThrown",
        "MessageThrown",
    ]
    assert r.end == e.InstanceEnded("failed", "E1")


def test_a_timer_without_a_time_leaves_nothing_waiting():
    r = run(S + catch(MESSAGE, timer("timeDuration", "missing")) + chain("s", "c"))
    assert (r.failed, r.waiting) == (["c"], [])
    r.retry("c", missing="PT1H")
    assert r.waiting == ["c", "c"]


def test_what_cannot_wait_anew_has_happened_all_the_same():
    """A parallel multiple event that does not interrupt; its timer is computed anew each time."""
    both = f'parallelMultiple="true">{MESSAGE}{timer("timeDuration", "${pause}")}</boundaryEvent>'
    boundary = f'<boundaryEvent id="b" attachedToRef="u" cancelActivity="false" {both}'
    body = f'<startEvent id="s"/><userTask id="u"/>{boundary}{say("x")}{chain("s", "u")}{chain("b", "x")}'
    r = run(body, {"pause": "PT1H"})
    r.message("b", pause="soon")
    r.advance(timedelta(hours=1))
    assert r.host.trace == ["x"]
    assert r.failed == ["b"]
    r.retry("b", pause="PT2H")
    assert r.failed == []
    r.message("b")
    r.advance(timedelta(hours=2))
    assert r.host.trace == ["x", "x"]
    r.complete("u")
    assert r.completed
    r.assert_clean()
