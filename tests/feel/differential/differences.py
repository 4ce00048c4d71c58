"""Every way in which our values differ from those of feelin 6, the FEEL of bpmn.io's editors, and by which clause.

An entry speaks of the smallest part of an expression that differs: its head (an operator, `call NAME`, `path NAME`,
`if`, ...), the kinds of both values, and what else must hold. A loop, a filter or a test is such a part as a whole: the
entry may then speak of what is inside of it. An entry that nothing needs fails the test, as does a difference without
an entry.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .compared import Leaf, kind_of

Where = Callable[[Leaf], bool]
_TEMPORAL = {"date", "time", "date and time", "days", "months", "mixed"}
_COMPARED = ("<", "<=", ">", ">=")
_ENDS = "call before", "call after", "call meets", "call met by", "call overlaps", "call includes"
_ROUNDING = tuple(
    f"call {name}"
    for name in ("floor", "ceiling", "decimal", "round up", "round down", "round half up", "round half down")
)
_UNFINISHED = (
    "overlaps before",
    "overlaps after",
    "finishes",
    "finished by",
    "during",
    "starts",
    "started by",
    "coincides",
)


def always(leaf: Leaf) -> bool:
    return True


@dataclass(frozen=True)
class Difference:
    """`results`: a pattern of "kind of our value, kind of theirs". `clause` is of DMN 1.5."""

    id: str
    heads: tuple[str, ...]
    results: str
    clause: str
    reason: str
    where: Where = always

    def explains(self, leaf: Leaf) -> bool:
        return self._names(leaf.head) and bool(re.fullmatch(self.results, leaf.results)) and self.where(leaf)

    def is_inside(self, leaf: Leaf) -> bool:
        return any(map(self._names, leaf.inner))

    def _names(self, head: str) -> bool:
        return head in self.heads or "any" in self.heads


def near(ours: Any, theirs: Any) -> bool:
    """The same but for the digits that a binary number of 64 bits does not have."""
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(near, ours, theirs))
    if kind_of(ours) != kind_of(theirs):
        return False
    if isinstance(ours, dict) and "number" in ours:
        return math.isclose(float(ours["number"]), float(theirs["number"]), rel_tol=1e-9, abs_tol=1e-12)
    return bool(ours == theirs)


def nearly(leaf: Leaf) -> bool:
    return near(leaf.ours, leaf.theirs)


def without_number(leaf: Leaf) -> bool:
    """Theirs is NaN or infinite, or has one inside."""
    return "NaN" in str(leaf.theirs) or "Infinity" in str(leaf.theirs)


def has(*kinds: str) -> Where:
    """One of the parts is of such a kind."""
    return lambda leaf: not set(kinds).isdisjoint(leaf.kinds)


def lacks_offset(leaf: Leaf) -> bool:
    """One of two has an offset or zone, the other one none."""
    zoned = [bool(re.search(r"(Z|[+-]\d\d:\d\d|@.*)$", next(iter(value.values())))) for value in leaf.values if value]
    return len(set(zoned)) == 2


def same_items(leaf: Leaf) -> bool:
    return sorted(map(str, leaf.ours)) == sorted(map(str, leaf.theirs))


def parts_of_number(at: int) -> Where:
    """That part is a number that is not whole."""
    return lambda leaf: leaf.kinds[at] == "number" and float(leaf.values[at]["number"]) % 1 != 0


DIFFERENCES: tuple[Difference, ...] = (
    # Numbers
    Difference(
        "binary numbers",
        ("any",),
        ".*",
        "10.3.2.3.1",
        "Numbers have 34 decimal digits here, 53 binary ones there.",
        nearly,
    ),
    Difference(
        "NaN and infinity",
        ("any",),
        ".*",
        "10.3.2.3.1",
        "FEEL has neither; theirs ends at 1.8e308, ours at 1e6144, and beyond it is null.",
        without_number,
    ),
    Difference(
        "modulo of binary numbers",
        ("call modulo",),
        "number, number",
        "10.3.4.5",
        "7 is a multiple of 0.2; theirs divides the binary numbers next to them.",
    ),
    Difference(
        "scale with a fraction",
        _ROUNDING,
        "number, number",
        "10.3.4.5",
        "A scale is a count of digits: its fraction is dropped here, there it is a power of ten.",
        parts_of_number(1),
    ),
    Difference(
        "median in the order of texts",
        ("call median",),
        "number, number",
        "10.3.4.4",
        "Theirs sorts 100 before 2.",
    ),
    Difference(
        "order of mode",
        ("call mode",),
        "list, list",
        "10.3.4.4",
        "The most frequent are in ascending order.",
        same_items,
    ),
    Difference(
        "odd and even of a fraction",
        ("call odd", "call even"),
        "null, false",
        "10.3.4.5",
        "The domain are whole numbers; null is outside of it.",
    ),
    Difference(
        "text that is no number",
        ("call number",),
        "null, number",
        "10.3.4.1",
        "The text is a numeric literal: no exponent, no space around it, not empty.",
    ),
    # Durations
    Difference(
        "durations times numbers",
        ("*", "/", "-"),
        "(days|months), null",
        "10.3.2.15 Tables 57 to 62",
        "Theirs neither multiplies, divides nor negates durations.",
    ),
    Difference(
        "months divided by months",
        ("/",),
        "number, number",
        "10.3.2.15 Table 58",
        "Theirs divides milliseconds, with months of 30 and years of 365 days.",
        has("months"),
    ),
    Difference(
        "milliseconds of dates",
        ("+", "-", "*", "/"),
        "null, (number|mixed|time|date|date and time)",
        "10.3.2.15",
        "Theirs calculates with the milliseconds of any date, time or duration.",
        has(*_TEMPORAL),
    ),
    Difference(
        "functions of durations",
        ("call abs", "call sum", "call max", "call min", "call duration"),
        "(days|months|date and time|date|time), null",
        "10.3.4.1, 10.3.4.4, 10.3.4.5",
        "These take durations, max and min all that can be compared; theirs takes numbers, duration only texts.",
    ),
    Difference(
        "whole months",
        ("call years and months duration",),
        "months, months",
        "10.3.4.1",
        "The result is a years and months duration: theirs has parts of a month.",
    ),
    Difference(
        "months between times",
        ("call years and months duration",),
        "null, months",
        "10.3.4.1",
        "The arguments are dates, or dates and times: a time is none.",
    ),
    Difference(
        "parts of durations",
        tuple(f"path {part}" for part in ("years", "months", "days", "hours", "minutes", "seconds")),
        "number, number",
        "10.3.2.15 Table 66",
        "Parts are those of the normalised duration: P14M has 1 year and 2 months, PT36H 1 day and 12 hours.",
    ),
    # Dates and times
    Difference(
        "date plus hours",
        ("+", "-"),
        "date, date and time",
        "10.3.2.15 Table 57",
        "A date plus a duration is a date.",
    ),
    Difference(
        "no such date",
        ("call date",),
        "null, date",
        "10.3.4.1",
        "A month of 13 or a day of 0 is outside of the domain; theirs counts on, and takes further arguments.",
    ),
    Difference(
        "the year 0",
        ("call date",),
        "date, null",
        "10.3.2.3.4",
        "XML Schema 1.1 has it.",
        lambda leaf: leaf.text.startswith("date(0,"),
    ),
    Difference(
        "arguments of other kinds",
        ("call date", "call date and time"),
        "null, (date|time|date and time)",
        "10.3.4.1",
        "A time is no date, a date no time; theirs has one class for all, and takes further arguments.",
    ),
    Difference(
        "parts in another zone",
        ("call date", "call date and time"),
        "date.*, date.*",
        "10.3.4.1",
        "The date of a date and time is the one that stands in it; theirs is that in UTC or where the machine is.",
    ),
    Difference(
        "no such time",
        ("call time",),
        "null, (time|error)",
        "10.3.4.1",
        "60 minutes or 24 hours are outside of the domain; theirs counts on.",
    ),
    Difference(
        "time with an offset",
        ("call time",),
        "time, error",
        "10.3.4.1",
        "Theirs has no fourth argument.",
    ),
    Difference(
        "parts of a second",
        ("call time", "path second"),
        "(time|number), (time|number)",
        "10.3.4.1",
        "A second may have a fraction; theirs drops it.",
    ),
    Difference(
        "difference without an offset",
        ("-",),
        "null, days",
        "10.3.2.15 Table 57",
        "Subtraction needs an offset on both sides or on none; theirs takes the zone of the machine.",
        lacks_offset,
    ),
    Difference(
        "difference of other kinds",
        ("-",),
        "null, days",
        "10.3.2.15 Table 57",
        "A time cannot be taken from a date; theirs is one on 1900-01-01.",
        has("time"),
    ),
    Difference(
        "order without an offset",
        _COMPARED,
        "(true|false), (true|false)",
        "10.3.2.15 Table 54",
        "The offset of one counts for both where the other has none; theirs takes the zone of the machine.",
        lacks_offset,
    ),
    Difference(
        "offset and zone",
        ("path time offset", "path timezone"),
        "(days|string), null",
        "10.3.2.15 Table 65",
        "Theirs has neither property.",
    ),
    Difference(
        "texts of values",
        ("call string",),
        "string, string",
        "10.3.4.1",
        "Theirs has milliseconds with zeros, durations with months in days, keys in quotes, and `<range>`.",
    ),
    # Ranges
    Difference(
        "ends in the wrong order",
        ("range",),
        "null, range",
        "10.3.2.7",
        "The first end is not after the last one.",
    ),
    Difference(
        "ends of other kinds",
        ("range",),
        "null, error",
        "10.3.2.7",
        "Ends have one type, which has an order.",
    ),
    Difference(
        "a null end",
        ("range",),
        "range, range",
        "10.3.2.7",
        "Brackets stand as they are written; theirs opens that end.",
    ),
    Difference(
        "bracket behind bracket",
        ("any",),
        "[^,]*, error",
        "10.3.1.2 rule 8",
        "Theirs cannot read `[1..2[` before a closing bracket.",
        lambda leaf: leaf.theirs == {"error": "syntax"} and bool(re.search(r"\[[\])]", leaf.text)),
    ),
    Difference(
        "unfinished functions",
        tuple(f"call {name}" for name in _UNFINISHED),
        "(true|false), null",
        "10.3.4.8 Table 78",
        "Theirs has the names of these functions only.",
    ),
    Difference(
        "ends that cannot be compared",
        _ENDS,
        "null, (true|false)",
        "10.3.4.8, 10.3.2.15 Table 54",
        "Values of different kinds, and an end that is not given, make the result null.",
    ),
    Difference(
        "ranges in ranges",
        _ENDS,
        "(true|false), (true|false)",
        "10.3.4.8 Table 78",
        "Theirs takes an open start as a whole number later, and does not look into ranges of one end.",
    ),
    # Comparison
    Difference(
        "order of other kinds",
        _COMPARED,
        "null, (error|true|false)",
        "10.3.2.15 Table 54",
        "Only numbers, texts, and temporal values of one kind have an order; theirs fails or compares milliseconds.",
    ),
    Difference(
        "equality of other kinds",
        ("=", "!="),
        "null, (true|false)",
        "10.3.2.15 Table 53",
        "Values of different kinds, also inside of lists, make the result null.",
    ),
    Difference(
        "is of other kinds",
        ("call is",),
        "false, null",
        "10.3.4.9",
        "Values of different kinds are never the same element of the domain.",
    ),
    Difference(
        "between with ends in the wrong order",
        ("between",),
        "false, true",
        "10.3.2.15 Table 55",
        "`a between b and c` is a >= b and a <= c: nothing lies between 5 and 1.",
    ),
    Difference(
        "between of other kinds",
        ("between",),
        "[^,]*, (error|false)",
        "10.3.2.15 Table 55",
        "A comparison that is not defined is null; theirs fails or is false.",
    ),
    Difference(
        "in of other kinds",
        ("in",),
        "null, (true|false)",
        "10.3.2.15 Table 55",
        "A test that is not defined for the value is null.",
    ),
    Difference(
        "ranges and lists in a list",
        ("in",),
        "(true|false), (true|false)",
        "10.3.2.15 Table 55",
        "A list as a test is satisfied by an item that equals, or by a range that contains the value.",
        has("list"),
    ),
    Difference(
        "types",
        ("instance of",),
        "(true|false), (true|false|error)",
        "10.3.2.15 Table 61",
        "Theirs has no types: `instance of` asks JavaScript.",
    ),
    # Logic
    Difference(
        "if with a condition that is no boolean",
        ("if",),
        ".*",
        "10.3.2.15",
        "Anything but true goes to `else`; theirs takes all but null and false as true.",
        lambda leaf: leaf.kinds[0] not in ("true", "false", "null"),
    ),
    Difference(
        "quantified with null",
        ("some", "every"),
        "null, (true|false)",
        "10.3.2.14",
        "`some` is an `or`, `every` an `and` of three values; theirs takes null as false and numbers as true.",
    ),
    # Texts and lists
    Difference(
        "positions outside of a text",
        ("call substring",),
        "null, string",
        "10.3.4.3",
        "The position is from 1 to the length, or the same from the end, and the length 1 or more.",
    ),
    Difference(
        "code points",
        ("call substring",),
        "string, string",
        "10.3.4.3",
        "Positions from the end count code points; theirs counts halves of pairs.",
    ),
    Difference(
        "patterns that match nothing",
        ("call replace", "call split"),
        "null, (string|list)",
        "10.3.4.3, F&O 5.6.4",
        "An empty match, and a `$` without a number, are errors of XPath.",
    ),
    Difference(
        "replacements",
        ("call replace",),
        "string, string",
        "10.3.4.3, F&O 5.6.4",
        "`\\$` is a dollar, groups are those of XPath.",
    ),
    Difference(
        "groups in a delimiter",
        ("call split",),
        "list, list",
        "10.3.4.3, F&O 5.6.5",
        "The parts are what stands between; theirs puts the groups between them.",
    ),
    Difference(
        "positions outside of a list",
        ("call sublist", "call remove", "call insert before", "call list replace"),
        "null, list",
        "10.3.4.4",
        "The position is from 1 to the length, or the same from the end.",
    ),
    Difference(
        "positions from the end",
        ("call remove", "call insert before", "call list replace"),
        "list, list",
        "10.3.4.4",
        "-1 is the last item; theirs counts differently.",
    ),
    Difference(
        "positions with a fraction",
        ("filter",),
        ".*",
        "10.3.2.5",
        "The fraction is dropped here, there is no such item there.",
        parts_of_number(-1),
    ),
    Difference(
        "missing arguments",
        ("call append", "call concatenate", "call context merge", "call mode"),
        "null, (list|context)",
        "10.3.2.13",
        "The number and the kinds of arguments are those of the parameters.",
    ),
    Difference(
        "union of one",
        ("call union",),
        "list, (error|null)",
        "10.3.4.4",
        "One argument is a list too; theirs takes it as the list of arguments.",
    ),
    Difference(
        "order of what has none",
        ("call sort",),
        "null, (list|error)",
        "10.3.4.10",
        "`precedes` must give true or false.",
    ),
    Difference(
        "places that are no contexts",
        ("call context put",),
        "null, (context|error)",
        "10.3.4.11",
        "All but the last key lead to contexts.",
    ),
    Difference(
        "conditions that call functions",
        ("filter",),
        ".*",
        "10.3.2.5",
        "A filter is evaluated for each item; theirs takes what is no comparison as a position.",
    ),
    # Unary tests
    Difference(
        "tests of other kinds",
        ("tests", "not"),
        "null, (true|false)",
        "10.3.2.4, 10.3.2.15 Table 55",
        "A test that is not defined for the input is null, and so is its negation; theirs is false.",
    ),
    Difference(
        "tests that fail",
        ("tests", "not"),
        "[^,]*, error",
        "10.3.2.15 Table 54",
        "Only numbers, texts, and temporal values of one kind have an order; theirs fails.",
    ),
    Difference(
        "tests that are booleans",
        ("tests", "not"),
        "(true|false), (true|false)",
        "10.3.2.15 Table 55",
        "An expression without `?` is a value that the input equals; theirs is satisfied if it is true.",
    ),
)
