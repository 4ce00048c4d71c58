from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from stellwerk.errors import ErrorThrown, ScriptFailed
from stellwerk.sandbox import Sandbox
from stellwerk.sandbox.scripts import MAX_OUTPUT, MAX_SOURCE

EXACT: dict[str, Any] = {
    "amount": 5,
    "big": 2**200,
    "ratio": 0.1,
    "minus": -0.0,
    "yes": True,
    "nothing": None,
    "text": 'Grüße \u2028 "quoted" \\ 😀\n',
    "price": Decimal("19.90"),
    "tiny": Decimal("1E-30"),
    "when": datetime(2026, 3, 1, 12, 30, 1, 5, tzinfo=UTC),
    "local": datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=5, minutes=30))),
    "day": date(2026, 3, 1),
    "clock": time(23, 59, 1),
    "span": timedelta(days=-1, seconds=7, microseconds=3),
    "nested": {"lines": [{"sku": "a", "n": 2}, []], "empty": {}, "": 1},
    "tagged": {"$": "decimal", "v": "not a number"},
}


def test_only_names_that_changed_are_assigned(sandbox: Sandbox) -> None:
    script = "total = amount + 1\nitems.append(3)\nsame = same\nother['x']\n"
    variables = {"amount": 4, "items": [1], "same": [1], "other": {"x": 1}, "untouched": 9}
    assert sandbox.run_script(script, variables).assigned == {"total": 5, "items": [1, 3]}
    assert variables["items"] == [1]


@pytest.mark.parametrize(("script", "value"), [("n = 1.0", 1.0), ("n = True", True), ("n = '1'", "1")])
def test_another_type_is_a_change(sandbox: Sandbox, script: str, value: Any) -> None:
    assigned = sandbox.run_script(script, {"n": 1}).assigned
    assert assigned == {"n": value}
    assert type(assigned["n"]) is type(value)


@pytest.mark.parametrize("name", EXACT)
def test_every_kind_of_value_comes_back_exactly(sandbox: Sandbox, name: str) -> None:
    value = sandbox.evaluate(name, EXACT)
    assert (type(value), repr(value)) == (type(EXACT[name]), repr(EXACT[name]))
    assert sandbox.run_script(f"{name} = {name}", EXACT).assigned == {}


def test_helpers_modules_classes_and_private_names_are_not_variables(sandbox: Sandbox) -> None:
    script = """
import math
from decimal import Decimal
class Line:
    pass
def double(x):
    return 2 * x
_temporary = 3
f = double
total = double(_temporary) + math.floor(1.5)
"""
    assert sandbox.run_script(script, {}).assigned == {"total": 7}


def test_a_script_may_use_names_of_built_in_functions_as_variables(sandbox: Sandbox) -> None:
    script = "type = 'invoice'\nstr = 1\nlist = [2]\nid = {'a': (1, 2)}\nlen = {3}"
    assert sandbox.run_script(script, {}).assigned == {
        "type": "invoice",
        "str": 1,
        "list": [2],
        "id": {"a": [1, 2]},
        "len": [3],
    }


def test_one_script_sees_nothing_of_another(sandbox: Sandbox) -> None:
    sandbox.run_script("secret = 1\nbpmn_error = 5", {})
    with pytest.raises(ScriptFailed, match="The variable 'secret' does not exist"):
        sandbox.run_script("x = secret", {})
    with pytest.raises(ErrorThrown):
        sandbox.run_script("bpmn_error('E')", {})


def test_bpmn_error_ends_the_script_with_code_and_message(sandbox: Sandbox) -> None:
    script = "print('before')\ntry:\n    bpmn_error('E-1', 'no \"stock\"')\nexcept Exception:\n    pass\nprint('after')"
    with pytest.raises(ErrorThrown) as thrown:
        sandbox.run_script(script, {})
    assert (thrown.value.error_code, thrown.value.message, thrown.value.output) == ("E-1", 'no "stock"', "before\n")
    with pytest.raises(ErrorThrown) as plain:
        sandbox.evaluate("bpmn_error(404)", {})
    assert (plain.value.error_code, plain.value.message) == ("404", "BPMN error '404'.")


def test_what_is_printed_is_kept_up_to_a_limit(sandbox: Sandbox) -> None:
    assert sandbox.run_script("print('a', 1)\nprint('b')", {}).output == "a 1\nb\n"
    assert len(sandbox.run_script("for i in range(100):\n    print('x' * 1000)", {}).output) == MAX_OUTPUT
    with pytest.raises(ScriptFailed) as failed:
        sandbox.run_script("print('before')\n1 / 0", {})
    assert failed.value.output == "before\n"


@pytest.mark.parametrize(
    ("script", "line", "message"),
    [
        ("x = 1\n\ny = nix + 1", 3, "The variable 'nix' does not exist. Known here: amount, cust."),
        ("def f(a):\n    return a / 0\n\nf(1)", 2, "ZeroDivisionError: division by zero."),
        ("x = cust.tier", 1, "a mapping has no attribute 'tier'. Write ['tier'] for its entry."),
        ("x = cust['nix']", 1, "there is no entry 'nix'."),
        ("x = 1\nx = (", 2, "it is not Python"),
        ("x = 1\nif x", 2, "it is not Python"),
        ("amount = 1\ndel amount", 2, "the sandbox does not support the 'del' statement."),
        ("import pandas", 1, "there is no module 'pandas' in the sandbox. There are base64,"),
        ("import sys\nsys.exit(1)", 2, ""),
        ("raise SystemExit('x')", 1, "it ended itself."),
        ("def f():\n    f()\nf()", 2, "Use a loop."),
        ("x = {1: 2}", None, "The variable 'x' has the key 1; keys must be texts: use str(...)."),
        ("x = [float('nan')]", None, "The variable 'x' is not a finite number: nan."),
        ("x = b'a'", None, "The variable 'x' is a bytes; variables hold"),
        ("from datetime import datetime\nx = datetime(2026, 1, 1)", None, "use datetime.now(timezone.utc)"),
        ("x = range(3)", None, "The variable 'x' is a range;"),
        ("raise ValueError('too ' + 'much ' * 10000)", 1, "ValueError: too much"),
    ],
)
def test_a_failure_names_the_line_and_the_reason(sandbox: Sandbox, script: str, line: int | None, message: str) -> None:
    with pytest.raises(ScriptFailed) as failed:
        sandbox.run_script(script, {"amount": 1, "cust": {"a": 1}})
    assert message in failed.value.message
    assert failed.value.line == line
    assert len(failed.value.message) < 1_000


def test_limits_are_named_with_their_settings() -> None:
    with Sandbox(workers=1, seconds=0.05, memory_mb=16) as small:
        with pytest.raises(ScriptFailed, match=r"ran longer than 0\.05 s .* STELLWERK_SCRIPT_SECONDS"):
            small.run_script("while True:\n    pass", {})
        with pytest.raises(ScriptFailed, match=r"used more than 16 MB .* STELLWERK_SCRIPT_MEMORY"):
            small.run_script("x = 'a' * 10**9", {})
        assert small.evaluate("1 + 1", {}) == 2


def test_a_sleeping_script_does_not_wait(sandbox: Sandbox) -> None:
    assert sandbox.run_script("import time\ntime.sleep(10000)\nx = 1", {}).assigned == {"x": 1}


def test_a_long_source_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(ScriptFailed, match=f"at most {MAX_SOURCE}"):
        sandbox.run_script("#" * (MAX_SOURCE + 1), {})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[x * 2 for x in items if x > 1]", [4, 6]),
        ("f'{name.upper()}-{items[0]}'", "ANN-1"),
        ("sum(\n  items\n)", 6),
        ("name  # a comment", "Ann"),
        ("{x for x in [1]}", [1]),
        ("2 ** 8", 256),
    ],
)
def test_expressions_give_their_value(sandbox: Sandbox, text: str, value: Any) -> None:
    assert sandbox.evaluate(text, {"items": [1, 2, 3], "name": "Ann"}) == value


@pytest.mark.parametrize("value", ["\ud800", object(), [object()]])
def test_a_value_that_cannot_be_sent_fails_the_script(sandbox: Sandbox, value: Any) -> None:
    with pytest.raises(ScriptFailed, match=r"A variable cannot be sent|surrogates not allowed"):
        sandbox.run_script("y = x", {"x": value})


def test_a_shared_structure_as_input_costs_nothing_when_it_is_only_read(sandbox: Sandbox) -> None:
    shared: Any = ["x"]
    for _ in range(30):
        shared = [shared, shared]
    assert sandbox.evaluate("len(shared)", {"shared": shared}) == 2


TEST_HOST = """
_seen = []
limit = 3

def log(token):
    _seen.append(token)
    print(token)

def fail(code):
    bpmn_error(code)
"""


def test_a_host_may_add_functions_and_read_what_they_print() -> None:
    with Sandbox(workers=1, seconds=5, prelude_extra=TEST_HOST) as host:
        result = host.run_script("log('A')\nlog(limit)\nx = 1", {})
        assert (result.output, result.assigned) == ("A\n3\n", {"x": 1})
        with pytest.raises(ErrorThrown) as thrown:
            host.run_script("log('B')\nfail('E')", {})
        assert (thrown.value.error_code, thrown.value.output) == ("E", "B\n")
