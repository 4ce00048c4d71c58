"""Instances from start to end, through the real engine and the real database."""

from __future__ import annotations

import pytest
from tests.installation import ADMIN, ALL, Installation, bpmn, flow

from stellwerk.errors import InvalidInput, NotFound, NotPermitted, NotStartable, WrongState
from stellwerk.store.instances import InstanceFilter, list_instances
from stellwerk.usecases import definitions, instances
from stellwerk.usecases.access import Principal
from stellwerk.usecases.instances import StartRequest

APPROVE = bpmn(
    "approve",
    '<bpmn:startEvent id="start"/><bpmn:userTask id="look" name="Have a look"/><bpmn:endEvent id="end"/>'
    + flow("start", "look", "end"),
)
STRAIGHT = bpmn("straight", '<bpmn:startEvent id="start"/><bpmn:endEvent id="end"/>' + flow("start", "end"))
ANNA = Principal("anna", frozenset({"user"}))


def test_an_instance_without_work_ends_at_once(home: Installation) -> None:
    home.deploy(STRAIGHT)
    id = home.start("straight", "K-1", amount=3)
    record = home.read(id)
    assert (record.state, record.business_key, record.started_by, record.settled) == ("completed", "K-1", "admin", True)
    assert record.ended_at == home.clock.now
    assert home.trace(id) == [("start", "completed"), ("end", "completed")]
    assert home.variables(id) == {"amount": 3}
    assert home.happened(id)[0] == "InstanceStarted"
    assert home.happened(id)[-1] == "InstanceEnded"


ENDS = '<bpmn:startEvent id="start"/>{}<bpmn:endEvent id="end"/>' + flow("start", "act", "end")
WAITS = {
    "person": '<bpmn:userTask id="act"/>',
    "handler": '<bpmn:serviceTask id="act" camunda:type="external" camunda:topic="none"/>',
    "time": """<bpmn:intermediateCatchEvent id="act"><bpmn:timerEventDefinition><bpmn:timeDuration>"PT1H"
        </bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>""",
    "operator": '<bpmn:scriptTask id="act"><bpmn:script>1 // 0</bpmn:script></bpmn:scriptTask>',
    "call": '<bpmn:callActivity id="act" calledElement="approve"/>',
    "nobody": '<bpmn:task id="act"/>',
}


@pytest.mark.parametrize("what", WAITS)
def test_a_start_answers_what_a_reading_would(home: Installation, what: str) -> None:
    home.deploy(APPROVE)
    home.deploy(bpmn("begun", ENDS.format(WAITS[what])))
    told = instances.start(home.rt, ADMIN, StartRequest(definition_key="begun", business_key="K-1"))
    assert told == home.read(told.id)
    assert told.settled == (what != "handler")


def test_a_start_needs_a_process_and_a_version_that_exists(home: Installation) -> None:
    home.deploy(STRAIGHT)
    with pytest.raises(NotFound):
        home.start("nothing")
    with pytest.raises(NotFound):
        instances.start(home.rt, ADMIN, StartRequest(definition_key="straight", version=2))
    with pytest.raises(InvalidInput):
        instances.start(home.rt, ADMIN, StartRequest())


def test_a_version_that_is_not_active_refuses_starts_also_by_id(home: Installation) -> None:
    id = home.deploy(STRAIGHT).definitions[0].id
    definitions.deactivate(home.rt, ADMIN, id)
    with pytest.raises(NotStartable):
        home.start("straight")
    with pytest.raises(NotStartable):
        instances.start(home.rt, ADMIN, StartRequest(definition_id=id))
    definitions.activate(home.rt, ADMIN, id)
    assert home.read(home.start("straight")).state == "completed"


def test_values_that_cannot_be_stored_are_refused_before_anything_is(home: Installation) -> None:
    home.deploy(STRAIGHT)
    with pytest.raises(InvalidInput) as refused:
        home.start("straight", bad=float("nan"))
    assert refused.value.errors[0].path == "variables.bad"
    with pytest.raises(InvalidInput):
        home.start("straight", "x" * 256)
    assert search(home) == []


def search(home: Installation, **wanted: object) -> list[str | None]:
    with home.rt.database.reading() as tx:
        page = list_instances(tx, InstanceFilter(**wanted), ALL)  # type: ignore[arg-type]
    return [record.business_key for record in page.items]


def test_search_by_state_key_business_key_time_and_variables(home: Installation) -> None:
    home.deploy(STRAIGHT, APPROVE)
    home.start("straight", "A", amount=17, name="x")
    home.clock.forward(hours=1)
    later = home.clock.now
    home.start("approve", "B", amount=17.0, name="y")
    home.start("approve", "C", amount=4)
    assert search(home) == ["C", "B", "A"]
    assert search(home, state="active") == ["C", "B"]
    assert search(home, definition_key="straight") == ["A"]
    assert search(home, business_key="B") == ["B"]
    assert search(home, started_from=later) == ["C", "B"]
    assert search(home, started_to=later) == ["A"]
    assert search(home, variables={"amount": 17}) == ["B", "A"]
    assert search(home, variables={"amount": 17, "name": "x"}) == ["A"]
    assert search(home, variables={"amount": [17]}) == []
    assert search(home, has_incidents=True) == []


def test_cancelling_ends_an_instance_and_withdraws_its_tasks(home: Installation) -> None:
    home.deploy(APPROVE)
    id = home.start("approve")
    instances.cancel(home.rt, ADMIN, id, "a mistake")
    record = home.read(id)
    assert (record.state, record.end_reason) == ("cancelled", "a mistake")
    assert home.tasks() == []
    with pytest.raises(WrongState):
        instances.cancel(home.rt, ADMIN, id, "")


def test_only_ended_instances_can_be_deleted_and_then_nothing_is_left(home: Installation) -> None:
    home.deploy(APPROVE)
    id = home.start("approve", amount=1)
    with pytest.raises(WrongState):
        instances.delete(home.rt, ADMIN, id)
    instances.cancel(home.rt, ADMIN, id)
    instances.delete(home.rt, ADMIN, id)
    with pytest.raises(NotFound):
        home.read(id)
    assert home.trace(id) == []
    assert search(home, variables={"amount": 1}) == []


def test_variables_can_be_changed_from_outside(home: Installation) -> None:
    home.deploy(APPROVE)
    id = home.start("approve", "K", amount=1)
    instances.change_variables(home.rt, ADMIN, id, {"amount": 2, "list": [1]})
    assert home.variables(id) == {"amount": 2, "list": [1]}
    assert search(home, variables={"amount": 2}) == ["K"]
    assert search(home, variables={"amount": 1}) == []


def test_users_see_what_they_started_or_can_work_on_and_no_more(home: Installation) -> None:
    other = bpmn(
        "other",
        '<bpmn:startEvent id="start"/><bpmn:userTask id="u" camunda:assignee="bob"/><bpmn:endEvent id="end"/>'
        + flow("start", "u", "end"),
    )
    home.deploy(STRAIGHT, APPROVE, other)
    mine = instances.start(home.rt, ANNA, StartRequest(definition_key="straight")).id
    open_to_all = home.start("approve")
    hidden = home.start("other")
    assert instances.get(home.rt, ANNA, mine).started_by == "anna"
    assert instances.get(home.rt, ANNA, open_to_all).state == "active"
    with pytest.raises(NotFound):
        instances.get(home.rt, ANNA, hidden)
    with pytest.raises(NotFound):
        instances.cancel(home.rt, ANNA, hidden)
    with pytest.raises(NotPermitted):
        instances.cancel(home.rt, ANNA, mine)
