"""Tasks: who may hold them, what they are filled with, and that each is completed once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.installation import ADMIN, Installation, bpmn, flow

from stellwerk.errors import Conflict, InvalidInput, NotFound, NotPermitted, TaskNotOpen
from stellwerk.store.records import Scope, TaskRecord
from stellwerk.usecases import instances, tasks
from stellwerk.usecases.access import Principal

ANNA = Principal("anna", frozenset({"user"}), frozenset({"clerks"}))
BOB = Principal("bob", frozenset({"user"}))


def process(attributes: str = "", inside: str = "") -> str:
    return bpmn(
        "work",
        f'<bpmn:startEvent id="start"/><bpmn:userTask id="do" name="Do it" {attributes}>{inside}</bpmn:userTask>'
        + '<bpmn:endEvent id="end"/>'
        + flow("start", "do", "end"),
    )


def begin(home: Installation, attributes: str = "", **variables: Any) -> TaskRecord:
    home.deploy(process(attributes))
    home.start("work", "K", **variables)
    return home.tasks()[0]


def test_a_task_says_where_it_comes_from(home: Installation) -> None:
    task = begin(home, 'camunda:candidateGroups="clerks, bosses" camunda:candidateUsers="carl" camunda:priority="70"')
    assert (task.name, task.definition_key, task.definition_name, task.business_key) == ("Do it", "work", "Work", "K")
    assert (task.candidate_groups, task.candidate_users) == (("bosses", "clerks"), ("carl",))
    assert (task.priority, task.state, task.assignee) == (70, "open", None)


def test_a_free_task_is_claimed_by_one_and_given_back(home: Installation) -> None:
    task = begin(home)
    tasks.claim(home.rt, ANNA, task.id)
    tasks.claim(home.rt, ANNA, task.id)
    assert tasks.get(home.rt, ANNA, task.id).assignee == "anna"
    with pytest.raises(NotFound):
        tasks.claim(home.rt, BOB, task.id)
    with pytest.raises(Conflict):
        tasks.claim(home.rt, ADMIN, task.id)
    tasks.unclaim(home.rt, ANNA, task.id)
    tasks.claim(home.rt, BOB, task.id)
    assert home.tasks()[0].assignee == "bob"


def test_only_candidates_see_and_claim_a_task_that_has_some(home: Installation) -> None:
    task = begin(home, 'camunda:candidateGroups="clerks"')
    with pytest.raises(NotFound):
        tasks.claim(home.rt, BOB, task.id)
    tasks.claim(home.rt, ANNA, task.id)


def test_completing_an_unclaimed_task_claims_it(home: Installation) -> None:
    task = begin(home)
    told = tasks.complete(home.rt, ANNA, task.id, {"ok": True})
    closed = tasks.get(home.rt, ANNA, task.id)
    assert told == closed
    assert (closed.state, closed.assignee, closed.closed_by) == ("completed", "anna", "anna")
    assert home.variables(task.instance_id) == {"ok": True}


def test_only_its_assignee_or_an_administrator_completes_an_assigned_task(home: Installation) -> None:
    task = begin(home, 'camunda:assignee="bob" camunda:candidateUsers="anna"')
    with pytest.raises(NotPermitted):
        tasks.complete(home.rt, ANNA, task.id, {})
    told = tasks.complete(home.rt, ADMIN, task.id, {})
    closed = tasks.get(home.rt, ADMIN, task.id)
    assert told == closed
    assert (closed.assignee, closed.closed_by) == ("bob", "admin")


def test_a_task_is_completed_once_and_the_second_one_is_told_who_was_first(home: Installation) -> None:
    task = begin(home)
    tasks.complete(home.rt, ANNA, task.id, {})
    with pytest.raises(TaskNotOpen, match="completed by anna") as refused:
        tasks.complete(home.rt, ADMIN, task.id, {})
    assert refused.value.state == "completed"


def test_a_withdrawn_task_says_what_withdrew_it(home: Installation) -> None:
    home.deploy(
        bpmn(
            "work",
            """<bpmn:startEvent id="start"/><bpmn:userTask id="do" name="Do it"/><bpmn:endEvent id="end"/>
            <bpmn:boundaryEvent id="late" name="Too late" attachedToRef="do">
            <bpmn:timerEventDefinition><bpmn:timeDuration
            xsi:type="bpmn:tFormalExpression">PT1H</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>
            <bpmn:endEvent id="over"/>"""
            + flow("start", "do", "end")
            + flow("late", "over"),
        )
    )
    home.start("work")
    task = home.tasks()[0]
    home.clock.forward(hours=1)
    home.run_due()
    with pytest.raises(TaskNotOpen, match="Too late") as refused:
        tasks.complete(home.rt, ADMIN, task.id, {"typed": "in vain"})
    assert refused.value.state == "withdrawn"
    assert home.variables(task.instance_id) == {}


def test_a_task_of_a_cancelled_instance_is_not_open(home: Installation) -> None:
    task = begin(home)
    instances.cancel(home.rt, ADMIN, task.instance_id)
    with pytest.raises(TaskNotOpen):
        tasks.claim(home.rt, ADMIN, task.id)


FORM = {
    "type": "default",
    "id": "decide",
    "schemaVersion": 18,
    "components": [
        {"type": "number", "key": "amount", "label": "Amount", "validate": {"required": True, "min": 1}},
        {"type": "textfield", "key": "note", "label": "Note"},
    ],
}


def test_a_form_is_filled_with_variables_and_its_rules_hold_on_the_server(home: Installation) -> None:
    home.deploy(process('camunda:formKey="decide"'), forms={"decide.form": json.dumps(FORM)})
    home.start("work", amount=5)
    task = home.tasks()[0]
    form = tasks.form(home.rt, ANNA, task.id)
    assert form.schema is not None
    assert form.schema["id"] == "decide"
    assert form.data == {"amount": 5}
    for wrong in ({"amount": 0}, {}, {"amount": 2, "other": 1}):
        with pytest.raises(InvalidInput):
            tasks.complete(home.rt, ANNA, task.id, wrong)
    assert home.tasks()[0].state == "open"
    tasks.complete(home.rt, ANNA, task.id, {"amount": 3})
    assert home.variables(task.instance_id)["amount"] == 3


ORDER = {
    "type": "default",
    "id": "order",
    "components": [
        {"type": "checkbox", "key": "company", "label": "Company"},
        {
            "type": "textfield",
            "key": "vat",
            "label": "VAT number",
            "conditional": {"hide": "=not(company)"},
            "validate": {"required": True},
        },
        {
            "type": "dynamiclist",
            "path": "items",
            "label": "Items",
            "components": [
                {"type": "number", "key": "price", "label": "Price", "validate": {"max": "=limit"}},
                {"type": "number", "key": "count", "label": "Count"},
                {"type": "expression", "key": "sum", "expression": "=this.price * this.count", "computeOn": "change"},
            ],
        },
        {"type": "expression", "key": "total", "expression": "=sum(items.sum)", "computeOn": "change"},
    ],
}


def test_what_a_form_hides_is_dropped_and_what_it_computes_is_computed_again(home: Installation) -> None:
    home.deploy(process('camunda:formKey="order"'), forms={"order.form": json.dumps(ORDER)})
    home.start("work", limit=100, vat="before")
    task = home.tasks()[0]
    items = [{"price": 0.1, "count": 3, "sum": 99}, {"price": 5, "count": 2}]
    with pytest.raises(InvalidInput) as refused:
        tasks.complete(home.rt, ANNA, task.id, {"company": True, "items": [{"price": 101, "count": 1}]})
    assert [(one.path, one.rule) for one in refused.value.errors] == [("vat", "required"), ("items[0].price", "max")]
    tasks.complete(home.rt, ANNA, task.id, {"company": False, "vat": "forged", "items": items, "total": 1})
    assert home.variables(task.instance_id) == {
        "limit": 100,
        "company": False,
        "vat": "before",
        "items": [{"price": 0.1, "count": 3, "sum": 0.3}, {"price": 5, "count": 2, "sum": 10}],
        "total": 10.3,
    }


def test_a_start_by_a_program_may_send_more_but_keeps_the_rules_of_the_start_form(home: Installation) -> None:
    source = process("").replace(
        '<bpmn:startEvent id="start"/>', '<bpmn:startEvent id="start" camunda:formKey="order"/>'
    )
    home.deploy(source, forms={"order.form": json.dumps(ORDER)})
    sent = {"vat": "forged", "other": 7, "items": [{"price": 2, "count": 2}], "total": -1}
    instance = home.start("work", **sent)
    assert home.variables(instance) == {"other": 7, "items": [{"price": 2, "count": 2, "sum": 4}], "total": 4}
    with pytest.raises(InvalidInput, match="no field"):
        home.start("work", items=[{"prize": 2}])


def test_form_data_of_the_diagram_becomes_a_form(home: Installation) -> None:
    fields = """<bpmn:extensionElements><camunda:formData>
      <camunda:formField id="amount" label="Amount" type="long"/></camunda:formData></bpmn:extensionElements>"""
    home.deploy(process(inside=fields))
    home.start("work")
    schema = tasks.form(home.rt, ANNA, home.tasks()[0].id).schema
    assert schema is not None
    assert [component["key"] for component in schema["components"]] == ["amount"]


def test_the_form_that_was_deployed_with_the_process_goes_before_a_newer_one(home: Installation) -> None:
    home.deploy(process('camunda:formKey="decide"'), forms={"decide.form": json.dumps(FORM)})
    home.start("work")
    newer = FORM | {"components": [{"type": "textfield", "key": "other", "label": "Other"}]}
    home.deploy(forms={"decide.form": json.dumps(newer)})
    schema = tasks.form(home.rt, ANNA, home.tasks()[0].id).schema
    assert schema is not None
    assert schema["components"][0]["key"] == "amount"


def test_a_task_without_form_takes_any_variables(home: Installation) -> None:
    task = begin(home, 'camunda:formKey="missing"')
    assert tasks.form(home.rt, ANNA, task.id).schema is None
    with pytest.raises(InvalidInput):
        tasks.complete(home.rt, ANNA, task.id, {"bad": object()})
    tasks.complete(home.rt, ANNA, task.id, {"any": [1, {"b": None}]})
    assert home.variables(task.instance_id) == {"any": [1, {"b": None}]}


def test_search_finds_tasks_by_what_people_look_for(home: Installation) -> None:
    clerks = begin(home, 'camunda:candidateGroups="clerks"')
    home.clock.forward(minutes=1)
    home.deploy(process('camunda:assignee="bob"').replace('"work"', '"other"').replace("Do it", "Do that"))
    home.start("other")
    bobs = home.tasks(assignee="bob")[0]
    assert [t.id for t in home.tasks()] == [bobs.id, clerks.id]
    assert [t.id for t in home.tasks(candidate_group="clerks")] == [clerks.id]
    assert home.tasks(candidate_user="clerks") == []
    assert [t.id for t in home.tasks(definition_key="other")] == [bobs.id]
    assert [t.id for t in home.tasks(name="Do that")] == [bobs.id]
    assert [t.id for t in home.tasks(text="that")] == [bobs.id]
    assert [t.id for t in home.tasks(instance_id=clerks.instance_id)] == [clerks.id]
    assert [t.id for t in home.tasks(visible_to=Scope("anna", ANNA.groups))] == [clerks.id]
    assert [t.id for t in home.tasks(visible_to=Scope("bob", BOB.groups))] == [bobs.id]
    assert home.tasks(unassigned=True)[0].id == clerks.id


def test_texts_from_a_diagram_that_are_too_long_or_hold_nul_are_stored_cut(home: Installation) -> None:
    home.deploy(process('camunda:assignee="${who}"'))
    home.start("work", who="w" * 300)
    assert len(home.tasks()[0].assignee or "") == 255
    home.start("work", who="a\0b")
    assert "\0" not in (home.tasks()[0].assignee or "")
