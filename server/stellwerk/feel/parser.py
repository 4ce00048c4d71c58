"""Tokens -> tree (10.3.1.2). The precedence is that of the additional syntax rules.

Operators in a row are read by loops, so that only brackets and the bodies of `if`, `for`, `some`, `every` and
`function` nest, at most MOST_NESTED deep.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from . import hints, names, nodes, type_parser
from .errors import FeelSyntaxError
from .lexer import AT, END, NAME, NUMBER, OPERATOR, STRING, Token, tokens_of
from .names import STOPS, NameTable
from .nodes import Node
from .numbers import number_of
from .properties import MEMBER_NAMES
from .temporal_text import temporal_of
from .types import ANY, Type

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_NESTED = 60
LONGEST_TEXT = 100_000
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
_OPENING = {")": "(", "]": "[", "}": "{"}
_SYMBOLS = frozenset({"+", "-", "*", "**", "/", ".", "'", "’"})  # of names (rule 30)
_CONSTANTS = {"true": True, "false": False, "null": None}
_RESERVED = STOPS | {"for", "return", "if", "some", "every", "satisfies", "function", "true", "false", "null"}


class Parser:
    """Reads one text. `known` are variables that it may name; `types` names of types beyond the built-in ones."""

    def __init__(self, text: str, known: names.Names, built_in: NameTable, types: Mapping[str, Type]) -> None:
        if len(text) > LONGEST_TEXT:
            raise FeelSyntaxError(f"The expression has more than {LONGEST_TEXT} characters", text, LONGEST_TEXT)
        self.text = text
        self.tokens = tokens_of(text)
        self.at = 0
        self.types = types
        variables, inside = names.tables_of(known)
        self.scopes = [built_in, variables]
        self.members = NameTable(MEMBER_NAMES)  # and the keys of this text: `inside` may serve other texts too
        self.inside = inside
        self.filters = 0
        self.nested = 0

    # What follows

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def is_next(self, *texts: str) -> bool:
        token = self.tokens[self.at]
        return token.kind in (OPERATOR, NAME) and token.text in texts

    def accept(self, text: str) -> bool:
        found = self.is_next(text)
        self.at += found
        return found

    def expect(self, text: str, why: str = "") -> Token:
        token = self.token
        if not self.accept(text):
            raise self.unexpected(f"`{text}`" + (f" {why}" if why else ""))
        return token

    def unexpected(self, expected: str) -> FeelSyntaxError:
        token = self.token
        problem = "The expression ends too early" if token.kind == END else f"`{_shown(token.text)}` cannot stand here"
        return FeelSyntaxError(problem, self.text, token.start, expected=expected, hint=self._hint(token, expected))

    def _hint(self, token: Token, expected: str) -> str:
        if token.kind == END:
            return self._ends_too_early(expected)
        found = hints.of_place(self.text, token.start)
        if not found and token.text in (")", "]", "}"):
            return f"No bracket that `{token.text}` could close is open here."
        return found or (f"`{token.text}` is a word of the language." if token.text in _RESERVED else "")

    def _ends_too_early(self, expected: str) -> str:
        """The innermost bracket that is open, or what is missing."""
        waiting: list[Token] = []
        for token in self.tokens:
            if token.kind == OPERATOR and token.text in ("(", "[", "{"):
                waiting.append(token)
            elif token.kind == OPERATOR and waiting and _OPENING.get(token.text) == waiting[-1].text:
                waiting.pop()
        if waiting:
            return f"The `{waiting[-1].text}` at character {waiting[-1].start + 1} is not closed."
        if "`else`" in expected:
            return "Every `if` has an `else`: write `else null` where nothing is wanted."
        return "" if self.at else "An expression is missing."

    def deeper(self) -> None:
        self.nested += 1
        if self.nested > MOST_NESTED:
            problem = f"The expression is nested more than {MOST_NESTED} deep"
            hint = "Give a part of it a name of its own."
            raise FeelSyntaxError(problem, self.text, self.token.start, hint=hint)

    @contextmanager
    def scope(self, *known: str) -> Iterator[NameTable]:
        table = NameTable(known)
        self.scopes.append(table)
        yield table
        self.scopes.pop()

    # Entries

    def whole_expression(self) -> Node:
        found = self.test()
        if self.token.kind != END:
            raise self.unexpected("an operator or the end")
        return found

    def whole_tests(self) -> tuple[tuple[Node, ...], bool]:
        """Rule 15: the tests, none for `-`, and whether `not(...)` stands around them."""
        kinds = [token.text for token in self.tokens]
        if kinds in ([""], ["-", ""]):
            return (), False
        if kinds[:2] == ["not", "("] and kinds[-2] == ")":
            negated = self._negated()
            if negated is not None:
                return negated, True
        tests = self._tests()
        if self.token.kind != END:
            raise self.unexpected("a comma or the end")
        return tests, False

    def _negated(self) -> tuple[Node, ...] | None:
        """What stands in the brackets of `not`; None if they end before the text does, as in `not(a) and (b)`.

        Brackets alone do not say it: those of `not([1..5), > 9)` are not in pairs.
        """
        self.at = 2
        tests = self._tests()
        if self.accept(")") and self.token.kind == END:
            return tests
        self.at = 0
        return None

    def _tests(self) -> tuple[Node, ...]:
        tests = [self.test()]
        while self.accept(","):
            tests.append(self.test())
        return tuple(tests)

    def expression(self) -> Node:
        """Rule 1."""
        self.deeper()
        found = self._chain("or", lambda: self._chain("and", self.comparison))
        self.nested -= 1
        return found

    def _chain(self, word: str, operand: Callable[[], Node]) -> Node:
        """Rules 47 and 48."""
        first = operand()
        if not self.is_next(word):
            return first
        found = [first]
        while self.accept(word):
            found.append(operand())
        return nodes.Junction(first.start, self.end, word, tuple(found))

    @property
    def end(self) -> int:
        return self.tokens[self.at - 1].end

    # Comparison: rules 49 and 51

    def comparison(self) -> Node:
        left = self.additive()
        count = 0
        while True:
            following = self._compared(left)
            if following is None:
                self.nested -= count
                return left
            left = following
            count += 1
            self.deeper()

    def _compared(self, left: Node) -> Node | None:
        token = self.token
        if token.kind == OPERATOR and token.text in COMPARISONS:
            self.at += 1
            right = self.additive()
            return nodes.Comparison(left.start, self.end, token.text, left, right)
        if token.kind != NAME:
            return None
        if token.text == "between":
            self.at += 1
            low = self.additive()
            self.expect("and", "of `between ... and ...`")
            high = self.additive()
            return nodes.Between(left.start, self.end, left, low, high)
        if token.text == "in":
            self.at += 1
            tests = self.tests_of_in()
            return nodes.In(left.start, self.end, left, tests)
        return None

    def tests_of_in(self) -> tuple[Node, ...]:
        """One test, or several in brackets."""
        if not self.is_next("("):
            return (self.test(self.additive),)
        opening = self.token
        self.at += 1
        first = self.test()
        if self.is_next(".."):
            return (self._continued(self._interval(opening, first)),)
        tests = [first]
        while self.accept(","):
            tests.append(self.test())
        self.expect(")", "of the tests")
        if len(tests) == 1 and not isinstance(first, nodes.HalfOpen):
            return (self._continued(first),)
        return tuple(tests)

    def _continued(self, first: Node) -> Node:
        """An expression that begins with what stands in brackets."""
        return self.additive(self.postfix(first))

    def test(self, otherwise: Callable[[], Node] | None = None) -> Node:
        """Rules 7a (also with `=` and `!=`) and 13. Without brackets around it a test ends before `and`."""
        token = self.token
        if token.kind == OPERATOR and token.text in COMPARISONS:
            self.at += 1
            point = self.additive()
            return nodes.HalfOpen(token.start, self.end, token.text, point)
        return self.expression() if otherwise is None else otherwise()

    # Arithmetic: rules 19 to 24

    def additive(self, first: Node | None = None) -> Node:
        return self._operators(("+", "-"), self.multiplicative, self.multiplicative(first))

    def multiplicative(self, first: Node | None = None) -> Node:
        return self._operators(("*", "/"), self.power, self.power(first))

    def power(self, first: Node | None = None) -> Node:
        return self._operators(("**",), self.negation, self.negation() if first is None else first)

    def _operators(self, operators: tuple[str, ...], operand: Callable[[], Node], first: Node) -> Node:
        rest: list[tuple[str, Node]] = []
        while self.token.kind == OPERATOR and self.token.text in operators:
            operator = self.token.text
            self.at += 1
            rest.append((operator, operand()))
        return nodes.Arithmetic(first.start, self.end, first, tuple(rest)) if rest else first

    def negation(self) -> Node:
        """Rule 24 binds stronger than `**`; directly before digits it belongs to the number (rule 35)."""
        start, times = self.token.start, 0
        while self.is_next("-"):
            self.at += 1
            times += 1
        if times and self.token.kind == NUMBER:
            number = self.number(negative=True)
            times -= 1
            operand = self.instance_of(self.postfix(number))
        else:
            operand = self.instance_of(self.postfix(self.primary()))
        return nodes.Negation(start, self.end, operand, times) if times else operand

    def instance_of(self, operand: Node) -> Node:
        count = 0
        while self.accept("instance"):
            self.expect("of", "of `instance of`")
            start = self.token.start
            found = type_parser.type_of(self)
            written = self.text[start : self.end]
            operand = nodes.InstanceOf(operand.start, self.end, operand, found, written)
            count += 1
            self.deeper()
        self.nested -= count
        return operand

    # What follows a value: rules 38, 43 and 50

    def postfix(self, first: Node) -> Node:
        steps: list[nodes.Step] = []
        while self.token.kind == OPERATOR:
            token = self.token
            if token.text == ".":
                self.at += 1
                steps.append(nodes.Member(self.member(), token.start))
            elif token.text == "(":
                steps.append(self._call())
            elif token.text == "[" and self._begins_value(self.at + 1):
                steps.append(self._filter())
            else:
                break
        return nodes.Path(first.start, self.end, first, tuple(steps)) if steps else first

    def _begins_value(self, at: int) -> bool:
        """A `[` that no value follows is the end of an interval such as `[1..10[`."""
        token = self.tokens[at]
        if token.kind in (NUMBER, STRING, AT):
            return True
        if token.kind == NAME:
            return token.text not in STOPS
        return token.text in ("(", "[", "-", "{")

    def member(self) -> str:
        """Rule 43: the name behind a point."""
        if self.token.kind != NAME:
            raise self.unexpected("a name behind the point")
        return self._longest([self.inside, self.members])

    def _filter(self) -> nodes.Filter:
        start = self.token.start
        self.at += 1
        self.filters += 1
        before = self.at
        with self.scope("item"):
            condition = self.expression()
        self.filters -= 1
        weight = self.at - before
        self.expect("]", "of the filter")
        return nodes.Filter(condition, weight, start)

    def _call(self) -> nodes.Call:
        start = self.token.start
        self.at += 1
        arguments: list[Node] = []
        given: list[str] = []
        if not self.is_next(")"):
            named = self._colon_follows()
            while True:
                if named:
                    given.append(self.name_until(":", "the name of a parameter"))
                    self.expect(":", "behind the name of a parameter")
                arguments.append(self.test())
                if not self.accept(","):
                    break
        self.expect(")", "of the arguments")
        return nodes.Call(tuple(arguments), tuple(given) if given else None, start)

    def _colon_follows(self) -> bool:
        """Do the next tokens make a name and a colon?"""
        at = self.at
        if self.tokens[at].kind != NAME:
            return False
        while self.tokens[at].kind in (NAME, NUMBER) or self.tokens[at].text in _SYMBOLS:
            at += 1
        return self.tokens[at].text == ":"

    # Names

    def name_until(self, stop: str, what: str) -> str:
        """All tokens before this one are the name (rule 25), as they stand, white space as one space."""
        first = self.at
        if self.token.kind != NAME:
            raise self.unexpected(what)
        while not self.is_next(stop, ",", ")", "}", ":") and self.token.kind != END:
            if self.token.kind not in (NAME, NUMBER) and self.token.text not in _SYMBOLS:
                raise self.unexpected(f"{what} and `{stop}`")
            self.at += 1
        return " ".join(self.text[self.tokens[first].start : self.end].split())

    def _longest(self, tables: list[NameTable]) -> str:
        """The longest known name, else all words that follow each other."""
        length, found = 0, ""
        for table in tables:
            candidate = table.longest(self.tokens, self.at)
            if candidate[0] >= length and candidate[0]:
                length, found = candidate
        words, unknown = names.joined(self.tokens, self.at)
        if words > length:
            length, found = words, unknown
        self.at += length
        return found

    def name(self) -> nodes.Name:
        start = self.token.start
        tables = [*self.scopes, self.inside, self.members] if self.filters else self.scopes
        found = self._longest(tables)
        return nodes.Name(start, self.end, found)

    # Values

    def primary(self) -> Node:
        token = self.token
        if token.kind == NAME:
            return self._word(token)
        if token.kind == NUMBER:
            return self.number()
        if token.kind in (STRING, AT):
            self.at += 1
            return self._text(token)
        found = _BRACKETS.get(token.text) if token.kind == OPERATOR else None
        if found is None:
            raise self.unexpected("a value")
        return found(self)

    def _text(self, token: Token) -> Node:
        if token.kind == STRING:
            return nodes.Literal(token.start, token.end, token.value)
        value = temporal_of(token.value)
        if value is None:
            return nodes.Undefined(token.start, token.end, "The text is no date, time or duration")
        return nodes.Literal(token.start, token.end, value)

    def number(self, *, negative: bool = False) -> Node:
        token = self.token
        self.at += 1
        try:
            value = number_of(token.text)
        except ArithmeticError:
            problem = "The number has more digits or a larger exponent than FEEL can hold"
            raise FeelSyntaxError(problem, self.text, token.start) from None
        return nodes.Literal(token.start, token.end, -value if negative and value else value)

    def _word(self, token: Token) -> Node:
        if token.text in _CONSTANTS:
            self.at += 1
            return nodes.Literal(token.start, token.end, _CONSTANTS[token.text])
        special = _WORDS.get(token.text)
        if special is not None:
            self.at += 1
            return special(self, token)
        if token.text in _RESERVED:
            raise self.unexpected("a value")
        return self.name()

    def _if(self, token: Token) -> Node:
        """Rule 45. `else if` goes on in the same node."""
        branches: list[tuple[Node, Node]] = []
        while True:
            condition = self.expression()
            self.expect("then", "of `if`")
            branches.append((condition, self.expression()))
            self.expect("else", "of `if`")
            if not self.accept("if"):
                break
        otherwise = self.expression()
        return nodes.If(token.start, self.end, tuple(branches), otherwise)

    def _for(self, token: Token) -> Node:
        """Rule 44. `partial` are the results so far."""
        with self.scope("partial") as table:
            iterators = self._iterators(table, "return")
            before = self.at
            body = self.expression()
        return nodes.For(token.start, self.end, iterators, body, self.at - before)

    def _quantified(self, token: Token) -> Node:
        """Rule 46."""
        with self.scope() as table:
            iterators = self._iterators(table, "satisfies")
            before = self.at
            body = self.expression()
        return nodes.Quantified(token.start, self.end, token.text, iterators, body, self.at - before)

    def _iterators(self, table: NameTable, stop: str) -> tuple[nodes.Iterator, ...]:
        found: list[nodes.Iterator] = []
        while True:
            name = self.name_until("in", "the name of a variable")
            self.expect("in", "behind the name")
            values = self.expression()
            end = self.expression() if self.accept("..") else None
            found.append(nodes.Iterator(name, values, end))
            table.add(name)
            if not self.accept(","):
                break
        self.expect(stop)
        return tuple(found)

    def _function(self, token: Token) -> Node:
        """Rules 55 and 56."""
        self.expect("(", "behind `function`")
        parameters: list[tuple[str, Type]] = []
        problem = ""
        while not self.is_next(")"):
            name = self.name_until(",", "the name of a parameter")
            kind: Type | None = ANY
            if self.accept(":"):
                kind = type_parser.type_of(self)
            if kind is None:
                problem = f"There is no such type as that of `{_shown(name)}`, or its parameters are missing"
            parameters.append((name, kind or ANY))
            if not self.accept(","):
                break
        self.expect(")", "of the parameters")
        external = self.accept("external")
        before = self.at
        with self.scope(*(name for name, _ in parameters)):
            body = self.expression()
        if problem:
            return nodes.Undefined(token.start, self.end, problem)
        return nodes.FunctionOf(token.start, self.end, tuple(parameters), body, external, self.at - before)

    # Brackets

    def _round(self) -> Node:
        """`(expression)`, or an interval or a comparison as a value."""
        opening = self.token
        self.at += 1
        first = self.test()
        if self.is_next(".."):
            return self._interval(opening, first)
        self.expect(")")
        return first

    def _square(self) -> Node:
        """A list, or an interval."""
        opening = self.token
        self.at += 1
        items: list[Node] = []
        if not self.is_next("]") or self._opens_interval():
            items.append(self.test())
            if self.is_next(".."):
                return self._interval(opening, items[0])
            while self.accept(","):
                items.append(self.test())
        self.expect("]", "of the list")
        return nodes.ListOf(opening.start, self.end, tuple(items))

    def _opens_interval(self) -> bool:
        """Behind `[]` no value stands, so that `[]1..10], []-1..1]]` are lists of ranges."""
        token, *more = self.tokens[self.at + 1 : self.at + 4]
        if token.text == "-":
            return [each.kind for each in more] == [NUMBER, OPERATOR] and more[1].text == ".."
        return token.kind in (NUMBER, STRING, AT) or (token.kind == NAME and token.text not in STOPS)

    def _open(self) -> Node:
        """`]1..10]`."""
        opening = self.token
        self.at += 1
        return self._interval(opening, self.expression())

    def _interval(self, opening: Token, low: Node) -> Node:
        """Rule 8."""
        self.expect("..", "of the range")
        high = self.expression()
        closing = self.token
        if not self.is_next(")", "]", "["):
            raise self.unexpected("`)`, `]` or `[` at the end of the range")
        self.at += 1
        return nodes.Interval(opening.start, self.end, low, high, opening.text == "[", closing.text == "]")

    def _context(self) -> Node:
        """Rules 57 to 59. An entry sees those before it."""
        opening = self.token
        self.at += 1
        entries: list[tuple[str, Node]] = []
        used: set[str] = set()
        twice = ""
        with self.scope() as table:
            while not self.is_next("}"):
                key = self._key()
                twice = key if key in used else twice
                used.add(key)
                entries.append((key, self.test()))
                table.add(key)
                self.members.add(key)
                if not self.accept(","):
                    break
        self.expect("}", "of the context")
        if len(used) < len(entries):
            return nodes.Undefined(opening.start, self.end, f"The key `{_shown(twice)}` stands twice")
        return nodes.ContextOf(opening.start, self.end, tuple(entries))

    def _key(self) -> str:
        token = self.token
        if token.kind == STRING:
            self.at += 1
            key = token.value
        else:
            key = self.name_until(":", "a name or a text as key")
        self.expect(":", "behind the key")
        return key


def _shown(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


_BRACKETS: dict[str, Callable[[Parser], Node]] = {
    "(": Parser._round,
    "[": Parser._square,
    "]": Parser._open,
    "{": Parser._context,
}
_WORDS: dict[str, Callable[[Parser, Token], Node]] = {
    "if": Parser._if,
    "for": Parser._for,
    "some": Parser._quantified,
    "every": Parser._quantified,
    "function": Parser._function,
}
