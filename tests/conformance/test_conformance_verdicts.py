"""The verdicts: what they accept, and that engines which do nothing or refuse everything pass nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from . import betsy, camunda, constraints, miwg
from .diagram import Diagram, done
from .fakes import NOW, DoesNothing, Each, RefusesEveryStep, RefusesEverything, Same, Scripted
from .machine import Run, State, Visit
from .ownmodels import BETSY, CAMUNDA, END, START, TIMER, TWO_SCRIPTS, process, script, timer, write
from .ownmodels import constraints as own_constraints
from .ownmodels import miwg as own_miwg

USELESS = [DoesNothing, RefusesEverything, RefusesEveryStep]


def visit(element: str, kind: str, state: str = "completed", token: int = 1, parent: int = 0) -> Visit:
    ended = None if state == "active" else NOW
    return Visit("i", token, parent, element, kind, state, "", NOW, ended)


def run_of(state: str = "completed") -> Run:
    return Run("i", "p", state, "", {})


TWO_DONE = State(
    NOW,
    (run_of(),),
    tuple(visit(id, kind, token=n) for n, (id, kind) in enumerate(
        [("s", "startEvent"), ("a", "scriptTask"), ("b", "scriptTask"), ("e", "endEvent")]
    )),
)  # fmt: skip


def betsy_faults(folder: Path, model: bytes, expected: list[str], machine: Scripted) -> str:
    case = {**BETSY[0][0], "expected_trace": expected, "bpmn": "bpmn/m.bpmn"}
    write(folder, [case], {"m": model})
    return betsy.run(folder, Each(Same(machine)))[0].reason


# -- nobody gets anything for nothing
@pytest.mark.parametrize("useless", USELESS)
def test_betsy_gives_a_useless_engine_no_point(tmp_path: Path, useless: type[DoesNothing]) -> None:
    verdicts = betsy.run(write(tmp_path, *BETSY), Each(useless))
    assert [v.passed for v in verdicts] == [False] * len(BETSY[0])


@pytest.mark.parametrize("useless", USELESS)
def test_camunda_gives_a_useless_engine_no_point(tmp_path: Path, useless: type[DoesNothing]) -> None:
    verdicts = camunda.run(write(tmp_path, *CAMUNDA), Each(useless))
    assert [v.passed for v in verdicts] == [False] * len(CAMUNDA[0])


@pytest.mark.parametrize("useless", USELESS)
def test_constraints_give_a_useless_checker_no_point(tmp_path: Path, useless: type[DoesNothing]) -> None:
    assert not any(v.passed for v in constraints.run(own_constraints(tmp_path), Each(useless)))


@pytest.mark.parametrize("useless", [DoesNothing, RefusesEverything])
def test_miwg_gives_a_useless_reader_no_point(tmp_path: Path, useless: type[DoesNothing]) -> None:
    assert not any(v.passed for v in miwg.run(own_miwg(tmp_path), Each(useless)))


# -- betsy
def test_betsy_accepts_the_trace_and_the_end_that_the_model_fixes(tmp_path: Path) -> None:
    assert betsy_faults(tmp_path, TWO_SCRIPTS, ["A", "B"], Scripted([TWO_DONE], {0: ["A", "B"]})) == ""


def test_betsy_refuses_a_wrong_order_that_the_multiset_does_not_see(tmp_path: Path) -> None:
    reason = betsy_faults(tmp_path, TWO_SCRIPTS, ["A", "B"], Scripted([TWO_DONE], {0: ["B", "A"]}))
    assert reason == "B was logged before A"


def test_betsy_refuses_a_token_that_comes_before_its_timer(tmp_path: Path) -> None:
    visits = (*TWO_DONE.visits, visit("t", "intermediateCatchEvent", token=9))
    state = replace(TWO_DONE, visits=visits)
    assert (
        betsy_faults(tmp_path, TIMER, ["A", "B"], Scripted([state], {0: ["A", "B"]})) == "B was logged before its timer"
    )
    assert betsy_faults(tmp_path, TIMER, ["A", "B"], Scripted([state], {0: ["A"], 1: ["B"]})) == ""


def test_betsy_refuses_an_instance_that_hangs(tmp_path: Path) -> None:
    hangs = State(NOW, (run_of("active"),), (visit("s", "startEvent"),))
    reason = betsy_faults(tmp_path, TWO_SCRIPTS, [], Scripted([hangs]))
    assert "nothing in it waits" in reason
    assert "s was left 1 times, a entered 0 times" in reason


def test_betsy_refuses_an_instance_that_ends_where_it_must_wait(tmp_path: Path) -> None:
    model = process(START, timer("t", 60), END, flows=["st", "te"])
    ended = State(NOW, (run_of(),), (visit("s", "startEvent"), visit("t", "intermediateCatchEvent", "cancelled", 2)))
    assert "completed at no end" in betsy_faults(tmp_path, model, [], Scripted([ended]))


def test_betsy_refuses_a_timer_that_does_not_fire(tmp_path: Path) -> None:
    model = process(START, timer("t", 3), END, flows=["st", "te"])
    waiting = visit("t", "intermediateCatchEvent", "active", 2)
    late = State(NOW + timedelta(seconds=5), (run_of("active"),), (visit("s", "startEvent"), waiting))
    assert betsy_faults(tmp_path, model, [], Scripted([late])) == "timer t was due and has not fired"


def test_betsy_refuses_an_open_incident(tmp_path: Path) -> None:
    state = replace(TWO_DONE, incidents=({"elementId": "a", "kind": "script", "message": "no"},))
    reason = betsy_faults(tmp_path, TWO_SCRIPTS, ["A", "B"], Scripted([state], {0: ["A", "B"]}))
    assert "an incident is open: no" in reason


def test_the_marker_counts_once_and_only_when_expected() -> None:
    marker = betsy.MARKER
    assert betsy.comparable(["X", marker, marker], [marker, "X"]) == betsy.comparable([marker, "X"], [marker, "X"])
    assert betsy.comparable(["X", marker], ["X"]) == betsy.comparable(["X"], ["X"])
    assert betsy.comparable(["ERROR_runtime"], ["ERROR"]) == betsy.comparable(["ERROR"], ["ERROR"])


# -- what must come before what
def before_of(model: bytes, node: str) -> set[str]:
    return Diagram(model).before(node)


def test_a_merge_needs_one_of_its_branches_a_parallel_join_all() -> None:
    nodes = [START, script("a"), script("b"), script("c")]
    flows = [("s", "x"), ("x", "a"), ("x", "b"), ("a", "j"), ("b", "j"), ("j", "c")]
    either = process(*nodes, '<exclusiveGateway id="x"/>', '<exclusiveGateway id="j"/>', flows=flows)
    both = process(*nodes, '<parallelGateway id="x"/>', '<parallelGateway id="j"/>', flows=flows)
    assert {done("a"), done("b")}.isdisjoint(before_of(either, "c"))
    assert {done("a"), done("b")} <= before_of(both, "c")


def test_a_boundary_event_follows_the_entry_of_its_activity_not_its_end() -> None:
    boundary = '<boundaryEvent id="x" attachedToRef="a"><errorEventDefinition/></boundaryEvent>'
    model = process(START, script("a"), boundary, script("c"), flows=[("s", "a"), ("x", "c")])
    assert "a" in before_of(model, "c")
    assert done("a") not in before_of(model, "c")


def test_a_subprocess_ends_after_what_all_its_ways_do() -> None:
    inside = "".join([script("a"), script("b"), '<sequenceFlow id="f" sourceRef="a" targetRef="b"/>'])
    model = process(
        START, f'<subProcess id="sub">{inside}</subProcess>', script("c"), flows=[("s", "sub"), ("sub", "c")]
    )
    assert {done("a"), done("b")} <= before_of(model, "c")


def test_a_catch_event_follows_what_precedes_every_throw() -> None:
    throw = '<intermediateThrowEvent id="t"><signalEventDefinition signalRef="g"/></intermediateThrowEvent>'
    catch = '<intermediateCatchEvent id="k"><signalEventDefinition signalRef="g"/></intermediateCatchEvent>'
    flows = [("s", "x"), ("x", "a"), ("a", "t"), ("x", "k"), ("k", "c")]
    nodes = [START, '<parallelGateway id="x"/>', script("a"), throw, catch, script("c")]
    model = process(*nodes, flows=flows, before='<signal id="g" name="go"/>')
    assert done("a") in before_of(model, "c")


# -- camunda
def test_camunda_names_each_check_that_does_not_hold() -> None:
    state = State(NOW, (run_of("active"),), (visit("u", "userTask", "active"),))
    step = {"op": "expect", "tasks": ["u"], "active": [], "ended": True, "executed": {"u": 1}, "variables": {"x": 1}}
    assert camunda.check(step, state) == [
        "active: expected [], found ['u']",
        "ended: expected True, found False",
        "executed: expected {'u': 1}, found {'u': 0}",
        "variables: expected {'x': 1}, found {'x': None}",
    ]


def test_camunda_wants_something_to_wait_for_in_every_running_instance(tmp_path: Path) -> None:
    lost = State(NOW, (run_of("active"),), (visit("s", "startEvent"),))
    case = {**CAMUNDA[0][0], "steps": [{"op": "start", "process": "p"}], "expect": []}
    verdict = camunda.run(write(tmp_path, [case], CAMUNDA[1]), Each(Same(Scripted([lost]))))[0]
    assert verdict.reason == "nothing in p waits"


def test_a_loop_counts_by_its_instances_and_holds_no_token_of_its_own() -> None:
    loop = visit("u", "userTask", "active", token=1)
    first, second = visit("u", "userTask", "completed", 2, 1), visit("u", "userTask", "active", 3, 1)
    state = State(NOW, (run_of("active"),), (loop, first, second))
    assert state.tasks == ["u"]
    assert state.executed == {"u": 1}


# -- constraints
def test_a_refusal_must_name_the_element_and_speak_of_the_rule() -> None:
    sentence = "An end event must not have an outgoing sequence flow."
    right = {"rule": "end-outgoing", "elementId": "e", "message": "The end event 'e' has an outgoing flow."}
    assert constraints.names(right, ["e"], sentence)
    assert not constraints.names({**right, "elementId": "s", "message": "end event outgoing"}, ["e"], sentence)
    assert not constraints.names({**right, "rule": "unknown", "message": "What is this?"}, ["e"], sentence)
