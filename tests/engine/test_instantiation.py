"""What starts a process: receive tasks, event-based gateways, start events with several events (13.2)."""

from __future__ import annotations

import pytest
from tests.engine.harness import MESSAGE, SIGNAL, Run, bpmn, chain, compiled, flow, on, say, timer

from stellwerk.engine import Budget, compile_bpmn
from stellwerk.engine import commands as c
from stellwerk.engine import events as e
from stellwerk.errors import NotStartable

MESSAGE2 = '<messageEventDefinition messageRef="m2"/>'
CONDITION = "<conditionalEventDefinition><condition>n</condition></conditionalEventDefinition>"
RELOAD = pytest.mark.parametrize("reload", [False, True])


def begun(body: str, trigger: str, reload: bool = True, **variables: object) -> Run:
    return Run(compiled(body), reload=reload).start(variables, at=trigger)


def catch(id: str, *definitions: str, parallel: bool = False) -> str:
    flag = ' parallelMultiple="true"' if parallel else ""
    return f'<intermediateCatchEvent id="{id}"{flag}>{"".join(definitions)}</intermediateCatchEvent>'


def gateway(*events: str, parallel: bool = False, ids: tuple[str, ...] = ("a", "b")) -> str:
    """An event-based gateway that starts the process, the events behind it, and a script behind each."""
    kind = "Parallel" if parallel else "Exclusive"
    body = f'<eventBasedGateway id="g" instantiate="true" eventGatewayType="{kind}"/>' + "".join(events)
    return body + "".join(chain("g", id, f"x{id}") + say(f"x{id}") for id in ids)


def triggers(body: str) -> list[tuple[str, str, str | None]]:
    return [(s.trigger, s.kind, s.name) for s in compiled(body).starts]


# -- receive tasks
RECEIVE = '<receiveTask id="r" messageRef="m" instantiate="true"/>' + say("x") + chain("r", "x")


@RELOAD
def test_a_receive_task_starts_a_process_and_has_its_message_already(reload):
    r = begun(RECEIVE, "r", reload, n=1)
    assert r.completed
    assert r.host.trace == ["x"]
    assert r.count("r") == 1
    assert not r.said(e.SubscriptionOpened)
    assert r.variables == {"n": 1}
    assert r.said(e.InstanceStarted) == [e.InstanceStarted("r")]
    r.assert_clean()


def test_a_process_with_only_an_instantiating_receive_task_is_not_started_without_its_message():
    assert triggers(RECEIVE) == [("r", "message", "m")]
    with pytest.raises(NotStartable):
        Run(compiled(RECEIVE)).start()
    with pytest.raises(NotStartable):
        Run(compiled(RECEIVE)).start(at="x")


def test_alternative_starts_do_not_wait_for_each_other():
    body = RECEIVE + '<receiveTask id="r2" messageRef="m2" instantiate="true"/><startEvent id="s"/>'
    body += chain("r2", "x") + chain("s", "x")
    assert sorted(t for t, _, _ in triggers(body)) == ["r", "r2", "s"]
    for trigger in ("r", "r2", None):
        r = Run(compiled(body), reload=True).start(at=trigger)
        assert (r.completed, r.host.trace) == (True, ["x"]), trigger


def test_a_repeated_receive_task_waits_for_the_messages_after_the_first():
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>"
    body = f'<receiveTask id="r" messageRef="m" instantiate="true">{loop}</receiveTask>' + say("x") + chain("r", "x")
    r = begun(body, "r")
    assert r.waiting == ["r", "r"]
    r.message("r")
    assert not r.completed
    r.message("r")
    assert r.completed
    assert r.host.trace == ["x"]


def test_a_receive_task_whose_input_fails_has_its_message_when_it_is_retried():
    broken = (
        "<extensionElements><camunda:inputOutput><camunda:inputParameter name='a'>${b}</camunda:inputParameter>"
        "</camunda:inputOutput></extensionElements>"
    )
    body = f'<receiveTask id="r" messageRef="m" instantiate="true">{broken}</receiveTask>' + say("x") + chain("r", "x")
    r = begun(body, "r")
    assert r.failed == ["r"]
    r.retry("r", b=1)
    assert r.completed
    assert not r.said(e.SubscriptionOpened)


def test_a_boundary_event_of_a_starting_receive_task_is_over_with_it():
    body = RECEIVE + on("late", "r", timer("timeDuration", "PT1H")) + say("y") + chain("late", "y")
    r = begun(body, "r")
    assert r.completed
    assert r.host.trace == ["x"]
    r.assert_clean()


# -- event-based gateways
@RELOAD
@pytest.mark.parametrize("first", ["a", "b"])
def test_the_first_event_behind_an_exclusive_gateway_starts_and_the_others_are_not_waited_for(first, reload):
    body = gateway(catch("a", MESSAGE), catch("b", SIGNAL))
    assert triggers(body) == [("a", "message", "m"), ("b", "signal", "g")]
    r = begun(body, first, reload, n=1)
    assert r.completed
    assert r.host.trace == [f"x{first}"]
    assert [f.target_id for f in r.said(e.FlowTaken, source_id="g")] == [first]
    assert not r.said(e.SubscriptionOpened)
    r.assert_clean()


@RELOAD
@pytest.mark.parametrize("first", ["a", "b"])
def test_behind_a_parallel_gateway_all_events_must_happen(first, reload):
    other = "b" if first == "a" else "a"
    r = begun(gateway(catch("a", MESSAGE), catch("b", MESSAGE2), parallel=True), first, reload)
    assert r.waiting == [other]
    assert r.host.trace == [f"x{first}"]
    assert not r.completed
    r.message(other, "m2" if other == "b" else "m")
    assert r.completed
    assert r.host.trace == [f"x{first}", f"x{other}"]
    r.assert_clean()


def test_receive_tasks_behind_a_parallel_gateway():
    tasks = '<receiveTask id="a" messageRef="m"/><receiveTask id="b" messageRef="m2"/>'
    r = begun(gateway(tasks, parallel=True), "b")
    assert r.waiting == ["a"]
    r.message("a")
    assert r.completed
    assert r.host.trace == ["xb", "xa"]


def test_a_timer_behind_a_gateway_starts_the_process_and_is_not_set_again():
    r = begun(gateway(catch("a", MESSAGE), catch("b", timer("timeCycle", "R/PT1H"))), "b")
    assert r.completed
    assert not r.said(e.TimerSet)


@RELOAD
def test_the_budget_may_cut_between_the_gateway_and_its_event(reload):
    body = gateway(catch("a", MESSAGE), catch("b", MESSAGE2), parallel=True)
    r = Run(compiled(body), reload=reload, budget=Budget(steps=1, seconds=1e9)).start(at="b")
    assert r.pauses
    assert r.waiting == ["a"]
    assert r.host.trace == ["xb"]


def test_a_multiple_event_behind_a_parallel_gateway_waits_for_its_other_events():
    body = gateway(catch("a", MESSAGE, SIGNAL, parallel=True), catch("b", MESSAGE2), parallel=True)
    assert [t for t, _, _ in triggers(body)] == ["a [1]", "a [2]", "b"]
    r = begun(body, "a [1]")
    assert r.waiting == ["a", "b"]
    assert r.host.trace == []
    r.signal()
    assert r.host.trace == ["xa"]
    r.message("b", "m2")
    assert r.completed


def test_two_gateways_are_alternatives():
    body = gateway(catch("a", MESSAGE), catch("b", SIGNAL), parallel=True)
    body += (
        '<eventBasedGateway id="h" instantiate="true"/>'
        + catch("c", MESSAGE2)
        + catch("d", timer("timeDuration", "PT1H"))
    )
    body += chain("h", "c", "xa") + chain("h", "d", "xa")
    assert begun(body, "c").completed
    assert not begun(body, "a").completed


def test_an_activity_behind_a_parallel_gateway_that_is_terminated_waits_for_nothing():
    body = gateway(catch("a", MESSAGE), catch("b", MESSAGE2), parallel=True)
    body += '<endEvent id="stop"><terminateEventDefinition/></endEvent>' + flow("xa", "stop")
    r = begun(body, "a")
    assert r.completed
    r.assert_clean()


# -- start events with several events
def start(*definitions: str, parallel: bool = False) -> str:
    flag = ' parallelMultiple="true"' if parallel else ""
    return f'<startEvent id="t"{flag}>{"".join(definitions)}</startEvent>' + say("x") + chain("t", "x")


@pytest.mark.parametrize("number", [1, 2, 3])
def test_one_of_several_events_starts_a_process(number):
    body = start(MESSAGE, SIGNAL, timer("timeDuration", "PT1H"))
    assert triggers(body) == [("t [1]", "message", "m"), ("t [2]", "signal", "g"), ("t [3]", "timer", None)]
    r = begun(body, f"t [{number}]")
    assert r.completed
    assert r.host.trace == ["x"]
    assert r.count("t") == 1
    assert r.said(e.InstanceStarted) == [e.InstanceStarted("t")]
    r.assert_clean()


@RELOAD
@pytest.mark.parametrize("first", [1, 2, 3])
def test_a_parallel_multiple_start_waits_until_all_have_happened(first, reload):
    r = begun(start(MESSAGE, SIGNAL, MESSAGE2, parallel=True), f"t [{first}]", reload)
    happen = {1: lambda: r.message("t", "m"), 2: r.signal, 3: lambda: other(r, "m2")}
    for number in {1, 2, 3} - {first}:
        assert r.host.trace == []
        happen[number]()
    assert r.completed
    assert r.host.trace == ["x"]
    assert r.count("t") == 1
    r.assert_clean()


def other(r: Run, name: str) -> None:
    [token] = [s.token for s in r.subscriptions.values() if s.name == name]
    r.do(c.DeliverMessage(token, name))


def test_a_parallel_multiple_start_whose_timer_has_no_time_is_an_incident_and_can_be_retried():
    r = begun(start(MESSAGE, timer("timeDuration", "${wait}"), parallel=True), "t [1]")
    assert r.failed == ["t"]
    assert not r.waiting
    r.retry("t", wait="PT1H")
    assert r.waiting == ["t"]
    r.fire("t")
    assert r.completed
    assert r.host.trace == ["x"]


def test_several_events_start_an_event_subprocess_as_before():
    inner = f'<subProcess id="sub" triggeredByEvent="true">{start(MESSAGE, SIGNAL, parallel=True)}</subProcess>'
    r = Run(compiled('<startEvent id="s"/><userTask id="u"/>' + chain("s", "u") + inner), reload=True).start()
    r.message("t")
    assert r.host.trace == []
    r.signal()
    assert r.completed
    assert r.host.trace == ["x"]


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ('<receiveTask id="r" instantiate="true"/>', "start-waits"),
        (gateway(catch("a", MESSAGE), catch("b", CONDITION)), "start-waits"),
        (RECEIVE + '<receiveTask id="q" messageRef="m" instantiate="true"/>' + chain("q", "x"), "message-start-twice"),
        (start(MESSAGE, MESSAGE), "message-start-twice"),
    ],
)  # fmt: skip
def test_what_nothing_can_start_is_refused(body, rule):
    assert rule in {p.rule for p in compile_bpmn(bpmn(body), filename="t.bpmn").errors}
