"""Messages find who waits, whoever comes first, and each is taken once."""

from __future__ import annotations

import threading
from typing import Any
from uuid import UUID

import pytest
from tests.installation import ADMIN, Installation, bpmn, flow

from stellwerk.errors import InvalidInput, MessageConflict, NotPermitted
from stellwerk.store.records import MessageRecord
from stellwerk.usecases import instances, messages
from stellwerk.usecases.access import Principal
from stellwerk.usecases.messages import MessageRequest

PAID = '<bpmn:message id="m" name="paid"/>'
CATCH = """<bpmn:intermediateCatchEvent id="catch"><bpmn:messageEventDefinition messageRef="m"/>
</bpmn:intermediateCatchEvent>"""
WAIT = bpmn(
    "wait",
    f'<bpmn:startEvent id="start"/>{CATCH}<bpmn:endEvent id="end"/>' + flow("start", "catch", "end"),
    extra=PAID,
)
LATE = bpmn(
    "late",
    f'<bpmn:startEvent id="start"/><bpmn:userTask id="first"/>{CATCH}<bpmn:endEvent id="end"/>'
    + flow("start", "first", "catch", "end"),
    extra=PAID,
)
BEGIN = bpmn(
    "begin",
    """<bpmn:startEvent id="start"><bpmn:messageEventDefinition messageRef="m"/></bpmn:startEvent>
    <bpmn:endEvent id="end"/>"""
    + flow("start", "end"),
    extra=PAID,
)


def publish(home: Installation, name: str = "paid", **given: Any) -> MessageRecord:
    return messages.publish(home.rt, ADMIN, MessageRequest(name, **given))


def ended(home: Installation, id: UUID) -> bool:
    home.run_due()
    return home.read(id).state == "completed"


def test_a_message_goes_to_the_one_that_waits_and_brings_its_variables(home: Installation) -> None:
    home.deploy(WAIT)
    id = home.start("wait")
    record = publish(home, variables={"amount": 5})
    assert (record.state, record.instance_id) == ("delivering", id)
    assert not home.read(id).settled
    assert ended(home, id)
    assert home.variables(id) == {"amount": 5}
    assert home.messages()[0].state == "delivered"


def test_a_message_that_comes_too_early_waits_for_its_receiver(home: Installation) -> None:
    home.deploy(WAIT)
    record = publish(home)
    assert record.state == "waiting"
    assert "Nobody waits for 'paid'" in record.reason
    assert ended(home, home.start("wait"))


def test_a_message_without_time_to_live_left_is_not_taken(home: Installation) -> None:
    home.deploy(WAIT)
    assert publish(home, ttl_seconds=0).state == "expired"
    publish(home, ttl_seconds=60)
    home.clock.forward(seconds=61)
    id = home.start("wait")
    assert not ended(home, id)
    assert messages.expire(home.rt) == 1
    assert [m.state for m in home.messages()] == ["expired", "expired"]


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ({"correlation_keys": {"order": 2}}, "B"),
        ({"correlation_keys": {"order": "2"}}, None),
        ({"correlation_keys": {"order": 2, "region": "north"}}, None),
        ({"correlation_keys": {"order": 1, "region": "north"}}, "A"),
        ({"business_key": "A"}, "A"),
        ({"business_key": "A", "correlation_keys": {"order": 2}}, None),
        ({}, None),
    ],
)
def test_keys_choose_between_instances(home: Installation, given: dict[str, Any], taken: str | None) -> None:
    home.deploy(WAIT)
    home.start("wait", "A", order=1, region="north")
    home.start("wait", "B", order=2, region="south")
    record = publish(home, **given)
    if taken is None:
        assert (record.state, record.instance_id) == ("waiting", None)
        assert record.reason
    else:
        assert record.instance_id is not None
        assert home.read(record.instance_id).business_key == taken


def test_a_message_that_fits_several_stays_visible_and_goes_to_the_one_that_is_left(home: Installation) -> None:
    home.deploy(WAIT)
    one, other = home.start("wait"), home.start("wait")
    assert "2 instances" in publish(home).reason
    instances.cancel(home.rt, ADMIN, one)
    home.deploy(LATE)
    assert not ended(home, other)  # nothing new waits, so nobody looked
    third = home.start("wait")  # now somebody does: two fit again
    assert not ended(home, third)


def test_each_message_is_taken_once(home: Installation) -> None:
    home.deploy(WAIT)
    publish(home, variables={"n": 1})
    publish(home, variables={"n": 2})
    first, second = home.start("wait"), home.start("wait")
    assert ended(home, first)
    assert ended(home, second)
    assert {home.variables(first)["n"], home.variables(second)["n"]} == {1, 2}


def test_a_message_that_was_on_its_way_to_a_token_that_left_finds_another(home: Installation) -> None:
    home.deploy(WAIT)
    first = home.start("wait")
    publish(home)
    instances.cancel(home.rt, ADMIN, first)
    second = home.start("wait")
    assert ended(home, second)


def test_a_message_starts_a_process(home: Installation) -> None:
    home.deploy(BEGIN)
    publish(home, business_key="K", variables={"amount": 1})
    home.run_due()
    record = home.messages()[0]
    assert record.state == "delivered"
    assert record.instance_id is not None
    assert home.read(record.instance_id).business_key == "K"
    assert home.variables(record.instance_id) == {"amount": 1}


def test_who_waits_goes_before_a_start(home: Installation) -> None:
    home.deploy(BEGIN, WAIT)
    id = home.start("wait")
    publish(home)
    assert ended(home, id)
    assert home.count("begin") == 0


def test_a_message_that_came_before_its_process_was_deployed_starts_it(home: Installation) -> None:
    publish(home)
    home.deploy(BEGIN)
    home.run_due()
    assert home.count("begin") == 1


def test_a_repeat_with_the_same_id_answers_as_the_first_and_is_not_sent_twice(home: Installation) -> None:
    home.deploy(BEGIN)
    first = publish(home, message_id="M1", variables={"a": 1, "b": 2})
    home.run_due()
    again = publish(home, message_id="M1", variables={"b": 2, "a": 1})
    assert (again.id, again.state, again.instance_id) == (first.id, first.state, first.instance_id)
    home.run_due()
    assert home.count("begin") == 1
    with pytest.raises(MessageConflict):
        publish(home, message_id="M1", variables={"a": 2})
    assert len(home.messages()) == 1


@pytest.mark.parametrize(
    "given",
    [
        {"name": ""},
        {"name": "x" * 256},
        {"name": "a\0b"},
        {"name": "\ud800"},
        {"ttl_seconds": -1},
        {"ttl_seconds": 1e12},
        {"variables": {"a": float("inf")}},
        {"correlation_keys": {"a": object()}},
        {"message_id": "x" * 300},
    ],
)
def test_what_cannot_be_stored_is_refused_and_nothing_is_kept(home: Installation, given: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        publish(home, **given)
    assert home.messages() == []


def test_users_may_not_publish(home: Installation) -> None:
    with pytest.raises(NotPermitted):
        messages.publish(home.rt, Principal("anna", frozenset({"user"})), MessageRequest("paid"))


BELL = bpmn(
    "bell",
    """<bpmn:startEvent id="start"/><bpmn:userTask id="work"/><bpmn:endEvent id="end"/>
    <bpmn:boundaryEvent id="rings" attachedToRef="work" cancelActivity="false">
      <bpmn:messageEventDefinition messageRef="m"/></bpmn:boundaryEvent><bpmn:endEvent id="rung"/>"""
    + flow("start", "work", "end")
    + flow("rings", "rung"),
    extra=PAID,
)


def test_an_event_that_does_not_interrupt_takes_one_message_after_the_other(home: Installation) -> None:
    home.deploy(BELL)
    id = home.start("bell")
    for _ in range(3):
        publish(home)
    home.run_due()
    assert home.trace(id).count(("rung", "completed")) == 3
    assert {m.state for m in home.messages()} == {"delivered"}


# -- instances that talk
ASK = bpmn(
    "ask",
    """<bpmn:startEvent id="start"/><bpmn:sendTask id="send" messageRef="q"/>
    <bpmn:receiveTask id="wait" messageRef="a"/><bpmn:endEvent id="end"/>"""
    + flow("start", "send", "wait", "end"),
    extra='<bpmn:message id="q" name="question"/><bpmn:message id="a" name="answer"/>',
)
ANSWER = bpmn(
    "answer",
    """<bpmn:startEvent id="start"><bpmn:messageEventDefinition messageRef="q"/></bpmn:startEvent>
    <bpmn:userTask id="think"/><bpmn:endEvent id="end"><bpmn:messageEventDefinition messageRef="a"/></bpmn:endEvent>"""
    + flow("start", "think", "end"),
    extra='<bpmn:message id="q" name="question"/><bpmn:message id="a" name="answer"/>',
)


def test_an_answer_finds_who_asked_although_several_wait(home: Installation) -> None:
    from stellwerk.usecases import tasks

    home.deploy(ASK, ANSWER)
    first, second = home.start("ask"), home.start("ask")
    home.run_due()
    thinking = home.tasks()
    assert len(thinking) == 2
    asked = {m.instance_id for m in home.messages(name="question")}
    assert asked == {task.instance_id for task in thinking}
    tasks.complete(home.rt, ADMIN, thinking[0].id, {})
    home.run_due()
    assert sorted(home.read(id).state for id in (first, second)) == ["active", "completed"]
    tasks.complete(home.rt, ADMIN, thinking[1].id, {})
    home.run_due()
    assert [home.read(id).state for id in (first, second)] == ["completed", "completed"]


def test_business_keys_travel_with_thrown_messages(home: Installation) -> None:
    home.deploy(ASK, ANSWER)
    home.start("ask", "K-9")
    home.run_due()
    assert home.tasks()[0].business_key == "K-9"


def test_publishing_and_beginning_to_wait_at_the_same_moment_never_miss_each_other(home: Installation) -> None:
    """Thirty times both at once, in two threads: no message waits beside its catcher."""
    home.deploy(WAIT)
    for n in range(30):
        barrier = threading.Barrier(2)

        def begin(n: int = n, barrier: threading.Barrier = barrier) -> None:
            barrier.wait()
            home.start("wait", f"K{n}", n=n)

        other = threading.Thread(target=begin)
        other.start()
        barrier.wait()
        publish(home, correlation_keys={"n": n})
        other.join()
    home.run_due()
    assert {m.state for m in home.messages()} == {"delivered"}
    assert home.count("wait") == 30
