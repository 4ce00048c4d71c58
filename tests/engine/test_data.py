"""Data: scopes, data objects and their states, properties, inputs and outputs, associations."""

from datetime import date
from decimal import Decimal

import pytest
from tests.engine.harness import (
    COMPENSATE,
    MESSAGE,
    Budget,
    FakeHost,
    Run,
    chain,
    compiled,
    on,
    problems,
    run,
    script,
    service,
    timer,
    undo,
)

from stellwerk.engine import Stored, read_scopes, read_variables
from stellwerk.engine import commands as c
from stellwerk.engine import events as e
from stellwerk.engine.data import Place, changed_at, fits
from stellwerk.engine.faults import Fault

START, END = '<startEvent id="s"/>', '<endEvent id="e"/>'
XSD = 'xmlns:xsd="http://www.w3.org/2001/XMLSchema"'


def refs(tag: str, *ids: str) -> str:
    return "".join(f"<{tag}>{id}</{tag}>" for id in ids)


def into(target: str, *sources: str, inside: str = "") -> str:
    return (
        f'<dataInputAssociation id="in_{target}">{refs("sourceRef", *sources)}{refs("targetRef", target)}{inside}'
        "</dataInputAssociation>"
    )


def out(target: str, *sources: str, inside: str = "") -> str:
    return (
        f'<dataOutputAssociation id="out_{target}">{refs("sourceRef", *sources)}{refs("targetRef", target)}{inside}'
        "</dataOutputAssociation>"
    )


def assign(value: str, to: str) -> str:
    return (
        f'<assignment><from xsi:type="tFormalExpression">{value}</from><to xsi:type="tFormalExpression">{to}</to>'
        "</assignment>"
    )


def change(value: str) -> str:
    return f"<transformation>{value}</transformation>"


def io(inputs: tuple[str, ...] = (), outputs: tuple[str, ...] = (), optional: tuple[str, ...] = ()) -> str:
    """Data inputs and outputs whose names are their ids, each in one set."""
    data = "".join(f'<dataInput id="{i}" name="{i}"/>' for i in inputs)
    data += "".join(f'<dataOutput id="{o}" name="{o}"/>' for o in outputs)
    sets = f"<inputSet>{refs('dataInputRefs', *inputs)}{refs('optionalInputRefs', *optional)}</inputSet>"
    return f"<ioSpecification>{data}{sets}<outputSet>{refs('dataOutputRefs', *outputs)}</outputSet></ioSpecification>"


def obj(id: str, name: str = "", *states: str) -> str:
    """A data object with one reference `<id>_ref`, and one `<id>_<state>` for each state."""
    named = f' name="{name}"' if name else ""
    found = f'<dataObject id="{id}"{named}/><dataObjectReference id="{id}_ref" dataObjectRef="{id}"/>'
    for state in states:
        found += (
            f'<dataObjectReference id="{id}_{state}" dataObjectRef="{id}"><dataState name="{state}"/>'
            "</dataObjectReference>"
        )
    return found


def task(id: str, code: str, inside: str = "") -> str:
    return script(id, code).replace("<script>", f"{inside}<script>")


def user(id: str, inside: str = "") -> str:
    return f'<userTask id="{id}">{inside}</userTask>'


# -- scopes
def test_a_data_object_is_null_until_it_is_written():
    r = run(f"{START}{obj('d', 'order')}{script('t', 'seen = order is None; order = 1')}{END}{chain('s', 't', 'e')}")
    assert r.variables == {"order": 1, "seen": True}
    r.assert_clean()


def test_what_is_given_at_the_start_fills_data_objects_and_inputs_of_the_process():
    given = "<ioSpecification><dataInput id='di' name='amount'/><inputSet><dataInputRefs>di</dataInputRefs></inputSet>"
    body = f"{given}<outputSet/></ioSpecification>{START}{obj('d', 'order')}{user('u')}{chain('s', 'u')}"
    assert run(body, {"order": 7}).variables == {"order": 7, "amount": None}


def test_a_data_object_of_a_subprocess_lives_and_dies_with_it_and_hides_an_outer_one():
    inner = (
        f"{obj('d2', 'x')}{script('i', 'log(x); x = 2; y = 5')}{user('u')}{script('j', 'log(x)')}{chain('i', 'u', 'j')}"
    )
    body = (
        f"{START}{obj('d', 'x')}{script('a', 'x = 1')}<subProcess id='sp'>{inner}</subProcess>"
        f"{script('b', 'log(x)')}{END}{chain('s', 'a', 'sp', 'b', 'e')}"
    )
    r = run(body)
    token = r.token(r.tasks, "u")
    assert read_variables(r.definition, r.snapshot, r.host, token) == {"x": 2, "y": 5}
    r.complete("u", x=3)
    assert r.host.trace == [None, 3, 1]
    assert r.variables == {"x": 1, "y": 5}
    r.assert_clean()


def test_each_instance_of_a_subprocess_has_data_of_its_own():
    inner = f"{script('i', 'sum = (sum or 0) + n')}{user('u')}{script('j', 'log(sum)')}{chain('i', 'u', 'j')}"
    inner += '<property id="p" name="sum"/>'
    loop = (
        "<multiInstanceLoopCharacteristics><loopDataInputRef>ns</loopDataInputRef><inputDataItem id='n'/>"
        "</multiInstanceLoopCharacteristics>"
    )
    body = f"{START}<subProcess id='sp'>{loop}{inner}</subProcess>{END}{chain('s', 'sp', 'e')}"
    r = run(body, {"ns": [1, 2, 3]})
    for _ in range(3):
        r.complete("u")
    assert sorted(r.host.trace) == [1, 2, 3]
    assert r.variables == {"ns": [1, 2, 3]}


def test_a_loop_begins_each_round_with_fresh_data():
    inner = f"{obj('d', 'x')}{script('i', 'log(x); x = 1')}"
    loop = "<standardLoopCharacteristics loopMaximum='2'/>"
    run_ = run(f"{START}<subProcess id='sp'>{loop}{inner}</subProcess>{END}{chain('s', 'sp', 'e')}")
    assert run_.host.trace == [None, None]


def test_parallel_branches_lose_no_update_of_a_shared_object():
    body = (
        f"{START}{obj('d', 'x')}<parallelGateway id='g'/>{user('a')}{user('b')}<parallelGateway id='j'/>{END}"
        f"{chain('s', 'g', 'a', 'j', 'e')}{chain('g', 'b', 'j')}"
    )
    r = run(body)
    r.complete("a", x={"a": 1})
    r.complete("b", y=2)
    assert r.variables == {"x": {"a": 1}, "y": 2}


def test_an_interrupted_scope_takes_its_data_with_it():
    inner = f"{obj('d2', 'x')}{user('u')}"
    body = (
        f"{START}{obj('d', 'x')}{script('a', 'x = 1')}<subProcess id='sp'>{inner}</subProcess>{on('b', 'sp', MESSAGE)}"
        f"{script('t', 'log(x)')}{chain('s', 'a', 'sp')}{chain('b', 't')}"
    )
    r = run(body)
    r.message("b")
    assert r.host.trace == [1]
    r.assert_clean()


def test_a_handler_sees_the_data_of_its_subprocess_as_it_was_at_completion():
    inner = f"{obj('d2', 'x')}{script('i', 'x = 5')}{undo('i', script('h', 'log(x)'))}"
    body = (
        f"{START}{obj('d', 'x')}<subProcess id='sp'>{inner}</subProcess>{script('t', 'x = 9')}"
        f"<endEvent id='e'>{COMPENSATE}</endEvent>{chain('s', 'sp', 't', 'e')}"
    )
    assert run(body).host.trace == [5]


def test_a_conditional_event_reacts_to_a_data_object_of_its_subprocess():
    condition = "<conditionalEventDefinition><condition xsi:type='tFormalExpression'>x == 3</condition>"
    inner = (
        f"{obj('d2', 'x')}{user('u')}<intermediateCatchEvent id='c'>{condition}</conditionalEventDefinition>"
        f"</intermediateCatchEvent>{script('l', 'log(x)')}{chain('c', 'l')}"
    )
    r = run(f"{START}<subProcess id='sp'>{inner}</subProcess>{END}{chain('s', 'sp', 'e')}")
    r.do(c.ChangeVariables({"x": 3}))
    assert r.host.trace == []  # the outer x is another one
    r.complete("u", x=3)
    assert r.host.trace == [3]


def test_a_failed_script_leaves_no_half_made_change():
    r = run(f"{START}{obj('d', 'x')}{script('t', 'x = 1; raise ValueError(x)')}{chain('s', 't')}")
    assert r.failed == ["t"]
    assert r.variables == {"x": None}


# -- names
@pytest.mark.parametrize(
    ("element", "name"),
    [
        ('<dataObject id="d" name="order"/>', "order"),
        ('<dataObject id="d"/><dataObjectReference id="r" dataObjectRef="d" name="order"/>', "order"),
        ('<dataObject id="d"/><dataObjectReference id="r" dataObjectRef="d" name="order [paid]"/>', "order"),
        ('<dataObjectReference id="r" name="order"/>', "order"),
        ('<dataObject id="d"/>', "d"),
        ('<property id="p" name="total"/>', "total"),
    ],
)
def test_a_variable_is_called_like_the_data_that_it_is(element, name):
    assert run(f"{element}{START}{user('u')}{chain('s', 'u')}").variables == {name: None}


@pytest.mark.parametrize(
    "element",
    [
        '<dataObject id="d" name="purchase order"/>',
        '<dataObject id="d"/><dataObjectReference id="r" dataObjectRef="d" name="purchase order"/>',
        '<dataObject id="d"/><dataObjectReference id="r" dataObjectRef="d"/>',
        '<property id="p" name="__targetRef_placeholder"/>',
    ],
)
def test_what_is_only_drawn_is_no_variable(element):
    assert run(f"{element}{START}{user('u')}{chain('s', 'u')}").variables == {}


def test_data_without_a_usable_name_is_called_by_its_id():
    give = io(outputs=("o",)) + out("d_ref", "o")
    take = io(inputs=("i",)) + into("i", "d_ref")
    body = (
        f"{START}{obj('d', 'the order')}{task('a', 'o = 4', give)}{task('b', 'log(i)', take)}{END}"
        f"{chain('s', 'a', 'b', 'e')}"
    )
    r = run(body)
    assert r.host.trace == [4]
    assert r.variables == {"d": 4}


# -- associations of activities
def test_an_input_is_a_copy_and_an_output_is_carried_back():
    give = io(("i",), ("o",)) + into("i", "d_ref") + out("d_ref", "o")
    body = f"{START}{obj('d', 'x')}{task('t', 'i.append(2); o = i', give)}{END}{chain('s', 't', 'e')}"
    assert run(body, {"x": [1]}).variables == {"x": [1, 2]}


def test_an_output_that_is_not_written_leaves_its_target_alone():
    give = io((), ("o",)) + out("d_ref", "o")
    body = f"{START}{obj('d', 'x')}{task('t', 'x = 1', give)}{END}{chain('s', 't', 'e')}"
    assert run(body).variables == {"x": 1}


def test_inputs_and_outputs_are_not_seen_around_the_activity():
    give = io(("i",), ("o",)) + into("i", "d_ref") + out("d_ref", "o")
    body = f"{START}{obj('d', 'x')}{service('t', give)}{user('u')}{chain('s', 't', 'u')}"
    r = run(body, {"x": 1})
    assert next(iter(r.jobs.values())).variables == {"x": 1, "i": 1, "o": None}
    r.finish("t", {"o": 2, "other": 3})
    assert r.variables == {"x": 2, "other": 3}


def test_a_person_fills_outputs_and_a_result_variable_may_be_one():
    body = (
        f"{START}{obj('d', 'x')}{obj('f', 'y')}{user('u', io((), ('o',)) + out('d_ref', 'o'))}"
        f"{service('t', io((), ('p',)) + out('f_ref', 'p'), resultVariable='p')}{END}{chain('s', 'u', 't', 'e')}"
    )
    r = run(body)
    r.complete("u", o=1, p=9)
    r.finish("t", 2)
    assert r.variables == {"x": 1, "y": 2, "p": 9}


def test_a_transformation_replaces_the_target_and_may_have_several_sources():
    give = io(("i",)) + into("i", "d_ref", "f_ref", inside=change("x + y"))
    body = f"{START}{obj('d', 'x')}{obj('f', 'y')}{task('t', 'log(i)', give)}{END}{chain('s', 't', 'e')}"
    assert run(body, {"x": 1, "y": 2}).host.trace == [3]


def test_assignments_write_parts_of_a_value_and_leave_the_original_alone():
    give = io((), ("o",)) + out(
        "d_ref", "o", inside=assign("o * 2", "x.lines[0].price") + assign("'new'", "${d['state']}") + assign("o", "z")
    )
    body = f"{START}{obj('d', 'x')}{task('t', 'o = 4', give)}{END}{chain('s', 't', 'e')}"
    order = {"lines": [{"price": 1, "name": "a"}, {}], "id": 7}
    r = run(body, {"x": order, "y": order})
    assert r.variables["x"] == {"lines": [{"price": 8, "name": "a"}, {}], "id": 7, "state": "new"}
    assert r.variables["y"] == order
    assert r.variables["z"] == 4


def test_an_association_reaches_its_data_also_where_an_inner_name_hides_it():
    give = io(("i",), ("x",)) + into("i", "d_ref") + out("d_ref", "x")
    inner = f"{obj('d2', 'x')}{script('a', 'x = 50')}{task('t', 'log(i); log(x); x = i + 1', give)}{chain('a', 't')}"
    body = f"{START}{obj('d', 'x')}<subProcess id='sp'>{inner}</subProcess>{END}{chain('s', 'sp', 'e')}"
    r = run(body, {"x": 1})
    assert r.host.trace == [1, None]
    assert r.variables == {"x": 2}


def test_an_association_that_fails_writes_nothing_and_can_be_retried():
    give = io((), ("o", "p")) + out("d_ref", "o") + out("f_ref", "p", inside=change("o // n"))
    body = f"{START}{obj('d', 'x')}{obj('f', 'y')}{task('t', 'o = 1; p = 2', give)}{END}{chain('s', 't', 'e')}"
    r = run(body, {"n": 0})
    assert r.failed == ["t"]
    assert r.variables == {"n": 0, "x": None, "y": None}
    r.retry("t", n=1)
    assert r.variables == {"n": 1, "x": 1, "y": 1}
    assert r.completed


def test_an_input_that_cannot_be_computed_is_an_incident_and_can_be_retried():
    give = io(("i",)) + into("i", "d_ref", inside=change("x // n"))
    body = f"{START}{obj('d', 'x')}{user('u', give)}{on('b', 'u', MESSAGE)}{END}{chain('s', 'u')}{chain('b', 'e')}"
    r = run(body, {"x": 4, "n": 0})
    assert r.failed == ["u"]
    r.retry("u", n=2)
    assert r.open_tasks == ["u"]
    assert r.waiting == ["b"]


# -- states
def test_writing_through_a_reference_with_a_state_writes_the_state():
    give = io((), ("o",)) + out("d_paid", "o")
    body = f"{START}{obj('d', 'order', 'paid')}{task('t', 'o = 1', give)}{END}{chain('s', 't', 'e')}"
    r = run(body)
    assert r.variables == {"order": 1, "order_state": "paid"}


def test_a_drawn_association_to_a_state_sets_it_without_a_value():
    inner = f"{obj('d', 'order', 'paid')}{user('u', out('d_paid'))}{script('l', 'log(order_state)')}{chain('u', 'l')}"
    r = run(f"{START}<subProcess id='sp'>{inner}</subProcess>{END}{chain('s', 'sp', 'e')}")
    assert read_variables(r.definition, r.snapshot, r.host, r.token(r.tasks, "u"))["order_state"] is None
    r.complete("u")
    assert r.host.trace == ["paid"]
    assert r.variables == {}


# -- drawings
def test_associations_that_are_only_drawn_have_no_effect_and_are_never_refused():
    placeholder = '<property id="ph" name="__targetRef_placeholder"/>'
    drawn = placeholder + into("ph", "d_ref") + out("d_ref") + into("ph", "store").replace("in_", "st_") + out("store")
    body = f"{START}{obj('d', 'x')}<dataStoreReference id='store'/>{user('u', drawn)}{END}{chain('s', 'u', 'e')}"
    r = run(body)
    assert r.open_tasks == ["u"]
    r.complete("u", x=1)
    assert r.variables == {"x": 1}
    assert r.completed


# -- waiting for data
def test_an_activity_waits_until_its_input_has_a_value():
    give = io(("i",)) + into("i", "d_ref")
    body = (
        f"{START}{obj('d', 'x')}<parallelGateway id='g'/>{task('t', 'log(i)', give)}{user('u')}"
        f"{chain('s', 'g', 't')}{chain('g', 'u')}"
    )
    r = run(body)
    assert (r.host.trace, r.failed) == ([], [])
    assert r.said(e.DecisionMade, element_id="t", result=False)
    r.complete("u", x=8)
    assert r.host.trace == [8]
    r.assert_clean()


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_waiting_for_data_survives_every_cut(steps):
    give = io(("i",), ("o",)) + into("i", "d_ref") + out("f_ref", "o")
    body = (
        f"{START}{obj('d', 'x')}{obj('f', 'y')}<parallelGateway id='g'/>{task('t', 'o = i + 1', give)}"
        f"{user('u')}{script('w', 'x = 1')}{END}{chain('s', 'g', 't', 'e')}{chain('g', 'u', 'w', 'e')}"
    )
    r = Run(compiled(body), reload=True, budget=Budget(steps=steps)).start()
    r.complete("u")
    assert r.variables == {"x": 1, "y": 2}
    r.assert_clean()


def test_data_from_outside_lets_an_activity_begin():
    give = io(("i",)) + into("i", "d_ref")
    r = run(f"{START}{obj('d', 'x')}{user('u', give)}{chain('s', 'u')}")
    assert r.open_tasks == []
    r.do(c.ChangeVariables({"x": 1}))
    assert r.open_tasks == ["u"]


def test_boundary_events_listen_while_an_activity_waits_for_data():
    give = io(("i",)) + into("i", "d_ref")
    body = (
        f"{START}{obj('d', 'x')}{user('u', give)}{on('b', 'u', timer('timeDuration', 'PT1H'))}{user('v')}"
        f"{chain('s', 'u')}{chain('b', 'v')}"
    )
    r = run(body)
    r.fire("b")
    assert r.open_tasks == ["v"]
    r.do(c.ChangeVariables({"x": 1}))
    assert r.open_tasks == ["v"]


def test_an_optional_input_is_null_and_does_not_hold_the_activity():
    give = io(("i", "k"), optional=("i",)) + into("i", "d_ref") + into("k", "f_ref")
    body = f"{START}{obj('d', 'x')}{obj('f', 'y')}{task('t', 'log([i, k])', give)}{END}{chain('s', 't', 'e')}"
    assert run(body, {"y": 1}).host.trace == [[None, 1]]
    assert run(body, {"y": 1, "x": 2}).host.trace == [[2, 1]]


def test_the_first_input_set_that_is_complete_is_used_alone():
    data = '<dataInput id="i" name="i"/><dataInput id="k" name="k"/>'
    sets = "".join(f"<inputSet>{refs('dataInputRefs', one)}</inputSet>" for one in ("i", "k"))
    give = f"<ioSpecification>{data}{sets}<outputSet/></ioSpecification>{into('i', 'd_ref')}{into('k', 'f_ref')}"
    body = f"{START}{obj('d', 'x')}{obj('f', 'y')}{task('t', 'log([i, k])', give)}{END}{chain('s', 't', 'e')}"
    assert run(body, {"y": 1}).host.trace == [[None, 1]]
    assert run(body, {"x": 2, "y": 1}).host.trace == [[2, None]]


# -- multi-instance
MI_IO = (
    '<ioSpecification><dataInput id="all" name="all" isCollection="true"/><dataInput id="one" name="one"/>'
    '<dataOutput id="res" name="res"/><dataOutput id="sums" name="sums" isCollection="true"/>'
    f"<inputSet>{refs('dataInputRefs', 'all', 'one')}</inputSet>"
    f"<outputSet>{refs('dataOutputRefs', 'res', 'sums')}</outputSet>"
    f"</ioSpecification>{into('all', 'd_ref')}{into('one', 'item')}{out('ores', 'res')}{out('f_ref', 'sums')}"
)


@pytest.mark.parametrize("sequential", ["true", "false"])
def test_a_multi_instance_activity_takes_a_collection_and_gives_one(sequential):
    loop = (
        f"<multiInstanceLoopCharacteristics isSequential='{sequential}'><loopDataInputRef>all</loopDataInputRef>"
        "<loopDataOutputRef>sums</loopDataOutputRef><inputDataItem id='item'/><outputDataItem id='ores'/>"
        "<completionCondition>nrOfCompletedInstances == 3</completionCondition></multiInstanceLoopCharacteristics>"
    )
    body = (
        f"{START}{obj('d', 'x')}{obj('f', 'y')}{task('t', 'res = one * 10', MI_IO + loop)}{END}{chain('s', 't', 'e')}"
    )
    r = run(body, {"x": [1, 2, 3]})
    assert r.variables == {"x": [1, 2, 3], "y": [10, 20, 30]}
    r.assert_clean()


def test_a_multi_instance_subprocess_reads_and_writes_data_objects():
    loop = (
        "<multiInstanceLoopCharacteristics><loopDataInputRef>d_ref</loopDataInputRef>"
        "<loopDataOutputRef>f_ref</loopDataOutputRef><inputDataItem id='it'/><outputDataItem id='ot'/>"
        "</multiInstanceLoopCharacteristics>"
    )
    body = (
        f"{START}{obj('d', 'the list')}{obj('f', 'y')}"
        f"<subProcess id='sp'>{loop}{script('t', 'ot = it + 1')}</subProcess>{END}{chain('s', 'sp', 'e')}"
    )
    r = run(body, {"d": [1, 2]})
    assert r.variables == {"d": [1, 2], "y": [2, 3]}


# -- events
def test_what_an_event_throws_and_catches_goes_through_its_data():
    throw = f'<dataInput id="ti"/>{into("ti", "d_ref")}<inputSet>{refs("dataInputRefs", "ti")}</inputSet>{MESSAGE}'
    catch = f'<dataOutput id="to"/>{out("f_ref", "to")}<outputSet>{refs("dataOutputRefs", "to")}</outputSet>{MESSAGE}'
    body = (
        f"{START}{obj('d', 'x')}{obj('f', 'y')}<parallelGateway id='g'/><intermediateCatchEvent id='c'>{catch}"
        f"</intermediateCatchEvent>{user('u')}<intermediateThrowEvent id='t'>{throw}</intermediateThrowEvent>{END}"
        f"{chain('s', 'g', 'c', 'e')}{chain('g', 'u', 't', 'e')}"
    )
    r = run(body, {"x": 5})
    r.complete("u")
    assert r.variables == {"x": 5, "y": 5}
    r.assert_clean()


def test_a_thrown_message_that_leaves_carries_the_data_input():
    throw = f'<dataInput id="ti" name="total"/>{into("ti", "d_ref", inside=change("x * 2"))}{MESSAGE}'
    r = run(f"{START}{obj('d', 'x')}<endEvent id='e'>{throw}</endEvent>{chain('s', 'e')}", {"x": 5})
    assert [m.variables for m in r.said(e.MessageThrown)] == [{"total": 10}]


CATCH = f'<dataOutput id="o"/>{out("d_ref", "o")}{MESSAGE}'
CATCHING = (
    f"{START}{obj('d', 'x')}<intermediateCatchEvent id='c'>{CATCH}</intermediateCatchEvent>{END}{chain('s', 'c', 'e')}"
)


@pytest.mark.parametrize("payload", [{"o": 1, "z": 2}, {"other": 1}])
def test_an_output_of_an_event_takes_the_value_of_its_name_or_the_only_one(payload):
    r = run(CATCHING)
    r.message("c", **payload)
    assert r.variables == {"x": 1}


def test_an_output_of_an_event_takes_a_whole_message():
    r = run(CATCHING)
    r.message("c", a=1, b=2)
    assert r.variables == {"x": {"a": 1, "b": 2}}


def test_boundary_events_event_subprocesses_and_receive_tasks_catch_data():
    receive = f"<receiveTask id='c' messageRef='m'>{io((), ('o',))}{out('d_ref', 'o')}</receiveTask>"
    r = run(f"{START}{obj('d', 'x')}{receive}{END}{chain('s', 'c', 'e')}")
    r.message("c", o=1)
    assert r.variables == {"x": 1}
    r = run(f"{START}{obj('d', 'x')}{user('u')}{on('c', 'u', CATCH)}{END}{chain('s', 'u')}{chain('c', 'e')}")
    r.message("c", other=2)
    assert r.variables == {"x": 2}
    sub = f"<startEvent id='c'>{CATCH}</startEvent>{user('w')}{chain('c', 'w')}"
    sub = f"<subProcess id='es' triggeredByEvent='true'>{sub}</subProcess>"
    r = Run(
        compiled(f"{START}{obj('d', 'x')}{user('u')}{sub}{chain('s', 'u')}"), reload=True, budget=Budget(steps=1)
    ).start()
    r.message("c", other=3)
    assert r.open_tasks == ["w"]
    assert r.variables == {"x": 3}


def test_a_message_that_starts_a_process_fills_the_outputs_of_its_start_event():
    body = f"<startEvent id='c'>{CATCH}</startEvent>{obj('d', 'x')}{user('u')}{chain('c', 'u')}"
    r = Run(compiled(body), reload=True).start({"a": 1, "b": 2}, at="c")
    assert r.variables == {"x": {"a": 1, "b": 2}}


def test_an_error_carries_its_data_to_who_catches_it():
    throw = f'<dataInput id="ti"/>{into("ti", "d_ref")}<errorEventDefinition errorRef="E1"/>'
    catch = f'<dataOutput id="o"/>{out("f_ref", "o")}<errorEventDefinition errorRef="E1"/>'
    body = (
        f"{START}{obj('d', 'x')}{obj('f', 'y')}<subProcess id='sp'><endEvent id='ee'>{throw}</endEvent></subProcess>"
        f"{on('b', 'sp', catch)}{END}{chain('s', 'sp')}{chain('b', 'e')}"
    )
    r = run(body, {"x": 5})
    assert r.variables == {"x": 5, "y": 5}
    assert r.completed


# -- types
@pytest.mark.parametrize(
    ("type", "value", "good"),
    [
        ("int", 1, True),
        ("int", True, False),
        ("int", "1", False),
        ("string", "a", True),
        ("string", 1, False),
        ("decimal", Decimal("1.5"), True),
        ("double", 2, True),
        ("boolean", False, True),
        ("boolean", 0, False),
        ("date", date(2030, 1, 1), True),
        ("date", 5, False),
        ("", object(), True),
        ("int", None, True),
    ],
)
def test_values_of_types_of_xml_schema(type, value, good):
    assert fits(value, Place("x", "", type=type)) is good
    assert fits([value], Place("x", "", type=type, collection=True)) is good
    assert not fits("text", Place("x", "", collection=True))


def test_a_value_that_does_not_fit_its_item_definition_is_an_incident():
    item = f'<itemDefinition id="it" {XSD} structureRef="xsd:int"/>'
    data = '<dataObject id="d" name="x" itemSubjectRef="it"/>'
    give = io((), ("o",)) + out("d", "o")
    r = run(f"{START}{data}{task('t', 'o = word', give)}{END}{chain('s', 't', 'e')}", {"word": "a"}, extra=item)
    [incident] = r.incidents.values()
    assert (incident.kind, r.variables["x"]) == ("data", None)
    assert "asks for int" in incident.message
    unknown = item.replace("xsd:int", "Order")
    assert run(f"{START}{data}{task('t', 'o = word', give)}{chain('s', 't')}", {"word": "a"}, extra=unknown).completed


@pytest.mark.parametrize(
    ("whole", "path", "result"),
    [
        (None, ("a", "b"), {"a": {"b": 1}}),
        ({"a": [1, 2]}, ("a", -1), {"a": [1, 1]}),
        ({"a": {}}, ("a", "b"), {"a": {"b": 1}}),
    ],
)
def test_a_part_of_a_value_is_written_in_a_copy(whole, path, result):
    assert changed_at(whole, path, 1, "It") == result


@pytest.mark.parametrize(("whole", "path"), [(5, ("a",)), ([], (0,)), ({"a": 1}, (0,)), (None, (0,))])
def test_a_part_that_is_not_there_cannot_be_written(whole, path):
    with pytest.raises(Fault, match="cannot write the part"):
        changed_at(whole, path, 1, "It")


def test_the_target_of_an_assignment_must_be_a_place():
    give = io((), ("o",)) + out("d_ref", "o", inside=assign("o", "x + 1"))
    assert problems(f"{START}{obj('d', 'x')}{task('t', 'o = 4', give)}{chain('s', 't')}") == [
        ("assignment-target", "out_d_ref")
    ]


# -- data stores
STORE = '<dataStore id="ds" name="Stock level"/>'
SHARED = '<dataStoreReference id="store" dataStoreRef="ds" name="drawn"/>'


def test_a_data_store_is_read_and_written_and_keeps_its_value_beyond_the_instance():
    give = io(("i",), ("o",)) + into("i", "store") + out("store", "o")
    body = f"{SHARED}{START}{task('t', 'o = (i or 0) + 1', give)}{END}{chain('s', 't', 'e')}"
    r = Run(compiled(body, STORE), reload=True).start()
    assert [(w.element_id, w.store, w.value, w.version) for w in r.said(e.DataStoreWritten)] == [
        ("t", "Stock level", 1, 0)
    ]
    assert r.variables == {}
    host = FakeHost()
    host.stores["Stock level"] = Stored(6, 3)
    again = Run(compiled(body, STORE), host).start()
    assert [(w.value, w.version) for w in again.said(e.DataStoreWritten)] == [(7, 3)]


def test_within_a_command_a_store_holds_what_the_instance_has_written():
    count = "<standardLoopCharacteristics loopMaximum='3'/>"
    give = io(("i",), ("o",)) + into("i", "store") + out("store", "o", inside=assign("o", "ds.count"))
    code = "o = (i or {}).get('count', 0) + 1"
    r = run(f"{SHARED}{START}{task('t', code, give + count)}{END}{chain('s', 't', 'e')}", extra=STORE)
    assert [(w.value, w.version) for w in r.said(e.DataStoreWritten)] == [({"count": n}, 0) for n in (1, 2, 3)]


def test_a_store_that_was_not_read_is_written_without_a_version():
    give = io((), ("o",)) + out("store", "o")
    body = f"<dataStoreReference id='store' name='Rates'/>{START}{task('t', 'o = 1', give)}{END}{chain('s', 't', 'e')}"
    assert [(w.store, w.version) for w in run(body).said(e.DataStoreWritten)] == [("Rates", None)]


# -- calls and migration
INNER_IO = (
    '<ioSpecification><dataInput id="pi" name="a"/><dataOutput id="po" name="b"/><inputSet>'
    f"{refs('dataInputRefs', 'pi')}</inputSet><outputSet>{refs('dataOutputRefs', 'po')}</outputSet></ioSpecification>"
)


def test_a_call_activity_passes_its_inputs_and_outputs_to_those_of_the_called_process():
    called = compiled(f"{INNER_IO}{START}{script('t', 'log(a); b = a + 1')}{END}{chain('s', 't', 'e')}", key="inner")
    give = io(("i",), ("o",)) + into("i", "d_ref") + out("f_ref", "o")
    call = f'<callActivity id="c" calledElement="inner">{give}</callActivity>'
    body = f"{START}{obj('d', 'x')}{obj('f', 'y')}{call}{END}{chain('s', 'c', 'e')}"
    r = Run(compiled(body), FakeHost(processes={"inner": called}), reload=True).start({"x": 1})
    assert r.host.trace == [1]
    assert r.variables == {"x": 1, "y": 2}
    r.assert_clean()


def test_a_token_that_waits_for_data_goes_on_in_a_version_without_the_input():
    give = io(("i",)) + into("i", "d_ref")
    old = f"{START}{obj('d', 'x')}{user('u', give)}{on('b', 'u', MESSAGE)}{END}{chain('s', 'u')}{chain('b', 'e')}"
    r = run(old)
    assert (r.open_tasks, r.waiting) == ([], ["b"])
    new = compiled(old.replace(give, ""))
    r.do(c.MigrateInstance(new, "v2", "v1"))
    r.definition = new
    assert (r.open_tasks, r.waiting) == (["u"], ["b"])


# -- reading
def test_the_variables_of_each_running_scope_can_be_read():
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
    inner = f"{loop}{obj('d', 'x')}{user('u')}"
    r = run(f"{START}<subProcess id='sp'>{inner}</subProcess>{END}{chain('s', 'sp', 'e')}", {"y": 1})
    r.complete("u", x=5)
    found = read_scopes(r.definition, r.snapshot, r.host)
    assert [(s.element_id, s.variables.get("loopCounter"), s.variables.get("x")) for s in found][1:] == [
        ("sp", 1, None)
    ]
    assert found[0].variables["nrOfInstances"] == 2
    assert len(read_scopes(r.definition, r.snapshot, r.host, most=1)) == 1
