"""A signal reaches all who wait for it when it is thrown, in every instance, and starts what waits for it."""

from __future__ import annotations

import pytest
from tests.installation import ADMIN, Installation, bpmn, flow

from stellwerk.errors import InvalidInput, NotPermitted
from stellwerk.usecases import signals
from stellwerk.usecases.access import Principal
from stellwerk.usecases.signals import SignalRequest

ALARM = '<bpmn:signal id="g" name="alarm"/>'
EVENT = '<bpmn:signalEventDefinition signalRef="g"/>'
CATCH = f'<bpmn:intermediateCatchEvent id="catch">{EVENT}</bpmn:intermediateCatchEvent>'
WAIT = bpmn(
    "wait",
    f'<bpmn:startEvent id="start"/>{CATCH}<bpmn:endEvent id="end"/>' + flow("start", "catch", "end"),
    extra=ALARM,
)
BEGIN = bpmn(
    "begin",
    f'<bpmn:startEvent id="start">{EVENT}</bpmn:startEvent><bpmn:userTask id="look"/>' + flow("start", "look"),
    extra=ALARM,
)
THROW = bpmn(
    "thrower",
    f'<bpmn:startEvent id="start"/><bpmn:parallelGateway id="both"/>{CATCH}'
    f'<bpmn:intermediateThrowEvent id="throw">{EVENT}</bpmn:intermediateThrowEvent>'
    + flow("start", "both", "catch")
    + flow("both", "throw"),
    extra=ALARM,
)


def broadcast(home: Installation, **variables: object) -> tuple[int, int]:
    reached = signals.broadcast(home.rt, ADMIN, SignalRequest("alarm", variables))
    home.run_due()
    return reached.instances, reached.starts


def test_a_signal_from_outside_reaches_every_instance_and_starts_processes(home: Installation) -> None:
    home.deploy(WAIT, BEGIN)
    ids = [home.start("wait") for _ in range(3)]
    assert broadcast(home, level=2) == (3, 1)
    assert [home.read(id).state for id in ids] == ["completed"] * 3
    assert home.variables(ids[0]) == {"level": 2}
    (started,) = home.instances(definition_key="begin")
    assert home.variables(started.id) == {"level": 2}


def test_a_signal_is_not_kept(home: Installation) -> None:
    home.deploy(WAIT)
    assert broadcast(home) == (0, 0)
    id = home.start("wait")
    home.run_due()
    assert home.read(id).state == "active"


def test_a_thrown_signal_reaches_the_others_once_and_the_thrower_at_once(home: Installation) -> None:
    home.deploy(WAIT, THROW, BEGIN)
    other = home.start("wait")
    thrower = home.start("thrower")
    assert home.read(thrower).state == "completed"
    home.run_due()
    assert home.read(other).state == "completed"
    assert len(home.instances(definition_key="begin")) == 1


def test_a_signal_for_an_instance_that_has_ended_meanwhile_is_dropped(home: Installation) -> None:
    home.deploy(WAIT)
    id = home.start("wait")
    signals.broadcast(home.rt, ADMIN, SignalRequest("alarm"))
    signals.broadcast(home.rt, ADMIN, SignalRequest("alarm"))
    home.run_due()
    assert home.read(id).state == "completed"
    assert home.jobs(id) == ()


def test_a_new_version_takes_the_signals(home: Installation) -> None:
    home.deploy(BEGIN)
    home.deploy(BEGIN.replace('id="look"', 'id="look" name="Look"'))
    assert broadcast(home) == (0, 1)
    assert len(home.instances(definition_key="begin")) == 1


def test_who_may_broadcast_and_what(home: Installation) -> None:
    with pytest.raises(NotPermitted):
        signals.broadcast(home.rt, Principal("anna", frozenset({"user"})), SignalRequest("alarm"))
    with pytest.raises(InvalidInput):
        signals.broadcast(home.rt, ADMIN, SignalRequest(""))
