"""Each sample runs through the use cases to every ending, with its own forms and handlers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.installation import Clock

from stellwerk.errors import InvalidInput
from stellwerk.jobs import run_due
from stellwerk.store.history import count_activities
from stellwerk.store.incidents import IncidentFilter, list_incidents
from stellwerk.store.instances import InstanceFilter, get_instance, list_instances
from stellwerk.store.paging import PageRequest
from stellwerk.store.records import InstanceRecord, TaskRecord
from stellwerk.store.tasks import TaskFilter, list_tasks
from stellwerk.usecases import instances, samples, tasks
from stellwerk.usecases.access import Principal
from stellwerk.usecases.runtime import Runtime

ORDER = {"item": "Tea", "quantity": 2, "price": 20, "card": "valid"}
DOCUMENT = {"title": "Travel rules", "author": "anna", "reviewer_names": "ben, cleo, dora"}
TRIP = {"destination": "Porto", "traveller": "anna", "approvers": "ben, cleo"}
CLAIM = {"customer": "anna", "kind": "water", "tariff": "basic", "amount": 900, "earlier_claims": 0}
NEED = {"item": "Tea", "quantity": 3, "wanted_by": "2026-04-01"}


class Office:
    """People at work: starts, does tasks, lets time pass; after each the jobs that are due are run."""

    def __init__(self, runtime: Runtime, clock: Clock, who: Principal) -> None:
        self.runtime, self.clock, self.who = runtime, clock, who

    def start(self, key: str, variables: Mapping[str, Any], business_key: str | None = None) -> UUID:
        request = instances.StartRequest(definition_key=key, business_key=business_key, variables=variables)
        record = instances.start(self.runtime, self.who, request)
        run_due(self.runtime)
        return record.id

    def do_start(self, key: str, variables: Mapping[str, Any]) -> UUID:
        """As somebody who fills in the form: all that it asks for is needed."""
        request = instances.StartRequest(definition_key=key, variables=variables, from_form=True)
        return instances.start(self.runtime, self.who, request).id

    def open_tasks(self, name: str | None = None) -> list[TaskRecord]:
        with self.runtime.database.reading() as tx:
            return list(list_tasks(tx, TaskFilter(state="open", name=name), PageRequest(sort="createdAt")).items)

    def do(self, name: str, assignee: str | None = None, **variables: Any) -> None:
        task = next(t for t in self.open_tasks(name) if assignee is None or t.assignee == assignee)
        tasks.complete(self.runtime, self.who, task.id, variables)
        run_due(self.runtime)

    def wait(self, **duration: float) -> None:
        self.clock.forward(**duration)
        run_due(self.runtime)

    def record(self, id: UUID) -> InstanceRecord:
        with self.runtime.database.reading() as tx:
            return get_instance(tx, id)

    def all_of(self, key: str) -> list[InstanceRecord]:
        with self.runtime.database.reading() as tx:
            return list(list_instances(tx, InstanceFilter(definition_key=key), PageRequest()).items)

    def called_by(self, id: UUID) -> list[InstanceRecord]:
        with self.runtime.database.reading() as tx:
            return list(list_instances(tx, InstanceFilter(parent_id=id), PageRequest()).items)

    def passed(self, id: UUID) -> set[str]:
        """Ids of the elements that tokens have left."""
        with self.runtime.database.reading() as tx:
            return {element for element, state in count_activities(tx, id) if state == "completed"}

    def variables(self, id: UUID) -> Mapping[str, Any]:
        return instances.variables(self.runtime, self.who, id)

    def incidents(self) -> list[str]:
        with self.runtime.database.reading() as tx:
            return [i.message for i in list_incidents(tx, IncidentFilter(), PageRequest()).items]


@pytest.fixture
def office(runtime: Runtime, clock: Clock, as_admin: Principal) -> Iterator[Office]:
    loaded = samples.load(runtime, as_admin)
    assert not loaded.report, "samples have nothing to complain about"
    assert {d.key for d in loaded.definitions} == {"order", "approval", "claim", "customer", "supplier", "trip"}
    opened = Office(runtime, clock, as_admin)
    yield opened
    assert opened.incidents() == []


# -- order
def test_an_order_is_paid_packed_and_shipped(office: Office) -> None:
    id = office.start("order", ORDER)
    seen = office.variables(id)
    assert (seen["total"], seen["insured"]) == (40, False)
    assert seen["receipt"]["number"].startswith("R-")
    (task,) = office.open_tasks()
    assert (task.name, task.candidate_groups) == ("Pack the order", ("warehouse",))
    office.do("Pack the order", weight=0.5, fragile=True)
    assert office.record(id).state == "completed"
    assert "order_shipped" in office.passed(id)
    assert "insure_parcel" not in office.passed(id)


def test_a_large_order_is_insured(office: Office) -> None:
    id = office.start("order", {**ORDER, "price": 300})
    assert office.variables(id)["insured"] is True
    assert "insure_parcel" in office.passed(id)


def test_a_declined_card_ends_the_order(office: Office) -> None:
    id = office.start("order", {**ORDER, "card": "declined"})
    assert office.record(id).state == "completed"
    assert "order_declined" in office.passed(id)
    assert office.open_tasks() == []


def test_slow_packing_sends_one_reminder_and_the_task_stays(office: Office) -> None:
    id = office.start("order", ORDER)
    office.wait(hours=3)
    assert "remind_warehouse" not in office.passed(id)
    office.wait(hours=2)
    assert {"remind_warehouse", "reminder_sent"} <= office.passed(id)
    office.wait(hours=20)
    office.do("Pack the order", weight=1, fragile=False)
    assert office.record(id).state == "completed"


def test_packing_in_time_sends_no_reminder(office: Office) -> None:
    id = office.start("order", ORDER)
    office.do("Pack the order", weight=1, fragile=False)
    office.wait(hours=5)
    assert "remind_warehouse" not in office.passed(id)


def test_the_forms_of_an_order_hold_their_rules(office: Office) -> None:
    with pytest.raises(InvalidInput):
        office.start("order", {**ORDER, "quantity": 0})
    office.start("order", ORDER)
    with pytest.raises(InvalidInput):
        office.do("Pack the order", weight=31, fragile=False)
    office.do("Pack the order", weight=30, fragile=False)


# -- approval
def test_a_document_is_approved_when_all_agree(office: Office) -> None:
    id = office.start("approval", DOCUMENT)
    assert {t.assignee for t in office.open_tasks("Review the document")} == {"ben", "cleo", "dora"}
    for name in ("cleo", "ben", "dora"):
        office.do("Review the document", name, approved=True, remark=f"fine, {name}")
    assert office.record(id).state == "completed"
    assert "document_approved" in office.passed(id)
    assert office.variables(id)["remarks"] == ["fine, ben", "fine, cleo", "fine, dora"]


def test_no_reviewer_finds_the_answer_of_another_in_the_form(office: Office) -> None:
    office.start("approval", DOCUMENT)
    office.do("Review the document", "ben", approved=True, remark="Fine.")
    for task in office.open_tasks("Review the document"):
        seen = tasks.form(office.runtime, office.who, task.id).data
        assert (seen["approved"], seen.get("remark")) == (False, None)


def test_the_first_refusal_ends_the_round_and_the_author_gives_up(office: Office) -> None:
    id = office.start("approval", DOCUMENT)
    office.do("Review the document", "ben", approved=True, remark="")
    office.do("Review the document", "cleo", approved=False, remark="Too long.")
    (task,) = office.open_tasks()
    assert (task.name, task.assignee) == ("Decide how to go on", "anna")
    office.do("Decide how to go on", decision="give-up")
    assert office.record(id).state == "completed"
    assert "document_rejected" in office.passed(id)


def test_a_changed_document_is_reviewed_again(office: Office) -> None:
    id = office.start("approval", DOCUMENT)
    office.do("Review the document", "dora", approved=False, remark="")
    office.do("Decide how to go on", decision="again")
    for name in ("ben", "cleo", "dora"):
        office.do("Review the document", name, approved=True, remark="")
    assert "document_approved" in office.passed(id)


# -- purchase
def test_an_order_that_is_confirmed_reaches_its_own_customer(office: Office) -> None:
    mine = office.start("customer", NEED, "P-1")
    other = office.start("customer", {**NEED, "item": "Cups"}, "P-2")
    assert {supplier.business_key for supplier in office.all_of("supplier")} == {"P-1", "P-2"}
    answer(office, "P-1", available=True)
    assert (office.record(mine).state, office.record(other).state) == ("completed", "active")
    assert "goods_ordered" in office.passed(mine)
    assert office.variables(mine)["confirmed_quantity"] == 3
    (supplier,) = [one for one in office.all_of("supplier") if one.business_key == "P-1"]
    assert "confirm_order" in office.passed(supplier.id)


def test_an_order_that_is_refused_says_so(office: Office) -> None:
    id = office.start("customer", NEED, "P-1")
    answer(office, "P-1", available=False)
    assert "order_refused" in office.passed(id)
    (supplier,) = office.all_of("supplier")
    assert (supplier.state, "refuse_order" in office.passed(supplier.id)) == ("completed", True)


def test_a_silent_supplier_is_not_waited_for_longer_than_two_days(office: Office) -> None:
    id = office.start("customer", NEED, "P-1")
    office.wait(hours=47)
    assert office.record(id).state == "active"
    office.wait(hours=2)
    assert "supplier_silent" in office.passed(id)


def answer(office: Office, business_key: str, *, available: bool) -> None:
    task = next(t for t in office.open_tasks("Check the stock") if t.business_key == business_key)
    form = tasks.form(office.runtime, office.who, task.id)
    assert (form.data["item"], form.data["quantity"]) == ("Tea", 3)
    tasks.complete(office.runtime, office.who, task.id, {"available": available})
    run_due(office.runtime)


# -- trip
def test_a_trip_is_approved_by_the_process_for_documents_and_booked(office: Office) -> None:
    id = office.start("trip", TRIP, "T-1")
    (called,) = office.called_by(id)
    assert (called.key, called.business_key) == ("approval", "T-1")
    assert office.variables(called.id)["title"] == "Trip to Porto"
    for name in ("ben", "cleo"):
        office.do("Review the document", name, approved=True, remark=f"fine, {name}")
    assert (office.record(id).state, office.record(called.id).state) == ("completed", "completed")
    assert "trip_booked" in office.passed(id)
    seen = office.variables(id)
    assert seen["remarks"] == ["fine, ben", "fine, cleo"]
    assert seen["booking_number"].startswith("T-")
    assert "reviewers" not in seen


def test_a_trip_that_somebody_refuses_is_not_booked(office: Office) -> None:
    id = office.start("trip", TRIP)
    office.do("Review the document", "ben", approved=False, remark="Too far.")
    office.do("Decide how to go on", decision="give-up")
    assert "trip_refused" in office.passed(id)
    assert "book_trip" not in office.passed(id)


def test_a_trip_without_an_answer_in_three_days_is_too_late(office: Office) -> None:
    id = office.start("trip", TRIP)
    office.do("Review the document", "ben", approved=True, remark="")
    office.wait(days=3, minutes=1)
    assert "trip_too_late" in office.passed(id)
    assert office.open_tasks() == []
    (called,) = office.called_by(id)
    assert called.state == "cancelled"


# -- claim
def test_a_small_claim_is_paid_by_the_rules_alone(office: Office) -> None:
    id = office.start("claim", CLAIM)
    assert office.record(id).state == "completed"
    assert "claim_paid" in office.passed(id)
    seen = office.variables(id)
    assert seen["ruling"] == {"route": "pay", "reason": "A small claim.", "payout": 400}
    assert seen["paid"] == 400


def test_a_claim_below_the_deductible_is_refused(office: Office) -> None:
    id = office.start("claim", {**CLAIM, "amount": 499.99})
    assert "claim_refused" in office.passed(id)
    assert office.variables(id)["paid"] == 0


def test_a_large_claim_is_assessed_and_less_is_paid_for_a_reason(office: Office) -> None:
    id = office.start("claim", {**CLAIM, "amount": 1700.5})
    with pytest.raises(InvalidInput, match="paid"):
        office.do("Assess the claim", paid=1200.51)
    with pytest.raises(InvalidInput, match="Why less is paid"):
        office.do("Assess the claim", paid=1000)
    office.do("Assess the claim", paid=1000, reduction_reason="The floor was old.")
    assert "claim_paid" in office.passed(id)
    assert office.variables(id)["reduction_reason"] == "The floor was old."


def test_a_claim_of_many_is_assessed_and_nothing_is_paid(office: Office) -> None:
    id = office.start("claim", {**CLAIM, "earlier_claims": 3})
    office.do("Assess the claim", paid=0, reduction_reason="It was reported before.")
    assert "claim_refused" in office.passed(id)


def test_a_theft_needs_the_report_of_the_police_and_other_damage_none(office: Office) -> None:
    with pytest.raises(InvalidInput, match="police report"):
        office.do_start("claim", {**CLAIM, "kind": "theft"})
    id = office.do_start("claim", {**CLAIM, "kind": "theft", "police_report": "17/2026"})
    assert office.variables(id)["police_report"] == "17/2026"


# -- all of them
def test_every_ending_of_every_sample_is_reached_above() -> None:
    """Endings are the end events; a new one needs a test."""
    here = Path(__file__).read_text(encoding="utf-8")
    endings = [
        end
        for name, content in samples.files()
        if name.endswith(".bpmn")
        for end in re.findall(r'<bpmn:endEvent id="(\w+)"', content.decode())
    ]
    assert len(endings) == 15
    assert not [end for end in endings if f'"{end}"' not in here]


def test_every_form_of_the_samples_is_used() -> None:
    diagrams = "".join(content.decode() for name, content in samples.files() if name.endswith(".bpmn"))
    for name, content in samples.files():
        if name.endswith(".form"):
            assert json.loads(content)["id"] == name.removesuffix(".form")
            assert f'camunda:formKey="{name.removesuffix(".form")}"' in diagrams
