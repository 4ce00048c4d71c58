"""Kill the process at every point of claim, run, finish and commit: each instance ends as its model says."""

from __future__ import annotations

import json
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.acceptance.dying import Fate, Ledger, Point, in_child, live, points, prepare
from tests.installation import DATABASES, database, installation

ASKED = ["start", "a", "split", "b", "nap", "join", "call", "send", "wait", "end"]
ANSWERED = ["asked", "c", "answered"]
CALLED = ["called", "d", "back"]


@pytest.fixture(params=DATABASES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, str]]:
    with database(request.param) as url:
        yield tmp_path, url


def check(folder: Path, url: str, case: str) -> None:
    with installation(folder, url) as home:
        found = {record.key: record for record in home.instances(business_key=case, called=None)}
        assert sorted(found) == ["answer", "ask", "inner"], case
        assert found["inner"].root_id == found["ask"].id, case
        for key, expected in (("ask", ASKED), ("answer", ANSWERED), ("inner", CALLED)):
            record = found[key]
            assert (record.state, record.incident_count) == ("completed", 0), case
            done = [element for element, state in home.trace(record.id) if state == "completed"]
            assert sorted(done) == sorted(expected), case
            assert home.jobs(record.id) == (), case
        for tree in (["ask", "inner"], ["answer"]):
            numbers = sorted(number for key in tree for number in home.history_numbers(found[key].id))
            assert numbers == list(range(1, len(numbers) + 1)), case
        # What a handler returned is there once, whatever happened to the process that ran it.
        assert home.variables(found["ask"].id) == {"done_a": 1, "done_b": 1, "done_d": 1}, case
        sent = home.messages(business_key=case)
        assert [m.state for m in sent] == ["delivered", "delivered"], case
    ours = {str(record.id) for record in found.values()}
    effects = Counter(key for key in Ledger(folder / "ledger").read() if key.split(":")[1] in ours)
    assert sorted(key[0] for key in effects) == ["a", "b", "c", "d"], case
    assert max(effects.values()) <= 2, case  # called again only with the same key


def test_an_instance_survives_a_kill_at_every_point(place: tuple[Path, str]) -> None:
    folder, url = place
    counted = folder / "passed"

    def undisturbed() -> None:
        fate = Fate(None)
        live(folder, url, "undisturbed", fate)
        counted.write_text(json.dumps(fate.passed))

    assert in_child(lambda: prepare(folder, url)) == 0
    assert in_child(undisturbed) == 0
    check(folder, url, "undisturbed")
    every = points(json.loads(counted.read_text()))
    assert {point.place for point in every} >= {"before commit", "after commit", "before effect", "after effect"}
    for point in every:
        case = f"{point.place} {point.number}"
        ended = in_child(lambda point=point, case=case: live(folder, url, case, Fate(point)))  # type: ignore[misc]
        assert ended in (-signal.SIGKILL, 0), case  # 0: this life was a little shorter than the one that was counted
        assert in_child(lambda case=case: live(folder, url, case, Fate(None))) == 0, case  # type: ignore[misc]
        check(folder, url, case)


def test_an_instance_survives_a_process_that_dies_again_and_again(place: tuple[Path, str]) -> None:
    """Each life has three transactions."""
    folder, url = place
    assert in_child(lambda: prepare(folder, url)) == 0
    lives = 0
    while in_child(lambda: live(folder, url, "again", Fate(Point("after commit", 3)))) != 0:
        lives += 1
        assert lives < 60
    assert lives > 3
    check(folder, url, "again")
