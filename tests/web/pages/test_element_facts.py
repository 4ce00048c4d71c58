"""The box beside an element tells how often it ran, when, how long, and what its job waits for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask_babel import Babel

from stellwerk.store.records import ActivityRecord, DecisionRecord, JobRecord
from stellwerk.web.pages.element_facts import element_facts

from .application import application, unbuilt
from .fakes import ADMIN, EVALUATIONS, FakePort

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _language():
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        yield


def ran(token: int, element: str, *, minutes: int | None = None, reason: str = "") -> ActivityRecord:
    ended = None if minutes is None else NOON + timedelta(minutes=minutes)
    state = "active" if ended is None else "completed"
    return ActivityRecord(token, element, element, "serviceTask", state, NOON, ended, reason)


def job(element: str, topic: str | None, error: str = "") -> JobRecord:
    kind = "service" if topic else "timer"
    return JobRecord(UUID(int=1), kind, None, None, 3, element, topic, 50, NOON, 2, 1, 5, error, NOON, None)


def test_a_loop_tells_how_often_and_its_last_run():
    facts = element_facts([ran(3, "charge", minutes=1), ran(5, "charge", minutes=5, reason="timer 'Late'")], [], {}, [])
    assert facts == {
        "charge": [
            ("Runs", "2"),
            ("Began", "2026-11-22 12:00:00 UTC"),
            ("Took", "5 min"),
            ("Reason", "timer 'Late'"),
        ]
    }


def test_a_business_rule_task_tells_what_it_decided_last_and_leads_there(tmp_path):
    given = [replace(one, element_id="rule") for one in (EVALUATIONS[1], EVALUATIONS[0])]  # the last one first
    with application(FakePort(), ADMIN, unbuilt(tmp_path)).test_request_context():
        facts = element_facts([ran(3, "rule")], [], {}, [], (), given)
    assert facts["rule"][-1] == (
        "Decided",
        "route: refuse, reason: The damage is not above the deductible., payout: 0",
        f"/decisions/evaluations/{given[0].id}",
    )


def test_a_job_tells_its_topic_tries_and_last_error():
    facts = element_facts([ran(3, "charge")], [job("charge", "charge-card", "The bank is closed.")], {}, [])
    assert facts["charge"][2:] == [
        ("Topic", "charge-card"),
        ("Tries begun", "2"),
        ("Last error", "The bank is closed."),
    ]


def test_a_timer_tells_when_it_is_due_and_strangers_are_left_out():
    facts = element_facts([ran(3, "wait")], [job("wait", None), job("elsewhere", None)], {}, [])
    assert facts == {"wait": [("Runs", "1"), ("Began", "2026-11-22 12:00:00 UTC"), ("Due", "2026-11-22 12:00:00 UTC")]}


def test_the_last_decision_that_led_to_an_element_tells_why():
    decisions = [
        DecisionRecord("large", "total > 100", {"total": 120}, True, ("charge",)),
        DecisionRecord("large", "total > 100", {"total": 20}, False),
        DecisionRecord("large", "", {}, True, ("charge",)),
        DecisionRecord("paid", "", {}, True, ("wait",)),
    ]
    ran_once = [ran(3, "charge"), ran(4, "wait"), ran(5, "large")]
    facts = element_facts(ran_once, [], {}, decisions)
    assert facts["charge"][2:] == [("Because", "total > 100 (total = 120)")]
    assert facts["wait"][2:] == [("Because", "no other condition was true")]
    assert facts["large"][2:] == [("Decided", "total > 100 (total = 20): no")]
