"""A script can reach nothing outside, and costs the host next to nothing, whatever it does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.sandbox import attack_sandbox


@pytest.fixture(scope="module")
def outcomes() -> list[list[str]]:
    """What became of each attack, run apart with a limit of the host's processor time."""
    command = [sys.executable, "-m", "tests.sandbox.attack_sandbox"]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
    lines = run.stdout.splitlines()
    assert run.returncode == 0, f"stopped after {lines[-1:]}: {run.stderr[-2000:]}"
    return [line.split("\t") for line in lines]


def of(outcomes: list[list[str]], group: str) -> list[tuple[str, str]]:
    return [(outcome, text) for name, _, outcome, text in outcomes if name == group]


def test_every_way_out_is_closed(outcomes: list[list[str]]) -> None:
    forbidden = of(outcomes, "forbidden")
    assert len(forbidden) == len(attack_sandbox.FORBIDDEN)
    reached = [s for s, (outcome, _) in zip(attack_sandbox.FORBIDDEN, forbidden, strict=True) if outcome != "failed"]
    assert reached == []
    assert not Path("/tmp/stellwerk-attack").exists()


def test_every_bomb_is_stopped_or_leaves_nothing_behind(outcomes: list[list[str]]) -> None:
    """A few end in time on a quick machine (the sandbox's regular expressions are linear), with nothing to send."""
    bombs = of(outcomes, "bomb")
    assert len(bombs) == len(attack_sandbox.BOMBS)
    assert {text for outcome, text in bombs if outcome == "value"} <= {"\"ScriptResult(assigned={}, output='')\""}
    assert {outcome for outcome, _ in bombs} <= {"failed", "value"}
    assert sum(outcome == "failed" for outcome, _ in bombs) > 40


def test_no_forged_result_is_believed(outcomes: list[list[str]]) -> None:
    forgeries = of(outcomes, "forgery")
    assert len(forgeries) == len(attack_sandbox.FORGERIES)
    believed = [s for s, (outcome, _) in zip(attack_sandbox.FORGERIES, forgeries, strict=True) if outcome != "failed"]
    assert believed == ["x = 1\\"]  # a script may end with a backslash


def test_no_expression_breaks_out_of_its_brackets(outcomes: list[list[str]]) -> None:
    expressions = of(outcomes, "expression")
    assert len(expressions) == len(attack_sandbox.EXPRESSIONS)
    assert {outcome for outcome, _ in expressions} <= {"failed", "value", "thrown"}
    assert all(len(text) < 220 for _, text in expressions)


def test_the_sandbox_works_on_after_all_that(outcomes: list[list[str]]) -> None:
    assert of(outcomes, "after") == [("value", "'2'")]
