"""Who gets a message: names, keys, and what decides between several. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest

from stellwerk.engine.canonical import canonical, canonical_keys, readable
from stellwerk.engine.routing import Letter, Starter, Unrouted, Waiter, fits, route

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


def waits(variables: dict[str, str] | None = None, **properties: str | None) -> Waiter:
    """With one correlation key of these properties, each read from the variable of its name."""
    return Waiter(A, 1, keys={"k": {name: (v, name) for name, v in properties.items()}}, variables=variables or {})


TWO_KEYS = {"one": {"n": ("n:1", "n")}, "other": {"k": ("s:a", "k")}}


@pytest.mark.parametrize(
    ("letter", "waiter", "expected"),
    [
        (Letter("m"), Waiter(A, 1, "K"), True),
        (Letter("m", "K"), Waiter(A, 1, "K"), True),
        (Letter("m", "K"), Waiter(A, 1), False),
        (Letter("m", keys={"n": "n:1"}), Waiter(A, 1, variables={"n": "n:1"}), True),
        (Letter("m", keys={"n": "n:1"}), Waiter(A, 1, variables={"n": "n:2"}), False),
        (Letter("m", keys={"n": "n:1"}), Waiter(A, 1), False),
        # keys of a conversation: what the message says of them comes before variables
        (Letter("m", keys={"n": "n:1"}), waits(n="n:1", variables={"n": "n:2"}), True),
        (Letter("m", keys={"n": "n:2"}), waits(n="n:1", variables={"n": "n:2"}), False),
        (Letter("m"), waits(n="n:1"), False),
        (Letter("m", payload={"n": 1}), waits(n="n:1"), True),
        (Letter("m", payload={"n": 1.0, "more": 2}), waits(n="n:1"), True),
        (Letter("m", payload={"n": [1]}), waits(n="n:1"), False),
        (Letter("m", payload={"n": 2}), waits(n="n:1"), False),
        (Letter("m", keys={"n": "n:1"}, payload={"n": 2}), waits(n="n:1"), True),
        # a key that is not set yet takes everything, but a publisher's key must not contradict a variable
        (Letter("m"), waits(n=None), True),
        (Letter("m", keys={"n": "n:1"}), waits(n=None), True),
        (Letter("m", keys={"n": "n:1"}), waits(n=None, variables={"n": "n:2"}), False),
        (Letter("m", keys={"n": "n:1"}, thrown=True), waits(n=None, variables={"n": "n:2"}), True),
        # all properties of a key, or none
        (Letter("m", payload={"n": 1}), waits(n="n:1", k="s:a"), False),
        (Letter("m", payload={"n": 1, "k": "a"}), waits(n="n:1", k="s:a"), True),
        (Letter("m", payload={"n": 1}), waits(n="n:1", k=None), True),
        # of several keys one must agree, and none may differ
        (Letter("m", payload={"n": 1}), Waiter(A, 1, keys=TWO_KEYS), True),
        (Letter("m", payload={"k": "a"}), Waiter(A, 1, keys=TWO_KEYS), True),
        (Letter("m", payload={"n": 1, "k": "b"}), Waiter(A, 1, keys=TWO_KEYS), False),
        (Letter("m"), Waiter(A, 1, keys=TWO_KEYS), False),
        # what an instance throws is compared only with who knows the key
        (Letter("m", keys={"n": "n:1"}, thrown=True), Waiter(A, 1), True),
        (Letter("m", keys={"n": "n:1"}, thrown=True), waits(n="n:2"), False),
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


def test_the_reason_names_the_keys_of_the_nearest_who_wait() -> None:
    waiting = [waits(n="n:17"), waits(n="n:18", k="s:" + "x" * 100), Waiter(A, 1, "K")]
    found = route(Letter("m", "J", {"n": "n:19"}), waiting, [])
    assert isinstance(found, Unrouted)
    assert "business key = nothing, n = 17" in found.reason
    assert len(found.reason) < 400
    found = route(Letter("m", payload={"n": 19}), [waits(n=f"n:{n}") for n in range(10)], [])
    assert isinstance(found, Unrouted)
    assert "who waits has n = 0; or n = 1; or n = 2." in found.reason


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("n:17", "17"),
        ("s:a", "'a'"),
        ("0", "nothing"),
        (None, "nothing"),
        ("b:true", "true"),
        ("-", "a list or object"),
    ],
)
def test_a_canonical_text_is_shown_to_people(text: str | None, shown: str) -> None:
    assert readable(text) == shown
    assert len(readable("s:" + "x" * 200)) < 50
