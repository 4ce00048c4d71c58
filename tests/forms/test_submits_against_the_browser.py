"""What form-js would send, the server takes as it is; what form-js refuses, the server refuses at the same fields.

Forms are made by chance (`generated.py`) and filled in form-js itself. Each difference must match an entry of
DIFFERENCES, which says why there is one; an entry that nothing needs is an error too.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.forms.browser import run
from tests.forms.generated import Maker

from stellwerk.engine.values import to_json
from stellwerk.errors import InvalidInput
from stellwerk.forms import check, validate_schema

CASES = 120
IDS = {"rows.s": "rs"}  # where the id of a field is not the last part of its place


@dataclass(frozen=True)
class Verdict:
    """What one side says of one place: "error", "nothing", or its value as JSON."""

    kind: str
    value: Any = None


@dataclass(frozen=True)
class Difference:
    """`pattern` is looked for in the form's components; `kinds` are what form-js and the server say."""

    name: str
    pattern: str
    kinds: set[tuple[str, str]]
    reason: str

    def explains(self, case: dict[str, Any], theirs: Verdict, ours: Verdict) -> bool:
        text = json.dumps(case["schema"])
        return (theirs.kind, ours.kind) in self.kinds and re.search(self.pattern, text) is not None


DIFFERENCES = [
    Difference(
        "a read-only field is not checked",
        r'"readonly": (true|"=)',
        {("error", "value"), ("error", "nothing"), ("error", "accepted"), ("value", "nothing")},
        "The task's own value takes its place, whatever was sent; without one nothing is set.",
    ),
    Difference(
        "what became read-only must have kept its value",
        r'"readonly": "=',
        {("value", "error")},
        "form-js sends what was typed before the field became read-only.",
    ),
    Difference(
        "binary fractions",
        r"n \* 0\.1|n - 0\.1|n \+ 0\.2|n / 3|1 / n|n \* m|n \+ m|sum\(rows|this\.r",
        {("value", "value"), ("value", "nothing"), ("error", "value"), ("value", "error"), ("error", "accepted")},
        "The browser computes with doubles: 3 * 0.1 is not 0.3 there. Here it is.",
    ),
    Difference(
        "a quantifier over null",
        r"(some|every) row in rows satisfies",
        {("value", "nothing"), ("value", "error"), ("error", "nothing"), ("error", "accepted"), ("nothing", "error")},
        "Where a row has no number, `some` and `every` are null in DMN, and false in the browser.",
    ),
    Difference(
        "null in a range",
        r"n in \[1\.\.3\]|n between 1 and 3",
        {("value", "nothing"), ("value", "error"), ("error", "nothing"), ("error", "accepted"), ("nothing", "error")},
        "null lies neither in a range nor outside of it in DMN; for the browser it lies outside.",
    ),
    Difference(
        "a part of a variable",
        r'"path": "g"',
        {("nothing", "value")},
        "What the form does not ask for stays in the variable; form-js sends the fields alone.",
    ),
]


def flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value at its place: `g.k`, `rows[0].r`. What is computed is one value, whatever it is."""
    for key, inner in value.items():
        if key == "g" and isinstance(inner, dict):
            yield from flat({k: v for k, v in inner.items() if k != "id"}, "g.")
        elif key == "rows":
            for at, row in enumerate(inner):
                yield from flat(row or {}, f"rows[{at}].")
        else:
            yield path + key, inner


def errors_of(errors: dict[str, Any]) -> Iterator[str]:
    """The id of each field with an error, in a list with its row: `r[0]`."""
    for id, found in errors.items():
        if found and isinstance(found, list) and isinstance(found[0], str):
            yield id
        else:
            rows = found.items() if isinstance(found, dict) else enumerate(found)
            yield from (f"{id}[{at}]" for at, messages in rows if messages)


def id_of(place: str) -> str:
    row = re.fullmatch(r"rows\[(\d+)\]\.(\w+)", place)
    return f"{IDS.get(f'rows.{row[2]}', row[2])}[{row[1]}]" if row else place.removeprefix("g.")


def as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return float(value) if isinstance(value, Decimal) else to_json(value)


def theirs_of(found: dict[str, Any]) -> dict[str, Verdict]:
    said = {id_of(place): Verdict("value", value) for place, value in flat(found["data"])}
    return said | {id: Verdict("error") for id in errors_of(found["errors"])}


def ours_of(case: dict[str, Any], sent: dict[str, Any]) -> tuple[dict[str, Verdict], bool]:
    """Our verdicts, and whether the form is refused: then we say nothing of the fields that are right."""
    try:
        clean = check(case["schema"], sent, case["data"])
    except InvalidInput as error:
        return {id_of(one.path): Verdict("error") for one in error.errors}, True
    return {id_of(place): Verdict("value", value) for place, value in flat(as_json(clean))}, False


def differences(case: dict[str, Any], found: dict[str, Any]) -> Iterator[tuple[str, Verdict, Verdict]]:
    theirs = theirs_of(found)
    ours, refused = ours_of(case, found["data"])
    for id in sorted({*theirs, *ours}):
        their, our = theirs.get(id, Verdict("nothing")), ours.get(id, Verdict("accepted" if refused else "nothing"))
        if refused and their.kind != "error" and our.kind != "error":
            continue
        if their != our:
            yield id, their, our


def test_what_form_js_sends_is_what_the_server_takes() -> None:
    chance = random.Random(20261123)
    cases = [Maker(chance).case() for _ in range(CASES)]
    assert [one for case in cases for one in validate_schema(case["schema"]) if one.severity == "error"] == []
    results = run("form-submits.mjs", cases)
    needed: set[str] = set()
    unexplained = []
    for case, found in zip(cases, results, strict=True):
        assert "failure" not in found, found
        for id, theirs, ours in differences(case, found):
            reasons = [one.name for one in DIFFERENCES if one.explains(case, theirs, ours)]
            needed.update(reasons[:1])
            if not reasons:
                unexplained.append((id, theirs, ours, case))
    assert unexplained == []
    assert {one.name for one in DIFFERENCES} - needed == set()
    accepted = sum(not found["errors"] for found in results)
    assert CASES * 0.2 < accepted < CASES * 0.9  # both verdicts are exercised
