"""`${...}` means what it means in Camunda 7, or is refused with the part that is not supported."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.engine.expression_support import NoSandbox

from stellwerk.engine.expressions import parse_expression
from stellwerk.errors import ExpressionInvalid, ScriptFailed

VARIABLES: dict[str, Any] = {
    "amount": 1200,
    "text": "5",
    "status": "new",
    "yes": True,
    "nothing": None,
    "items": ["a", "b"],
    "order": {"total": Decimal("40.5"), "customer": {"tier": "gold"}, "x y": 1},
    "day": date(2026, 3, 1),
}


def value_of(inner: str) -> Any:
    return parse_expression("${" + inner + "}").evaluate(VARIABLES, NoSandbox())


@pytest.mark.parametrize(
    ("inner", "value"),
    [
        ("amount", 1200),
        (" amount > 1000 ", True),
        ("amount gt 1000 and status eq 'new'", True),
        ("amount lt 1000 or not yes", False),
        ("amount le 1200 && amount ge 1200 && amount ne 3", True),
        ("!yes || yes", True),
        ("!(yes && !yes)", True),
        ("order.customer.tier == 'gold'", True),
        ("order['customer']['tier']", "gold"),
        ('order["x y"]', 1),
        ("items[1]", "b"),
        ("items['1']", "b"),
        ("items[7]", None),
        ("items[-1]", None),
        ("order.nix", None),
        ("order.nix.deeper", None),
        ("nothing.x", None),
        ("order[nothing]", None),
        ("empty items", False),
        ("empty order.nix && not empty status", True),
        ("empty nothing and empty ''", True),
        ("yes ? 'a' : 'b'", "a"),
        ("nothing ? 'a' : yes ? 'b' : 'c'", "b"),
        ("yes ? status : items", "new"),
        ("1 + 2 * 3 - 4", 3),
        ("(1 + 2) * 3", 9),
        ("10 - 4 - 3", 3),
        ("7 / 2", 3.5),
        ("7 div 2 + 7 mod 4", 6.5),
        ("-7 % 4", -3),
        ("7 % -4", 3),
        ("7.5 % 2", 1.5),
        ("-amount", -1200),
        ("order.total * 2", Decimal("81.0")),
        ("order.total + 0.5", Decimal("41.0")),
        ("order.total == 40.5", True),
        ("text == 5", True),
        ("text > 3", True),
        ("text + 1", 6),
        ("nothing + 1", 1),
        ("nothing == null", True),
        ("nothing != null", False),
        ("status == null", False),
        ("nothing < 5", False),
        ("nothing <= nothing", True),
        ("'true' == yes", True),
        ("true != false", True),
        ("items == items", True),
        ("day < day", False),
        ("1.5e2", 150.0),
        (r"'it\'s'", "it's"),
        (r'"a}b"', "a}b"),
        ("status == 'a' == false", True),
        ("!empty items", True),
    ],
)
def test_values_follow_the_expression_language(inner: str, value: Any) -> None:
    result = value_of(inner)
    assert (type(result), result) == (type(value), value)


@pytest.mark.parametrize(
    ("inner", "part", "offset"),
    [
        ("bean.run(status)", "the call run(...) is not supported", 7),
        ("now()", "the call now(...) is not supported", 2),
        ("fn:length(items)", "the function fn:length is not supported", 4),
        ("amount = 3", "'=' is not expected", 9),
        ("x -> x + 1", "'->' is not expected", 4),
        ("a; b", "';' is not expected", 3),
        ("amount >", "a value is missing before 'the end'", 10),
        ("> 3", "a value is missing before '>'", 2),
        ("(amount", "')' is missing before 'the end'", 9),
        ("items[1", "']' is missing before 'the end'", 9),
        ("yes ? 1", "':' is missing before 'the end'", 9),
        ("order.", "a name is missing after '.'", 8),
        ("order.3", "a name is missing after '.', before '3'", 8),
        ("a b", "'b' is not expected", 4),
        ("a & b", "The character '&' is not expected", 4),
        ("", "a value is missing before 'the end'", 2),
        ("9" * 200, "a number is too long", 2),
        ("!" * 100 + "a", "the nesting is too deep", 43),
        ("(" * 100 + "a" + ")" * 100, "the nesting is too deep", 42),
        ("a" + ".b" * 100, "the path is too long", 84),
        ("a + " * 300 + "a", "more than 400 parts", 802),
    ],
)
def test_what_is_not_supported_is_named_with_its_place(inner: str, part: str, offset: int) -> None:
    with pytest.raises(ExpressionInvalid) as refused:
        parse_expression("${" + inner + "}")
    assert part in refused.value.message
    assert refused.value.offset == offset


@pytest.mark.parametrize(
    ("inner", "message"),
    [
        ("missing > 3", "The variable 'missing' does not exist."),
        ("status + 'x'", "The text 'new' is no number. Join text as ${a}${b}."),
        ("status > 3", "The text 'new' is no number."),
        ("yes + 1", "A truth value is no number."),
        ("items > 3", "A list is no number."),
        ("items < items && yes", None),
        ("order < order", "'<' is not possible between a mapping and a mapping."),
        ("amount && yes", "A whole number is no truth value."),
        ("status ? 1 : 2", "Text is no truth value."),
        ("amount.x", "A whole number has no entry 'x'."),
        ("items['x']", "The text 'x' is no number."),
        ("items[1.5]", "A position is a whole number."),
        ("amount / 0", "It divides by zero."),
    ],
)
def test_values_that_do_not_fit_are_named(inner: str, message: str | None) -> None:
    if message is None:
        assert value_of(inner) is False
        return
    with pytest.raises(ScriptFailed) as failed:
        value_of(inner)
    assert message in failed.value.message
