"""Who gets a message: names, keys, and what decides between several. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest

from stellwerk.engine.routing import Letter, Starter, Unrouted, Waiter, canonical, canonical_keys, fits, route

A, B, C = (UUID(int=n) for n in (1, 2, 3))
START = Starter(C, "begin", "start")


def test_the_only_one_that_waits_gets_it() -> None:
    assert route(Letter("m"), [Waiter(A, 4)], []) == Waiter(A, 4)


def test_in_one_instance_the_token_that_waits_for_longest_gets_it() -> None:
    assert route(Letter("m"), [Waiter(A, 9), Waiter(A, 4)], []) == Waiter(A, 4)


def test_two_instances_that_fit_are_one_too_many() -> None:
    found = route(Letter("m"), [Waiter(A, 1), Waiter(B, 1)], [START])
    assert isinstance(found, Unrouted)
    assert "2 instances" in found.reason


def test_the_business_key_of_the_sender_decides_between_several_but_is_no_condition() -> None:
    letter = Letter("m", sender_key="K")
    assert route(letter, [Waiter(A, 1, "J"), Waiter(B, 1, "K")], []) == Waiter(B, 1, "K")
    assert route(letter, [Waiter(A, 1, "J")], []) == Waiter(A, 1, "J")


def test_a_start_event_gets_what_nobody_waits_for() -> None:
    assert route(Letter("m"), [], [START]) == START
    assert route(Letter("m"), [Waiter(A, 1, "J")], [START]) == Waiter(A, 1, "J")


def test_a_name_that_starts_two_processes_starts_none() -> None:
    found = route(Letter("m"), [], [START, Starter(B, "other", "s")])
    assert isinstance(found, Unrouted)
    assert "begin, other" in found.reason


@pytest.mark.parametrize(
    ("letter", "waiter", "expected"),
    [
        (Letter("m"), Waiter(A, 1, "K"), True),
        (Letter("m", "K"), Waiter(A, 1, "K"), True),
        (Letter("m", "K"), Waiter(A, 1), False),
        (Letter("m", keys={"n": "n:1"}), Waiter(A, 1, variables={"n": "n:1"}), True),
        (Letter("m", keys={"n": "n:1"}), Waiter(A, 1, variables={"n": "n:2"}), False),
        (Letter("m", keys={"n": "n:1"}), Waiter(A, 1), False),
        (Letter("m", keys={"n": "n:1"}), Waiter(A, 1, keys={"n": "n:1"}, variables={"n": "n:2"}), True),
        (Letter("m"), Waiter(A, 1, keys={"n": "n:1"}), False),
    ],
)
def test_all_keys_of_both_sides_must_agree(letter: Letter, waiter: Waiter, expected: bool) -> None:
    assert fits(letter, waiter) is expected


@pytest.mark.parametrize(
    "values",
    [
        (17, 17.0, Decimal("17.00"), Decimal("1.7E+1")),
        (0, -0.0, Decimal("0.00")),
        (0.1, Decimal("0.10")),
        (10**300, Decimal("1E+300")),
        (
            datetime(2026, 1, 1, 12, tzinfo=UTC),
            datetime(2026, 1, 1, 13, tzinfo=timezone(timedelta(hours=1))),
        ),
    ],
)
def test_equal_values_have_the_same_text(values: tuple[object, ...]) -> None:
    assert len({canonical(value) for value in values}) == 1


def test_different_values_have_different_texts() -> None:
    values = [1, "1", True, None, "true", "", 10**300, 10**300 + 1, date(2026, 1, 1), "2026-01-01", "x" * 400]
    values += ["x" * 401, 0.1, timedelta(days=1)]
    assert len({canonical(value) for value in values}) == len(values)


def test_texts_fit_into_the_column_and_lists_are_no_keys() -> None:
    assert len(canonical("x" * 5000) or "") <= 260
    assert len(canonical(Decimal(10) ** 5000 + 1) or "") <= 260
    assert canonical([1]) is None
    assert canonical_keys({"a": [1], "b": 2}) == {"a": "-", "b": "n:2"}
    assert "\0" not in (canonical("a\0b") or "")
