"""The events that the instances of a multi-instance throw."""

import pytest
from tests.engine.harness import ERROR, SIGNAL, chain, on, run, say
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


@pytest.mark.parametrize(("interrupting", "expected"), [(True, ["a", "x"]), (False, ["a", "x", "a", "a", "end"])])
def test_a_boundary_event_catches_it(interrupting, expected):
    boundary = on("b", "a", SIGNAL, interrupting)
    r = run(task('behavior="One" oneBehaviorEventRef="def"', boundary=boundary), extra=X)
    assert sorted(r.host.trace) == sorted(expected)
    assert r.completed
    r.assert_clean()


def test_conditions_choose_the_event():
    when = (
        "<complexBehaviorDefinition><condition>nrOfCompletedInstances == 2</condition>"
        f"<event>{SIGNAL}</event></complexBehaviorDefinition>"
    )
    r = run(task('behavior="Complex"', when, on("b", "a", SIGNAL)))
    assert r.host.trace == ["a", "a", "x"]
    assert r.completed


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
