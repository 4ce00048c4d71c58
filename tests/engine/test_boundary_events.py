from datetime import timedelta

import pytest
from tests.engine.harness import (
    ANY_ERROR,
    ERROR,
    MESSAGE,
    NOW,
    chain,
    flow,
    on,
    problems,
    run,
    say,
    script,
    service,
    timer,
)

from stellwerk.engine import commands as c
from stellwerk.engine import events as e
from stellwerk.errors import TokenNotWaiting

START, END = '<startEvent id="s"/>', '<endEvent id="e"/>'
USER = f"{START}<userTask id='u'/>{END}{chain('s', 'u', 'e')}"


def test_an_interrupting_timer_withdraws_its_task_and_says_why():
    boundary = on("b", "u", timer("timeDuration", "PT1H")).replace('id="b"', 'id="b" name="Reminder"')
    r = run(USER + boundary + say("x") + chain("b", "x"))
    assert next(iter(r.timers.values())).due == NOW + timedelta(hours=1)
    r.fire("b")
    assert r.host.trace == ["x"]
    assert r.said(e.TaskClosed)[0] == e.TaskClosed(r.said(e.TaskOpened)[0].token, "withdrawn", "timer 'Reminder'")
    assert r.completed
    r.assert_clean()


def test_completing_the_task_ends_its_subscriptions():
    r = run(
        USER + on("b", "u", timer("timeDuration", "PT1H")) + on("m1", "u", MESSAGE) + flow("b", "e") + flow("m1", "e")
    )
    assert r.waiting == ["b", "m1"]
    r.complete("u")
    assert r.waiting == []
    r.assert_clean()


def test_a_message_may_happen_any_number_of_times_beside_the_task():
    r = run(USER + on("b", "u", MESSAGE, interrupting=False) + "<userTask id='x'/>" + chain("b", "x"))
    for n in range(3):
        r.message("b", n=n)
    assert r.open_tasks == ["u", "x", "x", "x"]
    assert r.variables == {"n": 2}


def test_a_cycle_fires_again_until_it_is_spent():
    r = run(USER + on("b", "u", timer("timeCycle", "R2/PT1H"), interrupting=False) + say("x") + chain("b", "x"))
    r.advance(timedelta(hours=5))
    assert r.host.trace == ["x", "x"]
    assert r.timers == {}
    assert r.open_tasks == ["u"]


def test_an_endless_cycle_is_caught_up_when_the_worker_was_late():
    r = run(USER + on("b", "u", timer("timeCycle", "R/PT1H"), interrupting=False) + say("x") + chain("b", "x"))
    r.advance(timedelta(hours=2, minutes=30))
    assert r.host.trace == ["x", "x"]
    assert next(iter(r.timers.values())).due == NOW + timedelta(hours=3)


def test_a_timer_that_was_set_anew_does_not_fire_for_its_old_time():
    r = run(USER + on("b", "u", timer("timeCycle", "R/PT1H"), interrupting=False) + say("x") + chain("b", "x"))
    token, old = next((t.token, t.due) for t in r.timers.values())
    r.fire("b")
    with pytest.raises(TokenNotWaiting):
        r.do(c.FireTimer(token, old))


def test_a_duration_beside_the_task_fires_once():
    r = run(USER + on("b", "u", timer("timeDuration", "PT1H"), interrupting=False) + say("x") + chain("b", "x"))
    r.advance(timedelta(hours=9))
    assert r.host.trace == ["x"]
    assert r.timers == {}
    r.complete("u")
    r.assert_clean()


def test_a_bpmn_error_of_a_script_is_caught_by_its_code():
    throw = script("a", "bpmn_error('E1')")
    body = f"{START}{throw}{say('n')}{say('x')}{say('y')}{chain('s', 'a', 'n')}"
    r = run(body + on("b1", "a", ERROR.replace("E1", "E2")) + on("b2", "a", ERROR) + flow("b1", "x") + flow("b2", "y"))
    assert r.host.trace == ["y"]
    assert r.completed


def test_an_error_boundary_event_without_an_error_catches_what_no_other_does():
    body = f"{START}{service('w')}{say('x')}{say('y')}{flow('s', 'w')}"
    body += on("b1", "w", ANY_ERROR) + on("b2", "w", ERROR) + flow("b1", "x") + flow("b2", "y")
    r = run(body)
    r.throw("w", "E1")
    assert r.host.trace == ["y"]
    r = run(body)
    r.throw("w", "other", why="broken")
    assert r.host.trace == ["x"]
    assert r.variables == {"why": "broken"}
    assert r.said(e.JobWithdrawn) == []  # the handler has ended by itself
    r.assert_clean()


def test_code_and_message_of_a_caught_error_are_written_where_the_event_says():
    caught = ERROR.replace("/>", ' camunda:errorCodeVariable="code" camunda:errorMessageVariable="text"/>')
    r = run(f"{START}{service('w')}{flow('s', 'w')}{on('b', 'w', caught)}<endEvent id='x'/>{flow('b', 'x')}")
    r.throw("w", "E1")
    assert r.variables == {"code": "E1", "text": "thrown"}


def test_an_error_that_nothing_catches_is_an_incident_that_can_be_retried():
    r = run(f"{START}{service('w')}{END}{chain('s', 'w', 'e')}")
    r.throw("w", "E9")
    assert next(iter(r.incidents.values())).kind == "unhandled-error"
    r.retry("w")
    r.finish("w")
    assert r.completed


def test_a_person_can_end_a_task_with_an_error():
    body = USER + on("b", "u", ERROR) + say("x") + chain("b", "x")
    r = run(body)
    r.throw("u", "E1")
    assert r.host.trace == ["x"]
    assert r.said(e.TaskClosed)[0].reason == "error 'b'"
    r = run(body)
    r.throw("u", "E2")
    assert r.open_tasks == []
    assert r.failed == ["u"]
    r.retry("u")
    assert r.open_tasks == ["u"]
    r.complete("u")
    assert r.completed
    r.assert_clean()


SUB = (
    f"{START}<subProcess id='sp'><startEvent id='s1'/><parallelGateway id='g'/><userTask id='a'/><userTask id='b'/>"
    "<exclusiveGateway id='q' default='qd'/><endEvent id='bad'><errorEventDefinition errorRef='E1'/></endEvent>"
    f"<endEvent id='good'/>{chain('s1', 'g', 'a')}{chain('g', 'b', 'q')}{flow('q', 'bad', 'err')}"
    f"{flow('q', 'good', id='qd')}"
    f"</subProcess>{say('n')}{chain('s', 'sp', 'n')}"
)


def test_an_error_end_event_leaves_its_subprocess_at_once():
    r = run(SUB + on("be", "sp", ERROR) + say("x") + chain("be", "x"), {"err": True})
    r.complete("b")
    assert r.host.trace == ["x"]
    assert r.open_tasks == []
    assert r.count("bad") == 1
    assert r.completed
    r.assert_clean()


def test_an_error_end_event_that_nothing_catches_fails_the_instance():
    r = run(SUB, {"err": True})
    r.complete("b")
    assert r.end == e.InstanceEnded("failed", "E1")
    assert r.open_tasks == []
    r.assert_clean()


def test_an_error_goes_out_through_several_levels():
    body = (
        f"{START}<subProcess id='o'><startEvent id='s1'/><subProcess id='i'><startEvent id='s2'/>"
        f"<endEvent id='bad'><errorEventDefinition errorRef='E1'/></endEvent>{flow('s2', 'bad')}</subProcess>"
        f"{flow('s1', 'i')}{on('wrong', 'i', ERROR.replace('E1', 'E2'))}<endEvent id='y'/>"
        f"{flow('wrong', 'y')}</subProcess>{flow('s', 'o')}"
    )
    r = run(body + on("right", "o", ERROR) + say("x") + chain("right", "x"))
    assert r.host.trace == ["x"]
    assert r.completed
    r.assert_clean()


def test_a_timer_on_a_subprocess_withdraws_all_that_is_inside():
    r = run(
        SUB + on("bt", "sp", timer("timeDate", "2030-01-02T00:00:00Z")) + say("x") + chain("bt", "x"), {"err": False}
    )
    r.fire("bt")
    assert r.host.trace == ["x"]
    assert r.completed
    r.assert_clean()


def test_a_timer_without_a_time_is_an_incident_and_arms_nothing():
    events = on("m1", "u", MESSAGE) + on("b", "u", timer("timeDuration", "when")) + chain("m1", "x") + chain("b", "x")
    r = run(USER + "<endEvent id='x'/>" + events, {"when": "soon"})
    assert next(iter(r.incidents.values())).kind == "timer"
    assert (r.open_tasks, r.waiting) == ([], [])
    r.retry("u", when="PT1H")
    assert (r.open_tasks, r.waiting) == (["u"], ["b", "m1"])
    r.complete("u")
    r.assert_clean()


def test_a_boundary_event_fires_while_its_task_has_an_incident():
    r = run(
        f"{START}{service('w')}{flow('s', 'w')}{on('b', 'w', timer('timeDuration', 'PT1H'))}{say('x')}{chain('b', 'x')}"
    )
    r.fail("w")
    r.fire("b")
    assert r.host.trace == ["x"]
    assert r.said(e.IncidentResolved)[0].reason == "cancelled"
    r.assert_clean()


def test_an_error_boundary_event_must_interrupt():
    leading_on = say("x") + chain("b", "x")
    assert problems(USER + on("b", "u", ERROR, interrupting=False) + leading_on) == [("boundary-interrupts", "b")]


def test_a_boundary_event_must_be_attached_to_an_activity_beside_it():
    leading_on = say("x") + chain("b", "x")
    assert problems(USER + on("b", "nowhere", MESSAGE) + leading_on) == [("reference-dangling", "b")]
    assert problems(USER + on("b", "s", MESSAGE) + leading_on) == [("reference-type", "b")]


def test_it_listens_also_when_a_person_has_thrown_what_nothing_catches():
    body = f"{START}<userTask id='u'/>{on('b', 'u', timer('timeDuration', 'PT2H'))}{say('late')}{chain('s', 'u')}"
    for again in (False, True):
        r = run(body + chain("b", "late"))
        r.throw("u", "unknown")
        assert r.failed == ["u"]
        r.advance(timedelta(hours=1))
        if again:
            r.retry("u")
            assert r.open_tasks == ["u"]
        r.advance(timedelta(hours=1))
        assert r.host.trace == ["late"]
        assert r.completed
        r.assert_clean()
