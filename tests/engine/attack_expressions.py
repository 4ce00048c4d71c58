"""Runs attacks on the in-process expressions under a limit of processor time and memory; see the test beside it.

Prints one line for each attack: its name, and whether it gave a value, failed, or was sent to the sandbox.
"""

from __future__ import annotations

import resource
import sys
from decimal import Decimal
from typing import Any

from tests.engine.expression_support import NoSandbox, SentToSandbox

from stellwerk.engine.expressions import parse_expression
from stellwerk.engine.expressions.templates import parse_template
from stellwerk.errors import ExpressionInvalid, ScriptFailed

CPU_SECONDS = 60  # for all attacks together; each one alone would take far longer if it were not stopped
MEMORY = 1 << 30


def shared(depth: int) -> Any:
    """A list of 2**depth parts that takes no memory."""
    value: Any = ["x"]
    for _ in range(depth):
        value = [value, value]
    return value


def nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


def cyclic() -> Any:
    value: list[Any] = []
    value.append(value)
    return value


class Hostile:
    """A value that no variable can have, but a bug might let in."""

    def __eq__(self, other: object) -> bool:
        raise AssertionError("a method of a foreign type was called")

    __lt__ = __gt__ = __add__ = __radd__ = __mul__ = __mod__ = __getitem__ = __contains__ = __eq__  # type: ignore[assignment]
    __bool__ = __len__ = __abs__ = __str__ = __int__ = __float__ = __neg__ = lambda self: self.__eq__(0)  # type: ignore[assignment]
    __hash__ = None  # type: ignore[assignment]


VARIABLES: dict[str, Any] = {
    "bomb": shared(200),
    "bomb2": shared(200),
    "deep": nested(200_000),
    "deep2": nested(200_000),
    "cycle": cyclic(),
    "long": list(range(1_000_000)),
    "long2": [*range(999_999), -1],
    "text": "a" * 2_000_000,
    "needle": "a" * 98 + "b",
    "same": ["a" * 2_000_000] * 100_000,
    "huge": 10**1_000_000,
    "huge2": 10**1_000_000 + 1,
    "dec": Decimal("1E+999999"),
    "digits": Decimal("9" * 200_000),
    "digits2": Decimal("8" * 200_000),
    "snan": Decimal("sNaN"),
    "hostile": Hostile(),
    "x": "ab",
    "n": 10**9,
    "d": {str(i): i for i in range(200_000)},
}

TO_SANDBOX = [
    "bomb == bomb2",
    "bomb < bomb2",
    "bomb in [bomb2]",
    "[bomb]",
    "[bomb] == [bomb2]",
    "(bomb, bomb) in {}",
    "bomb + bomb2",
    "max(bomb, bomb2)",
    "max([bomb, bomb2])",
    "str(bomb)",
    "deep == deep2",
    "[deep]",
    "str(deep)",
    "cycle == [cycle]",
    "[cycle]",
    "long == long2",
    "-1 in long2",
    "long + long",
    "long * 100",
    "max(long)",
    "sum(long)",
    "[long]",
    "all(long)",
    "text * 100",
    "text + text",
    "needle in text",
    "max(text)",
    "same == [text] * 3",
    "x in same",
    "'x' * n",
    "[1] * n",
    "n * 'x'",
    "huge * huge2",
    "huge + huge2",
    "huge % 7",
    "huge / 7",
    "huge // 7",
    "-huge",
    "abs(huge)",
    "str(huge)",
    "int(huge)",
    "round(huge, -5)",
    "[huge] == [dec]",
    "huge == dec",
    "int(dec)",
    "round(dec)",
    "float(digits)",
    "digits * digits2",
    "digits + digits2",
    "digits == digits2",
    "digits < 3",
    "round(1, -n)",
    "round(x, n)",
    "'%999999999d' % 1",
    "x % 3",
    "int(text)",
    "float(text)",
    "d == d",
    "[d, d, d]",
    "hostile == 1",
    "1 == hostile",
    "hostile + 1",
    "hostile[0]",
    "len(hostile)",
    "str(hostile)",
    "bool(hostile)",
    "-hostile",
    "hostile in [1]",
    "1 in hostile",
    "min(hostile, 1)",
    "[hostile]",
    "{hostile: 1}",
    "{long[0]: 1, 'a': bomb}",
    "9 ** 9 ** 9",
    "().__class__.__base__.__subclasses__()",
    "__import__('os').system('true')",
    "open('/etc/passwd').read()",
    "[x for x in long for y in long]",
    "(lambda f: f(f))(lambda f: f(f))",
    "f'{huge}'",
    "'{0.__class__}'.format(1)",
    "eval('1')",
    "globals()",
    "x.__class__",
    "getattr(x, 'upper')",
    "1 << n",
    "{**d}",
    "[*long]",
    "max(long, key=str)",
    "sum([[1], [2]], [])",
    "int('9' * 400 + '9')",
    "int('z', 36)",
    "str(b'x', 'utf-8')",
    "x is 'ab'",
    "text[1:]",
    "~n",
    "(1).real",
]

BOUNDED = [
    "text == text",
    "bomb is None",
    "huge == huge2",
    "huge < huge2",
    "len(bomb) + len(long) + len(text)",
    "long[999999]",
    "text[5]",
    "d['7']",
    "'7' in d",
    "dec * dec",
    "dec % 3",
    "dec // 3",
    "dec == 1",
    "str(dec)",
    "snan == 1",
    "snan in [1]",
    "'x' * 100000",
    "'x' * -n",
    "[1] * 50000",
    "[[1] * 300] * 300",
    "int('9' * 400)",
    "round(1.5, 99)",
    "1e308 * 10",
    "int(1e308 * 10)",
    "float('1' * 400)",
    "int('1' * 400) * int('1' * 400)",
    "huge if huge else 1",
    "1 < (" * 15 + "2" + " < 3)" * 15 + " < 3",
    " and ".join(["text == text"] * 20),
    "+".join(["'x' * 90000"] * 20),
    "[" + ", ".join(["[0] * 9999"] * 20) + "]",
    "x * 50000 * 2",
]

TEMPLATES = [
    "${bomb == bomb2}",
    "${text}${text}",
    "${huge + 1}",
    "${huge}x",
    "${digits * digits}",
    "${bomb}x",
    "${hostile}x",
    "${hostile == 1}",
    "${empty hostile}",
    "${text == 1}",
    "${!text}",
    "${text + 1}",
    "${dec % 3}",
    "${-huge}",
    "${long['1000000000000']}",
    "${long[n]}",
    "${d[bomb]}",
    "${x}" * 4_000,
    "${" + "(" * 39 + "x" + ")" * 39 + "}",
    "${'" + "9" * 90 + "' * '" + "9" * 90 + "'}",
]

_DOUBLED = "for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]]"
FEEL = [
    f"= {text}"
    for text in [
        "bomb",
        "[bomb, bomb2]",
        "bomb = bomb2",
        "bomb in [bomb2]",
        "flatten(bomb)",
        "distinct values(bomb)",
        "list contains(bomb, bomb2)",
        "string(bomb)",
        "deep",
        "deep = deep2",
        "flatten(deep)",
        "string(deep)",
        "cycle",
        "cycle = [cycle]",
        "flatten(cycle)",
        "string(cycle)",
        "long",
        "long = long2",
        "long2[item = -1]",
        "sum(long)",
        "sort(long, function(a, b) a > b)",
        "for a in long, b in long return a * b",
        "every a in long satisfies some b in long satisfies a = b",
        "count(1..1000000000)",
        "for i in 1..10**30 return i",
        "1..n",
        "text + text",
        "string length(text)",
        'replace(text, "a", text)',
        'matches(text, "(a|a)*b")',
        'matches(text, "(a*)*b")',
        'split(text, "")',
        "upper case(text)",
        "string join(same)",
        "same",
        "huge",
        "huge * huge2",
        "huge = huge2",
        "modulo(huge, 7)",
        "string(huge)",
        "dec ** dec",
        "n ** n",
        "exp(dec)",
        "digits * digits2",
        "digits = digits2",
        "string(digits)",
        "[digits]",
        "snan",
        "snan = 1",
        "[snan]",
        "hostile",
        "hostile = 1",
        "[hostile]",
        "{a: hostile}",
        "string(hostile)",
        "hostile.a",
        "hostile[1]",
        "d",
        "d = d",
        "[d, d, d]",
        "context put(d, x, 1)",
        "get entries(d)",
        "{f: function(x) f(x)}.f(1)",
        "(function(f) f(f))(function(f) f(f))",
        "{f: function(x) if x < 2 then x else f(x - 1) + f(x - 2)}.f(40)",
        _DOUBLED,
        f"flatten({_DOUBLED})",
        f"string({_DOUBLED})",
        f"({_DOUBLED}) = ({_DOUBLED})",
        '@"P999999999Y" + @"P999999999Y"',
        'date("999999999-12-31") + @"P1D"',
        'date and time("9999-12-31T23:59:59@Pacific/Kiritimati")',
        'date and time("0001-01-01T00:00:00+14:00")',
        'number("' + "9" * 10_000 + '")',
        "-" * 5_000 + "1",
        "(" * 5_000 + "1" + ")" * 5_000,
        "[" * 5_000 + "]" * 5_000,
        "1" + " + 1" * 4_000,
        "a" + ".a" * 5_000,
        "if true then " * 500 + "1" + " else 1" * 500,
        "now",
        "now()",
        "sum",
        "[1..n]",
        "function(x) x",
        "external",
    ]
]


def outcome(parse: Any, text: str) -> str:
    try:
        parse(text).evaluate(VARIABLES, NoSandbox())
    except SentToSandbox:
        return "sandbox"
    except (ScriptFailed, ExpressionInvalid) as error:
        return "failed" if len(error.message) < 1000 else "failed with a long message"
    return "value"


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    sys.setrecursionlimit(1_000)
    for group, parse, texts in [
        ("sandbox", parse_expression, TO_SANDBOX),
        ("bounded", parse_expression, BOUNDED),
        ("template", parse_template, TEMPLATES),
        ("feel", parse_expression, FEEL),
    ]:
        for text in texts:
            print(f"{group}\t{outcome(parse, text)}\t{text[:60]}", flush=True)


if __name__ == "__main__":
    main()
