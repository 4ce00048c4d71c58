"""Conversations of several processes: correlation keys bring each message to the one instance that it is for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from tests.installation import ADMIN, Installation, bpmn, flow

from stellwerk.store import messages as store
from stellwerk.store.paging import PageRequest
from stellwerk.store.records import MessageRecord
from stellwerk.store.subscriptions import list_subscriptions
from stellwerk.usecases import instances, messages, tasks
from stellwerk.usecases.messages import MessageRequest

MESSAGES = '<bpmn:message id="m1" name="order"/><bpmn:message id="m2" name="bill"/>'


def retrieval(message: str, path: str) -> str:
    return (
        f'<bpmn:correlationPropertyRetrievalExpression messageRef="{message}"><bpmn:messagePath>{path}'
        "</bpmn:messagePath></bpmn:correlationPropertyRetrievalExpression>"
    )


KEY = (
    MESSAGES
    + f'<bpmn:correlationProperty id="p" name="number">{retrieval("m1", "number")}{retrieval("m2", "${bill.number}")}'
    + '</bpmn:correlationProperty><bpmn:collaboration id="co"><bpmn:correlationKey id="K">'
    + "<bpmn:correlationPropertyRef>p</bpmn:correlationPropertyRef></bpmn:correlationKey></bpmn:collaboration>"
)


def parameters(**given: str) -> str:
    inner = "".join(f'<camunda:inputParameter name="{n}">{v}</camunda:inputParameter>' for n, v in given.items())
    return f"<bpmn:extensionElements><camunda:inputOutput>{inner}</camunda:inputOutput></bpmn:extensionElements>"


CUSTOMER = bpmn(
    "customer",
    '<bpmn:startEvent id="start"/>'
    f'<bpmn:sendTask id="ask" messageRef="m1">{parameters(number="${number}")}</bpmn:sendTask>'
    '<bpmn:receiveTask id="wait" messageRef="m2"/><bpmn:endEvent id="end"/>' + flow("start", "ask", "wait", "end"),
    extra=KEY,
)
SHOP = bpmn(
    "shop",
    '<bpmn:startEvent id="start"><bpmn:messageEventDefinition messageRef="m1"/></bpmn:startEvent>'
    '<bpmn:userTask id="work"/>'
    '<bpmn:sendTask id="answer" messageRef="m2"><bpmn:extensionElements><camunda:inputOutput>'
    '<camunda:inputParameter name="bill"><camunda:map><camunda:entry key="number">${number}</camunda:entry>'
    '<camunda:entry key="sum">${sum}</camunda:entry></camunda:map></camunda:inputParameter>'
    "</camunda:inputOutput></bpmn:extensionElements></bpmn:sendTask>"
    '<bpmn:endEvent id="end"/>' + flow("start", "work", "answer", "end"),
    extra=KEY,
)
SUBSCRIBED = bpmn(
    "subscribed",
    '<bpmn:correlationSubscription id="sub" correlationKeyRef="K"><bpmn:correlationPropertyBinding '
    'correlationPropertyRef="p"><bpmn:dataPath>current</bpmn:dataPath></bpmn:correlationPropertyBinding>'
    '</bpmn:correlationSubscription><bpmn:startEvent id="start"/><bpmn:receiveTask id="wait" messageRef="m2"/>'
    '<bpmn:endEvent id="end"/>' + flow("start", "wait", "end"),
    extra=KEY,
)


def publish(home: Installation, name: str, variables: Mapping[str, Any] | None = None, **given: Any) -> MessageRecord:
    record = messages.publish(home.rt, ADMIN, MessageRequest(name, variables=variables or {}, **given))
    home.run_due()
    [now] = [m for m in home.messages() if m.id == record.id]
    return now


def test_two_pools_talk_and_each_answer_finds_its_customer(home: Installation) -> None:
    home.deploy(CUSTOMER)
    home.deploy(SHOP)
    customers = {n: home.start("customer", number=n) for n in (1, 2, 3)}
    home.run_due()
    assert [m.correlation_keys for m in home.messages(name="order")] == [{"number": n} for n in (3, 2, 1)]
    shops = {home.variables(i.id)["number"]: i.id for i in home.instances(definition_key="shop")}
    assert sorted(shops) == [1, 2, 3]
    for number in (2, 3, 1):
        [task] = [t for t in home.tasks() if t.instance_id == shops[number]]
        tasks.complete(home.rt, ADMIN, task.id, {"sum": number * 10})
        home.run_due()
        assert home.read(customers[number]).state == "completed"
        assert home.variables(customers[number])["bill"] == {"number": number, "sum": number * 10}


def test_a_message_from_outside_is_matched_by_what_it_holds(home: Installation) -> None:
    home.deploy(CUSTOMER)
    one, two = home.start("customer", number=1), home.start("customer", number=2)
    home.run_due()
    assert publish(home, "bill", {"bill": {"number": 2}}).instance_id == two
    assert publish(home, "bill", correlation_keys={"number": 1}).instance_id == one


def test_a_message_that_differs_stays_with_the_keys_of_who_waits(home: Installation) -> None:
    home.deploy(CUSTOMER)
    for n in (1, 2):
        home.start("customer", number=n)
    home.run_due()
    kept = publish(home, "bill", {"bill": {"number": 5}})
    assert kept.state == "waiting"
    assert "who waits has number = 1; or number = 2" in kept.reason
    without = publish(home, "bill")
    assert without.state == "waiting"
    third = home.start("customer", number=5)
    home.run_due()
    assert home.read(third).state == "completed"
    assert [m.state for m in home.messages(name="bill") if m.id == without.id] == ["waiting"]


def test_two_that_fit_are_told(home: Installation) -> None:
    home.deploy(CUSTOMER)
    for _ in range(2):
        home.start("customer", number=1)
    home.run_due()
    kept = publish(home, "bill", {"bill": {"number": 1}})
    assert kept.state == "waiting"
    assert "2 instances wait" in kept.reason


def test_a_subscription_follows_its_variables_and_a_message_that_waited_arrives(home: Installation) -> None:
    home.deploy(SUBSCRIBED)
    id, other = home.start("subscribed", current=1), home.start("subscribed", current=2)
    assert publish(home, "bill", {"bill": {"number": 3}}).state == "waiting"
    instances.change_variables(home.rt, ADMIN, id, {"current": 3})
    home.run_due()
    assert home.read(id).state == "completed"
    assert publish(home, "bill", {"bill": {"number": 1}}).state == "waiting"
    assert publish(home, "bill", {"bill": {"number": 2}}).instance_id == other


def test_the_one_of_very_many_that_fits_is_found(home: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST_WAITERS", 3)
    home.deploy(SUBSCRIBED)
    ids = [home.start("subscribed", current=f"no {n}") for n in range(12)]
    assert publish(home, "bill", {"bill": {"number": "no 9"}}).instance_id == ids[9]
    assert publish(home, "bill", correlation_keys={"number": "no 10"}).instance_id == ids[10]


def test_a_new_version_may_read_the_property_elsewhere(home: Installation) -> None:
    home.deploy(SUBSCRIBED)
    old = home.start("subscribed", current=1)
    home.deploy(SUBSCRIBED.replace("${bill.number}", "nr"))
    new = home.start("subscribed", current=1)
    assert publish(home, "bill", {"nr": 1}).instance_id == new
    assert publish(home, "bill", {"bill": {"number": 1}}).instance_id == old


def test_operators_see_who_waits_with_which_keys(home: Installation) -> None:
    home.deploy(SUBSCRIBED)
    id, unset = home.start("subscribed", current=17), home.start("subscribed")
    with home.rt.database.reading() as tx:
        [known] = list_subscriptions(tx, id, PageRequest(limit=10)).items
        [unknown] = list_subscriptions(tx, unset, PageRequest(limit=10)).items
    assert (known.element_id, known.kind, known.name) == ("wait", "message", "bill")
    assert known.correlation_keys == {"K": {"number": "17"}}
    assert unknown.correlation_keys == {"K": {"number": None}}
