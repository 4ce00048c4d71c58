import pytest
from tests.engine.harness import MESSAGE, chain, flow, on, problems, run, say, timer

from stellwerk.engine import events as e

START, END = '<startEvent id="s"/>', '<endEvent id="e"/>'


def loop(inside: str = "", **attributes: str) -> str:
    more = "".join(f' {name.replace("_", ":")}="{value}"' for name, value in attributes.items())
    return f"<multiInstanceLoopCharacteristics{more}>{inside}</multiInstanceLoopCharacteristics>"


COLLECT = (
    "<loopDataInputRef>items</loopDataInputRef><loopDataOutputRef>res</loopDataOutputRef>"
    '<inputDataItem id="it" name="item"/><outputDataItem id="ot" name="out"/>'
)


def around(tag: str, marker: str, inside: str = "") -> str:
    return f"{START}<{tag} id='t'>{marker}{inside}</{tag}>{say('n')}{chain('s', 't', 'n')}"


@pytest.mark.parametrize("sequential", ["true", "false"])
def test_each_item_has_an_instance_and_gives_its_result_in_order(sequential):
    body = around(
        "scriptTask", loop(COLLECT, isSequential=sequential), "<script>out = item * 10 + loopCounter</script>"
    )
    r = run(body, {"items": [3, 1, 2]})
    assert r.completed
    assert r.variables == {"items": [3, 1, 2], "res": [30, 11, 22]}
    assert r.host.trace == ["n"]
    r.assert_clean()


def test_parallel_instances_of_a_user_task_are_open_together():
    r = run(around("userTask", loop(COLLECT)), {"items": ["a", "b"]})
    assert r.open_tasks == ["t", "t"]
    first, second = sorted(r.tasks)
    assert r.tasks.keys() == {first, second}
    r.complete("t", out=1)
    assert r.open_tasks == ["t"]
    r.complete("t", out=2)
    assert r.variables["res"] == [1, 2]
    assert r.completed
    r.assert_clean()


def test_sequential_instances_are_open_one_after_another():
    r = run(around("userTask", loop("<loopCardinality>3</loopCardinality>", isSequential="true")))
    for _ in range(3):
        assert r.open_tasks == ["t"]
        r.complete("t")
    assert r.completed


def test_the_items_are_those_of_the_moment_when_the_loop_began():
    marker = loop(isSequential="true", camunda_collection="items", camunda_elementVariable="item")
    r = run(around("userTask", marker), {"items": [1, 2]})
    r.complete("t", items=[])
    assert r.open_tasks == ["t"]
    assert r.said(e.VariablesChanged)[-1].values == {"loopCounter": 1, "item": 2}
    r.complete("t")
    assert r.completed


@pytest.mark.parametrize("sequential", ["true", "false"])
def test_no_items_are_no_instances(sequential):
    r = run(around("userTask", loop(COLLECT, isSequential=sequential)), {"items": []})
    assert r.host.trace == ["n"]
    assert r.variables["res"] == []


def test_none_is_an_item_like_any_other():
    r = run(
        around("scriptTask", loop(COLLECT, isSequential="true"), "<script>out = item</script>"), {"items": [None, 1]}
    )
    assert r.variables["res"] == [None, 1]


@pytest.mark.parametrize("sequential", ["true", "false"])
def test_the_completion_condition_withdraws_the_rest(sequential):
    enough = (
        "<loopCardinality>5</loopCardinality><completionCondition>nrOfCompletedInstances >= 2</completionCondition>"
    )
    r = run(around("userTask", loop(enough, isSequential=sequential)))
    r.complete("t")
    r.complete("t")
    assert r.open_tasks == []
    assert r.completed
    assert len(r.said(e.TaskClosed, state="withdrawn")) == (0 if sequential == "true" else 3)
    r.assert_clean()


def test_the_completion_condition_sees_the_item_of_the_instance_that_has_ended():
    enough = COLLECT + "<completionCondition>out == 'stop'</completionCondition>"
    r = run(around("userTask", loop(enough)), {"items": [1, 2, 3]})
    r.complete("t", out="go")
    assert len(r.open_tasks) == 2
    r.complete("t", out="stop")
    assert r.completed
    assert r.variables["res"] == ["go", "stop", None]


@pytest.mark.parametrize("sequential", ["true", "false"])
def test_what_the_condition_read_of_one_instance_does_not_hide_what_the_next_one_writes(sequential):
    mapping = (
        "<extensionElements><camunda:inputOutput>"
        '<camunda:inputParameter name="agreed">${false}</camunda:inputParameter>'
        '<camunda:outputParameter name="agreed">${agreed}</camunda:outputParameter>'
        "</camunda:inputOutput></extensionElements>"
    )
    enough = "<loopCardinality>3</loopCardinality><completionCondition>not agreed</completionCondition>"
    body = f"{START}<userTask id='t'>{mapping}{loop(enough, isSequential=sequential)}</userTask>"
    r = run(body + say("n") + chain("s", "t", "n"), {"agreed": None})
    r.complete("t", agreed=True)
    r.complete("t", agreed=False)
    assert r.completed
    assert r.variables == {"agreed": False}
    r.assert_clean()


def test_the_counts_are_seen_inside():
    inside = "<script>log((nrOfInstances, nrOfCompletedInstances, nrOfActiveInstances, loopCounter))</script>"
    marker = loop("<loopCardinality>2</loopCardinality>", isSequential="true")
    assert run(around("scriptTask", marker, inside)).host.trace == [(2, 0, 1, 0), (2, 1, 1, 1), "n"]


def test_a_subprocess_may_be_repeated_and_its_items_stay_inside():
    inside = f"<startEvent id='s1'/><userTask id='u'/>{chain('s1', 'u')}"
    r = run(around("subProcess", loop(COLLECT), inside), {"items": [1, 2]})
    assert r.open_tasks == ["u", "u"]
    r.complete("u", out=5)
    r.complete("u", out=6)
    assert r.variables == {"items": [1, 2], "res": [5, 6]}
    r.assert_clean()


def test_a_failed_completion_condition_is_an_incident_and_its_retry_goes_on():
    enough = "<loopCardinality>3</loopCardinality><completionCondition>missing</completionCondition>"
    r = run(around("userTask", loop(enough)))
    r.complete("t")
    assert r.failed == ["t"]
    r.complete("t")  # the other instances are not stopped
    r.retry("t", missing=False)
    assert r.open_tasks == ["t"]
    r.complete("t")
    assert r.completed
    r.assert_clean()


def test_what_is_no_collection_is_an_incident():
    r = run(around("userTask", loop(COLLECT)), {"items": 5})
    assert "no list" in next(iter(r.incidents.values())).message
    r.retry("t", items=[1])
    assert r.open_tasks == ["t"]


@pytest.mark.parametrize("count", [-1, 1.5, "many", 10**9])
def test_a_number_of_instances_must_be_whole_and_bounded(count):
    r = run(around("userTask", loop("<loopCardinality>count</loopCardinality>")), {"count": count})
    assert r.failed == ["t"]


def test_a_boundary_event_belongs_to_all_instances_together():
    body = around("userTask", loop("<loopCardinality>2</loopCardinality>"))
    r = run(body + on("b", "t", timer("timeDuration", "PT1H")) + say("x") + chain("b", "x"))
    assert r.waiting == ["b"]
    r.complete("t")
    r.fire("b")
    assert r.host.trace == ["x"]
    assert r.completed
    r.assert_clean()


def test_an_error_of_one_instance_ends_all():
    body = around("serviceTask camunda:topic='w'", loop("<loopCardinality>3</loopCardinality>"))
    body = body.replace("</serviceTask camunda:topic='w'>", "</serviceTask>")
    r = run(body + on("b", "t", "<errorEventDefinition/>") + say("x") + chain("b", "x"))
    r.throw("t", "E1")
    assert r.open_jobs == []
    assert r.host.trace == ["x"]
    r.assert_clean()


def test_a_failed_instance_is_an_incident_of_its_own():
    body = around("scriptTask", loop(COLLECT), "<script>out = 1 / item</script>")
    r = run(body, {"items": [1, 0, 2]})
    assert r.failed == ["t"]
    token = next(iter(r.incidents))
    assert r.active[token].element_type == "scriptTask"
    r.retry("t", item=4)
    assert r.variables["res"] == [1.0, 0.25, 0.5]
    assert r.completed


def test_receive_tasks_may_be_repeated():
    r = run(
        around("receiveTask messageRef='m'", loop("<loopCardinality>2</loopCardinality>")).replace(
            "</receiveTask messageRef='m'>", "</receiveTask>"
        )
    )
    r.message("t")
    r.message("t")
    assert r.completed
    r.assert_clean()


def test_a_loop_needs_a_source():
    assert problems(around("userTask", loop())) == [("loop-source", "t")]


def test_events_in_loops_happen_beside_them():
    body = around("userTask", loop("<loopCardinality>2</loopCardinality>")) + on("b", "t", MESSAGE, interrupting=False)
    r = run(body + say("x") + flow("b", "x"))
    r.message("b")
    r.message("b")
    assert r.host.trace == ["x", "x"]
    assert r.open_tasks == ["t", "t"]
