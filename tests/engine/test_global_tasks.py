"""Global tasks: a call activity that calls one is a task of that kind."""

import pytest
from tests.engine.call_support import S
from tests.engine.harness import MESSAGE, NOW, Run, bpmn, chain, on, say, undo

from stellwerk.engine import Compilation, compile_bpmn


def compiled_with(task: str, body: str) -> Compilation:
    return compile_bpmn(bpmn(body, task), filename="t.bpmn")


def run(task: str, body: str, variables: dict | None = None) -> Run:
    result = compiled_with(task, body)
    assert not result.errors, result.errors
    return Run(result.definitions[0], reload=True, now=NOW).start(variables or {})


def test_a_global_user_task_is_given_to_people_under_the_id_of_the_call():
    fields = '<extensionElements><camunda:formData><camunda:formField id="f"/></camunda:formData></extensionElements>'
    given = 'name="Check" camunda:assignee="${who}" camunda:priority="7"'
    task = f'<globalUserTask id="g" {given}>{fields}</globalUserTask>'
    calls = '<callActivity id="a" calledElement="g"/><callActivity id="b" name="Own" calledElement="g"/>'
    r = run(
        task,
        S + calls + on("m1", "b", MESSAGE) + say("late") + chain("s", "a", "b") + chain("m1", "late"),
        {"who": "ada"},
    )
    [opened] = r.tasks.values()
    assert (opened.element_id, opened.name, opened.assignee, opened.priority) == ("a", "Check", "ada", 7)
    assert opened.form_key == "formData:a"
    assert set(r.definition.forms) == {"formData:a", "formData:b"}
    assert r.definition.elements["a"].type == "userTask"
    r.complete("a", f="x")
    [opened] = r.tasks.values()
    assert (opened.element_id, opened.name) == ("b", "Own")
    r.message("m1")
    assert r.host.trace == ["late"]
    assert r.completed
    r.assert_clean()


def test_a_global_script_task_runs_in_the_variables_of_the_caller():
    loop = '<multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>2</loopCardinality>'
    task = '<globalScriptTask id="g" scriptLanguage="python"><script>n = n + 1</script></globalScriptTask>'
    call = f'<callActivity id="a" calledElement="g">{loop}</multiInstanceLoopCharacteristics></callActivity>'
    r = run(task, S + call + undo("a") + chain("s", "a"), {"n": 0})
    assert r.variables == {"n": 2}
    assert r.completed


@pytest.mark.parametrize("tag", ["globalTask", "globalManualTask"])
def test_a_global_task_without_anything_to_do_passes(tag):
    r = run(f'<{tag} id="g"/>', f'{S}<callActivity id="a" calledElement="g"/>{say("x")}{chain("s", "a", "x")}')
    assert r.host.trace == ["x"]
    assert r.count("a") == 1


def test_what_the_call_says_comes_first():
    mapping = '<camunda:inputOutput><camunda:inputParameter name="v">{}</camunda:inputParameter></camunda:inputOutput>'
    task = (
        '<globalScriptTask id="g" camunda:resultVariable="theirs"><documentation>Theirs</documentation>'
        f"<extensionElements>{mapping.format(1)}</extensionElements><script>v</script></globalScriptTask>"
    )
    call = (
        '<callActivity id="a" calledElement="g" camunda:resultVariable="mine"><extensionElements>'
        f"{mapping.format(2)}</extensionElements></callActivity>"
    )
    r = run(task, S + call + chain("s", "a"))
    assert r.variables == {"mine": "2"}


def test_a_global_business_rule_task_that_decides_nothing_is_refused():
    result = compiled_with(
        '<globalBusinessRuleTask id="g"/>', f'{S}<callActivity id="a" name="Rate" calledElement="g"/>{chain("s", "a")}'
    )
    [problem] = result.errors
    assert (problem.rule, problem.element_id) == ("decision-missing", "a")
    assert "business rule task 'Rate'" in problem.message


def test_the_rules_of_tasks_hold_for_the_global_task_too():
    fields = '<camunda:formData><camunda:formField id="f"/><camunda:formField id="f"/></camunda:formData>'
    task = f'<globalUserTask id="g"><extensionElements>{fields}</extensionElements></globalUserTask>'
    result = compiled_with(task, f'{S}<callActivity id="a" calledElement="g"/>{chain("s", "a")}')
    assert [(problem.rule, problem.element_id) for problem in result.errors] == [("form-field", "a")]
