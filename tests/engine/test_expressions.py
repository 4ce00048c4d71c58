from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.engine.expression_support import NoSandbox, SentToSandbox

from stellwerk.engine.expressions import MAX_LENGTH, parse_expression
from stellwerk.errors import ExpressionInvalid, ProcessError, ScriptFailed

HERE = NoSandbox()


class Answers(NoSandbox):
    """A sandbox that answers every expression with the same value."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def evaluate(self, source: str, variables: Any) -> Any:
        return self.value


def value_of(text: str, **variables: Any) -> Any:
    return parse_expression(text).evaluate(variables, HERE)


@pytest.mark.parametrize(
    ("text", "language", "in_process"),
    [
        ("amount > 1000", "python", True),
        ("${amount > 1000}", "juel", True),
        ("#{amount > 1000}", "juel", True),
        ("  ${ok} \n", "juel", True),
        ("order.total > 3", "python", False),
        ("[x for x in items]", "python", False),
        ("name.upper()", "python", False),
        ("f'{name}'", "python", False),
        ("2 ** 8", "python", False),
        ("lambda: 1", "python", False),
    ],
)
def test_the_form_of_a_text_decides_its_language_and_who_evaluates_it(
    text: str, language: str, in_process: bool
) -> None:
    expression = parse_expression(text)
    assert (expression.language, expression.in_process) == (language, in_process)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("amount > 1000 and status in ('new', other)", {"amount", "status", "other"}),
        ("len(items) > 3", {"items"}),
        ("input == 1", {"input"}),
        ("[i for i in items if i > limit]", {"items", "limit"}),
        ("sorted(items)[0].name", {"items"}),
        ("max(items, key=lambda item: item[field])", {"items", "field"}),
        ("(total := a + b) and total > 3", {"a", "b", "total"}),
        ("my_function(a)", {"my_function", "a"}),
        ("max", {"max"}),
        ("${a.b > c['d'] && empty e}", {"a", "c", "e"}),
        ("1 + 1", set()),
    ],
)
def test_names_are_the_variables_that_an_expression_reads(text: str, names: set[str]) -> None:
    assert parse_expression(text).names == names


def test_what_is_outside_the_subset_is_sent_to_the_sandbox_as_it_was_written() -> None:
    with pytest.raises(SentToSandbox) as sent:
        value_of(" order.total > 3 ", order={})
    assert str(sent.value) == "order.total > 3"
    assert parse_expression("order.total").evaluate({}, Answers(5)) == 5


@pytest.mark.parametrize(
    ("text", "message", "offset"),
    [
        ("", "empty", 0),
        ("   ", "empty", 0),
        ("= amount >", "is not a FEEL expression: The expression ends too early", 10),
        ("status = 'ok'", "Python compares with ==", 7),
        ("  a && b", "Python writes 'and' for &&", 5),
        ("a || b", "Python writes 'or' for ||", 3),
        ("a b", "is not a Python expression", 2),
        ("1) + (2", "unmatched ')'", 1),
        ("1)\n+ (2", "unmatched ')'", 1),
        ("x\0", "null bytes", 0),
        ("\ud800", "impossible character", 0),
        ("(yield)", "cannot wait", 0),
        ("await thing", "cannot wait", 0),
        ("a; b", "is not a Python expression", 1),
        ("${a", "the closing } is missing", 0),
        ("${a} and ${b}", "After the closing }", 4),
        ("${a.run(1)}", "the call run(...) is not supported", 4),
        ("x" * (MAX_LENGTH + 1), f"at most {MAX_LENGTH}", 0),
    ],
)
def test_a_wrong_text_is_refused_with_the_place_and_the_way_out(text: str, message: str, offset: int) -> None:
    with pytest.raises(ExpressionInvalid) as refused:
        parse_expression(text)
    assert message in refused.value.message
    assert refused.value.offset == offset
    assert refused.value.code == "expression-invalid"
    assert isinstance(refused.value, ProcessError)


@pytest.mark.parametrize(
    "text",
    [
        "-" * 19_999 + "1",
        "not " * 4_999 + "1",
        "(" * 20_000,
        "a" + ".b" * 9_999,
        "a" + "[0]" * 6_000,
        "+".join(["a"] * 10_000),
        "9" * 20_000,
        "~" * 19_999 + "a",
        "[x for x in " * 1_500 + "y" + "]" * 1_500,
        "a**" * 6_000 + "a",
    ],
    ids=lambda text: text[:12],
)
def test_a_text_that_is_nested_beyond_all_measure_is_refused(text: str) -> None:
    with pytest.raises(ExpressionInvalid):
        parse_expression(text)


def test_an_expression_may_go_over_several_lines_as_in_xml() -> None:
    assert value_of("\n   amount > 3\n   and ok\n", amount=4, ok=True) is True


def test_a_text_is_compiled_once() -> None:
    assert parse_expression("amount > 17") is parse_expression("amount > 17")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("amont > 3", "The variable 'amont' does not exist. Known here: amount, order, ratio, status."),
        ("amount > true", "Python writes True."),
        ("order['x']", "There is no entry 'x'; there are: lines, no."),
        ("order['lines'][7]", "There is no position 7: a list of 2 was given."),
        ("order['no']['x']", "A whole number has no entry 'x'."),
        ("status > 3", "'>' is not possible between text and a whole number."),
        ("status + 3", "'+' is not possible between text and a whole number."),
        ("3 in amount", "'in' is not possible between a whole number and an exact number (Decimal)."),
        ("amount * ratio", "does not mix an exact number (Decimal) with a float. Convert one: float(...)."),
        ("1 / 0", "It divides by zero."),
        ("1 % 0", "It divides by zero."),
        ("amount / 0", "It divides by zero."),
        ("int('x1')", "int(...): invalid literal"),
        ("len(3)", "len(...) is not possible for a whole number."),
        ("-status", "A sign is not possible before text."),
        ("1e308 * 10 - int(1e308 * 10)", "int"),
        ("min([])", "min(...)"),
    ],
)
def test_a_failure_says_what_is_wrong_with_which_value(text: str, message: str) -> None:
    with pytest.raises(ScriptFailed) as failed:
        value_of(text, amount=Decimal("3.10"), ratio=0.5, status="new", order={"no": 7, "lines": [1, 2]})
    assert message in failed.value.message
    assert failed.value.message.startswith(f"The expression '{text}' failed. ")


def test_a_failure_with_many_or_long_names_stays_short() -> None:
    variables = {f"variable_{i:04}": i for i in range(5000)} | {"x" * 100_000: 1}
    with pytest.raises(ScriptFailed) as failed:
        parse_expression("nix").evaluate(variables, HERE)
    assert "and 4989 more" in failed.value.message
    with pytest.raises(ScriptFailed) as missing:
        parse_expression("d['q']").evaluate({"d": {"x" * 100_000: 1}}, HERE)
    assert len(failed.value.message) < 500
    assert len(missing.value.message) < 500


def test_a_python_condition_follows_pythons_idea_of_truth() -> None:
    assert parse_expression("items").evaluate_condition({"items": [1]}, HERE) is True
    assert parse_expression("items").evaluate_condition({"items": []}, HERE) is False


def test_a_camunda_condition_must_be_a_truth_value() -> None:
    condition = parse_expression("${approved}")
    assert condition.evaluate_condition({"approved": "false"}, HERE) is False
    assert condition.evaluate_condition({"approved": None}, HERE) is False
    with pytest.raises(ScriptFailed, match="A whole number is no truth value"):
        condition.evaluate_condition({"approved": 1}, HERE)
