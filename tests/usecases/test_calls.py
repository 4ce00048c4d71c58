"""Called processes: each has an instance of its own, and all of a tree move together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, func, select
from tests.installation import ADMIN, Installation, bpmn, flow

from stellwerk.engine.commands import CompleteTask
from stellwerk.errors import NotFound, WrongState
from stellwerk.store import instances as store
from stellwerk.store.ids import called_id, tree_of
from stellwerk.store.incidents import list_below
from stellwerk.store.records import InstanceRecord, Scope
from stellwerk.store.tables import metadata
from stellwerk.usecases import definitions, incidents, instances, messages, migrations, signals, step, tasks
from stellwerk.usecases.access import Principal
from stellwerk.usecases.messages import MessageRequest
from stellwerk.usecases.migrations import MigrationRequest
from stellwerk.usecases.signals import SignalRequest

ANNA = Principal("anna", frozenset({"user"}))
BERT = Principal("bert", frozenset({"user"}))


def calling(key: str, called: str, inner: str = "", *, more: str = "", attributes: str = "") -> str:
    """start -> call -> end; `more`: boundary events and what follows them."""
    body = f"""<bpmn:startEvent id="start"/>
      <bpmn:callActivity id="call" name="Call it" calledElement="{called}" {attributes}>{inner}</bpmn:callActivity>
      <bpmn:endEvent id="end"/>{flow("start", "call", "end")}{more}"""
    return bpmn(key, body)


def extension(*lines: str) -> str:
    return f"<bpmn:extensionElements>{''.join(lines)}</bpmn:extensionElements>"


def working(
    key: str, node: str, *, extra: str = "", more: str = "", start: str = "<bpmn:startEvent id='begin'/>"
) -> str:
    """begin -> the node `work` -> done."""
    return bpmn(key, f'{start}{node}<bpmn:endEvent id="done"/>{flow("begin", "work", "done")}{more}', extra=extra)


def times(number: int) -> str:
    loop = "bpmn:multiInstanceLoopCharacteristics"
    return f"<{loop}><bpmn:loopCardinality>{number}</bpmn:loopCardinality></{loop}>"


ASK = working("ask", '<bpmn:userTask id="work" name="Ask"/>')
SHARED = extension(
    '<camunda:in source="item" target="thing"/>',
    '<camunda:out source="answer" target="result"/>',
    '<camunda:in businessKey="${key}"/>',
)
MAIN = calling("main", "ask", SHARED)


def called(home: Installation, id: UUID) -> list[InstanceRecord]:
    """What the instance called itself, in the order of the calls."""
    return sorted(home.instances(parent_id=id), key=lambda record: record.call)


def one_called(home: Installation, id: UUID) -> InstanceRecord:
    (found,) = called(home, id)
    return found


def test_a_called_process_has_an_instance_of_its_own(home: Installation) -> None:
    home.deploy(MAIN, ASK)
    id = home.start("main", "outer", item="tea", key="inner")
    record = one_called(home, id)
    assert (record.root_id, record.parent_id, record.parent_element_id) == (id, id, "call")
    assert record.id == called_id(id, record.call)
    assert (record.key, record.business_key, record.state, record.started_by) == ("ask", "inner", "active", "admin")
    assert home.read(id).root_id == id
    assert home.trace(id) == [("start", "completed"), ("call", "active")]
    assert home.trace(record.id) == [("begin", "completed"), ("work", "active")]
    assert home.variables(record.id) == {"thing": "tea"}
    (task,) = home.tasks()
    assert (task.instance_id, task.definition_key, task.business_key) == (record.id, "ask", "inner")

    tasks.complete(home.rt, ADMIN, task.id, {"answer": 42})
    assert [home.read(one).state for one in (id, record.id)] == ["completed", "completed"]
    assert home.variables(record.id) == {"thing": "tea", "answer": 42}
    assert home.variables(id)["result"] == 42
    assert home.read(record.id).ended_at is not None


def test_histories_are_apart_and_each_is_numbered_in_order(home: Installation) -> None:
    home.deploy(MAIN, ASK)
    id = home.start("main", item="tea", key=None)
    inner = one_called(home, id).id
    tasks.complete(home.rt, ADMIN, home.tasks()[0].id, {})
    outer_numbers, inner_numbers = home.history_numbers(id), home.history_numbers(inner)
    assert sorted(outer_numbers + inner_numbers) == list(range(1, len(outer_numbers + inner_numbers) + 1))
    assert inner_numbers == sorted(inner_numbers)
    assert home.happened(inner)[0] == "InstanceStarted"
    assert home.happened(inner)[-1] == "InstanceEnded"
    assert "InstanceCalled" in home.happened(id)
    assert "TaskOpened" not in home.happened(id)


def test_ids_of_a_tree_are_a_function_of_root_and_call() -> None:
    root = UUID("01a20556-6fd2-75ff-aa4a-af2dab8ab9de")
    found = {called_id(root, call) for call in range(1, 1000)}
    assert len(found) == 999
    assert {(one.version, one.variant, tree_of(one)) for one in found} == {(7, root.variant, tree_of(root))}


# -- lists
def test_lists_show_roots_unless_called_ones_are_asked_for(home: Installation) -> None:
    home.deploy(MAIN, ASK)
    id = home.start("main", item=1, key=None)
    alone = home.start("ask")
    inner = one_called(home, id).id
    assert {r.id for r in home.instances()} == {id, alone}
    assert {r.id for r in home.instances(called=True)} == {inner}
    assert {r.id for r in home.instances(called=None)} == {id, alone, inner}
    assert {r.id for r in home.instances(root_id=id)} == {id, inner}
    assert {r.id for r in home.instances(definition_key="ask")} == {alone}


# -- binding
def versions(home: Installation) -> list[UUID]:
    """Three versions of `ask`, the second with a tag; the first together with its caller."""
    first = home.deploy(calling("bound", "ask", attributes='camunda:calledElementBinding="deployment"'), ASK)
    tagged = ASK.replace('isExecutable="true"', 'isExecutable="true" camunda:versionTag="spring"')
    second = home.deploy(tagged)
    third = home.deploy(ASK.replace('name="Ask"', 'name="Ask again"'))
    return [next(d.id for d in one.definitions if d.key == "ask") for one in (first, second, third)]


@pytest.mark.parametrize(
    ("attributes", "version"),
    [
        ("", 3),
        ('camunda:calledElementBinding="latest"', 3),
        ('camunda:calledElementBinding="version" camunda:calledElementVersion="2"', 2),
        ('camunda:calledElementBinding="version" camunda:calledElementVersion="${n}"', 1),
        ('camunda:calledElementBinding="versionTag" camunda:calledElementVersionTag="spring"', 2),
    ],
)
def test_a_call_is_bound_to_a_version(home: Installation, attributes: str, version: int) -> None:
    versions(home)
    home.deploy(calling("main", "${which}", attributes=attributes))
    assert one_called(home, home.start("main", which="ask", n=1)).version == version


def test_a_call_may_be_bound_to_the_deployment_of_the_caller(home: Installation) -> None:
    versions(home)
    assert one_called(home, home.start("bound")).version == 1


def test_what_was_sent_along_unchanged_belongs_to_the_deployment(home: Installation) -> None:
    versions(home)
    changed = calling("bound", "ask", attributes='camunda:calledElementBinding="deployment" name="Anew"')
    home.deploy(changed.replace(' name="Call it"', ""), ASK.replace('name="Ask"', 'name="Ask again"'))
    assert one_called(home, home.start("bound")).version == 3


def test_the_latest_version_is_the_one_that_takes_new_starts(home: Installation) -> None:
    _, _, third = versions(home)
    home.deploy(calling("main", "ask"))
    definitions.deactivate(home.rt, ADMIN, third)
    assert one_called(home, home.start("main")).version == 2


@pytest.mark.parametrize(
    ("attributes", "told"),
    [
        ('calledElement="nobody"', "No process 'nobody' is deployed"),
        (
            'calledElement="ask" camunda:calledElementBinding="version" camunda:calledElementVersion="9"',
            "numbers 1 to 1",
        ),
        ('calledElement="ask" camunda:calledElementBinding="version" camunda:calledElementVersion="${1.5}"', "'1.5'"),
        (
            'calledElement="ask" camunda:calledElementBinding="versionTag" camunda:calledElementVersionTag="none"',
            "version tag 'none'",
        ),
    ],
)
def test_what_cannot_be_called_is_an_incident_that_says_what_is_missing(
    home: Installation, attributes: str, told: str
) -> None:
    home.deploy(ASK)
    home.deploy(calling("main", "ask").replace('calledElement="ask" ', attributes))
    id = home.start("main")
    (incident,) = home.incidents()
    assert (incident.instance_id, incident.element_id, incident.kind) == (id, "call", "call")
    assert told in incident.message
    assert called(home, id) == []


def test_what_was_missing_is_called_when_it_is_tried_again(home: Installation) -> None:
    home.deploy(MAIN)
    id = home.start("main", item="tea", key=None)
    (incident,) = home.incidents()
    home.deploy(ASK)
    incidents.retry(home.rt, ADMIN, incident.id)
    assert home.incidents() == []
    assert home.variables(one_called(home, id).id) == {"thing": "tea"}


def test_a_process_whose_starts_are_stopped_is_not_called(home: Installation) -> None:
    deployed = home.deploy(ASK).definitions[0]
    home.deploy(MAIN)
    definitions.deactivate(home.rt, ADMIN, deployed.id)
    home.start("main", item=1, key=None)
    assert "not active" in home.incidents()[0].message


def test_a_check_names_a_call_of_a_process_that_nobody_deployed(home: Installation) -> None:
    home.deploy(ASK)
    files = [
        ("caller.bpmn", calling("caller", "nobody", times(2)).encode()),
        ("known.bpmn", calling("known", "ask").encode()),
        ("together.bpmn", calling("together", "caller").encode()),
        ("late.bpmn", calling("late", "${which}").encode()),
    ]
    report = definitions.check(home.rt, ADMIN, files)
    found = [(p.file, p.element_id, p.rule, p.severity) for p in report.problems if "call" in p.rule]
    assert found == [("caller.bpmn", "call", "called-unknown", "warning")]
    (problem,) = [p for p in report.problems if p.rule == "called-unknown"]
    assert "'Call it' calls the process 'nobody'" in problem.message
    assert problem.line is not None


# -- trouble
def test_an_incident_in_a_called_instance_is_counted_there_and_at_the_root(home: Installation) -> None:
    home.deploy(
        calling("main", "middle"),
        calling("middle", "bad"),
        working("bad", '<bpmn:scriptTask id="work"><bpmn:script>nobody knows this</bpmn:script></bpmn:scriptTask>'),
    )
    id = home.start("main")
    middle = one_called(home, id)
    bad = one_called(home, middle.id)
    assert [home.read(one).incident_count for one in (id, middle.id, bad.id)] == [1, 0, 1]
    assert [r.id for r in home.instances(has_incidents=True)] == [id]
    (incident,) = home.incidents()
    assert (incident.instance_id, incident.definition_key) == (bad.id, "bad")

    home.scripts.known["nobody knows this"] = lambda variables: {"seen": 1}
    incidents.retry(home.rt, ADMIN, incident.id)
    assert [home.read(one).incident_count for one in (id, middle.id, bad.id)] == [0, 0, 0]
    assert home.read(id).state == "completed"


def test_incidents_below_are_found_with_the_call_that_leads_there(home: Installation) -> None:
    home.deploy(
        calling("main", "middle"),
        calling("middle", "bad"),
        working("bad", '<bpmn:scriptTask id="work"><bpmn:script>nobody knows this</bpmn:script></bpmn:scriptTask>'),
    )
    id = home.start("main")
    home.start("main")
    middle = one_called(home, id)
    bad = one_called(home, middle.id)
    with home.rt.database.reading() as tx:
        for one, expected in ((home.read(id), middle.call), (middle, bad.call)):
            assert [(call, i.instance_id) for call, i in list_below(tx, one, 10)] == [(expected, bad.id)]
        assert list_below(tx, bad, 10) == []
        assert [r.id for r in store.callers(tx, bad)] == [id, middle.id]


# -- the tree ends
def test_cancelling_the_root_cancels_what_it_called(home: Installation) -> None:
    home.deploy(MAIN, ASK)
    id = home.start("main", item="tea", key=None)
    inner = one_called(home, id).id
    instances.cancel(home.rt, ADMIN, id, "enough")
    assert [home.read(one).state for one in (id, inner)] == ["cancelled", "cancelled"]
    assert home.tasks() == []
    assert home.variables(inner) == {"thing": "tea"}


def test_a_called_instance_is_neither_cancelled_nor_deleted_alone(home: Installation) -> None:
    home.deploy(MAIN, ASK)
    id = home.start("main", item=1, key=None)
    inner = one_called(home, id).id
    for act in (instances.cancel, instances.delete):
        with pytest.raises(WrongState, match=rf"called by 'call' of instance {id}"):
            act(home.rt, ADMIN, inner)
    assert home.read(inner).state == "active"


def test_deleting_the_root_leaves_nothing_of_its_tree(home: Installation) -> None:
    home.deploy(MAIN, calling("twice", "main"), ASK)
    kept = home.start("main", item=1, key=None)

    def rows() -> dict[str, int]:
        with home.rt.database.reading() as tx:
            tables = metadata.tables.items()
            return {name: tx.execute(select(func.count()).select_from(table)).scalar_one() for name, table in tables}

    before = rows()
    id = home.start("twice")
    assert len(home.instances(root_id=id)) == 2  # `main` needs variables that nobody gave it
    instances.cancel(home.rt, ADMIN, id)
    instances.delete(home.rt, ADMIN, id)
    assert rows() == before
    assert home.read(kept).state == "active"


def test_an_error_that_the_caller_catches_leaves_a_failed_instance(home: Installation) -> None:
    error = '<bpmn:error id="bad" errorCode="no-stock"/>'
    inner = bpmn(
        "ship",
        '<bpmn:startEvent id="begin"/><bpmn:endEvent id="oops"><bpmn:errorEventDefinition errorRef="bad"/>'
        "</bpmn:endEvent>" + flow("begin", "oops"),
        extra=error,
    )
    catching = """<bpmn:boundaryEvent id="caught" attachedToRef="call"><bpmn:errorEventDefinition errorRef="bad"/>
      </bpmn:boundaryEvent><bpmn:endEvent id="sorry"/>""" + flow("caught", "sorry")
    home.deploy(inner, calling("main", "ship", more=catching).replace("<bpmn:process", error + "<bpmn:process"))
    id = home.start("main")
    record = one_called(home, id)
    assert (record.state, record.end_reason) == ("failed", "no-stock")
    assert home.read(id).state == "completed"
    assert ("sorry", "completed") in home.trace(id)


def test_an_interrupted_call_withdraws_all_that_waits_inside(home: Installation) -> None:
    timer = """<bpmn:boundaryEvent id="late" attachedToRef="call"><bpmn:timerEventDefinition>
      <bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>
      <bpmn:endEvent id="too-late"/>""" + flow("late", "too-late")
    wait = '<bpmn:receiveTask id="work" messageRef="hello"/>'
    home.deploy(
        calling("main", "wait", more=timer),
        working("wait", wait, extra='<bpmn:message id="hello" name="hello"/>'),
    )
    id = home.start("main")
    inner = one_called(home, id).id
    home.clock.forward(hours=2)
    home.run_due()
    assert (home.read(id).state, home.read(inner).state) == ("completed", "cancelled")
    assert ("work", "cancelled") in home.trace(inner)
    request = MessageRequest("hello", ttl_seconds=0)
    assert messages.publish(home.rt, ADMIN, request).state == "expired"


# -- what comes from outside
def test_jobs_of_a_called_instance_are_run_and_it_is_not_settled_meanwhile(home: Installation) -> None:
    home.deploy(
        calling("main", "serve", extension('<camunda:out variables="all"/>', '<camunda:in businessKey="K-1"/>')),
        working("serve", '<bpmn:serviceTask id="work" camunda:type="external" camunda:topic="add"/>'),
    )
    home.handlers.functions["add"] = lambda job, values: {"sum": 3}
    id = home.start("main")
    inner = one_called(home, id)
    assert not home.read(id).settled
    assert not inner.settled
    home.run_due()
    ((_, job),) = home.handlers.calls
    assert (job.instance_id, job.business_key) == (inner.id, "K-1")
    assert (home.read(id).state, home.read(id).settled, home.variables(id)) == ("completed", True, {"sum": 3})


def test_timers_of_a_called_instance_fire(home: Installation) -> None:
    wait = """<bpmn:intermediateCatchEvent id="work"><bpmn:timerEventDefinition>
      <bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"""
    home.deploy(calling("main", "wait"), working("wait", wait))
    id = home.start("main")
    assert [job.kind for job in home.jobs(one_called(home, id).id)] == ["timer"]
    home.clock.forward(hours=2)
    home.run_due()
    assert home.read(id).state == "completed"


def receiving(home: Installation) -> None:
    receive = '<bpmn:receiveTask id="work" messageRef="hello"/>'
    keyed = extension('<camunda:in businessKey="${key}"/>')
    message = '<bpmn:message id="hello" name="hello"/>'
    home.deploy(calling("main", "wait", keyed), working("wait", receive, extra=message))


def test_a_message_finds_a_called_instance_by_its_own_business_key(home: Installation) -> None:
    receiving(home)
    ids = {key: home.start("main", "outer", key=key) for key in ("a", "b")}
    sent = messages.publish(home.rt, ADMIN, MessageRequest("hello", business_key="b", variables={"x": 1}))
    home.run_due()
    inner = one_called(home, ids["b"])
    assert [home.read(ids[key]).state for key in ("a", "b")] == ["active", "completed"]
    assert home.variables(inner.id)["x"] == 1
    assert [m.instance_id for m in home.messages() if m.id == sent.id] == [inner.id]


def test_a_message_that_came_before_is_given_to_a_called_instance(home: Installation) -> None:
    receiving(home)
    messages.publish(home.rt, ADMIN, MessageRequest("hello", business_key="b"))
    home.run_due()
    id = home.start("main", key="b")
    home.run_due()
    assert home.read(id).state == "completed"


def test_a_message_for_two_calls_of_one_tree_goes_to_the_first(home: Installation) -> None:
    receive = '<bpmn:receiveTask id="work" messageRef="hello"/>'
    home.deploy(
        calling("main", "wait", times(2)),
        working("wait", receive, extra='<bpmn:message id="hello" name="hello"/>'),
    )
    id = home.start("main")
    assert len(called(home, id)) == 2
    messages.publish(home.rt, ADMIN, MessageRequest("hello"))
    home.run_due()
    assert [one.state for one in called(home, id)] == ["completed", "active"]
    messages.publish(home.rt, ADMIN, MessageRequest("hello"))
    home.run_due()
    assert home.read(id).state == "completed"


def test_a_signal_reaches_all_who_wait_in_a_tree_in_one_step(home: Installation) -> None:
    catch = """<bpmn:intermediateCatchEvent id="work"><bpmn:signalEventDefinition signalRef="go"/>
      </bpmn:intermediateCatchEvent>"""
    home.deploy(calling("main", "wait", times(3)), working("wait", catch, extra='<bpmn:signal id="go" name="go"/>'))
    ids = [home.start("main"), home.start("main")]
    assert signals.broadcast(home.rt, ADMIN, SignalRequest("go")).instances == 2
    home.run_due()
    assert [home.read(id).state for id in ids] == ["completed", "completed"]


def test_variables_of_a_called_instance_are_changed_in_it_alone(home: Installation) -> None:
    home.deploy(MAIN, ASK)
    id = home.start("main", item="tea", key=None)
    inner = one_called(home, id).id
    instances.change_variables(home.rt, ADMIN, inner, {"thing": "milk", "more": True})
    assert home.variables(inner) == {"thing": "milk", "more": True}
    assert home.variables(id) == {"item": "tea", "key": None}
    assert tasks.form(home.rt, ADMIN, home.tasks()[0].id).data == {"thing": "milk", "more": True}
    tasks.complete(home.rt, ADMIN, home.tasks()[0].id, {})
    with pytest.raises(WrongState):
        instances.change_variables(home.rt, ADMIN, inner, {"thing": "late"})


def test_a_deep_tree_is_loaded_and_moved_by_a_task_of_its_innermost_instance(home: Installation) -> None:
    home.deploy(calling("main", "middle"), calling("middle", "two"), TWO)
    id = home.start("main")
    home.rt.live.clear()
    tasks.complete(home.rt, ADMIN, home.tasks()[0].id, {})
    tasks.complete(home.rt, ADMIN, home.tasks()[0].id, {})
    assert home.read(id).state == "completed"
    assert {r.state for r in home.instances(root_id=id)} == {"completed"}


def test_a_called_instance_goes_to_another_version_in_its_tree(home: Installation) -> None:
    home.deploy(MAIN, ASK)
    id = home.start("main", item="tea", key=None)
    inner = one_called(home, id)
    renamed = home.deploy(ASK.replace('name="Ask"', 'name="Ask again"')).definitions[0]
    request = MigrationRequest(inner.definition_id, renamed.id)
    assert migrations.dry_run_one(home.rt, ADMIN, inner.id, request).can_migrate
    migrations.migrate(home.rt, ADMIN, inner.id, request)
    assert [home.read(one).version for one in (inner.id, id)] == [2, 1]
    (task,) = home.tasks()
    assert (task.name, task.definition_id) == ("Ask again", renamed.id)
    home.rt.live.clear()
    tasks.complete(home.rt, ADMIN, task.id, {"answer": 1})
    assert home.read(id).state == "completed"


TWO = bpmn(
    "two",
    '<bpmn:startEvent id="s"/><bpmn:userTask id="a"/><bpmn:userTask id="b"/><bpmn:endEvent id="e"/>'
    + flow("s", "a", "b", "e"),
)


# -- what it costs
def statements(home: Installation, work: Callable[[], object]) -> list[str]:
    """What the database was asked while this was done."""
    asked: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        asked.append(statement)

    engines = {home.rt.database.writer, home.rt.database.reader}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
    return asked


def test_a_step_asks_for_called_instances_only_where_something_was_called(home: Installation) -> None:
    home.deploy(TWO, calling("main", "two"))
    for key, questions in (("two", 0), ("main", 1)):
        home.start(key)
        (task,) = home.tasks()
        move = step.Move(CompleteTask(task.token), "admin")
        asked = statements(home, lambda task=task, move=move: step.run(home.rt, task.instance_id, move))  # type: ignore[misc]
        assert len([one for one in asked if one.startswith("SELECT instance.call, ")]) == questions
        (rest,) = home.tasks()
        tasks.complete(home.rt, ADMIN, rest.id, {})


# -- who may see
def test_who_takes_part_in_a_called_instance_sees_the_tree(home: Installation) -> None:
    home.deploy(MAIN, working("ask", '<bpmn:userTask id="work" camunda:assignee="anna"/>'))
    id = home.start("main", item=1, key=None)
    inner = one_called(home, id).id
    for one in (id, inner):
        assert instances.get(home.rt, ANNA, one).id == one
        with pytest.raises(NotFound):
            instances.get(home.rt, BERT, one)
    for name, expected in (("anna", [id]), ("bert", [])):
        assert [r.id for r in home.instances(scope=Scope(name, frozenset()))] == expected
