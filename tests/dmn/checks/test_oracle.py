"""Random tables, and the real evaluation at every elementary point as the judge of what the checks say."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from tests.dmn.checks.support import Row, loaded, point, table

from stellwerk import dmn, feel
from stellwerk.dmn.checks import check_tables

# Of each kind: constants that cells name, and points that tell all sets apart which can be made of them.
POOLS: dict[str, tuple[list[str], list[str]]] = {
    "number": (["1", "2", "3"], ["0", "1", "1.5", "2", "2.5", "3", "4"]),
    "string": (['"a"', '"b"', '"c"'], ['"A"', '"a"', '"aa"', '"b"', '"bb"', '"c"', '"d"']),
    "boolean": (["true", "false"], ["true", "false"]),
    "date": (
        ['date("2024-02-28")', 'date("2024-02-29")', 'date("2024-03-02")'],
        [f'date("2024-{day}")' for day in ("02-27", "02-28", "02-29", "03-01", "03-02", "03-03")],
    ),
    "date and time": (
        ['date and time("2024-01-01T10:00:00Z")', 'date and time("2024-01-01T10:00:00.001Z")'],
        [
            f'date and time("2024-01-01T{time}")'
            for time in ("09:59:59Z", "10:00:00Z", "11:00:00.001+01:00", "10:00:01Z")
        ],
    ),
    "time": (
        ['time("10:00:00")', 'time("10:00:01")'],
        [f'time("{time}")' for time in ("09:00:00", "10:00:00", "10:00:00.5", "10:00:01", "23:00:00")],
    ),
    "days and time duration": (
        ['duration("P1D")', 'duration("P2D")'],
        [f'duration("{text}")' for text in ("-P1D", "P1D", "PT25H", "P2D", "P3D")],
    ),
    "years and months duration": (
        ['duration("P1M")', 'duration("P3M")'],
        [f'duration("{text}")' for text in ("P0M", "P1M", "P2M", "P3M", "P1Y")],
    ),
}
ORDERED = [kind for kind in POOLS if kind != "boolean"]


def test_cell(kind: str, rng: random.Random) -> str:
    """One test of a cell."""
    low, high = sorted(rng.choices(range(len(POOLS[kind][0])), k=2))
    first, last = POOLS[kind][0][low], POOLS[kind][0][high]
    if kind not in ORDERED or rng.random() < 0.35:
        return rng.choice([first, first, f"!= {first}", f"[{first}, {last}]", f"? = {first}", f"not(? = {first})"])
    return rng.choice(
        [
            f"{rng.choice(['<', '<=', '>', '>='])} {first}",
            f"{rng.choice('[(')}{first}..{last}{rng.choice('])')}",
            f"? {rng.choice(['<', '<=', '>', '>=', '!='])} {first}",
            f"? > {first} and ? <= {last}",
            f"? < {first} or ? = {last}",
            f"? between {first} and {last}",
            f"? in ({first}, > {last})",
            f"{last} > ?",
        ]
    )


test_cell.__test__ = False  # type: ignore[attr-defined]


def cell(kind: str, rng: random.Random, names: bool) -> str:
    chance = rng.random()
    if chance < 0.15:
        return "-"
    if chance < 0.2:
        return "null"
    tests = ", ".join(test_cell(kind, rng) for _ in range(rng.choice([1, 1, 1, 2])))
    if names and rng.random() < 0.4:
        tests = rng.choice(["k", f"{tests}, k", "? = k"])
    return f"not({tests})" if rng.random() < 0.2 else tests


@dataclass
class Made:
    """A random table. `matching`: which rules match, counted from 1, at each point that the inputs can have."""

    logic: str
    types: dict[str, str]
    rows: list[Row]
    values: dict[str, str]

    def library(self, policy: str) -> dmn.Library:
        logic = table(self.types, self.rows, policy, values=self.values)
        return loaded(logic, k=next(iter(self.types.values())), **self.types)

    def matches(self, model: dmn.Model, inputs: dict[str, Any]) -> tuple[int, ...] | None:
        """None if the table does not take the inputs."""
        found = model.evaluate("d", inputs)
        (matched,) = found.matched
        if any("not among its input values" in warning.message for warning in found.warnings):
            return None
        return matched.rules

    def points(self) -> Iterator[dict[str, Any]]:
        sides = [[feel.parse(text).run().value for text in [*POOLS[kind][1], "null"]] for kind in self.types.values()]
        for values in itertools.product(*sides):
            yield dict(zip(self.types, values, strict=True))


def made(rng: random.Random, *, names: bool = False) -> Made:
    kinds = rng.choices([*POOLS, "number", "string"], k=rng.choice([1, 2, 2, 2, 3]))
    types = {f"x{at}": kind for at, kind in enumerate(kinds)}
    rows = [([cell(kind, rng, names and not at) for at, kind in enumerate(kinds)], [str(n)]) for n in range(4)]
    values = {
        name: ", ".join(rng.sample(POOLS[kind][0], 2)) if rng.random() < 0.5 else test_cell(kind, rng)
        for name, kind in types.items()
        if rng.random() < 0.2
    }
    return Made("", types, rows[: rng.choice([2, 3, 4, 4])], values)


def found(library: dmn.Library, rule: str) -> list[tuple[str, str]]:
    assert library.problems == ()
    return [(each.element_id or "", each.message) for each in check_tables(library) if each.rule == rule]


def model_of(library: dmn.Library) -> dmn.Model:
    (model,) = library.models.values()
    return model


def example_in(message: str, before: str) -> dict[str, Any]:
    match = re.search(rf"{before} (.*?)\. (?:UNIQUE|The whole|Add)", message)
    assert match
    return point(match[1])


@pytest.mark.parametrize("seed", range(80))
def test_what_is_found_is_what_happens(seed: int) -> None:
    rng = random.Random(seed)
    case = made(rng)
    judge = model_of(case.library("COLLECT"))
    happens = [(inputs, case.matches(judge, inputs)) for inputs in case.points()]
    hits = [rules for _, rules in happens if rules]

    library = case.library("UNIQUE")
    overlaps = found(library, "dmn-overlap")
    assert {element for element, _ in overlaps} == {f"r{other}" for rules in hits for other in rules[1:]}
    for element, message in overlaps:
        rules = case.matches(judge, example_in(message, "both match"))
        assert rules is not None, message
        assert int(element[1:]) in rules[1:], message

    gaps = found(library, "dmn-gap")
    missed = [inputs for inputs, rules in happens if rules == () and None not in inputs.values()]
    assert bool(gaps) == bool(missed), (gaps, missed[:1])
    for _, message in gaps[:5]:
        if message.startswith("No rule"):
            assert case.matches(judge, example_in(message, "No rule matches")) == (), message

    first = case.library("FIRST")
    numbers = range(1, len(case.rows) + 1)
    dead = {f"r{number}c" for number in numbers if not any(number in rules for rules in hits)}
    told = {element[:-1] for element, _ in found(first, "dmn-unreachable")}
    assert told <= dead
    wrong = {element[:-1] for rule in ("dmn-cell-value", "dmn-cell-null") for element, _ in found(first, rule)}
    assert dead <= told | wrong
    masked = {f"r{n}" for n in numbers if f"r{n}c" not in dead and not any(rules[0] == n for rules in hits)}
    assert {element for element, _ in found(first, "dmn-masked")} == masked


@pytest.mark.parametrize("seed", range(30))
def test_where_cells_read_names_nothing_false_is_said(seed: int) -> None:
    rng = random.Random(1000 + seed)
    case = made(rng, names=True)
    judge = model_of(case.library("COLLECT"))
    kind = next(iter(case.types.values()))
    happens = []
    for text in [*POOLS[kind][1], "null"]:
        known = {"k": feel.parse(text).run().value}
        happens.append([(inputs, case.matches(judge, known | inputs)) for inputs in case.points()])

    library, first = case.library("UNIQUE"), case.library("FIRST")
    for hits in happens:
        together = {other for _, rules in hits for other in (rules or ())[1:]}
        assert {int(element[1:]) for element, _ in found(library, "dmn-overlap")} <= together
        if found(library, "dmn-gap"):
            assert any(rules == () for _, rules in hits)
        matched = {number for _, rules in hits for number in rules or ()}
        assert not {int(element[1:-2]) for element, _ in found(first, "dmn-unreachable")} & matched
        winners = {rules[0] for _, rules in hits if rules}
        assert not {int(element[1:]) for element, _ in found(first, "dmn-masked")} & winners
