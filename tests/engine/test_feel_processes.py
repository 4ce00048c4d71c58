"""FEEL in every place of a process that takes an expression; each step goes on from the stored bytes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from tests.engine.feel_support import END, FEEL, START, mapping, message_of, own, waits
from tests.engine.harness import NOW, FakeHost, Run, bpmn, chain, compiled, flow, on, run, timer

from stellwerk.engine import commands as c
from stellwerk.engine import compile_bpmn
from stellwerk.engine import events as e
from stellwerk.engine.definition import Definition
from stellwerk.engine.expressions import parse_expression
from stellwerk.feel import MonthsDuration


# -- gateways
def gate(kind: str, *conditions: str, **attributes: str) -> str:
    more = "".join(f' {name}="{value}"' for name, value in attributes.items())
    ways = "".join(f'<userTask id="t{i}"/>{flow("g", f"t{i}", text)}' for i, text in enumerate(conditions, 1))
    return f'{START}<{kind}Gateway id="g"{more}/>{flow("s", "g")}{ways}'


def test_an_exclusive_gateway_takes_the_first_true_condition():
    body = gate("exclusive", "= amount &gt; 1000", '= amount &gt; 10 and status = "new"', "= true")
    assert run(body, {"amount": 20, "status": "new"}).open_tasks == ["t2"]
    assert run(body, {"amount": Decimal("1000.01"), "status": "new"}).open_tasks == ["t1"]


def test_an_inclusive_gateway_takes_all_true_conditions():
    body = gate("inclusive", "= a &gt; 1", "= a &gt; 2", "= a &gt; 3")
    assert run(body, {"a": 3}).open_tasks == ["t1", "t2"]


def test_a_complex_gateway_counts_in_feel():
    body = (
        f'{START}<parallelGateway id="p"/><task id="a"/><task id="b"/><userTask id="c"/><userTask id="d"/>'
        '<complexGateway id="g"><activationCondition xsi:type="tFormalExpression">= activationCount &gt;= 2'
        f"</activationCondition></complexGateway>{flow('s', 'p')}"
        + "".join(flow("p", x) + flow(x, "g") for x in "abc")
        + flow("g", "d", "= waitingForStart")
    )
    assert run(body).open_tasks == ["c", "d"]


def test_a_condition_that_is_null_is_an_incident_that_says_why_and_a_retry_goes_on():
    r = run(gate("exclusive", "= amount &gt; 1000", "= true"))
    assert r.failed == ["g"]
    assert "It is null, and a condition must be true or false. The variable 'amount' does not exist." in message_of(r)
    r.retry("g", amount=2000)
    assert r.open_tasks == ["t1"]


def test_the_history_tells_what_a_condition_has_read():
    r = run(gate("exclusive", "= order.total &gt; 1000", "= true"), {"order": {"total": 2000}})
    (made,) = r.said(e.DecisionMade)
    assert (made.expression, made.values, made.result) == ("= order.total > 1000", {"order.total": 2000}, True)


def test_a_condition_that_takes_too_much_is_an_incident_with_a_way_out():
    text = "= count(for a in 1..1000, b in 1..1000 return a) = 0"
    r = run(gate("exclusive", text, "= true"))
    assert "too many steps" in message_of(r)
    assert "script task" in message_of(r)


# -- the language is named
@pytest.mark.parametrize(
    "language",
    [
        "feel",
        "http://www.omg.org/spec/FEEL/20140401",
        "http://www.omg.org/spec/DMN/20180521/FEEL/",
        FEEL,
        "https://www.omg.org/spec/DMN/20211108/FEEL/",
        "https://www.omg.org/spec/DMN/20230324/FEEL/",
    ],
)
def test_an_expression_whose_language_is_feel_needs_no_equals_sign(language):
    body = (
        f'{START}<exclusiveGateway id="g" default="d"/><userTask id="a"/><userTask id="b"/>{flow("s", "g")}'
        f'{flow("g", "b", id="d")}<sequenceFlow id="f" sourceRef="g" targetRef="a"><conditionExpression '
        f'language="{language}">if n = 1 then true else false</conditionExpression></sequenceFlow>'
    )
    assert run(body, {"n": 1}).open_tasks == ["a"]
    assert run(body.replace(">if", ">= if"), {"n": 2}).open_tasks == ["b"]


def in_feel(body: str) -> Definition:
    """A file whose language is FEEL."""
    xml = bpmn(body).replace(b'id="definitions"', f'id="definitions" expressionLanguage="{FEEL}"'.encode())
    found = compile_bpmn(xml, filename="t.bpmn")
    assert not found.errors, found.errors
    return found.definitions[0]


def test_the_language_of_a_file_is_that_of_its_expressions_but_for_written_times():
    body = (
        f'{START}<exclusiveGateway id="g"/><intermediateCatchEvent id="a">{timer("timeDuration", "PT1H")}'
        f'</intermediateCatchEvent><userTask id="b"/>{flow("s", "g")}{flow("g", "a", "not(vip)")}'
        f"{flow('g', 'b', 'vip')}"
    )
    definition = in_feel(body)
    (timer_set,) = Run(definition, reload=True).start({"vip": False}).timers.values()
    assert timer_set.due == NOW + timedelta(hours=1)
    assert Run(definition, reload=True).start({"vip": True}).open_tasks == ["b"]


def test_a_language_at_the_expression_comes_before_that_of_the_file():
    body = (
        f'{START}<exclusiveGateway id="g" default="d"/><userTask id="a"/>{flow("s", "g")}'
        '<sequenceFlow id="f" sourceRef="g" '
        'targetRef="a"><conditionExpression language="python">n in (1, 2) and len(str(n)) == 1</conditionExpression>'
        f'</sequenceFlow><endEvent id="z"/>{flow("g", "z", id="d")}'
    )
    assert Run(in_feel(body), reload=True).start({"n": 1}).open_tasks == ["a"]


# -- conditional events
def test_a_conditional_event_takes_null_as_not_true():
    condition = (
        '<conditionalEventDefinition><condition xsi:type="tFormalExpression">= amount &gt; 5</condition>'
        "</conditionalEventDefinition>"
    )
    r = run(f'{START}<userTask id="t"/>{on("b", "t", condition)}{END}{chain("s", "t")}{chain("b", "e")}')
    assert (r.open_tasks, r.failed) == (["t"], [])
    r.do(c.ChangeVariables({"amount": "much"}))
    assert r.open_tasks == ["t"]
    r.do(c.ChangeVariables({"amount": 6}))
    assert r.completed


# -- mappings
def test_input_parameters_are_feel_as_text_script_list_and_map():
    inside = mapping(
        *("plain", "text = no expression"),
        *("net", "= gross / 1.19"),
        *("script", '<camunda:script scriptFormat="feel">gross * 2</camunda:script>'),
        *(
            "list",
            "<camunda:list><camunda:value>= gross</camunda:value><camunda:value>= 1 + 1</camunda:value></camunda:list>",
        ),
        *("map", '<camunda:map><camunda:entry key="k">= [gross]</camunda:entry></camunda:map>'),
        *("nothing", "= missing"),
        *("months", '= @"P14M"'),
    )
    r = waits(inside, {"gross": Decimal("119.00")})
    assert own(r) == {
        "plain": "text = no expression",
        "net": 100,
        "script": 238,
        "list": [119, 2],
        "map": {"k": [119]},
        "nothing": None,
        "months": MonthsDuration(14),
    }


def test_output_parameters_are_feel():
    r = waits(mapping("total", "= sum(lines.price)", tag="outputParameter"))
    r.complete("t", lines=[{"price": 1.1}, {"price": 2.2}])
    assert r.variables["total"] == 3.3


@pytest.mark.parametrize(("text", "reason"), [("= sum", "a function"), ("= [1..2]", "a range")])
def test_a_mapping_that_gives_no_variable_is_an_incident(text, reason):
    r = waits(mapping("a", text))
    assert reason in message_of(r)
    assert text in message_of(r)


def test_a_variable_with_a_dash_is_known_where_the_diagram_writes_it():
    r = waits(mapping("order-id", "= order-id * 2", "next", "= order-id + 1"), {"order-id": 7, "order": 1, "id": 2})
    assert own(r) == {"order-id": 14, "next": 8}


def test_a_name_that_is_only_drawn_is_no_variable():
    drawn = '<dataObject id="D"/><dataObjectReference id="R" dataObjectRef="D" name="gross-tax"/>'
    body = f'{START}{drawn}<userTask id="t">{mapping("net", "= gross-tax")}</userTask>{chain("s", "t")}'
    assert own(run(body, {"gross": 119, "tax": 19})) == {"net": 100}


# -- timers
def catch(kind: str, text: str) -> str:
    return (
        f'{START}<intermediateCatchEvent id="c">{timer(kind, text)}</intermediateCatchEvent>{END}{chain("s", "c", "e")}'
    )


@pytest.mark.parametrize(
    ("kind", "text", "due"),
    [
        ("timeDuration", '= duration("PT" + string(hours) + "H")', NOW + timedelta(hours=5)),
        ("timeDuration", '= "PT" + string(hours) + "H"', NOW + timedelta(hours=5)),
        ("timeDuration", '= @"P1M"', datetime(2030, 2, 1, tzinfo=UTC)),
        ("timeDate", "= now() + hours * @&quot;PT1H&quot;", NOW + timedelta(hours=5)),
        ("timeDate", '= date("2030-03-31")', datetime(2030, 3, 30, 23, tzinfo=UTC)),
        ("timeDate", '= date and time("2030-07-01T09:00:00")', datetime(2030, 7, 1, 7, tzinfo=UTC)),
        (
            "timeDate",
            '= date and time(today(), time("09:00:00@America/New_York"))',
            datetime(2030, 1, 1, 14, tzinfo=UTC),
        ),
        ("timeCycle", '= "R2/PT" + string(hours) + "H"', NOW + timedelta(hours=5)),
    ],
)
def test_timers_take_times_and_texts_of_feel(kind, text, due):
    host = FakeHost()
    host.zone = ZoneInfo("Europe/Berlin")
    r = Run(compiled(catch(kind, text)), host, reload=True).start({"hours": 5})
    (timer_set,) = r.timers.values()
    assert timer_set.due == due


def test_a_timer_without_a_time_is_an_incident_that_says_why():
    r = run(catch("timeDuration", "= waitng"), {"waiting": "PT1H"})
    assert r.failed == ["c"]
    assert "null is no duration" in message_of(r)
    assert "The variable 'waitng' does not exist. Known here: waiting." in message_of(r)
    r.retry("c", waitng="PT1H")
    assert r.waiting == ["c"]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("timeDuration", '= @"2030-01-01"'),
        ("timeDate", "= 5"),
        ("timeDuration", '= duration("soon")'),
        ("timeCycle", '= "R"'),
    ],
)
def test_a_constant_that_is_no_time_is_found_at_deployment(kind, text):
    found = compile_bpmn(bpmn(catch(kind, text)), filename="t.bpmn")
    assert [p.rule for p in found.errors] == ["timer-format"]


def test_the_same_command_gives_the_same_result_whenever_it_runs():
    definition = compiled(f"{START}<userTask id='t'>{mapping('at', '= string(now())')}</userTask>{chain('s', 't')}")
    runs = [Run(definition).start() for _ in range(2)]
    assert runs[0].stored == runs[1].stored
    later = Run(definition, now=NOW + timedelta(hours=1)).start()
    assert own(later) == {"at": "2030-01-01T01:00:00Z"}


# -- scripts
def feel_script(text: str, more: str = "") -> str:
    return (
        f'{START}<scriptTask id="x" scriptFormat="FEEL"{more}><script>{text}</script></scriptTask><userTask id="t"/>'
        f"{chain('s', 'x', 't')}"
    )


def test_a_script_in_feel_writes_its_value_or_the_entries_of_its_context():
    named = feel_script("a + 0.1", ' camunda:resultVariable="r"')
    assert run(named, {"a": 0.2}).variables == {"a": 0.2, "r": 0.3}
    entries = feel_script("= { net: gross - tax, total: net * 2 }")
    assert run(entries, {"gross": 3, "tax": 1}).variables == {"gross": 3, "tax": 1, "net": 2, "total": 4}
    assert run(feel_script("null")).variables == {}


def test_a_script_in_feel_without_a_place_for_its_value_is_an_incident():
    r = run(feel_script("1 + 1"))
    assert "Set a result variable" in message_of(r)


def test_a_script_in_feel_that_cannot_be_read_is_found_at_deployment():
    found = compile_bpmn(bpmn(feel_script("1 +")), filename="t.bpmn")
    assert [(p.rule, p.element_id) for p in found.errors] == [("expression", "x")]


def test_of_a_large_variable_only_what_a_condition_names_is_looked_at():
    items = [0, 1, 2, *[object()] * 100_000]  # which no expression can read
    expression = parse_expression("= items[3] = 2 and order.total > 1")
    assert expression.evaluate_condition({"items": items, "order": {"items": items, "total": 2}}, FakeHost())


def test_a_date_of_another_zone_is_kept_as_the_same_moment():
    r = waits(mapping("at", '= date and time("2030-07-01T09:00:00@Europe/Berlin")'))
    assert own(r) == {"at": datetime(2030, 7, 1, 7, tzinfo=UTC)}
