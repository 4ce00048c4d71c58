"""No expression that is evaluated in process takes unbounded time or memory, whatever its variables hold."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.attack_expressions import BOUNDED, FEEL, TEMPLATES, TO_SANDBOX
from tests.engine.expression_support import NoSandbox, SentToSandbox

from stellwerk.engine.expressions import Expression, parse_expression
from stellwerk.engine.expressions.templates import parse_template
from stellwerk.errors import ExpressionInvalid, ScriptFailed


@pytest.fixture(scope="module")
def outcomes() -> list[list[str]]:
    """What became of each attack, run apart with a limit of processor time and memory."""
    command = [sys.executable, "-m", "tests.engine.attack_expressions"]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    lines = run.stdout.splitlines()
    assert run.returncode == 0, f"stopped after {lines[-1:]}: {run.stderr[-2000:]}"
    return [line.split("\t") for line in lines]


def test_every_attack_came_to_an_end(outcomes: list[list[str]]) -> None:
    assert len(outcomes) == len(BOUNDED) + len(FEEL) + len(TEMPLATES) + len(TO_SANDBOX)


def test_what_costs_too_much_goes_to_the_sandbox(outcomes: list[list[str]]) -> None:
    assert [text for group, outcome, text in outcomes if group == "sandbox" and outcome != "sandbox"] == []


def test_no_message_repeats_a_huge_value(outcomes: list[list[str]]) -> None:
    assert [text for _, outcome, text in outcomes if outcome not in ("value", "failed", "sandbox")] == []


def test_feel_gives_a_value_or_fails_in_words(outcomes: list[list[str]]) -> None:
    assert {outcome for group, outcome, _ in outcomes if group == "feel"} == {"value", "failed"}


def test_templates_never_go_to_the_sandbox(outcomes: list[list[str]]) -> None:
    assert {outcome for group, outcome, _ in outcomes if group == "template"} <= {"value", "failed"}


_WORDS = "a b items None null true empty not and or if else in is eq mod 1 0 2.5 1e9 'x' \" ' ( ) [ ] { } . , : ?"
_MORE = "+ - * / % ** < >= == = ! != && || ${ #{ \\ len( str( max( lambda for é"
_PIECES = st.sampled_from([*_WORDS.split(), *_MORE.split(), "\n", " ", "\0"])
_TEXTS = st.one_of(
    st.lists(_PIECES, max_size=14).map("".join),
    st.lists(_PIECES, max_size=14).map(" ".join),
    st.lists(_PIECES, max_size=14).map(lambda pieces: "${" + " ".join(pieces) + "}"),
    st.lists(_PIECES, max_size=14).map(lambda pieces: "= " + " ".join(pieces)),
    st.text(max_size=20),
)
_VALUES = {"a": 3, "b": "text", "items": [1, None, {"x": "y"}]}


@settings(max_examples=600, deadline=None, derandomize=True)
@given(_TEXTS, st.sampled_from([parse_expression, parse_template]))
def test_any_text_is_refused_or_gives_a_value_or_fails_in_words(text: str, parse: Callable[[str], Expression]) -> None:
    try:
        expression = parse(text)
        expression.evaluate(_VALUES, NoSandbox())
        expression.evaluate_condition(_VALUES, NoSandbox())
    except (ExpressionInvalid, ScriptFailed) as error:
        message, offset = error.message, getattr(error, "offset", 0)
    except SentToSandbox:
        return
    else:
        return
    assert message.strip()
    assert 0 <= offset <= len(text)
