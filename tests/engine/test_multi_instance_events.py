"""The events that the instances of a multi-instance throw."""

import pytest
from tests.engine.harness import ERROR, SIGNAL, chain, on, run, say, script
from tests.engine.test_compensation import everywhere

from stellwerk.engine import events as e

S = '<startEvent id="s"/>'
AT_ROOT = '<signalEventDefinition id="def" signalRef="SG"/><escalationEventDefinition id="esc" escalationRef="X"/>'
X = AT_ROOT + '<escalation id="X" escalationCode="X" name="X"/>'


def task(behaviour: str, inside: str = "", boundary: str = "") -> str:
    loop = f'<multiInstanceLoopCharacteristics isSequential="true" {behaviour}><loopCardinality>3</loopCardinality>'
    work = f'<scriptTask id="a">{loop}{inside}</multiInstanceLoopCharacteristics><script>log("a")</script></scriptTask>'
    return S + work + boundary + say("end") + chain("s", "a", "end") + (say("x") + chain("b", "x") if boundary else "")


@pytest.mark.parametrize(
    ("behaviour", "thrown"),
    [
        ('behavior="One" oneBehaviorEventRef="def"', 1),
        ('behavior="None" noneBehaviorEventRef="def"', 3),
        ('behavior="All"', 0),
    ],
)
def test_how_often_the_event_is_thrown(behaviour, thrown):
    r = run(task(behaviour), extra=X)
    assert len(r.said(e.SignalThrown)) == thrown
    assert r.host.trace == ["a"] * 3 + ["end"]
    assert r.completed


@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize(("behaviour", "caught"), [("One", 1), ("None", 3)])
def test_a_boundary_event_that_catches_it_lets_the_instances_go_on(interrupting, behaviour, caught):
    boundary = on("b", "a", SIGNAL, interrupting)
    r = run(task(f'behavior="{behaviour}" {behaviour.lower()}BehaviorEventRef="def"', boundary=boundary), extra=X)
    assert sorted(r.host.trace) == ["a"] * 3 + ["end"] + ["x"] * caught
    assert r.completed
    r.assert_clean()


def test_a_signal_from_elsewhere_interrupts_as_always():
    boundary = on("b", "a", SIGNAL)
    body = task('behavior="One" oneBehaviorEventRef="def"', boundary=boundary)
    r = run(body.replace("scriptTask", "userTask", 2).replace('<script>log("a")</script>', "", 1), extra=X)
    r.signal()
    assert r.host.trace == ["x"]
    assert r.completed
    r.assert_clean()


@pytest.mark.parametrize(("interrupting", "rounds"), [(True, 2), (False, 3)])
def test_conditions_choose_the_event_and_an_interrupting_catcher_ends_the_rest(interrupting, rounds):
    when = (
        "<complexBehaviorDefinition><condition>nrOfCompletedInstances == 2</condition>"
        f"<event>{SIGNAL}</event></complexBehaviorDefinition>"
    )
    r = run(task('behavior="Complex"', when, on("b", "a", SIGNAL, interrupting)))
    assert sorted(r.host.trace) == ["a"] * rounds + ["end", "x"]
    assert r.completed
    r.assert_clean()


def test_an_error_of_the_instances_is_caught_at_the_activity():
    when = f"<complexBehaviorDefinition><condition>True</condition><event>{ERROR}</event></complexBehaviorDefinition>"
    r = everywhere(task('behavior="Complex"', when, on("b", "a", ERROR)))
    assert r.host.trace == ["a", "x"]
    r.assert_clean()


def test_an_escalation_of_the_instances():
    caught = on("b", "a", '<escalationEventDefinition escalationRef="X"/>', interrupting=False)
    r = run(task('behavior="None" noneBehaviorEventRef="esc"', boundary=caught), extra=X)
    assert sorted(r.host.trace) == ["a"] * 3 + ["end"] + ["x"] * 3
    assert r.completed


def test_what_an_instance_had_for_itself_hides_nothing_from_those_after_it():
    """Conditions and events may read it; output parameters are written around, and flows see what is around."""
    parameters = (
        "<extensionElements><camunda:inputOutput><camunda:inputParameter name='total'>${0}</camunda:inputParameter>"
        "<camunda:outputParameter name='total'>${loopCounter + 1}</camunda:outputParameter></camunda:inputOutput>"
        "</extensionElements>"
    )
    body = task('behavior="None" noneBehaviorEventRef="def"').replace("<multi", f"{parameters}<multi", 1)
    body += script("after", "log(total)") + chain("end", "after")
    r = run(body, {"total": 100}, extra=X)
    assert r.host.trace == ["a", "a", "a", "end", 3]


def test_events_that_could_not_be_thrown_are_thrown_by_a_retry():
    """One for each instance that has ended in the meantime."""
    inside = (
        '<complexBehaviorDefinition><condition xsi:type="tFormalExpression">wanted</condition>'
        '<event xsi:type="tImplicitThrowEvent" id="ev"><signalEventDefinition signalRef="SG"/></event>'
        "</complexBehaviorDefinition>"
    )
    loop = f'<multiInstanceLoopCharacteristics behavior="Complex"><loopCardinality>3</loopCardinality>{inside}'
    work = f'<userTask id="a">{loop}</multiInstanceLoopCharacteristics></userTask>'
    r = run(f"{S}{work}{on('b', 'a', SIGNAL, False)}{say('x')}{say('end')}{chain('s', 'a', 'end')}{chain('b', 'x')}")
    r.complete("a")
    r.complete("a")
    assert r.failed == ["a"]
    assert r.host.trace == []
    r.retry("a", wanted=True)
    assert r.host.trace == ["x", "x"]
    r.complete("a")
    assert sorted(r.host.trace) == ["end", "x", "x", "x"]
    assert r.completed
    r.assert_clean()
