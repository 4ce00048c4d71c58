"""An operator's commands through the real engine and database: what rests while suspended, reasons, restarts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from tests.installation import ADMIN, ALL, Installation, bpmn, flow

from stellwerk.engine import commands as c
from stellwerk.errors import (
    Conflict,
    ErrorThrown,
    InstanceSuspended,
    InvalidInput,
    NotFound,
    NotPermitted,
    TaskNotOpen,
    WrongState,
)
from stellwerk.store import history
from stellwerk.store.instances import InstanceFilter, list_instances
from stellwerk.store.jobs import HELD, Claimed, Lease
from stellwerk.store.paging import PageRequest
from stellwerk.usecases import definitions, incidents, instances, jobs, messages, operate, signals, step, tasks
from stellwerk.usecases.access import Principal
from stellwerk.usecases.instances import StartRequest
from stellwerk.usecases.messages import MessageRequest
from stellwerk.usecases.operate import RestartRequest
from stellwerk.usecases.signals import SignalRequest
from stellwerk.usecases.tasks import Thrown

ANNA = Principal("anna", frozenset({"user"}))
HERE = frozenset({"engine", "timer", "topic:pay"})
START, END = '<bpmn:startEvent id="start"/>', '<bpmn:endEvent id="end"/>'
TWO = bpmn(
    "two",
    f'{START}<bpmn:userTask id="a" name="First"/><bpmn:userTask id="b" name="Second"/>{END}'
    + flow("start", "a", "b", "end"),
)
PAY = bpmn(
    "paying",
    f'{START}<bpmn:serviceTask id="pay" camunda:type="external" camunda:topic="pay"/><bpmn:userTask id="b"/>{END}'
    '<bpmn:boundaryEvent id="no" attachedToRef="pay"><bpmn:errorEventDefinition errorRef="e"/></bpmn:boundaryEvent>'
    '<bpmn:userTask id="refused"/>' + flow("start", "pay", "b", "end") + flow("no", "refused"),
    extra='<bpmn:error id="e" errorCode="NO"/>',
)
WAITING = bpmn(
    "waiting",
    f"""{START}<bpmn:userTask id="a"/>{END}
    <bpmn:boundaryEvent id="t" attachedToRef="a" cancelActivity="false"><bpmn:timerEventDefinition>
      <bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>
    <bpmn:boundaryEvent id="m" attachedToRef="a" cancelActivity="false"><bpmn:messageEventDefinition messageRef="M"/>
    </bpmn:boundaryEvent>
    <bpmn:boundaryEvent id="s" attachedToRef="a" cancelActivity="false"><bpmn:signalEventDefinition signalRef="S"/>
    </bpmn:boundaryEvent>
    <bpmn:userTask id="late"/><bpmn:userTask id="told"/><bpmn:userTask id="heard"/>"""
    + flow("start", "a", "end")
    + flow("t", "late")
    + flow("m", "told")
    + flow("s", "heard"),
    extra='<bpmn:message id="M" name="news"/><bpmn:signal id="S" name="bell"/>',
)
GUARDED = bpmn(
    "guarded",
    f"""{START}<bpmn:userTask id="a" name="Check"/>{END}
    <bpmn:boundaryEvent id="no" name="Refused" attachedToRef="a"><bpmn:errorEventDefinition errorRef="e"/>
    </bpmn:boundaryEvent>
    <bpmn:boundaryEvent id="up" name="Ask the boss" attachedToRef="a" cancelActivity="false">
    <bpmn:escalationEventDefinition escalationRef="x"/></bpmn:boundaryEvent>
    <bpmn:userTask id="refused"/><bpmn:userTask id="boss"/>"""
    + flow("start", "a", "end")
    + flow("no", "refused")
    + flow("up", "boss"),
    extra='<bpmn:error id="e" errorCode="NO"/><bpmn:escalation id="x" escalationCode="UP"/>',
)


def begun(home: Installation, xml: str, key: str, **variables: Any) -> UUID:
    home.deploy(xml)
    return home.start(key, "K-1", **variables)


def suspend(home: Installation, id: UUID) -> None:
    assert operate.do(home.rt, ADMIN, id, c.SuspendInstance("audit")).state == "suspended"


def resume(home: Installation, id: UUID) -> None:
    assert operate.do(home.rt, ADMIN, id, c.ResumeInstance()).state == "active"


def opened(home: Installation) -> list[str]:
    return sorted(task.element_id for task in home.tasks())


def take(home: Installation, owner: str = "w1", seconds: float = 30) -> list[Claimed]:
    return jobs.claim(home.rt, Lease(owner, seconds, HERE), 10)


# -- suspended
def test_a_task_of_a_suspended_instance_cannot_be_completed_and_says_why(home: Installation) -> None:
    id = begun(home, TWO, "two")
    suspend(home, id)
    [task] = home.tasks()
    for forbidden in (
        lambda: tasks.complete(home.rt, ADMIN, task.id, {}),
        lambda: tasks.throw(home.rt, ADMIN, task.id, Thrown("escalation", "UP")),
    ):
        with pytest.raises(InstanceSuspended, match="suspended"):
            forbidden()
    tasks.claim(home.rt, ADMIN, task.id)
    resume(home, id)
    tasks.complete(home.rt, ADMIN, task.id, {})
    assert opened(home) == ["b"]


def test_timers_messages_and_signals_wait_for_the_end_of_a_suspension(home: Installation) -> None:
    id = begun(home, WAITING, "waiting")
    suspend(home, id)
    home.clock.forward(hours=2)
    messages.publish(home.rt, ADMIN, MessageRequest("news"))
    signals.broadcast(home.rt, ADMIN, SignalRequest("bell"))
    for _ in range(3):
        home.run_due()
    assert opened(home) == ["a"]
    held = sorted((job.kind, job.next_at) for job in home.jobs(id))
    assert held == [(kind, HELD) for kind in ("message", "signal", "timer")]
    assert home.read(id).settled
    resume(home, id)
    home.run_due()
    assert opened(home) == ["a", "heard", "late", "told"]


def test_a_timer_that_is_not_due_yet_keeps_its_time(home: Installation) -> None:
    id = begun(home, WAITING, "waiting")
    [before] = home.jobs(id)
    suspend(home, id)
    resume(home, id)
    [after] = home.jobs(id)
    assert after.next_at == before.due_at


def test_a_handler_that_has_not_begun_waits_and_one_that_runs_may_end(home: Installation) -> None:
    id = begun(home, PAY, "paying")
    [job] = take(home)
    suspend(home, id)
    assert jobs.renew(home.rt, [job], 30) == {job.id}
    home.clock.forward(hours=1)
    assert take(home, "w2") == []
    jobs.finish(home.rt, job, {"paid": 5})
    assert home.variables(id) == {"paid": 5}
    assert opened(home) == []
    resume(home, id)
    assert opened(home) == ["b"]

    second = home.start("paying")
    suspend(home, second)
    assert take(home) == []
    resume(home, second)
    assert len(take(home)) == 1


def test_what_a_handler_throws_meanwhile_is_thrown_after_resuming(home: Installation) -> None:
    id = begun(home, PAY, "paying")
    [job] = take(home)
    suspend(home, id)
    jobs.throw(home.rt, job, "NO", "", {"why": "broke"})
    assert home.jobs(id) == ()
    assert opened(home) == []
    resume(home, id)
    assert opened(home) == ["refused"]
    assert home.variables(id) == {"why": "broke"}


def test_a_job_that_fails_meanwhile_is_tried_again_after_resuming(home: Installation) -> None:
    id = begun(home, PAY, "paying")
    [job] = take(home)
    suspend(home, id)
    jobs.try_later(home.rt, job, 5, "no net")
    home.clock.forward(hours=1)
    assert take(home) == []
    resume(home, id)
    [again] = take(home)
    assert (again.id, again.job.failures) == (job.id, 1)


def test_a_handler_that_runs_through_a_suspension_keeps_its_job(home: Installation) -> None:
    id = begun(home, PAY, "paying")
    [job] = take(home)
    suspend(home, id)
    resume(home, id)
    assert take(home, "w2") == []
    home.clock.forward(minutes=5)
    assert [other.id for other in take(home, "w2")] == [job.id]


def test_the_jobs_of_a_worker_that_died_stay_held(home: Installation) -> None:
    id = begun(home, PAY, "paying")
    take(home, "dead")
    suspend(home, id)
    jobs.give_back_all(home.rt, "dead")
    assert take(home) == []
    resume(home, id)
    assert len(take(home)) == 1


def test_a_job_that_was_claimed_just_before_is_set_aside(home: Installation) -> None:
    id = begun(home, WAITING, "waiting")
    home.clock.forward(hours=2)
    [timer] = take(home)
    suspend(home, id)
    jobs.run_own(home.rt, timer)
    assert [job.owner for job in home.jobs(id)] == [None]
    assert take(home) == []
    resume(home, id)
    home.run_due()
    assert "late" in opened(home)


def test_a_job_that_is_set_aside_after_resuming_goes_on(home: Installation) -> None:
    id = begun(home, WAITING, "waiting")
    home.clock.forward(hours=2)
    [timer] = take(home)
    jobs.set_aside(home.rt, timer, id)
    home.run_due()
    assert "late" in opened(home)


def test_what_is_put_while_suspended_rests_too(home: Installation) -> None:
    home.deploy(PAY)
    id = begun(home, WAITING, "waiting")
    suspend(home, id)
    operate.do(home.rt, ADMIN, id, c.ModifyInstance((c.CancelAt("a"), c.PutToken("before", "a"))))
    assert {job.next_at for job in home.jobs(id)} == {HELD}
    home.clock.forward(hours=2)
    home.run_due()
    assert opened(home) == ["a"]


def test_a_suspended_instance_that_is_cancelled_leaves_nothing(home: Installation) -> None:
    id = begun(home, WAITING, "waiting")
    suspend(home, id)
    messages.publish(home.rt, ADMIN, MessageRequest("news"))
    home.run_due()
    instances.cancel(home.rt, ADMIN, id, "over")
    home.run_due()
    assert home.read(id).state == "cancelled"
    assert home.jobs(id) == ()
    assert [message.state for message in home.messages()] == ["waiting"]


OUTER = bpmn(
    "outer",
    f'{START}<bpmn:callActivity id="call" calledElement="waiting"/>{END}' + flow("start", "call", "end"),
)


def test_a_tree_with_open_calls_rests_as_a_whole_and_goes_on_as_a_whole(home: Installation) -> None:
    home.deploy(WAITING)
    root = begun(home, OUTER, "outer")
    with home.rt.database.reading() as tx:
        [inner] = list_instances(tx, InstanceFilter(parent_id=root), ALL).items
    with pytest.raises(WrongState, match="belongs to"):
        operate.do(home.rt, ADMIN, inner.id, c.SuspendInstance())
    suspend(home, root)
    assert home.read(inner.id).state == "suspended"
    home.clock.forward(hours=2)
    messages.publish(home.rt, ADMIN, MessageRequest("news"))
    signals.broadcast(home.rt, ADMIN, SignalRequest("bell"))
    home.run_due()
    [task] = home.tasks()
    with pytest.raises(InstanceSuspended):
        tasks.complete(home.rt, ADMIN, task.id, {})
    resume(home, root)
    assert home.read(inner.id).state == "active"
    home.run_due()
    assert opened(home) == ["a", "heard", "late", "told"]
    for task in home.tasks():
        tasks.complete(home.rt, ADMIN, task.id, {})
    assert [home.read(id).state for id in (inner.id, root)] == ["completed", "completed"]


# -- all instances of a version
def test_all_instances_of_a_version_are_suspended_and_resumed_page_by_page(home: Installation) -> None:
    home.deploy(TWO)
    made = [home.start("two", f"K-{n}") for n in range(3)]
    home.deploy(TWO.replace('name="First"', 'name="Newer"'))
    newer = home.start("two")
    version = home.read(made[0]).definition_id
    first = operate.do_all(home.rt, ADMIN, version, c.SuspendInstance("audit"), PageRequest(2))
    assert [one.instance.id for one in first.items] == made[:0:-1]
    rest = operate.do_all(home.rt, ADMIN, version, c.SuspendInstance(), PageRequest(2, first.next_cursor))
    assert [(one.instance.id, one.problem) for one in rest.items] == [(made[0], "")]
    assert rest.next_cursor is None
    assert [home.read(id).state for id in (*made, newer)] == ["suspended"] * 3 + ["active"]
    assert operate.do_all(home.rt, ADMIN, version, c.SuspendInstance(), PageRequest(50)).items == ()
    done = operate.do_all(home.rt, ADMIN, version, c.ResumeInstance(), PageRequest(50))
    assert len(done.items) == 3
    assert {home.read(id).state for id in made} == {"active"}


def test_one_that_cannot_be_suspended_does_not_stop_the_others(
    home: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.deploy(TWO)
    made = [home.start("two", f"K-{n}") for n in range(2)]
    real = step.run

    def refused(rt: Any, id: UUID, move: Any) -> Any:
        if id == made[1]:
            raise Conflict("Somebody else was first.")
        return real(rt, id, move)

    monkeypatch.setattr(step, "run", refused)
    version = home.read(made[0]).definition_id
    report = operate.do_all(home.rt, ADMIN, version, c.SuspendInstance(), PageRequest(50))
    assert [one.problem for one in report.items] == ["Somebody else was first.", ""]
    assert [home.read(id).state for id in made] == ["suspended", "active"]
    with pytest.raises(NotPermitted):
        operate.do_all(home.rt, ANNA, version, c.SuspendInstance(), PageRequest(50))


# -- the others
def test_who_did_what_and_why_is_in_the_history(home: Installation) -> None:
    id = begun(home, TWO, "two")
    operate.do(home.rt, ADMIN, id, c.ModifyInstance((c.CancelAt("a"), c.PutToken("before", "b")), "wrong turn"))
    with home.rt.database.reading() as tx:
        rows = history.list_history(tx, id, ALL).items
    [acted] = [row for row in rows if row.kind == "OperatorActed"]
    assert (acted.by, acted.data["action"], acted.data["reason"]) == ("admin", "modify", "wrong turn")
    assert opened(home) == ["b"]


def test_a_preview_changes_nothing_and_says_what_happens(home: Installation) -> None:
    id = begun(home, TWO, "two")
    command = c.ModifyInstance((c.CancelAt("a"), c.PutToken("before", "b")))
    before = home.read(id)
    told = operate.preview(home.rt, ADMIN, id, command)
    assert [effect.text for effect in told.effects] == ["The task 'First' is withdrawn.", "The task 'Second' opens."]
    assert home.read(id) == before
    with pytest.raises(InvalidInput):
        operate.preview(home.rt, ADMIN, id, c.ModifyInstance((c.CancelAt("b"),)))


def test_only_administrators_operate(home: Installation) -> None:
    home.deploy(TWO)
    others = home.start("two")
    own = instances.start(home.rt, ANNA, StartRequest(definition_key="two")).id
    for command in (c.SuspendInstance(), c.ChangeVariables({"x": 1})):
        for act in (operate.do, operate.preview):
            with pytest.raises(NotPermitted):
                act(home.rt, ANNA, own, command)
    with pytest.raises(NotPermitted):
        operate.restart(home.rt, ANNA, own, RestartRequest((c.PutToken("before", "b"),)))
    user = home.tasks()[0]
    tasks.claim(home.rt, ADMIN, user.id)
    stranger = Principal("carl", frozenset({"user"}))
    with pytest.raises((NotFound, NotPermitted)):
        operate.do(home.rt, stranger, others, c.SuspendInstance())


def test_a_reason_has_a_length(home: Installation) -> None:
    id = begun(home, TWO, "two")
    with pytest.raises(InvalidInput) as caught:
        operate.do(home.rt, ADMIN, id, c.SuspendInstance("x" * 2001))
    assert caught.value.errors[0].path == "reason"
    assert home.read(id).state == "active"


def test_an_incident_of_a_token_that_is_moved_is_resolved(home: Installation) -> None:
    id = begun(home, PAY, "paying")
    [job] = take(home)
    jobs.fail(home.rt, job, "broken")
    assert home.read(id).incident_count == 1
    operate.do(home.rt, ADMIN, id, c.ModifyInstance((c.CancelAt("pay"), c.PutToken("before", "b"))))
    assert home.read(id).incident_count == 0
    assert home.incidents() == []


def test_an_incident_of_a_step_that_is_skipped_is_resolved(home: Installation) -> None:
    id = begun(home, PAY, "paying")
    [job] = take(home)
    jobs.fail(home.rt, job, "broken")
    [incident] = home.incidents()
    operate.do(home.rt, ADMIN, id, c.SkipStep(incident.token, {"paid": 1}))
    assert home.read(id).incident_count == 0
    assert opened(home) == ["b"]
    with pytest.raises(WrongState):
        incidents.retry(home.rt, ADMIN, incident.id)


# -- restarts
def ended(home: Installation) -> UUID:
    id = begun(home, TWO, "two", n=1)
    operate.do(home.rt, ADMIN, id, c.ChangeVariables({"n": 2}))
    instances.cancel(home.rt, ADMIN, id)
    return id


@pytest.mark.parametrize(("taking", "expected"), [("last", 2), ("start", 1)])
def test_a_restart_has_the_key_and_variables_and_begins_elsewhere(
    home: Installation, taking: Any, expected: int
) -> None:
    id = ended(home)
    request = RestartRequest((c.PutToken("before", "b"),), taking, {"m": 5}, "by mistake")
    told = operate.preview_restart(home.rt, ADMIN, id, request)
    assert "The task 'Second' opens." in [effect.text for effect in told.effects]
    assert opened(home) == []
    new = operate.restart(home.rt, ADMIN, id, request)
    assert (new.business_key, new.definition_id) == ("K-1", home.read(id).definition_id)
    assert new.id != id
    assert home.variables(new.id) == {"n": expected, "m": 5}
    assert opened(home) == ["b"]
    with home.rt.database.reading() as tx:
        rows = history.list_history(tx, new.id, ALL).items
    [acted] = [row for row in rows if row.kind == "OperatorActed"]
    assert acted.data["reason"] == f"instance {id}: by mistake"


def test_a_restart_of_a_restart_knows_its_start(home: Installation) -> None:
    first = operate.restart(home.rt, ADMIN, ended(home), RestartRequest((c.PutToken("before", "b"),)))
    instances.cancel(home.rt, ADMIN, first.id)
    second = operate.restart(home.rt, ADMIN, first.id, RestartRequest((c.PutToken("before", "a"),), "start"))
    assert home.variables(second.id) == {"n": 2}


def test_a_running_instance_is_not_restarted_and_a_place_is_needed(home: Installation) -> None:
    id = begun(home, TWO, "two")
    with pytest.raises(WrongState, match="Move its tokens"):
        operate.restart(home.rt, ADMIN, id, RestartRequest((c.PutToken("before", "b"),)))
    instances.cancel(home.rt, ADMIN, id)
    with pytest.raises(InvalidInput):
        operate.restart(home.rt, ADMIN, id, RestartRequest(()))
    assert home.count("two") == 1


def test_values_that_the_history_has_cut_are_not_taken(home: Installation) -> None:
    id = begun(home, TWO, "two", long="x" * 10_000)
    instances.cancel(home.rt, ADMIN, id)
    with pytest.raises(InvalidInput, match="'long' was too large"):
        operate.restart(home.rt, ADMIN, id, RestartRequest((c.PutToken("before", "b"),), "start"))
    new = operate.restart(home.rt, ADMIN, id, RestartRequest((c.PutToken("before", "b"),)))
    assert home.variables(new.id) == {"long": "x" * 10_000}


def test_values_that_the_history_masks_are_not_taken(home: Installation) -> None:
    id = begun(home, TWO, "two", login={"password": "pst"})
    instances.cancel(home.rt, ADMIN, id)
    with pytest.raises(InvalidInput, match="'login' was too large for it, or is masked"):
        operate.restart(home.rt, ADMIN, id, RestartRequest((c.PutToken("before", "b"),), "start"))


def test_an_inactive_version_can_still_be_restarted(home: Installation) -> None:
    id = ended(home)
    definitions.deactivate(home.rt, ADMIN, home.read(id).definition_id)
    assert operate.restart(home.rt, ADMIN, id, RestartRequest((c.PutToken("before", "b"),))).state == "active"


# -- people end tasks otherwise
def test_a_person_ends_a_task_with_an_error_that_the_diagram_knows(home: Installation) -> None:
    id = begun(home, GUARDED, "guarded")
    [task] = home.tasks()
    assert [(one.kind, one.code, one.name) for one in tasks.catchable(home.rt, ANNA, task.id)] == [
        ("error", "NO", "Refused"),
        ("escalation", "UP", "Ask the boss"),
    ]
    tasks.throw(home.rt, ANNA, task.id, Thrown("error", "NO", "too expensive", {"why": "price"}))
    assert opened(home) == ["refused"]
    assert home.variables(id) == {"why": "price"}
    after = tasks.get(home.rt, ANNA, task.id)
    assert (after.state, after.assignee) == ("withdrawn", "anna")
    with pytest.raises(TaskNotOpen):
        tasks.throw(home.rt, ANNA, task.id, Thrown("error", "NO"))
    assert tasks.catchable(home.rt, ANNA, task.id) == ()


def test_an_escalation_that_does_not_interrupt_leaves_the_task(home: Installation) -> None:
    begun(home, GUARDED, "guarded")
    [task] = home.tasks()
    tasks.throw(home.rt, ANNA, task.id, Thrown("escalation", "UP"))
    assert opened(home) == ["a", "boss"]
    tasks.complete(home.rt, ANNA, task.id, {})


@pytest.mark.parametrize("kind", ["error", "escalation"])
def test_a_code_that_nothing_catches_is_refused(home: Installation, kind: Any) -> None:
    id = begun(home, GUARDED, "guarded")
    [task] = home.tasks()
    with pytest.raises(InvalidInput, match="is not caught"):
        tasks.throw(home.rt, ANNA, task.id, Thrown(kind, "OTHER"))
    assert opened(home) == ["a"]
    assert home.incidents(instance_id=id) == []


def test_a_task_of_somebody_else_is_not_ended(home: Installation) -> None:
    begun(home, GUARDED, "guarded")
    [task] = home.tasks()
    tasks.claim(home.rt, ADMIN, task.id)
    with pytest.raises((NotFound, NotPermitted, Conflict)):
        tasks.throw(home.rt, ANNA, task.id, Thrown("error", "NO"))
    assert opened(home) == ["a"]


def test_a_handler_may_still_throw_what_nothing_catches(home: Installation) -> None:
    id = begun(home, PAY, "paying")
    home.handlers.functions["pay"] = lambda job, given: (_ for _ in ()).throw(ErrorThrown("OTHER"))
    home.run_due()
    assert [incident.kind for incident in home.incidents(instance_id=id)] == ["unhandled-error"]
