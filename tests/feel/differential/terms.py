"""Random terms of FEEL by the kind of their value, from a seed. Most arguments have the right kind, some do not."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

CONTEXT: dict[str, Any] = {
    "amount": 120,
    "unit price": 12.5,
    "small": -0.125,
    "name": "Anna Löwe",
    "note": "",
    "active": True,
    "nothing": None,
    "numbers": [3, 1, 4, 1, 5],
    "words": ["gamma", "alpha", "beta"],
    "mixed": [1, "a", None, True],
    "order": {
        "id": 7,
        "total price": 99.95,
        "items": [{"sku": "a-1", "qty": 2, "price": 1.5}, {"sku": "b-2", "qty": 5, "price": 20}],
    },
}
NUMBER, STRING, BOOLEAN, DATE, TIME, MOMENT, DAYS, MONTHS, LIST, CONTEXT_, RANGE, NULL = (
    "number", "string", "boolean", "date", "time", "date and time", "days", "months", "list", "context", "range",
    "null",
)  # fmt: skip
KINDS = (NUMBER, STRING, BOOLEAN, DATE, TIME, MOMENT, DAYS, MONTHS, LIST, CONTEXT_, RANGE, NULL)
DEPTHS = (1, 1, 2)


@dataclass(frozen=True)
class Term:
    """`head` says what is outermost; `parts` are the terms inside; `free` if it names no variable of a loop."""

    text: str
    head: str
    parts: tuple[Term, ...] = ()
    free: bool = True

    @property
    def bracketed(self) -> str:
        return self.text if self.head in ("literal", "variable", "call", "list", "context") else f"({self.text})"


LITERALS: dict[str, tuple[str, ...]] = {
    NUMBER: ("0", "1", "2", "3", "7", "10", "0.1", "0.2", "2.5", "-1", "-3.75", "100", "1234.5678", "1000000", ".5"),
    STRING: ('""', '"a"', '"abc"', '"Straße"', '"a b c"', '"x-1"', '"😀é"', r'"q\"t"', r'"\u00e4\n"', '"12"', '"B"'),
    BOOLEAN: ("true", "false"),
    DATE: ('@"2030-01-31"', 'date("2028-02-29")', '@"2031-12-01"', "date(2030, 3, 15)", 'date("1999-12-31")'),
    TIME: ('@"10:20:30"', 'time("23:59:59")', '@"08:00:00Z"', 'time("12:00:00+02:00")', '@"10:20:30.25"'),
    MOMENT: (
        '@"2030-01-31T10:20:30"',
        'date and time("2028-02-29T23:59:59")',
        '@"2030-06-01T08:00:00Z"',
        'date and time("2030-01-31T12:00:00+02:00")',
        '@"2030-07-01T12:00:00@Europe/Berlin"',
    ),
    DAYS: ('@"P1D"', 'duration("PT36H")', '@"-PT90M"', '@"PT0.5S"', 'duration("P40DT1S")'),
    MONTHS: ('@"P1Y"', 'duration("P14M")', '@"-P3M"', '@"P2Y6M"'),
    NULL: ("null",),
}
VARIABLES: dict[str, tuple[str, ...]] = {
    NUMBER: ("amount", "unit price", "small", "order.id", "order.total price", "order.items[2].qty", "numbers[-1]"),
    STRING: ("name", "note", "words[1]", "order.items[1].sku"),
    BOOLEAN: ("active",),
    LIST: ("numbers", "words", "mixed", "order.items", "order.items.price"),
    CONTEXT_: ("order", "order.items[1]"),
    NULL: ("nothing", "missing", "order.missing"),
}
# What a function takes and gives. `x...` may be repeated; `x?` left out; `|` either.
SIGNATURES: dict[str, tuple[str, ...]] = {
    NUMBER: (
        "abs(number)", "floor(number, number?)", "ceiling(number, number?)", "decimal(number, scale)", "sqrt(number)",
        "round up(number, scale)", "round down(number, scale)", "round half up(number, scale)", "log(number)",
        "round half down(number, scale)", "modulo(number, number)", "exp(scale)", "string length(string)",
        "count(list)", "sum(numbers)", "mean(numbers)", "min(numbers)", "max(numbers)", "median(numbers)",
        "product(numbers)", "stddev(numbers)", "sum(number, number...)", "max(number, number...)", "day of year(date)",
        "week of year(date)", "min(number, number...)", 'number(digits, ",", ".")', "number(digits)",
    ),
    STRING: (
        "string(any)", "substring(string, position, length?)", "upper case(string)", "lower case(string)",
        "substring before(string, string)", "substring after(string, string)", "replace(string, pattern, replacement)",
        "string join(strings, string?)", "day of week(date)", "month of year(date)", "replace(string, pattern, string)",
    ),
    BOOLEAN: (
        "not(boolean)", "contains(string, string)", "starts with(string, string)", "ends with(string, string)",
        "matches(string, pattern)", "list contains(list, any)", "all(booleans)", "any(booleans)", "odd(number)",
        "even(number)", "is(any, any)", "is(date, date)", "before(number, range)", "after(range, number)",
        "before(number, number)", "after(range, range)", "meets(range, range)", "met by(range, range)",
        "overlaps(range, range)", "overlaps before(range, range)", "overlaps after(range, range)",
        "finishes(number, range)", "finished by(range, range)", "includes(range, number)", "includes(range, range)",
        "during(number, range)", "starts(range, range)", "started by(range, number)", "coincides(range, range)",
    ),
    DATE: ("date(moment)", "date(date)", "date(year, month, day)"),
    TIME: ("time(moment)", "time(time)", "time(hour, minute, minute)", "time(hour, minute, minute, days)"),
    MOMENT: ("date and time(date, time)", "date and time(moment, time)"),
    DAYS: ("abs(days)", "duration(days)", "sum(days, days)"),
    MONTHS: ("years and months duration(date, date)", "abs(months)", "years and months duration(moment, moment)"),
    LIST: (
        "append(list, any...)", "concatenate(list, list...)", "insert before(list, position, any)", "reverse(list)",
        "remove(list, position)", "index of(list, any)", "union(list, list...)", "distinct values(list)",
        "flatten(lists)", "sublist(list, position, length?)", "list replace(list, position, any)", "mode(numbers)",
        "split(string, pattern)", "get entries(context)", "sort(numbers, ascending)", "sort(strings, ascending)",
    ),
    CONTEXT_: (
        "context put(context, key, any)", "context put(context, keys, any)", "context merge(contexts)",
        "context(entries)",
    ),
    RANGE: (),
    NULL: (),
}  # fmt: skip
PROPERTIES: dict[str, tuple[str, ...]] = {
    DATE: ("year", "month", "day", "weekday"),
    TIME: ("hour", "minute", "second", "time offset", "timezone"),
    MOMENT: ("year", "hour", "time offset", "timezone", "weekday"),
    DAYS: ("days", "hours", "minutes", "seconds"),
    MONTHS: ("years", "months"),
}
TYPES = ("number", "string", "boolean", "date", "list<number>", "context<a: number>", "Any", "range<number>")
SPECIAL: dict[str, tuple[str, ...]] = {
    "scale": ("0", "1", "2", "-1", "3"),
    "position": ("1", "2", "-1", "3", "-2", "0", "9", "1.5"),
    "length": ("1", "2", "9", "0"),
    "digits": ('"12"', '"1,234.5"', '"-.5"', '"1e3"', '"x"', '" 7"', '""'),
    "pattern": ('"a"', '"[a-c]+"', r'"\\d"', '"^A"', '"(a)(b)?"', '" "', '"x*"', '"."', '"("', r'"\\p{Lu}"'),
    "replacement": ('"z"', '"<$1>"', '"$0$0"', '""', '"$"', r'"\\$"'),
    "year": ("2030", "2028", "1999", "12", "0"),
    "month": ("1", "2", "12", "13"),
    "day": ("1", "29", "31", "0"),
    "hour": ("0", "10", "23", "24"),
    "minute": ("0", "30", "59.5", "60"),
    "key": ('"a"', '"id"', '"new key"'),
    "keys": ('["a"]', '["a", "b"]', '["items"]', "[]"),
    "ascending": ("function(x, y) x < y", "function(x, y) x > y"),
    "entries": ('[{key: "a", value: 1}]', '[{key: "a", value: 1}, {key: "a", value: 2}]', '[{key: "a"}]', "[]"),
}
LISTS = {"numbers": NUMBER, "strings": STRING, "booleans": BOOLEAN, "lists": LIST, "contexts": CONTEXT_}
WRONG = 0.04


@dataclass
class Terms:
    """Makes terms. `bound` are variables of loops around, with their kinds."""

    chance: random.Random
    bound: list[tuple[str, str]] = field(default_factory=list)

    def any(self, depth: int) -> Term:
        return self.of(self.chance.choice(KINDS), depth)

    def argument(self, kind: str, depth: int) -> Term:
        """Now and then of another kind."""
        return self.any(depth) if self.chance.random() < WRONG else self.of(kind, depth)

    def of(self, kind: str, depth: int) -> Term:
        names = [name for name, its in self.bound if its == kind]
        if names and self.chance.random() < 0.5:
            return Term(self.chance.choice(names), "variable", free=False)
        if depth <= 0 or self.chance.random() < 0.15:
            return self.leaf(kind)
        makers = _MAKERS.get(kind, ()) + _ANY
        if SIGNATURES[kind] and self.chance.random() < 0.45:
            return self.call(self.chance.choice(SIGNATURES[kind]), depth - 1)
        return self.chance.choice(makers)(self, kind, depth - 1)

    def leaf(self, kind: str) -> Term:
        if kind == RANGE:
            return self.range(kind, 0)
        if kind in VARIABLES and (kind not in LITERALS or self.chance.random() < 0.3):
            return Term(self.chance.choice(VARIABLES[kind]), "variable")
        return Term(self.chance.choice(LITERALS[kind]), "literal")

    def made(self, head: str, text: str, *parts: Term) -> Term:
        return Term(text, head, parts, all(part.free for part in parts))

    def call(self, signature: str, depth: int) -> Term:
        name, _, inside = signature.rstrip(")").partition("(")
        arguments: list[Term] = []
        for kind in filter(None, inside.split(", ")):
            if kind.endswith("?") and self.chance.random() < 0.5:
                break
            times = self.chance.randrange(3) if kind.endswith("...") else 1
            arguments += [self.special(kind.rstrip("?."), depth) for _ in range(times)]
        if self.chance.random() < WRONG / 2:
            arguments.append(self.any(0))
        return self.made("call", f"{name}({', '.join(each.text for each in arguments)})", *arguments)

    def special(self, kind: str, depth: int) -> Term:
        if kind.startswith('"'):
            return Term(kind, "literal")
        if kind in SPECIAL:
            return Term(self.chance.choice(SPECIAL[kind]), "literal")
        if kind in LISTS:
            return self.list_of(LISTS[kind], depth)
        if kind == "any":
            return self.any(depth)
        return self.argument({"moment": MOMENT}.get(kind, kind), depth)

    def list_of(self, kind: str, depth: int) -> Term:
        items = [self.argument(kind, depth - 1) for _ in range(self.chance.choice((1, 2, 2, 3, 3, 4, 0)))]
        return self.made("list", f"[{', '.join(each.text for each in items)}]", *items)

    # Operators

    def arithmetic(self, kind: str, depth: int) -> Term:
        left, operator, right = self.chance.choice(_ARITHMETIC[kind]).split("|")
        parts = self.argument(left, depth), self.argument(right, depth)
        return self.made(operator, f"{parts[0].bracketed} {operator} {parts[1].bracketed}", *parts)

    def chain(self, kind: str, depth: int) -> Term:
        """Without brackets: how strongly operators bind."""
        parts = [self.leaf(NUMBER) for _ in range(self.chance.choice((3, 4)))]
        text = parts[0].text
        for part in parts[1:]:
            text += f" {self.chance.choice(('+', '-', '*', '/', '**'))} {part.text}"
        return self.made("chain", text, *parts)

    def negation(self, kind: str, depth: int) -> Term:
        part = self.argument(kind, depth)
        return self.made("-", f"-{part.bracketed}", part)

    def comparison(self, kind: str, depth: int) -> Term:
        wanted = self.chance.choice(KINDS)
        operator = self.chance.choice(("=", "!=", "<", "<=", ">", ">="))
        parts = self.of(wanted, depth), self.argument(wanted, depth)
        return self.made(operator, f"{parts[0].bracketed} {operator} {parts[1].bracketed}", *parts)

    def junction(self, kind: str, depth: int) -> Term:
        operator = self.chance.choice(("and", "or"))
        parts = [self.argument(BOOLEAN, depth) for _ in range(self.chance.choice((2, 2, 3)))]
        return self.made(operator, f" {operator} ".join(part.bracketed for part in parts), *parts)

    def between(self, kind: str, depth: int) -> Term:
        wanted = self.chance.choice((NUMBER, STRING, DATE, DAYS))
        parts = self.argument(wanted, depth), self.argument(wanted, 0), self.argument(wanted, 0)
        text = f"{parts[0].bracketed} between {parts[1].bracketed} and {parts[2].bracketed}"
        return self.made("between", text, *parts)

    def inside(self, kind: str, depth: int) -> Term:
        wanted = self.chance.choice((NUMBER, STRING, DATE))
        value = self.argument(wanted, depth)
        tests = [self.test(wanted) for _ in range(self.chance.choice((1, 1, 2)))]
        return self.made("in", f"{value.bracketed} in ({', '.join(each.text for each in tests)})", value, *tests)

    def test(self, kind: str) -> Term:
        """A positive unary test."""
        choice = self.chance.randrange(4)
        if choice == 0:
            operator = self.chance.choice(("<", "<=", ">", ">="))
            point = self.argument(kind, 0)
            return self.made("test", f"{operator} {point.bracketed}", point)
        if choice == 1:
            return self.interval(kind)
        return self.list_of(kind, 0) if choice == 2 else self.argument(kind, 0)

    def instance(self, kind: str, depth: int) -> Term:
        part = self.any(depth)
        return self.made("instance of", f"{part.bracketed} instance of {self.chance.choice(TYPES)}", part)

    def interval(self, kind: str) -> Term:
        parts = [self.argument(kind, 0), self.argument(kind, 0)]
        if self.chance.random() < 0.7:
            parts.sort(key=lambda part: (part.text[-11:], part.text))  # dates by the year
        opening, closing = self.chance.choice("[[(]"), self.chance.choice("]])[")
        return self.made("range", f"{opening}{parts[0].bracketed}..{parts[1].bracketed}{closing}", *parts)

    def range(self, kind: str, depth: int) -> Term:
        wanted = self.chance.choice((NUMBER, NUMBER, NUMBER, STRING, DATE))
        if self.chance.random() < 0.2:
            point = self.leaf(wanted)
            return self.made("test", f"({self.chance.choice(('<', '<=', '>', '>='))} {point.bracketed})", point)
        low, high = sorted(self.chance.sample(range(1, 10), 2))
        if wanted == NUMBER and self.chance.random() < 0.8:
            return Term(f"{self.chance.choice('[(')}{low}..{high}{self.chance.choice('])')}", "range")
        return self.interval(wanted)

    # What is there for every kind

    def choice(self, kind: str, depth: int) -> Term:
        parts = self.argument(BOOLEAN, depth), self.argument(kind, depth), self.argument(kind, depth)
        return self.made("if", f"if {parts[0].text} then {parts[1].bracketed} else {parts[2].bracketed}", *parts)

    def item(self, kind: str, depth: int) -> Term:
        """A position in a list."""
        items, at = self.list_of(kind, depth), self.special("position", 0)
        return self.made("filter", f"{items.text}[{at.text}]", items, at)

    def entry(self, kind: str, depth: int) -> Term:
        """A key of a context."""
        whole = self.context(kind, depth, kind)
        key = self.chance.choice(("a", "a", "b", "long key"))
        return self.made("path", f"{whole.text}.{key}", whole)

    def property(self, kind: str, depth: int) -> Term:
        owner = self.chance.choice(tuple(PROPERTIES))
        value = self.of(owner, depth)
        return self.made("path", f"{value.bracketed}.{self.chance.choice(PROPERTIES[owner])}", value)

    # Lists and contexts

    def items(self, kind: str, depth: int) -> Term:
        return self.list_of(self.chance.choice(KINDS), depth)

    def context(self, kind: str, depth: int, of: str = NUMBER) -> Term:
        keys = ("a", "long key", "b")[: self.chance.randrange(1, 4)]
        parts = [self.argument(of, depth) for _ in keys]
        inside = ", ".join(f"{key}: {part.text}" for key, part in zip(keys, parts, strict=True))
        return self.made("context", f"{{{inside}}}", *parts)

    def loop(self, kind: str, depth: int) -> Term:
        sources, names = self.sources(depth)
        body = self.within(names, self.chance.choice((NUMBER, STRING, BOOLEAN)), depth)
        text = ", ".join(f"{name} in {source.text}" for (name, _), source in zip(names, sources, strict=True))
        return Term(f"for {text} return {body.bracketed}", "for", (*sources, body), all(each.free for each in sources))

    def quantified(self, kind: str, depth: int) -> Term:
        sources, names = self.sources(depth)
        body = self.within(names, BOOLEAN, depth)
        text = ", ".join(f"{name} in {source.text}" for (name, _), source in zip(names, sources, strict=True))
        word = self.chance.choice(("some", "every"))
        whole = f"{word} {text} satisfies {body.bracketed}"
        return Term(whole, word, (*sources, body), all(each.free for each in sources))

    def sources(self, depth: int) -> tuple[list[Term], list[tuple[str, str]]]:
        names = [
            (name, self.chance.choice((NUMBER, STRING))) for name in self.chance.choice((("x",), ("x",), ("x", "y")))
        ]
        found: list[Term] = []
        for _, kind in names:
            if kind == NUMBER and self.chance.random() < 0.3:
                found.append(Term(self.chance.choice(("1..3", "3..1", "-1..1", "[1..4)")), "steps"))
            else:
                found.append(self.list_of(kind, depth))
        return found, names

    def within(self, names: list[tuple[str, str]], kind: str, depth: int) -> Term:
        self.bound += names
        body = self.of(kind, depth)
        del self.bound[-len(names) :]
        return body

    def filtered(self, kind: str, depth: int) -> Term:
        wanted = self.chance.choice((NUMBER, STRING))
        items = self.list_of(wanted, depth)
        condition = self.within([("item", wanted)], BOOLEAN, depth)
        return Term(f"{items.text}[{condition.text}]", "filter", (items, condition), items.free)

    def keyed(self, kind: str, depth: int) -> Term:
        """A filter that names keys of the items."""
        condition = self.within([("qty", NUMBER), ("price", NUMBER), ("sku", STRING)], BOOLEAN, depth)
        return Term(f"order.items[{condition.text}]", "filter", (condition,), True)

    def mapped(self, kind: str, depth: int) -> Term:
        rows = [self.context(CONTEXT_, depth) for _ in range(self.chance.randrange(1, 3))]
        text = f"[{', '.join(row.text for row in rows)}].{self.chance.choice(('a', 'long key'))}"
        return self.made("path", text, *rows)

    # Unary tests

    def tests(self, kind: str) -> Term:
        if self.chance.random() < 0.05:
            return Term("-", "tests")
        parts = [self.unary(kind) for _ in range(self.chance.choice((1, 1, 2, 3)))]
        text = ", ".join(part.text for part in parts)
        if self.chance.random() < 0.2:
            return self.made("not", f"not({text})", *parts)
        return self.made("tests", text, *parts)

    def unary(self, kind: str) -> Term:
        if self.chance.random() < 0.25:
            body = self.within([("?", kind)], BOOLEAN, 2)
            return Term(body.text, "own", (body,), False)
        return self.test(kind)


Maker = Callable[[Terms, str, int], Term]
_ARITHMETIC: dict[str, tuple[str, ...]] = {
    NUMBER: ("number|+|number", "number|-|number", "number|*|number", "number|/|number", "number|**|number",
             "days|/|days", "months|/|months"),
    STRING: ("string|+|string",),
    DATE: ("date|+|days", "date|-|days", "date|+|months", "date|-|months", "days|+|date"),
    TIME: ("time|+|days", "time|-|days", "days|+|time"),
    MOMENT: ("date and time|+|days", "date and time|-|months", "months|+|date and time", "date and time|+|months"),
    DAYS: ("days|+|days", "days|-|days", "date|-|date", "date and time|-|date and time", "time|-|time",
           "days|*|number", "number|*|days", "days|/|number"),
    MONTHS: ("months|+|months", "months|-|months", "months|*|number", "months|/|number"),
}  # fmt: skip
_ANY: tuple[Maker, ...] = (Terms.choice, Terms.item, Terms.entry)
_MAKERS: dict[str, tuple[Maker, ...]] = {
    NUMBER: (Terms.arithmetic, Terms.arithmetic, Terms.chain, Terms.negation, Terms.property),
    STRING: (Terms.arithmetic,),
    BOOLEAN: (
        *(Terms.comparison, Terms.comparison, Terms.junction, Terms.between, Terms.inside),
        *(Terms.instance, Terms.quantified),
    ),
    DATE: (Terms.arithmetic,),
    TIME: (Terms.arithmetic,),
    MOMENT: (Terms.arithmetic,),
    DAYS: (Terms.arithmetic, Terms.negation),
    MONTHS: (Terms.arithmetic, Terms.negation),
    LIST: (Terms.items, Terms.loop, Terms.filtered, Terms.keyed, Terms.mapped),
    CONTEXT_: (Terms.context,),
    RANGE: (Terms.range,),
}
INPUTS: dict[str, tuple[Any, ...]] = {
    NUMBER: (0, 2, 7.5, -1, None),
    STRING: ("a", "abc", "", None),
    BOOLEAN: (True, None),
}


@dataclass(frozen=True)
class Question:
    """An expression, or unary tests of an input."""

    term: Term
    is_test: bool = False
    input: Any = None


def questions(seed: int, count: int) -> list[Question]:
    """So many different texts."""
    terms = Terms(random.Random(seed))
    found: dict[tuple[str, bool, str], Question] = {}
    while len(found) < count:
        if terms.chance.random() < 0.15:
            kind = terms.chance.choice(tuple(INPUTS))
            question = Question(terms.tests(kind), True, terms.chance.choice(INPUTS[kind]))
        else:
            question = Question(terms.any(terms.chance.choice(DEPTHS)))
        found[question.term.text, question.is_test, repr(question.input)] = question
    return list(found.values())
