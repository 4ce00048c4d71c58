"""FEEL in what activities say: loops, user tasks, jobs, calls, data; each step goes on from the stored bytes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.engine.feel_support import END, START, message_of, own, waits
from tests.engine.harness import NOW, FakeHost, Run, chain, compiled, run, service

from stellwerk.engine import commands as c
from stellwerk.engine import events as e


def test_multi_instance_takes_its_items_number_and_end_from_feel():
    loop = (
        '<multiInstanceLoopCharacteristics camunda:collection="= orders[total &gt; 10]" camunda:elementVariable="o" '
        'isSequential="true"><completionCondition>= o.total &gt; 100</completionCondition>'
        "</multiInstanceLoopCharacteristics>"
    )
    orders = [{"total": n} for n in (5, 20, 200, 30)]
    r = waits(loop, {"orders": orders})
    for _ in range(2):
        r.complete("t")
    assert r.completed
    loop = (
        "<multiInstanceLoopCharacteristics><loopCardinality>= count(orders) / 2</loopCardinality>"
        "</multiInstanceLoopCharacteristics>"
    )
    assert waits(loop, {"orders": orders}).open_tasks == ["t", "t"]
    assert "must be a whole number" in message_of(waits(loop, {"orders": [1]}))


def test_a_collection_that_is_null_is_an_incident_that_says_why():
    r = waits('<multiInstanceLoopCharacteristics camunda:collection="= ordrs"/>', {"orders": [1]})
    assert "is no list. The variable 'ordrs' does not exist." in message_of(r)


@pytest.mark.parametrize("number", ["10 ** 6000", "1 / 3"])
def test_a_number_that_counts_nothing_is_an_incident(number):
    cardinality = f"<loopCardinality>={number}</loopCardinality>"
    loop = f"<multiInstanceLoopCharacteristics>{cardinality}</multiInstanceLoopCharacteristics>"
    assert "It must be a whole number" in message_of(waits(loop))


def test_a_standard_loop_goes_on_while_feel_says_so():
    loop = (
        "<standardLoopCharacteristics testBefore='true'><loopCondition xsi:type='tFormalExpression'>"
        "= loopCounter &lt; 3</loopCondition></standardLoopCharacteristics>"
    )
    body = f"{START}<task id='t'>{loop}</task>{END}{chain('s', 't', 'e')}"
    r = run(body)
    assert len(r.said(e.ActivityEnded, element_id="t")) == 4  # three rounds and the loop


def test_a_user_task_is_given_by_feel():
    r = waits(
        "",
        {"vip": True, "team": ["anna", "ben"]},
        assignee="= if vip then &quot;anna&quot; else null",
        candidateUsers="= team",
        candidateGroups="= &quot;sales,&quot; + &quot;support&quot;",
        dueDate="= @&quot;P1D&quot;",
        followUpDate="= now() + @&quot;PT1H&quot;",
        priority="= 10 * count(team)",
        formKey="= &quot;form-&quot; + string(count(team))",
    )
    (task,) = r.tasks.values()
    assert (task.assignee, task.candidate_users, task.candidate_groups) == (
        "anna",
        ("anna", "ben"),
        ("sales", "support"),
    )
    assert (task.due_at, task.follow_up_at) == (NOW + timedelta(days=1), NOW + timedelta(hours=1))
    assert (task.priority, task.form_key) == (20, "form-2")


def test_nobody_may_be_meant_but_not_by_mistake():
    assert next(iter(waits("", {"vip": False}, assignee="= if vip then 1 else null").tasks.values())).assignee is None
    r = waits("", {"boss": "anna"}, assignee="= bos")
    assert "The assignee of 't' is null. The variable 'bos' does not exist. Known here: boss." in message_of(r)
    r.retry("t", bos="ben")
    assert next(iter(r.tasks.values())).assignee == "ben"


@pytest.mark.parametrize(
    "name", ["candidateUsers", "candidateGroups", "dueDate", "followUpDate", "priority", "formKey"]
)
def test_what_a_user_task_asks_of_a_missing_variable_is_an_incident(name):
    assert "'missing' does not exist" in message_of(waits("", **{name: "= missing"}))


def test_a_job_has_its_topic_priority_and_retries_from_feel():
    cycle = (
        "<extensionElements><camunda:failedJobRetryTimeCycle>= &quot;R&quot; + string(tries) + &quot;/PT10S&quot;"
        "</camunda:failedJobRetryTimeCycle></extensionElements>"
    )
    task = service("w", cycle, taskPriority="= tries * 2").replace('"work"', '"= &quot;to-&quot; + country"')
    body = f"{START}{task}{END}{chain('s', 'w', 'e')}"
    (job,) = run(body, {"country": "de", "tries": 4}).jobs.values()
    assert (job.topic, job.priority, job.tries, job.retry_wait_s) == ("to-de", 8, 4, (10.0,))
    failed = run(body, {"country": "de"})
    assert "The retry cycle of 'w' is null. The variable 'tries' does not exist." in message_of(failed)
    assert "The retries of 'w' cannot be read" in message_of(run(body, {"country": "de", "tries": 0}))
    assert "The topic of 'w' is empty. The variable 'country' does not exist." in message_of(run(body, {"tries": 1}))


def test_a_call_activity_calls_and_passes_by_feel():
    inner = compiled(f'{START}<userTask id="in"/>{chain("s", "in")}', key="order-2")
    passes = (
        '<extensionElements><camunda:in sourceExpression="= total * 2" target="twice"/>'
        '<camunda:in businessKey="= execution.processBusinessKey + &quot;/1&quot;"/></extensionElements>'
    )
    body = (
        f'{START}<callActivity id="c" calledElement="= &quot;order-&quot; + string(version)">{passes}</callActivity>'
        f"{END}{chain('s', 'c', 'e')}"
    )
    r = Run(compiled(body), FakeHost(processes={"order-2": inner}), reload=True)
    r.do(c.StartInstance({"version": 2, "total": 3}, business_key="B"))
    (call,) = r.calls.values()
    assert (call.definition_id, call.business_key) == ("order-2", "B/1")
    assert r.variables_of("c") == {"twice": 6}
    failed = Run(compiled(body), FakeHost(), reload=True).start({"total": 3})
    assert "The called element of 'c' is empty." in message_of(failed)


def test_data_associations_transform_and_assign_in_feel():
    body = (
        f'{START}<dataObject id="order"/><userTask id="t"><ioSpecification><dataInput id="total"/>'
        '<dataInput id="lines"/>'
        "<inputSet><dataInputRefs>total</dataInputRefs><dataInputRefs>lines</dataInputRefs></inputSet><outputSet/>"
        "</ioSpecification><dataInputAssociation><sourceRef>order</sourceRef><targetRef>total</targetRef>"
        '<transformation xsi:type="tFormalExpression">= sum(order.price)</transformation></dataInputAssociation>'
        "<dataInputAssociation><sourceRef>order</sourceRef><targetRef>lines</targetRef><assignment><from "
        'xsi:type="tFormalExpression">= count(order)</from><to xsi:type="tFormalExpression">lines</to></assignment>'
        f"</dataInputAssociation></userTask>{chain('s', 't')}"
    )
    r = run(body, {"order": [{"price": 1.5}, {"price": 2.5}]})
    assert own(r) == {"total": 4, "lines": 2}
