"""Ad-hoc subprocesses: activities without flows, until a condition is true."""

from tests.engine.harness import chain, flow, run, say, script
from tests.engine.test_compensation import everywhere

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
