"""Each question of bench.engine is asked of both sides with small numbers, so that it still runs when it is needed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))  # `bench` is no package of the product

from bench.engine import Aim, begin, must_end, tasks_of, turns
from bench.growth import Files, calls_of

from bench import models, raw


def test_an_aim_says_whether_it_is_met() -> None:
    assert Aim("x", 8.1, 8, at_least=True).met
    assert not Aim("x", 7.9, 8, at_least=True).met
    assert Aim("x", 1.0, 1.05).met
    assert str(Aim("x", 1.2, 1.05)) == "MISS x: 1.2 (aim: at most 1.05)"


@pytest.mark.parametrize("xml", [models.row(20), models.split("parallel", 5), models.split("inclusive", 5)])
def test_both_sides_come_to_the_end(xml: bytes) -> None:
    must_end(begin(Files(xml)))
    raw.run_to_end(raw.parsed(xml), {})


def test_the_other_side_loads_completes_and_saves_the_ten_nodes() -> None:
    text = raw.saved(raw.begun(raw.parsed(models.TEN_NODES), {"k": "v", "n": 5}))
    assert raw.cycle(text) != text


def test_a_loop_of_the_other_side_says_how_far_it_came() -> None:
    rows, why = raw.loop(models.LOOPS["plain"][0], (1, 3), seconds=60)
    assert ([row["iterations"] for row in rows], why) == ([1, 3], "")
    _, why = raw.loop(b"<definitions/>", (1,), seconds=60)
    assert why.startswith("stops at 0: ")


def test_a_turn_beside_a_waiting_inclusive_join_calls_hardly_more_functions() -> None:
    def calls(files: Files) -> int:
        turns(files, 3)
        return calls_of(lambda: turns(files, 20))[0] - calls_of(lambda: turns(files, 10))[0]

    assert calls(Files(models.WAITING_JOIN)) <= calls(Files(*models.LOOPS["plain"])) * 1.5


@pytest.mark.parametrize("xml", [models.nested(30), models.CALLS_ITSELF])
def test_what_is_nested_waits_at_the_bottom(xml: bytes) -> None:
    assert len(tasks_of(begin(Files(xml), depth=30))) == 1


@pytest.mark.parametrize("xml", models.MULTI_INSTANCES.values(), ids=list(models.MULTI_INSTANCES))
def test_multi_instances_end_with_a_number_of_calls_that_is_linear(xml: bytes) -> None:
    files = Files(xml)
    few, many = (calls_of(lambda n=n: must_end(begin(files, items=list(range(n)))))[0] for n in (50, 500))
    assert many <= few * 10.5
