"""Service tasks, timers and continuations: each job has one end, in one commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from tests.installation import ADMIN, Installation, Policy, bpmn, flow

from stellwerk.errors import ErrorThrown
from stellwerk.jobs import run_due
from stellwerk.store.jobs import Claimed, Lease
from stellwerk.store.records import JobRecord
from stellwerk.usecases import incidents, instances, jobs
from stellwerk.usecases.runtime import Permanent

SERVICE = '<bpmn:serviceTask id="{id}" camunda:type="external" camunda:topic="{topic}"/>'
CHARGE = bpmn(
    "charge",
    '<bpmn:startEvent id="start"/>'
    + SERVICE.format(id="pay", topic="pay")
    + '<bpmn:endEvent id="end"/>'
    + flow("start", "pay", "end"),
)
GUARDED = bpmn(
    "guarded",
    '<bpmn:startEvent id="start"/>'
    + SERVICE.format(id="pay", topic="pay")
    + """<bpmn:boundaryEvent id="declined" attachedToRef="pay">
      <bpmn:errorEventDefinition errorRef="e"/></bpmn:boundaryEvent>
    <bpmn:boundaryEvent id="late" attachedToRef="pay"><bpmn:timerEventDefinition><bpmn:timeDuration
      xsi:type="bpmn:tFormalExpression">PT1H</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>
    <bpmn:endEvent id="end"/><bpmn:endEvent id="refused"/><bpmn:endEvent id="expired"/>"""
    + flow("start", "pay", "end")
    + flow("declined", "refused")
    + flow("late", "expired"),
    extra='<bpmn:error id="e" errorCode="DECLINED"/>',
)
HERE = frozenset({"engine", "timer", "topic:pay"})


def returning(result: Any) -> Any:
    return lambda job, values: result


def raising(error: Exception) -> Any:
    def run(job: JobRecord, values: Mapping[str, Any]) -> Any:
        raise error

    return run


def take(home: Installation, owner: str = "w1", seconds: float = 30) -> list[Claimed]:
    return jobs.claim(home.rt, Lease(owner, seconds, HERE), 10)


def test_a_handler_gets_the_variables_and_its_result_goes_on_with_the_instance(home: Installation) -> None:
    seen: list[Mapping[str, Any]] = []
    home.handlers.functions["pay"] = lambda job, values: seen.append(dict(values)) or {"receipt": "R7"}
    home.deploy(CHARGE)
    id = home.start("charge", amount=12)
    assert not home.read(id).settled
    assert home.run_due() == 1
    assert seen == [{"amount": 12}]
    record = home.read(id)
    assert (record.state, record.settled) == ("completed", True)
    assert home.variables(id) == {"amount": 12, "receipt": "R7"}
    assert home.jobs(id) == ()


def test_a_job_without_handler_waits_until_somebody_has_one(home: Installation) -> None:
    home.deploy(CHARGE)
    id = home.start("charge")
    assert home.run_due() == 0
    assert [(job.topic, job.attempt) for job in home.jobs(id)] == [("pay", 0)]
    assert jobs.waiting_by_topic(home.rt) == {"pay": 1}
    home.handlers.functions["pay"] = returning(None)
    assert home.run_due() == 1
    assert home.read(id).state == "completed"


def test_a_failed_try_is_repeated_with_growing_waits_and_is_an_incident_in_the_end(home: Installation) -> None:
    home.handlers.functions["pay"] = raising(OSError("the bank is away"))
    home.deploy(CHARGE)
    id = home.start("charge")
    assert home.run_due() == 1
    job = home.jobs(id)[0]
    assert (job.attempt, job.failures, job.last_error) == (1, 1, "OSError: the bank is away")
    assert (job.next_at - home.clock.now).total_seconds() == 5
    assert home.run_due() == 0
    home.clock.forward(seconds=5)
    assert home.run_due() == 1
    home.clock.forward(seconds=29)
    assert home.run_due() == 0
    home.clock.forward(seconds=1)
    assert home.run_due() == 1
    incident = home.incidents()[0]
    assert (incident.kind, incident.element_id, home.jobs(id)) == ("job", "pay", ())
    assert "the bank is away" in incident.message
    assert "Traceback" in incident.detail
    record = home.read(id)
    assert (record.state, record.incident_count, record.settled) == ("active", 1, True)
    assert [job.attempt for _, job in home.handlers.calls] == [1, 2, 3]


def test_an_incident_can_be_retried_and_begins_with_all_tries(home: Installation) -> None:
    home.handlers.functions["pay"] = raising(Permanent("no such account"))
    home.deploy(CHARGE)
    id = home.start("charge")
    home.run_due()
    incident = home.incidents()[0]
    assert incident.message == "no such account"
    home.handlers.functions["pay"] = returning({"ok": True})
    incidents.retry(home.rt, ADMIN, incident.id)
    assert home.incidents() == []
    assert home.run_due() == 1
    record = home.read(id)
    assert (record.state, record.incident_count) == ("completed", 0)
    assert home.incidents(state="resolved")[0].resolved_by == "admin"


def test_the_handler_says_how_often_it_is_tried_unless_the_diagram_does(home: Installation) -> None:
    home.handlers.functions["pay"] = raising(OSError("away"))
    home.handlers.policies["pay"] = Policy(tries=2, waits=(1.0,))
    home.deploy(CHARGE)
    home.start("charge")
    home.run_due()
    home.clock.forward(seconds=1)
    home.run_due()
    assert len(home.incidents()) == 1


def test_a_bpmn_error_goes_to_the_model(home: Installation) -> None:
    home.handlers.functions["pay"] = raising(ErrorThrown("DECLINED", "no money", {"left": 3}))
    home.deploy(GUARDED)
    id = home.start("guarded")
    home.run_due()
    assert home.read(id).state == "completed"
    assert ("refused", "completed") in home.trace(id)
    assert home.jobs(id) == ()


def test_a_result_that_is_no_value_is_an_incident_and_harms_nobody(home: Installation) -> None:
    home.handlers.functions["pay"] = returning({"thing": object()})
    home.deploy(CHARGE)
    id = home.start("charge")
    home.run_due()
    assert "object" in home.incidents()[0].message
    assert home.read(id).state == "active"


class Speechless(Exception):
    def __str__(self) -> str:
        raise ValueError("no text")


@pytest.mark.parametrize(
    "error", [Speechless(), RuntimeError("half \ud800 and zero \0"), RuntimeError("x" * 1_000_000)]
)
def test_an_error_whose_text_cannot_be_stored_is_a_failed_try_like_any_other(
    home: Installation, error: Exception
) -> None:
    home.handlers.functions["pay"] = raising(error)
    home.handlers.policies["pay"] = Policy(tries=2, waits=(1.0,))
    home.deploy(CHARGE)
    id = home.start("charge")
    home.run_due()
    assert home.jobs(id)[0].failures == 1
    home.clock.forward(seconds=1)
    home.run_due()
    [incident] = home.incidents()
    assert incident.message.startswith(type(error).__name__)
    assert len(incident.message) <= 4000
    assert home.jobs(id) == ()


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ErrorThrown("c", "m", {"x": object()}), "threw BPMN error 'c' with what cannot be stored"),
        (ErrorThrown("c\ud800" * 500, "m\ud800"), "BPMN error 'c"),
        (ErrorThrown(None, 5), "BPMN error 'None'"),  # type: ignore[arg-type]
    ],
)
def test_a_bpmn_error_that_cannot_be_thrown_is_an_incident_after_one_try(
    home: Installation, error: Exception, told: str
) -> None:
    home.handlers.functions["pay"] = raising(error)
    home.deploy(GUARDED)
    id = home.start("guarded")
    home.run_due()
    [incident] = home.incidents()
    assert told in incident.message
    assert (home.read(id).state, len(home.handlers.calls)) == ("active", 1)


def test_a_timer_interrupts_a_running_handler_whose_result_is_then_too_late(home: Installation) -> None:
    home.handlers.functions["pay"] = returning({"receipt": 1})
    home.deploy(GUARDED)
    id = home.start("guarded")
    running = take(home, seconds=7200)[0]
    home.clock.forward(hours=1)
    assert home.run_due() >= 1
    assert home.read(id).state == "completed"
    assert ("expired", "completed") in home.trace(id)
    assert jobs.finish(home.rt, running, {"receipt": 1}) is None
    assert home.variables(id) == {}
    assert home.attempts(id) == [("late", 1)]


# -- claims
def test_a_claimed_job_is_nobody_elses_until_its_lease_ends(home: Installation) -> None:
    home.deploy(CHARGE)
    home.start("charge")
    first = take(home, "w1", seconds=30)
    assert len(first) == 1
    assert take(home, "w2") == []
    home.clock.forward(seconds=31)
    second = take(home, "w2")
    assert [c.id for c in second] == [first[0].id]
    assert second[0].claim != first[0].claim
    assert second[0].job.attempt == 2


def test_only_who_holds_the_claim_can_finish(home: Installation) -> None:
    home.deploy(CHARGE)
    id = home.start("charge")
    first = take(home, "w1")[0]
    home.clock.forward(seconds=31)
    second = take(home, "w2")[0]
    assert jobs.finish(home.rt, first, {"by": "w1"}) is None
    assert home.read(id).state == "active"
    assert jobs.finish(home.rt, second, {"by": "w2"}) is not None
    assert home.variables(id) == {"by": "w2"}


def test_a_renewed_lease_lasts(home: Installation) -> None:
    home.deploy(CHARGE)
    home.start("charge")
    held = take(home, "w1")
    home.clock.forward(seconds=20)
    assert jobs.renew(home.rt, held, 30) == {held[0].id}
    home.clock.forward(seconds=20)
    assert take(home, "w2") == []


def test_what_a_dead_worker_held_can_be_freed_at_once(home: Installation) -> None:
    home.deploy(CHARGE)
    home.start("charge")
    take(home, "node:0")
    assert jobs.give_back_all(home.rt, "node:1") == 0
    assert jobs.give_back_all(home.rt, "node:0") == 1
    assert len(take(home, "node:0")) == 1


def test_jobs_of_the_highest_priority_come_first_then_the_oldest(home: Installation) -> None:
    urgent = CHARGE.replace('topic="pay"', 'topic="pay" camunda:taskPriority="90"').replace('"charge"', '"urgent"')
    home.deploy(CHARGE, urgent)
    slow = home.start("charge")
    home.clock.forward(seconds=1)
    slower = home.start("charge")
    home.clock.forward(seconds=1)
    fast = home.start("urgent")
    order = [jobs.claim(home.rt, Lease("w", 30, HERE), 1)[0].job.instance_id for _ in range(3)]
    assert order == [fast, slow, slower]


def test_a_worker_that_dies_again_and_again_over_one_job_leaves_an_incident(home: Installation) -> None:
    home.handlers.functions["pay"] = returning(None)
    home.deploy(CHARGE)
    home.start("charge")
    for _ in range(20):
        assert len(take(home)) == 1
        home.clock.forward(seconds=31)
    home.run_due()
    assert "died" in home.incidents()[0].message
    assert home.handlers.calls == []


def test_a_commit_may_lease_the_next_job_to_the_same_worker(home: Installation) -> None:
    two = bpmn(
        "two",
        '<bpmn:startEvent id="start"/>'
        + SERVICE.format(id="a", topic="pay")
        + SERVICE.format(id="b", topic="pay")
        + '<bpmn:endEvent id="end"/>'
        + flow("start", "a", "b", "end"),
    )
    home.deploy(two)
    home.start("two")
    lease = Lease("w1", 30, HERE)
    saved = jobs.finish(home.rt, jobs.claim(home.rt, lease, 1)[0], None, lease)
    assert saved is not None
    assert saved.follow_up is not None
    assert (saved.follow_up.job.element_id, saved.follow_up.job.attempt) == ("b", 1)
    assert take(home, "w2") == []
    assert jobs.finish(home.rt, saved.follow_up, None) is not None


# -- timers and budgets
def test_a_timer_fires_when_it_is_due(home: Installation) -> None:
    home.deploy(
        bpmn(
            "nap",
            """<bpmn:startEvent id="start"/><bpmn:intermediateCatchEvent id="sleep"><bpmn:timerEventDefinition>
            <bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT10M</bpmn:timeDuration></bpmn:timerEventDefinition>
            </bpmn:intermediateCatchEvent><bpmn:endEvent id="end"/>"""
            + flow("start", "sleep", "end"),
        )
    )
    id = home.start("nap")
    assert home.read(id).settled
    assert home.run_due() == 0
    home.clock.forward(minutes=10)
    assert home.run_due() == 1
    assert home.read(id).state == "completed"


def test_a_cycle_that_is_faster_than_the_server_leaves_room_for_others(home: Installation) -> None:
    often = """<bpmn:startEvent id="start"/><bpmn:userTask id="wait"/><bpmn:endEvent id="end"/><bpmn:task id="told"/>
      <bpmn:boundaryEvent id="tick" attachedToRef="wait" cancelActivity="false"><bpmn:timerEventDefinition>
      <bpmn:timeCycle xsi:type="bpmn:tFormalExpression">R/PT0.001S</bpmn:timeCycle></bpmn:timerEventDefinition>
      </bpmn:boundaryEvent>"""
    home.deploy(bpmn("often", often + flow("start", "wait", "end") + flow("tick", "told")), CHARGE)
    home.start("often")
    home.clock.forward(seconds=1)
    home.start("charge")
    for kind in ("timer", "service", "timer"):
        home.clock.forward(seconds=1)
        (job,) = jobs.claim(home.rt, Lease("w1", 30, HERE), 1)
        assert job.job.kind == kind
        if kind == "timer":
            jobs.run_own(home.rt, job)


def timer_start(cycle: str) -> str:
    return bpmn(
        "tick",
        f"""<bpmn:startEvent id="start"><bpmn:timerEventDefinition><bpmn:timeCycle
        xsi:type="bpmn:tFormalExpression">{cycle}</bpmn:timeCycle></bpmn:timerEventDefinition></bpmn:startEvent>
        <bpmn:endEvent id="end"/>"""
        + flow("start", "end"),
    )


def test_a_timer_start_makes_one_instance_for_each_tick(home: Installation) -> None:
    home.deploy(timer_start("R3/PT1H"))
    for expected in (1, 2, 3, 3):
        home.clock.forward(hours=1)
        home.run_due()
        assert home.count("tick") == expected


def test_two_workers_that_see_the_same_tick_make_one_instance(home: Installation) -> None:
    home.deploy(timer_start("R/PT1H"))
    home.clock.forward(hours=1)
    slow = take(home, "w1", seconds=1)[0]
    home.clock.forward(seconds=2)
    quick = take(home, "w2")[0]
    assert jobs.run_own(home.rt, quick) is not None
    assert jobs.run_own(home.rt, slow) is None
    assert home.count("tick") == 1


def test_a_new_version_takes_over_the_timer_of_the_old_one(home: Installation) -> None:
    home.deploy(timer_start("R/PT1H"))
    home.deploy(timer_start("R/PT2H"))
    home.clock.forward(hours=1)
    home.run_due()
    assert home.count("tick") == 0
    home.clock.forward(hours=1)
    home.run_due()
    assert home.count("tick") == 1


ENDLESS = bpmn(
    "endless",
    """<bpmn:startEvent id="start"/><bpmn:exclusiveGateway id="a"/><bpmn:exclusiveGateway id="b" default="b-a"/>
    <bpmn:endEvent id="end"/><bpmn:sequenceFlow id="out" sourceRef="b" targetRef="end">
    <bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">done</bpmn:conditionExpression>
    </bpmn:sequenceFlow>"""
    + flow("start", "a", "b", "a"),
)


def test_a_diagram_that_loops_for_ever_costs_its_share_and_can_be_cancelled(home: Installation) -> None:
    home.rt.settings = replace(home.rt.settings, step_budget=40)
    home.deploy(ENDLESS)
    id = home.start("endless", done=False)
    record = home.read(id)
    assert (record.state, record.settled) == ("active", False)
    assert [job.kind for job in home.jobs(id)] == ["continue"]
    before = len(home.trace(id))
    assert run_one(home) == 1
    assert len(home.trace(id)) > before
    instances.cancel(home.rt, ADMIN, id)
    assert home.read(id).settled
    assert home.run_due() == 0


def test_a_diagram_that_loops_for_ever_stops_with_an_incident_before_it_fills_the_history(home: Installation) -> None:
    home.rt.settings = replace(home.rt.settings, step_budget=40, runaway_limit=100)
    home.deploy(ENDLESS)
    id = home.start("endless", done=False)
    assert home.run_due() == 2
    [incident] = home.incidents()
    assert incident.kind == "runaway"
    assert "after 100 elements" in incident.message
    assert (home.read(id).state, home.read(id).settled, home.jobs(id)) == ("active", True, ())
    filled = len(home.trace(id))
    incidents.retry(home.rt, ADMIN, incident.id)
    home.run_due()
    [incident] = home.incidents()
    assert len(home.trace(id)) >= filled + 98  # it was let run as far again
    instances.change_variables(home.rt, ADMIN, id, {"done": True})
    incidents.retry(home.rt, ADMIN, incident.id)
    assert (home.read(id).state, home.incidents()) == ("completed", [])


def run_one(home: Installation) -> int:
    return run_due(home.rt, limit=1)
