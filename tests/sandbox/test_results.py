from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from stellwerk.errors import ScriptFailed
from stellwerk.sandbox.results import MAX_RESULT, decode, is_same


@pytest.mark.parametrize(
    "text",
    [
        None,
        5,
        "",
        "{",
        "[" * 100_000,
        "NaN",
        "1e999",
        '{"$": "decimal"}',
        '{"$": "decimal", "v": "x"}',
        '{"$": "decimal", "v": "sNaN"}',
        '{"$": "decimal", "v": "1E+99999"}',
        '{"$": "what", "v": 1}',
        '{"$": {}, "v": 1}',
        '{"$": "map", "v": []}',
        '{"$": "int", "v": "' + "9" * 5000 + '"}',
        '{"$": "datetime", "v": "2026-01-01T00:00:00"}',
        '{"$": "duration", "v": [1]}',
        '{"$": "duration", "v": [1e300, 0, 0]}',
        '"\\ud800"',
        "[" * 60 + "]" * 60,
        '"' + "a" * MAX_RESULT + '"',
    ],
    ids=lambda text: str(text)[:40],
)
def test_a_text_that_is_no_result_is_refused(text: object) -> None:
    with pytest.raises(ScriptFailed) as failed:
        decode(text)
    assert len(failed.value.message) < 300


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1, 1, True),
        (1, 1.0, False),
        (1, True, False),
        ([1, 2], (1, 2), True),
        ([1, 2], [1, 2.0], False),
        ({"a": [1]}, {"a": [1]}, True),
        ({"a": 1}, {"b": 1}, False),
        ({"a": 1}, {"a": True}, False),
        (Decimal("1.0"), Decimal("1.00"), False),
        ("a", "a", True),
        (None, None, True),
        (None, 0, False),
    ],
)
def test_values_are_the_same_when_value_and_type_are(one: Any, other: Any, same: bool) -> None:
    assert is_same(one, other) is same
