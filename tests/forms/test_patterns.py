"""JavaScript's regular expressions, on RE2."""

import pytest

from stellwerk.forms.patterns import PatternError, compiled, length, search


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("b", "abc", True),  # a search, not a full match
        ("^abc$", "abc\n", False),  # Python's $ would match before the newline
        (r"^\d+$", "١٢", False),  # Arabic-Indic digits
        (r"^\w$", "é", False),
        (r"^\s$", "\xa0", True),
        (r"^\s$", "\ufeff", True),
        (r"^\S$", "\u2003", False),
        (r"^[\s,]+$", ", \u3000", True),
        ("^.$", "\u2028", False),
        ("^.{2}$", "😀", True),  # two UTF-16 units
        ("^😀+$", "😀\ude00", True),  # the + belongs to the second unit
        (r"^\u00e9$", "é", True),
        (r"^\ud83d\ude00$", "😀", True),
        (r"^\x41\/\-$", "A/-", True),
        (r"^\A\z\p\Q$", "AzpQ", True),  # escapes of letters that mean nothing to JavaScript
        (r"^[[:alpha:]]$", "a]", True),  # not a POSIX class: one of these characters, then "]"
        (r"^[(?<a>]+$", "(?<a>", True),
        (r"^(?<year>\d{4})$", "2026", True),
        (r"^(?:a|b)+$", "abba", True),
        (r"[\b]", "\b", True),
        (r"\bcat\b", "a cat", True),
        (r"^\cA$", "\x01", True),
        (r"^\0$", "\x00", True),
        ("^[^a]$", "b", True),
        (r"^\t\v$", "\t\v", True),
    ],
)
def test_a_pattern_means_what_javascript_means(pattern, text, expected):
    assert search(pattern, text) is expected


@pytest.mark.parametrize(
    "pattern", ["(?=a)", "(?!a)", "(?<=a)b", r"(a)\1", r"\k<a>", "[]", "[^]", "a**", "(", r"[\S]", "a" * 1001]
)
def test_what_a_linear_engine_cannot_do_is_refused(pattern):
    with pytest.raises(PatternError):
        compiled(pattern)


def test_a_pattern_that_backtracks_for_ever_elsewhere_answers_at_once():
    assert not search("^(a+)+$", "a" * 50_000 + "!")


def test_the_length_of_a_text_is_javascripts():
    assert length("a😀") == 3
