"""The in-process subset is Python: the same text and values give the same value, or both fail."""

from __future__ import annotations

import builtins
import contextlib
import math
import warnings
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.expression_support import NoSandbox, SentToSandbox

from stellwerk.engine.expressions import parse_expression
from stellwerk.engine.expressions.bounded import FUNCTIONS
from stellwerk.errors import ScriptFailed

HERE = NoSandbox()
BUILTINS = {"__builtins__": {name: getattr(builtins, name) for name in FUNCTIONS}}
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
VARIABLES: dict[str, Any] = {
    "amount": 1200,
    "price": Decimal("19.90"),
    "ratio": 0.25,
    "status": "new",
    "empty": "",
    "yes": True,
    "nothing": None,
    "items": [1, 2, 3],
    "names": ["ann", "bob"],
    "order": {"total": 40, "lines": [{"sku": "a", "n": 2}], "note": None},
    "now": NOW,
    "due": NOW - timedelta(days=2),
    "day": date(2026, 3, 1),
    "span": timedelta(hours=3),
}


def in_python(text: str) -> Any:
    """What Python itself gives; its warnings are about the text, such as None[0]."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return eval(text, BUILTINS, VARIABLES)


@pytest.mark.parametrize(
    "text",
    [
        "amount",
        "amount > 1000",
        "0 < amount <= 1200 != 7",
        "1 < 0 < nothing",
        "amount > 1000 and status == 'new'",
        "nothing or status",
        "nothing and status",
        "not yes",
        "status in ('new', 'open')",
        "status not in ['new', 'open']",
        "'e' in status",
        "'lines' in order",
        "nothing is None",
        "order['note'] is not None",
        "yes is True",
        "order['lines'][0]['n'] * order['total']",
        "items[-1]",
        "price * 2 + 1",
        "price % 3",
        "amount // 7 - -amount % 7",
        "amount / 7",
        "-ratio + +1",
        "status + '-' + str(amount)",
        "items + [4]",
        "'ab' * 3",
        "[0] * 3",
        "'big' if amount > 1000 else 'small'",
        "{'a': amount, 'b': [status, (1, 2)]}",
        "{1: 'one', 2: 'two'}[2]",
        "len(items) + len(status) + len(order)",
        "min(items), max(1, ratio, 3)",
        "sum(items) / len(items)",
        "any(items), all([yes, nothing])",
        "round(ratio, 1), round(price, 1), round(amount, -2), round(price)",
        "abs(-ratio), abs(-price)",
        "int('12') + int(price) + int(ratio), float('1.5'), bool(empty), str(nothing), str(now)",
        "now > due, now - due, due + span, span * 2, span / span, day < day",
        "(1, 2) < (1, 3), [1] == [1], {'a': [1]} == {'a': [1]}",
        "yes + yes",
        "True, False, None",
        "''",
        "()",
        "1 if items else 2 if yes else 3",
    ],
)
def test_the_subset_gives_what_python_gives(text: str) -> None:
    expression = parse_expression(text)
    assert expression.in_process
    value, wanted = expression.evaluate(VARIABLES, HERE), in_python(text)
    assert (type(value), value) == (type(wanted), wanted)


# -- generated expressions
_scalars = st.one_of(
    st.integers(-50, 50),
    st.floats(allow_nan=True, allow_infinity=True, width=16),
    st.sampled_from(["", "a", "ab", "new", "1", "x y"]),
    st.booleans(),
    st.none(),
)
_names = st.sampled_from([*VARIABLES, "missing"])
_leaves = st.one_of(_names, _names, _scalars.filter(lambda v: v == v and v not in (math.inf, -math.inf)).map(repr))


def _grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = ["+", "-", "*", "/", "//", "%", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "and", "or"]
    binary = st.sampled_from(operators)
    pair = st.tuples(inner, binary, inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})")
    chain = st.tuples(inner, st.sampled_from(["<", "==", "!=", "in"]), inner, st.sampled_from(["<", ">="]), inner)
    return st.one_of(
        pair,
        pair,
        chain.map(lambda t: f"({' '.join(t)})"),
        inner.map(lambda a: f"(not {a})"),
        inner.map(lambda a: f"(-{a})"),
        st.tuples(inner, inner).map(lambda t: f"{t[0]}[{t[1]}]"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} if {t[1]} else {t[2]})"),
        st.lists(inner, max_size=3).map(lambda parts: f"[{', '.join(parts)}]"),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({', '.join(parts)})"),
        st.lists(inner, max_size=2).map(
            lambda parts: "{" + ", ".join(f"'{i}': {p}" for i, p in enumerate(parts)) + "}"
        ),
        st.tuples(st.sampled_from(sorted(FUNCTIONS)), inner).map(lambda t: f"{t[0]}({t[1]})"),
        st.tuples(st.sampled_from(["min", "max", "round"]), inner, inner).map(lambda t: f"{t[0]}({t[1]}, {t[2]})"),
    )


_expressions = st.recursive(_leaves, _grow, max_leaves=12)


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and (one == other or repr(one) == repr(other))


@settings(max_examples=400, deadline=None, derandomize=True)
@given(_expressions)
def test_generated_expressions_give_what_python_gives(text: str) -> None:
    expression = parse_expression(text)
    try:
        value = expression.evaluate(VARIABLES, HERE)
    except SentToSandbox:
        return  # Python itself answers there
    except ScriptFailed:
        with pytest.raises(Exception):  # noqa: B017, PT011 - which one does not matter: both fail
            in_python(text)
        return
    assert _same(value, in_python(text))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(_expressions)
def test_generated_expressions_leave_the_variables_as_they_were(text: str) -> None:
    before = repr(VARIABLES)
    with contextlib.suppress(SentToSandbox, ScriptFailed):
        parse_expression(text).evaluate(VARIABLES, HERE)
    assert repr(VARIABLES) == before


@pytest.mark.parametrize(
    "text", ["amount > 3", "items + items", "str(amount) * 3", "max(items)", "order == order", "round(price, 2)"]
)
def test_small_values_stay_in_process(text: str) -> None:
    """The way out into the sandbox must not hide that the subset does nothing."""
    parse_expression(text).evaluate(VARIABLES, HERE)
