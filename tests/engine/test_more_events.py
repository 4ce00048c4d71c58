"""Escalations, links, conditional events, event subprocesses, inclusive gateways, standard loops."""

from datetime import timedelta

import pytest
from tests.engine.harness import ERROR, MESSAGE, Run, chain, compiled, flow, on, run, say, script, timer
from tests.engine.test_compensation import everywhere

from stellwerk.engine import commands as c
from stellwerk.engine import events as e

START, END = '<startEvent id="s"/>', '<endEvent id="e"/>'
ESCALATIONS = '<escalation id="X1" escalationCode="X1" name="X1"/><escalation id="X2" escalationCode="X2" name="X2"/>'
ESCALATION = '<escalationEventDefinition escalationRef="X1"/>'


def event(tag: str, id: str, definition: str, **attributes: str) -> str:
    more = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<{tag} id="{id}"{more}>{definition}</{tag}>'


def condition(text: str) -> str:
    return f"<conditionalEventDefinition><condition>{text}</condition></conditionalEventDefinition>"


# -- escalations
def escalating(after: str = "af") -> str:
    return (
        f"{START}<subProcess id='sp'><startEvent id='s1'/><parallelGateway id='g'/>"
        f"{event('intermediateThrowEvent', 'th', ESCALATION)}{say('af')}<userTask id='z'/>"
        f"{chain('s1', 'g', 'th', 'af')}{chain('g', 'z')}</subProcess>{say('x')}{say('n')}{chain('s', 'sp', 'n')}"
    )


def test_an_interrupting_escalation_takes_effect_at_once():
    r = run(escalating() + on("b", "sp", ESCALATION) + chain("b", "x"), extra=ESCALATIONS)
    assert r.host.trace == ["x"]
    assert r.completed
    r.assert_clean()


def test_an_escalation_beside_lets_the_subprocess_go_on():
    caught = ESCALATION.replace("/>", ' camunda:escalationCodeVariable="code"/>')
    r = run(escalating() + on("b", "sp", caught, interrupting=False) + chain("b", "x"), extra=ESCALATIONS)
    assert sorted(r.host.trace) == ["af", "x"]
    assert r.variables == {"code": "X1"}
    r.complete("z")
    assert r.host.trace[-1] == "n"
    r.assert_clean()


def test_an_escalation_that_nothing_catches_is_no_trouble():
    r = run(escalating() + on("b", "sp", ESCALATION.replace("X1", "X2")) + chain("b", "x"), extra=ESCALATIONS)
    assert r.host.trace == ["af"]
    r.complete("z")
    assert r.completed


# -- links
def test_a_link_leads_from_its_sources_to_its_target():
    link = '<linkEventDefinition name="L"/>'
    body = (
        f"{START}<parallelGateway id='g'/>{event('intermediateThrowEvent', 'l1', link)}"
        f"{event('intermediateThrowEvent', 'l2', link)}"
        f"{event('intermediateCatchEvent', 't', link)}{say('a')}{chain('s', 'g', 'l1')}{chain('g', 'l2')}"
        f"{chain('t', 'a')}"
    )
    r = run(body)
    assert r.host.trace == ["a", "a"]
    assert r.completed
    assert all(f.flow_id for f in r.said(e.FlowTaken))


# -- conditional events
def test_a_conditional_event_happens_when_its_condition_becomes_true():
    body = f"{START}{event('intermediateCatchEvent', 'c', condition('v > 3'))}{END}{chain('s', 'c', 'e')}"
    r = run(body, {"v": 0})
    r.do(c.ChangeVariables({"v": 2}))
    assert r.end is None
    r.do(c.ChangeVariables({"v": 4}))
    assert r.completed
    assert run(body, {"v": 9}).completed
    waits = run(body)  # v is not there yet
    waits.do(c.ChangeVariables({"v": 4}))
    assert waits.completed


def test_a_conditional_boundary_event_reacts_to_another_branch_and_to_each_rise():
    body = (
        f"{START}<parallelGateway id='g'/><userTask id='u'/><userTask id='w1'/><userTask id='w2'/><userTask id='w3'/>"
        f"{chain('s', 'g', 'u')}{chain('g', 'w1', 'w2', 'w3')}{say('x')}{chain('b', 'x')}"
    )
    r = run(body + on("b", "u", condition("v > 3"), interrupting=False), {"v": 0})
    r.complete("w1", v=5)
    assert r.host.trace == ["x"]
    r.complete("w2", v=0)
    r.complete("w3", v=6)
    assert r.host.trace == ["x", "x"]
    assert r.open_tasks == ["u"]


# -- event subprocesses
TRIGGERS = {
    "message": (MESSAGE, lambda r: r.message("es1")),
    "timer": (timer("timeDuration", "PT1H"), lambda r: r.fire("es1")),
    "conditional": (condition("v > 3"), lambda r: r.complete("w", v=5)),
    "error": (ERROR, lambda r: r.complete("w", err="E1")),
    "escalation": (ESCALATION, lambda r: r.complete("w", esc=True)),
}
CASES = [(k, i, n) for k in TRIGGERS for i in (True, False) for n in (True, False) if not (k == "error" and not i)]


@pytest.mark.parametrize(("kind", "interrupting", "nested"), CASES)
def test_an_event_subprocess_runs_when_its_event_happens(kind, interrupting, nested):
    definition, trigger = TRIGGERS[kind]
    inner = (
        "<startEvent id='s1'/><parallelGateway id='g'/><userTask id='u'/><userTask id='w'/>"
        f"<exclusiveGateway id='q' default='qd'/>{event('endEvent', 'ee', ERROR)}"
        f"{event('intermediateThrowEvent', 'te', ESCALATION)}<endEvent id='e1'/>{chain('s1', 'g', 'u', 'e1')}"
        f"{chain('g', 'w', 'q')}{flow('q', 'ee', 'err == &quot;E1&quot;')}{flow('q', 'te', 'esc')}"
        f"{flow('q', 'e1', id='qd')}{chain('te', 'e1')}<subProcess id='es' triggeredByEvent='true'>"
        f"{event('startEvent', 'es1', definition, isInterrupting=str(interrupting).lower())}<userTask id='h'/>"
        f"<endEvent id='es2'/>{chain('es1', 'h', 'es2')}</subProcess>"
    )
    body = f"{START}<subProcess id='sp'>{inner}</subProcess><userTask id='after'/>{chain('s', 'sp', 'after')}"
    r = run(body if nested else inner, {"v": 0, "err": "", "esc": False}, extra=ESCALATIONS)
    trigger(r)
    beside = [] if interrupting else (["u"] if kind in ("conditional", "escalation") else ["u", "w"])
    assert r.open_tasks == sorted(["h", *beside])
    for task in r.open_tasks:
        r.complete(task)
    assert r.open_tasks == (["after"] if nested else [])
    if nested:
        r.complete("after")
    assert r.completed
    r.assert_clean()


def test_an_event_subprocess_that_did_not_happen_does_not_keep_its_scope_open():
    body = (
        f"{START}<userTask id='u'/>{chain('s', 'u')}<subProcess id='es' triggeredByEvent='true'>"
        f"{event('startEvent', 'es1', MESSAGE)}<task id='h'/>{chain('es1', 'h')}</subProcess>"
    )
    r = run(body)
    r.complete("u")
    assert r.completed
    r.assert_clean()


def test_an_event_subprocess_beside_runs_as_often_as_its_cycle_fires():
    body = (
        f"{START}<userTask id='u'/>{chain('s', 'u')}<subProcess id='es' triggeredByEvent='true'>"
        f"{event('startEvent', 'es1', timer('timeCycle', 'R2/PT1H'), isInterrupting='false')}{say('h')}"
        f"{chain('es1', 'h')}"
        "</subProcess>"
    )
    r = run(body)
    r.advance(timedelta(hours=9))
    assert r.host.trace == ["h", "h"]
    r.complete("u")
    assert r.completed
    r.assert_clean()


def test_an_error_inside_of_an_event_subprocess_is_not_caught_by_itself():
    body = (
        f"{START}<subProcess id='sp'>{event('endEvent', 'bad', ERROR)}<subProcess id='es' triggeredByEvent='true'>"
        f"{event('startEvent', 'es1', ERROR)}{event('endEvent', 'again', ERROR)}{chain('es1', 'again')}</subProcess>"
        f"</subProcess>{on('b', 'sp', ERROR)}{say('x')}{chain('s', 'sp')}{chain('b', 'x')}"
    )
    r = run(body)
    assert r.host.trace == ["x"]
    assert r.count("again") == 1
    assert r.completed
    r.assert_clean()


def test_a_bad_timer_of_an_event_subprocess_is_an_incident_beside_the_rest():
    body = (
        f"{START}<userTask id='u'/>{chain('s', 'u')}<subProcess id='es' triggeredByEvent='true'>"
        f"{event('startEvent', 'es1', timer('timeDuration', 'when'))}{say('h')}{chain('es1', 'h')}</subProcess>"
    )
    r = run(body)
    assert r.failed == ["es"]
    assert r.open_tasks == ["u"]
    r.retry("es", when="PT1H")
    r.fire("es1")
    assert r.host.trace == ["h"]
    assert r.completed
    r.assert_clean()


# -- inclusive gateways
def test_an_inclusive_join_waits_for_what_can_still_come_also_in_a_loop():
    body = (
        f"{START}<exclusiveGateway id='m0'/><inclusiveGateway id='g'/><userTask id='a'/><userTask id='b'/>"
        f"<userTask id='c'/><inclusiveGateway id='j'/>{script('k', 'n = n + 1')}"
        f"<exclusiveGateway id='x' default='bk'/>{END}"
        f"{chain('s', 'm0', 'g')}{flow('g', 'a', 'n != 1')}{flow('g', 'b', 'True')}{flow('g', 'c', 'n == 1')}"
        f"{chain('a', 'j')}{chain('b', 'j')}{chain('c', 'j', 'k', 'x')}{flow('x', 'e', 'n == 3')}"
        f"{flow('x', 'm0', id='bk')}"
    )
    r, seen = run(body, {"n": 0}), []
    while r.end is None:
        seen.append(r.open_tasks)
        r.complete(r.open_tasks[0])
    assert seen == [["a", "b"], ["b"], ["b", "c"], ["c"], ["a", "b"], ["b"]]
    assert r.variables["n"] == 3
    r.assert_clean()


def test_a_token_that_may_leave_by_a_boundary_event_holds_up_an_inclusive_join():
    body = (
        f"{START}<parallelGateway id='g'/><userTask id='u'/><userTask id='v'/><inclusiveGateway id='j'/>{say('z')}"
        f"<endEvent id='e1'/>{chain('s', 'g', 'u', 'e1')}{chain('g', 'v', 'j', 'z')}"
        f"{on('b', 'u', timer('timeDuration', 'PT1H'))}{chain('b', 'j')}"
    )
    r = run(body)
    r.complete("v")
    assert r.host.trace == []
    r.fire("b")
    assert r.host.trace == ["z"]
    assert r.completed
    other = run(body)
    other.complete("v")
    other.complete("u")
    assert other.host.trace == ["z"]
    assert other.completed


def test_an_inclusive_gateway_takes_its_default_flow_when_no_condition_is_true():
    body = (
        f"{START}<inclusiveGateway id='g' default='d'/>{say('a')}{say('b')}{chain('s', 'g')}{flow('g', 'a', 'x > 0')}"
        f"{flow('g', 'b', id='d')}"
    )
    assert run(body, {"x": 1}).host.trace == ["a"]
    assert run(body, {"x": 0}).host.trace == ["b"]


# -- standard loops
def loop(tag: str, inside: str, **attributes: str) -> str:
    more = "".join(f' {name}="{value}"' for name, value in attributes.items())
    condition = (
        '<loopCondition xsi:type="tFormalExpression">n &lt; 3</loopCondition>'
        if "loopMaximum" not in attributes
        else ""
    )
    marker = f"<standardLoopCharacteristics{more}>{condition}</standardLoopCharacteristics>"
    return f"{START}<{tag} id='t'>{marker}{inside}</{tag}>{END}{chain('s', 't', 'e')}"


@pytest.mark.parametrize(("n", "before", "rounds"), [(0, "true", 3), (5, "true", 0), (0, "false", 3), (5, "false", 1)])
def test_a_standard_loop_repeats_while_its_condition_is_true(n, before, rounds):
    r = run(loop("scriptTask", "<script>n = n + 1; log(loopCounter)</script>", testBefore=before), {"n": n})
    assert r.host.trace == list(range(rounds))
    assert r.completed
    r.assert_clean()


def test_a_standard_loop_of_a_user_task_ends_at_its_maximum():
    r = run(loop("userTask", "", loopMaximum="2"))
    r.complete("t")
    assert r.open_tasks == ["t"]
    r.complete("t")
    assert r.completed


def test_five_families_together_survive_a_budget_of_one():
    body = escalating() + on("b", "sp", ESCALATION, interrupting=False) + chain("b", "x")
    r = Run(compiled(body, ESCALATIONS), reload=True)
    r.budget = type(r.budget)(1, 1e9)
    r.start()
    r.complete("z")
    assert sorted(r.host.trace) == ["af", "n", "x"]
    r.assert_clean()


@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize("inside", [True, False])
def test_a_condition_that_the_last_step_of_its_scope_makes_true_happens(inside, interrupting):
    """An event subprocess of the scope, or a boundary event of a subprocess."""
    condition = "<condition xsi:type='tFormalExpression'>go</condition>"
    kind = f"<conditionalEventDefinition>{condition}</conditionalEventDefinition>"
    flag = "true" if interrupting else "false"
    listener = (
        f'<subProcess id="es" triggeredByEvent="true"><startEvent id="es1" isInterrupting="{flag}">{kind}</startEvent>'
        f"{say('x')}{chain('es1', 'x')}</subProcess>"
    )
    boundary = on("b", "sp", kind, interrupting) + say("x") + chain("b", "x")
    work = f'<startEvent id="s1"/>{script("a", "go = True")}{chain("s1", "a")}{listener if inside else ""}'
    body = f'{START}<subProcess id="sp">{work}</subProcess>{"" if inside else boundary}{say("end")}'
    r = everywhere(body + chain("s", "sp", "end"), {"go": False})
    assert sorted(r.host.trace) == (["x"] if interrupting and not inside else ["end", "x"])
    assert r.completed
    r.assert_clean()
