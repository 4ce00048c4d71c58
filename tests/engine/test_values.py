from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stellwerk.engine import values
from stellwerk.errors import InvalidInput
from stellwerk.feel import MonthsDuration

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.datetimes(timezones=st.just(UTC)).map(lambda t: t.replace(fold=0))
    | st.dates()
    | st.times().map(lambda t: t.replace(fold=0))
    | st.timedeltas()
    | st.integers(-(2**63), 2**63).map(MonthsDuration)
)
VALUES = st.recursive(
    SCALARS, lambda v: st.lists(v, max_size=4) | st.dictionaries(st.text() | st.just("$"), v, max_size=4)
)


@given(VALUES)
def test_decode_gives_back_what_was_encoded(value):
    back = values.decode(values.encode(value))
    assert back == value
    assert repr(back) == repr(value)


@given(st.dictionaries(st.text(), VALUES, max_size=3))
def test_check_gives_an_equal_copy(variables):
    copy = values.check(variables)
    assert copy == variables
    assert copy is not variables


@pytest.mark.parametrize(
    ("variables", "path", "rule"),
    [
        ({"a": {"b": [1, float("inf")]}}, "variables.a.b[1]", "type"),
        ({"a": object()}, "variables.a", "type"),
        ({"a": b"bytes"}, "variables.a", "type"),
        ({"a": datetime(2030, 1, 1)}, "variables.a", "type"),
        ({"a": datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-2)))}, "variables.a", "type"),
        ({"a": [datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=2)))]}, "variables.a[0]", "type"),
        ({"a": Decimal("NaN")}, "variables.a", "type"),
        ({"a": Decimal("1E+999999")}, "variables.a", "type"),
        ({"a": 10**2000}, "variables.a", "type"),
        ({"a": "\ud800"}, "variables.a", "type"),
        ({"a": {1: 2}}, "variables.a", "key"),
        ([1], "variables", "object"),
    ],
)
def test_what_cannot_be_stored_is_named(variables, path, rule):
    with pytest.raises(InvalidInput) as caught:
        values.check(variables)
    assert [(e.path, e.rule) for e in caught.value.errors] == [(path, rule)]


def test_nesting_is_bounded():
    value: object = 1
    for _ in range(60):
        value = [value]
    with pytest.raises(InvalidInput) as caught:
        values.check({"a": value})
    assert caught.value.errors[0].rule == "depth"


def test_tuples_and_sets_become_lists():
    assert values.check({"a": (1, 2), "b": {3}}) == {"a": [1, 2], "b": [3]}


@pytest.mark.parametrize(
    ("value", "json"),
    [
        (Decimal("1.10"), "1.10"),
        (2**53, "9007199254740992"),
        (True, True),
        (date(2030, 1, 2), "2030-01-02"),
        (datetime(2030, 1, 2, tzinfo=UTC), "2030-01-02T00:00:00+00:00"),
        (time(1, 2), "01:02:00"),
        (timedelta(days=1, seconds=3661, microseconds=500000), "P1DT1H1M1.5S"),
        (timedelta(0), "PT0S"),
        (-timedelta(minutes=1), "-PT1M"),
        ({"a": [Decimal(1)]}, {"a": ["1"]}),
    ],
)
def test_to_json(value, json):
    assert values.to_json(value) == json
