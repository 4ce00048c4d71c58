"""Strict JSON, and what its refusals say."""

from __future__ import annotations

from uuid import UUID

import pytest

from stellwerk.errors import InvalidInput
from stellwerk.web.api.bodies import parse_json, validate
from stellwerk.web.api.models import Id, Input, Instant, Key
from stellwerk.web.errors import WebError


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"{", "line 1, column 2"),
        (b"", "line 1, column 1"),
        (b"{'a': 1}", "not JSON"),
        (b'{"a": 1,}', "not JSON"),
        (b'{"a": 1} x', "Extra data"),
        (b'{"a": NaN}', "NaN is not a JSON number"),
        (b'{"a": -Infinity}', "-Infinity is not a JSON number"),
        (b'{"a": 1e999}', "too large"),
        (b'{"a": ' + b"9" * 5000 + b"}", "too many digits"),
        (b'{"a": 1, "a": 2}', "'a' occurs twice"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b'{"a": "\xff"}', "Byte 7 of the body is not UTF-8"),
        (b'{"a": "\\ud800"}', "half a surrogate pair"),
        (b'{"a": ["\\u0000"]}', "zero character"),
        (b'{"\\udfff": 1}', "half a surrogate pair"),
        ("\ufeff{}".encode(), "not JSON"),
        ('{"a": 1}'.encode("utf-16"), "not UTF-8"),
    ],
)
def test_what_is_not_strict_json_is_refused_with_the_place(data: bytes, why: str) -> None:
    with pytest.raises(WebError, match=why) as error:
        parse_json(data)
    assert error.value.code == "malformed-json"


def test_the_repeated_name_is_found_without_comparing_each_with_each() -> None:
    """With 120,000 names that comparison held a thread for minutes."""
    names = b",".join(b'"%d": 0' % n for n in range(120_000))
    with pytest.raises(WebError, match="'z' occurs twice"):
        parse_json(b'{%s, "z": 1, "z": 2}' % names)


def test_numbers_keep_their_kind_and_texts_their_characters() -> None:
    found = parse_json(b'{"a": 1, "b": 1.0, "c": "\\u00e9\\ud83d\\ude00", "d": 123456789012345678901234567890}')
    assert found == {"a": 1, "b": 1.0, "c": "é😀", "d": 123456789012345678901234567890}
    assert isinstance(found["b"], float)


class Example(Input):
    some_id: Id | None = None
    due_before: Instant | None = None
    name: Key | None = None
    number: int = 0
    flag: bool = False


@pytest.mark.parametrize(
    ("value", "path", "rule"),
    [
        ({"someId": "x"}, "someId", "uuid_parsing"),
        ({"someId": 5}, "someId", "value_error"),
        ({"some_id": None}, "some_id", "unknown"),
        ({"dueBefore": "2026-01-01T00:00:00"}, "dueBefore", "timezone_aware"),
        ({"dueBefore": 5}, "dueBefore", "value_error"),
        ({"dueBefore": "0001-01-01T00:00:00+14:00"}, "dueBefore", "value_error"),
        ({"dueBefore": "9999-12-31T23:59:59-14:00"}, "dueBefore", "value_error"),
        ({"name": ""}, "name", "string_too_short"),
        ({"name": "x" * 256}, "name", "string_too_long"),
        ({"name": 1}, "name", "string_type"),
        ({"number": "1"}, "number", "int_type"),
        ({"number": 1.0}, "number", "int_type"),
        ({"number": True}, "number", "int_type"),
        ({"flag": 1}, "flag", "bool_type"),
        ({"flag": "true"}, "flag", "bool_type"),
        ([], "", "object"),
        (None, "", "object"),
        ("x", "", "object"),
    ],
)
def test_a_value_of_another_type_is_refused_with_path_and_rule(value: object, path: str, rule: str) -> None:
    with pytest.raises(InvalidInput) as error:
        validate(Example, value)
    [found] = error.value.errors
    assert (found.path, found.rule) == (path, rule)
    assert found.message.endswith(".")


class Around(Input):
    inner: Example | None = None
    filter: Example = Example(name="any")


def test_an_unknown_field_inside_of_another_one_is_answered_with_those_that_are_known_there() -> None:
    with pytest.raises(InvalidInput, match=r"There is no field 'filter.nmae'.*Known fields: dueBefore, flag, name"):
        validate(Around, {"filter": {"name": "x", "nmae": "y"}})
    with pytest.raises(InvalidInput, match=r"There is no field 'inner.nmae'. Remove it."):
        validate(Around, {"inner": {"name": "x", "nmae": "y"}})


def test_an_unknown_field_is_answered_with_the_known_ones() -> None:
    with pytest.raises(InvalidInput, match=r"There is no field 'nmae'.*Known fields: dueBefore, flag, name"):
        validate(Example, {"nmae": "x"})


def test_what_fits_is_converted_only_where_json_has_no_type() -> None:
    found = validate(Example, {"someId": str(UUID(int=7)), "dueBefore": "2026-01-01T00:00:00+01:00", "number": 3})
    assert found.some_id == UUID(int=7)
    assert found.due_before is not None
    assert found.due_before.isoformat() == "2026-01-01T00:00:00+01:00"
