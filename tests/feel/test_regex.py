"""Regular expressions of XPath in matches, replace and split."""

from __future__ import annotations

import pytest

from stellwerk import feel

from .support import kinds, value


def matches(text: str, pattern: str, flags: str = "") -> object:
    names = {"text": text, "pattern": pattern, "flags": flags}
    return feel.parse("matches(text, pattern, flags)").evaluate(names)


@pytest.mark.parametrize(
    ("text", "pattern", "flags", "wanted"),
    [
        ("Stellwerk", "ll", "", True),
        ("Stellwerk", "^ll", "", False),
        ("a\nb", "a.b", "", False),
        ("a\nb", "a.b", "s", True),
        ("a\rb", "a.b", "", False),
        ("a\nb", "^b$", "m", True),
        ("ABC", "b", "i", True),
        ("\u212a", "k", "i", True),
        ("e", "[a-z-[aeiou]]", "", False),
        ("f", "[a-z-[aeiou]]", "", True),
        ("E", "[a-z-[aeiou]]", "i", False),
        ("q", "[^Q]", "i", False),
        ("٣", r"^\d$", "", True),
        ("ä", r"^\w$", "", True),
        ("-", r"\w", "", False),
        ("Ω", r"^\p{Lu}$", "", True),
        ("Ω", r"^\p{IsGreek}$", "", True),
        ("Ω", r"\P{L}", "", False),
        ("a b", "a b", "x", False),
        ("a b", "a[ ]b", "x", True),
        ("abab", r"^(ab)\1$", "", True),
        ("abAB", r"^(ab)\1$", "i", True),
        ("abac", r"^(ab)\1$", "", False),
        ("aXbXa", r"^(.).(b).\1$", "", True),
        ("aabaabc", r"^((a*b)*)c|(x)\3$", "", True),
        ("aab-aab", r"^((?:a*b?)*)-\1$", "", True),
        ("x1", r"^\i\c*$", "", True),
        ("a-z", r"^[a\-z]+$", "", True),
        ("aaa", "^a{2,3}?$", "", True),
        ("b" * 1500, "^b{1500}$", "", True),
        ("🐎", "^.$", "", True),
        ("", "^$", "", True),
    ],
)
def test_matches(text: str, pattern: str, flags: str, wanted: bool) -> None:
    assert matches(text, pattern, flags) is wanted


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        ")",
        "[",
        "[]",
        "a**",
        "a{2,1}",
        "a{x}",
        r"\q",
        r"\1",
        r"(a\1)",
        r"[\1]",
        "*a",
        "(?=a)",
        r"\p{Xx}",
        r"\p{IsNo}",
        "[b-a]",
        "[a-[b]c]",
    ],
)
def test_what_is_no_pattern_is_null(pattern: str) -> None:
    assert matches("a", pattern) is None


def test_unknown_flags() -> None:
    assert kinds('matches("a", "a", "z")') == ["EVALUATION"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('replace("2030-01-31", "(\\d+)-(\\d+)-(\\d+)", "$3.$2.$1")', "31.01.2030"),
        ('replace("abc", "b", "[$0]")', "a[b]c"),
        ('replace("abc", "b", "\\\\$")', "a$c"),
        ('replace("abc", "(b)", "$12")', "ab2c"),
        ('replace("abc", "(x)?b", "<$1>")', "a<>c"),
        ('replace("a.b", "[.]", "")', "ab"),
        ('replace("aAa", "a", "x", "i")', "xxx"),
        ('replace("xyxy", "(x)(y)\\\\1", "z")', "zy"),
    ],
)
def test_replace(text: str, wanted: str) -> None:
    assert value(text) == wanted


@pytest.mark.parametrize("text", ['replace("a", "x*", "y")', 'replace("a", "a", "$")', 'replace("a", "a", "\\\\n")'])
def test_replace_refuses(text: str) -> None:
    assert kinds(text) == ["EVALUATION"]


@pytest.mark.parametrize("pattern", ["(?:(?:a{99}){99}){99}", r"(a)(?:(?:b{99}){99}){99}\1"])
def test_a_pattern_has_a_largest_size(pattern: str) -> None:
    with pytest.raises(feel.BudgetExceeded):
        feel.parse("for i in 1..100000 return matches(text, pattern + string(i))").evaluate(
            {"text": "a", "pattern": pattern}
        )


def test_a_pattern_is_paid_for_once() -> None:
    expression = feel.parse('count(for word in words return matches(word, "[a-z]+@[a-z]+"))')
    assert expression.evaluate({"words": ["ab@cd"] * 5000}) == 5000


def test_long_texts_are_replaced_at_a_price_of_their_length() -> None:
    found = feel.parse('string length(replace(text, " ", ", "))').evaluate({"text": "word " * 4000})
    assert found == 24_000


def test_patterns_take_linear_time() -> None:
    assert matches("a" * 50_000, "(a+)+b") is False


def test_references_are_matched_on_the_budget() -> None:
    with pytest.raises(feel.BudgetExceeded):
        matches("a" * 60, r"^(a*)*(a*)*\1b$")


def test_a_replacement_cannot_explode() -> None:
    text = 'replace(replace(replace("aaaaaaaaaa", "a", long), "a", long), "a", long)'
    with pytest.raises(feel.BudgetExceeded):
        feel.parse(text).evaluate({"long": "a" * 2000})


@pytest.mark.parametrize("text", ['matches(half, "a")', 'replace(half, "a", "b")', 'split(half, "a")'])
def test_half_a_character_is_no_text(text: str) -> None:
    """JSON can hold one of a pair of surrogates alone."""
    assert kinds(text, {"half": "a\ud800"}) == ["EVALUATION"]
