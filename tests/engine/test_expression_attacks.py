"""No expression that is evaluated in process takes unbounded time or memory, whatever its variables hold."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.fixture(scope="module")
def outcomes() -> list[list[str]]:
    """What became of each attack, run apart with a limit of processor time and memory."""
    command = [sys.executable, "-m", "tests.engine.attack_expressions"]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    lines = run.stdout.splitlines()
    assert run.returncode == 0, f"stopped after {lines[-1:]}: {run.stderr[-2000:]}"
    return [line.split("\t") for line in lines]


def test_every_attack_came_to_an_end(outcomes: list[list[str]]) -> None:
    from tests.engine.attack_expressions import BOUNDED, TEMPLATES, TO_SANDBOX

    assert len(outcomes) == len(BOUNDED) + len(TEMPLATES) + len(TO_SANDBOX)


def test_what_costs_too_much_goes_to_the_sandbox(outcomes: list[list[str]]) -> None:
    assert [text for group, outcome, text in outcomes if group == "sandbox" and outcome != "sandbox"] == []


def test_no_message_repeats_a_huge_value(outcomes: list[list[str]]) -> None:
    assert [text for _, outcome, text in outcomes if outcome not in ("value", "failed", "sandbox")] == []


def test_templates_never_go_to_the_sandbox(outcomes: list[list[str]]) -> None:
    assert {outcome for group, outcome, _ in outcomes if group == "template"} <= {"value", "failed"}
