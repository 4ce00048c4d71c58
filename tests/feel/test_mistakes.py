"""What authors write who know another language: each says where, what was expected, and a way out."""

from __future__ import annotations

import pytest

from stellwerk import feel


@pytest.mark.parametrize(
    ("text", "position", "hint"),
    [
        ("a == 1", 3, "one `=`"),
        ("a !== 1", 4, "`!=`"),
        ("a <> 1", 3, "`!=`"),
        ("a =< 1", 3, "`<=`"),
        ("a => 1", 3, "`>=`"),
        ("a ≤ 1", 2, "`<=`"),
        ("a ≠ 1", 2, "`!=`"),
        ("a – 1", 2, "`-`"),
        ("a × 2", 2, "`*`"),
        ("a && b", 2, "`and`"),
        ("a || b", 2, "`or`"),
        ('"x" & "y"', 4, "joined with `+`"),
        ("!a", 0, "`not(...)`"),
        ("name = 'Anna'", 7, "double quotes"),
        ("name = „Anna“", 7, "double quotes"),
        ("name = ‚Anna‘", 7, "double quotes"),
        ("name = «Anna»", 7, "double quotes"),
        ('"Anna', 0, "ends with a double quote"),
        ("${a}", 0, "the name alone"),
        ("#{a} > 5", 0, "the name alone"),
        ("{{a}}", 1, "the name alone"),
        ("`a b` + 1", 0, "may have spaces"),
        ("a ? b : c", 6, "`if a then b else c`"),
        ("if a then b", 11, "`else null`"),
        ("if a then 1 elseif b then 2 else 3", 12, "`else if`"),
        ("(a + b", 6, "The `(` at character 1"),
        ("f(1, [2, 3", 10, "The `[` at character 6"),
        ("{a: 1", 5, "The `{` at character 1"),
        ("a + b)", 5, "No bracket that `)`"),
        ("{a = 1}", 3, "behind a key"),
        ("a := 1", 2, "assigns nothing"),
        ("a += 1", 3, "changes nothing"),
        ("[1; 2]", 2, "comma"),
        ("1,5", 1, "point"),
        ("a % 2", 2, "`modulo(a, b)`"),
        ("a ^ 2", 2, "`**`"),
        ("5 days", 2, '@"P5D"'),
        ("1..10", 1, "`[1..10]`"),
        ('name contains "a"', 14, "`contains("),
        ("items[]", 5, "a position or a condition"),
        ("x => x + 1", 3, "`function(x) x + 1`"),
        ("lambda x: x", 8, "`function(x) x + 1`"),
        ("@2030-01-31", 0, '@"2030-01-31"'),
        ('@"2030-01-31', 0, "ends with a double quote"),
        ("a and or b", 6, "a word of the language"),
        ("", 0, "missing"),
    ],
)
def test_a_mistake_says_where_and_how_it_is_written(text: str, position: int, hint: str) -> None:
    with pytest.raises(feel.FeelSyntaxError) as raised:
        feel.parse(text)
    assert raised.value.position == position
    assert hint in raised.value.hint
    assert str(raised.value).endswith(raised.value.hint)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a +", "a value"),
        ("for x [1, 2] return x", "the name of a variable and `in`"),
        ("for x in [1] x", "`return`"),
        ("some x in [1] x > 0", "`satisfies`"),
        ("every x in [1] satisfies", "a value"),
        ("x between 1", "`and` of `between ... and ...`"),
        ("x between 1, 2", "`and` of `between ... and ...`"),
        ("if (a) b else c", "`then` of `if`"),
        ("x instance of", "a type"),
        ("a.", "a name behind the point"),
        ("f(1 2)", "`)` of the arguments"),
        ("[1 2]", "`]` of the list"),
        ("1 2", "an operator or the end"),
    ],
)
def test_what_is_missing_is_named(text: str, expected: str) -> None:
    with pytest.raises(feel.FeelSyntaxError) as raised:
        feel.parse(text)
    assert raised.value.expected == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not a", "write `not(...)`"),
        ("a not in [1]", "write `not(a in b)`"),
        ("a is null", "write `= null`"),
        ("a = None", "write `null`"),
        ("a = TRUE", "write `true`"),
        ("a?.b", "a path through null is null"),
        ("let a", "assigns nothing"),
        ('"text".length', "`string length(text)`"),
        ("[1, 2].length", "`count(list)`"),
        ("date(2030-01-31)", "texts stand in quotes"),
    ],
)
def test_what_can_be_read_but_is_meant_otherwise_is_a_warning(text: str, said: str) -> None:
    """Words that follow each other are a name, so that these are no syntax errors."""
    warnings = feel.parse(text).run({"a": 1}).warnings
    assert any(said in warning.message for warning in warnings)


def test_spaces_that_do_not_break_are_spaces() -> None:
    assert feel.parse("a\u00a0+\u202fb").evaluate({"a": 1, "b": 2}) == 3


def test_the_hint_is_that_of_the_place() -> None:
    """Not of some other part of the text that looks like a mistake."""
    with pytest.raises(feel.FeelSyntaxError) as raised:
        feel.parse('contains("a == b && c", "d") +')
    assert raised.value.hint == ""
