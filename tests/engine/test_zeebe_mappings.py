"""zeebe:ioMapping: the mappings of Camunda 8."""

from __future__ import annotations

from typing import Any

import pytest
from tests.engine.harness import MESSAGE, Run, bpmn, chain, problems, run

from stellwerk.engine import compile_bpmn

ZEEBE = 'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'


def mapping(*parts: str) -> str:
    return f"<extensionElements {ZEEBE}><zeebe:ioMapping>{''.join(parts)}</zeebe:ioMapping></extensionElements>"


def into(source: str, target: str) -> str:
    return f'<zeebe:input source="{source}" target="{target}"/>'


def out(source: str, target: str) -> str:
    return f'<zeebe:output source="{source}" target="{target}"/>'


def task(*parts: str) -> str:
    inner = f"{mapping(*parts)}<script>y = x * 2</script>"
    return f'<startEvent id="s"/><scriptTask id="t">{inner}</scriptTask><userTask id="u"/>{chain("s", "t", "u")}'


def done(*parts: str, **variables: Any) -> Run:
    found = run(task(*parts), variables)
    assert not found.incidents, found.incidents
    return found


def test_inputs_are_seen_inside_only():
    assert done(into("=n + 1", "x"), n=1).variables == {"n": 1, "y": 4}


def test_with_outputs_only_these_are_written():
    assert done(into("= n", "x"), out("=y", "z"), out("done", "state"), n=4).variables == {
        "n": 4,
        "z": 8,
        "state": "done",
    }


def test_an_output_with_dots_is_a_part_of_the_object_that_is_there():
    outputs = (out("=y", "order.total.net"), out("=true", "order.paid"))
    order = {"id": 7, "total": {"gross": 9}}
    found = done(into("=order.id", "x"), *outputs, order=order)
    assert found.variables["order"] == {"id": 7, "total": {"gross": 9, "net": 14}, "paid": True}


def test_an_input_with_dots_is_a_new_object():
    found = done(into("=3", "x"), into("=1", "o.a"), into("=2", "o.b.c"), out("=o", "seen"))
    assert found.variables == {"seen": {"a": 1, "b": {"c": 2}}}


@pytest.mark.parametrize(
    "parts",
    [
        [into("=1", "")],
        [into("=1", "a."), out("=1", "b")],
        [into("=1", "a"), into("=2", "a.b")],
        [out("=1", "a.b"), out("=2", "a")],
        [out("=1", "a"), out("=2", "a")],
    ],
)
def test_a_target_is_its_own(parts):
    assert problems(task(*parts)) == [("parameter-name", "t")]


def test_a_mapping_that_cannot_be_read_is_refused():
    assert [rule for rule, _ in problems(task(into("=1 +", "x")))] == ["expression"]


def test_a_mapping_at_a_catch_event_is_told_as_not_understood():
    event = f'<intermediateCatchEvent id="c">{mapping(out("=x", "y"))}{MESSAGE}</intermediateCatchEvent>'
    found = compile_bpmn(bpmn(f'<startEvent id="s"/>{event}{chain("s", "c")}'), filename="t.bpmn").problems
    assert [(p.rule, p.severity) for p in found] == [("not-read", "info")]
    assert "zeebe:ioMapping" in found[0].message
