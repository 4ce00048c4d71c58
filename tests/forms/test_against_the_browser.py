"""The server's check and form-js give the same verdict, for the rules that both check."""

from __future__ import annotations

import random
from typing import Any

from tests.forms.browser import run

from stellwerk.errors import InvalidInput
from stellwerk.forms import check, validate_schema

CASES = 3_000
LETTERS = [
    "a",
    "b",
    "Z",
    "0",
    "9",
    " ",
    "\t",
    "\n",
    "é",
    "ß",
    "😀",
    "\xa0",
    "\u2028",
    "\ufeff",
    "-",
    ".",
    "@",
    "+",
    "١",
]
PATTERNS = [
    "^[a-z]+$", r"\d", r"^\w*$", r"\s", r"^\S+$", ".", "^.$", "^..$", r"^.{3,}$", "[^a]", "(?:a|b)+", r"^\x41|\u00e9",
    r"\bZ", r"[\s-]", "^[A-Z]{2}|9$", r"\.", "a.b", "^$", r"[\d@]+\+?", "(?<x>b)", r"\D", r"\W", "[[a]]", r"^\/", "😀",
]  # fmt: skip
NUMBERS = [0, 1, -1, 2, 0.1, 0.2, 0.3, 0.30000000000000004, 1.5, 2.25, 1e-7, 1e20, 100, 99.99, -0.5, 12345678901.5]


def text(chance: random.Random) -> str:
    words = ["", "", "name@example.org", "a@b", "@", "a@-b.c", "AB", "x" * 12]
    return chance.choice(words) if chance.random() < 0.3 else "".join(chance.choices(LETTERS, k=chance.randrange(7)))


def text_case(chance: random.Random) -> tuple[dict[str, Any], Any]:
    rules = {
        "required": chance.choice([True, False]),
        "minLength": chance.randrange(5),
        "maxLength": chance.randrange(8),
        "pattern": chance.choice(PATTERNS),
        "validationType": "email",
    }
    return {"type": chance.choice(["textfield", "textarea"]), "validate": some(chance, rules)}, text(chance)


def number_case(chance: random.Random) -> tuple[dict[str, Any], Any]:
    limits = ["0", "0.3", 0, 1, -0.5, 1.5, 1e20]
    rules = {"required": chance.choice([True, False]), "min": chance.choice(limits), "max": chance.choice(limits)}
    more = {"decimalDigits": chance.randrange(4), "increment": chance.choice([0.1, 0.25, 1, "0.5", 3])}
    as_text = chance.random() < 0.3
    value: Any = None if chance.random() < 0.1 else chance.choice(NUMBERS)
    if as_text and value is not None:
        value = repr(value)
    return {
        "type": "number",
        "serializeToString": as_text,
        "validate": some(chance, rules),
        **some(chance, more),
    }, value


def checkbox_case(chance: random.Random) -> tuple[dict[str, Any], Any]:
    return {"type": "checkbox", "validate": {"required": chance.choice([True, False])}}, chance.choice([True, False])


def choice_case(chance: random.Random) -> tuple[dict[str, Any], Any]:
    values = [{"label": "A", "value": "a"}, {"label": "Two", "value": 2}]
    component = {"type": chance.choice(["select", "radio"]), "values": values}
    return {**component, "validate": {"required": chance.choice([True, False])}}, chance.choice([None, "a", 2])


def date_case(chance: random.Random) -> tuple[dict[str, Any], Any]:
    component = {"type": "datetime", "subtype": "date", "dateLabel": "Day"}
    return {**component, "validate": {"required": chance.choice([True, False])}}, chance.choice([None, "2026-02-28"])


def some(chance: random.Random, rules: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in rules.items() if chance.random() < 0.35}


def server_verdict(case: dict[str, Any]) -> list[str]:
    try:
        check({"components": [case["component"]]}, {"x": case["value"]})
    except InvalidInput as error:
        return [e.rule for e in error.errors]
    return []


def test_the_verdicts_are_the_same() -> None:
    chance = random.Random(20261122)
    makers = [text_case, text_case, number_case, number_case, checkbox_case, choice_case, date_case]
    cases = []
    while len(cases) < CASES:
        component, value = chance.choice(makers)(chance)
        cases.append({"component": {"key": "x", "label": "X", **component}, "value": value})
    assert not [p for case in cases for p in validate_schema({"components": [case["component"]]})]
    theirs = run("form-verdicts.mjs", cases)
    ours = [server_verdict(case) for case in cases]
    different = [(c, t, o) for c, t, o in zip(cases, theirs, ours, strict=True) if bool(t) != bool(o)]
    assert different == []
    assert CASES * 0.2 < sum(map(bool, ours)) < CASES * 0.8  # both verdicts are exercised
