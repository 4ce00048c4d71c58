"""Processes that are started by receive tasks, gateways and events of several kinds, on the database."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.installation import ADMIN, Clock, Installation, bpmn, flow, installation

from stellwerk.store.records import MessageRecord
from stellwerk.usecases import messages, signals
from stellwerk.usecases.messages import MessageRequest
from stellwerk.usecases.signals import SignalRequest

NAMES = '<bpmn:message id="m1" name="order"/><bpmn:message id="m2" name="money"/><bpmn:signal id="s1" name="open"/>'
ORDER = '<bpmn:messageEventDefinition messageRef="m1"/>'
MONEY = '<bpmn:messageEventDefinition messageRef="m2"/>'
OPEN = '<bpmn:signalEventDefinition signalRef="s1"/>'
HOURLY = "<bpmn:timerEventDefinition><bpmn:timeCycle>R/PT1H</bpmn:timeCycle></bpmn:timerEventDefinition>"


def catch(id: str, definition: str) -> str:
    return f'<bpmn:intermediateCatchEvent id="{id}">{definition}</bpmn:intermediateCatchEvent>'


def gateway(kind: str) -> str:
    body = f'<bpmn:eventBasedGateway id="g" instantiate="true" eventGatewayType="{kind}"/><bpmn:endEvent id="end"/>'
    body += catch("a", ORDER) + catch("b", MONEY)
    return bpmn("paired", body + flow("g", "a", "end") + flow("g", "b", "end"), extra=NAMES)


def several(*definitions: str, parallel: bool = False) -> str:
    flag = ' parallelMultiple="true"' if parallel else ""
    start = f'<bpmn:startEvent id="start"{flag}>{"".join(definitions)}</bpmn:startEvent><bpmn:endEvent id="end"/>'
    return bpmn("several", start + flow("start", "end"), extra=NAMES)


def publish(home: Installation, name: str, **given: Any) -> MessageRecord:
    record = messages.publish(home.rt, ADMIN, MessageRequest(name, **given))
    home.run_due()
    return record


def states(home: Installation) -> list[tuple[str | None, str]]:
    return sorted((i.business_key, i.state) for i in home.instances())


def test_a_receive_task_starts_a_process(home: Installation) -> None:
    body = '<bpmn:receiveTask id="r" messageRef="m1" instantiate="true"/><bpmn:endEvent id="end"/>' + flow("r", "end")
    home.deploy(bpmn("taken", body, extra=NAMES))
    publish(home, "order", variables={"n": 1})
    [instance] = home.instances()
    assert instance.state == "completed"
    assert home.variables(instance.id) == {"n": 1}
    assert home.trace(instance.id) == [("r", "completed"), ("end", "completed")]


def test_the_other_event_behind_an_exclusive_gateway_starts_another_instance(home: Installation) -> None:
    home.deploy(gateway("Exclusive"))
    publish(home, "order", business_key="A")
    publish(home, "money", business_key="A")
    assert states(home) == [("A", "completed"), ("A", "completed")]


def test_events_behind_a_parallel_gateway_find_the_instance_that_the_first_one_began(home: Installation) -> None:
    home.deploy(gateway("Parallel"))
    publish(home, "order", business_key="A")
    publish(home, "money", business_key="B")
    assert states(home) == [("A", "active"), ("B", "active")]
    publish(home, "order", business_key="B")
    assert states(home) == [("A", "active"), ("B", "completed")]
    publish(home, "money", business_key="A")
    assert states(home) == [("A", "completed"), ("B", "completed")]


def test_a_parallel_multiple_start_is_begun_by_any_of_its_events_and_waits_for_the_rest(home: Installation) -> None:
    home.deploy(several(MONEY, OPEN, parallel=True))
    publish(home, "money", business_key="A")
    assert states(home) == [("A", "active")]
    reached = signals.broadcast(home.rt, ADMIN, SignalRequest("open"))
    home.run_due()
    assert (reached.instances, reached.starts) == (1, 1)
    assert sorted(i.state for i in home.instances()) == ["active", "completed"]


def test_each_of_several_events_starts_an_instance(home: Installation) -> None:
    home.deploy(several(ORDER, MONEY, HOURLY))
    home.clock.forward(hours=1)
    home.run_due()
    publish(home, "money")
    publish(home, "order")
    home.clock.forward(hours=1)
    home.run_due()
    assert [i.state for i in home.instances()] == ["completed"] * 4


def test_only_the_newest_version_is_started_by_its_events(home: Installation) -> None:
    home.deploy(several(ORDER, MONEY))
    home.deploy(several(MONEY))
    publish(home, "money")
    assert publish(home, "order").state == "waiting"
    assert [i.version for i in home.instances()] == [2]


def test_a_timer_start_keeps_its_local_time_in_the_zone_of_the_server(tmp_path: Path) -> None:
    clock = Clock(datetime(2026, 3, 28, 0, 0, tzinfo=UTC))
    with installation(tmp_path, clock=clock, time_zone=ZoneInfo("Europe/Berlin")) as home:
        daily = "<bpmn:timerEventDefinition><bpmn:timeCycle>0 8 * * *</bpmn:timeCycle></bpmn:timerEventDefinition>"
        home.deploy(several(daily))
        for _ in range(3 * 24):
            clock.forward(hours=1)
            home.run_due()
        began = sorted(i.started_at for i in home.instances())
    assert [f"{at:%d %H}" for at in began] == ["28 07", "29 06", "30 06"]
