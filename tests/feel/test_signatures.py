"""10.3.4: each function takes its arguments by position, and by the names that DMN 1.5 gives to its parameters."""

from __future__ import annotations

import datetime as dt

import pytest

from stellwerk import feel
from stellwerk.feel.builtins import FUNCTIONS
from stellwerk.feel.builtins.registry import Builtin

NOW = dt.datetime(2030, 1, 31, 10, 5, tzinfo=dt.UTC)
# name(parameter: an argument, ...); those of a list of arguments (`...`) have no names of their own.
CALLS = """
date(from: "2030-01-31")
date(year: 2030, month: 1, day: 31)
date and time(from: "2030-01-31T10:00:00")
date and time(date: @"2030-01-31", time: @"10:00:00")
time(from: "10:00:00")
time(hour: 10, minute: 5, second: 1)
time(hour: 10, minute: 5, second: 1, offset: @"PT1H")
number(from: "1.234,5", grouping separator: ".", decimal separator: ",")
string(from: 8)
duration(from: "P8D")
years and months duration(from: @"2029-01-31", to: @"2030-03-31")
range(from: "[18..65)")
not(negand: false)
substring(string: "Stellwerk", start position: 3)
substring(string: "Stellwerk", start position: 3, length: 2)
string length(string: "Stellwerk")
upper case(string: "Stellwerk")
lower case(string: "Stellwerk")
substring before(string: "Stellwerk", match: "werk")
substring after(string: "Stellwerk", match: "Stell")
replace(input: "Stellwerk", pattern: "[a-z]", replacement: "x")
replace(input: "Stellwerk", pattern: "L", replacement: "x", flags: "i")
contains(string: "Stellwerk", match: "ellw")
starts with(string: "Stellwerk", match: "Stell")
ends with(string: "Stellwerk", match: "werk")
matches(input: "Stellwerk", pattern: "^S")
matches(input: "Stellwerk", pattern: "^s", flags: "i")
split(string: "a;b", delimiter: ";")
string join(list: ["a", "b"])
string join(list: ["a", "b"], delimiter: "-")
list contains(list: [7, 8], element: 8)
list replace(list: [7, 8], position: 2, newItem: 9)
list replace(list: [7, 8], match: function(item, newItem) item < newItem, newItem: 8)
count(list: [7, 8])
min(list: [7, 8])
max(list: [7, 8])
sum(list: [7, 8])
mean(list: [7, 8])
all(list: [true])
any(list: [true])
sublist(list: [7, 8, 9], start position: 2)
sublist(list: [7, 8, 9], start position: 2, length: 1)
insert before(list: [7, 8], position: 2, newItem: 9)
remove(list: [7, 8], position: 1)
reverse(list: [7, 8])
index of(list: [7, 8], match: 8)
distinct values(list: [7, 7])
flatten(list: [7, [8]])
product(list: [7, 8])
median(list: [7, 8])
stddev(list: [7, 8])
mode(list: [7, 7, 8])
decimal(n: 7.85, scale: 1)
floor(n: 7.85)
floor(n: 7.85, scale: 1)
ceiling(n: 7.85)
ceiling(n: 7.85, scale: 1)
round up(n: 7.85, scale: 1)
round down(n: 7.85, scale: 1)
round half up(n: 7.85, scale: 1)
round half down(n: 7.85, scale: 1)
abs(n: -7)
modulo(dividend: 17, divisor: 7)
sqrt(number: 49)
log(number: 7)
exp(number: 2)
odd(number: 7)
even(number: 7)
is(value1: @"10:00:00", value2: @"10:00:00")
before(point1: 7, point2: 8)
before(point: 7, range: [8..9])
before(range: [7..8], point: 9)
before(range1: [1..2], range2: [7..8])
after(point1: 8, point2: 7)
after(point: 9, range: [7..8])
after(range: [7..8], point: 2)
after(range1: [7..8], range2: [1..2])
meets(range1: [7..8], range2: [8..9])
met by(range1: [8..9], range2: [7..8])
overlaps(range1: [1..8], range2: [7..9])
overlaps before(range1: [1..8], range2: [7..9])
overlaps after(range1: [7..9], range2: [1..8])
finishes(point: 8, range: [7..8])
finishes(range1: [7..8], range2: [1..8])
finished by(range: [7..8], point: 8)
finished by(range1: [1..8], range2: [7..8])
includes(range: [7..9], point: 8)
includes(range1: [1..9], range2: [7..8])
during(point: 8, range: [7..9])
during(range1: [7..8], range2: [1..9])
starts(point: 7, range: [7..9])
starts(range1: [7..8], range2: [7..9])
started by(range: [7..9], point: 7)
started by(range1: [7..9], range2: [7..8])
coincides(point1: 7, point2: 7)
coincides(range1: [7..9], range2: [7..9])
day of year(date: @"2030-01-31")
day of week(date: @"2030-01-31")
month of year(date: @"2030-01-31")
week of year(date: @"2030-01-31")
sort(list: [8, 7], precedes: function(x, y) x < y)
get value(m: {a: 7}, key: "a")
get entries(m: {a: 7})
context(entries: [{key: "a", value: 7}])
context put(context: {a: 7}, key: "a", value: 8)
context put(context: {a: {b: 7}}, keys: ["a", "b"], value: 8)
context merge(contexts: [{a: 7}, {b: 8}])
now()
today()
""".strip().splitlines()
WITHOUT_NAMES = {"append", "concatenate", "union"}


def by_position(call: str) -> str:
    """Without the names: those of the function's parameters before a colon."""
    function = FUNCTIONS[call.partition("(")[0]]
    assert isinstance(function, Builtin)
    names = {parameter.name for signature in function.signatures for parameter in signature.parameters}
    for name in sorted(names, key=len, reverse=True):
        call = call.replace(f"({name}: ", "(").replace(f", {name}: ", ", ")
    return call


@pytest.mark.parametrize("call", CALLS)
def test_arguments_by_name_and_by_position(call: str) -> None:
    named = feel.parse(call).run({}, now=NOW)
    assert named.value is not None, named.warnings
    assert named.value is not False or call.startswith("even")
    positional = feel.parse(by_position(call)).run({}, now=NOW)
    assert str(positional.value) == str(named.value)
    assert by_position(call) != call or call.endswith("()")


def test_each_function_is_among_them() -> None:
    assert {call.partition("(")[0] for call in CALLS} | WITHOUT_NAMES == set(FUNCTIONS)


@pytest.mark.parametrize("call", CALLS)
def test_an_unknown_name_is_refused(call: str) -> None:
    wrong = call[:-1] + (", " if ": " in call else "") + "surplus: 1)"
    result = feel.parse(wrong).run({}, now=NOW)
    assert result.value is None
    assert "surplus" in result.warnings[0].message or "together" in result.warnings[0].message
