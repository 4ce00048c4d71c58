from datetime import timedelta

import pytest
from tests.engine.harness import NOW, Run, chain, compiled, problems, run, say, script, service

from stellwerk.engine import commands as c
from stellwerk.engine import events as e
from stellwerk.errors import InvalidInput, NotStartable, TokenNotWaiting, WrongState

START, END = '<startEvent id="s"/>', '<endEvent id="e"/>'


def user(attributes: str = "", inside: str = "") -> str:
    return f'{START}<userTask id="u" name="Look" {attributes}>{inside}</userTask>{END}{chain("s", "u", "e")}'


def test_plain_and_manual_tasks_pass_through():
    r = run(f'{START}<task id="a"/><manualTask id="b"/>{END}{chain("s", "a", "b", "e")}')
    assert r.completed
    assert [r.count(x) for x in ("s", "a", "b", "e")] == [1, 1, 1, 1]
    r.assert_clean()


def test_a_user_task_says_whose_it_is():
    r = run(
        user(
            'camunda:assignee="${boss}" camunda:candidateUsers="ann, bob" camunda:candidateGroups="${groups}" '
            'camunda:formKey="form-1" camunda:dueDate="P1D" camunda:followUpDate="2030-02-03T00:00:00Z" '
            'camunda:priority="${p}"',
            "<documentation>Do it.</documentation>",
        ),
        {"boss": "eve", "groups": ["g1", "g2"], "p": 70},
    )
    task = r.tasks[r.token(r.tasks, "u")]
    assert (task.name, task.assignee, task.candidate_users, task.candidate_groups) == (
        "Look",
        "eve",
        ("ann", "bob"),
        ("g1", "g2"),
    )
    assert (task.form_key, task.due_at, task.priority) == ("form-1", NOW + timedelta(days=1), 70)
    assert task.follow_up_at is not None
    assert task.follow_up_at.isoformat() == "2030-02-03T00:00:00+00:00"
    assert task.documentation == "Do it."


def test_completing_a_user_task_writes_its_variables_and_goes_on():
    r = run(user())
    assert r.open_tasks == ["u"]
    r.complete("u", ok=True)
    assert r.completed
    assert r.variables == {"ok": True}
    assert r.said(e.TaskClosed, state="completed")


def test_a_task_cannot_be_completed_twice():
    r = run(
        f'{START}<parallelGateway id="g"/><userTask id="u"/><userTask id="v"/>{chain("s", "g", "u")}{chain("g", "v")}'
    )
    token = r.token(r.tasks, "u")
    r.complete("u")
    with pytest.raises(TokenNotWaiting):
        r.do(c.CompleteTask(token))
    assert r.open_tasks == ["v"]


def test_variables_that_cannot_be_stored_are_refused():
    r = run(user())
    with pytest.raises(InvalidInput) as caught:
        r.do(c.CompleteTask(r.token(r.tasks, "u"), {"x": float("nan")}))
    assert caught.value.errors[0].path == "variables.x"


def test_the_innermost_lane_is_a_candidate_group():
    lanes = (
        '<laneSet id="l"><lane id="l1" name="Sales"><flowNodeRef> u </flowNodeRef><childLaneSet id="l2">'
        '<lane id="l3" name="Clerks"><flowNodeRef>u</flowNodeRef></lane></childLaneSet></lane></laneSet>'
    )
    task = next(iter(run(lanes + user()).tasks.values()))
    assert (task.lane, task.candidate_groups) == ("Clerks", ("Clerks",))


def test_tasks_in_a_subprocess_are_in_the_lane_of_the_subprocess():
    lanes = '<laneSet id="l"><lane id="l1" name="Sales"><flowNodeRef>sp</flowNodeRef></lane></laneSet>'
    inner = f'<subProcess id="sp"><startEvent id="s1"/><userTask id="u"/>{chain("s1", "u")}</subProcess>'
    assert next(iter(run(f"{lanes}{START}{inner}{chain('s', 'sp')}").tasks.values())).lane == "Sales"


def test_a_script_writes_the_variables_that_it_assigns():
    r = run(f"{START}{script('a', 'x = 1; y = x + 1')}{END}{chain('s', 'a', 'e')}", {"x": 0})
    assert r.variables == {"x": 1, "y": 2}


def test_a_failed_script_leaves_no_half_made_change():
    r = run(f"{START}{script('a', 'x = 5; lst.append(1); 1/0')}{END}{chain('s', 'a', 'e')}", {"x": 0, "lst": []})
    assert r.failed == ["a"]
    assert r.variables == {"x": 0, "lst": []}
    assert r.end is None


def test_a_script_with_a_result_variable_may_be_an_expression():
    body = (
        f'{START}<scriptTask id="a" camunda:resultVariable="r"><script>x * 2</script></scriptTask>'
        f'<scriptTask id="b" camunda:resultVariable="q"><script>result = x + 1\nother = 1</script></scriptTask>'
        f"{END}{chain('s', 'a', 'b', 'e')}"
    )
    assert run(body, {"x": 4}).variables == {"x": 4, "r": 8, "q": 5, "other": 1}


def test_a_script_in_another_language_is_refused():
    body = f'{START}<scriptTask id="a" scriptFormat="javascript"><script>x</script></scriptTask>{chain("s", "a")}'
    assert problems(body) == [("script-format", "a")]


def test_a_service_task_asks_for_a_job_and_goes_on_with_its_result():
    retries = (
        "<extensionElements><camunda:failedJobRetryTimeCycle>PT5S,PT1M</camunda:failedJobRetryTimeCycle>"
        "</extensionElements>"
    )
    r = run(
        f"{START}{service('w', retries, resultVariable='res', taskPriority='7')}{END}{chain('s', 'w', 'e')}", {"a": 1}
    )
    job = next(iter(r.jobs.values()))
    assert (job.topic, dict(job.variables), job.tries, job.retry_wait_s, job.priority) == (
        "work",
        {"a": 1},
        3,
        (5.0, 60.0),
        7,
    )
    r.finish("w", [1, 2])
    assert r.completed
    assert r.variables == {"a": 1, "res": [1, 2]}


def test_a_result_without_a_variable_is_written_name_by_name():
    r = run(f"{START}{service('w')}{END}{chain('s', 'w', 'e')}")
    r.finish("w", {"a": 1, "b": None})
    assert r.variables == {"a": 1, "b": None}


@pytest.mark.parametrize("result", [5, "text", [1]])
def test_a_result_without_a_place_is_an_incident_that_asks_for_a_result_variable(result):
    r = run(f"{START}{service('w')}{END}{chain('s', 'w', 'e')}")
    r.finish("w", result)
    incident = next(iter(r.incidents.values()))
    assert incident.kind == "job"
    assert "result variable" in incident.message
    r.retry("w")
    r.finish("w")
    assert r.completed


def test_a_failed_job_is_an_incident_and_a_retry_asks_for_it_again():
    r = run(f"{START}{service('w')}{END}{chain('s', 'w', 'e')}")
    token = r.token(r.jobs, "w")
    r.fail("w", "no connection")
    assert next(iter(r.incidents.values())).message == "no connection"
    with pytest.raises(TokenNotWaiting):
        r.do(c.FinishJob(token))
    r.snapshot = r.snapshot.cold()
    r.retry("w", more=1)
    assert dict(r.jobs[token].variables) == {"more": 1}
    r.finish("w")
    assert r.completed


def test_a_service_task_without_a_topic_is_refused_with_the_way_out():
    assert problems(f'{START}<serviceTask id="w"/>{chain("s", "w")}') == [("topic-missing", "w")]


def test_token_quantities_are_counted():
    body = (
        f'{START}<task id="a" completionQuantity="3"/><scriptTask id="b" startQuantity="2"><script>log(1)</script>'
        f"</scriptTask>{chain('s', 'a', 'b')}"
    )
    r = run(body)
    assert r.host.trace == [1]
    assert len(r.active) == 1  # the third token waits for a fourth
    assert r.end is None


def test_an_instance_is_cancelled_with_all_that_it_waits_for():
    r = run(f'{START}<parallelGateway id="g"/><userTask id="u"/>{service("w")}{chain("s", "g", "u")}{chain("g", "w")}')
    r.do(c.CancelInstance("not wanted"))
    assert r.end == e.InstanceEnded("cancelled", "not wanted")
    assert r.said(e.TaskClosed)[0].reason == "not wanted"
    assert r.said(e.JobWithdrawn)[0].reason == "not wanted"
    r.assert_clean()


def test_an_ended_instance_takes_no_command():
    r = run(f"{START}{END}{chain('s', 'e')}")
    with pytest.raises(WrongState):
        r.do(c.CancelInstance())
    with pytest.raises(TokenNotWaiting):
        r.do(c.CompleteTask(2))


def test_an_instance_takes_no_command_before_it_has_started():
    with pytest.raises(WrongState):
        Run(compiled(user())).do(c.Continue())


def test_variables_can_be_changed_from_outside():
    r = run(user(), {"x": 1})
    r.do(c.ChangeVariables({"x": 2, "y": [1]}))
    assert r.variables == {"x": 2, "y": [1]}
    with pytest.raises(InvalidInput):
        r.do(c.ChangeVariables({"x": 2}, scope=999))


def test_without_a_start_event_each_node_without_incoming_flow_begins():
    r = run(f"{say('a')}{say('b')}<task id='c'/>{chain('a', 'c')}")
    assert sorted(r.host.trace) == ["a", "b"]
    assert r.completed


def test_a_process_that_only_a_message_starts_is_not_started_otherwise():
    body = f'<startEvent id="s"><messageEventDefinition messageRef="m"/></startEvent>{END}{chain("s", "e")}'
    definition = compiled(body)
    assert [(s.element_id, s.kind, s.name) for s in definition.starts] == [("s", "message", "m")]
    with pytest.raises(NotStartable):
        Run(definition).start()
    assert Run(definition).start({"x": 1}, at="s").completed


def test_an_instance_starts_at_one_of_its_start_events():
    body = (
        f'{START}<startEvent id="t"><timerEventDefinition><timeCycle>R/PT1H</timeCycle>'
        f"</timerEventDefinition></startEvent>"
        f"{say('a')}{say('b')}{chain('s', 'a')}{chain('t', 'b')}"
    )
    definition = compiled(body)
    assert Run(definition).start().host.trace == ["a"]
    assert Run(definition).start(at="t").host.trace == ["b"]
    with pytest.raises(NotStartable):
        Run(definition).start(at="a")
