"""No text crashes, hangs or escapes the budget: parsing gives an expression or a place, evaluating a value or a limit.

The texts come from seeds; what is taken is counted, not timed.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from stellwerk import feel
from stellwerk.feel.builtins import FUNCTIONS
from stellwerk.feel.runtime import Run

from .differential.terms import CONTEXT, questions

BUDGET = feel.Budget(steps=20_000, size=50_000, depth=60)
SHORT, LONG = 1_500, 30_000
PIECES = (
    *(
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        ".",
        "..",
        "?",
        "@",
        '"',
        "'",
        "\\",
        "/*",
        "*/",
        "//",
        "\n",
        "\u00a0",
        "\0",
    ),
    *("+", "-", "*", "/", "**", "=", "!=", "<", ">=", "&&", "„", "“", "≤", "\ud800", "🐎", "é", "\u202e"),
    *("if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "and", "or", "between", "instance of"),
    *(
        "function",
        "external",
        "null",
        "true",
        "item",
        "partial",
        "list<",
        "context<a:",
        "1e6144",
        "1e-6143",
        "0.1",
        "9" * 50,
    ),
    *(
        '"a"',
        '"\\uD800"',
        '"(a*)*\\\\1"',
        '"[^"',
        '@"P1D"',
        '@"2030-01-31T24:00:00@Europe/Paris"',
        '@"-999999999-01-01"',
    ),
)


def random_text(chance: random.Random) -> str:
    return "".join(chance.choices([*PIECES, " ", " ", *FUNCTIONS], k=chance.randrange(1, 25)))


def mutated(chance: random.Random) -> str:
    """A right expression with a few wrong places."""
    text = chance.choice(_SEEDS)
    for _ in range(chance.randrange(1, 4)):
        at, length = chance.randrange(len(text) + 1), chance.choice((0, 0, 1, 2, 8))
        text = text[:at] + chance.choice(("", chance.choice(PIECES), text[at : at + 12])) + text[at + length :]
    return text


def nested(chance: random.Random) -> str:
    opening, inside, closing = chance.choice(
        (
            ("(", "1", ")"),
            ("[", "1", "]"),
            ("{a: ", "1", "}"),
            ("not(", "true", ")"),
            ("if true then ", "1", " else 2"),
            ("for x in [1] return ", "x", ""),
            ("function(x) ", "x", ""),
            ("1 in (", "1", ")"),
            ("[1][", "1", "]"),
            ("-(", "1", ")"),
            ("some x in ", "[true]", " satisfies x"),
            ("x instance of ", "list<", "number>"),
        )
    )
    times = chance.choice((1, 5, 20, 55, 61, 300, 4000))
    return opening * times + inside + closing * times


def huge(chance: random.Random) -> str:
    """Long numbers, names and texts; values that double; functions that call themselves."""
    size = chance.choice((40, 7000, 30_000))
    word, search = "ab" * (size // 3), chance.choice(_SEARCHED)
    brackets = "(" * min(size, 4000), ")" * min(size, 4000)
    return chance.choice(
        (
            "9" * size + "." + "9" * min(size, 9000),
            f"0.{'0' * size}1 + 1",
            f'string length("{word}") + 1',
            f"1{' + 1' * (size // 4)}",
            word,
            " ".join(["ab"] * (size // 3)),
            f'for i in 1..{size} return if i = 1 then "ab" else partial[-1] + partial[-1]',
            f"for i in 1..{size} return if i = 1 then [i] else concatenate(partial[-1], partial[-1])",
            f"{{f: function(n) if n = 0 then 0 else 1 + f(n - 1), r: f({size})}}.r",
            f"{{f: function(g) g(g), r: f(f)}}.r[{size}]",
            f'replace("{word}", "{search}", "$0$0")',
            f'matches("{word}", "{search}")',
            f'matches("a", "{brackets[0]}a{brackets[1]}")',
            f'split("{"a," * (size // 3)}", ",")[-1]',
        )
    )


_SEARCHED = ("a*b", "(a|b)+?", "[^c]", "(a)(b)", "(a*b*)*c", "(a|ab)(b|)*$", r"^(a)(b)(.*)\\\\2$")


def pattern(chance: random.Random) -> str:
    parts = (
        "a",
        "b",
        ".",
        "[ab]",
        "[^a-c-[b]]",
        "(",
        ")",
        "(?:",
        "|",
        "*",
        "+?",
        "{2,9}",
        "{300}",
        "^",
        "$",
        "\\\\1",
        "\\\\p{L}",
    )
    text, flags = "".join(chance.choices(parts, k=chance.randrange(1, 10))), chance.choice(("", "i", "smx", "q"))
    call = chance.choice(('matches(t, "{}", "{}")', 'replace(t, "{}", "<$0>", "{}")', 'split(t, "{}{}")'))
    return call.format(text, flags)


_PATTERN = (
    *("a", "b", ".", "[ab]", "[^a-c-[b]]", "(", ")", "(?:", "|", "*", "+?", "{2,9}", "{300}", "^", "$"),
    *(r"\\1", r"\\p{L}", r"\\s", "[", "]", "\ud800"),
)
KINDS: tuple[Callable[[random.Random], str], ...] = (random_text, mutated, nested, huge, pattern)
_SEEDS = [question.term.text for question in questions(7, 400)]


class Meters:
    """What evaluations took at most: the meter of each is looked at when it ends."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.runs: list[Run] = []
        real = Run.__init__

        def noted(run: Run, *arguments: Any) -> None:
            real(run, *arguments)
            self.runs.append(run)

        monkeypatch.setattr(Run, "__init__", noted)

    def overdrawn(self) -> int:
        """Steps beyond the budget, at the end of what was evaluated since the last call."""
        most = max((-run.steps for run in self.runs), default=0)
        self.runs.clear()
        return most


def size_of(value: Any) -> int:
    """The longest text or list inside."""
    longest, waiting, seen = 0, [value], set()
    while waiting:
        at = waiting.pop()
        if not isinstance(at, str | list | dict) or id(at) in seen:
            continue
        seen.add(id(at))
        longest = max(longest, len(at))
        waiting.extend(at.values() if isinstance(at, dict) else at if isinstance(at, list) else ())
    return longest


def check(text: str) -> None:
    context = {**CONTEXT, "t": "ab" * 400 + "c"}
    for read in (feel.parse, feel.unary_tests):
        try:
            found = read(text, context)
            value = found.run(context, budget=BUDGET) if isinstance(found, feel.Expression) else verdict(found, context)
        except feel.FeelSyntaxError as error:
            places = error.position, error.line, error.column
            is_inside = all(low <= at <= len(text) + 1 for low, at in zip((0, 1, 1), places, strict=True))
            if not is_inside or not str(error).startswith(error.problem):
                raise AssertionError(f"{places} is not inside of the text") from error
        except feel.BudgetExceeded:
            continue
        else:
            assert size_of(value.value) <= max(BUDGET.size, len(text))


def verdict(tests: feel.UnaryTests, context: dict[str, Any]) -> feel.Result:
    found = tests.run("a", context, budget=BUDGET)
    assert found.value in (True, False, None)
    return found


def fuzz(kind: Callable[[random.Random], str], count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(f"{kind.__name__} {count}")
    meters = Meters(monkeypatch)
    for _ in range(count):
        text = kind(chance)
        try:
            check(text)
        except Exception as error:
            raise AssertionError(f"{text[:2000]!r}: {error!r}") from error
        assert meters.overdrawn() <= BUDGET.size * 4 + len(text), text


@pytest.mark.parametrize("kind", KINDS)
def test_any_text_ends_within_its_budget(kind: Callable[[random.Random], str], monkeypatch: pytest.MonkeyPatch) -> None:
    fuzz(kind, SHORT // 25 if kind in (huge, nested) else SHORT, monkeypatch)


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_many_texts_end_within_their_budget(
    kind: Callable[[random.Random], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fuzz(kind, LONG // 30 if kind in (huge, nested) else LONG, monkeypatch)


def test_expressions_are_shared_by_threads() -> None:
    """The same compiled expressions in several threads at once, each with another context, on budgets of their own."""
    texts = [
        "sum(for i in 1..n return 1 / i)",
        'replace(string join(for i in 1..n return string(i), ","), "[0-9]([0-9])?", "<$0>")',
        "{f: function(k) if k = 0 then n else f(k - 1) + k, r: f(modulo(n, 20))}.r",
        "count([1, 2, 3, n][item > n / 2]) + (if some x in 1..n satisfies x = 7 then 100 else 0)",
        'nobody + n + number("x")',
    ]
    expressions = [feel.parse(text) for text in texts]
    wanted = {n: [each.run({"n": n}) for each in expressions] for n in range(1, 40)}

    def again(n: int) -> bool:
        found = [each.run({"n": n}) for each in expressions]
        return all(
            (one.value, one.warnings) == (other.value, other.warnings)
            for one, other in zip(found, wanted[n], strict=True)
        )

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(again, list(range(1, 40)) * 4))
