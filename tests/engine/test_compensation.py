"""Compensation: what has completed is undone in reverse order, with its own variables of that moment."""

import pytest
from tests.engine.harness import (
    COMPENSATE,
    ERROR,
    MESSAGE,
    Run,
    chain,
    compiled,
    flow,
    on,
    run,
    say,
    script,
    service,
    undo,
)

from stellwerk.engine import Budget, read_undo_plan
from stellwerk.engine import commands as c
from stellwerk.engine import events as e

THROW = f'<intermediateThrowEvent id="throw">{COMPENSATE}</intermediateThrowEvent>'
S = '<startEvent id="s"/>'
USER = '<userTask id="u"/>'


def throw(activity: str = "", tag: str = "intermediateThrowEvent", waits: str = "true") -> str:
    named = f' activityRef="{activity}"' if activity else ""
    return f'<{tag} id="throw"><compensateEventDefinition waitForCompletion="{waits}"{named}/></{tag}>'


def everywhere(body: str, variables: dict | None = None) -> Run:
    """The same run in memory, with reloads, and with the budget cutting after each element. -> the last one"""
    definition = compiled(body)
    runs = [Run(definition, reload=reload, budget=Budget(steps, 1e9)) for reload, steps in ((False, 9999), (True, 1))]
    for r in runs:
        r.start(variables or {})
    assert runs[0].host.trace == runs[1].host.trace
    return runs[1]


def test_what_has_completed_is_undone_in_reverse_order_and_only_that():
    body = S + "".join(say(id) + undo(id) for id in "abc") + THROW + say("end")
    r = everywhere(body + chain("s", "a", "b", "throw", "end", "c"))
    assert r.host.trace == ["a", "b", "undo_b", "undo_a", "end", "c"]
    assert r.completed
    r.assert_clean()


def test_one_activity_is_undone_as_often_as_it_was_done_and_no_second_time():
    again = f'{script("i", "n = n + 1")}<exclusiveGateway id="x" default="on"/>'
    back = flow("x", "a", "n &lt; 3")
    ahead = '<sequenceFlow id="on" sourceRef="x" targetRef="b"/>'
    second = '<intermediateThrowEvent id="t2"><compensateEventDefinition activityRef="a"/></intermediateThrowEvent>'
    body = f"{S}{again}{say('a')}{undo('a')}{say('b')}{undo('b')}{throw('a')}{second}{say('end')}"
    r = everywhere(body + chain("s", "a", "i", "x") + back + ahead + chain("b", "throw", "t2", "end"), {"n": 0})
    assert r.host.trace == ["a"] * 3 + ["b"] + ["undo_a"] * 3 + ["end"]
    assert r.completed


def test_a_handler_sees_the_variables_that_its_activity_had():
    mapped = (
        '<scriptTask id="a"><extensionElements><camunda:inputOutput><camunda:inputParameter name="price">${cost}'
        "</camunda:inputParameter></camunda:inputOutput></extensionElements><script>log(price)</script></scriptTask>"
    )
    body = f"{S}{mapped}{undo('a', script('h', 'log(price)'))}{script('c', 'cost = 9')}{THROW}"
    r = everywhere(body + chain("s", "a", "c", "throw"), {"cost": 5})
    assert r.host.trace == [5, 5]
    assert r.variables == {"cost": 9}


@pytest.mark.parametrize("waits", [True, False])
def test_handlers_that_wait_and_a_thrower_that_does_not(waits):
    body = f"{S}{say('a')}{undo('a', service('h'))}{say('b')}{undo('b', USER)}"
    r = run(body + throw(waits=str(waits).lower()) + say("end") + chain("s", "a", "b", "throw", "end"))
    assert r.open_tasks == ["u"]
    assert ("end" in r.host.trace) is not waits
    r.complete("u")
    assert r.open_jobs == ["h"]
    r.finish("h")
    assert r.host.trace == ["a", "b", "end"]
    assert r.completed
    r.assert_clean()


def test_a_handler_that_fails_is_an_incident_and_goes_on_after_a_retry():
    body = f"{S}{say('a')}{undo('a')}{say('b')}{undo('b', script('h', 'log(missing)'))}{THROW}"
    r = run(body + chain("s", "a", "b", "throw"))
    assert r.failed == ["h"]
    r.retry("h", missing=1)
    assert r.host.trace == ["a", "b", 1, "undo_a"]
    assert r.completed


def test_a_compensation_end_event_waits_as_well():
    body = f"{S}{say('a')}{undo('a', USER)}{throw(tag='endEvent')}"
    r = run(body + chain("s", "a", "throw"))
    assert not r.completed
    r.complete("u")
    assert r.completed
    r.assert_clean()


def test_the_inside_of_a_completed_subprocess_is_undone_in_reverse_order():
    inside = f'<startEvent id="t"/>{say("a")}{undo("a")}{say("b")}{undo("b")}{chain("t", "a", "b")}'
    body = f'{S}<subProcess id="sub">{inside}</subProcess>{say("c")}{undo("c")}{THROW}'
    r = everywhere(body + chain("s", "sub", "c", "throw"))
    assert r.host.trace == ["a", "b", "c", "undo_c", "undo_b", "undo_a"]
    assert r.completed
    r.assert_clean()


def test_a_handler_of_the_subprocess_undoes_the_whole():
    inside = f'<startEvent id="t"/>{say("a")}{undo("a")}{chain("t", "a")}'
    r = everywhere(f'{S}<subProcess id="sub">{inside}</subProcess>{undo("sub")}{THROW}{chain("s", "sub", "throw")}')
    assert r.host.trace == ["a", "undo_sub"]


def test_a_compensation_event_subprocess_undoes_the_whole_and_may_undo_the_inside():
    start = f'<startEvent id="cs">{COMPENSATE}</startEvent>'
    own = '<intermediateThrowEvent id="own"><compensateEventDefinition/></intermediateThrowEvent>'
    handler = f"{start}{say('first')}{own}{say('last')}{chain('cs', 'first', 'own', 'last')}"
    inside = (
        f'<startEvent id="t"/>{say("a")}{undo("a")}{chain("t", "a")}'
        f'<subProcess id="es" triggeredByEvent="true">{handler}</subProcess>'
    )
    r = everywhere(f'{S}<subProcess id="sub">{inside}</subProcess>{THROW}{chain("s", "sub", "throw")}')
    assert r.host.trace == ["a", "first", "undo_a", "last"]
    assert r.completed
    r.assert_clean()


def test_a_subprocess_that_was_interrupted_is_not_undone():
    inside = f'<startEvent id="t"/>{say("a")}{undo("a")}<endEvent id="err">{ERROR}</endEvent>{chain("t", "a", "err")}'
    body = f'{S}<subProcess id="sub">{inside}</subProcess>{on("b", "sub", ERROR)}{THROW}{say("end")}'
    r = everywhere(body + chain("s", "sub") + chain("b", "throw", "end"))
    assert r.host.trace == ["a", "end"]
    r.assert_clean()


@pytest.mark.parametrize(("sequential", "expected"), [("true", [2, 1, 0]), ("false", [2, 1, 0])])
def test_each_instance_of_a_multi_instance_is_undone_with_its_item(sequential, expected):
    loop = f'<multiInstanceLoopCharacteristics isSequential="{sequential}"><loopCardinality>3</loopCardinality>'
    task = f'<task id="a">{loop}</multiInstanceLoopCharacteristics></task>'
    r = everywhere(f"{S}{task}{undo('a', script('h', 'log(loopCounter)'))}{THROW}{chain('s', 'a', 'throw')}")
    assert r.host.trace == expected
    assert r.completed
    r.assert_clean()


@pytest.mark.parametrize(("sequential", "opened"), [("true", 1), ("false", 3)])
def test_jobs_undo_a_sequential_loop_one_by_one_and_a_parallel_one_at_once(sequential, opened):
    r = run(repeated(sequential, service("h")))
    assert r.open_jobs == ["h"] * opened
    for _ in range(3):
        assert not r.completed
        r.finish("h")
    assert r.completed
    r.assert_clean()


@pytest.mark.parametrize("sequential", ["true", "false"])
def test_people_are_asked_to_undo_all_instances_at_once(sequential):
    r = run(repeated(sequential, USER))
    assert r.open_tasks == ["u"] * 3
    tasks = [token for token in sorted(r.tasks)]
    r.do(c.CompleteTask(tasks[1]))
    assert [token for token in sorted(r.tasks)] == [tasks[0], tasks[2]]
    r.complete("u")
    r.complete("u")
    assert r.completed
    r.assert_clean()


def repeated(sequential: str, handler: str) -> str:
    loop = f'<multiInstanceLoopCharacteristics isSequential="{sequential}"><loopCardinality>3</loopCardinality>'
    inside = f'<startEvent id="t"/><task id="a"/>{undo("a", handler)}{chain("t", "a")}'
    body = f'{S}<subProcess id="sub">{loop}</multiInstanceLoopCharacteristics>{inside}</subProcess>{THROW}'
    return body + chain("s", "sub", "throw")


def stacked(inner: str, outer: str) -> str:
    """b is done first, then a inside a subprocess; `inner` undoes a, `outer` undoes b."""
    inside = f'<startEvent id="t"/>{say("a")}{undo("a", inner)}{chain("t", "a")}'
    outside = f'<startEvent id="q"/>{say("b")}{undo("b", outer)}<subProcess id="sub">{inside}</subProcess>'
    body = f'{S}<subProcess id="both">{outside}{chain("q", "b", "sub")}</subProcess>{THROW}{say("end")}'
    return body + chain("s", "both", "throw", "end")


def test_who_is_asked_to_undo_the_inside_does_not_hold_up_what_is_around_it():
    r = everywhere(stacked(USER, '<userTask id="u2"/>'))
    opened = [task.element_id for task in r.said(e.TaskOpened)]
    assert opened == ["u", "u2"]
    r.complete("u2")
    r.complete("u")
    assert r.host.trace == ["b", "a", "end"]
    r.assert_clean()


def test_a_job_that_undoes_the_inside_holds_up_what_is_around_it():
    r = everywhere(stacked(service("j"), USER))
    assert (r.open_jobs, r.open_tasks) == (["j"], [])
    r.fail("j")
    assert (r.failed, r.open_tasks) == (["j"], [])
    r.retry("j")
    assert (r.open_jobs, r.open_tasks) == (["j"], [])
    r.finish("j")
    assert r.open_tasks == ["u"]
    r.complete("u")
    assert r.completed
    r.assert_clean()


def test_a_handler_with_several_steps_is_done_before_the_next_one_begins():
    steps = f'<startEvent id="hs"/>{say("one")}{say("two")}{USER}{say("three")}'
    steps += chain("hs", "one", "two", "u", "three")
    handler = f'<subProcess id="h">{steps}</subProcess>'
    body = f"{S}{say('a')}{undo('a')}{say('b')}{undo('b', handler)}{THROW}"
    r = everywhere(body + chain("s", "a", "b", "throw"))
    assert r.host.trace == ["a", "b", "one", "two", "undo_a"]
    assert r.open_tasks == ["u"]
    r.complete("u")
    assert r.host.trace[-1] == "three"
    assert r.completed
    r.assert_clean()


def test_an_event_subprocess_throws_for_the_scope_around_it():
    start = f'<startEvent id="es1">{ERROR}</startEvent>'
    inside = start + THROW + say("end") + chain("es1", "throw", "end")
    caught = f'<subProcess id="es" triggeredByEvent="true">{inside}</subProcess>'
    body = f'{S}{say("a")}{undo("a")}<endEvent id="err">{ERROR}</endEvent>{caught}{chain("s", "a", "err")}'
    r = everywhere(body)
    assert r.host.trace == ["a", "undo_a", "end"]
    assert r.completed


def test_what_throws_takes_its_compensation_with_it_when_it_is_withdrawn():
    inside = (
        f'<startEvent id="t" isInterrupting="false">{MESSAGE}</startEvent><parallelGateway id="p"/>{THROW}'
        '<userTask id="k"/><endEvent id="off"><terminateEventDefinition/></endEvent>'
        + chain("t", "p", "throw")
        + chain("p", "k", "off")
    )
    event = f'<subProcess id="es" triggeredByEvent="true">{inside}</subProcess>'
    r = run(f'{S}{say("a")}{undo("a", USER)}<userTask id="main"/>{event}{chain("s", "a", "main")}')
    r.message("t")
    assert r.open_tasks == ["k", "main", "u"]
    r.complete("k")
    assert r.open_tasks == ["main"]
    r.complete("main")
    assert r.completed
    r.assert_clean()


def test_a_handler_that_is_interrupted_lets_the_compensation_go_on():
    body = f"{S}{say('a')}{undo('a')}{say('b')}{undo('b', USER)}"
    r = run(body + on("late", "u", MESSAGE) + say("x") + THROW + chain("s", "a", "b", "throw") + chain("late", "x"))
    r.message("late")
    assert sorted(r.host.trace) == ["a", "b", "undo_a", "x"]
    assert r.completed


def test_the_plan_says_what_would_be_undone_without_doing_it():
    inside = f'<startEvent id="t"/>{say("a")}{undo("a")}{say("b")}{undo("b")}{chain("t", "a", "b")}'
    body = f'{S}<subProcess id="sub">{inside}</subProcess>{say("c")}{undo("c")}<userTask id="u"/>{THROW}'
    r = run(body + chain("s", "sub", "c", "u", "throw"))
    before = dict(r.stored)
    plan = read_undo_plan(r.definition, r.snapshot.cold(), r.host)
    found = [(step.element_id, step.handler_id, step.depth) for step in plan]
    assert found == [("c", "undo_c", 0), ("sub", None, 0), ("b", "undo_b", 1), ("a", "undo_a", 1)]
    assert r.stored == before
    r.complete("u")
    assert r.host.trace == ["a", "b", "c", "undo_c", "undo_b", "undo_a"]


def test_history_shows_handlers_beside_the_rest_and_nothing_of_ours():
    r = run(f"{S}{say('a')}{undo('a')}{THROW}{chain('s', 'a', 'throw')}")
    assert [(a.element_id, a.parent) for a in r.said(e.ActivityStarted)] == [
        ("s", 0),
        ("a", 0),
        ("throw", 0),
        ("undo_a", 0),
    ]


def test_a_loop_adds_to_the_last_page_of_records_only():
    again = f'{script("i", "n = n + 1")}<exclusiveGateway id="x" default="on"/>'
    back = flow("x", "u", "n &lt; 300")
    ahead = '<sequenceFlow id="on" sourceRef="x" targetRef="e"/><endEvent id="e"/>'
    r = run(f'{S}{again}<userTask id="u"/>{undo("u")}' + chain("s", "u", "i", "x") + back + ahead, {"n": 0})
    sizes = []
    for _ in range(150):
        outcome_before = dict(r.stored)
        r.complete("u")
        sizes.append(sum(len(v) for k, v in r.stored.items() if outcome_before.get(k) != v))
    assert max(sizes[100:]) < 1000
    assert sum(name.startswith("u.") for name in r.stored) > 5
