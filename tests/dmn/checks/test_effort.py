"""Large tables: the steps of the checks are counted, and bounded."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from tests.dmn.checks.support import Row, loaded, table

from stellwerk import dmn
from stellwerk.dmn.bits import members
from stellwerk.dmn.checks import check_tables
from stellwerk.dmn.checks.looked import MOST_STEPS, Looked
from stellwerk.dmn.checks.registry import RULES, check
from stellwerk.dmn.checks.space import Effort, Purse, Space, TooMuch, bits_of, runs

TYPES = {"a": "number", "b": "string", "c": "boolean", "e": "number", "f": "string", "g": "number"}


def many(count: int) -> list[Row]:
    """Rules of six columns that meet here and there, with gaps."""
    rng = random.Random(1)

    def cells() -> list[str]:
        low = rng.randrange(100_000)
        return [
            f"[{low}..{low + rng.randrange(2_000)}]",
            rng.choice(["-", *(f'"c{at}"' for at in range(9))]),
            rng.choice(["true", "false", "-"]),
            rng.choice(["-", f"> {rng.randrange(1_000)}"]),
            f'not("x{rng.randrange(9)}")',
            str(rng.randrange(300)),
        ]

    return [(cells(), [str(number)]) for number in range(count)]


def looked(model: dmn.Model, policy: str, most: int = MOST_STEPS) -> Looked:
    found = model.tables[0]
    return Looked(replace(found, written=replace(found.written, hit_policy=policy)), model, most)


def model_of(rows: list[Row]) -> dmn.Model:
    (model,) = loaded(table(TYPES, rows), **TYPES).models.values()
    return model


@pytest.fixture(scope="module")
def models() -> list[dmn.Model]:
    """2,500 rules, and 5,000."""
    rows = many(5_000)
    return [model_of(rows[:2_500]), model_of(rows)]


def spent(model: dmn.Model, policy: str, rule: str) -> int:
    at = looked(model, policy)
    list(RULES[rule].find(at))
    return at.effort.spent


@pytest.mark.parametrize(("policy", "rule"), [("UNIQUE", "dmn-overlap"), ("FIRST", "dmn-masked"), ("FIRST", "dmn-gap")])
def test_the_steps_for_5000_rules_of_six_columns_grow_with_the_rules(
    models: list[dmn.Model], policy: str, rule: str
) -> None:
    few, all_of_them = (spent(model, policy, rule) for model in models)
    assert 0 < few < all_of_them < 100 * 5_000
    assert all_of_them < 3 * few


def test_what_takes_too_many_steps_is_said_and_the_rest_is_checked() -> None:
    found = check(looked(model_of(many(200)), "UNIQUE", 500))
    assert {(each.rule, each.severity) for each in found} >= {("dmn-table-too-large", "info")}
    complete = check(looked(model_of(many(200)), "UNIQUE"))
    assert {each.rule for each in complete} == {"dmn-gap"}


def test_the_tables_of_a_file_share_what_they_may_take(monkeypatch: pytest.MonkeyPatch) -> None:
    model = model_of(many(200))
    monkeypatch.setattr("stellwerk.dmn.checks.MOST_OF_FILE", 500)
    found = check_tables(model)
    assert [(each.rule, each.severity) for each in found] == [("dmn-table-too-large", "info")] * 2
    assert found[-1].message.startswith("The tables of the file are too large")
    purse = Purse(500)
    first = Looked(model.tables[0], model, purse=purse)
    check(first)
    spent_before, left = first.effort.spent, purse.left
    assert left < 0
    second = Looked(model.tables[0], model, purse=purse)
    assert check(second) == []
    assert (second.effort.spent, purse.left) == (0, left)
    assert spent_before < 1_000


def test_cells_that_are_too_large_to_lay_out_are_laid_out_once() -> None:
    cells = ",".join(str(2 * at) for at in range(2_000))
    model = model_of([([f"not({cells}, {at})", "-", "-", "-", "-", "-"], ["1"]) for at in range(20)])
    at = looked(model, "UNIQUE", 5_000)
    assert {each.rule for each in check(at)} == {"dmn-table-too-large"}
    assert at.effort.spent < 2 * 5_000 + 2_000 * len("1998,")


def test_many_columns_do_not_nest() -> None:
    types = {f"x{at}": "boolean" for at in range(400)}
    rows = [(["true"] * 400, ["1"]), (["-"] * 399 + ["false"], ["2"])]
    found = check_tables(loaded(table(types, rows), **types))
    assert {each.rule for each in found} == {"dmn-gap"}


def test_a_space_that_is_hard_to_cover_ends() -> None:
    """Every box leaves one point of its columns: without a bound the search is exponential."""
    rng = random.Random(2)
    boxes = [tuple(rng.choice([1, 2, 3]) for _ in range(24)) for _ in range(400)]
    space = Space((3,) * 24, boxes, Effort(20_000))
    try:
        found = space.uncovered(space.full, bits_of(0, 400))
    except TooMuch:
        assert space.effort.spent >= 20_000
    else:
        assert found is not None
        assert not any(all(side & own for side, own in zip(box, found, strict=True)) for box in boxes)


@pytest.mark.parametrize("bits", [0, 1, 0b1011, 0b1100, 1 << 200 | 5, (1 << 100) - 1, ((1 << 90) - 1) << 7 | 1])
def test_bits_are_taken_apart(bits: int) -> None:
    assert sum(1 << at for at in members(bits)) == bits
    assert list(members(bits)) == sorted(members(bits))
    assert sum(bits_of(*run) for run in runs(bits)) == bits
