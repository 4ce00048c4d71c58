"""Ad-hoc subprocesses: activities without flows, until a condition is true."""

from tests.engine.harness import MESSAGE, chain, flow, run, say, script
from tests.engine.test_compensation import everywhere

from stellwerk.engine.events import TaskOpened

S = '<startEvent id="s"/>'


def adhoc(inside: str, condition: str = "", **attributes: str) -> str:
    given = "".join(f' {name}="{value}"' for name, value in attributes.items())
    enough = f'<completionCondition xsi:type="tFormalExpression">{condition}</completionCondition>' if condition else ""
    return f'{S}<adHocSubProcess id="ad"{given}>{inside}{enough}</adHocSubProcess>{say("end")}{chain("s", "ad", "end")}'


USERS = '<userTask id="a"/><userTask id="b"/><userTask id="c"/>'


def test_all_activities_begin_at_once_and_it_ends_when_all_are_done():
    r = run(adhoc(USERS))
    assert r.open_tasks == ["a", "b", "c"]
    for id in "bca":
        assert r.host.trace == []
        r.complete(id)
    assert r.host.trace == ["end"]
    assert r.completed
    r.assert_clean()


def test_a_sequential_one_takes_one_after_the_other():
    r = run(adhoc(USERS, ordering="Sequential"))
    for id in "abc":
        assert r.open_tasks == [id]
        r.complete(id)
    assert r.completed
    r.assert_clean()


def test_flows_inside_are_followed_before_the_next_begins():
    inside = f"{say('a')}{say('a2')}{say('b')}{flow('a', 'a2')}"
    assert everywhere(adhoc(inside, ordering="Sequential")).host.trace == ["a", "a2", "b", "end"]


def test_the_condition_withdraws_what_is_active():
    r = run(adhoc(USERS, "done"), {"done": False})
    r.complete("a")
    r.complete("b", done=True)
    assert (r.open_tasks, r.host.trace) == ([], ["end"])
    assert r.completed
    r.assert_clean()


def test_the_condition_lets_the_rest_go_on():
    r = run(adhoc(USERS, "done", cancelRemainingInstances="false"), {"done": False})
    r.complete("a", done=True)
    assert r.open_tasks == ["b", "c"]
    r.complete("b")
    r.complete("c")
    assert r.host.trace == ["end"]
    r.assert_clean()


def test_the_condition_ends_a_sequence():
    inside = script("a", "n = n + 1") + script("b", "n = n + 1") + script("c", "n = n + 1")
    r = everywhere(adhoc(inside, "n == 2", ordering="Sequential"), {"n": 0})
    assert r.variables == {"n": 2}
    assert r.completed


def test_a_condition_that_fails_is_an_incident_of_the_subprocess():
    r = run(adhoc(USERS, "missing", ordering="Sequential"))
    r.complete("a")
    assert r.failed == ["ad"]
    r.retry("ad", missing=False)
    assert r.open_tasks == ["b"]
    r.complete("b", missing=True)
    assert r.completed
    r.assert_clean()


def test_an_interrupting_event_subprocess_is_the_last_thing_that_happens():
    event = f'<subProcess id="es" triggeredByEvent="true"><startEvent id="es1">{MESSAGE}</startEvent>{say("x")}'
    inside = f'<userTask id="a"/>{say("b")}{event}{chain("es1", "x")}</subProcess>'
    r = run(adhoc(inside, ordering="Sequential"))
    r.message("es1")
    assert r.host.trace == ["x", "end"]
    assert r.completed
    r.assert_clean()


def test_no_flow_is_taken_any_more_when_the_condition_is_true():
    """BPMN 13.3.5: it completes without executing further inner activities; what is active still completes."""
    inside = (
        f'<userTask id="a"/><userTask id="b"/><userTask id="c"/>{say("a2")}{say("b2")}<parallelGateway id="j"/>'
        f"{say('j2')}{chain('a', 'a2')}{chain('b', 'b2')}{chain('c', 'j', 'j2')}{flow('b2', 'j')}"
    )
    r = run(adhoc(inside, "x == 1", cancelRemainingInstances="false"), {"x": 0})
    r.complete("c")
    r.complete("a", x=1)
    assert r.open_tasks == ["b"]
    assert r.host.trace == []
    r.complete("b")
    assert r.host.trace == ["end"]
    assert r.completed
    r.assert_clean()


def test_with_withdrawing_nothing_follows_the_activity_that_made_the_condition_true():
    r = run(adhoc(f'<userTask id="a"/><userTask id="a2"/><userTask id="b"/>{flow("a", "a2")}', "x == 1"), {"x": 0})
    r.complete("a", x=1)
    assert not r.said(TaskOpened, element_id="a2")
    assert r.completed
    r.assert_clean()
