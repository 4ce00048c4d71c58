from datetime import timedelta

import pytest
from tests.engine.harness import (
    ERROR,
    MESSAGE,
    SIGNAL,
    chain,
    flow,
    problems,
    run,
    say,
    script,
    timer,
)

from stellwerk.engine import events as e

START, END = '<startEvent id="s"/>', '<endEvent id="e"/>'


def catch(id: str, definition: str) -> str:
    return f'<intermediateCatchEvent id="{id}">{definition}</intermediateCatchEvent>'


def throw(id: str, tag: str = "intermediateThrowEvent", payload: str = "") -> str:
    inside = (
        f"<extensionElements><camunda:inputOutput>{payload}</camunda:inputOutput></extensionElements>"
        if payload
        else ""
    )
    return f'<{tag} id="{id}">{inside}{MESSAGE}</{tag}>'


def test_a_catch_event_waits_for_its_message_and_takes_its_variables():
    r = run(f"{START}{catch('c', MESSAGE)}{END}{chain('s', 'c', 'e')}")
    assert [(x.kind, x.name) for x in r.subscriptions.values()] == [("message", "m")]
    r.message("c", x=1)
    assert r.completed
    assert r.variables == {"x": 1}
    r.assert_clean()


def test_a_receive_task_waits_for_its_message():
    r = run(f"{START}<receiveTask id='c' messageRef='m'/>{END}{chain('s', 'c', 'e')}")
    r.message("c", x=1)
    assert r.completed
    assert r.variables == {"x": 1}


def test_a_timer_catch_event_waits_for_its_time():
    r = run(f"{START}{catch('c', timer('timeDuration', 'PT1M'))}{END}{chain('s', 'c', 'e')}")
    r.fire("c")
    assert r.completed
    r.assert_clean()


def test_the_time_of_a_timer_may_be_an_expression():
    r = run(f"{START}{catch('c', timer('timeDate', '${when}'))}{END}{chain('s', 'c', 'e')}", {"when": "2031-01-01"})
    assert next(iter(r.timers.values())).due.isoformat() == "2031-01-01T00:00:00+00:00"


def test_a_thrown_message_leaves_the_instance_with_the_input_parameters():
    payload = '<camunda:inputParameter name="n">${x + 1}</camunda:inputParameter>'
    r = run(f"{START}{throw('t', payload=payload)}{throw('t2', 'endEvent')}{chain('s', 't', 't2')}", {"x": 1})
    assert [(m.name, dict(m.variables)) for m in r.said(e.MessageThrown)] == [("m", {"n": 2}), ("m", {})]
    assert r.variables == {"x": 1}
    assert r.completed


def test_a_send_task_with_a_message_throws_it():
    inside = (
        "<extensionElements><camunda:inputOutput><camunda:inputParameter name='n'>a</camunda:inputParameter>"
        "</camunda:inputOutput></extensionElements>"
    )
    r = run(f"{START}<sendTask id='t' messageRef='m'>{inside}</sendTask>{END}{chain('s', 't', 'e')}")
    assert [(m.name, dict(m.variables)) for m in r.said(e.MessageThrown)] == [("m", {"n": "a"})]


def test_a_send_task_with_a_topic_is_a_job():
    r = run(f"{START}<sendTask id='t' camunda:topic='mail'/>{END}{chain('s', 't', 'e')}")
    assert next(iter(r.jobs.values())).topic == "mail"
    r.finish("t")
    assert r.completed


def test_a_send_task_with_nothing_to_send_is_refused():
    assert problems(f"{START}<sendTask id='t'/>{chain('s', 't')}") == [("send-nothing", "t")]


TWO = (
    f"{START}<parallelGateway id='g'/>{catch('c1', MESSAGE)}{catch('c2', MESSAGE)}<userTask id='u'/>{throw('t')}"
    f"{say('a')}{say('b')}{chain('s', 'g', 'c1', 'a')}{chain('g', 'c2', 'b')}{chain('g', 'u', 't')}"
)


def test_a_message_from_inside_goes_to_the_one_catcher_that_has_waited_longest():
    r = run(TWO)
    r.complete("u")
    assert r.host.trace == ["a"]
    assert r.said(e.MessageThrown) == []
    assert r.waiting == ["c2"]


def test_a_message_from_outside_goes_to_the_catcher_that_is_named():
    r = run(TWO)
    r.message("c2")
    assert r.host.trace == ["b"]
    assert r.waiting == ["c1"]


def test_terminate_ends_its_process_and_withdraws_the_rest():
    body = (
        f"{START}<parallelGateway id='g'/><userTask id='u'/><userTask id='v'/>"
        f"<endEvent id='x' name='Stop'><terminateEventDefinition/></endEvent>{chain('s', 'g', 'u', 'x')}"
        f"{chain('g', 'v')}"
    )
    r = run(body)
    r.complete("u")
    assert r.completed
    assert r.said(e.TaskClosed, state="withdrawn")[0].reason == "terminate 'Stop'"
    r.assert_clean()


def test_terminate_in_a_subprocess_ends_only_the_subprocess():
    body = (
        f"{START}<subProcess id='sp'><startEvent id='s1'/><parallelGateway id='g'/><userTask id='u'/>"
        f"<endEvent id='x'><terminateEventDefinition/></endEvent>{chain('s1', 'g', 'u')}{chain('g', 'x')}</subProcess>"
        f"{say('n')}{chain('s', 'sp', 'n')}"
    )
    r = run(body)
    assert r.host.trace == ["n"]
    assert r.completed
    r.assert_clean()


def test_nested_subprocesses_complete_when_no_token_is_left_inside():
    body = (
        f"{START}<subProcess id='o'><startEvent id='s1'/><subProcess id='i'><startEvent id='s2'/><userTask id='u'/>"
        f"{chain('s2', 'u')}</subProcess><userTask id='v'/>{chain('s1', 'i', 'v')}</subProcess>{say('n')}"
        f"{chain('s', 'o', 'n')}"
    )
    r = run(body)
    assert sorted(r.stored) == ["0", "3", "6"]
    r.complete("u", x=1)
    assert r.open_tasks == ["v"]
    r.complete("v")
    assert r.host.trace == ["n"]
    assert r.variables == {"x": 1}
    r.assert_clean()


def test_an_empty_branch_of_a_subprocess_may_end_anywhere():
    body = f"{START}<subProcess id='sp'><task id='a'/><task id='b'/></subProcess>{say('n')}{chain('s', 'sp', 'n')}"
    r = run(body)
    assert r.host.trace == ["n"]
    assert (r.count("a"), r.count("b")) == (1, 1)


def test_input_parameters_are_seen_inside_only_and_output_parameters_leave():
    io = (
        "<extensionElements><camunda:inputOutput>"
        '<camunda:inputParameter name="a">${x}</camunda:inputParameter>'
        '<camunda:inputParameter name="l"><camunda:list><camunda:value>1</camunda:value>'
        "<camunda:script scriptFormat='python'>x * 10</camunda:script></camunda:list></camunda:inputParameter>"
        '<camunda:inputParameter name="o"><camunda:map><camunda:entry key="k">v-${x}</camunda:entry></camunda:map>'
        "</camunda:inputParameter>"
        '<camunda:outputParameter name="out">${a + l[1]}</camunda:outputParameter>'
        "</camunda:inputOutput></extensionElements>"
    )
    code = "a = a + 1; inner = o"
    body = f"{START}<scriptTask id='t'>{io}<script>{code}</script></scriptTask>{END}{chain('s', 't', 'e')}"
    r = run(body, {"x": 2})
    assert r.variables == {"x": 2, "out": 23}
    changed = r.said(e.VariablesChanged)
    assert changed[1].values == {"a": 2, "l": ["1", 20], "o": {"k": "v-2"}}
    assert changed[1].scope == changed[2].scope != 0


def parameter(value: str) -> str:
    inside = f'<camunda:inputParameter name="a">{value}</camunda:inputParameter>'
    io = f"<extensionElements><camunda:inputOutput>{inside}</camunda:inputOutput></extensionElements>"
    return f"{START}<serviceTask id='w' camunda:topic='t'>{io}</serviceTask>{chain('s', 'w')}"


def test_lists_and_maps_may_be_nested_but_not_without_bounds():
    deep = "<camunda:list><camunda:list><camunda:value>1</camunda:value></camunda:list><camunda:map>"
    deep += "<camunda:entry key='k'><camunda:list/></camunda:entry></camunda:map></camunda:list>"
    r = run(parameter(deep))
    assert dict(next(iter(r.jobs.values())).variables) == {"a": [["1"], {"k": []}]}
    assert problems(parameter("<camunda:list>" * 150 + "</camunda:list>" * 150)) == [("mapping-depth", "w")]


def test_the_job_of_a_mapped_task_gets_its_input_parameters_only():
    io = (
        "<extensionElements><camunda:inputOutput><camunda:inputParameter name='a'>${x}</camunda:inputParameter>"
        "<camunda:outputParameter name='y'>${res.n}</camunda:outputParameter></camunda:inputOutput></extensionElements>"
    )
    body = f"{START}<serviceTask id='w' camunda:topic='t' camunda:resultVariable='res'>{io}</serviceTask>{END}"
    r = run(body + chain("s", "w", "e"), {"x": 2, "z": 3})
    assert dict(next(iter(r.jobs.values())).variables) == {"a": 2}
    r.finish("w", {"n": 7})
    assert r.variables == {"x": 2, "z": 3, "y": 7}


def test_a_mapping_that_fails_is_an_incident():
    io = (
        "<extensionElements><camunda:inputOutput><camunda:inputParameter name='a'>${missing}</camunda:inputParameter>"
        "</camunda:inputOutput></extensionElements>"
    )
    r = run(f"{START}<userTask id='u'>{io}</userTask>{chain('s', 'u')}")
    assert r.failed == ["u"]
    r.retry("u", missing=1)
    assert r.open_tasks == ["u"]


def test_form_fields_become_a_form():
    fields = (
        "<extensionElements><camunda:formData>"
        '<camunda:formField id="n" label="Number" type="long" defaultValue="3"><camunda:validation>'
        '<camunda:constraint name="required"/><camunda:constraint name="min" config="1"/></camunda:validation>'
        "</camunda:formField>"
        '<camunda:formField id="c" type="enum"><camunda:value id="a" name="A"/></camunda:formField>'
        '<camunda:formField id="d" label="Day" type="date"/><camunda:formField id="b" label="OK" type="boolean"/>'
        '<camunda:formField id="t" label="Text" type="string"><camunda:validation>'
        '<camunda:constraint name="maxlength" config="9"/></camunda:validation></camunda:formField>'
        "</camunda:formData></extensionElements>"
    )
    r = run(f"{START}<userTask id='u'>{fields}</userTask>{chain('s', 'u')}")
    key = next(iter(r.tasks.values())).form_key
    assert key == "formData:u"
    components = {x["key"]: x for x in r.definition.forms[key]["components"]}
    assert components["n"] == {
        "id": "field_n",
        "key": "n",
        "label": "Number",
        "type": "number",
        "decimalDigits": 0,
        "defaultValue": "3",
        "validate": {"required": True, "min": 1},
    }
    assert components["c"]["values"] == [{"value": "a", "label": "A"}]
    assert (components["d"]["type"], components["b"]["type"]) == ("datetime", "checkbox")
    assert components["t"]["validate"] == {"maxLength": 9}
    assert r.definition.form_keys == frozenset()


def test_flows_across_the_border_of_a_subprocess_are_refused():
    body = (
        f"{START}<subProcess id='sp'><task id='a'/></subProcess><task id='b'/>{chain('s', 'sp')}"
        f"{flow('a', 'b', id='f')}"
    )
    assert ("flow-across-border", "f") in problems(body)


def test_a_subprocess_does_not_begin_with_an_event():
    body = f"{START}<subProcess id='sp'><startEvent id='s1'>{MESSAGE}</startEvent></subProcess>{chain('s', 'sp')}"
    assert problems(body) == [("subprocess-start", "s1")]


def test_a_script_in_a_subprocess_writes_to_the_process():
    body = f"{START}<subProcess id='sp'>{script('a', 'x = x + 1')}</subProcess>{END}{chain('s', 'sp', 'e')}"
    assert run(body, {"x": 1}).variables == {"x": 2}


FAILING = (
    "<extensionElements><camunda:inputOutput><camunda:inputParameter name='p'>${order.total}</camunda:inputParameter>"
    "</camunda:inputOutput></extensionElements>"
)

BECOMES_TRUE = (
    "<conditionalEventDefinition><condition xsi:type='tFormalExpression'>x</condition></conditionalEventDefinition>"
)


@pytest.mark.parametrize(
    ("event", "main"),
    [
        (MESSAGE, "<userTask id='u'/>"),
        (SIGNAL, "<userTask id='u'/>"),
        (timer("timeDuration", "PT1H"), "<userTask id='u'/>"),
        (ERROR, script("u", "bpmn_error('E1')")),
        (BECOMES_TRUE, script("u", "x = True")),
    ],
)
def test_an_event_subprocess_that_cannot_begin_has_an_incident_of_its_own(event, main):
    """Whoever brought the event, or threw it, has nothing to do with it."""
    inside = f"{FAILING}<startEvent id='es1'>{event}</startEvent>{script('x', 'log(p)')}{chain('es1', 'x')}"
    event_subprocess = f"<subProcess id='es' triggeredByEvent='true'>{inside}</subProcess>"
    r = run(f"{START}{main}{say('v')}{chain('s', 'u', 'v')}{event_subprocess}")
    if "message" in event:
        r.message("es1")
    elif "signal" in event:
        r.signal()
    r.advance(timedelta(hours=1))
    assert r.failed == ["es"]
    r.retry("es", order={"total": 7})
    assert r.host.trace == [7]
    assert r.completed
    r.assert_clean()
