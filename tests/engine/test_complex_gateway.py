"""Complex gateways: activation, reset, and activation again."""

import pytest
from tests.engine.harness import chain, flow, run, say
from tests.engine.test_compensation import everywhere

S = '<startEvent id="s"/>'
USERS = "".join(f'<userTask id="{id}"/>' for id in "abc")


def join(condition: str = "activationCount >= 2") -> str:
    given = condition.replace(">", "&gt;")
    inner = f'<activationCondition xsi:type="tFormalExpression">{given}</activationCondition>' if condition else ""
    return f'<complexGateway id="j">{inner}</complexGateway>'


def discriminator(condition: str) -> str:
    branches = "".join(chain("p", id, "j") for id in "abc")
    return f'{S}<parallelGateway id="p"/>{USERS}{join(condition)}{say("x")}{chain("s", "p")}{branches}{flow("j", "x")}'


@pytest.mark.parametrize(("condition", "needed"), [("activationCount >= 2", 2), ("activationCount >= 3", 3), ("", 1)])
def test_it_passes_when_enough_tokens_are_there_and_takes_in_the_rest(condition, needed):
    r = run(discriminator(condition))
    for number, id in enumerate("bca", 1):
        r.complete(id)
        assert r.host.trace == (["x"] if number >= needed else [])
    assert r.completed
    r.assert_clean()


def test_in_a_loop_it_passes_once_for_each_round():
    body = (
        f'{S}<parallelGateway id="p"/>{USERS}{join()}{say("x")}<exclusiveGateway id="mg"/><exclusiveGateway id="again" '
        f'default="out"/><userTask id="more"/><endEvent id="e"/>{chain("s", "mg", "p")}'
        + "".join(chain("p", id, "j") for id in "abc")
        + chain("j", "x", "more", "again")
        + flow("again", "mg", "rounds > 0")
        + flow("again", "e", id="out")
    )
    r = run(body.replace("> 0<", "&gt; 0<"), {"rounds": 1})
    for id in "abc":
        r.complete(id)
    assert r.host.trace == ["x"]
    r.complete("more")
    for id in "cab":
        r.complete(id)
    r.complete("more", rounds=0)
    assert r.host.trace == ["x", "x"]
    assert r.completed
    r.assert_clean()


def test_a_second_token_on_one_flow_waits_for_the_next_time():
    body = (
        f'{S}<parallelGateway id="p"/><userTask id="a"/><userTask id="b"/><exclusiveGateway id="mg"/>{join()}{say("x")}'
        + chain("s", "p", "mg", "j")
        + flow("p", "mg")
        + chain("p", "a", "j")
        + chain("j", "x")
    )
    body = body.replace('<userTask id="b"/>', "")
    r = run(body.replace("activationCount &gt;= 2", "activationCount &gt;= 3"))
    r.complete("a")
    assert r.host.trace == ["x"]


def test_flows_that_name_the_reset_are_taken_at_the_reset():
    branches = "".join(chain("p", id, "j") for id in "abc")
    body = f'{S}<parallelGateway id="p"/>{USERS}{join("activationCount >= 1")}{say("x")}{say("y")}{chain("s", "p")}'
    r = run(body + branches + flow("j", "x", "waitingForStart") + flow("j", "y", "not waitingForStart"))
    r.complete("a")
    assert r.host.trace == ["x"]
    r.complete("b")
    r.complete("c")
    assert r.host.trace == ["x", "y"]
    assert r.completed
    r.assert_clean()


def test_it_splits_by_conditions():
    body = f'{S}<complexGateway id="g" default="d"/>{say("a")}{say("b")}{say("c")}{chain("s", "g")}'
    r = everywhere(
        body + flow("g", "a", "x > 1".replace(">", "&gt;")) + flow("g", "b", "x") + flow("g", "c", id="d"), {"x": 2}
    )
    assert r.host.trace == ["a", "b"]
    assert r.completed


def test_a_condition_that_fails_is_an_incident_and_can_be_tried_again():
    r = run(discriminator("activationCount >= wanted"))
    r.complete("a")
    assert r.failed == ["j"]
    r.retry("j", wanted=2)
    assert r.host.trace == []
    r.complete("b")
    r.complete("c")
    assert r.host.trace == ["x"]
    assert r.completed
    r.assert_clean()
