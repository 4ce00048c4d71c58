from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from tests.engine.expression_support import NoSandbox

from stellwerk.engine.expressions.templates import parse_template
from stellwerk.errors import ExpressionInvalid, ScriptFailed

VARIABLES: dict[str, Any] = {
    "name": "Ann",
    "count": 3,
    "price": Decimal("1.50"),
    "yes": True,
    "nothing": None,
    "day": date(2026, 3, 1),
    "now": datetime(2026, 3, 1, 12, tzinfo=UTC),
    "items": [1, 2],
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", ""),
        ("Check the order", "Check the order"),
        ("costs 5 $ {net}", "costs 5 $ {net}"),
        ("${count}", 3),
        ("  ${items} ", [1, 2]),
        ("#{name}", "Ann"),
        ("Order of ${name}", "Order of Ann"),
        ("${name}${count}", "Ann3"),
        ("${count + 1} pieces, ${yes}, ${nothing}, ${price}", "4 pieces, true, , 1.50"),
        ("${day} ${now}", "2026-03-01 2026-03-01T12:00:00+00:00"),
        ("${yes ? 'a}b' : \"{\"}!", "a}b!"),
        (r"write \${name} or \#{name}", "write ${name} or #{name}"),
        (r"\${a}${name}", "${a}Ann"),
        ("a\nb ${name}", "a\nb Ann"),
    ],
)
def test_a_text_is_filled_in_and_a_single_expression_keeps_its_type(text: str, value: Any) -> None:
    assert parse_template(text).evaluate(VARIABLES, NoSandbox()) == value


def test_only_plain_text_is_literal() -> None:
    assert parse_template("plain").is_literal
    assert parse_template(r"\${plain}").is_literal
    assert not parse_template("${name}").is_literal


def test_names_are_those_of_all_expressions_in_the_text() -> None:
    assert parse_template("${a.b} and ${c[d]}").names == {"a", "c", "d"}


def test_a_list_cannot_stand_inside_a_text() -> None:
    with pytest.raises(ScriptFailed, match="A list cannot stand inside a text"):
        parse_template("all: ${items}").evaluate(VARIABLES, NoSandbox())


@pytest.mark.parametrize(
    ("text", "message", "offset"),
    [
        ("Dear ${name", "the closing } is missing", 5),
        ("Dear ${name + }", "a value is missing", 14),
        ("${'a}", "the closing ' is missing", 0),
        ("a ${b} ${c.d()}", "the call d(...) is not supported", 11),
        ("= name +", "is not a FEEL expression", 8),
        ("x" * 20_001, "at most 20000", 0),
    ],
)
def test_a_wrong_text_is_refused_with_the_place(text: str, message: str, offset: int) -> None:
    with pytest.raises(ExpressionInvalid) as refused:
        parse_template(text)
    assert message in refused.value.message
    assert refused.value.offset == offset
