"""Our values beside those of feelin, the FEEL of bpmn.io's editors: each difference is listed with its clause."""

from __future__ import annotations

import os
import shutil
from collections import Counter

import pytest

from .differential.compared import STATIC, Comparison, Leaf
from .differential.differences import DIFFERENCES, Difference
from .differential.terms import questions

SEED, EXPRESSIONS = 20300131, 20_000


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    node = shutil.which("node")
    if node is None or not (STATIC / "node_modules/@bpmn-io/feelin").exists():
        reason = "Node or the browser packages are missing (make setup)."
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return Comparison(questions(SEED, EXPRESSIONS), node)


def entry_of(leaf: Leaf) -> Difference | None:
    """The first that explains the part itself, else the first that speaks of something inside of it."""
    own = next((each for each in DIFFERENCES if each.explains(leaf)), None)
    return own or next((each for each in DIFFERENCES if each.is_inside(leaf)), None)


def test_every_difference_is_listed_and_every_entry_is_needed(comparison: Comparison) -> None:
    used: Counter[str] = Counter()
    unlisted: list[str] = []
    for question in comparison.asked:
        entries = {leaf: entry_of(leaf) for leaf in comparison.leaves(question).values()}
        used.update({entry.id for entry in entries.values() if entry is not None})
        unlisted += [f"{leaf.head}: {leaf}" for leaf, entry in entries.items() if entry is None]
    print(summary(comparison, used))
    assert not unlisted, f"{len(unlisted)} differences have no entry: " + "\n".join(unlisted[:10])
    assert not {each.id for each in DIFFERENCES} - used.keys()


def summary(comparison: Comparison, used: Counter[str]) -> str:
    differ = sum(map(comparison.differs, comparison.asked))
    lines = [f"{len(comparison.asked) - differ} agree, {differ} differ:"]
    return "\n".join(lines + [f"{count:5} {name}" for name, count in used.most_common()])


def test_the_list_is_in_good_order() -> None:
    assert len({each.id for each in DIFFERENCES}) == len(DIFFERENCES)
    for each in DIFFERENCES:
        assert each.clause[:3] == "10.", each.id
        assert each.reason.endswith("."), each.id


def test_most_expressions_agree(comparison: Comparison) -> None:
    """The generator makes mostly what has a value, and of every kind."""
    assert len(comparison.asked) == EXPRESSIONS
    assert sum(map(comparison.differs, comparison.asked)) < EXPRESSIONS / 2
